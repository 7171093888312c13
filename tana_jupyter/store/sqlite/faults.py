"""What people read when SQLite fails: one line each, and what to do."""

import sqlite3

from tana_jupyter import limits
from tana_jupyter.errors import StoreError
from tana_jupyter.store.protocol import closed

# The first whose name starts with the key is meant. Each of these left the file as it was.
_TEXTS = {
    "SQLITE_BUSY": (
        f"{{location}} is locked: another kernel or program has been writing to it for {limits.SQLITE_WAIT} seconds."
        " Nothing was written; run it again"
    ),
    "SQLITE_FULL": "The disk of {location} is full. Nothing was written; make room and run it again",
    "SQLITE_READONLY": (
        "{location} can only be read: the file or its folder is write-protected. Nothing was written; make it"
        " writable, or work on a copy"
    ),
    "SQLITE_CANTOPEN": (
        "{location} cannot be opened: SQLite must be able to read and write the file, and to make files beside it"
    ),
    "SQLITE_NOTADB": (
        "{location} is not an SQLite database, or its beginning is damaged. It was not touched; choose another file,"
        " or put a copy back"
    ),
    "SQLITE_CORRUPT": (
        "{location} is damaged. Nothing was written; put a copy back, or save what can be read:"
        " sqlite3 FILE .recover | sqlite3 NEW"
    ),
    "SQLITE_IOERR": "The disk of {location} failed ({name}). Nothing was written; see to the disk, then run it again",
    "SQLITE_PROTOCOL": "{location} is locked: too many kernels at once. Nothing was written; run it again",
    "SQLITE_TOOBIG": "SQLite holds no value this large (1,000,000,000 bytes). Nothing was written to {location}",
    "SQLITE_NOMEM": "There is not enough memory to go on with {location}. Nothing was written",
}


def explain(error: sqlite3.Error, location: str) -> StoreError:
    """Say in the words of this package what went wrong."""
    name = getattr(error, "sqlite_errorname", "")  # Python's own errors have none
    for start, text in _TEXTS.items():
        if name.startswith(start):
            return StoreError(text.format(location=location, name=name))
    if isinstance(error, sqlite3.ProgrammingError) and "closed" in str(error):
        return closed(location)
    return StoreError(f"{location} cannot be used: {error}. Nothing was written")
