"""JSON values laid out in columns, for counting, filtering and plotting."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeGuard

import pandas as pd

from tana_jupyter.limits import FRAME_COLUMNS, FRAME_LEVELS
from tana_jupyter.views.frames.rows import Entry
from tana_jupyter.views.frames.table import categories, honest, integers, objects, texts
from tana_jupyter.views.preview import json_value, key_text

WHOLE = "value"
EXACT: Final = 2**53  # whole numbers up to here are floats without loss
INT64: Final = (-(2**63), 2**63 - 1)


def values_frame(entries: Sequence[Entry], cut: str | None = None) -> pd.DataFrame:
    """One row per key, one column per field of its value; ``a.b`` is the field b of the object in a.

    What is no object stands whole in the column ``value``, or ``(value)`` where objects have a field of that name. The
    index is the key, after contract and api where the rows come from several.
    """
    values = [json_value(entry.row.value, entry.row.encoding) for entry in entries]
    taken = any(_is_record(value) and WHOLE in value for value in values)
    whole = f"({WHOLE})" if taken else WHOLE
    records = [_flat(value) if _is_record(value) else {whole: value} for value in values]
    names = list(dict.fromkeys(name for record in records for name in record))
    if len(names) > FRAME_COLUMNS:
        more = f"cut at {FRAME_COLUMNS} columns of {len(names):,}: narrow the pattern"
        cut = more if cut is None else f"{cut}; {more}"
        del names[FRAME_COLUMNS:]
    columns = {name: _column([record.get(name) for record in records]) for name in names}
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(records)), columns=pd.Index(names, dtype="str"))
    frame.index = _index(entries)
    return honest(frame, cut)


def _column(items: Sequence[object]) -> "pd.Series[Any]":
    """A column with the dtype of what stands in it; pandas takes numbers beside gaps or fractions for floats."""
    there = [item for item in items if item is not None]
    if not any(type(item) is int and abs(item) > EXACT for item in there):
        return objects(items).convert_dtypes()
    whole = all(type(item) is int and INT64[0] <= item <= INT64[1] for item in there)
    return integers([item if type(item) is int else None for item in items]) if whole else objects(items)


def _index(entries: Sequence[Entry]) -> pd.Index:
    keys = texts([key_text(entry.api, entry.row.key) for entry in entries])
    index: pd.Index = pd.Index(keys, name="key", dtype="str")
    if len({(entry.contract, entry.api) for entry in entries}) > 1:
        contracts = categories([entry.contract for entry in entries])
        apis = categories([entry.api for entry in entries])
        index = pd.MultiIndex.from_arrays([contracts, apis, keys], names=["contract", "api", "key"])
    return index


def _is_record(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict) and all(isinstance(name, str) for name in value)


def _flat(record: Mapping[str, object], levels: int = FRAME_LEVELS) -> dict[str, object]:
    """Fields of objects within as fields of their own, so far as no name is taken."""
    flat: dict[str, object] = {}
    for name, value in record.items():
        if levels > 1 and value and _is_record(value):
            inner = {f"{name}.{below}": item for below, item in _flat(value, levels - 1).items()}
            if inner.keys().isdisjoint(record) and inner.keys().isdisjoint(flat):
                flat |= inner
                continue
        flat[name] = value
    return flat
