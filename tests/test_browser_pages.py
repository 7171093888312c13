"""Pages: put together they are what a full scan gives, flat and as a tree, in every layer and both orders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tana_jupyter import Session, denokey
from tana_jupyter.store.protocol import Row, Write
from tana_jupyter.views.browser.pages import LOOK, page
from tana_jupyter.views.browser.query import Query
from tests.browser_harness import SHOP, done, k, opened, pages, store

__all__ = ["pages"]

segments = st.text("ab:é\0", max_size=4)
keys = st.lists(segments, min_size=1, max_size=4).map(":".join)
parts = st.sampled_from(["", "a", "a\0", "ab", "b", b"", b"a", 0, 1, -5, 1.5, True, False])
deno_keys = st.lists(parts, min_size=1, max_size=3).map(lambda each: denokey.pack(tuple(each)))
orders = st.sampled_from(["key", "-key"])


def walk(session: Session, query: Query, limit: int, path: bytes = b"") -> Iterator[dict[str, Any]]:
    """All rows of a query, page by page."""
    cursor = None
    for _ in range(1000):
        found = page(session, query, path, cursor, limit)
        assert len(found.rows) <= limit
        yield from found.rows
        cursor = found.next
        if cursor is None:
            return
    pytest.fail("the pages never end")


def climb(session: Session, query: Query, limit: int, path: bytes = b"") -> Iterator[dict[str, Any]]:
    """All rows of a tree: a branch is followed by what is in it."""
    for row in walk(session, query, limit, path):
        if "branch" not in row:
            yield row
            continue
        assert row["k"] == row["path"] != path.hex()
        below = list(climb(session, query, limit, bytes.fromhex(row["path"])))
        assert below, "a branch with nothing in it"
        assert row["count"] in {None, len(below)}
        yield from below


def keys_of(rows: Iterator[dict[str, Any]]) -> list[bytes]:
    return [bytes.fromhex(row["k"]) for row in rows]


def filled(stored: set[bytes], api: str = "kv", staged: dict[bytes, bytes | None] | None = None) -> Session:
    session = opened()
    encoding = "json" if api == "deno" else "text"
    session.journal.commit([Write(api, SHOP, key, b"1", encoding) for key in sorted(stored)])
    session.journal.commit([Write(api, "other", b"x", b"1"), Write("queue", SHOP, b"x", b"1")])
    for key, value in (staged or {}).items():
        session.host_of(SHOP).staging.put(key, value)
    return session


@given(stored=st.sets(keys.map(str.encode), max_size=40), prefix=segments, order=orders, limit=st.integers(1, 9))
def test_pages_of_texts_are_the_whole(stored: set[bytes], prefix: str, order: str, limit: int) -> None:
    session = filled(stored)
    expected = sorted((key for key in stored if key.startswith(prefix.encode())), reverse=order == "-key")
    query = Query(SHOP, "kv", prefix, order=order)
    assert keys_of(walk(session, query, limit)) == expected
    assert keys_of(climb(session, query._replace(view="tree"), limit)) == expected


@given(stored=st.sets(deno_keys, max_size=30), order=orders, limit=st.integers(1, 9), prefix=deno_keys | st.just(b""))
def test_pages_of_deno_keys_are_the_whole(stored: set[bytes], order: str, limit: int, prefix: bytes) -> None:
    session = filled(stored, "deno")
    start = denokey.unpack(prefix)
    wanted = [key for key in stored if list(map(repr, denokey.unpack(key)[: len(start)])) == list(map(repr, start))]
    expected = sorted(wanted, reverse=order == "-key")
    query = Query(SHOP, "deno", denokey.show(prefix) if prefix else "", order=order)
    assert keys_of(walk(session, query, limit)) == expected
    assert keys_of(climb(session, query._replace(view="tree"), limit)) == expected


@given(stored=st.sets(st.binary(max_size=6), max_size=20), limit=st.integers(1, 5), order=orders)
def test_bytes_that_are_no_keys_are_shown_all_the_same(stored: set[bytes], limit: int, order: str) -> None:
    session = filled(stored, "deno")
    query = Query(SHOP, "deno", order=order)
    assert keys_of(walk(session, query, limit)) == sorted(stored, reverse=order == "-key")
    assert keys_of(climb(session, query._replace(view="tree"), limit)) == sorted(stored, reverse=order == "-key")


@given(
    stored=st.sets(keys.map(str.encode), max_size=20),
    staged=st.dictionaries(keys.map(str.encode), st.none() | st.just(b"2"), max_size=20),
    prefix=segments,
    order=orders,
    limit=st.integers(1, 9),
)
def test_pages_of_layers(
    stored: set[bytes], staged: dict[bytes, bytes | None], prefix: str, order: str, limit: int
) -> None:
    session = filled(stored, "data", staged)
    layers = {"committed": stored, "staged": set(staged), "both": stored | set(staged)}
    for layer, held in layers.items():
        expected = sorted((key for key in held if key.startswith(prefix.encode())), reverse=order == "-key")
        query = Query(SHOP, "data", prefix, layer=layer, order=order)
        rows = list(walk(session, query, limit))
        assert keys_of(iter(rows)) == expected
        assert keys_of(climb(session, query._replace(view="tree"), limit)) == expected
        for key, row in zip(expected, rows, strict=True):
            state = "committed"
            if key in staged and layer != "committed":
                state = "deleted" if staged[key] is None else "changed" if key in stored else "added"
            assert row["state"] == state
            assert (row["version"] is None) == (key not in stored)
            shown = {"added": "2", "changed": "2", "deleted": "1" if key in stored else None}
            assert row["preview"] == shown.get(state, "1")


@settings(max_examples=30)
@given(data=st.data())
def test_rows_that_stay_are_seen_once_whatever_happens_between_pages(data: st.DataObject) -> None:
    stored = data.draw(st.sets(keys.map(str.encode), min_size=5, max_size=30))
    stay = data.draw(st.sets(st.sampled_from(sorted(stored))))
    session = filled(stored)
    seen: list[bytes] = []
    cursor = None
    while True:
        found = page(session, Query(SHOP, "kv"), b"", cursor, 3)
        seen += keys_of(iter(found.rows))
        if found.next is None:
            break
        cursor = found.next
        for key in data.draw(st.lists(st.sampled_from(sorted(stored)), max_size=3)):
            if key not in stay:
                session.journal.commit([Write("kv", SHOP, key, data.draw(st.sampled_from([None, b"2"])))])
    assert len(seen) == len(set(seen))
    assert stay <= set(seen)


class Reads:
    """A store that counts the rows it hands out."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.rows = 0
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def scan(self, *arguments: Any, **options: Any) -> list[Row]:
        rows: list[Row] = self.store.scan(*arguments, **options)
        self.rows += len(rows)
        self.calls += 1
        return rows


def test_a_tree_does_not_read_what_lies_in_its_branches() -> None:
    session = opened()
    for branch in ("a", "b", "c"):
        store(session, {f"{branch}:{number}": "1" for number in range(20_000)})
    store(session, {"d:1": "1", "d:2": "1", "e": "1"})
    reads = Reads(session.store)
    session.journal.store = reads
    query = Query(SHOP, "kv", view="tree")
    for order in ("key", "-key"):
        reads.rows = reads.calls = 0
        rows = page(session, query._replace(order=order), b"", None, 100).rows
        shown = [(row["text"], row.get("count")) for row in rows]
        assert sorted(shown, key=str) == [("a", None), ("b", None), ("c", None), ("d", 2), ("e", None)]
        assert reads.rows < 200
        assert reads.calls < 10


def test_a_page_reads_little_more_than_it_shows() -> None:
    session = opened()
    store(session, {f"k{number:05}": "1" for number in range(20_000)})
    reads = Reads(session.store)
    session.journal.store = reads
    for view in ("flat", "tree"):
        reads.rows = reads.calls = 0
        assert len(page(session, Query(SHOP, "kv", view=view), b"", None, 100).rows) == 100
        assert reads.rows < 300
        assert reads.calls < 5


def test_large_values_make_a_page_shorter() -> None:
    session = opened()
    store(session, {f"k{number:02}": b"x" * 1_000_000 for number in range(80)})
    first = page(session, Query(SHOP, "kv"), b"", None, 500)
    assert 16 <= len(first.rows) < 80
    assert first.next is not None
    assert len(list(walk(session, Query(SHOP, "kv"), 500))) == 80


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("", 5),
        ("us", 3),
        ("users", 3),
        ('["users"', 3),
        ('["users", ', 3),
        ('["users", "al', 1),
        ('["users", "alice"]', 1),
        ('["users", 4', 0),
        ('["users", 42n', 1),
        ("[", 5),
        ("[]", 5),
        ("[tru", 0),
        ("[true", 1),
        ("nobody", 0),
    ],
)
def test_a_search_for_deno_keys_as_it_is_typed(prefix: str, found: int) -> None:
    session = opened()
    names = [("users", "alice"), ("users", "bob"), ("users", 42), (True, "users"), ("items", "users")]
    session.journal.commit([Write("deno", SHOP, denokey.pack(name), b"1", "json") for name in names])
    browser = session.browse(prefix, contract=SHOP, api="deno")
    assert len(done(browser, "page", query={})["rows"]) == found


@pytest.mark.usefixtures("pages")
def test_the_answer_of_a_page() -> None:
    session = opened()
    store(session, {"user:1": '{"name":"ada"}', "user:2": "", "user:3": b"\0\xff"}, expires_at=1_767_225_700_000_000)
    browser = session.browse("user:")
    answer = done(browser, "page", query={}, limit=2)
    assert answer["query"] == browser.query
    assert (answer["clock"], answer["frozen"]) == ("2026-01-01T00:00:00Z", True)
    assert answer["rows"][0] == {
        "k": k("user:1"),
        "text": "user:1",
        "parts": None,
        "preview": '{"name":"ada"}',
        "type": "object",
        "bytes": 14,
        "version": "00000000000000010000",
        "updated": "2026-01-01T00:00:00Z",
        "expires": "2026-01-01T00:01:40Z",
        "state": "committed",
    }
    last = done(browser, "page", query={}, limit=2, after=answer["next"])
    assert [(row["preview"], row["type"]) for row in last["rows"]] == [("00 ff", "bytes")]
    assert last["next"] is None


@pytest.mark.usefixtures("pages")
def test_the_rows_of_a_tree() -> None:
    session = opened()
    store(session, dict.fromkeys(["a", "a:", "a:b", "a::c", "a:b:c", ":x"], "1"))
    browser = session.browse(contract=SHOP)

    def level(path: str) -> list[tuple[str, str, object]]:
        rows = done(browser, "page", query={"view": "tree"}, path=k(path))["rows"]
        return [(row["segment"], row["text"], row.get("count")) for row in rows]

    assert level("") == [("", "", 1), ("a", "a", None), ("a", "a", 4)]
    assert level("a:") == [("", "a:", None), ("", "", 1), ("b", "a:b", None), ("b", "b", 1)]
    assert level("a:b:") == [("c", "a:b:c", None)]
    assert level("nothing:") == []


@pytest.mark.usefixtures("pages")
def test_the_tree_of_deno_keys_has_a_branch_for_each_part() -> None:
    session = opened()
    names = [("users", 1, "name"), ("users", 1), ("users", 2, "name"), (b"\x01", True)]
    session.journal.commit([Write("deno", SHOP, denokey.pack(name), b"1", "json") for name in names])
    browser = session.browse()
    assert browser.query["api"] == "deno"
    root = done(browser, "page", query={"view": "tree"})["rows"]
    assert [(row["segment"], row["count"]) for row in root] == [("new Uint8Array([1])", 1), ('"users"', 3)]
    below = done(browser, "page", query={"view": "tree"}, path=root[1]["path"])["rows"]
    assert [(row["text"], row["parts"]) for row in below] == [
        ('["users", 1n]', ['"users"', "1n"]),
        ("1n", ['"users"', "1n"]),
        ("2n", ['"users"', "2n"]),
    ]


def test_a_page_that_is_full_after_one_look_is_not_the_last(pages: None) -> None:
    stored = {b"%c:%03d" % (letter, number) for letter in b"abc" for number in range(2 * LOOK)}
    rows = list(walk(filled(stored), Query(SHOP, "kv", view="tree"), 1))
    assert [bytes.fromhex(row["path"]) for row in rows] == [b"a:", b"b:", b"c:"]
