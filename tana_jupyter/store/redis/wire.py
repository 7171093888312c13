"""The Redis protocol over one open socket: commands become bytes, replies become values."""

import select
import socket
import struct
import sys
import time
from collections.abc import Sequence
from typing import Any

from tana_jupyter.store import patience

_PIECE = 65_536


class Refused(Exception):
    """An error reply. The server did not do what it was asked."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    @property
    def code(self) -> str:
        """The first word: ``OOM``, ``WRONGTYPE``, ``MOVED`` ..."""
        return self.text.partition(" ")[0]


def command(*parts: bytes) -> bytes:
    r"""Pack a command.

    >>> command(b"GET", b"a")
    b'*2\r\n$3\r\nGET\r\n$1\r\na\r\n'
    """
    pieces = [b"*%d\r\n" % len(parts)]
    for part in parts:
        pieces += (b"$%d\r\n" % len(part), part, b"\r\n")
    return b"".join(pieces)


HOLE = None


def pattern(*commands: tuple[bytes | None, ...]) -> bytes:
    """Prepare commands that are always the same but for their holes; :func:`filled` packs them in half the time."""
    packed = [b"*%d\r\n" % len(parts) + b"".join(map(_part, parts)) for parts in commands]
    return b"".join(packed)


def filled(prepared: bytes, *values: bytes) -> bytes:
    """Pack the commands of a pattern.

    >>> filled(pattern((b"GET", HOLE)), b"a") == command(b"GET", b"a")
    True
    """
    pieces: list[int | bytes] = []
    for value in values:
        pieces += (len(value), value)
    return prepared % tuple(pieces)


def command_over(members: Sequence[bytes], prefixes: Sequence[bytes], *parts: bytes) -> bytes:
    r"""Pack a command that ends with many keys: all members behind the first prefix, then behind the next.

    >>> command_over([b"1", b"2"], [b"a:"], b"MGET")
    b'*3\r\n$4\r\nMGET\r\n$3\r\na:1\r\n$3\r\na:2\r\n'
    """
    pieces = [b"*%d\r\n" % (len(parts) + len(members) * len(prefixes))]
    pieces += [b"$%d\r\n%b\r\n" % (len(part), part) for part in parts]
    for prefix in prefixes:
        size = len(prefix)
        pieces += [b"$%d\r\n%b%b\r\n" % (size + len(member), prefix, member) for member in members]
    return b"".join(pieces)


def _part(part: bytes | None) -> bytes:
    return b"$%d\r\n%b\r\n" if part is None else b"$%d\r\n%b\r\n" % (len(part), part)


class Wire:
    """A socket on which each command gets its reply. It is of no use after an exception."""

    def __init__(self, opened: socket.socket, seconds: float) -> None:
        self._socket = opened
        self._seconds = seconds
        if sys.platform != "win32" and type(opened) is socket.socket:
            # The kernel keeps the time then; with a time limit of Python's each receive would be two system calls.
            opened.settimeout(None)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _time(patience.STEP))
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _time(seconds))
        else:
            opened.settimeout(seconds)
        self.refused: Refused | None = None
        """The first error reply to what was asked last, also one inside of a reply."""
        self._data = b""
        self._at = 0

    def ask(self, payload: bytes, count: int) -> list[Any]:
        """Send packed commands and return their ``count`` replies; an error reply is a :class:`Refused` among them."""
        self.refused = None
        self._socket.sendall(payload)
        return [self._reply() for _ in range(count)]

    def dead(self) -> bool:
        """Whether the other side hung up, which is all it can have to say while nothing was asked."""
        if hasattr(select, "poll"):
            poll = select.poll()
            poll.register(self._socket, select.POLLIN)
            return bool(poll.poll(0))
        return bool(select.select([self._socket], [], [], 0)[0])

    def _reply(self) -> Any:
        line = self._line()
        kind = line[0]
        if kind == 36:  # $
            size = int(line[1:])
            return None if size < 0 else self._exactly(size)
        if kind == 58:  # :
            return int(line[1:])
        if kind == 43:  # +
            return line[1:]
        if kind == 42:  # *
            count = int(line[1:])
            return None if count < 0 else self._many(count)
        if kind == 45:  # -
            refused = Refused(line[1:].decode("utf-8", "replace"))
            self.refused = self.refused or refused
            return refused
        raise OSError("the answer is not of the Redis protocol")

    def _many(self, count: int) -> list[Any]:
        found: list[Any] = []
        append = found.append
        while (left := count - len(found)) > 0:
            # Strings that have arrived whole are cut out here: a call for each would take three times as long.
            data, at = self._data, self._at
            find, length = data.find, len(data)
            while left and at < length and data[at] == 36:
                end = find(b"\r\n", at)
                if end < 0:
                    break
                size = int(data[at + 1 : end])
                end += 2
                if size < 0:
                    append(None)
                    at = end
                elif (stop := end + size) + 2 <= length:
                    append(data[end:stop])
                    at = stop + 2
                else:
                    break
                left -= 1
            self._at = at
            if left:
                append(self._reply())
        return found

    def _line(self) -> bytes:
        while (end := self._data.find(b"\r\n", self._at)) < 0:
            self._more()
        line = self._data[self._at : end]
        self._at = end + 2
        return line

    def _exactly(self, size: int) -> bytes:
        there = len(self._data) - self._at
        if there >= size + 2:
            found = self._data[self._at : self._at + size]
            self._at += size + 2
            return found
        whole = bytearray(size + 2)
        view = memoryview(whole)
        view[:there] = self._data[self._at :]
        self._data, self._at = b"", 0
        while there < size + 2:
            got = self._received(view[there:])
            if not got:
                raise EOFError
            there += got
        return bytes(view[:size])

    def _more(self) -> None:
        try:
            piece = self._socket.recv(_PIECE)
        except BlockingIOError:
            there = bytearray(_PIECE)
            piece = bytes(there[: self._received(memoryview(there))])
        if not piece:
            raise EOFError
        self._data = self._data[self._at :] + piece if self._at < len(self._data) else piece
        self._at = 0

    def _received(self, room: memoryview) -> int:
        """Receive what there is, waiting for it step by step."""
        until = time.monotonic() + self._seconds
        while True:
            try:
                return self._socket.recv_into(room)
            except BlockingIOError:
                if patience.over():
                    raise EOFError from None
                if time.monotonic() > until:
                    raise


def _time(seconds: float) -> bytes:
    """Pack a time as the system takes it."""
    return struct.pack("@ll", int(seconds), int(seconds % 1 * 1_000_000))
