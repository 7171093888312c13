"""JSON as text: its numbers stay as they were written, and nothing is parsed that is deep or large."""

import json
import re
from itertools import repeat
from typing import NoReturn

import orjson

# Strings, marks, and all else between blanks; of valid JSON nothing is left out.
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
INDENT = "  "


def valid(text: str | bytes) -> bool:
    """Tell whether this is JSON, to any depth Python reads."""
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            # orjson takes no lone surrogates that are escaped, and 1,024 levels.
            json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            return False
    return True


def compact(text: str) -> str:
    """Valid JSON without blanks.

    >>> compact('{"n": 1.00}')
    '{"n":1.00}'
    """
    return "".join(TOKEN.findall(text))


def pretty(text: str) -> list[str]:
    """The lines of valid JSON, indented.

    >>> pretty('{"n":1.00,"t":[]}')
    ['{', '  "n": 1.00,', '  "t": []', '}']
    """
    lines: list[str] = []
    line: list[str] = []
    depth = 0
    opened = False  # whether the token before opened something: it may be empty

    def end() -> None:
        lines.append("".join([*repeat(INDENT, depth), *line]))
        line.clear()

    for token in TOKEN.findall(text):
        if token in {"}", "]"}:
            if not opened:
                end()
            depth -= not opened
            line.append(token)
        else:
            if opened:
                end()
                depth += 1
            line.append(": " if token == ":" else token)
            if token == ",":
                end()
        opened = token in {"{", "["}
    end()
    return lines


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are no JSON
