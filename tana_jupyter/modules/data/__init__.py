"""``tana/data``: a contract's small storage, staged until it is committed."""

from collections.abc import Callable, Mapping

from tana_jupyter.modules.data.operations import Operations
from tana_jupyter.modules.host import Host

MODULES: Mapping[str, str] = {"tana/data": "data.js"}
EXPORTS: Mapping[str, tuple[str, ...]] = {"tana/data": ("data",)}


def operations(host: Host) -> Mapping[str, Callable[..., object]]:
    """All of data."""
    data = Operations(host)
    return {
        "data.set": data.set,
        "data.setAhead": data.set_ahead,
        "data.get": data.get,
        "data.has": data.has,
        "data.delete": data.delete,
        "data.keys": data.keys,
        "data.entries": data.entries,
        "data.clear": data.clear,
        "data.commit": data.commit,
    }
