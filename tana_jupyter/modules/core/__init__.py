"""``tana/core``: console and version."""

from collections.abc import Callable, Mapping

from tana_jupyter.modules.host import Host

MODULES: Mapping[str, str] = {"tana/core": "core.js"}
EXPORTS: Mapping[str, tuple[str, ...]] = {"tana/core": ("console", "core", "version")}
GLOBALS: Mapping[str, tuple[str, ...]] = {"core.js": ("console",)}


def operations(host: Host) -> Mapping[str, Callable[..., object]]:
    """``core.write(level, text)`` shows one console line."""
    return {"core.write": host.write}
