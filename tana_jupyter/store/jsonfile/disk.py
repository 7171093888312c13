"""A file that is only ever replaced as a whole, by one kernel, and never over a change of somebody else."""

import fcntl
import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tana_jupyter.errors import StoreError


class _Seen(NamedTuple):
    """How the file looked when it was last read or written here."""

    when: int
    size: int
    inode: int
    digest: bytes


class Lock:
    """Held by one kernel at a time, and let go of by the system when the kernel dies.

    The file itself cannot hold it, for it is replaced. So there is a hidden one beside it while the store is open.
    """

    def __init__(self, beside: Path, location: str) -> None:
        self._path = beside.with_name(f".{beside.name}.lock")
        self._file: int | None = None
        while self._file is None:
            try:
                self._file = self._take(location)
            except OSError as error:
                raise StoreError(
                    f"{location} cannot be used: files beside it cannot be made ({error.strerror}). Choose a folder"
                    " that can be written to"
                ) from error

    def release(self) -> None:
        """Let the next one in."""
        if self._file is not None:
            file, self._file = self._file, None
            self._path.unlink(missing_ok=True)  # first: who opens it from now on makes one of its own
            os.close(file)

    def __del__(self) -> None:
        with suppress(OSError):
            self.release()

    def _take(self, location: str) -> int | None:
        """The locked file, or None if it was removed between opening and locking it."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            there = self._path.stat() if self._path.exists() else None
            if there is None or not os.path.samestat(there, os.fstat(file)):
                os.close(file)
                return None
            os.truncate(file, 0)
            os.write(file, b"%d\n" % os.getpid())
        except BlockingIOError:
            holder = os.read(file, 20).decode("ascii", "replace").strip() or "unknown"
            os.close(file)
            raise StoreError(
                f"{location} is open in another kernel (process {holder}), and only one can write it as a whole. Close"
                " it there, or use a store that kernels can share: %tana store sqlite:///notebook.db"
            ) from None
        except BaseException:
            os.close(file)
            raise
        return file


class File:
    """The bytes of a file, read once and replaced from then on.

    >>> file = File(Path("storage.json"), "json:///storage.json")
    >>> file.replace(file.read() + b" ")
    """

    def __init__(self, path: Path, location: str) -> None:
        self._path = path.resolve()  # a link stays a link
        self._location = location
        self._seen: _Seen | None = None
        self.lock = Lock(self._path, location)
        # What a kernel that was killed left; nobody else can be writing it now.
        with suppress(OSError):
            self._temporary.unlink(missing_ok=True)

    @property
    def _temporary(self) -> Path:
        return self._path.with_name(f".{self._path.name}.new")

    def read(self) -> bytes | None:
        """All of it, None if there is no such file."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"{self._location} cannot be read: {error.strerror}") from error
        self._seen = self._look(content)
        return content

    def replace(self, content: bytes) -> None:
        """Put ``content`` in its place so that at any moment, also after a power cut, one or the other is there.

        :raises StoreError: somebody else changed it, or it cannot be written; it is as it was.
        """
        kept = "What this notebook holds is still in memory, and the end of the next run tries again"
        try:
            there = self._path.stat() if self._path.exists() else None
            if there is not None and self._is_foreign(there):
                raise StoreError(
                    f"{self._location} was changed by something else since it was read here, and was not overwritten."
                    f" {kept}: rename the changed file to keep it apart, or restart the kernel to read it instead"
                )
            if there is not None and not os.access(self._path, os.W_OK, effective_ids=True):
                raise StoreError(
                    f"{self._location} is write-protected and was not changed. {kept}: make the file writable"
                )
            self._write(content, there)
            self._seen = self._look(content)
        except OSError as error:
            raise StoreError(
                f"{self._location} cannot be written ({error.strerror}), and is as the last run left it. {kept}"
            ) from error

    def _write(self, content: bytes, there: os.stat_result | None) -> None:
        self._temporary.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        try:
            with os.fdopen(os.open(self._temporary, flags, 0o666), "wb") as file:
                if there is not None:
                    os.fchmod(file.fileno(), stat.S_IMODE(there.st_mode))
                    with suppress(PermissionError):  # only root may give files away
                        os.fchown(file.fileno(), there.st_uid, there.st_gid)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            self._temporary.replace(self._path)
        except BaseException:
            with suppress(OSError):
                self._temporary.unlink(missing_ok=True)
            raise
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _look(self, content: bytes) -> _Seen:
        found = self._path.stat()
        return _Seen(found.st_mtime_ns, found.st_size, found.st_ino, _digest(content))

    def _is_foreign(self, there: os.stat_result) -> bool:
        """Whether the content is not what was read or written here last; touching a file changes nothing."""
        seen = self._seen
        if seen is None:
            return True
        if (there.st_mtime_ns, there.st_size, there.st_ino) == seen[:3]:
            return False
        return _digest(self._path.read_bytes()) != seen.digest


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content).digest()
