"""kv.enqueue and kv.listenQueue: delivered by the isolate's loop and the session's clock, at least once, in order."""

from __future__ import annotations

import time

import pytest

from tana_jupyter import ContractError, ContractStuck, ContractTimeout, Session
from tana_jupyter.modules.deno.queues import ENDED
from tests.deno_harness import START_MS, SharedStore, opened, printed, told, value
from tests.servers import Postgres

NOTE = "const got = []; kv.listenQueue((message) => { got.push(message) }); 1"


@pytest.fixture
def session() -> Session:
    return opened()


def seen(session: Session) -> object:
    return value(session, "got.splice(0)")


def test_a_message_reaches_its_listener_in_the_same_run(session: Session) -> None:
    session.run(NOTE)
    outcome = session.run("const done = await kv.enqueue({ hello: 'you' }); done.ok")
    assert outcome.value is True
    assert outcome.receipt.summary() == "1 written, 1 listener waiting"
    assert seen(session) == [{"hello": "you"}]


def test_messages_wait_for_a_listener(session: Session) -> None:
    assert session.run("await kv.enqueue(1); 1").receipt.summary() == "1 written, 1 message waiting"
    assert "1 message waiting" in session.status()
    session.run("await kv.enqueue(2)")
    session.run(NOTE)
    assert seen(session) == [1, 2]
    assert "message" not in session.status()


def test_order_is_time_then_the_order_of_sending(session: Session) -> None:
    session.run(NOTE)
    session.run("for (let n = 0; n < 20; n++) await kv.enqueue(n, { delay: n % 2 ? 0 : 10 }); 1")
    assert seen(session) == [n for n in range(20) if n % 2]
    session.run("await kv.atomic().enqueue('a', { delay: 5 }).enqueue('b', { delay: 5 }).enqueue('c').commit()")
    session.settle(1)
    assert seen(session) == ["c", "a", "b", *range(0, 20, 2)]


VALUES = [
    "null",
    "undefined",
    "-0",
    "2n ** 70n",
    "new Map([[1, { a: new Set([1]) }]])",
    "new Date(5)",
    "'\\ud800'",
    "[, 1]",
]


@pytest.mark.parametrize("message", VALUES)
def test_messages_are_structured_clones(session: Session, message: str) -> None:
    session.run(NOTE)
    session.run(f"const sent = {message}; await kv.enqueue(sent)")
    assert value(session, "Deno.jupyter && $tana && got.length === 1 && typeof got[0] === typeof sent")
    assert session.run("got[0]").text == session.run("sent").text


def test_bytes_and_numbers_of_64_bits_are_values_like_others(session: Session) -> None:
    session.run(NOTE)
    session.run("await kv.enqueue(new Deno.KvU64(3n)); await kv.enqueue(new Uint8Array([1, 2]))")
    assert value(session, "got[0] instanceof Deno.KvU64") is False
    assert value(session, "got[0].value === 3n && got[1] instanceof Uint8Array && got[1][1]") == 2


# Time.


def test_a_delayed_message_comes_with_the_clock(session: Session) -> None:
    session.run(NOTE)
    assert session.run("await kv.enqueue('late', { delay: 60_000 }); 1").receipt.summary() == (
        "1 written, 1 listener and 1 message waiting"
    )
    session.settle(59)
    assert seen(session) == []
    session.move_clock("+30s")
    assert seen(session) == []
    session.move_clock("+31s")
    assert seen(session) == ["late"]


def test_settle_goes_as_far_as_it_is_told(session: Session) -> None:
    session.run(NOTE)
    session.run("for (const delay of [1000, 3000, 9000]) await kv.enqueue(delay, { delay })")
    assert str(session.settle(5)[0].receipt.waiting) == "1 listener and 1 message waiting"
    assert seen(session) == [1000, 3000]


def test_a_due_message_runs_with_the_next_run(session: Session) -> None:
    session.run(NOTE)
    session.run("await kv.enqueue('late', { delay: 1000 })")
    session.clock.advance(2)
    session.run("1")
    assert seen(session) == ["late"]


def test_a_frozen_clock_jumps_only_for_what_a_run_awaits(session: Session) -> None:
    session.run(
        "let arrived; const arrival = new Promise((r) => { arrived = r }); kv.listenQueue(arrived); await kv.enqueue(Date.now(), { delay: 3_600_000 }); 1"
    )
    assert value(session, "Date.now()") == START_MS
    assert value(session, "[await arrival, Date.now()]") == [START_MS, START_MS + 3_600_000]


def test_timers_and_messages_come_in_the_order_of_their_time(session: Session) -> None:
    code = """
        kv.listenQueue((message) => console.log('message', message));
        for (const at of [10, 20]) { setTimeout(() => console.log('timer', at), at); await kv.enqueue(at, { delay: at }) }
        await kv.enqueue(15, { delay: 15 });
        await new Promise((r) => setTimeout(r, 30))
    """
    assert printed(session, code) == ["timer 10", "message 10", "message 15", "timer 20", "message 20"]


def test_a_real_clock_waits_for_what_is_awaited() -> None:
    session = opened()
    session.clock.resume()
    started = time.monotonic()
    code = "await new Promise((r) => { kv.listenQueue(r); kv.enqueue('x', { delay: 80 }) })"
    assert value(session, code) == "x"
    assert time.monotonic() - started >= 0.07


def test_fractions_of_a_delay_are_accepted(session: Session) -> None:
    session.run(NOTE)
    session.run("await kv.enqueue(1, { delay: 0.5 })")
    assert seen(session) == []
    session.settle(0.001)
    assert seen(session) == [1]


# Failing handlers.

FAILING = """
    let failures = Infinity; const times = [];
    kv.listenQueue(async (message) => { times.push(Date.now()); await null; if (failures-- > 0) throw new RangeError(`no ${message}`) }); 1
"""


def test_a_failed_message_comes_again_by_its_schedule(session: Session) -> None:
    session.run(FAILING)
    outcome = session.run("await kv.enqueue('x')")
    assert [(log.level, log.text) for log in outcome.logs] == [("error", "Exception in queue handler RangeError: no x")]
    assert outcome.receipt.summary() == "1 written, 1 listener and 1 message waiting"
    session.settle(1000)
    steps = [0, 100, 1000, 5000, 30_000, 60_000]
    assert value(session, "times") == [START_MS + sum(steps[: n + 1]) for n in range(6)]
    assert session.store.sizes(0) == []


@pytest.mark.parametrize(("schedule", "attempts"), [("[]", 1), ("[10]", 2), ("[0, 0, 0]", 4), ("null", 6)])
def test_own_schedules(session: Session, schedule: str, attempts: int) -> None:
    session.run(FAILING)
    session.run(f"await kv.enqueue('x', {{ backoffSchedule: {schedule} }})")
    session.settle(1000)
    assert value(session, "times.length") == attempts


def test_a_handler_that_recovers_is_asked_no_more(session: Session) -> None:
    session.run(FAILING)
    session.run("failures = 2; await kv.enqueue('x', { keysIfUndelivered: [['dead']] })")
    session.settle(1000)
    assert value(session, "times.length") == 3
    assert value(session, "await rows()") == []


def test_undelivered_messages_go_to_their_keys_with_one_stamp(session: Session) -> None:
    session.run(FAILING)
    session.run("await kv.set(['dead', 1], 'old', { expireIn: 1000 })")
    session.run(
        "await kv.enqueue({ n: [1n] }, { backoffSchedule: [100], keysIfUndelivered: [['dead', 1], ['dead', 2n], []] })"
    )
    assert value(session, "(await rows(['dead'])).length") == 1
    session.settle(1)
    code = "(await Array.fromAsync(kv.list({ prefix: ['dead'] }))).map((e) => [e.key, e.value, e.versionstamp])"
    (first, content, stamp), (second, same, same_stamp) = value(session, code)
    assert (first, second, content, same) == (["dead", 2], ["dead", 1.0], {"n": [1]}, {"n": [1]})
    assert stamp == same_stamp
    session.clock.advance(3600)
    assert value(session, "(await rows(['dead'])).length") == 2
    assert session.store.get("deno", "notebook", b"", session.clock.now_us()) is not None


@pytest.mark.parametrize("thrown", ["null", "'text'", "undefined", "Object.create(null)"])
def test_a_handler_may_throw_anything(session: Session, thrown: str) -> None:
    session.run(f"kv.listenQueue(() => {{ throw {thrown} }}); await kv.enqueue(1, {{ backoffSchedule: [] }})")
    assert session.store.sizes(0) == []


# Listeners.


def test_several_listeners_share_the_messages(session: Session) -> None:
    session.run("const got = [[], []]; got.forEach((list) => { kv.listenQueue((message) => { list.push(message) }) })")
    session.run("for (let n = 0; n < 10; n++) await kv.enqueue(n)")
    first, second = value(session, "got")
    assert (len(first), len(second)) == (5, 5)
    assert sorted(first + second) == list(range(10))


def test_handlers_run_side_by_side(session: Session) -> None:
    code = """
        let running = 0, most = 0;
        kv.listenQueue(async () => { most = Math.max(most, ++running); await new Promise((r) => setTimeout(r, 10)); running-- });
        for (let n = 0; n < 30; n++) await kv.enqueue(n);
        await new Promise((r) => setTimeout(r, 20));
        most
    """
    assert value(session, code) == 30


def test_a_second_cell_that_listens_is_told_of_the_first(session: Session) -> None:
    session.run(NOTE)
    outcome = session.run("kv.listenQueue(() => {})")
    assert [log.text for log in outcome.logs] == [
        (
            "A listener of an earlier cell is still there and takes its share of the messages; close() its store before"
            " listening again, or %tana reset, ends it"
        )
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "kv.listenQueue(() => {})",
        "await kv.listenQueue(() => {})",
        "await kv.listenQueue(() => {}).catch(console.error)",
        "await Promise.race([kv.listenQueue(() => {})])",
        "const end = kv.listenQueue(() => {}); await end",
    ],
)
@pytest.mark.parametrize("shared", [False, True])
def test_a_cell_that_ends_in_a_listener_ends(cell: str, *, shared: bool) -> None:
    session = opened(SharedStore() if shared else None)
    outcome = session.run(cell, timeout=2)
    assert outcome.value is None
    assert outcome.receipt.summary() == "1 listener waiting"


def test_what_else_nothing_can_resolve_is_an_error_and_takes_its_listeners_along(session: Session) -> None:
    with pytest.raises(ContractStuck):
        session.run("kv.listenQueue(() => {}); await new Promise(() => {})")
    assert session["notebook"].waiting == (0, 0, 0)


def test_the_promise_of_a_listener_is_one_and_ends_with_the_store(session: Session) -> None:
    code = """
        const ended = [], end = kv.listenQueue(() => ended.push('message'));
        end.then((value) => ended.push(value ?? 'nothing'));
        [end instanceof Promise, Object.prototype.toString.call(end), ended.length]
    """
    assert value(session, code) == [True, "[object Promise]", 0]
    assert value(session, "kv.close(); await null; await null; await null; ended") == ["nothing"]
    assert session["notebook"].waiting.listeners == 0
    assert told(session, "kv.listenQueue(() => {})") == "Error: Queue already closed"
    assert told(session, "kv.enqueue(1)") == "BadResource: Bad resource ID"


def test_after_disposing_a_listener_ends_at_once(session: Session) -> None:
    code = "{ using other = await Deno.openKv(); var gone = other } await gone.listenQueue(() => {}); 'ended'"
    assert value(session, code) == "ended"


def test_closing_one_handle_leaves_the_listeners_of_another(session: Session) -> None:
    session.run("const other = await Deno.openKv(); other.listenQueue(() => {}).then(() => console.log('closed')); 1")
    session.run(NOTE)
    session.run("other.close(); await kv.enqueue(1)")
    assert seen(session) == [1]


def test_a_private_store_has_its_own_queue(session: Session) -> None:
    session.run(NOTE)
    session.run(
        "const own = await Deno.openKv(':memory:'); const heard = []; own.listenQueue((m) => { heard.push(m) }); await own.enqueue('own'); await kv.enqueue('all')"
    )
    assert value(session, "[heard, got]") == [["own"], ["all"]]
    session.run("own.close(); await kv.enqueue('more')")
    assert seen(session) == ["all", "more"]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("kv.enqueue(1, { delay: -1 })", "Delay must be >= 0: received -1"),
        ("kv.enqueue(1, { delay: 2592000001 })", "Delay cannot be greater than 30 days: received 2592000001"),
        ("kv.enqueue(1, { delay: Infinity })", "Delay cannot be greater than 30 days: received Infinity"),
        ("kv.enqueue(1, { delay: NaN })", "Delay cannot be NaN"),
        ("kv.enqueue(1, { backoffSchedule: [1, 1, 1, 1, 1, 1] })", "Invalid backoffSchedule, max 5 intervals allowed"),
        ("kv.enqueue(1, { backoffSchedule: [1, -1] })", "Invalid backoffSchedule, interval at index 1 is invalid"),
        ("kv.enqueue(1, { backoffSchedule: [3600001] })", "Invalid backoffSchedule, interval at index 0 is invalid"),
        ("kv.enqueue(1, { keysIfUndelivered: [[{}]] })", "expected string, number, bigint, ArrayBufferView, boolean"),
        ("kv.enqueue('x'.repeat(65531))", "enqueue payload too large (max 65536 bytes)"),
        ("kv.enqueue(() => 1)", "() => 1 could not be cloned."),
        ("kv.listenQueue('no function')", "The handler of a queue must be a function"),
    ],
)
def test_refusals(session: Session, code: str, text: str) -> None:
    assert told(session, code) == f"TypeError: {text}"
    assert session.store.sizes(0) == []


def test_listeners_are_counted(session: Session) -> None:
    session.run("for (let n = 0; n < 1000; n++) kv.listenQueue(() => 1)")
    assert told(session, "kv.listenQueue(() => 1)") == "Error: At most 1000 listeners of a contract wait at once"


def test_the_largest_message_and_the_longest_waits(session: Session) -> None:
    longest = "{ delay: 2592000000, backoffSchedule: [3600000, 1, 1, 1, 1] }"
    assert told(session, f"kv.enqueue('x'.repeat(65530), {longest})")["ok"] is True


def test_many_and_long_keys_are_no_reason_to_refuse_a_message(session: Session) -> None:
    keys = "Array.from({ length: 5000 }, (_, n) => [n]).concat([['x'.repeat(5000)]])"
    session.run(
        f"kv.listenQueue(() => {{ throw 1 }}); await kv.enqueue(1, {{ backoffSchedule: [], keysIfUndelivered: {keys} }})"
    )
    assert session.store.sizes(0)[0].rows == 5001


# Stop, errors, other kernels.


def test_a_stopped_run_drops_its_listeners_and_its_messages_come_again(session: Session) -> None:
    with pytest.raises(ContractTimeout) as caught:
        session.run("kv.listenQueue(() => { for (;;); }); await kv.enqueue('x')", timeout=0.2)
    assert "1 listener was dropped." in caught.value.helps
    session.run("var kv = await Deno.openKv()")
    session.run(NOTE)
    assert seen(session) == []
    session.settle(5)
    assert seen(session) == ["x"]


def test_an_endless_chain_of_messages_is_ended_by_the_limit(session: Session) -> None:
    session.run("const again = async () => { await kv.enqueue(1) }; kv.listenQueue(again); 1")
    with pytest.raises(ContractTimeout):
        session.run("await again()", timeout=0.2)
    assert session.run("1").value == 1


def test_a_cell_that_throws_keeps_its_listeners(session: Session) -> None:
    with pytest.raises(ContractError):
        session.run("const got = []; kv.listenQueue((m) => { got.push(m) }); throw 1")
    session.run("await kv.enqueue(1)")
    assert seen(session) == [1]


def test_a_fresh_isolate_does_not_hear_what_the_live_one_listens_to(session: Session) -> None:
    session.run("export async function contract() { await kv.enqueue('sent'); return 1 }")
    session.run(NOTE)
    session.call("notebook", "contract")
    assert seen(session) == ["sent"]
    session["notebook"].contract(fresh=True)
    session.settle()
    assert value(session, "got.length") + session["notebook"].waiting.messages <= 1


def test_two_kernels_deliver_once() -> None:
    store = SharedStore()
    first, second = opened(store), opened(store)
    for each in (first, second):
        each.run(NOTE)
    first.run("for (let n = 0; n < 10; n++) await kv.enqueue(n, { delay: 10 })")
    store.between = lambda: second.settle(1)  # takes the message that the first was about to claim
    first.settle(1)
    heard = [seen(first), seen(second)]
    assert sorted(heard[0] + heard[1]) == list(range(10))
    assert heard[1]


def test_a_message_of_a_kernel_that_died_is_delivered_after_its_deadline() -> None:
    store = SharedStore()
    first, second = opened(store), opened(store)
    first.run("kv.listenQueue(() => new Promise(() => {})); await kv.enqueue('x')")
    second.run(NOTE)
    second.clock.advance(4.9)
    second.settle()
    assert seen(second) == []
    second.settle(0.2)
    assert seen(second) == ["x"]
    assert store.sizes(0) == []


def test_a_slow_handler_holds_on_to_its_message() -> None:
    store = SharedStore()
    first, second = opened(store), opened(store)
    first.run(
        "const got = []; kv.listenQueue(async (m) => { await new Promise((r) => setTimeout(r, 7000)); got.push(m) }); await kv.enqueue('x')"
    )
    second.run(NOTE)
    for _ in range(3):
        for each in (first, second):
            each.clock.advance(4)
            each.settle()
    assert (seen(first), seen(second)) == (["x"], [])


def test_messages_outlive_the_kernel() -> None:
    store = SharedStore()
    opened(store).run("await kv.enqueue('x', { delay: 1000 })")
    later = opened(store)
    later.run(NOTE)
    later.settle(2)
    assert seen(later) == ["x"]


def test_a_run_that_awaits_a_message_of_another_kernel_polls_for_it() -> None:
    store = SharedStore()
    session, other = opened(store), opened(store)
    session.run("let arrived; const arrival = new Promise((r) => { arrived = r }); kv.listenQueue(arrived); 1")
    naps = []
    nap = session["notebook"].runs.isolate.wakes.nap

    def send(due: int | None, now: int) -> None:
        naps.append(due)
        if len(naps) == 2:
            _send(other)  # behind the session's back
        nap(due, now)

    session["notebook"].runs.isolate.wakes.nap = send
    assert value(session, "await arrival") == "from afar"
    assert len(naps) >= 2


def _send(session: Session) -> None:
    from tana_jupyter.modules.deno.queues import Message, writes_of

    writes = writes_of("notebook", [Message(b'"from afar"', "json")], session.clock.now_us(), 1)
    session.store.commit(writes, now=session.clock.now_us())


def test_listeners_of_an_old_store_end_with_it(session: Session) -> None:
    session.run("const told = []; kv.listenQueue(() => {}).catch((error) => told.push(String(error))); 1")
    session.journal.store = SharedStore()
    session.run("1")
    assert value(session, "told") == ["BadResource: Bad resource ID"]


def test_a_listener_of_an_old_store_is_no_fault_of_the_next_run(session: Session) -> None:
    session.run(NOTE)
    session.journal.store = SharedStore()
    outcome = session.run("2")
    assert outcome.value == 2
    assert [(log.level, log.text) for log in outcome.logs] == [("warn", ENDED)]
    assert not session["notebook"].waiting


def test_a_handler_that_may_only_read_neither_listens_nor_is_handed_messages(session: Session) -> None:
    session.strict_handlers = True
    session.run(NOTE)
    session.run(
        "export async function get(request) { if (request.query.listen) kv.listenQueue(() => {}); return got.length }"
    )
    session.run("await kv.enqueue('x', { delay: 1000 })")
    session.clock.advance(1)
    assert session["notebook"].get("/").value == 0
    with pytest.raises(ContractError, match="read-only"):
        session["notebook"].get("/?listen=1")
    session.run("1")
    assert seen(session) == ["x"]


def test_a_message_whose_keys_a_store_refuses_is_dropped_and_told(postgres: Postgres) -> None:
    with Session(postgres.fresh_schema()) as session:
        shown: list[str] = []
        session.show = lambda _stream, text: shown.append(text)
        # PostgreSQL's index holds keys of some 2,700 bytes, and Deno KV does not bound these.
        session.run(
            "const noise = Array.from({ length: 5000 }, () => String.fromCharCode(33 + Math.random() * 90)).join('')"
        )
        session.run("const kv = await Deno.openKv(); kv.listenQueue(() => { throw new Error('no') })")
        session.run("await kv.enqueue('x', { backoffSchedule: [], keysIfUndelivered: [[noise]] }); 1")
        assert "Undelivered message was dropped: " in "".join(shown)
        assert list(session.keys(api="queue")["key"]) == []
        assert session.run("await kv.set(['alive'], 1); 2").value == 2
