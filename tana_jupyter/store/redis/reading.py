"""Rows from one moment: some by one MGET, ranges by the index and then MGETs that find the head unchanged."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tana_jupyter.spaces import SPACES
from tana_jupyter.store.protocol import Changed, Row
from tana_jupyter.store.redis.adopting import adopt
from tana_jupyter.store.redis.known import Known
from tana_jupyter.store.redis.layout import READABLE, belongs, key_of, member_of, row_of, rows_of, version_of
from tana_jupyter.store.redis.link import Link
from tana_jupyter.store.redis.looking import strings_among
from tana_jupyter.store.redis.rows import live, stranger, there
from tana_jupyter.store.redis.wire import Refused, command, command_over

_PIECE = 2000
_PATIENCE = 8
_EXACT = 2**53


class Strings(NamedTuple):
    """The head, and the two strings of some rows."""

    head: bytes | None
    values: list[bytes | None]
    beside: list[bytes | None]


class Span(NamedTuple):
    """A stretch of a contract's index, in the words of ZRANGE BYLEX."""

    low: bytes
    high: bytes
    reverse: bool = False

    def take(self, index: bytes, count: int) -> bytes:
        """Return the command that reads its first members."""
        ends = (self.high, self.low, b"BYLEX", b"REV") if self.reverse else (self.low, self.high, b"BYLEX")
        return command(b"ZRANGE", index, *ends, b"LIMIT", b"0", b"%d" % count)

    def behind(self, member: bytes) -> "Span":
        """Return what is left once it was read up to ``member``."""
        return self._replace(high=b"(" + member) if self.reverse else self._replace(low=b"(" + member)


def span_of(space: str, start: bytes = b"", end: bytes | None = None, *, reverse: bool = False) -> Span:
    """Return the stretch of a namespace from ``start`` to before ``end``."""
    high = b"%b;" % space.encode() if end is None else member_of(space, end)  # ; follows :
    return Span(b"[" + member_of(space, start), b"(" + high, reverse)


def head(link: Link, known: Known) -> int:
    """Return a stamp at or above all commits so far and below all later ones."""
    keys = known.keys
    newest = command(b"GET", keys.head) + command(b"ZRANGE", keys.changes, b"-1", b"-1")
    while True:
        text, members = link.ask(newest, 2)
        known.see(text)
        if not known.guessed:
            return known.newest
        # It is the stamp of a row that was new, or else of a row that whoever guessed is about to write.
        again, beside = None, None
        if members:
            ((again, beside),) = link.ask(command(b"MGET", keys.head, keys.beside + members[0]), 1)
        if again == text or not members:
            taken = beside is not None and version_of(beside) >= known.newest
            return known.newest if taken else known.newest - 1


def get(link: Link, known: Known, space: str, key: bytes, now: int) -> Row | None:
    """Return one row."""
    member = member_of(space, key)
    keys = known.keys
    ((head, value, beside),) = link.ask(command(b"MGET", keys.head, keys.values + member, keys.beside + member), 1)
    known.see(head)
    if value is None:
        return None
    row = None if beside is None else row_of(member, value, beside)
    if row is None or beside is None:
        return get_many(link, known, space, [key], now)[0]
    known.remember(member, beside)
    return live(row, now)


def get_many(link: Link, known: Known, space: str, keys: Sequence[bytes], now: int) -> list[Row | None]:
    """Return one answer per key."""
    members = [member_of(space, key) for key in keys]
    for _ in range(_PATIENCE):
        found = read(link, known, members)
        known.see(found.head)
        triples = list(zip(members, found.values, found.beside, strict=True))
        foreign = [member for member, value, beside in triples if _foreign(space, member, value, beside)]
        if not foreign or not _adopted(link, known, foreign, now):
            break
    return [None if value is None else there(member, value, beside, now) for member, value, beside in triples]


def scan(link: Link, known: Known, space: str, span: Span, now: int, limit: int, *, keys_only: bool) -> list[Row]:
    """Return the live rows of a stretch, at most ``limit``."""
    for _ in range(_PATIENCE):
        rows = _scanned(link, known, space, span, now, limit, keys_only=keys_only, steady=True)
        if rows is not None:
            return rows
    # Beside somebody who never stops writing, a long stretch is read at several moments.
    return _scanned(link, known, space, span, now, limit, keys_only=keys_only, steady=False) or []


def walk(link: Link, known: Known, span: Span) -> Iterator[tuple[bytes, bytes]]:
    """All members of a stretch that have a value, with what lies beside it; from several moments."""
    while True:
        (members,) = link.ask(span.take(known.keys.order, _PIECE), 1)
        if not members:
            return
        found = read(link, known, members, keys_only=True)
        for member, value, beside in zip(members, found.values, found.beside, strict=True):
            if value is not None and beside is not None:
                yield member, beside
        span = span.behind(members[-1])


def changes(link: Link, known: Known, since: int, limit: int) -> list[Changed]:
    """Return the rows that were written after ``since``, oldest first."""
    keys = known.keys
    # Scores are floating-point numbers: beyond 2**53 several versionstamps share one, and the rows themselves tell.
    low = b"(%d" % since if since < _EXACT else b"%d" % since
    found: list[Changed] = []
    while True:
        page = command(b"ZRANGE", keys.changes, low, b"+inf", b"BYSCORE", b"LIMIT", b"0", b"%d" % limit, b"WITHSCORES")
        head, answer = link.ask(command(b"GET", keys.head) + page, 2)
        known.see(head)
        members, last = answer[::2], answer[-1] if answer else b""
        more = len(members) == limit
        if more:  # up to the end of the commit the page ended in
            (same,) = link.ask(command(b"ZRANGE", keys.changes, last, last, b"BYSCORE"), 1)
            members = list(dict.fromkeys([*members, *same]))
        if members:
            strings = read(link, known, members, keys_only=True)
            for member, value, beside in zip(members, strings.values, strings.beside, strict=True):
                if value is not None and beside is not None and (version := version_of(beside)) > since:
                    found.append(Changed(member.partition(b":")[0].decode(), key_of(member), version))
        if not more or len(found) >= limit:
            return sorted(found, key=lambda change: change.versionstamp)
        low = b"(" + last


def spaces(link: Link, group: Sequence[Known]) -> list[tuple[str, str]]:
    """Return the namespaces of some contracts that hold rows."""
    payload = []
    for known in group:
        payload.append(command(b"GET", known.keys.head))
        payload += (span_of(space).take(known.keys.order, 1) for space in SPACES)
    replies = iter(link.ask(b"".join(payload), len(payload)))
    found = []
    for known in group:
        known.see(next(replies))
        found += [(space, known.contract) for space in SPACES if next(replies)]
    return found


def read(link: Link, known: Known, members: Sequence[bytes], *, keys_only: bool = False) -> Strings:
    """Read the strings of some rows at one moment; for keys only, a value that is there is empty."""
    keys = known.keys
    if not keys_only:
        words = command_over(members, (keys.values, keys.beside), b"MGET", keys.head)
        ((head, *strings),) = link.ask(words, 1)
        return Strings(head, strings[: len(members)], strings[len(members) :])
    words = command_over(members, (keys.beside,), b"MGET", keys.head)
    (head, *beside), count = link.ask(words + command_over(members, (keys.values,), b"EXISTS"), 2)
    if count == len(members):
        return Strings(head, [b""] * count, beside)
    exist = link.ask(b"".join(command(b"EXISTS", keys.values + member) for member in members), len(members))
    return Strings(head, [b"" if there else None for there in exist], beside)


def _scanned(
    link: Link, known: Known, space: str, span: Span, now: int, limit: int, *, keys_only: bool, steady: bool
) -> list[Row] | None:
    """One attempt; None if it has to be made again."""
    index = known.keys.order
    rows: list[Row] = []
    size = min(limit, _PIECE)
    head, members = link.ask(command(b"GET", known.keys.head) + span.take(index, size), 2)
    known.see(head)
    while members:
        found = read(link, known, members, keys_only=keys_only)
        if steady and found.head != head:
            return None
        more, foreign = rows_of(space, members, found.values, found.beside, now, checked=not keys_only)
        if foreign and keys_only:
            kinds = strings_among(link, [known.keys.values + member for member in foreign])
            foreign = [member for member, kind in zip(foreign, kinds, strict=True) if kind]
        if foreign and space in READABLE:
            if steady and _adopted(link, known, foreign, now):
                return None
            values = dict(zip(members, found.values, strict=True))
            strangers = (stranger(member, values[member] or b"", None, now) for member in foreign)
            more = sorted([*more, *filter(None, strangers)], reverse=span.reverse)
        rows += more
        if len(rows) >= limit or len(members) < size:
            break
        span = span.behind(members[-1])
        size = min(max(2 * size, 64), _PIECE)
        (members,) = link.ask(span.take(index, size), 1)
    return rows[:limit]


def _adopted(link: Link, known: Known, members: Sequence[bytes], now: int) -> bool:
    """Adopt rows, and look again; a server that takes no writes is only read."""
    try:
        adopt(link, known, members, now)
    except Refused as refused:
        if refused.code not in {"READONLY", "OOM", "MISCONF", "NOPERM"}:
            raise
        return False
    return True


def _foreign(space: str, member: bytes, value: bytes | None, beside: bytes | None) -> bool:
    return value is not None and space in READABLE and (beside is None or not belongs(member, value, beside))
