"""``tana/utils``: fetch, off unless the session's network is on."""

from collections.abc import Callable, Mapping

from tana_jupyter.modules.host import Host

MODULES: Mapping[str, str] = {"tana/utils": "utils.js"}
EXPORTS: Mapping[str, tuple[str, ...]] = {"tana/utils": ("fetch",)}


def operations(host: Host) -> Mapping[str, Callable[..., object]]:
    """``utils.fetch(url, request)`` answers with status and headers, ``utils.body()`` with the body, slice by slice."""
    # Late: HTTP takes longer to load than all other modules, and Tab only wants to know what there is.
    from tana_jupyter.modules.utils.fetching import Fetching

    fetching = Fetching(host)
    return {"utils.fetch": fetching.fetch, "utils.body": fetching.body}
