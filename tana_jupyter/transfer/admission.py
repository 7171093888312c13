"""What may come into a notebook: rows that a contract could have written, and could read."""

import json
import re
import sys
from collections.abc import Sequence

import orjson

from tana_jupyter import denokey, limits
from tana_jupyter.errors import TanaError
from tana_jupyter.spaces import DATA
from tana_jupyter.store.protocol import Row, Store, Write
from tana_jupyter.store.rowname import named

_NAME = re.compile(limits.CONTRACT_NAME)
_ENCODINGS = {
    "kv": {"text", "bytes"},
    "data": {"text"},
    "deno": {"json", "clone", "bytes", "u64"},
}
_SIZES = {
    "kv": (limits.KV_KEY, limits.KV_VALUE),
    "data": (limits.DATA_KEY, limits.DATA_VALUE),
    # A value of Deno is bounded as structured clone; as JSON text it may take more.
    "deno": (limits.DENO_WRITE_KEY, 8 * limits.DENO_VALUE),
}


def check(space: str, contract: str, row: Row) -> None:
    """Refuse a row that no contract could have written, or could read.

    :raises TanaError: what is wrong with it, and its name.
    """
    reason = _wrong(space, contract, row)
    if reason is not None:
        raise TanaError(f"{named(space, contract, row.key)} cannot be imported: {reason}. Nothing was written")


def check_data(store: Store, writes: Sequence[Write], now: int) -> None:
    """Refuse more rows of ``tana/data`` than a contract can commit; fewer than there were are always welcome.

    :raises TanaError: which contract would have too much.
    """
    sizes: dict[str, dict[bytes, int]] = {}
    for write in writes:
        if write.space == DATA:
            size = 0 if write.value is None else len(write.key) + len(write.value)
            sizes.setdefault(write.contract, {})[write.key] = size
    for contract, new in sizes.items():
        rows = store.scan(DATA, contract, b"", None, now=now, limit=sys.maxsize)
        before = {row.key: len(row.key) + len(row.value) for row in rows}
        after = {key: size for key, size in (before | new).items() if size}
        for what, most, then, here in (
            ("rows", limits.DATA_KEYS, len(after), len(before)),
            ("bytes", limits.DATA_TOTAL, sum(after.values()), sum(before.values())),
        ):
            if then > max(most, here):
                raise TanaError(
                    f"{contract}/{DATA} would have {then:,} {what}, and a contract can commit {most:,}. Nothing was"
                    " written"
                )


def _parse(text: bytes) -> None:
    """Fail where this is no JSON. Half a surrogate pair is good JSON, and so is what is nested very deeply."""
    try:
        orjson.loads(text)
    except ValueError:
        try:
            json.loads(text)
        except RecursionError:
            text.decode()


def _wrong(space: str, contract: str, row: Row) -> str | None:
    most_key, most_value = _SIZES[space]
    if not _NAME.fullmatch(contract):
        return "its contract has no name that a contract can have"
    if row.encoding not in _ENCODINGS[space]:
        return f"{space} holds no values that are {row.encoding[:20]}"
    if len(row.key) > most_key:
        return f"its key has {len(row.key):,} bytes (max {most_key:,})"
    if len(row.value) > most_value:
        return f"its value has {len(row.value):,} bytes (max {most_value:,})"
    if row.metadata is not None and (space != "kv" or len(row.metadata) > limits.KV_METADATA):
        return f"its metadata has {len(row.metadata):,} bytes (max {limits.KV_METADATA if space == 'kv' else 0:,})"
    if row.expires_at is not None and row.expires_at >= 2**63:
        return "it expires later than a store can hold"
    try:
        if space == "deno":
            denokey.unpack(row.key)
        elif not row.key or (space == "kv" and row.key in {b".", b".."}):
            return "no key is called so"
        else:
            row.key.decode()
        if row.encoding in {"text", "json"}:
            row.value.decode()
        if row.encoding == "json":
            _parse(row.value)
        if row.metadata is not None:
            _parse(row.metadata)
    except (ValueError, TanaError) as error:
        return f"it is damaged ({error})"
    return "a number of Deno has 8 bytes" if row.encoding == "u64" and len(row.value) != 8 else None
