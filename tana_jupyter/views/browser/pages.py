"""Pages of a browser, flat or one level of a tree: each costs what it shows, however many keys there are."""

from collections.abc import Sequence
from typing import NamedTuple

from tana_jupyter.store.keys import after
from tana_jupyter.views.browser.entries import Entries, Entry
from tana_jupyter.views.browser.keyspace import NOTHING, Child, Level, Span, alone, keyspace
from tana_jupyter.views.browser.query import Query
from tana_jupyter.views.browser.rows import Shown, branch, row
from tana_jupyter.views.browser.scene import Scene

LOOK = 32
"""Keys read at once to see whether the next ones lie in the same branch."""
LOOK_MOST = 512
ROOM = 33_554_432  # bytes of the values of one page


class Page(NamedTuple):
    """Rows, and where the next ones start."""

    rows: list[Shown]
    next: bytes | None


def page(scene: Scene, query: Query, path: bytes, cursor: bytes | None, limit: int) -> Page:
    """One page of a query; ``path`` matters in a tree only."""
    entries = Entries(scene, query)
    found = keyspace(query.api).search(query.prefix)
    if query.view == "tree":
        return _tree(entries, query, path, found, cursor, limit)
    return _flat(entries, query, found, cursor, limit)


def _flat(entries: Entries, query: Query, found: Span, cursor: bytes | None, limit: int) -> Page:
    shown, more = entries.first(_rest(found, query, cursor), limit, ROOM, reverse=query.reverse)
    rows = [row(entry, query.api) for entry in shown]
    if not more:
        return Page(rows, None)
    last = shown[-1].key
    return Page(rows, last if query.reverse else after(last))


def _rest(span: Span, query: Query, cursor: bytes | None) -> Span:
    if cursor is None:
        return span
    return span.within(Span(b"", cursor) if query.reverse else Span(cursor, None))


class _Item(NamedTuple):
    """A child that was met, by its first key."""

    key: bytes
    child: Child
    size: int | None = None
    """Keys of a branch, None where they were not all seen."""


def _tree(entries: Entries, query: Query, path: bytes, found: Span, cursor: bytes | None, limit: int) -> Page:
    level = keyspace(query.api).level(path)
    rest = _rest(level.span.within(found), query, cursor)
    items: list[_Item] = []
    step = LOOK
    while len(items) <= limit and not rest.empty:
        seen = entries.scan(rest, step, reverse=query.reverse, keys_only=True)
        items += _children(seen, level)
        if len(seen) < step:
            break
        last = items[-1]
        if last.child.path is None:
            rest = rest.beyond(alone(last.key), reverse=query.reverse)
            step = min(2 * step, LOOK_MOST)
        else:
            # A branch may hold a million keys: nobody counts them, and the next look is behind them.
            items[-1] = last._replace(size=None)
            rest = rest.beyond(last.child.span, reverse=query.reverse)
            step = LOOK
    shown = items[:limit]
    leaves = {entry.key: entry for entry in entries.get([item.key for item in shown if item.child.path is None])}
    rows: list[Shown] = []
    for item in shown:
        if item.child.path is not None:
            rows.append(branch(item.child, item.child.path, item.size))
        elif item.key in leaves:
            rows.append(row(leaves[item.key], query.api, item.child.segment))
    if len(items) <= limit:
        return Page(rows, None)
    first = items[limit].key
    return Page(rows, after(first) if query.reverse else first)


def _children(seen: Sequence[Entry], level: Level) -> list[_Item]:
    items: list[_Item] = []
    span, count = NOTHING, 0
    for entry in seen:
        if entry.key in span:
            count += 1
            continue
        if items and items[-1].child.path is not None:
            items[-1] = items[-1]._replace(size=count)
        child = level.child(entry.key)
        items.append(_Item(entry.key, child))
        span, count = child.span, 1
    if items and items[-1].child.path is not None:
        items[-1] = items[-1]._replace(size=count)
    return items
