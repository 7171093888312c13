"""The store in a JSON file: what the file looks like, that nothing gets lost on the way, and who may write it."""

import json
import os
import stat
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter.errors import StoreError, StoreFull
from tana_jupyter.store import open_store
from tana_jupyter.store.jsonfile.layout import LayoutError, parse, render, render_row
from tana_jupyter.store.protocol import Changed, Write
from tests.conformance.steps import NOW, delete, fill, get, put, value

FULL = r"""{
  "format": "tana-jupyter store",
  "version": 1,
  "versionstamp": 7,
  "contracts": {
    "bank": {
      "deno": [
        {"key percent": "%02accounts%00!*",
         "json": {"owner":"ann","cents":1205},
         "versionstamp": 5, "created": "2026-01-01T00:00:00Z", "updated": "2026-01-01T00:00:00Z"},
        {"key percent": "%02hits%00",
         "u64": 18446744073709551615,
         "versionstamp": 6, "created": "2026-01-01T00:00:00Z", "updated": "2026-01-01T00:00:00Z"}
      ]
    },
    "shop": {
      "data": [
        {"key": "count",
         "text": "41",
         "versionstamp": 4, "created": "2026-01-01T00:00:00Z", "updated": "2026-01-01T00:00:00Z"}
      ],
      "kv": [
        {"key": "image",
         "bytes base64": "iVBORw==",
         "versionstamp": 3, "created": "2026-01-01T00:00:00Z", "updated": "2026-01-01T00:00:00Z"},
        {"key": "user:1",
         "text": {"name":"Ann","tags":["a","b"]},
         "versionstamp": 7, "created": "2026-01-01T00:00:00Z", "updated": "2026-01-01T00:00:01.500000Z"},
        {"key": "ключ \"é\"\n",
         "text": "two\nlines",
         "metadata": {"from":"phone"}, "expires": "2026-01-01T00:01:00Z",
         "versionstamp": 2, "created": "2026-01-01T00:00:00Z", "updated": "2026-01-01T00:00:00Z"}
      ]
    }
  }
}
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "storage.json"


@pytest.fixture
def url(path):
    return f"json:///{path}"


@pytest.fixture
def store(url):
    store = open_store(url)
    yield store
    store.close()


def put_full(store):
    put(store, "user:1", b'{"name":"old"}')
    put(store, 'ключ "é"\n', "two\nlines", expires_at=NOW + 60_000_000, metadata=b'{"from":"phone"}')
    put(store, "image", b"\x89PNG", encoding="bytes")
    put(store, "count", "41", space="data")
    put(store, b"\x02accounts\0!*", b'{"owner":"ann","cents":1205}', encoding="json", space="deno", contract="bank")
    put(store, b"\x02hits\0", b"\xff" * 8, encoding="u64", space="deno", contract="bank")
    put(store, "user:1", b'{"name":"Ann","tags":["a","b"]}', now=NOW + 1_500_000)


def everything(store):
    found = store.namespaces()
    rows = [store.scan(*place, b"", None, now=NOW, limit=10_000) for place in found]
    changes = [store.changes(contract, 0, 10_000) for contract in ("bank", "shop")]
    return found, rows, changes, store.sizes(NOW), store.head("shop")


class TestLayout:
    def test_is_this(self, store, path):
        put_full(store)
        store.flush()
        assert path.read_text() == FULL
        json.loads(FULL)

    def test_comes_back(self, store, url):
        put_full(store)
        before = everything(store)
        store.close()
        with closing(open_store(url)) as again:
            assert everything(again) == before
            done = put(again, "user:1", "new", now=NOW + 9)
            assert (done.versionstamp, done.before[0].value) == (8, b'{"name":"Ann","tags":["a","b"]}')
            assert done.after[0].created_at == NOW
            assert again.changes("shop", 7, 9) == [Changed("kv", b"user:1", 8)]
            assert again.sweep(NOW + 60_000_000) == 1

    def test_changes_by_the_rows_that_changed(self, store, path):
        fill(store, [f"{number:03}" for number in range(50)])
        store.flush()
        before = path.read_text().splitlines()
        put(store, "025", "new", now=NOW + 1)
        store.flush()
        after = path.read_text().splitlines()
        assert len(after) == len(before)
        assert sum(one != other for one, other in zip(before, after, strict=True)) == 3  # value, stamps, newest stamp
        delete(store, "025")
        store.flush()
        assert len(path.read_text().splitlines()) == len(before) - 3

    def test_of_an_empty_store(self, store, path):
        put(store, "k")
        delete(store, "k")
        store.flush()
        assert json.loads(path.read_text()) == {
            "format": "tana-jupyter store",
            "version": 1,
            "versionstamp": 2,
            "contracts": {},
        }

    ROWS = st.tuples(
        st.binary(max_size=5) | st.text(max_size=5).map(lambda text: text.encode("utf-8", "replace")),
        st.binary(max_size=12)
        | st.text(max_size=12).map(lambda text: text.encode("utf-8", "replace"))
        | st.recursive(st.none() | st.integers() | st.floats() | st.text(), st.lists).map(
            lambda x: json.dumps(x).encode()
        )
        | st.sampled_from(
            [b"", b"{", b"[]", b'{"a":1}', b'{"a": 1}', b'{"a":1,"a":2}', b"1e400", b"-0.0", b"[1.0]", b"NaN"]
        )
        | st.sampled_from([b"[" * 300 + b"]" * 300, b"[" * 2000 + b"]" * 2000, b'"\\u0041"', b"18446744073709551616"]),
        st.sampled_from(["text", "json", "bytes", "u64", "clone"]),
        st.integers(1, 2**63 - 1),
        st.integers(-(2**62), 2**62),
        st.integers(0, 8_640_000_000_000_000_999),
        st.none() | st.integers(0, 8_640_000_000_000_000_999),
        st.none() | st.sampled_from([b"null", b"{}", b'{"a": 1}', b"\xff", b'"x"']),
    )

    @given(st.lists(ROWS, max_size=4, unique_by=lambda row: row[0]), st.sampled_from(["kv", "data", "deno", "queue"]))
    def test_loses_nothing(self, rows, space):
        text = render(2**63 - 1, {"shop": {space: [render_row(space, row) for row in rows]}})
        assert parse(text) == (2**63 - 1, [(space, "shop", row) for row in rows])
        json.loads(text)  # every reader of JSON can read it

    @pytest.mark.parametrize(
        ("old", "new", "text"),
        [
            ("{", "", "it is not JSON: .*line 2"),
            ("tana-jupyter store", "mine", "it is JSON of something else"),
            (FULL, "[]", "it is JSON of something else"),
            (FULL, '{"user:1": "ann"}', "it is JSON of something else"),
            ('"version": 1', '"version": 2', "its version is 2.*pip install -U"),
            ('"versionstamp": 7,\n', '"versionstamp": "7",\n', 'lacks a "versionstamp"'),
            ('"versionstamp": 7,\n', '"versionstamp": 3,\n', "row 1 of bank, deno is not between 1 and"),
            ('"text": "41"', '"text": 41, "json": 41', "row 1 of shop, data needs one value.*it has 2"),
            ('         "text": "41",\n', "", "row 1 of shop, data needs one value.*it has 0"),
            ('"text": "41"', '"word": "41"', "row 1 of shop, data cannot be read .*unknown: word"),
            ('"bytes base64": "iVBORw=="', '"bytes base64": "?"', "row 1 of shop, kv cannot be read"),
            ('"u64": 18446744073709551615', '"u64": -1', "row 2 of bank, deno cannot be read"),
            ('"u64": 18446744073709551615', '"u64": 18446744073709551616', "row 2 of bank, deno cannot be read"),
            ('{"key": "count",', "{", "row 1 of shop, data cannot be read"),
            ('"key": "image"', '"key": "user:1"', "the key of row 2 of shop, kv is there twice"),
            ('"expires": "2026-01-01T00:01:00Z"', '"expires": "soon"', "row 3 of shop, kv cannot be read"),
            ('"created": "2026-01-01T00:00:00Z", ', "", "row 1 of bank, deno lacks created"),
            ('"data": [', '"data": 1, "queue": [', "shop, data is not a list"),
            ('"shop": {', '"shop": 1, "other": {', "shop is not an object"),
            ('"bank": {', '"shop": {', 'one of its objects has "shop" twice'),
            ('"data": [', '"kv": [', 'one of its objects has "kv" twice'),
            ('"text": "41"', '"text": "41", "text": "42"', 'one of its objects has "text" twice'),
            ('"text": "41"', '"text": "\\ud800"', "row 1 of shop, data cannot be read"),
            ('{"owner"', "[" * 5000 + '{"owner"', "it is not JSON"),
        ],
    )
    def test_that_is_wrong_is_refused_with_the_place(self, path, url, old, new, text):
        wrong = FULL.replace(old, new, 1)
        assert wrong != FULL
        path.write_text(wrong)
        with pytest.raises(LayoutError, match=text):
            parse(wrong.encode())
        for _ in range(2):  # and the lock is free again
            with pytest.raises(StoreError, match=r"It was not touched: mend it, or choose another file") as caught:
                open_store(url)
            assert "\n" not in str(caught.value)
        assert path.read_text() == wrong
        assert list(path.parent.iterdir()) == [path]


class TestFile:
    def test_is_made_by_the_first_change(self, store, path):
        store.flush()
        assert get(store, "k") is None
        store.flush()
        assert not path.exists()
        put(store, "k")
        assert not path.exists()
        store.flush()
        assert path.exists()

    def test_is_written_only_if_something_changed(self, store, path):
        put(store, "k", expires_at=NOW + 5)
        store.flush()
        inode = path.stat().st_ino
        get(store, "k")
        store.sweep(NOW)
        store.flush()
        assert path.stat().st_ino == inode
        store.sweep(NOW + 5)
        store.flush()
        assert "key" not in path.read_text()
        store.commit([], now=NOW)
        store.flush()
        assert '"versionstamp": 2' in path.read_text()

    def test_may_be_empty(self, path, url):
        path.write_text("\n")
        with closing(open_store(url)) as store:
            put(store, "k", "v")
        with closing(open_store(url)) as store:
            assert value(store, "k") == b"v"

    @pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
    def test_keeps_its_mode(self, path, url, mode):
        path.touch()
        path.chmod(mode)
        with closing(open_store(url)) as store:
            put(store, "k")
        assert stat.S_IMODE(path.stat().st_mode) == mode

    def test_that_is_new_has_the_mode_of_any_new_file(self, store, path, tmp_path):
        put(store, "k")
        store.flush()
        (tmp_path / "any").touch()
        assert path.stat().st_mode == (tmp_path / "any").stat().st_mode

    def test_stays_where_a_link_leads(self, path, tmp_path):
        link = tmp_path / "link.json"
        link.symlink_to(path)
        with closing(open_store(f"json:///{link}")) as store:
            put(store, "k")
        assert link.is_symlink()
        assert path.is_file()

    def test_is_alone_after_close(self, store, path):
        put(store, "k")
        store.close()
        assert list(path.parent.iterdir()) == [path]

    def test_what_a_killed_kernel_left_goes_away(self, path, url):
        path.with_name(".storage.json.new").write_text("half")
        path.with_name(".storage.json.lock").write_text("1")
        with closing(open_store(url)) as store:
            put(store, "k")
        assert list(path.parent.iterdir()) == [path]


class TestOthers:
    def test_cannot_open_it_meanwhile(self, store, url, path):
        put(store, "k", "v")
        with pytest.raises(StoreError, match=rf"is open in another kernel \(process {os.getpid()}\).*sqlite:///"):
            open_store(url)
        with pytest.raises(StoreError, match="is open in another kernel"):
            open_store(f"json:///{path.parent}/../{path.parent.name}/{path.name}")
        store.close()
        with closing(open_store(url)) as again:
            assert value(again, "k") == b"v"

    def test_a_store_nobody_holds_any_more_lets_go(self, url):
        store = open_store(url)
        del store
        open_store(url).close()

    @pytest.mark.parametrize("text", ["", "{}", FULL, "half"])
    def test_what_they_changed_is_not_overwritten(self, store, path, text):
        put(store, "k", "mine")
        store.flush()
        put(store, "k", "mine again")
        path.write_text(text)
        for _ in range(2):
            with pytest.raises(StoreError, match=r"changed by something else.*still in memory.*rename"):
                store.flush()
        with pytest.raises(StoreError, match="changed by something else"):
            store.close()
        assert path.read_text() == text
        assert value(store, "k") == b"mine again"  # still open: nothing is lost
        path.rename(path.with_name("theirs.json"))
        store.flush()
        assert "mine again" in path.read_text()

    def test_a_file_that_came_meanwhile_is_not_overwritten(self, store, path):
        put(store, "k", "mine")
        path.write_text(FULL)
        with pytest.raises(StoreError, match="changed by something else"):
            store.flush()
        assert path.read_text() == FULL
        path.unlink()

    def test_touching_or_copying_it_is_no_change(self, store, path):
        put(store, "k", "1")
        store.flush()
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content)  # as git does, going to a branch and back
        put(store, "k", "2")
        store.flush()
        assert '"2"' in path.read_text()

    def test_a_file_that_was_deleted_is_written_again(self, store, path):
        put(store, "k", "1")
        store.flush()
        path.unlink()
        put(store, "k", "2")
        store.flush()
        assert '"2"' in path.read_text()


class TestLimit:
    def test_holds_for_what_is_read(self, path, url):
        with closing(open_store(url)) as store:
            put(store, "k", b"x" * 2_000_000)
        before = path.read_bytes()
        with pytest.raises(StoreFull, match=r"too large for memory.*Tana\.store_limit"):
            open_store(url, limit=1_000_000)
        assert path.read_bytes() == before
        with closing(open_store(url, limit=2_100_000)) as store:
            with pytest.raises(StoreFull):
                put(store, "j", b"x" * 200_000)
            delete(store, "k")
            put(store, "j", b"x" * 2_000_000)


def test_the_index_of_what_was_read_is_the_same_as_of_what_was_written(store, url):
    """Overwrites, deletes and listings after reading find the same rows as before."""
    fill(store, [b"%03d" % number for number in range(300)], expires_at=NOW + 5)
    store.close()
    with closing(open_store(url)) as again:
        store.location = again.location
        again.commit([Write("kv", "shop", b"%03d" % number, None) for number in range(0, 300, 2)], now=NOW)
        fill(again, [b"%03d" % number for number in range(0, 300, 3)])
        expected = [b"%03d" % number for number in range(300) if number % 2 or number % 3 == 0]
        assert [row.key for row in again.scan("kv", "shop", b"", None, now=NOW, limit=999)] == expected
        assert len(again.changes("shop", 0, 999)) == len(expected)
        assert again.sweep(NOW + 5) == len([number for number in range(300) if number % 2 and number % 3])
        assert again.sizes(NOW)[0].rows == 100
