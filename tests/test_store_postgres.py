"""PostgreSQL: how rows lie in the tables, what cannot be held, what a store is called."""

import gc
import random
import sys
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter import Session
from tana_jupyter.errors import StoreError
from tana_jupyter.store import open_store, schemes
from tana_jupyter.store.protocol import Check, Write
from tests.conformance.steps import NOW, SECOND, check, delete, fill, get, keys, put, scan, value
from tests.postgres_harness import RUNTIME

pytestmark = pytest.mark.needs("postgres")


@pytest.fixture
def store(url):
    with closing(open_store(url)) as store:
        yield store


def test_a_forgotten_session_closes_its_connection_quietly(url):
    for _ in range(3):  # which of the parts goes first is luck
        Session(url)
        gc.collect()


def test_a_failed_commit_writes_nothing_whatever_the_notebook_seeds(store):
    # What marks the writes of a commit that holds must not come again, not even after the same random.seed().
    put(store, "k")
    stamp = get(store, "k").versionstamp
    for seed in (7, 7):
        random.seed(seed)
        writes = [Write("kv", "shop", b"k", None), Write("kv", "shop", b"j", b"v")]
        done = store.commit(writes, now=NOW, checks=[check("k", stamp)])
    assert done is None
    random.seed(7)
    assert store.commit([Write("kv", "shop", b"j", None)], now=NOW, checks=[check("j", 1)]) is None
    assert keys(store) == [b"j"]


class TestRows:
    def test_lie_there_as_a_runtime_would_write_them(self, store, raw):
        put(store, "text", "é")
        put(store, "bytes", b"\xff\0", encoding="bytes", expires_at=NOW + SECOND, metadata=b'{"b":[1, 2],"a":null}')
        put(store, "json", "[1]", encoding="json")
        found = raw.execute(
            "SELECT key, value, bytes, encoding, metadata, created_at::text, updated_at::text, expires_at::text,"
            " versionstamp FROM kv_storage ORDER BY versionstamp"
        ).fetchall()
        new_year = ("2026-01-01 00:00:00",) * 2
        assert found == [
            ("text", "é", None, None, None, *new_year, None, 1),
            ("bytes", "", b"\xff\0", None, {"a": None, "b": [1, 2]}, *new_year, "2026-01-01 00:00:01", 2),
            ("json", "[1]", None, "json", None, *new_year, None, 3),
        ]

    @pytest.mark.parametrize("encoding", ["text", "bytes"])
    def test_of_25_mib(self, store, raw, encoding):
        content = (random.Random(1).randbytes(6_553_600).hex() + "é☃" * 2_621_440).encode()
        put(store, "k", content, encoding=encoding)
        assert value(store, "k") == content
        lengths = raw.execute("SELECT octet_length(value), octet_length(bytes) FROM kv_storage").fetchone()
        assert lengths == ((26_214_400, None) if encoding == "text" else (0, 26_214_400))
        store.commit([Write("kv", "shop", b"%d" % number, content, encoding) for number in range(2)], now=NOW)
        assert store.sizes(NOW)[0].bytes == 3 * 26_214_400 + 3
        assert [row.value for row in store.get_many("kv", "shop", [b"1", b"0"], NOW)] == [content] * 2
        assert all(row.value == b"" for row in scan(store, keys_only=True))

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            (b'{ "bb" : 1, "a" : [ true, null ] }', b'{"a":[true,null],"bb":1}'),
            (b'"\\u00e9\\ud83d\\ude00 \\"\\\\u0000"', '"é😀 \\"\\\\u0000"'.encode()),
            (b"[1e21,1.50,18446744073709551616]", b"[1e+21,1.5,1.8446744073709552e+19]"),
            (b"[" * 500 + b"]" * 500, b"[" * 500 + b"]" * 500),
        ],
        ids=["spaces and order", "escapes", "numbers", "deep"],
    )
    def test_metadata_is_the_same_json(self, store, written, read):
        assert put(store, "k", metadata=written).after == [get(store, "k")]
        assert get(store, "k").metadata == read
        committed = store.commit([Write("data", "shop", b"k", b"v", "text", None, written)] * 2, now=NOW)
        assert committed.after[1] == get(store, "k", space="data")

    @pytest.mark.parametrize("metadata", [b'{"a":"x\\u0000"}', b'"\\ud800"'])
    def test_metadata_that_jsonb_cannot_hold_is_refused(self, store, metadata):
        with pytest.raises(
            StoreError, match=r"JSONB cannot hold the metadata of shop/kv 'user:1'.*Nothing was written"
        ):
            put(store, "user:1", metadata=metadata)
        with pytest.raises(StoreError, match="shop/kv 'user:1'"):
            store.commit(
                [Write("kv", "shop", b"a", b"1"), Write("kv", "shop", b"user:1", b"", "text", None, metadata)], now=NOW
            )
        assert scan(store) == []
        assert store.head("shop") == 0

    @pytest.mark.parametrize("space", ["kv", "data"])
    @pytest.mark.parametrize(("key", "content"), [(b"a\0b", b"v"), (b"user:1", b"v\0")])
    def test_nul_in_text_is_refused_with_the_key(self, store, space, key, content):
        with pytest.raises(StoreError) as caught:
            store.commit([Write(space, "shop", b"fine", b"v"), Write(space, "shop", key, content)], now=NOW)
        assert f"shop/{space} {key.decode()!r}" in str(caught.value)
        assert "U+0000" in str(caught.value)
        assert scan(store, space=space) == []
        assert store.head("shop") == 0

    def test_a_key_with_nul_is_just_not_there(self, store):
        put(store, "a")
        assert get(store, "a\0") is None
        assert [row and row.key for row in store.get_many("kv", "shop", [b"\0", b"a"], NOW)] == [None, b"a"]
        assert delete(store, "a\0").before == [None]
        assert put(store, "b", checks=[check("a\0", None)]) is not None
        assert put(store, "b", checks=[check("a\0", 1)]) is None
        assert keys(store, "a\0", "b\0") == [b"b"]

    def test_nul_is_fine_where_nothing_is_text(self, store):
        put(store, "k", b"\0", encoding="bytes")
        put(store, b"\0", b"\0", space="deno", encoding="clone")
        assert value(store, "k") == value(store, b"\0", space="deno") == b"\0"

    @given(bound=st.binary(max_size=6) | st.text(max_size=3).map(lambda text: text.encode("utf-8", "surrogatepass")))
    def test_any_bytes_bound_a_scan_of_texts(self, bound):
        from tana_jupyter.store.postgres.wire import text_bound

        texts = {
            "",
            "\x01",
            "a",
            "a\x01",
            "\x7f",
            "\x80",
            "é",
            "ê",
            "\ud7ff",
            "\ue000",
            "\uffff",
            "\U00010000",
            "\U0010ffff",
        }
        texts |= {text + more for text in texts for more in ("\x01", "\x7f", "\U0010ffff")}
        try:
            texts.add(bound.decode().replace("\0", "\x01"))
        except UnicodeDecodeError as error:
            texts.add(bound[: error.start].decode().replace("\0", "\x01"))
        found = text_bound(bound)
        assert found is None or (found >= bound and "\0" not in found.decode())
        for text in texts:
            assert (text.encode() >= bound) is (found is not None and text.encode() >= found)

    def test_bounds_between_characters(self, store):
        fill(store, ["a", "é", "ê", "\uffff", "😀"])
        assert keys(store, b"\xc3\xa9\xff") == ["ê".encode(), "\uffff".encode(), "😀".encode()]
        assert keys(store, b"\x80", b"\xf0") == ["é".encode(), "ê".encode(), "\uffff".encode()]
        assert keys(store, b"\xff") == []
        assert keys(store, b"", b"\xff", reverse=True)[0] == "😀".encode()

    def test_ten_thousand_rows_are_one_round_trip(self, store):
        writes = [Write("kv", "shop", b"k%05d" % number, b"v", "text", NOW + 1, b"[1]") for number in range(10_000)]
        committed = store.commit(writes, now=NOW)
        assert committed.after == store.scan("kv", "shop", b"", None, now=NOW, limit=20_000)


class TestPlace:
    @pytest.mark.parametrize(
        ("url", "place"),
        [
            ("postgres://ann:s3cret@db/tana", "postgresql://db/tana"),
            ("postgresql://ann:s3cret@db:5433/tana?sslmode=require&password=s3cret", "postgresql://db:5433/tana"),
            ("postgresql://ann:s3%40cret@[::1]:5433/a%20b", "postgresql://[::1]:5433/a%20b"),
            ("postgresql:///tana?host=/run/pg&user=ann&password=s3cret", "postgresql:///tana?host=/run/pg"),
            ("postgresql://one:1,two:2/tana?sslkey=s3cret&passfile=s3cret", "postgresql://one:1,two:2/tana"),
            ("postgresql://ann:s3cret@db", "postgresql://db/"),
        ],
    )
    def test_holds_no_credentials(self, url, place):
        from tana_jupyter.store.postgres.place import place_of

        assert place_of(url) == place

    def test_of_an_open_store_leads_to_it(self, url, store):
        assert "tana@" not in store.location
        assert store.location.startswith("postgresql:///postgres?host=/tmp/")
        put(store, "k", "v")
        with closing(open_store(store.location.replace("?", "?user=tana&"))) as again:
            assert value(again, "k") == b"v"
        assert (store.shared, store.persistent, store.spans_contracts) == (True, True, True)
        assert repr(store) == f"<PostgresStore {store.location}>"

    def test_an_unreadable_url(self):
        with pytest.raises(StoreError, match="no usable postgresql: URL") as caught:
            open_store("postgresql://ann:s3cret@db/tana?nonsense=1")
        assert "s3cret" not in str(caught.value)

    def test_the_schemes(self):
        assert {"postgres", "postgresql"} <= set(schemes())

    def test_without_the_driver(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "psycopg", None)
        with pytest.raises(StoreError, match=r"pip install 'tana-jupyter\[postgres\]'"):
            open_store("postgresql://ann:s3cret@db/tana")


def test_a_notebook_and_a_runtime_share_a_contract(url, raw):
    raw.execute(RUNTIME)
    raw.execute("INSERT INTO kv_storage (contract_name, key, value) VALUES ('counter', 'n', '41')")
    with Session(url) as session:
        source = """
import { kv } from 'tana/kv'
await kv.put('n', String(Number(await kv.get('n')) + 1), { metadata: { by: 'notebook' } });
await kv.put('raw', new Uint8Array([0, 255]));
[(await kv.list()).keys, new Uint8Array(await kv.get('raw', 'arrayBuffer'))]
"""
        listed, content = session.run(source, contract="counter").value
        assert [key["name"] for key in listed] == ["n", "raw"]
        assert listed[0]["metadata"] == {"by": "notebook"}
        assert content == b"\0\xff"
    assert raw.execute("SELECT value FROM kv_storage WHERE key = 'n'").fetchone() == ("42",)


def test_checks_over_several_tables(store):
    message = put(store, b"\0m", "mail", space="queue").versionstamp
    writes = [
        Write("queue", "shop", b"\0m", None),
        Write("deno", "shop", b"sent", b""),
        Write("kv", "bank", b"n", b"1"),
    ]
    wrong = [Check("queue", "shop", b"\0m", message), Check("kv", "bank", b"n", 1), Check("data", "x", b"n", None)]
    assert store.commit(writes, now=NOW, checks=wrong) is None
    assert store.head("shop") == message
    right = [wrong[0], Check("kv", "bank", b"n", None), wrong[2]]
    assert store.commit(writes, now=NOW, checks=right).versionstamp == message + 1
    assert store.namespaces() == [("deno", "shop"), ("kv", "bank")]
