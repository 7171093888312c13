r"""Values between Python and a contract, as the text engine/clone.js reads and writes.

    >>> to_python('{"id":1,"tags":["a"]}')
    {'id': 1, 'tags': ['a']}
    >>> to_guest({"id": 1, "at": float("nan")})
    '\x01[[1],["O","id",1,"at",["n","NaN"]]]'

int beyond 2**53 <-> BigInt; bytes <-> Uint8Array; datetime <-> Date; set <-> Set; a dict with other keys than
strings <-> Map; None <-> null (and undefined). Anything else is a ValueCrossingError that says what to do.
"""

import json
import re
from typing import Any

import orjson

from tana_jupyter.engine.entering import SAFE, opened, table_of
from tana_jupyter.engine.nodes import GuestErrorValue, Json, RegExp, read_table
from tana_jupyter.errors import ValueCrossingError

__all__ = ["GuestErrorValue", "RegExp", "to_guest", "to_python"]

MARK = "\x01"
PLAIN_DEPTH = 200  # orjson writes 254 levels

# Sixteen digits that are not a fraction: only then can a number be an integer that Number cannot count to.
_LONG = re.compile(r"[0-9](?<![.0-9].)[0-9]{15}")
_LONG_BYTES = re.compile(_LONG.pattern.encode())


def to_python(text: bytes | str) -> object:
    """Python value of an encoded one.

    A Number is an int where it counts exactly (5), else a float (5.5, NaN, 1e20). undefined, null and invalid
    dates are None. A Map is a dict unless its keys do not hash or are one key in Python (1 and true), then a
    list of pairs; a Set likewise is a set or a list. Buffers and views are bytes; regular expressions and
    errors are the small classes RegExp and GuestErrorValue.

        >>> to_python('[1, 2.5, null]')
        [1, 2.5, None]
    """
    if text[:1] in (b"\x01", MARK):
        table = _parse(text[1:])
        if not isinstance(table, list):
            raise ValueCrossingError("cannot read this value: its text is damaged (no table)")
        return read_table(table)
    return _parse(text)


def to_guest(value: object) -> str:
    """Text of a Python value, for ``decode`` in the contract.

    Lists, dicts, sets and bytearrays that occur twice, or in themselves, are one object there too. Times
    without a zone count as UTC and are cut to milliseconds. A DataFrame is a list of records without its
    index, missing values null; NumPy arrays are lists of numbers.

        >>> to_guest([1, 2.5, None])
        '[1,2.5,null]'
    """
    value = opened(value)  # a frame's records are often plain
    if _is_plain(value):
        return _dump(value)
    return MARK + _dump(table_of(value))


def _parse(text: bytes | str) -> Json:
    found = _LONG.search(text) if isinstance(text, str) else _LONG_BYTES.search(text)
    if found is None:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            pass  # lone surrogates, 1e999, more than 1024 levels: the slower parser knows better
    try:
        return json.loads(text, parse_int=_number)
    except RecursionError:
        raise ValueCrossingError("cannot bring this value out: it is nested too deeply; return a flatter one") from None
    except ValueError as problem:
        raise ValueCrossingError(f"cannot read this value: its text is damaged ({problem})") from problem


def _number(digits: str) -> int | float:
    number = float(digits)
    return int(digits) if -SAFE <= number <= SAFE else number


def _dump(value: object) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # a lone surrogate, which json escapes
        return json.dumps(value, separators=(",", ":"))


def _is_plain(value: object) -> bool:
    """Whether JSON says everything about a value: exact types, exact numbers, a tree of little depth."""
    level: list[Any] = [value]
    seen: set[int] = set()
    for _ in range(PLAIN_DEPTH):
        below: list[Any] = []
        for item in level:
            kind = type(item)
            if kind is str or kind is bool or item is None:
                continue
            if kind is int:
                if not -SAFE <= item <= SAFE:
                    return False
            elif kind is float:
                if item - item != 0.0:
                    return False
            elif kind is dict or kind is list or kind is tuple:
                if id(item) in seen:
                    return False
                seen.add(id(item))
                if kind is dict:
                    if not all(type(key) is str for key in item):
                        return False
                    below.extend(item.values())
                else:
                    below.extend(item)
            else:
                return False
        if not below:
            return True
        level = below
    return False
