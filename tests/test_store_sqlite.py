"""What is particular to the store in an SQLite file: the file, other kernels on it, large values, counting."""

import sqlite3
import threading
import time
from contextlib import closing

import pytest

from tana_jupyter import limits
from tana_jupyter.errors import StoreError
from tana_jupyter.store import open_store
from tana_jupyter.store.protocol import Changed, Check, NamespaceSize, Write
from tana_jupyter.store.sqlite import statements as sql
from tana_jupyter.store.sqlite.schema import LARGE, MARK, VERSION
from tests.conformance.steps import NOW, delete, fill, get, keys, put, value

LARGER = b"x" * (LARGE + 1)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'counter.db'}"


@pytest.fixture
def store(url):
    store = open_store(url)
    yield store
    store.close()


@pytest.fixture
def other(store, url):
    """Another kernel on the same file."""
    other = open_store(url)
    yield other
    other.close()


def ask(tmp_path, statement):
    with closing(sqlite3.connect(tmp_path / "counter.db")) as connection:
        return connection.execute(statement).fetchall()


def large_values(tmp_path):
    return [length for (length,) in ask(tmp_path, "SELECT length(value) FROM large_values")]


class TestFile:
    def test_is_made_where_there_is_none(self, store, tmp_path, url):
        assert (store.location, store.shared, store.persistent) == (url, True, True)
        put(store, "k", "v")
        assert ask(tmp_path, "PRAGMA application_id") == [(MARK,)]
        assert ask(tmp_path, "PRAGMA user_version") == [(VERSION,)]
        assert ask(tmp_path, "PRAGMA journal_mode") == [("wal",)]
        assert store._connection.execute("PRAGMA synchronous").fetchone() == (1,)

    def test_is_one_file_once_closed(self, store, tmp_path):
        put(store, "k", "v")
        store.close()
        assert [path.name for path in tmp_path.iterdir()] == ["counter.db"]
        assert ask(tmp_path, "SELECT contract, space, key, value FROM entries") == [("shop", "kv", "k", "v")]

    def test_shows_its_rows_to_other_tools(self, store, tmp_path):
        put(store, "user:1", '{"name":"Ann"}', expires_at=NOW + 1_000_000)
        put(store, "long", LARGER)
        assert ask(tmp_path, "SELECT * FROM entries ORDER BY key DESC") == [
            ("shop", "kv", "user:1", "text", '{"name":"Ann"}', None, 1, "2026-01-01 00:00:00", "2026-01-01 00:00:01"),
            ("shop", "kv", "long", "text", LARGER.decode(), None, 2, "2026-01-01 00:00:00", None),
        ]

    def test_may_be_empty(self, tmp_path, url):
        (tmp_path / "counter.db").touch()
        store = open_store(url)
        put(store, "k")
        store.close()

    def test_is_found_again_after_a_change_of_folder(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        store = open_store("sqlite:///counter.db")
        assert store.location == "sqlite:///counter.db"
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        put(store, "k")
        store.flush()
        store.close()
        assert (tmp_path / "counter.db").stat().st_size > 0

    @pytest.mark.parametrize(
        ("make", "text"),
        [
            (f"PRAGMA application_id={MARK}; PRAGMA user_version={VERSION + 1}; CREATE TABLE t (x)", "made by a newer"),
            ("CREATE TABLE notes (x); INSERT INTO notes VALUES (1)", "database of something else"),
            ("PRAGMA user_version=7", "database of something else"),
            ("PRAGMA application_id=7", "database of something else"),
        ],
    )
    def test_of_something_else_stays_untouched(self, tmp_path, url, make, text):
        path = tmp_path / "counter.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(make)
        before = path.read_bytes()
        with pytest.raises(StoreError, match=text):
            open_store(url)
        assert path.read_bytes() == before
        assert list(tmp_path.iterdir()) == [path]

    def test_that_is_deleted_or_replaced_is_noticed(self, store, tmp_path):
        put(store, "k")
        store.flush()
        path = tmp_path / "counter.db"
        path.rename(tmp_path / "old.db")
        with pytest.raises(StoreError, match="deleted, moved or replaced"):
            store.flush()
        path.write_bytes(b"")
        with pytest.raises(StoreError, match="deleted, moved or replaced"):
            store.flush()
        path.unlink()
        (tmp_path / "old.db").rename(path)
        store.flush()


class TestOtherKernels:
    def test_see_each_other(self, store, other):
        assert get(other, "k") is None
        first = put(store, "k", "1")
        second = put(other, "k", "2")
        third = put(store, "k", "3")
        assert [done.versionstamp for done in (first, second, third)] == [1, 2, 3]
        assert (second.before, third.before) == (first.after, second.after)
        assert get(store, "k") == get(other, "k") == third.after[0]
        assert store.head("shop") == other.head("shop") == 3
        assert other.changes("shop", 2, 9) == [Changed("kv", b"k", 3)]
        delete(other, "k")
        assert get(store, "k") is None
        assert put(store, "k").versionstamp == 5

    def test_number_a_namespace_once(self, store, other):
        put(store, "k", contract="a")
        put(other, "k", contract="b")
        put(other, "k", "2", contract="a")
        put(store, "k", "2", contract="b")
        assert store.namespaces() == other.namespaces() == [("kv", "a"), ("kv", "b")]
        assert value(store, "k", contract="a") == value(other, "k", contract="b") == b"2"

    def test_lose_a_check_that_no_longer_holds(self, store, other):
        seen = put(store, "n", "1").versionstamp
        put(other, "n", "2")
        assert put(store, "n", "2", checks=[Check("kv", "shop", b"n", seen)]) is None
        assert value(store, "n") == b"2"

    @pytest.mark.parametrize(
        "reading",
        [
            lambda store: get(store, "k"),
            lambda store: store.get_many("kv", "shop", [b"k"], NOW),
            lambda store: store.scan("kv", "shop", b"", None, now=NOW, limit=1),
            lambda store: store.changes("shop", 0, 1),
            lambda store: store.head("shop"),
            lambda store: store.sizes(NOW),
            lambda store: store.flush(),
            lambda store: put(store, "k", checks=[Check("kv", "shop", b"k", -1)]),
        ],
    )
    def test_that_only_read_hold_nothing_up(self, store, other, reading):
        """Otherwise the log of the one that writes would grow for as long as an idle one is open."""
        fill(other, ["k", "j"])
        reading(store)
        put(other, "k", "2")
        busy, pages, taken_over = other._run("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert (busy, pages, taken_over) == (0, 0, 0)

    def test_wait_and_then_say_so(self, url, monkeypatch):
        monkeypatch.setattr(limits, "SQLITE_WAIT", 0.05)
        with closing(open_store(url)) as store, closing(open_store(url)) as other:
            put(store, "k", "1")
            other._run("BEGIN IMMEDIATE")
            assert value(store, "k") == b"1"  # reading needs no lock
            for writing in (
                lambda: put(store, "k", "2"),
                lambda: put(store, "new", "2", contract="new"),
                lambda: delete(store, "k"),
                lambda: store.sweep(NOW),
            ):
                with pytest.raises(StoreError, match=r"is locked.*Nothing was written; run it again"):
                    writing()
            other._run("ROLLBACK")
            assert value(store, "k") == b"1"
            assert put(store, "k", "2").versionstamp == 2


def test_threads_may_take_turns(store):
    """Widget messages come on other threads."""
    found = []
    put(store, "k", "1")
    thread = threading.Thread(target=lambda: found.extend([get(store, "k"), put(store, "k", "2")]))
    thread.start()
    thread.join()
    assert found[0].value == b"1"
    assert value(store, "k") == b"2"


class TestLargeValues:
    @pytest.mark.parametrize("size", [LARGE - 1, LARGE, LARGE + 1, 100_000])
    def test_come_back(self, store, size):
        content = bytes(number % 251 for number in range(size))
        done = put(store, "k", content)
        assert get(store, "k") == done.after[0]
        assert get(store, "k").value == content
        assert [row.value for row in store.scan("kv", "shop", b"", None, now=NOW, limit=9)] == [content]
        assert store.sizes(NOW) == [NamespaceSize("kv", "shop", 1, size + 1)]
        assert put(store, "k", b"small").before == done.after
        assert value(store, "k") == b"small"

    @pytest.mark.parametrize(
        "step",
        [
            lambda store: put(store, "k", b"small"),
            lambda store: delete(store, "k"),
            lambda store: store.sweep(NOW + 5),
            lambda store: store.commit([Write("kv", "shop", b"k", None), Write("kv", "shop", b"k", b"1")], now=NOW),
            lambda store: store.commit([Write("kv", "shop", b"k", LARGER), Write("kv", "shop", b"k", b"1")], now=NOW),
        ],
    )
    def test_leave_nothing_behind(self, store, tmp_path, step):
        put(store, "k", LARGER, expires_at=NOW + 5)
        put(store, "k", LARGER * 2, expires_at=NOW + 5)
        put(store, "other", LARGER * 3)
        assert sorted(large_values(tmp_path)) == [len(LARGER) * 2, len(LARGER) * 3]
        step(store)
        assert large_values(tmp_path) == [len(LARGER) * 3]
        assert value(store, "other") == LARGER * 3

    def test_stay_where_a_commit_fails(self, store, tmp_path):
        put(store, "k", LARGER)
        assert put(store, "k", b"1", checks=[Check("kv", "shop", b"k", None)]) is None
        with pytest.raises(KeyboardInterrupt):
            store.commit(_Failing([Write("kv", "shop", b"k", None), Write("kv", "shop", b"j", LARGER)]), now=NOW)
        assert value(store, "k") == LARGER
        assert large_values(tmp_path) == [len(LARGER)]

    def test_are_not_read_to_list_keys(self, store):
        fill(store, [b"%03d" % number for number in range(200)])
        for number in range(0, 200, 10):
            put(store, b"%03d" % number, b"x" * 200_000)
        plan = store._run("EXPLAIN QUERY PLAN " + sql.SCAN[False, False, True], (1, b"", NOW, 9)).fetchall()
        assert not any("large_values" in step[3] for step in plan)
        assert len(keys(store)) == 200


class _Failing(list):
    """Writes that end in an error when they are gone through the second time, as an interrupt would end them."""

    rounds = 0

    def __iter__(self):
        self.rounds += 1
        yield from super().__iter__()
        if self.rounds > 1:
            raise KeyboardInterrupt


class TestInterrupts:
    def test_leave_all_or_nothing(self, store):
        put(store, "k", "1")
        before = (
            store.scan("kv", "shop", b"", None, now=NOW, limit=9),
            store.head("shop"),
            store.changes("shop", 0, 9),
        )
        writes = [Write("kv", "shop", b"k", b"2"), Write("kv", "shop", b"j", b"2"), Write("kv", "shop", b"k", None)]
        with pytest.raises(KeyboardInterrupt):
            store.commit(_Failing(writes), now=NOW)
        after = (store.scan("kv", "shop", b"", None, now=NOW, limit=9), store.head("shop"), store.changes("shop", 0, 9))
        assert after == before
        assert put(store, "k", "3").versionstamp == 2

    @pytest.mark.parametrize(
        "operation",
        [
            lambda store: get(store, "k"),
            lambda store: put(store, "j"),
            lambda store: delete(store, "none"),
            lambda store: store.get_many("kv", "shop", [b"k"], NOW),
            keys,
            lambda store: store.changes("shop", 0, 9),
            lambda store: store.sweep(NOW),
            lambda store: store.sizes(NOW),
            lambda store: store.namespaces(),
            lambda store: store.flush(),
        ],
    )
    def test_twice_in_one_commit_are_mended_by_the_next_operation(self, store, other, operation):
        put(store, "k", "1")
        store._run("BEGIN IMMEDIATE")  # as if the rollback had been interrupted too
        store._run("DELETE FROM rows WHERE namespace > 0")
        operation(store)
        assert value(store, "k") == b"1"
        put(other, "k", "2")  # and the lock is free


class TestCounter:
    @pytest.mark.parametrize("lose", [lambda store: delete(store, "k"), lambda store: store.sweep(NOW + 5)])
    def test_survives_the_newest_row(self, store, url, lose):
        put(store, "older")
        put(store, "k", expires_at=NOW + 5, floor=100)
        lose(store)
        head = store.head("shop")
        assert head >= 100
        store.close()
        again = open_store(url)
        assert again.head("shop") == head
        assert put(again, "k").versionstamp == head + 1
        again.close()


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (sql.GET, (1, b"k")),
        (sql.HEAD, ()),
        (sql.CHANGES, (0, "shop", 9)),
        (sql.SAME_COMMIT, (1, "shop")),
        (sql.SWEEP, (NOW,)),
        (sql.SWEEP_LARGE, (NOW,)),
        (sql.EXPIRED_BETWEEN, (NOW, NOW)),
        *((sql.SCAN[True, reverse, bare], (1, b"", b"z", NOW, 9)) for reverse in (0, 1) for bare in (0, 1)),
        *((sql.SCAN[False, reverse, bare], (1, b"", NOW, 9)) for reverse in (0, 1) for bare in (0, 1)),
    ],
)
def test_nothing_reads_all_rows(store, statement, values):
    """However many rows there are, each of these finds its own by an index and sorts nothing."""
    plan = [step[3] for step in store._run("EXPLAIN QUERY PLAN " + statement, values).fetchall()]
    assert not [step for step in plan if step.startswith(("SCAN rows", "USE TEMP")) or "AUTOMATIC" in step]


class TestCounting:
    @pytest.fixture(autouse=True)
    def large(self, monkeypatch):
        monkeypatch.setattr(limits, "SQLITE_COUNTED", 0)  # every file is a large one

    def wait(self, store, now=NOW):
        until = time.monotonic() + 20
        while (found := store.sizes(now)) is None:
            assert time.monotonic() < until
            time.sleep(0.005)
        return found

    def test_happens_in_the_background(self, store):
        fill(store, [b"%d" % number for number in range(10)])
        assert store.sizes(NOW) is None
        assert self.wait(store) == [NamespaceSize("kv", "shop", 10, 20)]
        assert store.sizes(NOW) == [NamespaceSize("kv", "shop", 10, 20)]

    def test_starts_again_when_something_changed(self, store, other):
        put(store, "k")
        self.wait(store)
        put(store, "j")
        assert store.sizes(NOW) is None
        assert self.wait(store)[0].rows == 2
        put(other, "i")
        assert store.sizes(NOW) is None
        assert self.wait(store)[0].rows == 3
        put(store, "k", expires_at=NOW + 5)
        assert self.wait(store)[0].rows == 3
        assert store.sizes(NOW + 4)[0].rows == 3
        assert store.sizes(NOW + 5) is None
        assert self.wait(store, NOW + 5)[0].rows == 2
        store.sweep(NOW + 5)
        assert store.sizes(NOW) is None
        assert self.wait(store)[0].rows == 2

    def test_ends_with_the_store(self, store):
        fill(store, [b"%d" % number for number in range(50_000)])
        assert store.sizes(NOW) is None
        store.close()
        assert not [thread for thread in threading.enumerate() if thread.name == "tana-count"]
