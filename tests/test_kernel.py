"""The extension in a real kernel: cells, streams, Stop, messages in the middle of a cell, restart."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

pytest.importorskip("jupyter_client", reason="pip install -e '.[test]'")

from tests.kernel import Executed, Kernel, Running

pytestmark = pytest.mark.needs("kernel")

PATIENCE = 90.0


@pytest.fixture(scope="module")
def tana(kernel: Kernel) -> Kernel:
    """The module's kernel with the extension loaded."""
    loaded(kernel)
    return kernel


def loaded(kernel: Kernel) -> Kernel:
    done = kernel.execute("%load_ext tana_jupyter\nimport tana_jupyter", timeout=PATIENCE)
    assert (done.status, done.stderr) == ("ok", "")
    return kernel


def run(kernel: Kernel, source: str, line: str = "") -> Executed:
    return kernel.execute(f"%%tana {line}\n{source}", timeout=PATIENCE)


def stopped(kernel: Kernel, source: str, *, after: float = 0.3, line: str = "") -> Executed:
    """Run a cell that prints ``go``, press Stop a little later, and give back what it left."""
    cell = kernel.begin(f"%%tana {line}\n{source}")
    cell.wait_for("go", PATIENCE)
    time.sleep(after)
    kernel.interrupt()
    return cell.finish(PATIENCE)


def check_stopped(done: Executed, *, name: str = "notebook") -> None:
    """One short error, no Python in it."""
    (error,) = done.errors
    assert done.status == "error"
    assert error.name == "ContractStopped"
    assert error.text.startswith(f"{name}#")
    assert error.text.endswith(" was stopped")
    assert error.traceback.startswith(f"❌ Stopped\n\n{error.text}")
    assert "Traceback" not in error.traceback
    assert "tana_jupyter" not in error.traceback
    assert "KeyboardInterrupt" not in error.traceback


def test_the_session_is_there_before_any_cell(fresh_kernel: Kernel) -> None:
    loaded(fresh_kernel)
    done = fresh_kernel.execute("session = tana_jupyter.session()\nsession.run('6 * 7')")
    assert (done.errors, done.text) == ([], "42")
    assert fresh_kernel.execute("%tana\ntana_jupyter.session() is session").text == "True"


def test_a_cell_shows_its_value(tana: Kernel) -> None:
    done = run(tana, "interface A { n: number }\nconst a: A = { n: 41 };\n({ sum: a.n + 1, when: [1, 'x'] })")
    assert (done.status, done.stdout, done.stderr) == ("ok", "", "")
    assert [sorted(bundle) for bundle in done.results] == [["text/html", "text/plain"]]
    assert done.text == '{ sum: 42, when: [ 1, "x" ] }'
    kinds = [message["msg_type"] for message in done.messages]
    assert kinds == ["status", "execute_input", "execute_result", "status"]


def test_the_shown_text_is_the_same_each_time(tana: Kernel) -> None:
    source = "[new Map([['a', { b: new Date(0) }]]), new Set([1]), class K {}, () => 1, Symbol('s')]"
    first, again = run(tana, source), run(tana, source)
    assert first.text == again.text
    assert "0x" not in first.text


def test_undefined_shows_nothing(tana: Kernel) -> None:
    done = run(tana, "const nothing = 1")
    assert (done.results, done.stdout, done.stderr) == ([], "", "")


def test_streams_keep_apart_and_in_order(tana: Kernel) -> None:
    done = run(tana, "console.log('a'); console.error('b'); console.log('c'); console.warn('d')")
    assert (done.stdout, done.stderr) == ("a\nc\n", "b\nd\n")
    streams = [message["content"]["text"] for message in done.messages if message["msg_type"] == "stream"]
    assert streams == ["a\n", "b\n", "c\n", "d\n"]


WAITS = "await new Promise((done) => setTimeout(done, 1500))"
COMPUTES = "const until = Date.now() + 1500; while (Date.now() < until);"


@pytest.mark.parametrize("rest", [WAITS, COMPUTES], ids=["waits", "computes"])
def test_lines_arrive_while_the_cell_runs(tana: Kernel, rest: str) -> None:
    source = f"for (let n = 0; n < 10; n++) console.log('early', n)\nconsole.error('too')\n{rest}\nconsole.log('late')"
    cell = tana.begin(f"%%tana stream\n{source}")
    early = cell.until(lambda done: "early 9" in done.stdout and "too" in done.stderr, "print early", PATIENCE)
    assert "late" not in early.stdout
    assert early.messages[-1]["content"].get("execution_state") != "idle"
    assert cell.finish(PATIENCE).stdout.endswith("early 9\nlate\n")


def test_a_flood_of_lines_has_arrived_when_the_cell_waits(tana: Kernel) -> None:
    cell = tana.begin(f"%%tana stream\nfor (let n = 0; n < 2000; n++) console.log(n)\n{WAITS}\nconsole.log('late')")
    early = cell.until(lambda done: "\n1999\n" in done.stdout, "print 1999", PATIENCE)
    assert "late" not in early.stdout
    assert cell.finish(PATIENCE).stdout == "".join(f"{n}\n" for n in range(2000)) + "late\n"


def test_an_error_shows_its_frame_and_nothing_of_python(tana: Kernel) -> None:
    done = run(tana, "function total(cart) {\n  return cart.items.length\n}\ntotal({})", "shop")
    (error,) = done.errors
    assert error.name == "ContractError"
    assert error.text == "TypeError: cannot read property 'length' of undefined (shop#1:2:21)"
    assert error.traceback.splitlines() == [
        "❌ Runtime Error",
        "",
        "┌─ shop#1:2:21",
        "│",
        "  2 │   return cart.items.length",
        "    │                     ^^^^^^ TypeError: cannot read property 'length' of undefined",
        "│",
        "= at total (shop#1:2:21)",
        "= at shop#1:4:1",
        "│",
        "└─",
    ]


@pytest.mark.parametrize(
    ("source", "name", "text"),
    [
        ("const = 1", "ContractSyntaxError", "SyntaxError: "),
        ("import x from 'nowhere'", "ContractSyntaxError", "Module 'nowhere' not found"),
        ("throw 'plain'", "ContractError", "Uncaught: "),
        ("await new Promise(() => 1)", "ContractStuck", "awaits something that nothing can resolve"),
        ("throw new RangeError('x'.repeat(100))", "ContractError", "RangeError: xxx"),
        ("throw new Error('two\\nlines')", "ContractError", "Error: two\nlines"),
    ],
)
def test_errors_have_a_short_name_and_text(tana: Kernel, source: str, name: str, text: str) -> None:
    (error,) = run(tana, source).errors
    assert error.name == name
    assert text in error.text
    assert len(error.text) < 250
    assert "Traceback" not in error.traceback
    assert run(tana, "1").text == "1"


def test_the_time_limit_of_a_line(tana: Kernel) -> None:
    (error,) = run(tana, "while (true) {}", "--timeout 0.3").errors
    assert (error.name, error.text.split("#")[0]) == ("ContractTimeout", "notebook")
    assert "ran longer than 0.3 s" in error.traceback


def test_stop_ends_an_endless_loop(tana: Kernel) -> None:
    run(tana, "const kept = 5", "loops")
    check_stopped(stopped(tana, "console.log('go'); while (true) {}", line="loops"), name="loops")
    assert run(tana, "kept", "loops").text == "5"


def test_stop_in_a_loop_of_puts_keeps_data_and_variables(tana: Kernel) -> None:
    source = (
        "import { kv } from 'tana/kv'\n"
        "let done = 0\nconsole.log('go')\n"
        "for (let n = 0; ; n = (n + 1) % 100_000) { await kv.put(`k:${n}`, `v${n}`); done++ }"
    )
    run(tana, "const before = 'still here'", "puts")
    ended = stopped(tana, source, line="puts")
    check_stopped(ended, name="puts")
    assert ended.text.startswith("Before it ended: ")
    shown = run(tana, "[before, done, await kv.get('k:0'), await kv.get(`k:${Math.min(done, 100_000) - 1}`)]", "puts")
    before, count, first, last = json.loads(shown.text)  # a list of literals
    assert (before, first) == ("still here", "v0")
    assert last == f"v{min(count, 100_000) - 1}"
    rows = tana.execute("len(tana_jupyter.session().keys(contract='puts', limit=200_000))", PATIENCE)
    # The put that Stop fell into is either there or not; what was acknowledged is there.
    assert int(rows.text) in {min(count, 100_000), min(count + 1, 100_000)}


def test_stop_in_the_middle_of_an_await(tana: Kernel) -> None:
    began = time.monotonic()
    done = stopped(tana, "const w = 7\nconsole.log('go'); await new Promise((f) => setTimeout(f, 600_000))")
    check_stopped(done)
    assert "1 waiting timer was cancelled" in done.errors[0].traceback
    assert time.monotonic() - began < 20
    assert run(tana, "w").text == "7"


def test_stop_cannot_be_caught(tana: Kernel) -> None:
    source = "import { kv } from 'tana/kv'\nconsole.log('go')\nfor (;;) { try { await kv.put('a', 'b') } catch {} finally { console.log('f') } }"
    check_stopped(stopped(tana, source, line="catcher"), name="catcher")
    assert run(tana, "await kv.get('a')", "catcher").text == '"b"'


@pytest.mark.parametrize(
    "loop", ["for (;;) console.log('go')", "for (;;) { console.log('go'); await 0 }"], ids=["sync", "async"]
)
def test_stop_in_endless_console_output(tana: Kernel, loop: str) -> None:
    run(tana, "const w = 7")
    done = stopped(tana, loop)
    check_stopped(done)
    assert done.stdout == "go\n" * 10_000
    assert done.stderr.startswith("(console output is cut: ")
    if "await" not in loop:
        assert run(tana, "w").text == "7"
    assert run(tana, "1").text == "1"


STOP_THE_COMPILER = """
import os, signal, sys, threading, time

def compiling(frame):
    return frame is not None and (frame.f_code.co_name == "compile_cell" or compiling(frame.f_back))

def watch(main):
    while not compiling(sys._current_frames()[main]):
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGINT)

threading.Thread(target=watch, args=[threading.main_thread().ident], daemon=True).start()
"""


def test_stop_while_a_cell_is_compiled(tana: Kernel) -> None:
    body = "\n".join(f"function f{n}(a: number, b: string): string {{ return `${{a}}${{b}}` }}" for n in range(4_000))
    # From inside: from here nobody can tell the compiler's time from that which IPython takes to read the cell.
    tana.execute(STOP_THE_COMPILER)
    done = tana.execute(f"%%tana big\nenum Left {{ Behind }}\n{body}", PATIENCE)
    check_stopped(done, name="big")
    assert "It was being compiled: nothing of it ran." in done.errors[0].traceback
    assert run(tana, "enum Four { Is = 4 }\nFour.Is", "big").text == "4"


def test_many_stops_at_once(tana: Kernel) -> None:
    cell = tana.begin("%%tana loops\nconsole.log('go'); for (;;) { await 0 }")
    cell.wait_for("go", PATIENCE)
    for _ in range(5):
        tana.interrupt()
        time.sleep(0.02)
    cell.finish(PATIENCE)
    assert run(tana, "1 + 1", "loops").text == "2"


def test_stop_and_timers_are_given_back_to_python(tana: Kernel) -> None:
    check_stopped(stopped(tana, "console.log('go'); while (true) {}"))
    handlers = tana.execute(
        "import signal\n"
        "[signal.getsignal(signal.SIGINT) is signal.default_int_handler,\n"
        " signal.getsignal(signal.SIGALRM) is signal.SIG_DFL, signal.getitimer(signal.ITIMER_REAL)]"
    )
    assert handlers.text == "[True, True, (0.0, 0.0)]"
    cell = tana.begin("import time\nprint('go', flush=True)\ntime.sleep(60)")
    cell.wait_for("go")
    tana.interrupt()
    (error,) = cell.finish().errors
    assert error.name == "KeyboardInterrupt"
    assert run(tana, "1").text == "1"


# What a widget would do: a comm whose messages look at the session and change it.
COMM = """
from comm import get_comm_manager
def opened(comm, message):
    @comm.on_msg
    def received(message):
        import threading
        verb = message["content"]["data"]["verb"]
        session = tana_jupyter.session()
        try:
            answer = VERBS[verb](session)
        except Exception as error:
            answer = f"{type(error).__name__}: {error}"
        comm.send({"answer": str(answer), "main": threading.current_thread() is threading.main_thread()})
VERBS = {
    "keys": lambda session: len(session.keys(contract="busy")),
    "get": lambda session: session.get("k", contract="busy"),
    "staged": lambda session: len(session.staged()),
    "run": lambda session: session.run("6 * 7", contract="busy").value,
    "settle": lambda session: session.settle(),
    "clear": lambda session: session.clear("busy", yes=True),
    "commit": lambda session: session.commit(),
    "rollback": lambda session: session.rollback(),
    "reset": lambda session: session.reset("busy"),
}
get_comm_manager().register_target("tests", opened)
"""

HOLDS = """%%tana busy
import { kv } from 'tana/kv'
await kv.put('k', 'v')
console.log('go')
const pause = () => new Promise((done) => setTimeout(done, 20))
for (let n = 0; n < 100; n++) { await kv.put(`k${n}`, 'v'); await pause() }
console.log('end')
"""


def answer(message: Running) -> dict[str, Any]:
    (got,) = message.until(lambda done: done.comm_messages, "answer", PATIENCE).comm_messages
    return got


@pytest.fixture(scope="module")
def comm(tana: Kernel) -> str:
    done = tana.execute(COMM)
    assert done.status == "ok"
    return tana.open_comm("tests", {})


@pytest.fixture(scope="module")
def subshell(tana: Kernel) -> str:
    made = tana.subshell()
    if made is None:
        pytest.skip("this ipykernel has no subshells: pip install 'ipykernel>=7'")
    return made


READS = ["keys", "get", "staged"]
WRITES = ["run", "settle", "clear", "commit", "rollback", "reset"]


def test_in_the_middle_of_a_cell_reads_are_busy_and_writes_refused(tana: Kernel, comm: str, subshell: str) -> None:
    cell = tana.begin(HOLDS)
    cell.wait_for("go", PATIENCE)
    answers = {verb: answer(tana.send_comm(comm, {"verb": verb}, subshell=subshell)) for verb in READS + WRITES}
    assert "end" not in cell.so_far().stdout, "the cell was over before the messages were answered"
    done = cell.finish(PATIENCE)
    assert (done.status, done.stdout) == ("ok", "go\nend\n")
    assert not any(each["main"] for each in answers.values())
    for verb in READS:
        assert answers[verb]["answer"] == "BusyError: busy: busy is running", verb
    for verb in WRITES:
        assert answers[verb]["answer"].startswith("BusyError: "), verb
        assert "\n" not in answers[verb]["answer"], verb
    assert tana.execute("len(tana_jupyter.session().keys(contract='busy'))").text == "101"


def test_after_the_cell_messages_on_a_subshell_work_again(tana: Kernel, comm: str, subshell: str) -> None:
    run(
        tana,
        "import { kv } from 'tana/kv'; import { data } from 'tana/data'\nawait kv.put('k', 'v'); data.set('d', '1')",
        "busy",
    )
    asked = {
        verb: answer(tana.send_comm(comm, {"verb": verb}, subshell=subshell))["answer"]
        for verb in ["get", "staged", "commit", "clear", "keys", "run"]
    }
    assert (asked["get"], asked["staged"], asked["commit"]) == ("v", "1", "{'busy': 1}")
    assert asked["clear"].startswith("deleted ")
    assert asked["keys"] == "0"
    assert asked["run"] == "BusyError: contracts run on the main thread only: nothing could stop them on another one"
    assert run(tana, "await kv.get('k')", "busy").text == "null"


def test_on_the_main_shell_a_message_waits_for_the_cell(tana: Kernel, comm: str) -> None:
    # Of its own: ipykernel may send the messages of a comm where an earlier one was answered.
    comm = tana.open_comm("tests", {})
    cell = tana.begin(HOLDS.replace("n < 100", "n < 30"))
    cell.wait_for("go", PATIENCE)
    sent = [tana.send_comm(comm, {"verb": verb}) for verb in ["get", "run", "clear", "keys"]]
    assert cell.finish(PATIENCE).stdout == "go\nend\n"
    answers = [answer(each) for each in sent]
    assert all(each["main"] for each in answers), answers
    assert [each["answer"] for each in answers][:2] == ["v", "42"]
    assert answers[2]["answer"].startswith("deleted ")
    assert answers[3]["answer"] == "0"


def test_a_reader_on_another_thread_does_not_fail_a_cell(tana: Kernel) -> None:
    """A widget that reads between two cells must not make the second one fail."""
    done = tana.execute(
        "import threading, time\n"
        "session, stop, bad = tana_jupyter.session(), threading.Event(), []\n"
        "session.run(\"import { kv } from 'tana/kv'\", 'read')\n"
        "session.run(\"for (let n = 0; n < 3000; n++) await kv.put('k' + n, 'v')\", 'read')\n"
        "def read():\n"
        "    while not stop.is_set():\n"
        "        try: session.keys(contract='read')\n"
        "        except tana_jupyter.BusyError as error: bad.append(str(error))\n"
        "        except BaseException as error: bad.append(repr(error))\n"
        "threads = [threading.Thread(target=read) for _ in range(2)]\n"
        "for thread in threads: thread.start()\n"
        "try: values = [session.run(f\"await kv.put('k', '{n}'); {n}\", 'read').value for n in range(60)]\n"
        "finally:\n"
        "    stop.set()\n"
        "    for thread in threads: thread.join()\n"
        "values == list(range(60)), sorted(set(bad))",
        timeout=PATIENCE,
    )
    assert done.errors == []
    assert done.results[0]["text/plain"] in {"(True, [])", "(True, ['busy: read is running'])"}


def test_reload_keeps_data_and_restart_starts_empty(fresh_kernel: Kernel) -> None:
    loaded(fresh_kernel)
    run(fresh_kernel, "import { kv } from 'tana/kv'\nconst x = 5; await kv.put('k', 'v')")
    assert fresh_kernel.execute("%reload_ext tana_jupyter").status == "ok"
    assert run(fresh_kernel, "[x, await kv.get('k')]").text == '[ 5, "v" ]'
    fresh_kernel.restart()
    (error,) = fresh_kernel.execute("tana_jupyter").errors
    assert error.name == "NameError"
    loaded(fresh_kernel)
    assert (
        run(fresh_kernel, "import { kv } from 'tana/kv'\n[typeof x, await kv.get('k')]").text == '[ "undefined", null ]'
    )
    assert fresh_kernel.execute("len(tana_jupyter.session().keys())").text == "0"
