"""How the keys of an API are written, searched and put into a tree: texts divided by ``:``, and the tuples of Deno."""

from typing import NamedTuple, Protocol

from tana_jupyter import denokey
from tana_jupyter.errors import TanaError
from tana_jupyter.guesttext import well_formed
from tana_jupyter.store.keys import after, prefix_end

DIVIDER = b":"


class Span(NamedTuple):
    """Keys from ``start`` to before ``end``; None is the end of everything."""

    start: bytes
    end: bytes | None

    def within(self, other: "Span") -> "Span":
        """What both have."""
        ends = [end for end in (self.end, other.end) if end is not None]
        return Span(max(self.start, other.start), min(ends, default=None))

    def beyond(self, done: "Span", *, reverse: bool = False) -> "Span":
        """What is left behind ``done``, or in reverse order before it."""
        if reverse:
            return self.within(Span(b"", done.start))
        return NOTHING if done.end is None else self.within(Span(done.end, None))

    @property
    def empty(self) -> bool:
        """Whether no key can lie in it."""
        return self.end is not None and self.start >= self.end

    def __contains__(self, key: object) -> bool:
        return isinstance(key, bytes) and self.start <= key and (self.end is None or key < self.end)


NOTHING = Span(b"", b"")


def alone(key: bytes) -> Span:
    """Nothing but one key."""
    return Span(key, after(key))


class Child(NamedTuple):
    """What stands in a tree for a key: itself, or the branch it lies in."""

    segment: str
    path: bytes | None = None
    """What all keys of the branch start with, None for a key itself."""
    span: Span = NOTHING
    parts: list[str] | None = None


class Level(Protocol):
    """The children of one path of a tree."""

    span: Span

    def child(self, key: bytes) -> Child:
        """The child that a key of ``span`` belongs to."""
        ...


class Keyspace(Protocol):
    """The keys of one API."""

    def text(self, key: bytes) -> str:
        """A key as people read it."""
        ...

    def parts(self, key: bytes) -> list[str] | None:
        """The parts of a key that has some, as they stand in a program."""
        ...

    def read(self, text: str) -> bytes:
        """The key that somebody typed; whether an API takes it is the API's business."""
        ...

    def search(self, prefix: str) -> Span:
        """The keys that start with what somebody typed."""
        ...

    def level(self, path: bytes) -> Level:
        """One level of the tree."""
        ...


class TextKeys:
    """The keys of kv and data."""

    def text(self, key: bytes) -> str:
        """See Keyspace."""
        return key.decode("utf-8", "replace")

    def parts(self, key: bytes) -> list[str] | None:
        """See Keyspace."""
        return None

    def read(self, text: str) -> bytes:
        """See Keyspace."""
        return well_formed(text).encode()

    def search(self, prefix: str) -> Span:
        """See Keyspace."""
        start = self.read(prefix)
        return Span(start, prefix_end(start))

    def level(self, path: bytes) -> Level:
        """See Keyspace."""
        return _TextLevel(path)


class _TextLevel:
    def __init__(self, path: bytes) -> None:
        self.span = Span(path, prefix_end(path))
        self._path = path

    def child(self, key: bytes) -> Child:
        segment, divider, _ = key[len(self._path) :].partition(DIVIDER)
        name = segment.decode("utf-8", "replace")
        if not divider:
            return Child(name)
        path = self._path + segment + DIVIDER
        return Child(name, path, Span(path, prefix_end(path)))


class DenoKeys:
    """The keys of Deno KV, a branch for each part."""

    def text(self, key: bytes) -> str:
        """See Keyspace."""
        return denokey.show(key)

    def parts(self, key: bytes) -> list[str] | None:
        """See Keyspace."""
        try:
            return [denokey.show_part(part) for part in denokey.unpack(key)]
        except TanaError:
            return None

    def read(self, text: str) -> bytes:
        """See Keyspace."""
        return denokey.parse(text)

    def search(self, prefix: str) -> Span:
        """A key, or the beginning of one: ``["users", "al`` and just ``us`` find what their last text begins."""
        text = well_formed(prefix).strip()
        if not text:
            return Span(b"", None)
        if not text.startswith("["):
            return _beginning(text)
        for complete in ("", "]"):
            try:
                key = denokey.parse(text.rstrip(", ") + complete)
            except TanaError:
                continue
            return Span(key, key + b"\xff") if key else Span(b"", None)
        try:
            start = denokey.parse(f'{text}"]')[:-1]
        except TanaError:
            return NOTHING  # nothing yet: somebody is typing
        return Span(start, prefix_end(start))

    def level(self, path: bytes) -> Level:
        """See Keyspace."""
        return _DenoLevel(path)


class _DenoLevel:
    def __init__(self, path: bytes) -> None:
        try:
            self._depth = len(denokey.unpack(path))
        except TanaError:
            self._depth = 0
            self.span = NOTHING
        else:
            self.span = _below(path) if path else Span(b"", None)

    def child(self, key: bytes) -> Child:
        try:
            parts = denokey.unpack(key)[: self._depth + 1]
            path = denokey.pack(parts)
        except TanaError:
            return Child(denokey.show(key))
        segment = denokey.show_part(parts[-1]) if parts else "[]"
        span = _below(path)
        # Bytes that this package would have written differently stay what they are: a key.
        if key == path or key not in span:
            return Child(segment)
        return Child(segment, path, span, list(map(denokey.show_part, parts)))


def _below(path: bytes) -> Span:
    """The keys with these parts and more; a text that goes on after U+0000 is another part."""
    return Span(path + b"\0", path + b"\xff")


def _beginning(text: str) -> Span:
    start = denokey.pack((text,))[:-1]
    return Span(start, prefix_end(start))


TEXT = TextKeys()
DENO = DenoKeys()


def keyspace(api: str) -> Keyspace:
    """The keys of an API."""
    return DENO if api == "deno" else TEXT
