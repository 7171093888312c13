"""What a failed cell shows: the place in the cell, the guest's own frames, causes; nothing of ours."""

import pytest

from tana_jupyter.errors import ContractError, ContractSyntaxError, Frame
from tana_jupyter.session import Session


@pytest.fixture
def session() -> Session:
    session = Session()
    session.show = lambda *_: None
    return session


def failure(session: Session, source: str, contract: str = "notebook") -> ContractError:
    with pytest.raises(ContractError) as caught:
        session.run(source, contract=contract)
    return caught.value


def places(error: ContractError) -> list[str]:
    return [str(frame) for frame in error.frames]


HEADLINES = {
    "null.x": "TypeError: cannot read property 'x' of null",
    "missing": "ReferenceError: missing is not defined",
    "throw new Error('a')": "Error: a",
    "throw new Error('')": "Error",
    "throw Object.assign(new Error('a'), { name: '' })": "a",
    "throw Object.assign(new Error('a'), { name: 'Mine' })": "Mine: a",
    "class Mine extends Error {}; throw new Mine('a')": "Mine: a",
    "class Named extends Error { name = 'Other' }; throw new Named('a')": "Other: a",
    "throw new AggregateError([new Error('b')], 'a')": "AggregateError: a",
    "throw new DOMException('a', 'AbortError')": "AbortError: a",
    "await Promise.reject(new RangeError('a'))": "RangeError: a",
    "Promise.reject(new RangeError('a')); 1": "RangeError: a",
    "setTimeout(() => { throw new RangeError('a') }, 0); 1": "RangeError: a",
    "queueMicrotask(() => { throw new RangeError('a') }); 1": "RangeError: a",
    "throw new SyntaxError('mine')": "SyntaxError: mine",
    "(0, eval)('let = = 1')": "SyntaxError: ",
    "throw 'text'": 'Uncaught: "text"',
    "throw { a: 1 }": "Uncaught: { a: 1 }",
    "throw null": "Uncaught: null",
    "throw undefined": "Uncaught: undefined",
    "throw Symbol('s')": "Uncaught: Symbol(s)",
    "throw () => 1": "Uncaught: [Function (anonymous)]",
    "throw 5n": "Uncaught: 5n",
    "throw new Proxy(new Error('a'), {})": "Error: a",
    "throw Object.freeze(new Error('a'))": "Error: a",
    "throw Object.create(Error.prototype)": "Error",
    "throw new (class extends Error { get message() { throw 1 } })()": "Error: an error that cannot be read",
    "const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy": "",
    "throw { get a() { throw 1 }, toString() { throw 2 }, toJSON() { throw 3 } }": "Uncaught: ",
    "throw new Error('half \\ud800')": "Error: half \ufffd",
    "throw '\\udc00'": "Uncaught: ",
    "Promise.reject('\\ud800 half'); 1": "Uncaught: \ufffd half",
    "JSON.parse('{')": "SyntaxError: ",
    "new URL('nope')": "TypeError: Invalid URL",
    "import { kv } from 'tana/kv'; await kv.get('')": "TypeError: Key name cannot be empty.",
}


@pytest.mark.parametrize(("source", "headline"), HEADLINES.items())
def test_what_was_thrown_is_named(session: Session, source: str, headline: str):
    error = failure(session, source)
    assert (
        error.headline.startswith(headline)
        if headline.endswith((" ", "URL")) or not headline
        else error.headline == headline
    )
    assert error.headline
    error.headline.encode()  # no half of a surrogate pair, which no stream takes
    "\n".join(error._render_traceback_()).encode()
    assert session.run("1 + 1").value == 2


PLACES = {
    "null.x": ["notebook#1:1:6"],
    "// one\n\n  missing": ["notebook#1:3:3"],
    "'漢😀'; null.x": ["notebook#1:1:12"],
    "const é: string = '😀'; (é as any).a.b": ["notebook#1:1:37"],
    "function outer(n: number): never {\n  return inner(n)\n}\nfunction inner(n: number): never {\n  throw new Error(`${n}`)\n}\nouter(1)": [
        "inner (notebook#1:5:13)", "outer (notebook#1:2:10)", "notebook#1:7:1",
    ],
    "async function late() {\n  await null;\n  null.x\n}\nawait late()": ["late (notebook#1:3:8)"],
    "[1].map(function each() { missing })": ["each (notebook#1:1:27)", "notebook#1:1:5"],
    # Calls in the arguments do not take the blame.
    "import { kv } from 'tana/kv'\nconst id = (x: any) => x\nawait kv.put(\n  id('k'.repeat(600)),\n  id(1))": [
        "notebook#1:3:10",
    ],
    "const id = (x: any) => x\nthrow new RangeError(\n  id('a') +\n  id('b'))": ["notebook#1:2:11"],
    "class A { constructor() { throw new Error('a') } }\nnew A(\n  Number(1))": ["A (notebook#1:1:37)", "notebook#1:2:5"],
    "JSON.parse(\n  String('{'))": ["notebook#1:1:6"],
    "throw { a: 1 }": ["notebook#1:1:7"],
    "if (true) {\n  throw 'text'\n}": ["notebook#1:2:9"],
    "enum A { B }\nnull.x": ["notebook#1:2:6"],
    "const { url } = { url: 'nope' };\nnew URL(url)": ["notebook#1:2:5"],
    "import { kv } from 'tana/kv'\nawait kv.get('')": ["notebook#1:2:10"],
    "Promise.reject(new Error('a')); 1": ["notebook#1:1:20"],
    "[2, 1].sort(() => { throw new Error('a') })": ["notebook#1:1:31", "notebook#1:1:8"],
    "JSON.stringify({ toJSON() { null.x } })": ["toJSON (notebook#1:1:34)", "notebook#1:1:6"],
    "new (class Thing { constructor() { null.x } })()": ["Thing (notebook#1:1:41)", "notebook#1:1:5"],
}  # fmt: skip


@pytest.mark.parametrize(("source", "wanted"), PLACES.items())
def test_the_places_are_the_cells_own(session: Session, source: str, wanted: list[str]):
    error = failure(session, source)
    assert places(error)[: len(wanted)] == wanted
    lines = source.split("\n")
    for frame in error.frames:
        assert frame.text == lines[frame.line - 1]
        assert 1 <= frame.column <= len(frame.text) + 1


def test_a_stack_passes_through_functions_of_several_cells(session: Session):
    session.run("function low(x: number): never {\n  throw new TypeError(`bad ${x}`)\n}")
    session.run("// nothing here\nasync function middle() {\n  await 0;\n  return low(3)\n}")
    error = failure(session, "const é = '漢'; await middle()")
    assert places(error) == ["low (notebook#1:2:13)", "middle (notebook#2:4:10)"]
    assert error.frames[0].text == "  throw new TypeError(`bad ${x}`)"


def test_a_function_declared_again_is_found_in_its_new_cell(session: Session):
    session.run("function low() {\n\n\n  throw new Error('old')\n}\nfunction call() { low() }")
    session.run("function low() { throw new Error('new') }")
    assert places(failure(session, "call()"))[:2] == ["low (notebook#2:1:28)", "call (notebook#1:6:19)"]


def test_a_contract_of_another_name_shows_its_name(session: Session):
    assert places(failure(session, "null.x", contract="counter")) == ["counter#1:1:6"]


@pytest.mark.parametrize(
    "source",
    [
        "import { kv } from 'tana/kv'; await kv.get('')",
        "import { kv } from 'tana/kv'; await kv.put('a', Symbol())",
        "import { kv } from 'tana/kv'; await kv.list(5)",
        "await crypto.subtle.digest('none', new Uint8Array(1))",
        "structuredClone(() => 1)",
        "atob('*')",
        "new Headers([['a']])",
        "setTimeout('text')",
        "new Intl.NumberFormat('de')",
        "new AbortController().signal.throwIfAborted(); AbortSignal.abort().throwIfAborted()",
        "console.log({ toJSON() { null.x } }); null.x",
        "(0, eval)('null.x')",
        "new Function('null.x')()",
        "import('nothing')",
        "await new Function('return import(\"./x\")')()",
    ],
)
def test_neither_our_frames_nor_python_are_shown(session: Session, source: str):
    error = failure(session, f"// first\n{source}")
    shown = "\n".join(error._render_traceback_())
    for word in (
        "Traceback",
        ".py",
        "<dukpy>",
        "<input>",
        "<eval>",
        "evalScript",
        "native",
        "tana_jupyter",
        "File ",
        "0x7f",
        "call_python",
    ):
        assert word not in shown, word
    assert all(frame.cell == "notebook#1" and frame.line == 2 for frame in error.frames)
    assert list(session.failures) == []


def test_causes_are_told_outermost_first(session: Session):
    source = "throw new Error('a', { cause: new TypeError('b', { cause: new RangeError('c', { cause: 'd' }) }) })"
    error = failure(session, source)
    assert error.causes == ("TypeError: b", "RangeError: c", 'Uncaught: "d"')
    assert "= caused by TypeError: b" in error.code_frame()
    deep = "let e = new Error('0'); for (let i = 1; i < 1e4; i++) e = new Error(`${i}`, { cause: e }); throw e"
    assert len(failure(session, deep).causes) == 3
    cyclic = "const c = new Error('a'); c.cause = c; throw c"
    assert len(failure(session, cyclic).causes) == 3


@pytest.mark.parametrize(("source", "carets"), [
    ("const o = {}\no.missing(1)", "  ^^^^^^^ "),
    ("const o = { a: {} }\no.a.$go('x')", "    ^^^ "),
    ("const no = 5\nno()", "^^ "),
    ("const list = []\nlist[0]()", "^ "),
])  # fmt: skip
def test_what_is_called_and_is_no_function_is_underlined(session: Session, source: str, carets: str):
    frame = failure(session, source).code_frame()
    assert f"    │ {carets}TypeError: not a function" in frame


def test_the_errors_of_an_aggregate_are_told(session: Session):
    error = failure(session, "await Promise.any([Promise.reject(new RangeError('one')), Promise.reject('two')])")
    assert error.causes == ("RangeError: one", 'Uncaught: "two"')


def test_the_code_frame_points_at_the_place(session: Session):
    error = failure(session, "// first\n\tconst n = null; n.x", contract="counter")
    assert error.code_frame() == (
        "❌ Runtime Error\n"
        "\n"
        "┌─ counter#1:2:20\n"
        "│\n"
        "  2 │ \tconst n = null; n.x\n"
        "    │ \t                  ^ TypeError: cannot read property 'x' of null\n"
        "│\n"
        "└─"
    )


def test_what_the_run_did_before_it_failed_is_told(session: Session):
    session.show = lambda *_: None
    error = failure(session, "import { kv } from 'tana/kv'; await kv.put('a', 1); console.log('x'); null.x")
    assert error.outcome is not None
    assert error.outcome.receipt.writes == 1
    assert [log.text for log in error.outcome.logs] == ["x"]
    assert error._render_traceback_()[-1] == "Before it ended: 1 written."
    assert session.last is error.outcome


@pytest.mark.parametrize(
    "stack",
    [
        "    at f (<dukpy>:999999999:1)",
        "    at f (<dukpy>:0:0)",
        "    at f (<dukpy>:1:1)",
        "    at " + "x" * 50_000,
        "    at (" * 5_000,
        "    at f (<dukpy>:99999999999999999999:1)",
        "    at \\ud800 (<dukpy>:400:999999999)",
        "\\n" * 50_000,
        "    at f (" + "<" * 300 + ":1:1)",
    ],
)
def test_a_forged_stack_does_no_harm(session: Session, stack: str):
    error = failure(session, f"const e = new Error('a'); e.stack = `{stack}\\n`.repeat(3); throw e")
    assert error.headline == "Error: a"
    assert len(error.frames) <= 10
    "\n".join(error._render_traceback_()).encode()


def test_forged_stacks_of_every_line_stay_inside_the_cells(session: Session):
    session.run("1\n2\n3")
    forged = "Array.from({ length: 700 }, (_, i) => `    at f (<dukpy>:${i}:${i % 40})`)"
    for part in range(0, 700, 9):
        error = failure(
            session, f"const e = new Error('a'); e.stack = {forged}.slice({part}, {part + 9}).join('\\n'); throw e"
        )
        assert all(isinstance(frame, Frame) and frame.column >= 0 for frame in error.frames)


def test_a_prepare_stack_trace_of_the_contract_costs_only_its_frames(session: Session):
    session.run("Error.prepareStackTrace = (error, sites) => sites; 1")
    error = failure(session, "null.x")
    assert error.headline == "TypeError: cannot read property 'x' of null"
    assert error.frames == ()
    session.run("Error.prepareStackTrace = () => { throw 1 }; 1")
    assert failure(session, "null.x").headline
    session.run("Error.prepareStackTrace = undefined; Error.stackTraceLimit = 0; 1")
    assert failure(session, "null.x").frames == ()


HELPS = {
    "import kv from 'tana/kv'": "Names stand in braces: import { kv } from 'tana/kv'",
    "import { z } from 'zod'": "A JavaScript file of your own: %tana add FILE --as NAME",
    "import x from './x.js'": "A JavaScript file of your own: %tana add FILE --as NAME",
    "import { kv } from 'tana/kvv'": None,
}


@pytest.mark.parametrize("source", HELPS)
def test_a_wrong_import_says_what_to_write(session: Session, source: str):
    first, *more = failure(session, source).helps
    assert first.startswith(("Available modules: ", "tana/kv exports: kv"))
    assert more == ([] if HELPS[source] is None else [HELPS[source]])


FORGOTTEN = {
    "await kv.get('a')": ("Import it first: import { kv } from 'tana/kv'",),
    "const f = () => context.caller()\nf()": ("Import it first: import { context } from 'tana/context'",),
    "await fetch('https://example.com')": ("Import it first: import { fetch } from 'tana/utils'",),
    "nowhere": (),
    "throw new ReferenceError('kv is not defined, they say')": (),
    "throw new Error('kv is not defined')": (),
}


@pytest.mark.parametrize("source", FORGOTTEN)
def test_a_forgotten_import_is_told(session: Session, source: str):
    assert failure(session, source).helps == FORGOTTEN[source]


FROM_ELSEWHERE = {
    "Deno.serve(() => 1)": "Of Deno there is only its KV here",
    "Deno.env.get('HOME')": "Of Deno there is only its KV here",
    "const { rid } = await Deno.open('x')": "Of Deno there is only its KV here",
    "(await Deno.openKv()).put(['a'], 1)": None,
    "const o = { Deno: {} }; o.Deno.serve()": None,
    "addEventListener('fetch', () => {})": "A Worker's handler is exported",
    "print('hello')": "Print with console.log()",
    "import { kv } from 'tana/kv'; await kv.list('user:')": "Options stand in braces",
    "const kv = await Deno.openKv()\nfor (const { key } of kv.list({ prefix: [] })) key": "A list of Deno is read with for await",
    "for (const one of 5) one": None,
    "console.table([{ a: 1 }])": "The console has log",
    "console.log(1); console.time('a')": "The console has log",
    "console.log(null.x)": None,
    "const db = await Deno.openKv(); db.close(); await db.get(['a'])": "The handle was closed",
    "import { kv } from 'tana/kv'\nfor (const key of await kv.list()) key": "A list of Deno is read with for await",
    "({}).serve() // as Deno.serve() would": None,
    "const own = { list: () => 5 }, all = [...own.list()]  // (one of own.list())": None,
}


@pytest.mark.parametrize("source", FROM_ELSEWHERE)
def test_habits_of_other_places_are_told_what_to_do_here(session: Session, source: str):
    helps, expected = failure(session, source).helps, FROM_ELSEWHERE[source]
    assert len(helps) == (0 if expected is None else 1)
    assert expected is None or helps[0].startswith(expected)


def test_a_syntax_error_runs_nothing(session: Session):
    with pytest.raises(ContractSyntaxError) as caught:
        session.run("globalThis.ran = true;\nlet x = ;")
    assert caught.value.frames[0].place == "notebook#1:2:9"
    assert session.run("typeof ran").value == "undefined"


def test_a_name_that_cannot_be_declared_is_told(session: Session):
    session.run("Object.preventExtensions(globalThis); 1")
    error = failure(session, "let fresh = 1")
    assert "'fresh' cannot be declared here" in error.message
    assert isinstance(error, ContractSyntaxError)
    assert session.run("1 + 1").value == 2


def test_names_declared_before_a_throw_stay(session: Session):
    failure(session, "const a = 1; null.x; const b = 2")
    assert session.run("[a, b]").text == "[ 1, undefined ]"


def test_a_hostile_headline_is_cut(session: Session):
    error = failure(session, "class Mine extends Error { name = 'N'.repeat(1e6) }; throw new Mine('x'.repeat(1e6))")
    assert len(error.headline) < 25_000
