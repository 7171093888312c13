"""Random bytes for ``crypto``, which follow the session's seed."""

from tana_jupyter.chance import Chance
from tana_jupyter.errors import GuestError

QUOTA = 65536


def random_text(chance: Chance, count: object) -> str:
    """Random bytes, one character each.

    >>> chance = Chance()
    >>> chance.seed(7)
    >>> random_text(chance, 2).encode("latin-1").hex()
    'e652'
    """
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= QUOTA:
        raise GuestError("QuotaExceededError", f"At most {QUOTA} random bytes can be had at once")
    return chance.bytes(count).decode("latin-1")
