"""Columns with their dtypes, and a DataFrame that shows what it would hide."""

import html
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from tana_jupyter.glance import hides, one_line

CUT = "cut"
SHOWN = 2000  # characters of a text with letters to be made visible; pandas itself shows 50


class Table(pd.DataFrame):
    """A DataFrame whose looks do not deceive: it shows where it was cut, and letters that could not be seen.

    The data is as it is; only ``repr`` and HTML are. ``.attrs["cut"]`` says why a table is not the whole, also in a
    selection of it.
    """

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return Table

    def __repr__(self) -> str:
        return "\n\n".join([repr(self._visible()), *self._notes()])

    def _repr_html_(self) -> str | None:
        shown: str | None = self._visible()._repr_html_()  # type: ignore[operator] # missing from pandas-stubs
        return shown and shown + "".join(f"<p>{html.escape(note)}</p>" for note in self._notes())

    def _visible(self) -> pd.DataFrame:
        shown = pd.DataFrame({at: self.iloc[:, at].map(_seen) for at in range(self.shape[1])}, index=self.index)
        return shown.set_axis(self.index.map(_seen), axis=0).set_axis(self.columns, axis=1)

    def _notes(self) -> list[str]:
        # Operations over several tables may have dropped it.
        note = self.attrs.get(CUT)
        return [] if note is None else [f"({note})"]


def honest(frame: pd.DataFrame, cut: str | None) -> pd.DataFrame:
    """The same table; one that shows what it would hide, where it is not the whole or has letters nobody can see."""
    items = itertools.chain(frame.index, *(frame[name] for name in frame))
    if cut is None and not any(map(_hides, items)):
        return frame
    table = Table(frame)
    if cut is not None:
        table.attrs[CUT] = cut
    return table


def _hides(item: object) -> bool:
    return hides(item) if isinstance(item, str) else isinstance(item, tuple) and any(map(_hides, item))


def _seen(item: object) -> object:
    if isinstance(item, tuple):
        return tuple(map(_seen, item))
    return one_line(item, SHOWN) if isinstance(item, str) and hides(item, SHOWN) else item


def texts(items: Sequence[str]) -> "pd.Series[Any]":
    """Texts that are different in each row."""
    return pd.Series(list(items), dtype="str")


def categories(items: Sequence[str]) -> "pd.Series[Any]":
    """Texts of which there are few."""
    # The categories of an empty table are texts, too.
    return pd.Series(pd.Categorical(list(items), categories=pd.Index(sorted(set(items)), dtype="str")))


def integers(items: Sequence[int | None]) -> "pd.Series[Any]":
    """Whole numbers, some of them missing."""
    return pd.Series(list(items), dtype="Int64")


def objects(items: Sequence[object]) -> "pd.Series[Any]":
    """Python values as they are."""
    column = np.empty(len(items), dtype=object)
    for at, item in enumerate(items):  # a list handed to numpy at once would be taken apart
        column[at] = item
    return pd.Series(column, dtype="object")


def instants(times: Sequence[int | None]) -> "pd.Series[Any]":
    """Microseconds since the epoch as instants in UTC."""
    filled = [np.iinfo(np.int64).min if time is None else time for time in times]  # the smallest number is NaT
    return pd.Series(np.array(filled, dtype="int64").view("datetime64[us]")).dt.tz_localize("UTC")
