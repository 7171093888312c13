"""Changes to a text that remember where every character came from."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence


def offset_of(text: str, line: int, column: int) -> int:
    """Offset of a 1-based position; a column behind the end of its line means that end."""
    start = 0
    for _ in range(line - 1):
        found = text.find("\n", start)
        if found < 0:
            return len(text)
        start = found + 1
    end = text.find("\n", start)
    return min(start + column - 1, len(text) if end < 0 else end)


def position_of(text: str, offset: int) -> tuple[int, int]:
    r"""1-based line and column of an offset: ``position_of("a\nb", 2) == (2, 1)``."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def blanked(text: str) -> str:
    """Spaces of the same length, newlines kept, so that nothing behind them moves."""
    if "\n" not in text:
        return " " * len(text)
    return "\n".join([" " * len(line) for line in text.split("\n")])


# Where a stretch of the result came from: (offset in the result, offset in the source, copied);
# what was not copied was inserted and belongs to that one place.
Piece = tuple[int, int, bool]


class Edits:
    """Changes to ``source``, recorded from the outside in, applied all at once.

    >>> edits = Edits("let x: T = 1")
    >>> edits.blank(5, 8)
    >>> edits.close(12, ";")
    >>> edits.apply()[0]
    'let x    = 1;'
    """

    __slots__ = ("_changes", "_count", "_moves", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        # (start, rank, end, text): at one offset whatever closes comes first, the innermost first,
        # then whatever opens, the outermost first.
        self._changes: list[tuple[int, int, int, str]] = []
        self._moves: list[tuple[int, int, str, str]] = []
        self._count = 0

    def replace(self, start: int, end: int, text: str) -> None:
        """Put ``text`` in place of what stands there."""
        self._count += 1
        self._changes.append((start, self._count, end, text))

    def blank(self, start: int, end: int, first: str = "") -> None:
        """Overwrite with spaces, led by ``first`` (which takes the place of as many characters)."""
        text = blanked(self.source[start:end])
        self.replace(start, end, first + text[len(first) :] if first else text)

    def open(self, at: int, text: str) -> None:
        """Insert before what begins at that offset."""
        self.replace(at, at, text)

    def close(self, at: int, text: str) -> None:
        """Insert behind what ends at that offset."""
        self._count += 1
        self._changes.append((at, -self._count, at, text))

    def move_to_front(self, start: int, end: int, before: str, after: str) -> None:
        """Take the stretch, with the changes inside it, to the front; a ``;`` stays in its place."""
        self._moves.append((start, end, before, after))

    def apply(self, head: Sequence[tuple[int, str]] = (), tail: str = "") -> tuple[str, list[Piece]]:
        """The new text and its pieces: ``head`` (source offset, text), what was moved, the rest, ``tail``."""
        changes = sorted(self._changes)
        result = _Result(self.source)
        for origin, text in head:
            result.insert(origin, text)
        for start, end, before, after in self._moves:
            result.insert(start, before)
            # Whatever opens exactly at the end belongs to what follows.
            low, high = bisect_left(changes, (start,)), bisect_left(changes, (end,))
            result.copy(start, end, changes[low:high])
            result.insert(end - 1, after)
            changes[low:high] = [(start, 0, end, ";")]
        if head or self._moves:
            result.insert(0, "\n")
        result.copy(0, len(self.source), changes)
        result.insert(len(self.source), tail)
        return "".join(result.out), result.pieces


class _Result:
    """A text in the making, and its pieces."""

    __slots__ = ("_at", "_source", "out", "pieces")

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self.out: list[str] = []
        self.pieces: list[Piece] = []

    def insert(self, origin: int, text: str) -> None:
        """Append text that belongs to one place of the source."""
        self.pieces.append((self._at, origin, False))
        self.out.append(text)
        self._at += len(text)

    def copy(self, start: int, end: int, changes: list[tuple[int, int, int, str]]) -> None:
        """Append a stretch of the source with its changes."""
        source, out, pieces, at = self._source, self.out, self.pieces, self._at
        pieces.append((at, start, True))
        for first, _, last, text in changes:
            if first > start:
                out.append(source[start:first])
                at += first - start
            out.append(text)
            if len(text) != last - first:
                pieces.append((at, first, False))
                pieces.append((at + len(text), last, True))
            at += len(text)
            start = last
        out.append(source[start:end])
        self._at = at + end - start


def trace(pieces: list[Piece], offset: int) -> int:
    """The source offset an offset of the result came from."""
    produced, origin, copied = pieces[bisect_right(pieces, (offset, 1 << 60)) - 1]
    return origin + offset - produced if copied else origin
