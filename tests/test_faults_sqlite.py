"""An SQLite file when things go wrong: kernels killed, disks full, files read-only or damaged, kernels that race."""

import sqlite3
from contextlib import closing

import pytest

from tana_jupyter.errors import StoreError
from tana_jupyter.store import open_store
from tana_jupyter.store.protocol import Check, Write
from tests.children import killed_after, ordinary_user, said, start, tiny_disk
from tests.conformance.steps import NOW, delete, fill, get, put, value


@pytest.fixture
def path(tmp_path):
    return tmp_path / "counter.db"


@pytest.fixture
def url(path):
    return f"sqlite:///{path}"


def check_file(path):
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


class TestKilled:
    WRITES = """
store = open_store(url)
for number in range(10_000):
    kind = number % 10
    if kind == 9:
        store.commit([put(b"pair:%d:%d" % (number, part), b"v") for part in range(2)], now=number)
    elif kind == 8:
        store.commit([put(b"%d" % (number - 8), None)], now=number)
    else:
        store.commit([put(b"%d" % number, b"x" * (4000 if kind == 7 else 10))], now=number)
    say(number)
"""

    @pytest.mark.parametrize("after", [1, 700, 4000, 9000])
    def test_in_the_middle_of_writing(self, path, url, after):
        done = killed_after(start(self.WRITES, url), after)
        acknowledged = [int(line) for line in done]
        assert acknowledged == list(range(len(acknowledged)))
        assert len(acknowledged) >= after
        with closing(open_store(url)) as store:
            for number in acknowledged:
                kind = number % 10
                if kind == 9:
                    assert store.get_many("kv", "shop", [b"pair:%d:%d" % (number, part) for part in (0, 1)], NOW)[1]
                elif kind == 8:
                    assert get(store, f"{number - 8}") is None
                # The delete that comes eight later may have been done and not yet acknowledged.
                elif kind or number + 8 > acknowledged[-1] + 1:
                    assert len(get(store, f"{number}").value) == (4000 if kind == 7 else 10)
            # One more may have been written and not yet acknowledged, whole or not at all.
            last = store.head("shop")
            assert last - len(acknowledged) in (0, 1)
            pairs = store.scan("kv", "shop", b"pair:", b"pair;", now=NOW, limit=10_000)
            assert len(pairs) % 2 == 0
            assert put(store, "next").versionstamp == last + 1
        check_file(path)

    def test_while_making_the_file(self, path, url):
        for _ in range(5):
            child = start("say('go')\nwhile True: store = open_store(url); store.close()", url)
            killed_after(child, 1)
            with closing(open_store(url)) as store:
                put(store, "k", "v")
                assert value(store, "k") == b"v"
            check_file(path)


class TestFull:
    def flood(self, store):
        """Write until it is refused; return how many were acknowledged, and the refusal."""
        for number in range(100_000):
            try:
                put(store, b"%05d" % number, b"x" * 500)
            except StoreError as error:
                return number, str(error)
        raise AssertionError("never full")

    def check(self, store, count, text):
        assert "Nothing was written" in text
        assert "\n" not in text
        rows = store.scan("kv", "shop", b"", None, now=NOW, limit=100_000)
        assert [row.key for row in rows] == [b"%05d" % number for number in range(count)]
        assert all(row.value == b"x" * 500 for row in rows)

    def test_disk(self, tmp_path):
        with tiny_disk(tmp_path / "disk", 1_000_000) as disk:
            if disk is None:
                pytest.skip("only root can make a disk that is small")
            with closing(open_store(f"sqlite:///{disk / 'counter.db'}")) as store:
                filler = disk / "filler"
                filler.write_bytes(b"x" * 300_000)
                count, text = self.flood(store)
                assert "The disk of sqlite:" in text
                assert count > 50
                self.check(store, count, text)
                filler.unlink()
                put(store, b"%05d" % count, b"x" * 500)
                self.check(store, count + 1, text)
            check_file(disk / "counter.db")

    def test_database(self, path, url):
        """What SQLite says where there is no disk to fill."""
        with closing(open_store(url)) as store:
            store._run("PRAGMA max_page_count = 60").fetchall()
            count, text = self.flood(store)
            assert "is full" in text
            self.check(store, count, text)
            with pytest.raises(StoreError, match="is full"):
                fill(store, [b"new:%d" % number for number in range(1000)])
            with pytest.raises(StoreError, match="is full"):
                put(store, "large", b"x" * 200_000)
            self.check(store, count, text)
            delete(store, "00000")
            put(store, "00000", b"x" * 500)
            self.check(store, count, text)
        check_file(path)

    def test_file_that_may_not_grow(self, path, url):
        code = """
import resource
store = open_store(url)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
for number in range(10_000):
    try:
        store.commit([put(b"%05d" % number, b"x" * 500)], now=1)
    except StoreError as error:
        say(number, error)
        break
"""
        (line,) = said(start(code, url))
        count, _, text = line.partition(" ")
        with closing(open_store(url)) as store:
            self.check(store, int(count), text)
        check_file(path)


class TestReadOnly:
    def test_file(self):
        with ordinary_user() as folder:
            path = folder / "counter.db"
            with closing(open_store(f"sqlite:///{path}")) as store:
                put(store, "k", "v", expires_at=NOW + 5)
            path.chmod(0o444)
            before = path.read_bytes()
            with closing(open_store(f"sqlite:///{path}")) as store:
                assert value(store, "k") == b"v"
                assert store.sizes(NOW)[0].rows == 1
                store.flush()
                for writing in (
                    lambda: put(store, "k", "2"),
                    lambda: put(store, "k", "2", contract="new"),
                    lambda: delete(store, "k"),
                    lambda: store.sweep(NOW + 5),
                ):
                    with pytest.raises(StoreError, match=r"can only be read.*make it writable"):
                        writing()
                assert value(store, "k") == b"v"
            assert path.read_bytes() == before

    def test_folder(self):
        with ordinary_user() as folder:
            path = folder / "counter.db"
            with closing(open_store(f"sqlite:///{path}")) as store:
                put(store, "k", "v")
            before = path.read_bytes()
            folder.chmod(0o555)
            for name in ("counter.db", "new.db"):
                with pytest.raises(StoreError, match=r"cannot be opened|can only be read"):
                    put(open_store(f"sqlite:///{folder / name}"), "k", "2")
            assert path.read_bytes() == before
            assert [entry.name for entry in folder.iterdir()] == ["counter.db"]

    def test_file_nobody_may_read(self):
        with ordinary_user() as folder:
            path = folder / "counter.db"
            path.touch(mode=0o000)
            with pytest.raises(StoreError, match="cannot be opened"):
                open_store(f"sqlite:///{path}")


class TestDamaged:
    @pytest.fixture
    def filled(self, path, url):
        with closing(open_store(url)) as store:
            fill(store, [b"%05d" % number for number in range(2000)])
        return path

    @pytest.mark.parametrize(
        "beginning", [b"not a database at all, but long enough", b"SQLite format 3\0" + b"\xff" * 84]
    )
    def test_beginning(self, filled, url, beginning):
        damaged = beginning + filled.read_bytes()[len(beginning) :]
        filled.write_bytes(damaged)
        with pytest.raises(StoreError, match=r"is not an SQLite database|is damaged"):
            open_store(url)
        assert filled.read_bytes() == damaged

    def test_text_file(self, path, url):
        path.write_text("key,value\n1,2\n")
        with pytest.raises(StoreError, match="is not an SQLite database"):
            open_store(url)
        assert path.read_text() == "key,value\n1,2\n"

    def test_middle(self, filled, url):
        content = bytearray(filled.read_bytes())
        for page in range(12, len(content) // 2048):
            content[page * 2048 : page * 2048 + 100] = b"\xa5" * 100
        filled.write_bytes(content)
        with closing(open_store(url)) as store:
            with pytest.raises(StoreError, match=r"is damaged.*put a copy back"):
                store.scan("kv", "shop", b"", None, now=NOW, limit=10_000)
            with pytest.raises(StoreError, match="is damaged"):
                fill(store, [b"%05d" % number for number in range(2000)])
        assert filled.read_bytes() == content

    def test_end(self, filled, url):
        content = filled.read_bytes()[:6000]
        filled.write_bytes(content)
        with pytest.raises(StoreError, match="is damaged"), closing(open_store(url)) as store:
            store.scan("kv", "shop", b"", None, now=NOW, limit=10_000)

    def test_tables(self, filled, url):
        with closing(sqlite3.connect(filled)) as connection:
            connection.execute("DROP TABLE large_values")
        with closing(open_store(url)) as store, pytest.raises(StoreError, match="no such table"):
            get(store, "00001")


class TestRaces:
    CHECKED = """
store = open_store(url)
done = 0
while done < 300:
    row = store.get("kv", "shop", b"n", 1)
    seen = None if row is None else row.versionstamp
    number = 0 if row is None else int(row.value)
    if store.commit([put(b"n", b"%d" % (number + 1))], now=1, checks=[Check("kv", "shop", b"n", seen)]):
        done += 1
store.close()
"""
    PLAIN = """
store = open_store(url)
for number in range(500):
    row = store.get("kv", "shop", b"n", 1)
    number = 0 if row is None else int(row.value)
    say(store.commit([put(b"n", b"%d" % (number + 1))], now=1).versionstamp)
store.close()
"""

    def test_through_checks_lose_nothing(self, path, url):
        for child in [start(self.CHECKED, url) for _ in range(3)]:
            said(child)
        with closing(open_store(url)) as store:
            assert value(store, "n") == b"900"
        check_file(path)

    def test_through_plain_puts_lose_updates_and_nothing_else(self, path, url):
        children = [start(self.PLAIN, url) for _ in range(2)]
        stamps = [[int(line) for line in said(child)] for child in children]
        assert all(of_one == sorted(of_one) for of_one in stamps)
        assert sorted(stamps[0] + stamps[1]) == list(range(1, 1001))  # every put took place, one after the other
        with closing(open_store(url)) as store:
            assert 500 <= int(value(store, "n")) <= 1000
            assert get(store, "n").versionstamp == 1000
        check_file(path)

    def test_to_make_the_file(self, url):
        code = "store = open_store(url); store.commit([put(arguments[0].encode(), b'v')], now=1); store.close()"
        for child in [start(code, url, number) for number in range(4)]:
            said(child)
        with closing(open_store(url)) as store:
            assert [row.key for row in store.scan("kv", "shop", b"", None, now=1, limit=9)] == [b"0", b"1", b"2", b"3"]
            assert store.head("shop") == 4

    def test_a_reader_never_sees_half_a_commit(self, url):
        code = """
store = open_store(url)
for number in range(400):
    store.commit([put(b"%03d" % key, b"%d" % number) for key in range(50)], now=1)
say("done")
"""
        with closing(open_store(url)) as store:
            child = start(code, url)
            kinds = set()
            while child.poll() is None:
                rows = store.scan("kv", "shop", b"", None, now=1, limit=99)
                kinds.add((len(rows), len({row.value for row in rows}), len({row.versionstamp for row in rows})))
                many = store.get_many("kv", "shop", [b"000", b"049"], 1)
                assert many[0] is many[1] is None or many[0].value == many[1].value
            assert said(child) == ["done"]
            assert kinds <= {(0, 0, 0), (50, 1, 1)}


def test_a_check_and_a_write_are_one(url):
    """The classic of two kernels: both read, both check, one wins."""
    with closing(open_store(url)) as one, closing(open_store(url)) as two:
        stamp = put(one, "n", "1").versionstamp
        condition = [Check("kv", "shop", b"n", stamp)]
        assert two.commit([Write("kv", "shop", b"n", b"2")], now=NOW, checks=condition) is not None
        assert one.commit([Write("kv", "shop", b"n", b"3")], now=NOW, checks=condition) is None
        assert value(one, "n") == b"2"
