"""The store as pandas tables."""

from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple

import orjson
import pandas as pd

from tana_jupyter.staging import StagedKey
from tana_jupyter.store.keys import Glob, after, prefix_end
from tana_jupyter.store.protocol import Row, Store
from tana_jupyter.store.versionstamp import to_text

STAGED_COLUMNS = ("contract", "key", "committed", "staged", "state")
COLUMNS = ("contract", "api", "key", "value", "type", "bytes", "version", "updated", "expires")
PAGE = 1000
EPOCH = pd.Timestamp(0, tz="UTC")


class Entry(NamedTuple):
    """A row and the namespace it lies in."""

    contract: str
    api: str
    row: Row


def keys_frame(
    store: Store, now: int, namespaces: Sequence[tuple[str, str]], pattern: str | None, limit: int
) -> tuple[pd.DataFrame, bool]:
    """Rows of these (space, contract) whose key matches, in the order of contract, api and key; whether it was cut."""
    glob = Glob.of(pattern or "*")
    entries: list[Entry] = []
    for space, contract in sorted(namespaces, key=itemgetter(1, 0)):
        start: bytes = glob.prefix
        end = prefix_end(glob.prefix)
        while len(entries) <= limit:
            rows = store.scan(space, contract, start, end, now=now, limit=PAGE)
            entries += [Entry(contract, space, row) for row in rows if glob.matches(row.key)]
            if len(rows) < PAGE:
                break
            start = after(rows[-1].key)
    cut = len(entries) > limit
    return frame(entries[:limit]), cut


def frame(entries: Sequence[Entry]) -> pd.DataFrame:
    """Rows as a DataFrame; times are instants in UTC."""
    rows = [entry.row for entry in entries]
    return pd.DataFrame(
        {
            "contract": pd.Series([entry.contract for entry in entries], dtype="str"),
            "api": pd.Series([entry.api for entry in entries], dtype="str"),
            "key": pd.Series([row.key.decode("utf-8", "replace") for row in rows], dtype="str"),
            "value": pd.Series([shown(row) for row in rows], dtype="object"),
            "type": pd.Series([kind(row) for row in rows], dtype="str"),
            "bytes": pd.Series([len(row.value) for row in rows], dtype="int64"),
            "version": pd.Series([to_text(row.versionstamp) for row in rows], dtype="str"),
            "updated": _instants([row.updated_at for row in rows]),
            "expires": _instants([row.expires_at for row in rows]),
        },
        columns=list(COLUMNS),
    )


def staged_frame(keys: Sequence[StagedKey]) -> pd.DataFrame:
    """Staged keys beside what is committed; None where there is no value."""
    return pd.DataFrame(
        {
            "contract": pd.Series([key.contract for key in keys], dtype="str"),
            "key": pd.Series([key.key.decode("utf-8", "replace") for key in keys], dtype="str"),
            "committed": pd.Series([_text(key.committed) for key in keys], dtype="object"),
            "staged": pd.Series([_text(key.staged) for key in keys], dtype="object"),
            "state": pd.Series([key.state for key in keys], dtype="str"),
        },
        columns=list(STAGED_COLUMNS),
    )


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")


def _instants(times: Sequence[int | None]) -> "pd.Series[pd.Timestamp]":
    values = pd.array(list(times), dtype="Int64")
    return pd.Series(pd.to_datetime(values, unit="us", utc=True)).astype("datetime64[us, UTC]")


def shown(row: Row) -> object:
    """A value as a table shows it: text as text, bytes as bytes."""
    return row.value if row.encoding == "bytes" else row.value.decode("utf-8", "replace")


def kind(row: Row) -> str:
    """``json`` for text that is a JSON object or array, else how it is stored."""
    if row.encoding == "text" and row.value[:1] in {b"{", b"["}:
        try:
            orjson.loads(row.value)
        except orjson.JSONDecodeError:
            return "text"
        return "json"
    return row.encoding
