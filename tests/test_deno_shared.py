"""Deno KV of several kernels on one store: no update is lost, and a message is delivered once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tana_jupyter import Session
from tana_jupyter.store import open_store
from tests.conformance.back_ends import BACK_ENDS
from tests.deno_harness import opened, value

ROOT = Path(__file__).parent.parent
SHARED = [each for each in BACK_ENDS if each.name not in {"memory", "json"}]

KERNEL = """
import json, sys
from tana_jupyter import Session
from tana_jupyter.store import open_store
url, cell = sys.argv[1:]
store = open_store(url)
print(json.dumps(Session(store=store).run(cell, timeout=30).value))
store.close()
"""
INCREMENT = """
    async function increment(key: Deno.KvKey) {
      for (let tries = 1; ; tries++) {
        const held = await kv.get<number>(key);
        const { ok } = await kv.atomic().check(held).set(key, (held.value ?? 0) + 1).commit();
        if (ok) return tries;
      }
    }
"""


@pytest.fixture(params=SHARED, ids=lambda each: each.name)
def url(request: pytest.FixtureRequest) -> str:
    return str(request.param.place(request))


@pytest.fixture
def sessions(url: str) -> Iterator[list[Session]]:
    made = [opened(open_store(url)) for _ in range(2)]
    yield made
    for session in made:
        session.store.close()


def kernels(url: str, *cells: str) -> list[Any]:
    """What cells come to that run at the same time, each in a process of its own."""
    command = [sys.executable, "-c", KERNEL, url]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    running = [subprocess.Popen([*command, cell], stdout=subprocess.PIPE, env=environment, cwd=ROOT) for cell in cells]
    said = [process.communicate(timeout=60)[0] for process in running]
    return [json.loads(text) for text in said]


def test_who_read_an_older_state_writes_nothing(sessions: list[Session]) -> None:
    first, second = sessions
    for session in sessions:
        value(session, "const held = await kv.get(['n']); 1")
    commit = "await kv.atomic().check(held).set(['n'], 'SAID').commit()"
    assert value(first, commit.replace("SAID", "first"))["ok"] is True
    assert value(second, commit.replace("SAID", "second")) == {"ok": False}
    assert value(second, "await value('n')") == "first"


def test_increments_by_check_and_set_are_not_lost(url: str) -> None:
    cell = f"""
        const kv = await Deno.openKv();
        {INCREMENT}
        await kv.atomic().sum(['ready'], 1n).commit();
        while ((await kv.get(['ready'])).value.value < 2n) await new Promise((resolve) => setTimeout(resolve, 1));
        let tries = 0;
        for (let n = 0; n < 100; n++) tries += await increment(['n']);
        tries
    """
    tries = kernels(url, cell, cell)
    assert min(tries) >= 100
    store = open_store(url)
    assert value(opened(store), "await value('n')") == 200
    store.close()


def test_sums_and_stamped_keys_of_two_kernels_are_all_there(url: str) -> None:
    cell = """
        const kv = await Deno.openKv();
        const stamps = [];
        for (let n = 0; n < 50; n++) {
          const op = kv.atomic().sum(['n'], 1n).max(['most'], BigInt(n)).set(['log', kv.commitVersionstamp()], n);
          stamps.push((await op.commit()).versionstamp);
        }
        stamps
    """
    one, two = kernels(url, cell, cell)
    stamps = one + two
    assert len(set(stamps)) == 100
    store = open_store(url)
    session = opened(store)
    assert value(session, "[Number((await value('n')).value), Number((await value('most')).value)]") == [100, 49]
    assert value(session, "(await keys({ prefix: ['log'] })).map((key) => key[1])") == sorted(stamps)
    assert (
        value(session, "(await all({ prefix: ['log'] })).every((entry) => entry.key[1] === entry.versionstamp)") is True
    )
    store.close()


def test_a_transfer_happens_in_full_or_not_at_all(url: str) -> None:
    cell = """
        const kv = await Deno.openKv();
        async function transfer(from: string, to: string, amount: number) {
          for (;;) {
            const [a, b] = await kv.getMany<[number, number]>([['balance', from], ['balance', to]]);
            if ((a.value ?? 100) + (b.value ?? 100) !== 200) throw new Error('money came or went');
            const op = kv.atomic().check(a, b).set(a.key, (a.value ?? 100) - amount).set(b.key, (b.value ?? 100) + amount);
            if ((await op.commit()).ok) return;
          }
        }
        for (let n = 0; n < 60; n++) await transfer(...(n % 3 ? ['ida', 'bo'] : ['bo', 'ida']), n);
        const [ida, bo] = await kv.getMany([['balance', 'ida'], ['balance', 'bo']]);
        ida.value + bo.value
    """
    assert kernels(url, cell, cell) == [200, 200]


def test_two_listeners_deliver_each_message_once(sessions: list[Session]) -> None:
    for session in sessions:
        session.run("const got = []; kv.listenQueue((message) => { got.push(message) }); 1")
    sessions[0].run("for (let n = 0; n < 20; n++) await kv.enqueue(n, { delay: 10 + n }); 1")
    for step in range(10):
        sessions[step % 2].settle(0.004 * (step // 2 + 1) + 0.006)
    for session in sessions:
        session.settle(1)
    heard = [value(session, "got") for session in sessions]
    assert sorted(heard[0] + heard[1]) == list(range(20))
    assert {size.space for size in sessions[0].store.sizes(0) or []} <= {"deno"}


def test_two_kernels_that_listen_share_the_messages(url: str) -> None:
    cell = """
        const kv = await Deno.openKv();
        const got = [];
        kv.listenQueue(async (message) => { got.push(message); await kv.atomic().sum(['heard'], 1n).commit() });
        await kv.atomic().sum(['ready'], 1n).commit();
        const count = async (key) => Number((await kv.get([key])).value?.value ?? 0);
        const until = async (key, most) => { while (await count(key) < most) await new Promise((resolve) => setTimeout(resolve, 2)) };
        await until('ready', 2);
        for (let n = 0; n < 20; n++) await kv.enqueue(`SELF ${n}`);
        await until('heard', 40);
        got
    """
    one, two = kernels(url, cell.replace("SELF", "one"), cell.replace("SELF", "two"))
    assert sorted(one + two) == sorted(f"{name} {n}" for name in ("one", "two") for n in range(20))
