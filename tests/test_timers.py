"""setTimeout and its kin, by the session's clock: a real one sleeps, a frozen one jumps."""

import time

import pytest

from tana_jupyter.errors import ContractError, ContractStuck, ContractTimeout
from tana_jupyter.session import Session

START = "2026-01-01T00:00:00Z"


@pytest.fixture
def session() -> Session:
    session = Session()
    session.clock.freeze(START)
    return session


def values(session: Session, source: str) -> object:
    return session.run(f"const seen = []; {source}; seen").value


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        # Soonest first, then in the order they were set.
        ("setTimeout(() => seen.push(2), 20); setTimeout(() => seen.push(1), 10); await new Promise((r) => setTimeout(r, 30))", [1, 2]),
        ("for (const n of [1, 2, 3]) setTimeout(() => seen.push(n), 5); await new Promise((r) => setTimeout(r, 5))", [1, 2, 3]),
        ("setTimeout(() => seen.push('zero'), 0); await null; seen.push('job'); await new Promise((r) => setTimeout(r))", ["job", "zero"]),
        # Microtasks of one timer run before the next timer.
        (("setTimeout(() => { queueMicrotask(() => seen.push('a job')); seen.push('a') }); setTimeout(() => seen.push('b'));"
         "await new Promise((r) => setTimeout(r, 1))"), ["a", "a job", "b"]),
        ("setTimeout((...given) => seen.push(...given), 1, 'x', 2); await new Promise((r) => setTimeout(r, 1))", ["x", 2]),
        ("const id = setInterval(() => { if (seen.push(seen.length) === 3) clearInterval(id) }, 10); await new Promise((r) => setTimeout(r, 100))", [0, 1, 2]),
        (("const a = setTimeout(() => seen.push('no'), 1); clearTimeout(a); clearTimeout(a); clearTimeout(99); clearTimeout();"
         "await new Promise((r) => setTimeout(r, 2))"), []),
        ("const a = setInterval(() => seen.push('no'), 1); clearTimeout(a); await new Promise((r) => setTimeout(r, 2))", []),
        ("seen.push(typeof setTimeout(() => {}), setTimeout(() => {}) < setTimeout(() => {}))", ["number", True]),
        # What is no delay is none; what is too long is none either, as everywhere.
        ("for (const delay of ['abc', NaN, -5, null, undefined, 2 ** 31, Infinity]) await new Promise((r) => setTimeout(r, delay)); seen.push(1)", [1]),
        ("await new Promise((r) => setTimeout(r, '10')); seen.push(new Date().toISOString())", ["2026-01-01T00:00:00.010Z"]),
        ("const start = Date.now(); await new Promise((r) => setTimeout(r, 86400000)); seen.push(Date.now() - start)", [86_400_000]),
        (("function again(n) { if (n) setTimeout(again, 0, n - 1); else seen.push(Date.now() % 1000) } again(20);"
         "await new Promise((r) => setTimeout(r, 100))"), [60]),
    ],
)  # fmt: skip
def test_order_and_arguments(session: Session, source: str, seen: list[object]):
    assert values(session, source) == seen


def test_a_callback_that_is_no_function_is_refused(session: Session):
    with pytest.raises(ContractError, match="TypeError: The callback of a timer must be a function"):
        session.run("setTimeout('alert(1)', 1)")


def test_a_real_clock_sleeps_and_can_be_stopped():
    session = Session()
    started = time.monotonic()
    session.run("await new Promise((r) => setTimeout(r, 120))")
    assert time.monotonic() - started > 0.11
    with pytest.raises(ContractTimeout):
        session.run("await new Promise((r) => setTimeout(r, 60000))", timeout=0.1)
    assert session.run("1 + 1").value == 2


def test_timers_that_are_not_due_wait_and_belong_to_a_later_run(session: Session):
    session.show = lambda *_: None
    outcome = session.run("setTimeout(() => console.log('late'), 60000); setTimeout(() => console.log('now'), 0); 1")
    assert [log.text for log in outcome.logs] == ["now"]
    assert outcome.receipt.timers == 1
    assert session["notebook"].timers == 1
    assert session.settle(59)[0].logs == []
    assert [log.text for outcome in session.settle(61) for log in outcome.logs] == ["late"]
    assert session["notebook"].timers == 0


def test_a_due_timer_runs_with_the_next_run(session: Session):
    session.show = lambda *_: None
    session.run("setTimeout(() => console.log('late'), 60000); 1")
    session.clock.advance(61)
    assert [log.text for log in session.run("2").logs] == ["late"]


def test_a_timer_that_throws_fails_the_run_it_fires_in(session: Session):
    session.run("function late() {\n  throw new RangeError('too late');\n}\nsetTimeout(late, 1000); 1")
    session.clock.advance(2)
    with pytest.raises(ContractError, match="RangeError: too late") as caught:
        session.run("2")
    assert [str(frame) for frame in caught.value.frames] == ["late (notebook#1:2:13)"]
    assert session.run("3").value == 3


def test_what_a_timer_throws_may_be_anything(session: Session):
    for thrown, told in {
        "null": "Uncaught: null",
        "'text'": 'Uncaught: "text"',
        "({ a: 1 })": "Uncaught: { a: 1 }",
    }.items():
        with pytest.raises(ContractError) as caught:
            session.run(f"setTimeout(() => {{ throw {thrown} }}, 0); 1")
        assert caught.value.headline == told
        assert caught.value.frames[0].line == 1


@pytest.mark.parametrize(
    "source",
    [
        "await new Promise(() => {})",
        "await 0; await { then() {} }",
        "let r; await new Promise((done) => r = done)",
    ],
)
def test_what_nothing_can_resolve_is_an_error(session: Session, source: str):
    with pytest.raises(ContractStuck, match="awaits something that nothing can resolve"):
        session.run(source)
    assert session.run("1 + 1").value == 2


def test_a_frozen_clock_goes_no_further_than_a_clock_can(session: Session):
    # 25 days a jump: the year 9999 is near, and beyond it neither Python nor tables have times.
    session.clock.freeze("9999-12-31T00:00:00Z")
    with pytest.raises(ContractStuck):
        session.run("for (;;) await new Promise((r) => setTimeout(r, 2147483647))", timeout=5)
    assert session.clock.now().year == 9999
    assert "frozen at 9999" in session.clock.describe()


@pytest.mark.parametrize(
    "source",
    [
        "Math.trunc = () => 'x'; setTimeout(() => {}, 5); 1",
        "Math.trunc = () => 1e308; setTimeout(() => {}, 5); 1",
        "Object.defineProperty(Object.prototype, 'due', { set() {}, configurable: true }); setTimeout(() => {}, 5); 1",
        "Object.prototype.every = 5; setTimeout(() => {}, 5); 1",
        "Array.prototype[Symbol.iterator] = function* () { yield 1e300; yield 1e300 }; setTimeout(() => {}, 5); 1",
    ],
)
def test_timers_of_a_contract_that_tampers_do_no_harm_outside(session: Session, source: str):
    assert session.run(source, timeout=1).value == 1
    assert (
        session.run("await new Promise((r) => setTimeout(r, 5)); Date.now()", contract="other").value
        == 1_767_225_600_005
    )
    assert session.status()


def test_a_setter_on_array_prototype_sees_no_timer(session: Session):
    source = (
        "Object.defineProperty(Array.prototype, 0, { set(value) { globalThis.seen = value }, configurable: true });"
    )
    session.run(source + "setTimeout(() => {}, 5); delete Array.prototype[0]; 1", timeout=1)
    assert session.run("typeof seen === 'object' && 'due' in seen").value is False
