"""sum, min and max: what becomes of a stored value and an operand.

Of KvU64 all three, modulo 2**64. What is not documented, yet there: sum adds plain numbers, and bigints.
"""

import operator
from collections.abc import Callable

from tana_jupyter.denokey import show_number
from tana_jupyter.errors import GuestError
from tana_jupyter.guesttext import loads
from tana_jupyter.modules.deno.values import U64_END, Stored, packed_u64, read_u64

_FUNCTIONS: dict[str, Callable[[int, int], int]] = {"sum": operator.add, "min": min, "max": max}
_NAMES = {int: "BigInt", float: "Number"}
_PLAIN = ("NaN", "Infinity", "-Infinity", "-0")


def applied(name: str, current: tuple[bytes, str] | None, operand: Stored) -> Stored:
    """The value that a key has after ``sum``, ``min`` or ``max``; ``current`` is None where there is none.

    >>> applied("sum", (packed_u64(40), "u64"), Stored(packed_u64(2), "u64")) == (packed_u64(42), "u64")
    True
    """
    if operand[1] == "u64":
        if current is None:
            return operand
        if current[1] != "u64":
            raise GuestError("TypeError", f"Failed to perform '{name}' mutation on a non-U64 value in the database")
        result = _FUNCTIONS[name](read_u64(current[0]), read_u64(operand[0])) % U64_END
        return Stored(packed_u64(result), "u64")
    if name != "sum":
        raise GuestError("TypeError", f"Failed to perform '{name}' mutation on a non-U64 operand")
    addend = _number(*operand)
    if addend is None:
        raise GuestError("TypeError", "Some of the parameters are not valid V8 values")
    return operand if current is None else _added(current, addend)


def _added(current: tuple[bytes, str], addend: float) -> Stored:
    if current[1] == "u64":
        if type(addend) is float:
            raise GuestError("TypeError", "Cannot sum KvU64 with Number")
        if not 0 <= addend < U64_END:
            raise GuestError("TypeError", "Cannot sum KvU64 with BigInt")
        return Stored(packed_u64((read_u64(current[0]) + int(addend)) % U64_END), "u64")
    there = _number(*current)
    if there is None:
        raise GuestError("TypeError", "unsupported value type")
    if type(there) is not type(addend):
        raise GuestError("TypeError", f"Cannot sum {_NAMES[type(there)]} with {_NAMES[type(addend)]}")
    return _stored(there + addend)


def _number(value: bytes, encoding: str) -> float | None:
    """A number as float, a bigint as int, None for anything else."""
    if encoding == "json":
        return float(loads(value)) if value[:1] in b"-0123456789" else None
    root = loads(value[1:])[0] if encoding == "clone" else None
    if isinstance(root, list) and len(root) == 2:
        if root[0] == "b":
            return int(root[1], 16)
        if root[0] == "n" and root[1] in _PLAIN:
            return float(root[1])
    return None


def _stored(number: float) -> Stored:
    """A number as values.js would have sent it."""
    if type(number) is int:
        return Stored(f'\x01[["b","{number:x}"]]'.encode(), "clone")
    text = show_number(number).replace("-NaN", "NaN")
    return Stored(f'\x01[["n","{text}"]]'.encode(), "clone") if text in _PLAIN else Stored(text.encode(), "json")
