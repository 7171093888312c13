"""Export to PostgreSQL when things go wrong: one clear line, and the tables as they were."""

import os
import random
import re
import signal
import threading
import time
from pathlib import Path

import pytest

from tana_jupyter import limits
from tana_jupyter.errors import StoreError, TanaError
from tana_jupyter.store.protocol import Write
from tests.postgres_harness import RUNTIME, connected, role
from tests.transfer_harness import NOW, fill, quiet

pytestmark = pytest.mark.needs("postgres")

TABLES = "SELECT contract_name, key, value, xmin::text FROM kv_storage ORDER BY 1, 2"


@pytest.fixture(scope="module")
def server():
    """A server of this module's own, for it is killed."""
    from tests.servers import running_postgres

    with running_postgres() as server:
        yield server


@pytest.fixture
def url(server):
    return server.fresh_schema()


def refused(run, *words, error=StoreError):
    """The one line that it ends with."""
    with pytest.raises(error) as caught:
        run()
    text = str(caught.value)
    assert "\n" not in text
    assert "s3cret" not in text
    for word in words:
        assert word in text
    return text


def small():
    session = quiet()
    fill(session, {"a": "1", "b": "2"})
    return session


class TestNoWayIn:
    def test_a_wrong_password(self, server):
        access = server.query("SHOW hba_file")
        server.query("DROP ROLE IF EXISTS locked; CREATE ROLE locked SUPERUSER LOGIN PASSWORD 'right'")
        rules = Path(access).read_text(encoding="utf-8")
        Path(access).write_text(f"local all locked scram-sha-256\n{rules}", encoding="utf-8")
        server.query("SELECT pg_reload_conf()")
        dsn = server.dsn.replace("tana@", "locked:s3cret@")
        refused(lambda: small().export(dsn), "Cannot open postgresql:///postgres", "password authentication failed")
        words = f"host={server.folder} user=locked dbname=postgres password='s3cret x'"
        refused(lambda: small().import_(words), "Cannot open", "password authentication failed")

    def test_a_missing_database(self, server):
        dsn = server.dsn.replace("tana@", "tana:s3cret@").replace("/postgres", "/missing")
        refused(lambda: small().export(dsn), 'database "missing" does not exist')
        refused(lambda: small().import_(dsn), 'database "missing" does not exist')

    def test_nobody_there(self):
        refused(lambda: small().export("postgresql://ann:s3cret@no-such-host.invalid/tana"), "Cannot open")

    def test_no_url_at_all(self):
        refused(lambda: small().export("postgresql://ann:s3cret@[bad/x"), "no usable", error=TanaError)


class TestNoPrivilege:
    def test_to_write(self, server, url):
        with connected(url) as raw:
            raw.execute(RUNTIME)
        session = small()
        session.export(url).apply()
        fill(session, {"c": "3"})
        grants = ["USAGE ON SCHEMA {schema}", "SELECT ON ALL TABLES IN SCHEMA {schema}"]
        plan = session.export(role(server, url, "reader", grants))
        assert plan.counts.added == 1
        self.kept(url, plan.apply, "does not let this role do that: permission denied")

    def test_to_make_tables(self, server, url):
        plan = small().export(role(server, url, "guest", ["USAGE ON SCHEMA {schema}"]))
        refused(plan.apply, "permission denied for schema")

    def test_to_add_columns(self, server, url):
        with connected(url) as raw:
            raw.execute(RUNTIME)
        grants = ["ALL ON SCHEMA {schema}", "ALL ON ALL TABLES IN SCHEMA {schema}"]
        plan = small().export(role(server, url, "user", grants))
        self.kept(url, plan.apply, "this role may not add it", "must be owner")

    def test_to_read(self, server, url):
        small().export(url).apply()
        denied = role(server, url, "blind", ["USAGE ON SCHEMA {schema}"])
        self.kept(url, lambda: small().export(denied, api="kv"), "permission denied for table kv_storage")

    def kept(self, url, run, *words):
        with connected(url) as raw:
            before = raw.execute(TABLES).fetchall()
            refused(run, *words)
            assert raw.execute(TABLES).fetchall() == before


class TestShape:
    @pytest.mark.parametrize(
        ("sql", "words"),
        [
            ("CREATE TABLE kv_storage (id INT PRIMARY KEY, body TEXT)", "contract_name is missing, not text"),
            (RUNTIME.replace("value TEXT", "value JSONB"), "value is jsonb, not text"),
            (RUNTIME.replace("PRIMARY KEY (contract_name, key)", "PRIMARY KEY (key)"), "primary key is not"),
            (RUNTIME.replace("\n);", ", metadata TEXT\n);"), "metadata is text, not jsonb"),
            ("CREATE VIEW kv_storage AS SELECT ''::text AS contract_name", "is not the table of a Tana runtime"),
        ],
    )
    def test_another_table_of_that_name(self, url, sql, words):
        with connected(url) as raw:
            raw.execute(sql)
            refused(lambda: small().export(url), words)
            refused(lambda: small().import_(url), words)

    def test_a_sibling_of_another_shape(self, url):
        with connected(url) as raw:
            raw.execute("CREATE TABLE tana_data (contract_name TEXT, key TEXT, value TEXT)")
        session = quiet()
        fill(session, {"a": "1"}, space="data")
        refused(lambda: session.export(url).apply(), "does not exist")


class TestRows:
    def nothing(self, url, session, *words):
        refused(session.export(url).apply, "othing", *words)
        with connected(url) as raw:
            assert raw.execute("SELECT to_regclass('kv_storage')").fetchone() == (None,)

    def test_nul_in_a_key(self, url):
        session = small()
        fill(session, {"bad\0key": "v"})
        self.nothing(url, session, "U+0000", "shop/kv 'bad\\x00key'")

    def test_nul_in_a_value(self, url):
        session = small()
        fill(session, {"k": "a\0b"})
        self.nothing(url, session, "U+0000", "shop/kv 'k'")

    def test_nul_in_metadata(self, url):
        session = small()
        writes = [
            Write("kv", "shop", key, b"v", metadata=text) for key, text in ((b"c", b"[1]"), (b"d", b'["\\u0000"]'))
        ]
        session.store.commit(writes, now=NOW)
        self.nothing(url, session, "cannot hold shop/kv 'd'")

    def test_a_value_too_large_for_a_row(self, url, monkeypatch):
        monkeypatch.setattr(limits, "TRANSFER_VALUE", 1000)
        session = small()
        fill(session, {"large": "x" * 1001})
        self.nothing(url, session, "shop/kv 'large' is too large for PostgreSQL: 1,001 bytes")

    def test_a_key_too_large_for_its_index(self, url):
        session = small()
        noise = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=9000))
        session.store.commit([Write("kv", "shop", noise.encode(), b"v")], now=NOW)
        self.nothing(url, session, "index row", f"shop/kv '{noise[:50]}")


class TestKilled:
    """The server goes away at any moment: the table is as it was, or, once it was acknowledged, as planned."""

    def test_ten_times(self, server, url):
        session = quiet()
        fill(session, {f"k{number:05}": "old" for number in range(2000)})
        session.export(url).apply()
        fill(session, {f"k{number:05}": f"new {number} " + "x" * 300 for number in range(12_000)})
        chance, ended = random.Random(7), 0
        pid_of = "SELECT pid FROM pg_stat_activity WHERE application_name = 'tana-jupyter' AND pid <> pg_backend_pid()"
        state = f"SELECT md5(string_agg(t::text, '|' ORDER BY key)) FROM {self.table(url)} t"
        for _ in range(10):
            plan = self.patiently(lambda: session.export(url, quiet=True))
            before = self.patiently(lambda: server.query(state))
            delay = chance.uniform(0.005, 0.25)

            def kill(delay=delay):
                time.sleep(delay)
                for pid in server.query(pid_of).split()[:1]:
                    os.kill(int(pid), signal.SIGKILL)

            killer = threading.Thread(target=kill)
            killer.start()
            said = ""
            try:
                plan.apply()
            except StoreError as error:
                said = str(error)
            killer.join()
            after = self.patiently(lambda: server.query(state))
            if said:
                ended += 1
                assert re.search(r"was lost|Cannot open", said), said
                assert "tana@" not in said
                assert after == before or "may or may not" in said
            if after != before:
                assert self.patiently(lambda: session.export(url, quiet=True)).counts.writes == 0
                # Once more from the beginning.
                again = "DELETE FROM {0} WHERE key >= 'k02000'; UPDATE {0} SET value = 'old'".format(self.table(url))
                self.patiently(lambda again=again: server.query(again))
        assert ended
        self.patiently(lambda: session.export(url, quiet=True)).apply()
        assert session.export(url, quiet=True).counts.unchanged == 12_000

    def table(self, url):
        return f"{url.rpartition('%3D')[2]}.kv_storage"

    def patiently(self, run):
        """A server that recovers turns connections away for a moment."""
        limit = time.monotonic() + 20
        while True:
            try:
                return run()
            except (StoreError, RuntimeError):
                if time.monotonic() > limit:
                    raise
                time.sleep(0.05)


def test_an_interrupt_while_the_server_works(server, url):
    session = small()
    session.export(url).apply()
    fill(session, {"c": "3"})
    plan = session.export(url)
    with connected(url) as raw:
        raw.execute("BEGIN; UPDATE tana_counter SET ticket = 1")
        timer = threading.Timer(0.4, signal.pthread_kill, [threading.main_thread().ident, signal.SIGINT])
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            plan.apply()
        timer.join()
        raw.execute("ROLLBACK")
        assert raw.execute("SELECT count(*) FROM kv_storage").fetchone() == (2,)
    plan.apply()
