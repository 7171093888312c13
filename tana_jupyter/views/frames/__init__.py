"""The store, what is staged and what a run changed, as pandas tables."""

from tana_jupyter.views.frames.changes import changes_frame
from tana_jupyter.views.frames.rows import Entry, Found, find, glance_columns, rows_frame
from tana_jupyter.views.frames.staged import staged_frame
from tana_jupyter.views.frames.values import values_frame

__all__ = ["Entry", "Found", "changes_frame", "find", "glance_columns", "rows_frame", "staged_frame", "values_frame"]
