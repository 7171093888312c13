"""``tana/context``: who calls, who owns the contract, in which block, with which input."""

from collections.abc import Callable, Mapping

from tana_jupyter.errors import GuestError
from tana_jupyter.ledger.records import PRODUCER
from tana_jupyter.modules.host import Host
from tana_jupyter.situation import Situation

MODULES: Mapping[str, str] = {"tana/context": "context.js"}
EXPORTS: Mapping[str, tuple[str, ...]] = {"tana/context": ("context",)}


def operations(host: Host) -> Mapping[str, Callable[..., object]]:
    """The four questions; the HTTP handlers may ask none of them."""

    def asking(method: str, answer: Callable[[Situation], object]) -> Callable[[], object]:
        def ask() -> object:
            if host.situation.role in {"get", "post"}:
                text = f"context.{method}() can only be used in init() or contract() functions"
                raise GuestError("Error", text)
            found = answer(host.situation)
            return b"null" if found is None else found

        return ask

    def block(situation: Situation) -> dict[str, object]:
        # Without a hash: a contract runs while its block is being built.
        height = host.ledger.height
        return {"height": height, "timestamp": situation.timestamp, "hash": "", "producer": PRODUCER}

    return {
        "context.owner": asking("owner", lambda situation: situation.owner),
        "context.caller": asking("caller", lambda situation: situation.caller),
        "context.block": asking("block", block),
        "context.input": asking("input", lambda situation: situation.input),
    }
