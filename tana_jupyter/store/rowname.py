"""What a row is called where people read of it."""

import re

from tana_jupyter import denokey, limits
from tana_jupyter.errors import TanaError

_CONTRACT = re.compile(limits.CONTRACT_NAME)
_MOST = 100  # characters


def named(space: str, contract: str, key: bytes) -> str:
    r"""Name a row on one line.

    >>> named("kv", "shop", b"user:1"), named("deno", "shop", b"\x02users\0")
    ("shop/kv 'user:1'", 'shop/deno ["users"]')
    """
    if space in {"deno", "queue"}:
        try:
            shown = denokey.show(key)
        except TanaError:
            shown = key.hex()
    else:
        shown = repr(key.decode("utf-8", "replace"))
    if not _CONTRACT.fullmatch(contract):  # of somebody else's table
        contract = f"{contract[:_MOST]!r}"
    return f"{contract}/{space} {shown if len(shown) <= _MOST else shown[: _MOST - 3] + '...'}"
