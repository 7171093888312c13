"""Rows in an SQLite file: a notebook that remembers, and several kernels on one file.

A commit is there as soon as it returns, also after ``kill -9``: it lies in the operating system's hands. A power
cut may take the last commits with it (never part of one, and never the file), because SQLite here waits for the
disk once for some thousand commits and not for each.
"""

from tana_jupyter import limits
from tana_jupyter.store.filepath import path_of
from tana_jupyter.store.protocol import Store

SCHEMES = ("sqlite",)


def connect(url: str, *, limit: int = limits.STORE) -> Store:
    """Open the file that ``url`` names, and make it if there is none; ``limit`` is for stores in memory only."""
    del limit
    from tana_jupyter.store.sqlite.store import SqliteStore

    return SqliteStore(path_of(url, "counter.db"), location=url)
