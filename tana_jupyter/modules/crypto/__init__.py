"""``crypto`` and ``node:crypto``: the part of Node's module that contracts ask for."""

import hashlib
from collections.abc import Callable, Mapping

from tana_jupyter.errors import GuestError
from tana_jupyter.modules.host import Host

MODULES: Mapping[str, str] = {"crypto": "crypto.js"}
ALIASES: Mapping[str, str] = {"node:crypto": "crypto"}
EXPORTS: Mapping[str, tuple[str, ...]] = {
    "crypto": (
        "createHash",
        "default",
        "getHashes",
        "getRandomValues",
        "randomBytes",
        "randomUUID",
        "subtle",
        "timingSafeEqual",
        "webcrypto",
    )
}
ALGORITHMS = ("sha1", "sha224", "sha256", "sha384", "sha512")


def operations(host: Host) -> Mapping[str, Callable[..., object]]:
    """``crypto.digest(algorithm, data)``; bytes cross as one character each, long ones as a number sent ahead."""

    def digest(algorithm: object = None, data: object = None, *_: object) -> str:
        if algorithm not in ALGORITHMS:
            raise GuestError("Error", "Digest method not supported")
        text = host.ahead(data) if isinstance(data, int) else data
        try:
            content = text.encode("latin-1") if isinstance(text, str) else None
        except UnicodeEncodeError:
            content = None
        if content is None:
            raise GuestError("TypeError", "Bytes cross as one character per byte")
        return hashlib.new(str(algorithm), content, usedforsecurity=False).hexdigest()

    return {"crypto.digest": digest}
