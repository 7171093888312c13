"""Export to PostgreSQL and back: the tables it makes, the rows it leaves alone, and what others do meanwhile."""

import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tana_jupyter import Session
from tana_jupyter.errors import PlanCancelled, PlanChanged, StoreError, TanaError
from tana_jupyter.store import open_store
from tana_jupyter.store.protocol import Write
from tests.postgres_harness import COLUMNS, PRIMARY_KEY, PUT, RUNTIME, connected
from tests.transfer_harness import NOW, content, fill, mixed, quiet, values

pytestmark = pytest.mark.needs("postgres")

ALL = "SELECT contract_name, key, value, created_at, updated_at FROM kv_storage ORDER BY 1, 2"
VERSIONS = "SELECT key, xmin::text, versionstamp FROM kv_storage ORDER BY key"


def counts(plan):
    return {name: count for name, count in plan.counts._asdict().items() if count}


class TestExport:
    def test_a_dry_run_makes_nothing(self, url, raw):
        plan = mixed().export(url)
        assert plan.counts.added == 13
        assert plan.rows("added", 1)
        assert raw.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
        ).fetchone() == (0,)
        tables = "kv_storage, tana_data, tana_deno, tana_queue, tana_counter"
        assert plan.notes == [f"makes what is missing: tables {tables}; 14 indexes and triggers"]

    def test_the_schema_is_the_runtimes_own(self, postgres, url, raw):
        with connected(postgres.fresh_schema()) as runtime:
            runtime.execute(RUNTIME)
            original = runtime.execute(COLUMNS).fetchall(), runtime.execute(PRIMARY_KEY).fetchall()
        mixed().export(url).apply()
        columns = raw.execute(COLUMNS).fetchall()
        assert (columns[:5], raw.execute(PRIMARY_KEY).fetchall()) == original
        assert [(name, nullable) for name, _, nullable, _ in columns[5:]] == [
            (name, False) for name in ("expires_at", "metadata", "bytes", "encoding", "versionstamp")
        ]

    def test_everything_comes_back(self, url):
        session = mixed()
        session.export(url).apply()
        with closing(open_store(url)) as store:  # a store sees the same rows, with their times
            now = session.clock.now_us()
            for space, contract in session.store.namespaces():
                mine = session.store.scan(space, contract, b"", None, now=now, limit=100)
                there = store.scan(space, contract, b"", None, now=now, limit=100)
                assert [row[:3] + row[4:7] for row in mine] == [row[:3] + row[4:7] for row in there]
        back = quiet()
        back.import_(url).apply()
        assert {k: v[:3] for k, v in content(back).items()} == {k: v[:3] for k, v in content(session).items()}

    def test_metadata_comes_back_as_equal_json(self, url):
        session = mixed()
        session.export(url).apply()
        back = quiet()
        back.import_(url).apply()
        read = "import { kv } from 'tana/kv'; (await kv.getWithMetadata('marked')).metadata"
        assert back.run(read, contract="shop").value == {"z": 1, "a": {"b": ["ü", None, 1.5]}}
        assert counts(back.export(url)) == counts(session.export(url)) == {"unchanged": 13}

    def test_unchanged_rows_are_not_touched(self, url, raw):
        session = quiet()
        fill(session, {"a": "1", "b": "2"})
        session.export(url).apply()
        before, rows = raw.execute(VERSIONS).fetchall(), raw.execute(ALL).fetchall()
        fill(session, {"a": "1", "b": "2"}, now=NOW + 5_000_000)  # written again, with the same values
        assert session.export(url).apply().counts.writes == 0
        assert (raw.execute(VERSIONS).fetchall(), raw.execute(ALL).fetchall()) == (before, rows)
        fill(session, {"b": "new"}, now=NOW + 9_000_000)
        session.export(url).apply()
        assert raw.execute(VERSIONS).fetchall()[0] == before[0]
        (_, _, _, created_at, updated_at), (_, _, value, created, updated) = raw.execute(ALL).fetchall()
        assert (value, created) == ("new", created_at)
        assert (updated - updated_at).total_seconds() == 9

    def test_stamps_grow_and_watchers_see_it(self, url):
        with closing(open_store(url)) as store:
            store.commit([Write("kv", "shop", b"k", b"v")], now=NOW)
            before = store.head("shop")
            session = mixed()
            session.export(url).apply()
            changed = store.changes("shop", before, 100)
            assert {change.versionstamp for change in changed} == {before + 1} == {store.head("shop")}
            assert len(changed) == 13

    @pytest.mark.parametrize("shop", ["kv_storage", "other table", 'quo"ted', "per%cent"])
    def test_table_and_schema_may_be_named(self, postgres, url, raw, shop):
        schema = url.rpartition("%3D")[2]
        session = mixed()
        plan = session.export(postgres.dsn, table=shop, schema=schema)
        assert plan.target.endswith(f"search_path%3D{schema}")
        plan.apply()
        assert counts(session.export(postgres.dsn, table=shop, schema=schema)) == {"unchanged": 13}
        back = quiet()
        back.import_(url, table=shop).apply()
        assert {k: v[:3] for k, v in content(back).items()} == {k: v[:3] for k, v in content(session).items()}
        with pytest.raises(StoreError, match="has no schema 'missing'"):
            session.export(url, schema="missing")

    def test_a_percent_sign_in_a_name_is_a_letter_like_others(self, postgres, url, raw):
        schema = f"50% of {url.rpartition('%3D')[2]}"
        raw.execute(f'CREATE SCHEMA "{schema}"'.encode())
        session = mixed()
        plan = session.export(postgres.dsn, schema=schema, table="a%b")
        plan.apply()
        session.clear("shop", yes=True)
        fill(session, {"new": "1"})
        plan = session.export(postgres.dsn, schema=schema, table="a%b", mirror=True)
        assert plan.counts.deleted > 0
        with plan._setup.destination.write(NOW, 1, lambda: False):
            pass  # as where others wrote meanwhile
        plan.apply(confirm_deletions=plan.counts.deleted)
        assert set(counts(session.export(postgres.dsn, schema=schema, table="a%b"))) == {"unchanged"}

    @pytest.mark.parametrize("table", ["t" * 58, "t" * 63, "ü" * 28])
    def test_a_long_name_of_a_table_is_no_hindrance(self, url, raw, table):
        session = quiet()
        fill(session, {"a": "1"})
        session.export(url, table=table).apply()
        assert session.export(url, table=table).notes == []
        assert raw.execute("SELECT count(*) FROM pg_indexes WHERE tablename = %s", [table]).fetchone() == (4,)
        fill(session, {"b": "2"})
        plan = session.export(url, table=table)
        assert (counts(plan), plan.notes) == ({"added": 1, "unchanged": 1}, [])
        plan.apply()

    @pytest.mark.parametrize("table", ["", "a\0b", "t" * 64, "tana_data", "tana_queue", "tana_counter", "x{schema}y"])
    def test_names_that_no_table_can_have(self, url, table):
        with pytest.raises(TanaError, match="table="):
            mixed().export(url, table=table)

    @pytest.mark.parametrize("number", ["1e16", "-0.0", "1e2", "1E5", "0.1e1", "1e21", "1.50", "12345678901234567890"])
    def test_numbers_of_metadata_are_the_same_however_they_are_written(self, url, number):
        session = quiet()
        session.store.commit([Write("kv", "shop", b"k", b"v", metadata=b'{"n":[%s]}' % number.encode())], now=NOW)
        session.export(url).apply()
        assert counts(session.export(url)) == {"unchanged": 1}

    def test_libpq_words_and_the_environment_name_a_target(self, postgres, url, monkeypatch):
        monkeypatch.setenv("TARGET", url)
        assert mixed().export("env:TARGET").counts.added == 13
        words = f"host={postgres.folder} user=tana dbname=postgres password=s3cret"
        plan = mixed().export(words)
        assert plan.counts.added + plan.counts.unchanged + plan.counts.changed == 13
        assert "s3cret" not in f"{plan!r} {plan.target} {plan._repr_html_()}"

    def test_rows_that_are_over_there_are_written_anew(self, url, raw):
        session = quiet()
        fill(session, {"a": "1", "b": "2"})
        session.export(url).apply()
        raw.execute("UPDATE kv_storage SET value = 'old', expires_at = '2020-01-01' WHERE key = 'a'")
        plan = session.export(url)
        assert counts(plan) == {"added": 1, "unchanged": 1}
        plan.apply()
        assert raw.execute("SELECT value, expires_at FROM kv_storage WHERE key = 'a'").fetchone() == ("1", None)

    def test_mirror(self, url, raw):
        session = mixed()
        session.export(url).apply()
        raw.execute("INSERT INTO kv_storage (contract_name, key, value) VALUES ('bank', 'k', 'v')")
        session.run(
            "await kv.delete('text'); await db.delete(['sum']); data.delete('count'); data.commit()", contract="shop"
        )
        plan = session.export(url, mirror=True)
        assert counts(plan) == {"deleted": 3, "unchanged": 10}
        assert [row.key for row in plan.rows("deleted")][-1] == b"text"
        with pytest.raises(TanaError, match="confirm_deletions=3"):
            plan.apply()
        plan.apply(confirm_deletions=3)
        assert counts(session.export(url)) == {"unchanged": 10}
        assert raw.execute("SELECT count(*) FROM kv_storage WHERE contract_name = 'bank'").fetchone() == (1,)

    def test_a_contract_without_rows_of_the_chosen_api_is_not_touched(self, url, raw):
        session = quiet()
        fill(session, {"a": "1"})
        fill(session, {"d": "1"}, space="data", contract="bank")
        session.export(url).apply()
        raw.execute("INSERT INTO kv_storage (contract_name, key, value) VALUES ('bank', 'k', 'v')")
        assert counts(session.export(url, api="kv", mirror=True)) == {"unchanged": 1}
        assert counts(session.export(url, api="kv", mirror=True, contract="bank")) == {"deleted": 1}


class TestRuntime:
    """A table that a Tana runtime made, without a column or a table of ours."""

    @pytest.fixture(autouse=True)
    def runtime(self, raw):
        raw.execute(RUNTIME)
        for key, value in (("a", "1"), ("é", '{"n":1}'), ("Z", "")):
            raw.execute(PUT, [key, value])
        raw.execute("INSERT INTO kv_storage VALUES ('bank', 'k', 'v', NULL, NULL)")

    def test_is_imported_and_left_as_it_is(self, url, raw):
        before = raw.execute(COLUMNS).fetchall()
        session = quiet()
        plan = session.import_(url)
        assert counts(plan) == {"added": 4}
        plan.apply()
        assert values(session) == {"Z": "", "a": "1", "é": '{"n":1}'}
        assert values(session, "bank") == {"k": "v"}
        assert raw.execute(COLUMNS).fetchall() == before

    def test_a_row_that_expires_at_infinity_never_does(self, url, raw, tmp_path):
        open_store(url).close()
        raw.execute("UPDATE kv_storage SET expires_at = 'infinity' WHERE key = 'a'")
        with quiet(f"sqlite:///{tmp_path}/a.db") as session:
            session.import_(url, "shop").apply()
            assert content(session)["shop", "kv", b"a"] == (b"1", "text", None, None)

    def test_a_contract_of_theirs_with_any_name_is_one_line(self, url, raw):
        raw.execute(
            "INSERT INTO kv_storage (contract_name, key, value) VALUES (E'a\\n' || repeat('x', 5000), 'k', 'v')"
        )
        with pytest.raises(TanaError, match="its contract has no name") as caught:
            quiet().import_(url).apply()
        assert len(str(caught.value).splitlines()) == 1
        assert len(str(caught.value)) < 300

    def test_gets_what_it_lacks_with_the_first_export(self, url, raw):
        session = quiet()
        fill(session, {"a": "1", "b": "2"})
        plan = session.export(url)
        assert counts(plan) == {"added": 1, "unchanged": 1, "only_there": 2}
        assert "columns kv_storage.expires_at" in plan.notes[0]
        plan.apply()
        raw.execute("INSERT INTO kv_storage (contract_name, key, value) VALUES ('shop', 'own', 'v')")
        assert raw.execute("SELECT versionstamp > 1 FROM kv_storage WHERE key = 'own'").fetchone() == (True,)

    def test_gets_it_before_the_rows_so_that_its_readers_do_not_wait_for_them(self, url, raw):
        session = quiet()
        fill(session, {f"k{number:04}": "v" for number in range(500)})
        plan, seen = session.export(url, quiet=True), []

        def meanwhile():
            raw.execute("SET lock_timeout = '5s'")
            columns, rows = raw.execute(COLUMNS).fetchall(), raw.execute("SELECT count(*) FROM kv_storage").fetchone()
            seen.append((len(columns), rows))
            return len(seen) == 3

        with pytest.raises(PlanCancelled):
            plan.apply(cancelled=meanwhile)
        assert (10, (4,)) in seen
        assert raw.execute("SELECT count(*) FROM kv_storage").fetchone() == (4,)


class TestOthers:
    def write(self, url, key, value):
        with connected(url) as raw:
            raw.execute(PUT, [key, value])

    def test_a_target_that_changed_aborts_with_a_new_plan(self, url, raw):
        session = quiet()
        fill(session, {"a": "1", "b": "2"})
        session.export(url).apply()
        fill(session, {"a": "mine"})
        plan = session.export(url)
        self.write(url, "a", "theirs")
        before = raw.execute(ALL).fetchall()
        with pytest.raises(PlanChanged, match="nothing was written") as caught:
            plan.apply()
        assert raw.execute(ALL).fetchall() == before
        assert counts(caught.value.plan) == {"changed": 1, "unchanged": 1}
        caught.value.plan.apply()
        assert raw.execute("SELECT value FROM kv_storage WHERE key = 'a'").fetchone() == ("mine",)

    def test_a_write_in_the_middle_is_seen(self, url, raw):
        session = quiet()
        fill(session, {f"k{number:04}": "v" for number in range(500)})
        session.export(url, contract="shop").apply()
        fill(session, {f"k{number:04}": "new" for number in range(500)})
        plan, written = session.export(url), []

        def meanwhile():
            if not written:
                written.append(1)
                self.write(url, "k0007", "theirs")
            return False

        with pytest.raises(PlanChanged):
            plan.apply(cancelled=meanwhile)
        assert raw.execute("SELECT count(*) FROM kv_storage WHERE value = 'v'").fetchone() == (499,)

    def test_a_write_to_another_contract_in_the_middle_is_no_matter(self, url, raw):
        session = quiet()
        fill(session, {f"k{number:04}": "v" for number in range(500)})
        open_store(url).close()
        plan, written = session.export(url), []

        def meanwhile():
            if len(written) < 1:
                written.append(1)
                with connected(url) as other:
                    other.execute("INSERT INTO kv_storage (contract_name, key, value) VALUES ('bank', 'k', 'v')")
            return False

        plan.apply(cancelled=meanwhile)
        assert raw.execute("SELECT count(*) FROM kv_storage").fetchone() == (501,)
        assert raw.execute("SELECT count(DISTINCT versionstamp) FROM kv_storage").fetchone() == (2,)

    @pytest.mark.parametrize("runtime", [False, True])
    def test_two_first_exports_at_once(self, url, raw, runtime):
        if runtime:
            raw.execute(RUNTIME)
        plans = []
        for number in range(2):
            session = quiet()
            fill(session, {f"k{n:04}": "v" for n in range(1000)}, contract=f"c{number}")
            plans.append(session.export(url, quiet=True))
        with ThreadPoolExecutor(2) as pool:
            done = [future.result() for future in [pool.submit(plan.apply) for plan in plans]]
        assert [result.counts.added for result in done] == [1000, 1000]
        assert raw.execute("SELECT count(*), count(DISTINCT versionstamp) FROM kv_storage").fetchone() == (2000, 2)

    def large(self, url):
        """A plan that sends megabytes while it compares with a table of many pages."""
        session = quiet()
        fill(session, {f"k{number:05}": "old" for number in range(5000)})
        session.export(url, quiet=True).apply()
        fill(session, {f"k{number:05}": "x" * 900 for number in range(5000)})
        return session

    def test_cancel_in_the_middle_of_a_copy(self, url, raw):
        plan, asked = self.large(url).export(url, quiet=True), []

        def cancelled():
            asked.append(1)
            return len(asked) > 25

        with pytest.raises(PlanCancelled):
            plan.apply(cancelled=cancelled)
        assert raw.execute("SELECT count(*) FROM kv_storage WHERE value <> 'old'").fetchone() == (0,)

    def test_a_row_that_is_refused_while_comparing_is_named(self, url, raw):
        session = self.large(url)
        session.store.commit([Write("kv", "shop", b"k00001", b"v", metadata=b'"\\u0000"')], now=NOW)
        with pytest.raises(StoreError, match="cannot hold shop/kv 'k00001'"):
            session.export(url, quiet=True).apply()
        assert raw.execute("SELECT count(*) FROM kv_storage WHERE value <> 'old'").fetchone() == (0,)

    def test_cancel_while_tables_are_made(self, url, raw):
        raw.execute(RUNTIME)
        session = quiet()
        fill(session, {"a": "1"})
        plan, over = session.export(url), threading.Event()
        raw.execute("BEGIN; SELECT * FROM kv_storage")
        threading.Timer(0.3, over.set).start()
        with pytest.raises(PlanCancelled):
            plan.apply(cancelled=over.is_set)
        raw.execute("ROLLBACK")
        assert len(raw.execute(COLUMNS).fetchall()) == 5

    def test_cancel_stops_a_statement_that_waits(self, url, raw):
        session = quiet()
        fill(session, {"a": "1"})
        open_store(url).close()
        plan, over = session.export(url), threading.Event()
        raw.execute("BEGIN; UPDATE tana_counter SET ticket = 1")
        threading.Timer(0.3, over.set).start()
        with pytest.raises(PlanCancelled):
            plan.apply(cancelled=over.is_set)
        raw.execute("ROLLBACK")
        assert raw.execute(ALL).fetchall() == []
        plan.apply()


@pytest.mark.parametrize(
    "store", ["memory", "sqlite", "postgres", pytest.param("valkey", marks=pytest.mark.needs("redis"))]
)
def test_import_into_every_store(request, postgres, url, tmp_path, store):
    mixed().export(url).apply()
    if store == "valkey":
        target = request.getfixturevalue("valkey").empty_place()
    else:
        target = {"sqlite": f"sqlite:///{tmp_path}/a.db", "postgres": postgres.fresh_schema()}.get(store)
    with quiet(target) as session:
        session.import_(url).apply()
        assert counts(session.import_(url)) == {"unchanged": 13}


def test_a_hundred_thousand_mixed_rows_there_and_back(postgres, url):
    """Multi-byte text, bytes, metadata, expiry, Deno, and a value of 25 MiB."""
    session = quiet()
    writes = [Write("kv", "big", b"whole", bytes(range(256)) * 102_400, "bytes")]
    for number in range(100_000):
        key, kind = f"k:{number:06}:é漢🎉", number % 5
        if kind == 0:
            writes.append(Write("kv", "big", key.encode(), bytes([number % 256, 0, 255]), "bytes"))
        elif kind == 1:
            writes.append(
                Write("kv", "big", key.encode(), b"m", "text", NOW * 2, b'{"n":%d,"a":["\xc3\xbc"]}' % number)
            )
        elif kind == 2:
            writes.append(Write("deno", "big", b"\x02k%d\0" % number, b'{"n":%d}' % number, "json"))
        else:
            # Of data no contract has more than a thousand keys.
            space, contract = ("kv", f"c{number % 3}") if kind == 3 else ("data", f"d{number // 2000}")
            writes.append(Write(space, contract, key.encode(), f"wért {number}\n\t".encode()))
    session.store.commit(writes, now=NOW)
    session.export(url, quiet=True).apply()
    back = quiet()
    back.import_(url, quiet=True).apply()

    def parsed(rows):
        import orjson

        return {where: (*row[:3], row[3] and orjson.loads(row[3])) for where, row in rows.items()}

    there = parsed(content(back))
    assert len(there) == 100_001
    assert there == parsed(content(session))


def test_memory_does_not_grow_with_rows(url):
    peaks = []
    for rows in (8_000, 40_000):
        session = Session()
        fill(session, {f"k{number:06}": "x" * 400 for number in range(rows)}, contract=f"c{rows}")
        tracemalloc.start()
        session.export(url, contract=f"c{rows}", quiet=True).apply()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.7 * peaks[0]


def test_the_html_of_a_plan_escapes_the_name_of_a_table(postgres):
    shown = mixed().export(postgres.fresh_schema(), table="<b>kv</b>")._repr_html_()
    assert "&lt;b&gt;kv&lt;/b&gt;" in shown
    assert "<b>" not in shown


def test_values_on_both_sides_of_where_digests_begin_are_unchanged(url):
    session = quiet()
    fill(session, {f"k{size}": "x" * size for size in range(1022, 1028)})
    session.export(url).apply()
    assert counts(session.export(url)) == {"unchanged": 6}
    fill(session, {"k1024": "y" * 1024, "k1025": "y" * 1025})
    assert counts(session.export(url)) == {"unchanged": 4, "changed": 2}
