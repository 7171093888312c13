"""The web platform basics: URL, text encoding, events, crypto, headers, locale strings."""

from collections.abc import Callable, Mapping

from tana_jupyter.modules.host import Host
from tana_jupyter.modules.web.bytes import from_base64, repair_utf8, to_base64
from tana_jupyter.modules.web.digests import Digests
from tana_jupyter.modules.web.randomness import random_text
from tana_jupyter.modules.web.urls import parse_url, set_part

GLOBALS: Mapping[str, tuple[str, ...]] = {
    "url.js": ("URL", "URLSearchParams"),
    "encoding.js": ("TextEncoder", "TextDecoder"),
    "base64.js": ("atob", "btoa"),
    "events.js": ("EventTarget", "Event", "CustomEvent"),
    "abort.js": ("AbortController", "AbortSignal"),
    "clone.js": ("structuredClone",),
    "crypto.js": ("crypto", "Crypto", "SubtleCrypto"),
    "performance.js": ("performance", "Performance"),
    "headers.js": ("Headers",),
}
# They change what is there, so they cannot wait until a global is touched. DOMException is the engine's own.
EAGER: tuple[str, ...] = ("locale.js", "disposal.js", "arrays.js")


def operations(host: Host) -> Mapping[str, Callable[..., object]]:
    """The host calls behind these globals; every argument may come from hostile hands."""
    digests = Digests()
    return {
        "web.url_parse": parse_url,
        "web.url_set": set_part,
        "web.atob": from_base64,
        "web.btoa": to_base64,
        "web.utf8": repair_utf8,
        "web.random": lambda count=None, *_: random_text(host.chance, count),
        "web.digest": digests.update,
    }
