r"""What the file looks like. Rows are in the order of their keys, and each takes a few lines.

    {"key": "user:1",
     "text": {"name":"Ann","age":41},
     "expires": "2026-02-01T00:00:00Z",
     "versionstamp": 12, "created": "2026-01-01T00:00:00Z", "updated": "2026-01-01T00:00:00Z"},

The value stands under its encoding. Text that is the compact JSON of an object or an array is that object or array;
whatever has no such form that leads back to the same bytes says how it was written: ``"bytes base64": "AAEC"``,
``"json text": "{ \"a\": 1 }"``. Keys of Deno are bytes: ``"key percent": "%02users%00"``.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote_from_bytes, unquote_to_bytes

import orjson

from tana_jupyter.store.namespace import Stored

FORMAT: Final = "tana-jupyter store"
VERSION: Final = 1

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SAFE = " !#$&'()*+,-./:;<=>?@[]^_`{|}~"
_ROW = {"versionstamp", "created", "updated"}
_KINDS = {dict: "an object", list: "a list", str: "text", int: "a whole number"}
_METADATA = {"metadata", "metadata text", "metadata base64"}
_BESIDE = _ROW | _METADATA | {"key", "key percent", "expires"}


class LayoutError(Exception):
    """The text is not such a file; says where and why."""


def render(head: int, spaces: Mapping[str, Mapping[str, Iterable[bytes]]]) -> bytes:
    """Join rendered rows: contract -> space -> rows, everything in order."""
    contracts = b",\n".join(
        b"    %s: {\n%s\n    }"
        % (
            orjson.dumps(contract),
            b",\n".join(b"      %s: [\n%s\n      ]" % (orjson.dumps(s), b",\n".join(r)) for s, r in by_space.items()),
        )
        for contract, by_space in spaces.items()
    )
    return b'{\n  "format": "%s",\n  "version": %d,\n  "versionstamp": %d,\n  "contracts": {%s}\n}\n' % (
        FORMAT.encode(),
        VERSION,
        head,
        b"\n%s\n  " % contracts if contracts else b"",
    )


def render_row(space: str, row: Stored) -> bytes:
    """One row, without what separates it from the next."""
    return b"        {" + b",\n         ".join(lines_of(space, row)) + b"}"


def lines_of(space: str, row: Stored) -> list[bytes]:
    """The members of a row, those together that stand on one line."""
    key, value, encoding, stamp, created_at, updated_at, expires_at, metadata = row
    lines = [_key(space, key), _content(value, encoding)]
    rare = []
    if metadata is not None:
        rare.append(_content(metadata, "metadata"))
    if expires_at is not None:
        rare.append(b'"expires": ' + _time(expires_at))
    if rare:
        lines.append(b", ".join(rare))
    lines.append(b'"versionstamp": %d, "created": %s, "updated": %s' % (stamp, _time(created_at), _time(updated_at)))
    return lines


def parse(text: bytes) -> tuple[int, list[tuple[str, str, Stored]]]:
    """Return the newest versionstamp, and (space, contract, row) of every row.

    :raises LayoutError: this is no such file, or a part of it is not as it must be.
    """
    try:
        # The standard library's: orjson would take the last of two members of one name, as a careless merge leaves
        # them, and the next run would write the file without the first.
        whole = json.loads(text.decode(), object_pairs_hook=_members)
    except (ValueError, RecursionError) as error:
        raise LayoutError(f"it is not JSON: {error}") from error
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise LayoutError(f'it is JSON of something else: there is no "format": "{FORMAT}" in it')
    version, head, contracts = whole.get("version"), whole.get("versionstamp"), whole.get("contracts")
    if version != VERSION:
        raise LayoutError(
            f"its version is {version}, and this tana-jupyter knows {VERSION}: update with pip install -U tana-jupyter"
        )
    if type(head) is not int or not 0 <= head < 2**63 or not isinstance(contracts, dict):
        raise LayoutError('it lacks a "versionstamp" that is a number, or "contracts"')
    rows = []
    for contract, spaces in contracts.items():
        for space, entries in _expect(spaces, dict, contract).items():
            seen = set()
            for number, entry in enumerate(_expect(entries, list, f"{contract}, {space}"), 1):
                where = f"row {number} of {contract}, {space}"
                row = row_of(_expect(entry, dict, where), where, head)
                if row[0] in seen:
                    raise LayoutError(f"the key of {where} is there twice")
                seen.add(row[0])
                rows.append((space, contract, row))
    return head, rows


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise LayoutError(f'one of its objects has "{twice}" twice')
    return found


def _key(space: str, key: bytes) -> bytes:
    if space in {"kv", "data"} and (text := _text(key)) is not None:
        return b'"key": ' + orjson.dumps(text)
    return b'"key percent": ' + orjson.dumps(quote_from_bytes(key, safe=_SAFE))


def _content(value: bytes, label: str) -> bytes:
    """A value under its encoding, or metadata, in the most readable form that leads back to the same bytes."""
    if label in {"json", "metadata"} or (label == "text" and value[:1] in {b"{", b"["}):
        if _is_compact_json(value):
            return b'"%s": %s' % (label.encode(), value)
        if label != "text" and (text := _text(value)) is not None:
            return b'"%s text": %s' % (label.encode(), orjson.dumps(text))
    if label == "text" and (text := _text(value)) is not None:
        return b'"text": ' + orjson.dumps(text)
    if label == "u64" and len(value) == 8:
        return b'"u64": %d' % int.from_bytes(value, "little")
    return b"%s: %s" % (orjson.dumps(f"{label} base64"), orjson.dumps(b64encode(value).decode()))


def _is_compact_json(value: bytes) -> bool:
    try:
        return orjson.dumps(orjson.loads(value)) == value
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return False


def _text(value: bytes) -> str | None:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


@lru_cache(1024)  # the rows of one commit have one time
def _time(microseconds: int) -> bytes:
    try:
        moment = _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:  # beyond the year 9999
        return b"%d" % microseconds
    return b'"%s"' % moment.isoformat().replace("+00:00", "Z").encode()


@lru_cache(1024)
def _microseconds(time: str | int) -> int:
    if isinstance(time, int):
        return time
    moment = datetime.fromisoformat(time)
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND


def row_of(entry: dict[str, Any], where: str, head: int) -> Stored:
    """Read a row back, and say what is wrong with it where somebody edited it."""
    labels = list(entry.keys() - _BESIDE)
    if len(labels) != 1:
        raise LayoutError(f'{where} needs one value, as in "text": "..."; it has {len(labels)}')
    if missing := _ROW - entry.keys():
        raise LayoutError(f"{where} lacks {', '.join(sorted(missing))}")
    try:
        if "key" in entry:
            key = str(_expect(entry["key"], str, where)).encode()
        else:
            key = unquote_to_bytes(_expect(entry["key percent"], str, where))
        encoding = labels[0].partition(" ")[0]
        value = _bytes(labels[0], entry[labels[0]])
        kept = [_bytes(name, entry[name]) for name in entry.keys() & _METADATA]
        stamp = entry["versionstamp"]
        created_at, updated_at = _microseconds(entry["created"]), _microseconds(entry["updated"])
        expires_at = _microseconds(entry["expires"]) if "expires" in entry else None
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise LayoutError(f"{where} cannot be read ({type(error).__name__}: {error})") from error
    if type(stamp) is not int or not 0 < stamp <= head:
        raise LayoutError(f'the versionstamp of {where} is not between 1 and the "versionstamp" of the file')
    return key, value, encoding, stamp, created_at, updated_at, expires_at, kept[0] if kept else None


def _bytes(label: str, content: Any) -> bytes:
    """What ``_content`` wrote."""
    name, _, form = label.partition(" ")
    if form == "base64":
        return b64decode(content, validate=True)
    if form == "text" or (name == "text" and isinstance(content, str)):
        return str(content).encode()
    if name == "u64":
        return int(_expect(content, int, label)).to_bytes(8, "little")
    if form or name not in {"text", "json", "metadata"}:
        raise ValueError(f"unknown: {label}")
    return orjson.dumps(content)


def _expect(thing: Any, kind: type, where: str) -> Any:
    if not isinstance(thing, kind):
        raise LayoutError(f"{where} is not {_KINDS[kind]}")
    return thing


def blocks(space: str, rows: Iterable[Stored], known: dict[bytes, tuple[Stored, bytes]]) -> Iterator[bytes]:
    """Render rows, those again that are not ``known`` from the last time, and keep ``known`` up to date."""
    for row in rows:
        last = known.get(row[0])
        if last is None or last[0] is not row:
            last = known[row[0]] = (row, render_row(space, row))
        yield last[1]
