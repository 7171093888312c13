"""PostgreSQL when things go wrong: the server killed and restarted, no way to it, silence, kernels that race."""

import os
import re
import signal
import socket
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tana_jupyter import Session, limits
from tana_jupyter.errors import ContractError, StoreError
from tana_jupyter.store import open_store
from tana_jupyter.store.protocol import Check, Write
from tests.children import said, start
from tests.conformance.steps import NOW, get, put, scan, value

pytestmark = pytest.mark.needs("postgres")

LOOP = """
import { kv } from 'tana/kv'
globalThis.acknowledged = 0
for (let i = 0; i < 100000; i++) { await kv.put(`k${i}`, `${i}`); acknowledged = i + 1 }
"""
# Which of the two, is a matter of whether it happens while a write is under way.
LOST = (
    r"The connection to postgresql:///postgres\?host=\S+ was lost: .*(Nothing was sent|"
    r"The write may or may not have been written; look before you repeat it)\. It reconnects at the next cell"
)


@pytest.fixture(scope="module")
def server():
    """A server of this module's own, for it is killed."""
    from tests.servers import running_postgres

    with running_postgres() as server:
        yield server


@pytest.fixture
def url(server):
    return server.fresh_schema()


@pytest.fixture
def session(url):
    with Session(url) as session:
        yield session


def pid_of(server, url):
    """The server's process for the store of ``url``."""
    schema = url.rpartition("%3D")[2]
    where = f"application_name = 'tana-jupyter' AND query LIKE '%\"{schema}\".%'"
    return int(server.query(f"SELECT pid FROM pg_stat_activity WHERE {where}"))


def crash(server, url):
    """Everything at once, as when a machine loses power and its disk does not."""
    server.stop(signal.SIGQUIT)
    server.start()


def kill_one(server, url):
    """Kill -9 of one of the server's processes: it drops all its connections and recovers."""
    os.kill(pid_of(server, url), signal.SIGKILL)


def terminate(server, url):
    """An administrator ends the session."""
    server.query(f"SELECT pg_terminate_backend({pid_of(server, url)})")


@contextmanager
def when_written(server, url, rows, what):
    """Do ``what`` from another thread as soon as there are so many rows."""
    schema = url.rpartition("%3D")[2]

    def watch():
        while int(server.query(f"SELECT count(*) FROM {schema}.kv_storage")) < rows:
            time.sleep(0.01)
        what(server, url)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield
    finally:
        watching.join()


def patiently_run(session, source):
    """A server that recovers turns connections away for a moment."""
    limit = time.monotonic() + 20
    while True:
        try:
            return session.run(source).value
        except ContractError as error:
            if time.monotonic() > limit or "Cannot open" not in str(error):
                raise
            time.sleep(0.05)


class TestKilled:
    @pytest.mark.parametrize("how", [crash, kill_one, terminate])
    def test_in_the_middle_of_a_cell(self, server, url, session, how):
        with when_written(server, url, 300, how), pytest.raises(ContractError) as caught:
            session.run(LOOP)
        text = str(caught.value)
        assert re.search(LOST, text)
        assert "tana@" not in text
        # The next cell connects anew, and the contract's variables are still there.
        done = patiently_run(session, "(await kv.list()).keys.length; acknowledged")
        assert done >= 300
        rows = session.store.scan("kv", "notebook", b"", None, now=NOW * 2, limit=200_000)
        found = {row.key: row.value for row in rows}
        # What was acknowledged is there. One more may be: the one that was under way.
        assert all(found.pop(b"k%d" % number) == b"%d" % number for number in range(done))
        assert found in ({}, {b"k%d" % done: b"%d" % done})
        assert [row.versionstamp for row in sorted(rows, key=lambda row: int(row.value))] == list(
            range(1, len(rows) + 1)
        )
        session.run("await kv.put('after', 'fine')")
        assert session.run("await kv.get('after')").value == "fine"

    def test_a_contract_that_goes_on_is_refused_until_its_cell_ends(self, server, url, session):
        source = """
import { kv } from 'tana/kv'
const texts = []
for (let i = 0; texts.length < 3; i++) { try { await kv.put(`k${i}`, 'v') } catch (error) { texts.push(error.message) } }
let read = null
try { await kv.get('k0') } catch (error) { read = error.message };
[...texts, read]
"""
        with when_written(server, url, 200, crash):
            first, *others = session.run(source).value
        assert re.fullmatch(LOST, first)
        assert others == [f"The connection to {session.store.location} was lost; it reconnects at the next cell"] * 3
        assert session.run("await kv.get('k0')").value == "v"

    def test_between_two_cells_nobody_notices(self, server, session):
        session.run("import { kv } from 'tana/kv'; await kv.put('k', 'v')")
        crash(server, "")
        session.run("await kv.put('j', await kv.get('k'))")
        crash(server, "")
        assert session.run("await kv.get('j')").value == "v"

    def test_a_server_that_stays_away_is_named_each_time(self, server, session):
        session.run("import { kv } from 'tana/kv'; await kv.put('k', 'v')")
        server.stop()
        try:
            for _ in range(2):
                with pytest.raises(ContractError, match=r"Cannot open postgresql:///postgres\?host="):
                    session.run("await kv.get('k')")
        finally:
            server.start()
        assert session.run("await kv.get('k')").value == "v"

    def test_in_the_middle_of_large_commits_leaves_whole_ones(self, server, url):
        code = """
store = open_store(url)
number = 0
try:
    while True:
        store.commit([put(b"%d:%d" % (number, part), b"x" * 300) for part in range(400)], now=number)
        number += 1
        say(number)
except StoreError as error:
    say(error)
"""
        open_store(url).close()
        child = start(code, url)
        with when_written(server, url, 2000, crash):
            *acknowledged, last = said(child)
        assert re.fullmatch(LOST, last)
        with closing(open_store(url)) as store:
            rows = scan(store, now=NOW, limit=1_000_000)
            assert len(rows) - 400 * len(acknowledged) in (0, 400)
            assert store.head("shop") == len(rows) // 400


class TestNoWayIn:
    @pytest.fixture
    def locked(self, server):
        """A role that needs its password."""
        access = server.query("SHOW hba_file")
        server.query("DROP ROLE IF EXISTS locked; CREATE ROLE locked SUPERUSER LOGIN PASSWORD 'right'")
        rules = Path(access).read_text(encoding="utf-8")
        Path(access).write_text(f"local all locked scram-sha-256\n{rules}", encoding="utf-8")
        server.query("SELECT pg_reload_conf()")
        return "locked"

    def refused(self, url):
        """The one line that opening ends with."""
        with pytest.raises(StoreError) as caught:
            open_store(url)
        text = str(caught.value)
        assert "\n" not in text
        assert "s3cret" not in text
        assert text.startswith("Cannot open postgresql://")
        return text

    def test_a_wrong_password(self, server, locked):
        url = server.dsn.replace("tana@", f"{locked}:s3cret@")
        assert 'password authentication failed for user "locked"' in self.refused(url)
        assert "s3cret" not in self.refused(server.dsn.replace("tana@", "locked@") + "&password=s3cret")
        open_store(url.replace("s3cret", "right")).close()

    def test_a_missing_database(self, server):
        assert 'database "missing" does not exist' in self.refused(server.dsn.replace("/postgres", "/missing"))

    def test_a_missing_role(self, server):
        assert 'role "stranger" does not exist' in self.refused(server.dsn.replace("tana@", "stranger:s3cret@"))

    def test_nobody_listens(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
            text = self.refused(f"postgresql://ann:s3cret@127.0.0.1:{port}/tana")
        assert text.startswith(f"Cannot open postgresql://127.0.0.1:{port}/tana: ")
        assert "Connection refused" in text

    def test_an_unknown_host(self):
        assert "no-such-host.invalid" in self.refused("postgresql://ann:s3cret@no-such-host.invalid/tana")

    def test_somebody_who_never_answers(self, monkeypatch):
        monkeypatch.setattr(limits, "NETWORK_CONNECT", 2)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            text = self.refused(f"postgresql://ann:s3cret@127.0.0.1:{silent.getsockname()[1]}/tana")
        assert "timeout" in text

    def test_a_notebook_is_told_in_one_line(self, server):
        with Session() as session:
            session.run("import { kv } from 'tana/kv'; await kv.put('k', 'v')")
            with pytest.raises(StoreError, match="does not exist"):
                session.use_store(server.dsn.replace("/postgres", "/missing"))
            assert session.store.location == "memory:"
            assert session.run("await kv.get('k')").value == "v"


class TestSilence:
    @contextmanager
    def stopped(self, server, url):
        pid = pid_of(server, url)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    @pytest.fixture(autouse=True)
    def impatient(self, monkeypatch):
        from tana_jupyter.store.postgres import link

        monkeypatch.setattr(limits, "NETWORK_OPERATION", 0.3)
        monkeypatch.setattr(link, "_GRACE", 0)

    def test_a_server_that_answers_no_more_is_given_up(self, server, url):
        with closing(open_store(url)) as store:
            put(store, "k", "v")
            with (
                self.stopped(server, url),
                pytest.raises(StoreError, match=r"no answer.*may or may not have been written"),
            ):
                put(store, "k", "w")
            with pytest.raises(StoreError, match="it reconnects at the next cell"):
                get(store, "k")
            store.flush()
            assert value(store, "k") in (b"v", b"w")

    def test_a_read_is_no_reason_to_look(self, server, url):
        with closing(open_store(url)) as store:
            put(store, "k", "v")
            with self.stopped(server, url), pytest.raises(StoreError, match="no answer") as caught:
                get(store, "k")
            assert "written" not in str(caught.value)


def test_an_interrupt_while_waiting_leaves_a_usable_store(url):
    import psycopg

    with closing(open_store(url)) as store, psycopg.connect(url) as raw:
        put(store, "k", "v")
        raw.execute("LOCK TABLE kv_storage IN ACCESS EXCLUSIVE MODE")
        done = threading.Event()

        def press() -> None:
            # Again after a while: the first may fall into a finalizer of something else, where Python drops it.
            for pause in (0.2, 3):
                if done.wait(pause):
                    return
                signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

        presser = threading.Thread(target=press)
        presser.start()
        with pytest.raises(KeyboardInterrupt):
            get(store, "k")
        done.set()
        presser.join()
        raw.rollback()
        assert value(store, "k") == b"v"


class TestRace:
    CHECKED = """
store = open_store(url)
for _ in range(80):
    while True:
        row = store.get("kv", "shop", b"n", 1)
        number = int(row.value) if row else 0
        check = Check("kv", "shop", b"n", row.versionstamp if row else None)
        if store.commit([put(b"n", b"%d" % (number + 1))], now=1, checks=[check]):
            break
"""

    def test_checked_commits_lose_no_update(self, url):
        open_store(url).close()
        children = [start(self.CHECKED, url) for _ in range(3)]
        for child in children:
            said(child)
        with closing(open_store(url)) as store:
            assert value(store, "n") == b"240"
            assert store.head("shop") == 240  # a commit that did not hold took none

    def test_two_notebooks_count_with_atomic_commits(self, url):
        """One in this process, one in another, on one counter."""
        other = start(self.CHECKED, url)
        with closing(open_store(url)) as store:
            for _ in range(80):
                while True:
                    row = get(store, "n")
                    number, stamp = (int(row.value), row.versionstamp) if row else (0, None)
                    check = Check("kv", "shop", b"n", stamp)
                    if store.commit([Write("kv", "shop", b"n", b"%d" % (number + 1))], now=NOW, checks=[check]):
                        break
            said(other)
            assert value(store, "n") == b"160"

    def test_plain_puts_may_overwrite_one_another(self, url):
        """What kv promises: the last write wins, without a word about the other."""
        with Session(url) as one, Session(url) as other:
            one.run("import { kv } from 'tana/kv'; await kv.put('n', '1'); let n = Number(await kv.get('n'))")
            other.run(
                "import { kv } from 'tana/kv'; await kv.put('n', String(Number(await kv.get('n')) + 1))",
                contract="notebook",
            )
            one.run("await kv.put('n', String(n + 1))")
            assert other.run("await kv.get('n')", contract="notebook").value == "2"

    def test_stamps_grow_in_the_order_of_commits(self, url):
        """A watcher that has seen a stamp never finds a smaller one later."""
        writer = """
store = open_store(url)
for number in range(150):
    store.commit([put(b"%s:%d" % (sys.argv[2].encode(), number), b"v")], now=1)
"""
        open_store(url).close()
        children = [start(writer, url, name) for name in ("a", "b", "c")]
        seen, since = [], 0
        with closing(open_store(url)) as store:
            while True:
                over = all(child.poll() is not None for child in children)
                for change in store.changes("shop", since, 1000):
                    seen.append(change.key)
                    since = change.versionstamp
                if over:
                    break
        for child in children:
            said(child)
        assert len(seen) == len(set(seen)) == 450
