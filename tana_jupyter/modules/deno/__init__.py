"""The global ``Deno``: so far its display helpers, ``Deno.jupyter``."""

from collections.abc import Callable, Mapping

from tana_jupyter.errors import GuestError
from tana_jupyter.modules.host import Host

GLOBALS: Mapping[str, tuple[str, ...]] = {"deno.js": ("Deno",)}


def operations(host: Host) -> Mapping[str, Callable[..., object]]:
    """``deno.display(bundle)`` shows a mime bundle."""

    def display(bundle: object = None) -> None:
        if not isinstance(bundle, dict):
            raise GuestError("TypeError", "Deno.jupyter.display takes an object")
        host.display(bundle)

    return {"deno.display": display}
