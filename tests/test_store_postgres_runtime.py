"""PostgreSQL beside others: what a Tana runtime or another kernel writes into the same tables meanwhile."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tana_jupyter.errors import StoreError
from tana_jupyter.store import open_store
from tana_jupyter.store.protocol import Write
from tests.conformance.steps import NOW, check, delete, fill, get, put, scan, value
from tests.postgres_harness import PUT, connected, role, waiting_for_a_lock

pytestmark = pytest.mark.needs("postgres")


@pytest.fixture
def store(url):
    with closing(open_store(url)) as store:
        yield store


class TestRuntime:
    """What a runtime writes by itself counts: it knows no column of ours, and its statements cannot be changed."""

    @pytest.mark.parametrize(
        "statement",
        [
            "INSERT INTO kv_storage VALUES ('shop', 'new', 'v')",
            "INSERT INTO kv_storage VALUES ('shop', 'k', 'w') ON CONFLICT (contract_name, key) DO UPDATE SET value = 'w'",
            "UPDATE kv_storage SET value = 'w'",
            "UPDATE kv_storage SET value = value",
            "UPDATE kv_storage SET metadata = '[1]'",
            "UPDATE kv_storage SET key = 'renamed'",
        ],
    )
    def test_every_write_gets_a_versionstamp(self, store, raw, statement):
        before = put(store, "k").versionstamp
        raw.execute(statement)
        (change,) = store.changes("shop", before, 10)
        assert change.versionstamp == store.head("shop") == before + 1
        assert get(store, change.key).versionstamp == before + 1
        assert put(store, "k").versionstamp == before + 2

    @pytest.mark.parametrize("statement", ["DELETE FROM kv_storage", "TRUNCATE kv_storage"])
    def test_so_does_a_delete(self, store, raw, statement):
        before = put(store, "k").versionstamp
        raw.execute(statement)
        assert store.head("shop") == before + 1
        assert put(store, "k", checks=[check("k", before)]) is None
        assert put(store, "k", checks=[check("k", None)]).versionstamp == before + 2

    def test_a_transaction_is_one_commit(self, store, raw):
        with raw.transaction():
            raw.execute("INSERT INTO kv_storage SELECT 'shop', 'k' || n, 'v' FROM generate_series(1, 1000) n")
            raw.execute(PUT, ["k7", "w"])
            with raw.transaction(force_rollback=True):
                raw.execute(PUT, ["taken back", "w"])
            raw.execute(PUT, ["last", "w"])
        assert {row.versionstamp for row in scan(store, limit=2000)} == {1}
        assert len(store.changes("shop", 0, 5)) == 1001
        raw.execute(PUT, ["k7", "w"])
        assert get(store, "k7", now=NOW * 2).versionstamp == 2

    def test_each_table_counts_for_itself(self, postgres, store, raw):
        other = postgres.fresh_schema()
        put(store, "k")
        with closing(open_store(other)) as second:
            schema = other.rpartition("%3D")[2]
            with raw.transaction():
                raw.execute(PUT, ["k", "w"])
                raw.execute(PUT.replace("kv_storage", f"{schema}.kv_storage", 1), ["k", "w"])
            assert (store.head("shop"), second.head("shop")) == (2, 1)
            assert get(second, "k", now=NOW * 2).versionstamp == 1

    def test_checks_see_it(self, store, raw):
        stamp = put(store, "k").versionstamp
        raw.execute(PUT, ["k", "theirs"])
        assert put(store, "k", "mine", checks=[check("k", stamp)]) is None
        assert value(store, "k") == b"theirs"

    def test_a_put_of_theirs_leaves_nothing_of_ours(self, store, raw):
        fields = {"encoding": "bytes", "expires_at": NOW + 1, "metadata": b"[1]"}
        put(store, "k", b"\xff", **fields)
        raw.execute(PUT, ["k", "theirs"])
        row = get(store, "k", now=NOW * 2)  # it is not over with the row that it replaced
        assert (row.value, row.encoding, row.expires_at, row.metadata) == (b"theirs", "text", None, None)
        put(store, "k", b"\xff", **fields)
        raw.execute(PUT, ["k", ""])
        assert get(store, "k", now=NOW * 2)[1:3] == (b"", "text")

    def test_a_runtime_that_knows_the_planned_columns_sets_them(self, store, raw):
        put(store, "k", "v", expires_at=NOW + 5, metadata=b"[1]")
        raw.execute("UPDATE kv_storage SET value = 'w', metadata = '[1]', expires_at = expires_at")
        assert get(store, "k")[6:] == (NOW + 5, b"[1]")
        raw.execute("UPDATE kv_storage SET updated_at = now()")
        assert get(store, "k")[6:] == (NOW + 5, b"[1]")

    def test_its_role_needs_no_rights_on_our_tables(self, postgres, url, store):
        grants = ["USAGE ON SCHEMA {schema}", "SELECT, INSERT, UPDATE, DELETE ON kv_storage"]
        with connected(role(postgres, url, "runtime", grants)) as runtime:
            runtime.execute(PUT, ["k", "theirs"])
            runtime.execute("DELETE FROM kv_storage WHERE key = 'x'")
        assert get(store, "k", now=NOW * 2).versionstamp == 1
        assert store.head("shop") == 2

    def test_without_the_language_of_triggers_it_says_what_is_missing(self, postgres):
        with connected(postgres.dsn) as owner:
            owner.execute("CREATE DATABASE plain TEMPLATE template0")
        url = postgres.dsn.replace("/postgres", "/plain")
        with connected(url) as raw:
            raw.execute("DROP EXTENSION plpgsql")
            with pytest.warns(UserWarning, match=r"lacks tana_1_lock.*plpgsql.*gets no versionstamp"):
                store = open_store(url)
            with closing(store):
                put(store, "k", "ours")
                raw.execute(PUT, ["k", "theirs"])
                raw.execute(PUT, ["new", "theirs"])
                assert value(store, "k") == b"theirs"
                assert get(store, "new", now=NOW * 2).versionstamp == 1
                assert delete(store, "k").versionstamp == 2


class TestOthers:
    def test_a_commit_between_is_seen_by_a_write_alone(self, url, store):
        """before is what was there, also when another kernel wrote after our statement had begun."""
        with closing(open_store(url)) as other, connected(url) as raw:
            put(store, "k", "0")
            with ThreadPoolExecutor(1) as pool:
                with raw.transaction():
                    raw.execute("SELECT 1 FROM tana_counter FOR UPDATE")
                    late = pool.submit(put, other, "k", "late")
                    waiting_for_a_lock(url, 1)
                    raw.execute(PUT, ["k", "between"])
                committed = late.result(20)
        assert committed.before[0].value == b"between"
        assert committed.before[0].versionstamp == committed.versionstamp - 1
        assert value(store, "k") == b"late"

    def test_a_deadlock_is_tried_again(self, url, store):
        put(store, "a", "0")
        put(store, "b", "0")
        with ThreadPoolExecutor(1) as pool, connected(url) as raw:
            raw.execute("SET deadlock_timeout = '30s'")  # so that the store is the one who gives way
            with raw.transaction():
                raw.execute("SELECT 1 FROM kv_storage WHERE key = 'a' FOR UPDATE")
                committing = pool.submit(fill, store, ["a", "b"])
                waiting_for_a_lock(url, 1)
                raw.execute("UPDATE kv_storage SET value = 'theirs' WHERE key = 'b'")
            committed = committing.result(20)
        assert [row.value for row in committed.before] == [b"0", b"theirs"]
        assert (value(store, "a"), value(store, "b")) == (b"v", b"v")

    def test_who_waits_too_long_is_told_and_wrote_nothing(self, url, store):
        store._link.connection.execute("SET statement_timeout = 100")
        with connected(url) as raw, raw.transaction():
            raw.execute("SELECT 1 FROM tana_counter FOR UPDATE")
            with pytest.raises(StoreError, match=r"statement timeout\. Nothing was written"):
                put(store, "k")
            with pytest.raises(StoreError, match=r"statement timeout\. Nothing was written"):
                fill(store, ["k", "j"])
        assert scan(store) == []
        assert put(store, "k").versionstamp == 1

    def test_runtimes_and_kernels_write_the_same_rows_without_harm(self, url, store):
        """Nobody fails: all take the counter's lock first, in whichever form a runtime writes."""
        import psycopg

        statements = [PUT, "UPDATE kv_storage SET value = %s WHERE key = 'k'", "DELETE FROM kv_storage WHERE key = %s"]
        done = threading.Event()
        failed = []

        def runtime(number):
            with connected(url) as raw:
                while not done.is_set():
                    statement = statements[number]
                    try:
                        raw.execute(statement, ["k", "theirs"][: statement.count("%s")])
                    except psycopg.Error as error:
                        failed.append(error)

        with ThreadPoolExecutor(3) as pool:
            runtimes = [pool.submit(runtime, number) for number in range(3)]
            try:
                for number in range(150):
                    put(store, "k", f"{number}")
                    fill(store, ["j", "k"])
                    delete(store, "k")
            finally:
                done.set()
            for one in runtimes:
                one.result()
        assert failed == []

    def test_get_many_and_scan_see_one_moment(self, url, store):
        fill(store, ["a", "b"])
        done = threading.Event()

        def writer():
            with closing(open_store(url)) as other:
                number = 0
                while not done.is_set():
                    number += 1
                    other.commit([Write("kv", "shop", key, b"%d" % number) for key in (b"a", b"b")], now=NOW)

        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(writer)
            try:
                for _ in range(150):
                    for rows in (scan(store), store.get_many("kv", "shop", [b"b", b"a"], NOW)):
                        assert rows[0].value == rows[1].value
                        assert rows[0].versionstamp == rows[1].versionstamp
            finally:
                done.set()
            writing.result()
