r"""JSON Lines: a row a line, lossless for every API, in the words of a ``json:`` store.

    {"contract": "shop", "api": "kv", "key": "user:1", "text": {"name":"Ann"}, "versionstamp": 12, "created": "..."}

The first line says which version of this it is. A file that people write by hand needs contract, key and value only.
"""

from codecs import BOM_UTF8 as BOM
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import orjson

from tana_jupyter import limits
from tana_jupyter.errors import TanaError
from tana_jupyter.store.jsonfile.layout import LayoutError, lines_of, row_of
from tana_jupyter.store.protocol import Row
from tana_jupyter.transfer.scope import SPACES

FORMAT: Final = "tana-jupyter rows"
VERSION: Final = 1

HEAD: Final = orjson.dumps({"format": FORMAT, "version": VERSION}) + b"\n"
TAIL: Final = b""

_NEWEST = 2**63 - 1
_UNSAID = {"versionstamp": 1, "created": 0, "updated": 0}

Entry = tuple[str, str, Row]


def line_of(space: str, contract: str, row: Row, *, first: bool = False) -> bytes:
    """One row, its line end included; the first is like the others."""
    del first
    where = b'{"contract": %s, "api": "%s", ' % (orjson.dumps(contract), space.encode())
    return where + b", ".join(lines_of(space, row)) + b"}\n"


def read(file: BinaryIO, place: str) -> Iterator[Entry]:
    """``(space, contract, row)`` of each line; memory holds one line.

    :raises TanaError: what is wrong, and with which line. A line or a file past its bound is read no further.
    """
    total = number = 0
    while True:
        number += 1
        line = file.readline(limits.TRANSFER_LINE + 1)
        if not line:
            return
        total += len(line)
        if len(line) > limits.TRANSFER_LINE:
            raise TanaError(f"{place}: line {number} is longer than {limits.TRANSFER_LINE:,} bytes")
        if total > limits.TRANSFER_TOTAL:
            raise TanaError(f"{place} holds more than {limits.TRANSFER_TOTAL:,} bytes; line {number} is past that")
        if number == 1:
            line = line.removeprefix(BOM)  # some editors put it there
        if not line.strip():
            continue
        try:
            entry = _entry(line, number)
        except (LayoutError, RecursionError) as error:
            raise TanaError(f"{place}, {error}") from None
        if entry is not None:
            yield entry


def _entry(line: bytes, number: int) -> Entry | None:
    where = f"line {number}"
    try:
        found: Any = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise LayoutError(f"{where}: this is not JSON ({error})") from None
    if not isinstance(found, dict):
        raise LayoutError(f"{where}: this is no row, which is an object")
    if number == 1 and "format" in found:
        if found.get("format") != FORMAT or found.get("version") != VERSION:
            raise LayoutError(
                f"{where}: this is not version {VERSION} of {FORMAT}: pip install -U tana-jupyter may help"
            )
        return None
    contract, space = found.pop("contract", None), found.pop("api", "kv")
    if not isinstance(contract, str) or space not in SPACES:
        raise LayoutError(f'{where}: a row needs "contract": "...", and "api": kv, data or deno')
    return space, contract, Row(*row_of(_UNSAID | found, where, _NEWEST))
