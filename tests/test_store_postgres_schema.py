"""PostgreSQL: what the tables look like, how they come into being, and who may make, read and write them."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tana_jupyter.errors import StoreError
from tana_jupyter.store import open_store
from tests.conformance.steps import NOW, check, delete, fill, get, keys, put, scan, value
from tests.postgres_harness import COLUMNS, PRIMARY_KEY, PUT, RUNTIME, connected, role

pytestmark = pytest.mark.needs("postgres")


@pytest.fixture
def store(url):
    with closing(open_store(url)) as store:
        yield store


class TestSchema:
    def test_is_the_runtimes_own_and_columns_that_may_be_null(self, postgres, store, raw):
        with connected(postgres.fresh_schema()) as runtime:
            runtime.execute(RUNTIME)
            original = runtime.execute(COLUMNS).fetchall()
            primary_key = runtime.execute(PRIMARY_KEY).fetchall()
        columns = raw.execute(COLUMNS).fetchall()
        assert columns[: len(original)] == original
        assert raw.execute(PRIMARY_KEY).fetchall() == primary_key
        assert columns[len(original) :] == [
            ("expires_at", "timestamp without time zone", False, None),
            ("metadata", "jsonb", False, None),
            ("bytes", "bytea", False, None),
            ("encoding", "text", False, None),
            ("versionstamp", "bigint", False, None),
        ]

    def test_has_the_planned_index_and_one_for_listing(self, store, raw):
        indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname = %s"
        (expires,) = raw.execute(indexes, ["idx_kv_expires"]).fetchone()
        assert expires.endswith("(expires_at) WHERE (expires_at IS NOT NULL)")
        (listing,) = raw.execute(indexes, ["idx_kv_listing"]).fetchone()
        assert listing.endswith('(contract_name, key COLLATE "C")')

    def test_a_runtimes_table_is_taken_over_with_its_rows_untouched(self, url, raw):
        raw.execute(RUNTIME)
        for key, content in (("b", "2"), ("a", '{"n":1}'), ("A", "é")):
            raw.execute(PUT, [key, content])
        raw.execute("INSERT INTO kv_storage VALUES ('bank', 'k', 'v', NULL, NULL)")
        # Where a row lies and who wrote it: both would move with any update.
        where = "SELECT ctid::text, xmin::text, contract_name, key, value, created_at, updated_at FROM kv_storage"
        before = raw.execute(where).fetchall()
        with closing(open_store(url)) as store:
            assert raw.execute(where).fetchall() == before
            rows = scan(store, now=NOW * 2)
            assert [(row.key, row.value, row.encoding) for row in rows] == [
                (b"A", "é".encode(), "text"),
                (b"a", b'{"n":1}', "text"),
                (b"b", b"2", "text"),
            ]
            assert {(row.versionstamp, row.expires_at, row.metadata) for row in rows} == {(1, None, None)}
            assert all(row.created_at == row.updated_at > NOW for row in rows)
            assert get(store, "k", contract="bank")[4:6] == (0, 0)
            assert store.head("shop") == 1
            assert len(store.changes("shop", 0, 10)) == 3
            assert store.namespaces() == [("kv", "bank"), ("kv", "shop")]
            assert put(store, "a", "new", checks=[check("a", 1)], now=NOW * 2).before == [rows[1]]
            assert [change.key for change in store.changes("shop", 1, 10)] == [b"a"]
            assert delete(store, "b", now=NOW * 2).before == [rows[2]]
        assert raw.execute("SELECT value FROM kv_storage WHERE key = 'a'").fetchone() == ("new",)

    def test_opening_again_changes_nothing(self, url, store, raw):
        fill(store, ["a", "b"])
        catalogue = "SELECT xmin::text, oid FROM pg_class WHERE relnamespace = to_regnamespace(current_schema())"
        before = raw.execute(catalogue).fetchall()
        open_store(url).close()
        assert raw.execute(catalogue).fetchall() == before

    @pytest.mark.parametrize(
        "missing", ["TABLE tana_data", "INDEX idx_kv_listing", "TRIGGER tana_5_plain ON kv_storage"]
    )
    def test_what_is_missing_is_made_anew(self, url, store, raw, missing):
        put(store, "k", "v")
        raw.execute(f"DROP {missing}")
        with closing(open_store(url)) as again:
            assert value(again, "k") == b"v"
            put(again, "d", space="data")
            raw.execute(PUT, ["k", "w"])
            assert get(again, "k").versionstamp == again.head("shop") == 3

    @pytest.mark.parametrize("table", [False, True])
    def test_many_may_open_it_first(self, url, raw, table):
        if table:
            raw.execute(RUNTIME)
        with ThreadPoolExecutor(6) as pool:
            stores = list(pool.map(open_store, [url] * 6))
        stamps = [put(store, "k").versionstamp for store in stores]
        assert stamps == [1, 2, 3, 4, 5, 6]
        for store in stores:
            store.close()
        assert raw.execute("SELECT count(*) FROM tana_counter").fetchone() == (1,)

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ("ALTER COLUMN key TYPE varchar(255)", r"key is character varying\(255\), not text"),
            ("ALTER COLUMN created_at TYPE timestamptz", "created_at is timestamp with time zone"),
            ("DROP COLUMN updated_at", "updated_at is missing"),
            ("ADD COLUMN metadata text", "metadata is text, not jsonb"),
            ("DROP CONSTRAINT kv_storage_pkey", r"primary key is not \(contract_name, key\)"),
        ],
    )
    def test_a_table_of_another_shape_is_left_alone(self, url, raw, change, told):
        raw.execute(RUNTIME)
        raw.execute(f"ALTER TABLE kv_storage {change}")
        before = raw.execute(COLUMNS).fetchall()
        with pytest.raises(StoreError, match=f"not the table of a Tana runtime.*{told}"):
            open_store(url)
        assert raw.execute(COLUMNS).fetchall() == before

    def test_all_tables_lie_where_kv_storage_lies(self, postgres, raw, url):
        raw.execute(RUNTIME)
        schema = url.rpartition("%3D")[2]
        with closing(open_store(f"{postgres.fresh_schema()},{schema}")) as store:
            put(store, "d", space="data")
            assert store.location.endswith(f"options=-csearch_path%3D{schema}")
        assert raw.execute("SELECT to_regclass('tana_data')").fetchone() == ("tana_data",)

    def test_a_schema_may_have_any_name(self, postgres, raw):
        raw.execute('CREATE SCHEMA "My ""own"" {schema}"')
        url = f"{postgres.dsn}&options=-csearch_path%3D%22My%5C%20%22%22own%22%22%5C%20%7Bschema%7D%22"
        with closing(open_store(url)) as store:
            put(store, "k", "v")
        with closing(open_store(url)) as store:
            assert value(store, "k") == b"v"

    def test_a_search_path_that_leads_nowhere(self, postgres):
        with pytest.raises(StoreError, match="names none that exists"):
            open_store(f"{postgres.dsn}&options=-csearch_path%3Dnowhere")

    def test_another_encoding_is_refused(self, postgres):
        with connected(postgres.dsn) as owner:
            owner.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
        with pytest.raises(StoreError, match="not in UTF8"):
            open_store(postgres.dsn.replace("/postgres", "/latin"))

    def test_listing_is_by_bytes_and_by_index_whatever_the_collation(self, postgres):
        with connected(postgres.dsn) as owner:
            owner.execute("CREATE DATABASE english TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'")
        url = postgres.dsn.replace("/postgres", "/english")
        names = ["a", "B", "é", "Z", "_", "z", "ab", "a-b", "😀", "\uffff"]
        with closing(open_store(url)) as store, connected(url) as raw:
            assert raw.execute("SELECT 'a' < 'B'").fetchone() == (True,)
            for space in ("kv", "data"):
                fill(store, names, space=space)
                expected = sorted(name.encode() for name in names)
                assert keys(store, space=space) == expected
                assert keys(store, "a", "é", space=space) == [key for key in expected if b"a" <= key < "é".encode()]
            fill(store, [f"more:{number}" for number in range(3000)])
            raw.execute("ANALYZE kv_storage")
            plan = raw.execute(
                "EXPLAIN SELECT key FROM kv_storage WHERE contract_name = 'shop' AND key COLLATE \"C\" >= 'b'"
                ' ORDER BY key COLLATE "C" LIMIT 10'
            ).fetchall()
            assert "idx_kv_listing" in str(plan)
            assert "Sort" not in str(plan)


class TestRoles:
    READ = ("USAGE ON SCHEMA {schema}", "SELECT ON ALL TABLES IN SCHEMA {schema}")

    def test_who_may_only_read_reads(self, postgres, url, store):
        put(store, "k", "v")
        put(store, "d", space="deno")
        with closing(open_store(role(postgres, url, "reader", self.READ))) as reader:
            assert value(reader, "k") == b"v"
            assert reader.namespaces() == [("deno", "shop"), ("kv", "shop")]
            assert len(reader.changes("shop", 0, 9)) == 2
            assert reader.head("shop") == 2
            assert keys(reader) == [b"k"]
            assert reader.sweep(NOW) == 0
            for write in (put, delete):
                with pytest.raises(StoreError, match="may not be written by this role: permission denied"):
                    write(reader, "k")
            with pytest.raises(StoreError, match="may not be written by this role"):
                fill(reader, ["a", "b"])
            assert value(reader, "k") == b"v"

    def test_a_read_only_server_is_read(self, url, store):
        put(store, "k", "v")
        with closing(open_store(f"{url}%20-cdefault_transaction_read_only%3Don")) as standby:
            assert value(standby, "k") == b"v"
            with pytest.raises(StoreError, match="read-only transaction"):
                put(standby, "k")

    @pytest.mark.parametrize(
        ("table", "told"),
        [
            (False, "lacks kv_storage, .*tana_counter, and this role may not add it"),
            (True, r"lacks kv_storage\.expires_at, kv_storage\.metadata, .*must be owner of table kv_storage"),
        ],
    )
    def test_who_may_not_make_the_tables_is_told_what_is_missing(self, postgres, url, raw, table, told):
        if table:
            raw.execute(RUNTIME)
            raw.execute(PUT, ["k", "v"])
        before = raw.execute(COLUMNS).fetchall()
        with pytest.raises(StoreError, match=told) as caught:
            open_store(role(postgres, url, "guest", ["USAGE, CREATE ON SCHEMA {schema}"] if table else self.READ))
        assert "\n" not in str(caught.value)
        assert raw.execute(COLUMNS).fetchall() == before
        assert raw.execute("SELECT to_regclass('tana_counter')").fetchone() == (None,)

    def test_a_table_that_is_held_is_not_waited_for_long(self, url, raw, monkeypatch):
        from tana_jupyter.store.postgres import migration

        monkeypatch.setattr(migration, "_PATIENCE", "50ms")
        raw.execute(RUNTIME)
        with connected(url) as other, other.transaction():
            other.execute(PUT, ["k", "v"])
            with pytest.raises(StoreError, match="somebody else holds it; try again"):
                open_store(url)
        open_store(url).close()
