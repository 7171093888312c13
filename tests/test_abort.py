"""Stop and the time limit: what is restored, what is kept, and that nothing reaches the store after them."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tana_jupyter.engine.interpreter import ABORTED, Interpreter
from tana_jupyter.engine.watchdog import Watchdog
from tana_jupyter.errors import BusyError, ContractError, ContractStopped, ContractTimeout, TanaError
from tana_jupyter.session import Session

BEFORE = "import { kv } from 'tana/kv'; var keep = 'kept'; await kv.put('before', '1')"
PUTS = "for (let i = 0; i < 100000; i++) { await kv.put(`k${String(i).padStart(6, '0')}`, `${i}`); done = i }"


@pytest.fixture
def session() -> Session:
    session = Session()
    session.show = lambda *_: None
    session.run(BEFORE)
    return session


@contextmanager
def stopping(after: float) -> Iterator[None]:
    """Send SIGINT from another process: no thread of this one runs while the engine has the interpreter lock."""
    child = subprocess.Popen(["/bin/sh", "-c", f"sleep {after}; kill -INT {os.getpid()}"])
    try:
        yield
    finally:
        child.kill()
        child.wait()


def test_stop_in_the_middle_of_many_puts_keeps_data_and_variables(session: Session):
    session.run("var done = -1")
    with stopping(0.2), pytest.raises(ContractStopped, match="was stopped") as caught:
        session.run(PUTS, timeout=20)
    done = session.run("done").value
    assert isinstance(done, int)
    assert 0 < done < 99_999
    assert session.run("keep").value == "kept"
    # All that was acknowledged is there, in order and without a gap; at most one put was not told of.
    names = session.run("let all = [], cursor; do { const page = await kv.list({ prefix: 'k', cursor });"
                        " all.push(...page.keys.map((key) => key.name)); cursor = page.cursor } while (cursor); all").value  # fmt: skip
    assert isinstance(names, list)
    assert names == [f"k{i:06}" for i in range(len(names))]
    assert len(names) - (done + 1) in {0, 1}
    assert caught.value.outcome is not None
    assert caught.value.outcome.receipt.writes == len(names)


@pytest.mark.parametrize(
    "source",
    [
        "while (true) {}",
        "await 0; for (;;);",
        "for (;;) await 0",
        "await new Promise((r) => setTimeout(r, 1e6))",
    ],
)
def test_stop_ends_what_runs_and_what_sleeps(session: Session, source: str):
    started = time.monotonic()
    with stopping(0.15), pytest.raises(ContractStopped):
        session.run(source, timeout=20)
    assert time.monotonic() - started < 5
    assert session.run("1 + 1").value == 2


def test_stop_from_a_thread_reaches_a_store_loop(session: Session):
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(ContractStopped):
        session.run("for (;;) await kv.put('a', 'b')", timeout=20)
    timer.join()
    assert session.run("keep").value == "kept"


def test_nothing_is_written_once_the_run_is_over(session: Session):
    # Each way to go on after a call that never answers.
    source = """
      globalThis.late = 0;
      const put = () => kv.put(`late${late++}`, 'x');
      setInterval(put, 1);
      Promise.race([new Promise((r) => setTimeout(r, 5)), put()]).then(function again() { put(); return Promise.resolve().then(again) });
      for (;;) { try { await put() } catch {} finally { put() } }
    """
    with pytest.raises(ContractTimeout):
        session.run(source, timeout=0.2)
    rows = session.keys("late*", "notebook")["key"].tolist()
    time.sleep(0.05)
    session.run("1")
    session.settle()
    assert session.keys("late*", "notebook")["key"].tolist() == rows


def test_the_timers_of_a_stopped_run_are_cancelled_and_counted(session: Session):
    with pytest.raises(ContractTimeout) as caught:
        session.run("setTimeout(() => {}, 1e6); setInterval(() => {}, 1e6); for (;;) await kv.get('x')", timeout=0.1)
    assert "2 waiting timers were cancelled." in caught.value.helps
    assert session["notebook"].timers == 0


CELLS = [
    "1 + 1",
    "null.x",
    "while (true) {}",
    "for (;;) await 0",
    "for (;;) await kv.put('a', 'b')",
    "const all = []; for (;;) all.push(new ArrayBuffer(1e6))",
    "let x = ;",
    "await new Promise(() => {})",
    "$tana.host('?')",
]


@pytest.mark.parametrize("source", CELLS)
def test_previous_handlers_and_timer_are_restored(session: Session, source: str):
    def on_alarm(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError("the previous timer went off inside a run")

    def on_stop(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError("a signal reached the previous handler")

    before = signal.signal(signal.SIGALRM, on_alarm), signal.signal(signal.SIGINT, on_stop)
    signal.setitimer(signal.ITIMER_REAL, 500, 70)
    try:
        with suppress(TanaError):
            session.run(source, timeout=0.2)
        assert signal.getsignal(signal.SIGALRM) is on_alarm
        assert signal.getsignal(signal.SIGINT) is on_stop
        rest, interval = signal.getitimer(signal.ITIMER_REAL)
        assert 490 < rest <= 500.001
        assert interval == 70
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before[0])
        signal.signal(signal.SIGINT, before[1])


def test_a_default_handler_is_restored_and_no_signal_is_left_over(session: Session):
    before = signal.signal(signal.SIGALRM, signal.SIG_DFL)
    try:
        for _ in range(3):
            with pytest.raises(ContractTimeout):
                session.run("for (;;);", timeout=0.05)
            assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
            assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
        time.sleep(0.12)  # a tick that was still armed would end the process here
    finally:
        signal.signal(signal.SIGALRM, before)


class _Idle:
    aborting = False


def test_a_tick_after_the_end_arms_nothing():
    interpreter = _Idle()
    with Watchdog(interpreter, 10) as watchdog:  # type: ignore[arg-type] # only its flag is used
        pass
    watchdog._tick(signal.SIGALRM, None)
    watchdog._tick(signal.SIGINT, None)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert watchdog.reason is None
    assert interpreter.aborting is False


def test_no_limit_is_no_limit(session: Session):
    session.timeout = None
    with stopping(0.3), pytest.raises(ContractStopped):
        session.run("for (;;);")


def test_a_run_that_is_rebuilt_while_ticks_come_ends_cleanly(session: Session):
    # The tick comes every 50 ms, a new isolate takes some: sooner or later they meet.
    for _ in range(12):
        with pytest.raises(ContractTimeout):
            session.run("for (;;) await 0", timeout=0.02)
        assert session.run("1 + 1").value == 2


def test_a_large_heap_survives_the_check_after_an_abort(session: Session):
    session.run("const many = Array.from({ length: 150000 }, (_, i) => ({ i }))")
    for _ in range(4):
        with pytest.raises(ContractTimeout) as caught:
            session.run("for (;;);", timeout=0.05)
        assert not any("variables are gone" in text for text in caught.value.helps)
    assert session.run("many.length").value == 150_000


def test_host_calls_answer_only_that_the_run_is_over_once_it_is():
    calls: list[object] = []

    class NoModules:
        def normalize(self, base: str, name: str) -> str:
            return name

        def load(self, name: str) -> tuple[None, None, None]:
            return None, None, None

    interpreter = Interpreter({"x": calls.append}, {1: lambda *_: calls.append(1)}, NoModules(), calls.append)
    interpreter.aborting = True
    assert interpreter._call_python(b"x", b"[1]") == ABORTED
    assert interpreter._call_python(b"\x01k", b"[]") == ABORTED
    assert interpreter._call_python(b"?", b"[") == ABORTED
    assert calls == []


def test_the_contract_is_entered_on_the_main_thread_only(session: Session):
    caught: list[BaseException] = []

    def elsewhere(work: Callable[[], object]) -> None:
        try:
            work()
        except TanaError as error:
            caught.append(error)

    for work in (lambda: session.run("1"), session.settle, lambda: session.reset("notebook")):
        thread = threading.Thread(target=elsewhere, args=(work,))
        thread.start()
        thread.join()
    assert [type(error) for error in caught] == [BusyError] * 3
    assert "main thread" in str(caught[0])
    assert session.run("keep").value == "kept"


def test_a_run_inside_a_run_is_refused(session: Session):
    seen: list[BaseException] = []

    def show(_stream: str, _text: str) -> None:
        try:
            session.run("1")
        except BusyError as error:
            seen.append(error)

    session.show = show
    session.run("console.log('x')")
    assert len(seen) == 1
    assert "notebook is running" in str(seen[0])


def test_taking_a_name_cannot_hang(session: Session):
    session.run("Object.defineProperty(globalThis, 'loop', { get() { for (;;); } });"
                "Object.defineProperty(globalThis, 'fails', { get() { throw new Error('no') } }); 1")  # fmt: skip
    isolate = session["notebook"].runs.isolate
    assert isolate is not None
    with pytest.raises(TanaError, match=r"'loop' cannot be read: Error: it ran longer than 0\.2 s"):
        isolate.take("loop", 0.2)
    with pytest.raises(TanaError, match="'fails' cannot be read: Error: no"):
        isolate.take("fails")
    with pytest.raises(TanaError, match="'loop' cannot be brought into the contract"):
        isolate.give("loop", "1")
    assert session.run("keep").value == "kept"


def test_the_limit_of_a_run_is_the_limit_of_what_comes_before_and_after_it(session: Session, tmp_path: Path):
    (tmp_path / "forever.js").write_text("for (;;);")
    session.add(tmp_path / "forever.js")
    with pytest.raises(ContractError, match=r"cannot be loaded: Error: it ran longer than 0\.2 s"):
        session.run("import 'forever'", timeout=0.2)
    session.timeout = 0.2
    session.run("Object.defineProperty(globalThis, 'loop', { get() { for (;;); } }); 1")
    with pytest.raises(TanaError, match=r"'loop' cannot be read: Error: it ran longer than 0\.2 s"):
        session["notebook"].take("loop")


@pytest.mark.parametrize("limit", [0, -1, float("nan"), float("inf"), 1e300])
def test_a_limit_that_no_timer_takes_is_refused_and_changes_no_handler(session: Session, limit: float):
    session.run("export const get = () => 1", contract="shop")
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGALRM)
    for run in (lambda: session.run("1", timeout=limit), lambda: session["shop"].get(timeout=limit)):
        with pytest.raises(TanaError, match="is no time limit"):
            run()
    session.timeout = limit
    for run in (lambda: session.run("1"), session.settle):
        with pytest.raises(TanaError, match="is no time limit"):
            run()
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGALRM)) == before


@pytest.mark.parametrize("seconds", ["5", True, [1], b"5"])
def test_seconds_are_a_number(session: Session, seconds: Any):
    session.run("export const get = () => 1", contract="shop")
    for run in (lambda: session.run("1", timeout=seconds), lambda: session["shop"].get(timeout=seconds)):
        with pytest.raises(TanaError, match="is no time limit"):
            run()
    with pytest.raises(TanaError, match="is no number of seconds"):
        session.settle(seconds)


def test_a_limit_is_kept_and_not_before_it_is_reached(session: Session):
    started = time.monotonic()
    with pytest.raises(ContractTimeout):
        session.run("for (;;);", timeout=0.1)
    assert time.monotonic() - started >= 0.1


def test_an_error_near_the_limit_is_never_a_python_one(session: Session):
    # Whatever the tick meets, the user sees an error of ours.
    source = "let n = 0; for (;;) { n++; try { await kv.put('a', `${n}`); null.x } catch (error) { Promise.reject(error).catch(() => {}) } }"
    for limit in (0.01, 0.02, 0.03, 0.05, 0.08):
        with pytest.raises(ContractError) as caught:
            session.run(source, timeout=limit)
        assert isinstance(caught.value, ContractTimeout)
    assert list(session.failures) == []
