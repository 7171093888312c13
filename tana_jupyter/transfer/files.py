"""Files as sides: read into memory where they are there, and only ever replaced as a whole."""

import gzip
import os
import secrets
import stat
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, cast

from tana_jupyter.errors import StoreError, TanaError
from tana_jupyter.store.protocol import Row
from tana_jupyter.store.rowname import named
from tana_jupyter.transfer import bulkjson, jsonlines
from tana_jupyter.transfer.scope import Scope
from tana_jupyter.transfer.sides import Cancelled
from tana_jupyter.transfer.sketch import Item

BULK = ""
"""The contract of rows that have none."""

Namespaces = dict[tuple[str, str], dict[bytes, Row]]  # (contract, space), so that they sort as they are decided on


class File:
    """What the two kinds have in common; see :class:`~.sides.Side`."""

    form: Any = jsonlines

    def __init__(self, path: Path) -> None:
        self._path = path
        self.place = str(path)

    @contextmanager
    def look(self, now: int) -> Iterator["_Rows"]:
        """See Side."""
        yield self._read(now)

    @contextmanager
    def write(self, now: int, attempt: int, cancelled: Cancelled) -> Iterator["_Replacement"]:
        """See Side."""
        del attempt, cancelled
        rows = self._read(now)
        path = self._path.resolve()  # a link stays a link
        beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
        try:
            with beside.open("xb") as raw:
                if path.exists():
                    os.fchmod(raw.fileno(), stat.S_IMODE(path.stat().st_mode))
                # No name and no time in it: the same rows give the same file.
                packed = gzip.GzipFile("", "wb", 6, raw, mtime=0) if path.suffix == ".gz" else None
                try:
                    writer = _Replacement(rows, now, cast("BinaryIO", packed or raw), self.form)
                    yield writer
                finally:
                    if packed is not None:
                        packed.close()
                if not writer.complete:
                    return
                raw.flush()
                os.fsync(raw.fileno())
            beside.replace(path)
        except OSError as error:
            raise StoreError(f"{self.place} cannot be written: {error.strerror or error}") from None
        finally:
            with suppress(OSError):
                beside.unlink(missing_ok=True)

    def notes(self) -> list[str]:
        """See Side."""
        return []

    def _entries(self, file: BinaryIO, now: int) -> Iterable[jsonlines.Entry]:
        raise NotImplementedError

    def _read(self, now: int) -> "_Rows":
        there: Namespaces = {}
        mark = b""
        try:
            with self._path.open("rb") as raw:
                found = os.fstat(raw.fileno())
                mark = b"%d %d %d" % (found.st_mtime_ns, found.st_size, found.st_ino)
                packed = raw.peek(2)[:2] == b"\x1f\x8b"
                file = cast("BinaryIO", BufferedReader(gzip.GzipFile(fileobj=raw))) if packed else raw
                for space, contract, row in self._entries(file, now):
                    rows = there.setdefault((contract, space), {})
                    if row.key in rows:
                        raise TanaError(f"{self.place} has {named(space, contract, row.key)} twice")
                    rows[row.key] = row
        except FileNotFoundError:
            pass
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise TanaError(f"{self.place} is damaged or cut off") from None
        except OSError as error:
            raise StoreError(f"{self.place} cannot be read: {error.strerror or error}") from None
        return _Rows(there, mark, now)

    def must_exist(self) -> None:
        """A source that is not there is a mistake; a target that is not there is made.

        :raises TanaError: there is no such file.
        """
        if not self._path.is_file():
            raise TanaError(f"there is no file {self.place}")


class LinesFile(File):
    """``*.jsonl`` and ``*.jsonl.gz``."""

    def _entries(self, file: BinaryIO, now: int) -> Iterable[jsonlines.Entry]:
        del now
        return jsonlines.read(file, self.place)


class BulkFile(File):
    """Cloudflare's ``*.json``: kv of one contract, whose name it does not know."""

    form = bulkjson
    contract = BULK

    def check(self, scope: Scope) -> None:
        """Refuse what has no place in such a file.

        :raises TanaError: another API than kv is asked for.
        """
        if scope.api not in {None, "kv"}:
            raise TanaError(f"{self.place}: this shape holds kv alone; .jsonl holds {scope.api} as well")

    def about(self, scope: Scope, contract: str | None) -> Scope:
        """The scope of such a file: kv of the one contract it is about.

        :raises TanaError: nothing says which.
        """
        name = scope.contract or contract
        if name is None:
            raise TanaError(f"{self.place}: this shape names no contract: say which with contract=")
        self.contract = name
        return Scope(name, "kv", scope.prefix)

    def notes(self) -> list[str]:
        """See Side."""
        return ["holds kv alone, and no times; .jsonl holds everything"]

    def _entries(self, file: BinaryIO, now: int) -> Iterable[jsonlines.Entry]:
        return (("kv", self.contract, row) for row in bulkjson.read(file, self.place, now))


class _Rows:
    """See :class:`~.sides.Sight`."""

    def __init__(self, there: Namespaces, mark: bytes, now: int) -> None:
        self._there = there
        self._now = now
        self.mark = mark

    def contracts(self, spaces: Sequence[str]) -> set[str]:
        """See Sight."""
        there = ((name, rows) for (name, space), rows in self._there.items() if space in spaces)
        return {name for name, rows in there if any(map(self._live, rows.values()))}

    def scan(self, space: str, contract: str, low: bytes, high: bytes | None) -> Iterator[Item]:
        """See Sight."""
        rows = self._there.get((contract, space), {})
        keys = sorted(rows)
        end = len(keys) if high is None else bisect_left(keys, high)
        yield from (rows[key] for key in keys[bisect_left(keys, low) : end] if self._live(rows[key]))

    def rows(self, space: str, contract: str, keys: Sequence[bytes]) -> list[Row | None]:
        """See Sight."""
        rows = self._there.get((contract, space), {})
        return [rows.get(key) for key in keys]

    def _live(self, row: Row) -> bool:
        return row.expires_at is None or row.expires_at > self._now


class _Replacement(_Rows):
    """See :class:`~.sides.Writer`. Where there was no file before, rows go out as they come, and memory holds none."""

    def __init__(self, rows: _Rows, now: int, file: BinaryIO, form: Any) -> None:
        super().__init__(rows._there, rows.mark, now)  # another of our own
        self._file = file
        self._form = form
        self._streams = not self._there
        # Comparing must go on seeing the file as it is.
        self._new = {} if self._streams else {where: dict(rows) for where, rows in self._there.items()}
        self._first = True
        self.complete = False
        file.write(self._form.HEAD)

    def put(self, space: str, contract: str, row: Row, *, new: bool) -> None:
        """See Writer."""
        del new
        if self._streams:
            self._write(space, contract, row)
        else:
            self._new.setdefault((contract, space), {})[row.key] = row

    def delete(self, space: str, contract: str, key: bytes) -> None:
        """See Writer."""
        self._new[contract, space].pop(key)

    def commit(self, cancelled: Cancelled) -> None:
        """See Writer. The file takes its place once the block around it ends."""
        del cancelled
        for (contract, space), rows in sorted(self._new.items()):
            for key in sorted(rows):
                self._write(space, contract, rows[key])
        self._file.write(self._form.TAIL)
        self.complete = True

    def _write(self, space: str, contract: str, row: Row) -> None:
        self._file.write(self._form.line_of(space, contract, row, first=self._first))
        self._first = False
