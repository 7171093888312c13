"""What a browser shows as a DataFrame."""

import pandas as pd

from tana_jupyter import limits
from tana_jupyter.store.protocol import Row
from tana_jupyter.views.browser.entries import Entries, Entry
from tana_jupyter.views.browser.keyspace import keyspace
from tana_jupyter.views.browser.query import Query
from tana_jupyter.views.browser.scene import Scene
from tana_jupyter.views.frames import Entry as FrameEntry
from tana_jupyter.views.frames import rows_frame

UNKNOWN = ("version", "updated")


def framed(scene: Scene, query: Query) -> pd.DataFrame:
    """The rows of a query; those of data say which of them are staged."""
    span = keyspace(query.api).search(query.prefix)
    entries = Entries(scene, query)
    found, more = entries.first(span, limits.FRAME_ROWS, limits.FRAME_BYTES, reverse=query.reverse)
    cut = f"cut at {len(found):,} rows: narrow the prefix" if more else None
    frame = rows_frame([FrameEntry(query.contract, query.api, _row(entry)) for entry in found], cut)
    if query.api == "data" and query.layer != "committed":
        frame["state"] = pd.Categorical([entry.state for entry in found])
        added = frame["state"] == "added"
        for column in UNKNOWN:
            frame[column] = frame[column].mask(added)
    return frame


def _row(entry: Entry) -> Row:
    row = entry.row or Row(entry.key, b"", "text", 0, 0, 0, None, None)
    return row if entry.staged is None else row._replace(value=entry.staged, encoding="text")
