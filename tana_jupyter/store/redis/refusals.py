"""What error replies of a server mean to the one who wrote the cell."""

from tana_jupyter.errors import StoreError, StoreFull
from tana_jupyter.store.redis.wire import Refused

_MEANINGS = {
    "READONLY": "is a replica that takes no writes; connect to its primary. Nothing was written",
    "MISCONF": "takes no writes because it cannot save them to its disk. Nothing was written; its log says why",
    "NOAUTH": "wants a password: redis://:PASSWORD@HOST, best through %tana store env:NAME",
    "WRONGPASS": "does not know this user and password",
    "LOADING": "is still reading its data after a start. Nothing was written; try again in a moment",
    "CLUSTERDOWN": "is part of a cluster that does not serve all of its slots now. Nothing was written",
    "ASK": "is handing these keys to another server of its cluster. Nothing was written; try again in a moment",
    "TRYAGAIN": "is handing these keys to another server of its cluster. Nothing was written; try again in a moment",
    "MASTERDOWN": "lost its primary. Nothing was written; try again in a moment",
}


def explain(refused: Refused, location: str) -> StoreError:
    """Return the error to raise instead."""
    if refused.code == "OOM":
        return StoreFull(
            f"{location} is full (its maxmemory): nothing was written. Delete something, %tana sweep, or give it more"
        )
    if refused.code == "WRONGTYPE":
        return StoreError(
            f"{location} holds a list, hash or set under a name that belongs to this contract, so somebody else uses"
            " it. No row was changed; look for it with TYPE and delete or rename it there"
        )
    if refused.code in _MEANINGS:
        return StoreError(f"{location} {_MEANINGS[refused.code]}")
    if refused.code == "NOPERM":
        return StoreError(f"{location} does not let this user do that ({refused.text}). Nothing was written")
    return StoreError(f"{location} refused: {refused.text}")
