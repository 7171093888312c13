"""What a user sees when Redis dies, fills up, stalls or loses its data, and that nothing acknowledged is lost."""

import random
import signal
import threading
import time

import pytest

from tana_jupyter import limits
from tana_jupyter.errors import ContractError, StoreError, StoreFull
from tana_jupyter.session import Session
from tana_jupyter.store import open_store
from tana_jupyter.store.protocol import Write
from tests.conformance.steps import NOW, check, delete, fill, get, keys, put, scan, value

pytestmark = pytest.mark.needs("redis")

IMPORT = "import { kv } from 'tana/kv';"


@pytest.fixture
def server(request):
    """A server of its own, to be mistreated."""
    from tests.servers_valkey import running_valkey

    with running_valkey(**getattr(request, "param", {})) as running:
        yield running


@pytest.fixture
def store(server):
    store = open_store(server.url)
    yield store
    store.close()


@pytest.fixture
def session(server):
    with Session(server.url) as session:
        yield session


durable = pytest.mark.parametrize(
    "server", [{"appendonly": "yes", "appendfsync": "always"}], indirect=True, ids=["aof"]
)


class TestKilledInTheMiddleOfACell:
    CELL = (
        IMPORT
        + """
    let acknowledged = -1;
    for (let i = 0; i < 1_000_000; i++) { await kv.put(`n:${i}`, String(i)); acknowledged = i; }
    """
    )

    @durable
    def test_nothing_acknowledged_is_lost(self, server, session):
        def kill():
            while server.ask("DBSIZE") < 500:
                time.sleep(0.001)
            server.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        with pytest.raises(ContractError, match=r"The connection to unix://.* was lost. The write may or may not"):
            session.run(self.CELL)
        killer.join()
        last = session.run("acknowledged").value
        assert last > 100
        server.start()
        assert len(session.run(IMPORT + "await kv.get(`n:${acknowledged}`)").value) > 0
        rows = session.store.scan("kv", "notebook", b"", None, now=NOW, limit=2_000_000)
        found = {int(row.key[2:]) for row in rows}
        # The one that was under way may be there or not, and is the only one.
        assert set(range(last + 1)) <= found <= set(range(last + 2))
        assert all(row.value == row.key[2:] for row in rows)
        session.run(IMPORT + "await kv.put('after', 'x')")
        assert session.run(IMPORT + "await kv.get('after')").value == "x"

    @durable
    def test_a_contract_that_goes_on_after_the_loss_is_told_so(self, server, session):
        session.run(IMPORT + "await kv.put('a', '1')")
        stopper = threading.Timer(0.1, server.restart)
        stopper.start()
        told = session.run(
            IMPORT
            + """
            const told = [];
            for (let i = 0; told.length < 3; i++) { try { await kv.put('a', String(i)) } catch (e) { told.push(e.message) } }
            told
            """
        ).value
        stopper.join()
        assert "may or may not have been written" in told[0]
        assert "reconnects at the next cell" in told[1]
        assert told[1] == told[2]
        assert session.run(IMPORT + "await kv.put('a', 'new'); await kv.get('a')").value == "new"

    def test_without_a_file_it_comes_back_empty_and_says_so(self, server, session):
        for source in ("await kv.get('a')", "await kv.put('c', '1')"):
            session.run(IMPORT + "await kv.put('a', '1')")
            server.restart()
            with pytest.raises(
                ContractError, match=r"lost data of contract notebook: it stood at commit \d+ and now stands at nothing"
            ):
                session.run(IMPORT + source)
        assert session.run(IMPORT + "await kv.get('a')").value is None
        assert session.run(IMPORT + "await kv.put('a', '2'); await kv.get('a')").value == "2"

    def test_what_is_kept_is_said(self, server, store):
        assert "no append-only file" in store.keeps

    @durable
    def test_what_is_kept_is_said_of_a_file(self, server, store):
        assert store.keeps.startswith("everything")


class TestBetweenCells:
    @durable
    def test_a_restart_goes_unnoticed(self, server, store):
        done = put(store, "k", "1")
        put(store, "j", "1")
        for operation in (
            lambda: get(store, "k") == done.after[0],
            lambda: put(store, "j", "2").before[0].value == b"1",
            lambda: delete(store, "nothing"),
            lambda: put(store, "j", "1", checks=[check("k", done.versionstamp)]),
            lambda: keys(store) == [b"j", b"k"],
        ):
            store.flush()
            server.restart()
            assert operation()

    def test_a_server_that_is_down_is_named_until_it_is_up(self, server, store):
        put(store, "k")
        store.flush()
        server.kill()
        with pytest.raises(StoreError, match=r"unix:///.* cannot be reached: .*Nothing was written"):
            put(store, "k")
        server.start()
        with pytest.raises(StoreError, match="lost earlier in this run; nothing was sent"):
            put(store, "k")
        store.flush()
        with pytest.raises(StoreError, match="lost data"):
            put(store, "k")
        store.flush()
        assert put(store, "k").versionstamp == 2

    @durable
    def test_looking_at_the_store_says_what_is_wrong_and_reconnects(self, server, session):
        session.run(IMPORT + "await kv.put('a', '1')")
        server.kill()
        for look in (session.status, session.storage.describe):
            for _ in range(2):
                shown = look().splitlines()
                assert shown[0] == f"store      {server.url} (shared)"
                assert any(line.startswith("problem    ") and "cannot be reached" in line for line in shown)
        for look in (session.keys, lambda: session.get("a"), session.clear, session.sweep):
            for _ in range(2):
                with pytest.raises(StoreError, match="cannot be reached"):
                    look()
        server.start()
        assert "data       notebook/kv: 1 row, 2 bytes" in session.storage.describe()
        assert session.get("a") == "1"


def test_what_a_failed_commit_of_several_contracts_has_written_is_staged_no_more(server, session):
    for name in ("a", "b"):
        session.run("import { data } from 'tana/data'; data.set('k', '1')", contract=name)
    server.ask("RPUSH", "contract:{b}:data:k", "theirs")
    with pytest.raises(StoreError, match=r"contract:\{b\}:data:k' holds a list"):
        session.commit()
    assert list(session.staged()["contract"]) == ["b"]
    server.ask("DEL", "contract:{b}:data:k")
    assert session.commit() == {"b": 1}


class TestRaces:
    def test_checked_commits_lose_no_update(self, server):
        """Four kernels, a hundred increments each."""

        def count():
            store = open_store(server.url)
            try:
                for _ in range(100):
                    while True:
                        seen = get(store, "n")
                        number = int(seen.value) if seen else 0
                        if put(store, "n", str(number + 1), checks=[check("n", seen.versionstamp if seen else None)]):
                            break
            finally:
                store.close()

        kernels = [threading.Thread(target=count) for _ in range(4)]
        for kernel in kernels:
            kernel.start()
        for kernel in kernels:
            kernel.join()
        store = open_store(server.url)
        assert value(store, "n") == b"400"
        assert store.head("shop") == get(store, "n").versionstamp >= 400
        store.close()

    def test_plain_puts_beside_each_other_all_arrive(self, server):
        """Nobody is refused, every key is there, no versionstamp was given twice."""
        stamps = []

        def write(name):
            store = open_store(server.url)
            stamps.extend(put(store, f"{name}:{number % 50}", str(number)).versionstamp for number in range(200))
            store.close()

        kernels = [threading.Thread(target=write, args=(name,)) for name in "abc"]
        for kernel in kernels:
            kernel.start()
        for kernel in kernels:
            kernel.join()
        store = open_store(server.url)
        assert len(stamps) == len(set(stamps)) == 600
        rows = scan(store)
        assert {row.key.decode(): int(row.value) for row in rows} == {
            f"{k}:{n}": n + 150 for k in "abc" for n in range(50)
        }
        assert [change.key for change in store.changes("shop", 0, 999)] == [
            row.key for row in sorted(rows, key=lambda row: row.versionstamp)
        ]
        store.close()

    def test_each_commit_stands_on_the_one_before(self, server):
        """In the order of the versionstamps, what one commit left is what the next one found, row for row."""
        commits = []

        def write(seed):
            chance = random.Random(seed)
            store = open_store(server.url)
            for _ in range(300):
                batch = [
                    Write(
                        "kv",
                        "shop",
                        key,
                        chance.choice([None, b"1", b"22"]),
                        "text",
                        None,
                        chance.choice([None, b"{}"]),
                    )
                    for key in chance.sample([b"a", b"b", b"c"], chance.choice([1, 1, 1, 2]))
                ]
                done = store.commit(batch, now=NOW + chance.randrange(1000))
                commits.append((done.versionstamp, batch, done))
                get(store, chance.choice("abc"))
            store.close()

        kernels = [threading.Thread(target=write, args=(seed,)) for seed in range(3)]
        for kernel in kernels:
            kernel.start()
        for kernel in kernels:
            kernel.join()
        assert len(commits) == len({stamp for stamp, _, _ in commits}) == 900
        rows = {}
        for _, batch, done in sorted(commits, key=lambda commit: commit[0]):
            for one, before, after in zip(batch, done.before, done.after, strict=True):
                assert before == rows.get(one.key)
                rows[one.key] = after
        store = open_store(server.url)
        assert scan(store) == [row for _, row in sorted(rows.items()) if row is not None]
        store.close()

    def test_plain_kv_promises_no_protection(self, server):
        """Two sessions read, then both write: the later one stands, and the other's update is gone."""
        read = IMPORT + "let views = Number(await kv.get('views') ?? '0')"
        write = IMPORT + "await kv.put('views', String(views + 1))"
        with Session(server.url) as one, Session(server.url) as other:
            for session in (one, other):
                session.run(read)
            for session in (one, other):
                session.run(write)
            assert one.run(IMPORT + "await kv.get('views')").value == "1"


class TestARefusingServer:
    def test_that_is_full_writes_nothing_and_still_deletes(self, server, store):
        fill(store, ["a", "b", "c"])
        before = scan(store), store.head("shop"), store.changes("shop", 0, 9)
        server.ask("CONFIG", "SET", "maxmemory", "1")
        for attempt in (
            lambda: put(store, "a", "2"),
            lambda: put(store, "new"),
            lambda: put(store, "new", checks=[check("new", None)]),
            lambda: fill(store, ["a", "d"]),
            lambda: store.commit([Write("kv", "shop", b"a", None), Write("kv", "shop", b"d", b"v")], now=NOW),
        ):
            with pytest.raises(StoreFull, match=r"is full \(its maxmemory\): nothing was written"):
                attempt()
            assert (scan(store), store.head("shop"), store.changes("shop", 0, 9)) == before
        gone = delete(store, "a")
        assert gone.before == [before[0][0]]
        both = store.commit([Write("kv", "shop", b"b", None), Write("kv", "shop", b"x", None)], now=NOW)
        assert both.versionstamp > gone.versionstamp > before[1]
        assert keys(store) == [b"c"]
        server.ask("CONFIG", "SET", "maxmemory", "0")
        assert put(store, "a").versionstamp > both.versionstamp

    def test_that_is_full_can_be_read_beside_rows_of_others(self, server, store):
        put(store, "k")
        put(store, "m")
        server.ask("SET", "contract:{shop}:kv:k", "theirs")
        server.ask("SET", "contract:{shop}:kv:new", "theirs")
        server.ask("CONFIG", "SET", "maxmemory", "1")
        assert value(store, "k") == value(store, "new") == b"theirs"
        assert [row.value for row in scan(store)] == [b"theirs", b"v"]
        assert [row.value for row in scan(store, reverse=True)] == [b"v", b"theirs"]
        server.ask("CONFIG", "SET", "maxmemory", "0")
        assert [row.versionstamp for row in scan(store)] == [3, 2]

    def test_that_is_a_replica(self, server, store):
        put(store, "k")
        server.ask("REPLICAOF", "127.0.0.1", "1")
        with pytest.raises(StoreError, match="is a replica that takes no writes"):
            put(store, "k", "2")
        assert value(store, "k") == b"v"
        server.ask("REPLICAOF", "NO", "ONE")
        put(store, "k", "2")
        assert value(store, "k") == b"2"

    @pytest.mark.parametrize("server", [{"save": "3600 1"}], indirect=True)
    def test_that_cannot_save(self, server, store):
        put(store, "k")
        (server.folder / "dump.rdb").mkdir()
        server.ask("BGSAVE")
        limit = time.monotonic() + 10
        while server.ask("INFO", "persistence")["rdb_last_bgsave_status"] != "err" and time.monotonic() < limit:
            time.sleep(0.01)
        with pytest.raises(StoreError, match="cannot save them to its disk"):
            put(store, "k", "2")
        assert value(store, "k") == b"v"


class TestAStall:
    def test_while_connecting_ends_after_its_own_limit(self, server, monkeypatch):
        monkeypatch.setattr(limits, "NETWORK_CONNECT", 0.3)
        server.ask("CLIENT", "PAUSE", 10_000, "ALL")
        with pytest.raises(StoreError, match="cannot be reached: Timeout"):
            open_store(server.url)

    def test_ends_after_the_time_limit(self, server, store, monkeypatch):
        put(store, "k")
        store.close()
        monkeypatch.setattr(limits, "NETWORK_OPERATION", 0.1)
        store = open_store(server.url)
        server.ask("CLIENT", "PAUSE", 300, "ALL")
        with pytest.raises(StoreError, match=r"did not answer for 0\.1 seconds. The write may or may not"):
            put(store, "k", "2")
        with pytest.raises(StoreError, match="reconnects at the next cell"):
            get(store, "k")
        time.sleep(0.3)
        store.flush()
        assert value(store, "k") in {b"v", b"2"}
        store.close()

    def test_an_interrupt_leaves_no_answer_behind(self, server, store):
        """The answer to the interrupted question must not pass for that of the next one."""
        put(store, "k", "1")
        put(store, "other", "2")

        def stop(*_):
            raise KeyboardInterrupt

        server.ask("CLIENT", "PAUSE", 150, "ALL")
        old = signal.signal(signal.SIGALRM, stop)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.03)
            with pytest.raises(KeyboardInterrupt):
                get(store, "k")
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, old)
        assert value(store, "other") == b"2"
        assert put(store, "k", "3").before[0].value == b"1"
