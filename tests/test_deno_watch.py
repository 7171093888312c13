"""kv.watch: what is under some keys now, and again whenever it has changed."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from tana_jupyter import ContractError, ContractStopped, ContractStuck, ContractTimeout, Session
from tests.deno_harness import SharedStore, opened, printed, told, value

# Notes the values of each chunk, in the background.
FOLLOW = """
    var seen = [];
    var follow = async (keys, options) => {
      for await (const entries of kv.watch(keys, options)) seen.push(entries.map((entry) => entry.value));
      seen.push('over');
    };
"""


@pytest.fixture
def session() -> Session:
    session = opened()
    session.run(FOLLOW)
    return session


def seen(session: Session) -> object:
    return value(session, "seen.splice(0)")


def test_the_first_chunk_is_the_present_state(session: Session) -> None:
    session.run("await kv.set(['a'], { n: 1 })")
    code = "const reader = kv.watch([['a'], ['b']]).getReader(); const first = await reader.read(); first.value"
    assert value(session, code) == [
        {"key": ["a"], "value": {"n": 1}, "versionstamp": "00000000000000010000"},
        {"key": ["b"], "value": None, "versionstamp": None},
    ]
    assert value(session, "kv.watch([['a']]) instanceof ReadableStream") is True


def test_entries_hold_keys_as_get_does(session: Session) -> None:
    session.run("await kv.set(['a', 1n], 1); const there = ['a', 1n], absent = ['b'];")
    code = "const [found, missing] = (await kv.watch([there, absent]).getReader().read()).value; [found.key !== there, found.key[1] === 1n, missing.key === absent]"
    assert value(session, code) == [True, True, True]


VALUES = ["undefined", "new Map([[1, 2]])", "new Uint8Array([1, 2])", "new Deno.KvU64(5n)", "[1, [2]]"]


@pytest.mark.parametrize("written", VALUES)
def test_values_of_every_kind(session: Session, written: str) -> None:
    session.run(f"const written = {written}; await kv.set(['a'], written)")
    assert (
        session.run("(await kv.watch([['a']]).getReader().read()).value[0].value").text == session.run("written").text
    )


def test_a_change_brings_another_chunk(session: Session) -> None:
    session.run("follow([['a'], ['b']]); 1")
    assert seen(session) == [[None, None]]
    outcome = session.run("await kv.set(['a'], 1)")
    assert outcome.receipt.summary() == "1 written, 1 listener waiting"
    assert seen(session) == [[1, None]]
    session.run("await kv.atomic().set(['b'], 2).delete(['a']).commit()")
    assert seen(session) == [[None, 2]]
    session.run("await kv.set(['c'], 1)")
    assert seen(session) == []


def test_an_equal_value_is_a_change_and_deleting_nothing_is_none(session: Session) -> None:
    session.run("await kv.set(['a'], 1); follow([['a']]); 1")
    session.run("await kv.set(['a'], 1)")
    session.run("await kv.delete(['absent'])")
    assert seen(session) == [[1], [1]]
    session.run("await kv.delete(['a'])")
    session.run("await kv.delete(['a'])")
    assert seen(session) == [[None]]


@pytest.mark.parametrize("write", ["await kv.delete(['a'])", "await kv.atomic().delete(['a']).commit()"])
def test_raw_hears_of_writes_that_change_nothing(session: Session, write: str) -> None:
    session.run("follow([['a']], { raw: true }); 1")
    assert seen(session) == [[None]]
    session.run(write)
    assert seen(session) == [[None]]
    session.run("await kv.delete(['other'])")
    assert seen(session) == []


def test_states_in_between_are_skipped(session: Session) -> None:
    session.run("follow([['n']]); 1")
    session.run("for (let n = 0; n < 50; n++) await kv.set(['n'], n)")
    assert seen(session) == [[None], [49]]


def test_reading_and_writing_in_one_cell(session: Session) -> None:
    code = """
        const reader = kv.watch([['n']]).getReader(), values = [];
        for (let n = 0; n < 3; n++) { values.push((await reader.read()).value[0].value); await kv.set(['n'], n) }
        values
    """
    assert value(session, code) == [None, 0, 1]


def test_a_loop_that_changes_what_it_watches(session: Session) -> None:
    code = "for await (const [entry] of kv.watch([['n']])) { if (entry.value === 3) break; await kv.set(['n'], (entry.value ?? 0) + 1) } await value('n')"
    assert value(session, code) == 3
    assert session["notebook"].waiting.listeners == 0


# Expiry and the clock.


def test_expiry_is_a_change(session: Session) -> None:
    session.run("await kv.set(['a'], 1, { expireIn: 1000 }); follow([['a']]); 1")
    assert seen(session) == [[1]]
    session.move_clock("+2s")
    assert seen(session) == [[None]]


def test_a_frozen_clock_jumps_to_the_expiry_that_is_awaited(session: Session) -> None:
    code = """
        const start = Date.now();
        await kv.set(['a'], 1, { expireIn: 90_000 });
        for await (const [entry] of kv.watch([['a']])) if (entry.value === null) break;
        Date.now() - start
    """
    assert value(session, code) == 90_000


def test_a_real_clock_sleeps_until_it() -> None:
    session = opened()
    session.clock.resume()
    code = "await kv.set(['a'], 1, { expireIn: 60 }); for await (const [e] of kv.watch([['a']])) if (e.value === null) break; 'over'"
    assert value(session, code) == "over"


# The end.


def test_streams_end_with_the_store(session: Session) -> None:
    session.run("follow([['a']]); 1")
    session.run("kv.close(); 1")
    assert seen(session) == [[None], "over"]
    assert told(session, "kv.watch([['a']])") == "threw BadResource: Bad resource ID"


def test_disposing_ends_them_too(session: Session) -> None:
    code = "{ using own = await Deno.openKv(); var reader = own.watch([['a']]).getReader(); await reader.read() } (await reader.read()).done"
    assert value(session, code) is True


def test_cancelling_ends_the_watch(session: Session) -> None:
    session.run("const stream = kv.watch([['a']]); await stream.cancel(); await kv.set(['a'], 1)")
    assert session["notebook"].waiting.listeners == 0


def test_nothing_to_watch_is_over_at_once(session: Session) -> None:
    assert value(session, "(await kv.watch([]).getReader().read()).done") is True


def test_a_private_store_is_watched_by_itself(session: Session) -> None:
    session.run("var all = kv; kv = await Deno.openKv(':memory:'); follow([['a']]); 1")
    session.run("await all.set(['a'], 1); await kv.set(['a'], 2)")
    assert seen(session) == [[None], [2]]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("kv.watch(Array.from({ length: 11 }, (_, n) => [n]))", "Too many keys (max 10)"),
        ("kv.watch([['x'.repeat(2048)]])", "Key too large for read (max 2049 bytes)"),
        ("kv.watch([[{}]])", "expected string, number, bigint, ArrayBufferView, boolean"),
    ],
)
def test_refusals(session: Session, code: str, text: str) -> None:
    assert told(session, code) == f"threw TypeError: {text}"


def test_the_longest_keys(session: Session) -> None:
    assert value(session, "(await kv.watch([['x'.repeat(2047)]]).getReader().read()).value[0].versionstamp") is None


def test_ten_keys_are_watched(session: Session) -> None:
    code = "(await kv.watch(Array.from({ length: 10 }, (_, n) => [n])).getReader().read()).value.length"
    assert value(session, code) == 10


def test_streams_are_counted(session: Session) -> None:
    session.run("for (let n = 0; n < 1000; n++) kv.watch([['a']])")
    with pytest.raises(ContractError, match="At most 1000 streams of watch"):
        session.run("kv.watch([['a']])")


# What nothing can go on with, Stop, and other kernels.


def test_a_watch_that_nothing_here_can_wake_is_an_error(session: Session) -> None:
    with pytest.raises(ContractStuck, match="awaits something that nothing can resolve"):
        session.run("for await (const [entry] of kv.watch([['a']])) console.log(entry.value)")
    assert session["notebook"].waiting == (0, 0, 0)
    assert printed(session, "await kv.set(['a'], 1)") == []  # the loop that was given up does not go on


def test_a_background_watch_outlives_a_cell_that_is_stuck(session: Session) -> None:
    session.run("follow([['a']]); 1")
    with pytest.raises(ContractStuck):
        session.run("await kv.set(['a'], 1); await new Promise(() => {})")
    session.run("await kv.set(['a'], 2)")
    assert seen(session) == [[None], [1], [2]]


def test_on_a_shared_store_it_waits_for_others_until_the_limit() -> None:
    session = opened(SharedStore())
    started = time.monotonic()
    with pytest.raises(ContractTimeout) as caught:
        session.run("for await (const [entry] of kv.watch([['a']])) {}", timeout=0.3)
    assert time.monotonic() - started >= 0.25
    assert "1 listener was dropped." in caught.value.helps
    assert value(session, "await kv.set(['a'], 1); await value('a')") == 1


@pytest.mark.parametrize("clock", ["frozen", "real"])
def test_stop_ends_the_wait_and_keeps_the_variables(clock: str) -> None:
    session = opened(SharedStore())
    if clock == "real":
        session.clock.resume()
    session.run("let kept = 5")
    threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(ContractStopped):
        session.run("for await (const [entry] of kv.watch([['a']])) {}", timeout=10)
    assert value(session, "kept") == 5
    assert session["notebook"].waiting == (0, 0, 0)


@pytest.mark.parametrize("clock", ["frozen", "real"])
def test_what_another_kernel_writes_is_seen(clock: str) -> None:
    store = SharedStore()
    session = opened(store)
    if clock == "real":
        session.clock.resume()
    other = opened(store)
    wakes = session["notebook"].runs.isolate.wakes
    nap, naps = wakes.nap, []

    def napping(due: int | None, now: int) -> None:
        # The other kernel writes while this one waits; its row is put there as its commit would.
        naps.append(due)
        store.commit([_write(other, len(naps))], now=session.clock.now_us())
        nap(due, now)

    wakes.nap = napping
    code = "const got = []; for await (const [entry] of kv.watch([['a']])) { got.push(entry.value); if (got.length === 3) break } got"
    assert value(session, code) == [None, 1, 2]


def _write(session: Session, number: int) -> object:
    from tana_jupyter import denokey
    from tana_jupyter.store.protocol import Write

    return Write("deno", "notebook", denokey.pack(("a",)), str(number).encode(), "json")


def test_a_timer_goes_on_while_it_polls() -> None:
    session = opened(SharedStore())
    session.clock.resume()
    code = "setTimeout(() => kv.set(['a'], 'late'), 150); for await (const [e] of kv.watch([['a']])) if (e.value) break; await value('a')"
    assert value(session, code) == "late"


def test_streams_of_an_old_store_end_with_it(session: Session) -> None:
    session.run(
        "const told = []; (async () => { try { for await (const _ of kv.watch([['a']])); } catch (error) { told.push(String(error)) } })(); 1"
    )
    session.journal.store = SharedStore()
    session.run("1")
    assert value(session, "told") == ["BadResource: Bad resource ID"]


def test_a_handler_that_may_only_read_cannot_watch(session: Session) -> None:
    session.strict_handlers = True
    session.run("export async function get() { return (await kv.watch([['a']]).getReader().read()).value }")
    with pytest.raises(ContractError, match="read-only"):
        session["notebook"].get("/")
