"""The JSON that Cloudflare's tools read and write: kv of one namespace, which is one contract here.

    [{"key": "user:1", "value": "ann", "expiration": 1767225600, "metadata": {"age": 41}},
     {"key": "photo", "value": "/9j/4AA=", "base64": true}]

What their bulk get answers with, an object of values by key, is read as well. Times and versions have no place in it.
"""

from base64 import b64decode, b64encode
from codecs import BOM_UTF8 as BOM
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import orjson

from tana_jupyter import limits
from tana_jupyter.errors import TanaError
from tana_jupyter.store.protocol import Row

HEAD: Final = b"["
TAIL: Final = b"\n]\n"

SECOND = 1_000_000
_KNOWN = {"key", "name", "value", "expiration", "expiration_ttl", "metadata", "base64"}


def line_of(space: str, contract: str, row: Row, *, first: bool) -> bytes:
    """One pair, after a comma unless it is the first."""
    del space, contract
    pair: dict[str, Any] = {"key": row.key.decode()}
    if row.encoding == "text":
        pair["value"] = row.value.decode()
    else:
        pair |= {"value": b64encode(row.value).decode(), "base64": True}
    if row.expires_at is not None:
        pair["expiration"] = -(-row.expires_at // SECOND)
    if row.metadata is not None:
        pair["metadata"] = orjson.Fragment(row.metadata)
    return (b"\n" if first else b",\n") + orjson.dumps(pair)


def read(file: BinaryIO, place: str, now: int) -> Iterator[Row]:
    """All pairs.

    :raises TanaError: what is wrong, and with which pair.
    """
    text = file.read(limits.TRANSFER_TOTAL + 1)
    if len(text) > limits.TRANSFER_TOTAL:
        raise TanaError(f"{place} holds more than {limits.TRANSFER_TOTAL:,} bytes")
    try:
        found = orjson.loads(text.removeprefix(BOM))
    except orjson.JSONDecodeError as error:
        raise TanaError(f"{place} is not JSON: {error}") from None
    if isinstance(found, dict):
        found = found.get("values", found) if isinstance(found.get("values"), dict) else found
        found = [_pair(key, value) for key, value in found.items() if value is not None]
    if not isinstance(found, list):
        raise TanaError(f"{place} holds no pairs of key and value")
    for number, pair in enumerate(found, 1):
        try:
            yield _row(pair, now)
        except (TypeError, ValueError, OverflowError) as error:
            raise TanaError(f"{place}, pair {number}: {error}") from None


def _pair(key: str, value: Any) -> dict[str, Any]:
    """One of an object by key: a bare value, or one with its metadata."""
    if isinstance(value, dict) and "value" in value and value.keys() <= _KNOWN:
        return {"key": key, **value}
    return {"key": key, "value": value if isinstance(value, str) else orjson.dumps(value).decode()}


def _row(pair: Any, now: int) -> Row:
    if not isinstance(pair, dict):
        raise TypeError("this is no object")
    key, value = pair.get("key", pair.get("name")), pair.get("value")
    if not isinstance(key, str) or not isinstance(value, str):
        raise TypeError('it needs "key" and "value", both of them text')
    if unknown := sorted(pair.keys() - _KNOWN):
        raise ValueError(f"nobody knows its {unknown[0]!r:.60}")
    expires_at = None
    # A lifetime beats a date, as in put().
    if pair.get("expiration_ttl") is not None:
        expires_at = now // SECOND * SECOND + int(pair["expiration_ttl"]) * SECOND
    elif pair.get("expiration") is not None:
        expires_at = int(pair["expiration"]) * SECOND
    metadata = pair.get("metadata")
    content = b64decode(value, validate=True) if pair.get("base64") else value.encode()
    return Row(
        key.encode(),
        content,
        "bytes" if pair.get("base64") else "text",
        1,
        now,
        now,
        expires_at,
        None if metadata is None else orjson.dumps(metadata),
    )
