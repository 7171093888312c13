"""A run that waits for a server can be stopped, and its connection lives again in the next one."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest

from tana_jupyter.errors import ContractTimeout, StoreError, StoreFull
from tana_jupyter.session import Session
from tana_jupyter.store import open_store, patience
from tana_jupyter.store.memory import MemoryStore
from tests.servers import Postgres
from tests.servers_valkey import Valkey

UNSURE = "may or may not have been written; look before you repeat it"
IMPORT = "import { kv } from 'tana/kv'"


@contextmanager
def locked(postgres: Postgres, url: str) -> Iterator[None]:
    """Another client holds what each commit needs."""
    import psycopg

    with psycopg.connect(url) as other:
        other.execute("SELECT * FROM tana_counter FOR UPDATE")
        yield


def test_a_write_that_waits_for_postgresql_ends_with_its_run(postgres: Postgres) -> None:
    url = postgres.fresh_schema()
    with Session(url) as session:
        session.run(f"{IMPORT}; await kv.put('k', 'before')")
        with locked(postgres, url):
            start = time.monotonic()
            with pytest.raises(ContractTimeout) as caught:
                session.run("await kv.put('k', 'after')", timeout=0.5)
            # Far from the 20 seconds that a server gets, whatever the machine is busy with.
            assert time.monotonic() - start < 10
            assert UNSURE in session.failures[-1]
            assert UNSURE in caught.value.code_frame()
        with pytest.raises(ContractTimeout) as caught:
            session.run("for (;;);", timeout=0.1)
        assert UNSURE not in caught.value.code_frame()
        assert session.run("await kv.get('k')").value in {"before", "after"}


def test_a_write_that_waits_for_redis_ends_with_its_run(valkey: Valkey) -> None:
    with Session(valkey.empty_place()) as session:
        session.run(f"{IMPORT}; await kv.put('k', 'before')")
        valkey.ask("CLIENT", "PAUSE", "3000", "WRITE")
        with pytest.raises(ContractTimeout) as caught:
            session.run("await kv.put('k', 'after')", timeout=0.3)
        assert UNSURE in session.failures[-1]
        assert UNSURE in caught.value.code_frame()
        valkey.ask("CLIENT", "UNPAUSE")
        assert session.run("await kv.get('k')").value in {"before", "after"}


class Silent(MemoryStore):
    """Answers no write, and gives up with the run, as those with a server do."""

    def commit(self, *_: object, **__: object) -> NoReturn:
        while not patience.over():
            time.sleep(0.001)
        raise StoreError(f"No answer. The write {UNSURE}")


@pytest.mark.parametrize("source", ["kv.put('k', '1'); 1", "setTimeout(() => kv.put('k', '1'), 0); 1"])
def test_a_write_that_nobody_awaited_ends_with_its_run_too(source: str) -> None:
    session = Session(Silent())
    session.run(IMPORT)
    with pytest.raises(ContractTimeout) as caught:
        session.run(source, timeout=0.2)
    assert UNSURE in caught.value.code_frame()


class Full(MemoryStore):
    """Finds out that it is full when the run is over."""

    def commit(self, *_: object, **__: object) -> NoReturn:
        while not patience.over():
            time.sleep(0.001)
        raise StoreFull("The store is full. Nothing was written")


def test_a_write_that_a_full_store_refused_leaves_no_doubt() -> None:
    session = Session(Full())
    session.run(IMPORT)
    with pytest.raises(ContractTimeout) as caught:
        session.run("await kv.put('k', '1')", timeout=0.2)
    assert "full" not in caught.value.code_frame()
    assert list(session.failures) == []


def test_nothing_is_over_outside_of_a_run() -> None:
    assert not patience.over()
    with patience.during(lambda: True):
        assert patience.over()
        with patience.during(lambda: False):
            assert not patience.over()
    assert not patience.over()


@pytest.mark.parametrize("scheme", ["redis", "postgresql"])
def test_connecting_to_a_server_that_says_nothing_ends_with_the_run(scheme: str) -> None:
    pytest.importorskip("redis" if scheme == "redis" else "psycopg")
    with socket.create_server(("127.0.0.1", 0)) as silent, patience.during(lambda: True):
        url = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(StoreError, match="the run ended before it answered"):
            open_store(url)


def test_a_connection_that_comes_too_late_is_let_go_of() -> None:
    late, gone = threading.Event(), threading.Event()
    with patience.during(lambda: True):
        assert patience.unless_over(late.wait, lambda _: gone.set()) is None
    late.set()
    assert gone.wait(10)


def test_a_connection_that_came_before_an_interrupt_is_let_go_of() -> None:
    connected, let_go = threading.Event(), []

    def interrupted() -> bool:
        connected.set()
        while threading.active_count() > before:
            time.sleep(0.001)
        raise KeyboardInterrupt

    before = threading.active_count()
    with patience.during(interrupted), pytest.raises(KeyboardInterrupt):
        patience.unless_over(lambda: connected.wait(10) and "connection", let_go.append)
    assert let_go == ["connection"]


def test_connecting_beside_a_run_gives_what_it_gives() -> None:
    def refused() -> None:
        raise ConnectionRefusedError

    with patience.during(lambda: False):
        assert patience.unless_over(lambda: 7, bool) == 7
        with pytest.raises(ConnectionRefusedError):
            patience.unless_over(refused, bool)
