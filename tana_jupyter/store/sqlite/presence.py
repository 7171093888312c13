"""Whether the file that is open is still the one under its name."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tana_jupyter.errors import StoreError


class Presence:
    """Remembers which file was opened. SQLite itself goes on writing one that was deleted or moved away."""

    def __init__(self, path: Path, location: str) -> None:
        self._path = path
        self._location = location
        self._opened = self._there()

    def check(self, run: Callable[[str], Any]) -> None:
        """Look once more.

        :raises StoreError: there is another file by now, or none.
        """
        there = self._there()
        if there == self._opened:
            return
        if there is None:  # what is still in the log beside the old name would not go along with a moved file
            with suppress(sqlite3.Error):
                run("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        raise StoreError(
            f"{self._location} was deleted, moved or replaced while it was open. What this notebook reads and writes"
            " lies in the old file: put that back, or open the new one with %tana store URL"
        )

    def _there(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino
