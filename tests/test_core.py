"""tana/core: the console's formatting, and the version."""

from __future__ import annotations

import pytest

from tana_jupyter import Session

FORMATTED = [
    ("", ""),
    ("1, 'a', true", "1 a true"),
    ("null, undefined", "null undefined"),
    ("'a b', ''", "a b "),
    ("5n, Symbol('s')", "5 Symbol(s)"),
    ("{ a: 1, b: [1, 2] }", '{\n  "a": 1,\n  "b": [\n    1,\n    2\n  ]\n}'),
    ("[]", "[]"),
    ("new Date(0)", '"1970-01-01T00:00:00.000Z"'),
    ("{ big: 1n }", "[object Object]"),
    ("(() => { const a = {}; a.a = a; return a })()", "[object Object]"),
    ("NaN, -0, Infinity", "NaN 0 Infinity"),
    ("new TypeError('bad')", "TypeError: bad"),
    ("new Error('')", "Error"),
    ("Object.assign(new Error('x'), { name: 'Odd' })", "Odd: x"),
    # Tana's own of these would be {}, as if nothing were there.
    ("Promise.resolve(1)", "Promise (not awaited)"),
    ("new Map([['a', { n: 1 }]])", 'Map(1) { "a" => { n: 1 } }'),
    ("new Set([1, 2]), new Map()", "Set(2) { 1, 2 } Map(0) {}"),
    ("{ toJSON() { return undefined } }", "[object Object]"),
    ("{ toJSON() { throw 1 }, toString() { throw 2 } }", "[object]"),
    ("function f(a) { a() }", "function f(a) { a() }"),
    ("'lone \\ud800 half'", "lone \ufffd half"),
    ("'é', '😀'", "é 😀"),
]


@pytest.mark.parametrize(("arguments", "text"), FORMATTED)
def test_console_formats_as_tana_does(arguments: str, text: str) -> None:
    outcome = Session().run(f"console.log({arguments})")
    assert [(log.level, log.text) for log in outcome.logs] == [("log", text)]


@pytest.mark.parametrize(
    ("level", "stream"),
    [("log", "stdout"), ("info", "stdout"), ("debug", "stdout"), ("warn", "stderr"), ("error", "stderr")],
)
def test_levels_go_to_their_streams(level: str, stream: str, capsys: pytest.CaptureFixture[str]) -> None:
    Session().run(f"console.{level}('heard', 1)")
    captured = capsys.readouterr()
    assert getattr(captured, "out" if stream == "stdout" else "err") == "heard 1\n"
    assert captured.out + captured.err == "heard 1\n"


def test_the_order_of_the_two_streams_is_kept_in_the_logs() -> None:
    outcome = Session().run("console.log(1); console.error(2); console.log(3)")
    assert [(log.stream, log.text) for log in outcome.logs] == [
        ("stdout", "1"),
        ("stderr", "2"),
        ("stdout", "3"),
    ]


def test_the_global_console_is_the_one_of_the_module() -> None:
    source = "import { console as c, core, version } from 'tana/core'; [c === console, core.console === console, version.tana]"
    assert Session().run(source).value == [True, True, "0.1.0"]


def test_console_methods_need_no_this() -> None:
    outcome = Session().run("const { log } = console; [1, 2].forEach((n) => log(n))")
    assert [log.text for log in outcome.logs] == ["1", "2"]


def test_a_call_with_a_wrong_level_is_refused() -> None:
    # A contract cannot reach the host call; the host does not trust it all the same.
    from tana_jupyter.errors import GuestError
    from tana_jupyter.modules import operations

    session = Session()
    session.run("1")
    write = operations(session["notebook"].runs.host)[0]["core.write"]
    for arguments in [("shout", "x"), ("log", 5), (None, None)]:
        with pytest.raises(GuestError):
            write(*arguments)
