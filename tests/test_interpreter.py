"""What engine/interpreter.py relies on in dukpy. A failure here means: an update of dukpy changed it, look before use."""

import importlib.metadata
import inspect
import signal
from collections.abc import Iterator
from types import FrameType

import pytest
from dukpy.evaljs import JSInterpreter

from tana_jupyter.engine.interpreter import Interpreter, JSRuntimeError
from tana_jupyter.errors import GuestError


class Sources:
    """Serves one module and notes what was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def normalize(self, base: str, name: str) -> str:
        self.asked.append(("normalize", base, name))
        return name

    def load(self, name: str) -> tuple[str | None, str | None, str | None]:
        self.asked.append(("load", name))
        return (name, "export const served = 5", "module") if name == "served" else (None, None, None)


def interpreter(**operations: object) -> Interpreter:
    return Interpreter(operations, {1: lambda name, arguments: b'"%d"' % len(name + arguments)}, Sources(), print)


def test_the_version_is_one_that_was_looked_at():
    assert importlib.metadata.version("dukpy").startswith("0.6.")


def test_the_constructor_calls_three_runtimes_and_a_new_context_only():
    text = inspect.getsource(JSInterpreter.__init__)
    calls = [line.strip() for line in text.splitlines() if "(" in line and "def " not in line]
    assert calls == [
        "self._loader = JSModuleLoader()",
        "self._ctx = _dukpy.create_context()",
        "self._init_process()",
        "self._init_console()",
        "self._init_require()",
    ]
    names = interpreter().evaluate(b"Object.getOwnPropertyNames(globalThis)")
    assert {"call_python", "dukpy"} <= set(names)
    assert not {
        "process",
        "require",
        "console",
        "module",
        "exports",
        "_dukpy_eval_cjs_source",
        "std",
        "os",
    } & set(names)


def test_host_calls_arrive_as_bytes_and_answer_with_json():
    seen: list[object] = []

    class Noting(Interpreter):
        def _call_python(self, name: bytes, arguments: bytes) -> bytes | None:
            seen.append((name, arguments))
            return super()._call_python(name, arguments)

    def echo(*arguments: object) -> object:
        return list(arguments)

    engine = Noting({"echo": echo, "nothing": lambda: None}, {}, Sources(), print)
    assert engine.evaluate(b"call_python('echo', 1, 'a\\ud800', null, [undefined, NaN], {a: 1, b() {}})") == [
        1, "a\ud800", None, [None, None], {"a": 1},
    ]  # fmt: skip
    assert engine.evaluate(b"call_python('nothing') === undefined") is True
    assert engine.evaluate(b"call_python('ec\\0ho', 'x')") == {"!": ["Error", "Internal error (see %tana log)", None]}
    assert seen[0] == (b"echo", b'["1"]') or seen[0][1].startswith(b"[1,")
    assert seen[-1] == (b"ec", b'["x"]')  # U+0000 ends a name
    assert all(type(part) is bytes for call in seen for part in call)


def test_a_name_below_a_space_is_packed():
    assert interpreter().evaluate(b"call_python('\\x01four', 1)") == str(len(b"four") + len(b"[1]"))


def test_no_exception_reaches_the_guest():
    def fails() -> None:
        raise ValueError("postgresql://user:secret@host")

    def stops() -> None:
        raise KeyboardInterrupt

    def refuses() -> None:
        raise GuestError("RangeError", "half \ud800", status=5)

    def recurses() -> None:
        raise RecursionError

    reported: list[BaseException] = []
    engine = Interpreter(
        {"fails": fails, "stops": stops, "refuses": refuses, "recurses": recurses, "odd": object},
        {},
        Sources(),
        reported.append,
    )
    internal = {"!": ["Error", "Internal error (see %tana log)", None]}
    for name in ("fails", "stops", "odd", "missing"):
        assert engine.evaluate(f"call_python('{name}')".encode()) == internal
    assert engine.evaluate(b"call_python('fails', 'too many')") == internal
    assert [type(error) for error in reported] == [
        ValueError,
        KeyboardInterrupt,
        TypeError,
        KeyError,
        TypeError,
    ]
    assert engine.evaluate(b"call_python('refuses')") == {"!": ["RangeError", "half \ud800", {"status": 5}]}
    assert engine.evaluate(b"call_python('recurses')")["!"][0] == "RangeError"


def test_a_name_that_is_no_utf8_is_answered():
    assert interpreter().evaluate(b"call_python('\\ud800')")["!"][0] == "Error"
    assert interpreter().evaluate(b"call_python('\\x01\\ud800')") == "5"


def test_call_python_and_dukpy_are_set_at_each_evaluation():
    # Why the seal needs accessors that swallow: what is deleted comes back.
    engine = interpreter()
    engine.evaluate(b"delete globalThis.call_python; delete globalThis.dukpy; 0")
    assert engine.evaluate(b"[typeof call_python, typeof dukpy]") == ["function", "object"]
    script = (
        b"for (const name of ['call_python', 'dukpy']) Object.defineProperty(globalThis, name,"
        b" { get: () => undefined, set: () => {}, configurable: false }); 0"
    )
    engine.evaluate(script)
    assert engine.evaluate(b"[typeof call_python, typeof dukpy]") == ["undefined", "undefined"]


def test_all_jobs_run_before_the_value_is_taken():
    script = b"const o = {}; Promise.resolve().then(() => {}).then(() => { o.late = 1 }); o"
    assert interpreter().evaluate(script) == {"late": 1}


def test_the_script_is_named_and_lines_count_from_its_first():
    with pytest.raises(JSRuntimeError) as caught:
        interpreter().evaluate(b"\n\n  null.x")
    assert "(<dukpy>:3:" in str(caught.value)


def test_columns_count_bytes_of_utf8():
    columns = []
    for text in ("a", "é", "漢", "😀"):
        with pytest.raises(JSRuntimeError) as caught:
            interpreter().evaluate(f"'{text}'; null.x".encode())
        columns.append(int(str(caught.value).rsplit(":", 1)[1].strip(") \n")))
    assert [column - columns[0] for column in columns] == [0, 1, 2, 3]


def test_modules_come_from_the_loader_only():
    engine = interpreter()
    sources = engine._loader
    script = (
        b"const o = {}; import('served').then((m) => { o.served = m.served });"
        b"import('/etc/passwd').catch((e) => { o.passwd = `${e}` });"
        b"import('./x.js').catch((e) => { o.near = `${e}` }); o"
    )
    assert engine.evaluate(script) == {
        "served": 5,
        "passwd": "ReferenceError: cannot find module: /etc/passwd",
        "near": "ReferenceError: cannot find module: ./x.js",
    }
    assert ("load", "/etc/passwd") in sources.asked


def test_a_rejection_nobody_waits_for_ends_the_evaluation():
    with pytest.raises(JSRuntimeError, match="Error: no"):
        interpreter().evaluate(b"Promise.reject(new Error('no')); 1")
    assert interpreter().evaluate(b"Promise.reject(1).catch(() => {}); 1") == 1
    engine = interpreter()
    with pytest.raises(JSRuntimeError, match="\ud800"):
        engine.evaluate(b"Promise.reject('\\ud800'); 1")
    assert engine.evaluate(b"2") == 2


def test_the_heap_is_limited_and_says_so():
    engine = interpreter()
    with pytest.raises(JSRuntimeError, match="out of memory"):
        engine.evaluate(b"const all = []; for (;;) all.push(new ArrayBuffer(1e7))")
    assert engine.evaluate(b"let sum = 0; for (const b of all) sum += b.byteLength; sum") == 130_000_000


class Ticked(BaseException):
    """Raised by the handler of these tests."""


@pytest.fixture
def ticking() -> Iterator[None]:
    def tick(_number: int, _frame: FrameType | None) -> None:
        raise Ticked

    before = signal.signal(signal.SIGALRM, tick)
    signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    ("script", "usable"),
    [
        (b"for (;;) { try { (() => { for (;;); })() } catch {} }", True),
        (b"/^(a+)+$/.test('a'.repeat(40) + 'b')", True),
        (b"(async () => { for (;;) await 0 })(); 1", False),
    ],
)
@pytest.mark.usefixtures("ticking")
def test_a_handler_that_raises_ends_what_runs(script: bytes, usable: bool):
    engine = interpreter()
    with pytest.raises(Ticked):
        engine.evaluate(script)
    signal.setitimer(signal.ITIMER_REAL, 0)
    if usable:
        assert engine.evaluate(b"1 + 1") == 2
    else:
        # Aborted among promise jobs: dukpy takes the context for unusable, which is why isolates are rebuilt.
        with pytest.raises(JSRuntimeError, match="unusable"):
            engine.evaluate(b"1 + 1")


def test_two_interpreters_share_nothing():
    one, two = interpreter(), interpreter()
    one.evaluate(b"globalThis.here = 1; Array.prototype.here = 2; Symbol.for('here').description; 0")
    assert two.evaluate(b"[typeof here, typeof [].here]") == ["undefined", "undefined"]
