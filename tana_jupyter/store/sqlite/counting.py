"""Rows and bytes per namespace. A large file is counted by a thread of its own, so that nobody waits for it."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from tana_jupyter import limits
from tana_jupyter.store.protocol import NamespaceSize
from tana_jupyter.store.sqlite import statements as sql

Run = Callable[..., Any]


class _Count(NamedTuple):
    """What was found, and of which state of the file."""

    state: tuple[int, ...]
    now: int
    found: list[NamespaceSize]


class Counting:
    """Counts at once where the file is small, in the background where it is not, and only if something changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last: _Count | None = None
        self._connection: sqlite3.Connection | None = None
        self._thread: threading.Thread | None = None
        self._sweeps = 0
        self._closed = False

    def sizes(self, run: Run, now: int) -> list[NamespaceSize] | None:
        """Answer through the store's own connection, or None while the background counts."""
        (others,) = run(sql.OTHERS).fetchone()
        (head,) = run(sql.HEAD).fetchone()
        last = self._last
        if last is not None and last.state == (head, others, self._sweeps) and not _expired_between(run, last.now, now):
            return list(last.found)
        pages, size = run(sql.PAGES).fetchone()[0], run("PRAGMA page_size").fetchone()[0]
        if pages * size <= limits.SQLITE_COUNTED:
            return _count(run, now)
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(
                target=self._work, args=(now, others, self._sweeps), name="tana-count", daemon=True
            )
            self._thread.start()
        return None

    def swept(self) -> None:
        """What was counted no longer holds, although the newest versionstamp is the same."""
        self._sweeps += 1

    def close(self) -> None:
        """Stop counting."""
        self._closed = True
        thread = self._thread
        while thread is not None and thread.is_alive():
            connection = self._connection
            if connection is not None:
                with suppress(sqlite3.Error):  # it has just ended by itself
                    connection.interrupt()
            thread.join(0.05)  # it may have been between two statements

    def _work(self, now: int, *state: int) -> None:
        try:
            self._connection = connection = sqlite3.connect(
                self._path, timeout=limits.SQLITE_WAIT, isolation_level=None, check_same_thread=False
            )
            try:
                if self._closed:
                    return
                connection.execute("BEGIN")
                (head,) = connection.execute(sql.HEAD).fetchone()
                self._last = _Count((head, *state), now, _count(connection.execute, now))
            finally:
                self._connection = None
                connection.close()
        except sqlite3.Error:
            return  # whatever it is, the next operation meets it too and says it


def _count(run: Run, now: int) -> list[NamespaceSize]:
    return [NamespaceSize(*row) for row in run(sql.SIZES, (now,)).fetchall()]


def _expired_between(run: Run, one: int, other: int) -> bool:
    return bool(run(sql.EXPIRED_BETWEEN, (min(one, other), max(one, other))).fetchone()[0])
