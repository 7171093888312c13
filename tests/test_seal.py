"""Hostile contracts: nothing outside the contract's own namespace can be read or written, and the host never crashes."""

import itertools
from pathlib import Path

import pytest

from tana_jupyter import modules
from tana_jupyter.engine.ahead import Ahead
from tana_jupyter.engine.interpreter import Interpreter
from tana_jupyter.engine.sources import PRELUDE
from tana_jupyter.errors import GuestError, TanaError
from tana_jupyter.session import Session

KV = "import { kv } from 'tana/kv';"


@pytest.fixture
def session() -> Session:
    session = Session()
    session.show = lambda *_: None
    session.run(f"{KV} await kv.put('secret', 'of the victim')", contract="victim")
    return session


def works(session: Session, contract: str = "fresh") -> None:
    """Another contract works as if nothing had happened, and the victim's data is as it was."""
    outcome = session.run(
        f"{KV} await kv.put('a', '1'); [await kv.get('a'), [1, 2].map(String), JSON.stringify({{ a: 1 }})]",
        contract=contract,
    )
    assert outcome.value == ["1", ["1", "2"], '{"a":1}']
    session.clear(contract, yes=True)
    assert session.get("secret", "victim") == "of the victim"
    assert session.keys(contract="victim")["key"].tolist() == ["secret"]


def attempt(session: Session, source: str, timeout: float = 2) -> str:
    """Run hostile code, whatever becomes of it; the text it ends with. It never ends in a Python error."""
    try:
        return repr(session.run(source, contract="hostile", timeout=timeout))
    except TanaError as error:
        text = "\n".join(error._render_traceback_())
        text.encode()
        for word in ("Traceback", "tana_jupyter", ".py", "site-packages", "object at 0x", "Error while calling Python"):
            assert word not in text, word
        return text


GONE = [
    "process", "require", "module", "exports", "console.constructor.constructor('return process')()", "call_python", "dukpy",
    "globalThis.call_python", "this?.call_python", "std", "os", "scriptArgs", "_dukpy_eval_cjs_source", "Atomics", "fetch", "XMLHttpRequest", "Worker",
    "Deno.readTextFile", "Deno.env", "importScripts", "load", "print", "bjson", "navigator.gc", "$tana.run", "$tana.state", "$tana.give", "$tana.take",
    "$tana.preload", "$tana.settle", "$tana.turn", "$tana.cancel", "tana", "host",
]  # fmt: skip


@pytest.mark.parametrize("name", GONE)
def test_the_machine_is_not_there(session: Session, name: str):
    source = f"let found; try {{ found = (0, eval)({name!r}) }} catch {{}} found === undefined"
    assert session.run(source, contract="hostile").value is True
    assert (
        session.run(
            f"let seen; try {{ seen = new Function('return ' + {name!r})() }} catch {{}} seen === undefined",
            contract="hostile",
        ).value
        is True
    )


def test_the_two_names_of_dukpy_hand_nothing_out(session: Session):
    source = """
      const told = [];
      for (const name of ['call_python', 'dukpy']) {
        const { get, set, configurable } = Object.getOwnPropertyDescriptor(globalThis, name);
        told.push(configurable, get(), set(1));
        for (const change of [
          () => Object.defineProperty(globalThis, name, { set(value) { globalThis.stolen = value }, configurable: true }),
          () => Object.defineProperty(globalThis, name, { value: 1, writable: true }),
          () => { delete globalThis[name] },
          () => { globalThis[name] = 5 },
          () => globalThis.__defineSetter__(name, (value) => { globalThis.stolen = value }),
          () => Object.prototype.__defineSetter__.call(Object.prototype, name, (value) => { globalThis.stolen = value }),
          () => Object.setPrototypeOf(globalThis, new Proxy({}, { set(_, key, value) { globalThis.stolen = value; return true } })),
        ]) { try { change() } catch {} }
        told.push(globalThis[name]);
      }
      told
    """
    assert session.run(source, contract="hostile").value == [False, None, None, None] * 2
    for _ in range(2):
        assert (
            session.run("typeof stolen + typeof call_python + typeof dukpy", contract="hostile").value
            == "undefined" * 3
        )
    works(session)


@pytest.mark.parametrize(
    "how",
    ["String.prototype.concat = spy", "Object.defineProperty(String.prototype, 'concat', { get: () => spy })"],
)
def test_template_literals_of_ours_are_out_of_reach(session: Session, how: str):
    source = f"""
      const seen = [], spy = function (...parts) {{ seen.push(parts); return 'forged' }};
      let refused = '';
      try {{ {how} }} catch (error) {{ refused = error.name }}
      const db = await Deno.openKv();
      await db.set(['a', 1], {{ b: 1 }}, {{ expireIn: 60_000 }});
      await db.atomic().set(['b'], 1).commit();
      [refused, seen.length, `${{1}}-${{2}}`, 'a'.concat('b')]
    """
    assert session.run(source).value == ["TypeError", 0, "1-2", "ab"]


# Ways to stand between our own JavaScript and the host; `swapped` changes a text that passes by.
BETWEEN = {
    "the iterator of a spread": """
      const walk = Array.prototype[Symbol.iterator];
      Array.prototype[Symbol.iterator] = function () {
        for (let at = 0; at < this.length; at++) this[at] = swapped(this[at]);
        return walk.call(this);
      };
    """,
    "the steps of that iterator": """
      const steps = Object.getPrototypeOf([][Symbol.iterator]()), { next } = steps;
      steps.next = function () {
        const step = next.call(this);
        return { done: step.done, value: swapped(step.value) };
      };
    """,
    "a setter where the engine assigns arguments": """
      define(Array.prototype, 0, {
        set(value) { define(this, 0, { value: swapped(value), writable: true, enumerable: true, configurable: true }) },
        configurable: true,
      });
    """,
    "a getter where a reply is looked at": """
      define(Array.prototype, '!', { get() { this[0] = swapped(this[0]) }, configurable: true });
    """,
}


@pytest.mark.parametrize("how", BETWEEN)
@pytest.mark.parametrize("file", PRELUDE)
def test_no_file_of_the_prelude_runs_again_on_changed_built_ins(session: Session, how: str, file: str):
    # Those would be handed what it keeps: the functions for the host without the key, or the host itself.
    source = f"""
      const define = Object.defineProperty;
      const swapped = (text) => (text === 'modules/block/block.js' ? 'engine/prelude/{file}.js' : text);
      {BETWEEN[how]}
      let told = '';
      for (const load of [() => $tana.load('modules/block/block.js'), () => $tana.import('tana/block', '*')]) {{
        let text;
        try {{ text = typeof load().block }} catch (error) {{ text = error.message }}
        told = `${{told}}|${{text}}`;
      }}
      told
    """
    told = session.run(source, contract="hostile").value
    assert isinstance(told, str)
    assert set(told.split("|")) <= {"", "object", f"no such file: engine/prelude/{file}.js"}
    works(session)


def test_no_reply_of_the_host_is_handed_to_a_getter(session: Session):
    source = """
      const replies = [];
      for (const target of [Object.prototype, Array.prototype]) {
        Object.defineProperty(target, '!', { get() { replies.push(this) }, configurable: true });
      }
      const { kv } = await import('tana/kv');
      await kv.put('a', '1');
      await kv.list();
      await kv.get(['a']);
      await kv.get('a', 'json');
      const db = await Deno.openKv();
      await db.set(['a'], 1);
      await db.get(['a']);
      await db.getMany([['a'], ['b']]);
      for await (const entry of db.list({ prefix: [] })) entry.value;
      let refused = '';
      try { await kv.put('', 'x') } catch (error) { refused = error.message }
      [replies.length, refused]
    """
    assert session.run(source).value == [0, "Key name cannot be empty."]


@pytest.mark.parametrize(
    "name",
    [
        "call_python",
        "dukpy",
        "$tana",
        "Date",
        "console",
        "setTimeout",
        "kv",
        "URL",
        "eval",
        "Error",
        "JSON",
        "toJSON",
        "name",
        "message",
        "stack",
        "run",
        "value",
        "0",
        "!",
        "then",
    ],
)
def test_setters_left_on_the_global_object_and_prototypes_get_no_host_function(session: Session, name: str):
    source = f"""
      globalThis.caught = [];
      for (const target of [globalThis, Object.prototype, Function.prototype, Array.prototype, Error.prototype, Promise.prototype]) {{
        try {{ Object.defineProperty(target, {name!r}, {{ get() {{ return undefined }}, set(value) {{ caught.push(value) }}, configurable: true }}) }} catch {{}}
      }}
      1
    """
    attempt(session, source)
    attempt(
        session,
        f"{KV} await kv.put('a', 'b'); await kv.get('a'); setTimeout(() => {{}}, 1); new URL('https://a.b/'); console.log('x'); 2",
    )
    told = attempt(
        session,
        "caught.some((value) => typeof value === 'function' && /\\[native code\\]/.test(Function.prototype.toString.call(value)) && value.name === 'call_python')",
    )
    assert "true" not in told
    works(session)


IMPORTS = [
    "/etc/passwd",
    "./x.js",
    "../x.js",
    "file:///etc/passwd",
    "tana/../../errors",
    "engine/prelude/run.js",
    "tana/kv/../../x",
    "\\ud800",
    "",
    "os",
    "std",
    "qjs:os",
    "a\\0b",
    "x" * 9000,
]


@pytest.mark.parametrize("name", IMPORTS)
@pytest.mark.parametrize("way", ["await import('{}')", "await new Function('return import(\"{}\")')()", "await (0, eval)('import(\"{}\")')", "$tana.import('{}', '*')", "await $tana.dynamic('{}')", "$tana.load('{}')", "$tana.load('modules/{}')"])  # fmt: skip
def test_nothing_is_imported_from_the_machine(session: Session, name: str, way: str):
    source = f"let got = 'refused'; try {{ got = {way.format(name)} }} catch (error) {{ got = `refused ${{error.name}}` }} got"
    told = attempt(session, source)
    assert "refused" in told
    assert "root:" not in told
    works(session)


def test_a_static_import_of_what_does_not_exist_is_refused(session: Session):
    for name in ("/etc/passwd", "./x.js", "node:fs", "tana/nothing"):
        assert f"Module '{name}' not found" in attempt(session, f"import x from '{name}'; x")


def test_added_files_serve_what_was_added_and_nothing_beside_it(session: Session, tmp_path: Path):
    (tmp_path / "lib.js").write_text("export const one = 1")
    (tmp_path / "secret.json").write_text('{"password": "hunter2"}')
    (tmp_path / "beside.js").write_text("export default 'hunter2'")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "index.js").write_text("export * from './inner.js'; export { default as data } from './data.json'")
    (folder / "inner.js").write_text("export const two = 2")
    (folder / "data.json").write_text("[3]")
    (folder / "notes.txt").write_text("hunter2")
    (folder / "link.js").symlink_to(tmp_path / "beside.js")
    (folder / "away").symlink_to(tmp_path)
    session.add(tmp_path / "lib.js")
    session.add(folder)
    assert session.run("import { one } from 'lib'; import { two, data } from 'folder'; [one, two, data]").value == [
        1,
        2,
        [3],
    ]
    for name in (
        "lib/secret.json", "lib/beside.js", "lib/beside", "lib/./secret.json", "folder/../beside.js", "folder/../secret.json", "folder/link.js",
        "folder/away/beside.js", "folder/notes.txt", "folder//etc/passwd", f"folder/{tmp_path}/beside.js", "./lib", "lib/../lib",
    ):  # fmt: skip
        told = attempt(
            session,
            f"await new Function('return import({name!r})')()".replace("import('", 'import("').replace(
                "')')()", "\")')()"
            ),
        )
        assert "hunter2" not in told
        assert "❌" in told, name


def test_an_added_file_that_does_not_end_or_fails_is_told(session: Session, tmp_path: Path):
    for name, text, told in (
        ("loop", "for (;;);", "it ran longer than 0.2 s"),
        ("wait", "export {}; await new Promise(() => {})", "waits for something while it loads"),
        ("fail", "null.x", "cannot read property 'x' of null"),
        ("odd", "export default = ;", "SyntaxError"),
        ("near", "import './beside.js'", "cannot find module: near/beside.js"),
    ):
        (tmp_path / f"{name}.js").write_text(text)
        session.add(tmp_path / f"{name}.js")
        shown = attempt(session, f"import '{name}'; 1", timeout=0.2)
        assert f"Module '{name}' cannot be loaded" in shown
        assert told in shown
    works(session)


def test_call_sites_hand_out_no_function(session: Session):
    source = """
      Error.prepareStackTrace = (error, sites) => sites;
      const seen = [];
      const look = () => {
        const sites = new Error('x').stack;
        seen.push(...new Set(sites.flatMap((site) => Object.getOwnPropertyNames(Object.getPrototypeOf(site)))));
        for (const site of sites) for (const name of ['getThis', 'getFunction', 'getEvalOrigin', 'getTypeName']) seen.push(typeof site[name]);
        try { Object.getPrototypeOf(sites[0]).getFunction = 1; seen.push('changed') } catch {}
        return 'k';
      };
      KV await kv.get({ toString: look }); console.log({ toJSON: look }); [2, 1].sort(look); new URL({ toString() { look(); return 'https://a.b' } });
      Error.prepareStackTrace = undefined;
      [...new Set(seen)].sort()
    """.replace("KV", "const { kv } = await import('tana/kv');")
    assert session.run(source, contract="hostile").value == [
        "getColumnNumber", "getFileName", "getFunctionName", "getLineNumber", "isNative", "undefined",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "source",
    [
        "(function () { return arguments.callee })()",
        "(function f() { return f.caller })()",
        "(function f() { return f.arguments })()",
        "new Function('return arguments.callee.caller')()",
        "Function.prototype.caller",
        "(async () => {}).caller",
        "({ m() { return this } }).m.call(undefined)",
    ],
)
def test_callers_are_not_to_be_had(session: Session, source: str):
    told = attempt(
        session,
        f"let got; try {{ got = {source} }} catch {{ got = undefined }} got === undefined || typeof got === 'function' && got.name !== 'run'",
    )
    assert "true" in told


def test_no_own_function_is_reachable_through_what_contracts_hold(session: Session):
    # Walks all that can be reached from the global object, prototypes, accessors and closures' results included.
    source = KV + """
      const seen = new Set(), names = [];
      const visit = (value, depth) => {
        if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value) || depth > 12) return;
        seen.add(value);
        for (const key of Reflect.ownKeys(value)) {
          const { value: held, get, set } = Reflect.getOwnPropertyDescriptor(value, key);
          if (['host', 'opMap', 'sendAhead', 'op', 'call', 'call_python', 'setClock', 'fire', 'forHost'].includes(key) && typeof held === 'function'
            && !(value === Function.prototype && key === 'call')) names.push(String(key));
          for (const next of [held, get, set]) visit(next, depth + 1);
        }
        visit(Object.getPrototypeOf(value), depth + 1);
      };
      for (const name of ['URL', 'console', 'crypto', 'Deno', 'structuredClone', 'Headers', 'AbortController', 'performance']) try { globalThis[name] } catch {}
      visit(globalThis, 0); visit($tana, 0); visit(kv, 0); visit(await import('tana/core'), 0); visit(await import('tana/lab'), 0);
      names
    """  # fmt: skip
    # `$tana.host` wants a key that contracts do not have.
    assert session.run(source, contract="hostile").value == ["host"]


@pytest.mark.parametrize("key", ["undefined", "''", "'0'.repeat(32)", "{ toString: () => '' }", "null", "0", "[]"])
def test_the_hosts_own_calls_want_the_key(session: Session, key: str):
    assert "$tana.host is not for contracts" in attempt(session, f"$tana.host({key})")
    works(session)


def test_the_key_is_nowhere_to_be_read(session: Session):
    isolate = None
    session.run("1", contract="hostile")
    isolate = session["hostile"].runs.isolate
    assert isolate is not None
    source = """
      const texts = [];
      Error.prepareStackTrace = (error, sites) => { for (const s of sites) texts.push(s.getFileName(), s.getFunctionName()); return 'x' };
      const native = String.prototype.startsWith;
      for (const name of ['startsWith', 'includes', 'slice', 'charCodeAt']) String.prototype[name] = function (...given) { texts.push(this, ...given); return false };
      Object.is = (...given) => { texts.push(...given); return true };
      new Error('x').stack; null?.x;
      (function () { try { texts.push(String(arguments.callee)) } catch {} })();
      texts.push(new Error('x').stack);
      try { $tana.host({ [Symbol.toPrimitive]: () => 'x' }) } catch (error) { texts.push(error.stack, error.message) }
      texts.join('|')
    """
    told = attempt(session, source)
    assert isolate._key not in told
    assert isolate._key not in attempt(session, "texts.map(String).join()")


# Each is done before or after kv was first imported. It may harm its own contract in any way.
TAMPERING = [
    "JSON.stringify = () => '[\"x\"]'", "JSON.parse = () => ({ '!': 0 })", "JSON.stringify = () => ({})", "JSON.stringify = () => ['', 99]", "JSON.stringify = () => { throw null }",
    "Promise.resolve = () => 5", "Promise.prototype.then = () => 5", "Promise.prototype.then = function () { return this }", "globalThis.Promise = class {}",
    "Object.defineProperty(Promise, Symbol.species, { get() { return function () { throw 1 } } })", "Promise.prototype.constructor = function () {}",
    "Map.prototype.get = () => ({ kv: 1 })", "Map.prototype.set = () => {}", "Map.prototype.has = () => true", "WeakMap.prototype.get = () => ({})",
    "String.prototype.includes = () => false", "String.prototype.toWellFormed = () => 5", "String.prototype.charCodeAt = () => 0", "String.prototype.slice = () => ''",
    "String = () => ({ toString: () => 'x' })", "Array.isArray = () => true", "Array.prototype.push = () => 0", "Array.prototype.join = () => ({})", "Array.prototype.pop = () => 7",
    "Array.prototype.map = () => 0", "Array.prototype[Symbol.iterator] = function* () {}", "Array.prototype[Symbol.iterator] = function* () { yield* ['kv.get', '../victim:secret'] }",
    "Object.defineProperty(Array.prototype, 0, { set(value) {}, get() { return 'secret' }, configurable: true })",
    "Object.defineProperty(Array.prototype, 0, { set(value) { Object.defineProperty(this, 0, { value: 'x', writable: true, configurable: true }) }, configurable: true })",
    "Object.defineProperty(Array.prototype, 1, { set(value) { this[2] = value }, configurable: true })",
    "Object.prototype['!'] = 0", "Object.prototype['!'] = 7", "Object.prototype['!'] = ['Error', 'forged', null]", "Array.prototype['!'] = 0", "String.prototype['!'] = 0",
    "Object.prototype.then = function (resolve) { resolve('forged') }", "Object.prototype.toJSON = () => 'forged'", "Array.prototype.toJSON = () => ['forged']", "String.prototype.toJSON = () => 'forged'",
    "Object.prototype.value = 1; Object.prototype.get = () => 1", "Object.prototype.error = { name: 'forged' }", "Object.prototype.names = [1]; Object.prototype.cursor = 5",
    "Object.defineProperty(Object.prototype, 'value', { set() { throw 1 }, configurable: true })", "Object.defineProperty(Object.prototype, 'run', { get() { for (;;); }, configurable: true })",
    "Object.keys = () => ['x']", "Object.defineProperty = () => { throw 1 }", "Object.freeze = (x) => x", "Object.create = () => 5", "Object.prototype.hasOwnProperty = () => true",
    "Object.prototype.__proto__ = null", "Object.setPrototypeOf(Object.prototype, null)", "Object.freeze(Object.prototype)", "Object.freeze(Array.prototype)", "Object.freeze(globalThis)",
    "Reflect.apply = () => 5", "Reflect.construct = () => ({})", "Function.prototype.call = () => 5", "Function.prototype.apply = () => 5", "Function.prototype.bind = () => () => 5",
    "Function.prototype.call = { bind: () => () => 'forged' }", "Function.prototype[Symbol.hasInstance] = () => true",
    "for (const C of [Error, Map, Promise, Date, Object, Array]) Object.defineProperty(C, Symbol.hasInstance, { value: () => true, configurable: true })",
    "Object.defineProperty(Error, Symbol.hasInstance, { value() { throw 1 } })", "Error.prepareStackTrace = () => { throw 1 }", "Error.prototype.toString = () => { throw 1 }", "globalThis.Error = 5",
    "Symbol.for = () => 5", "globalThis.Symbol = 5", "Math.trunc = () => 'x'; Math.min = () => ({})", "Number.prototype.toString = () => 'x'", "globalThis.eval = () => 5", "globalThis.Function = 5",
    "for (const name of Object.getOwnPropertyNames(globalThis)) { try { delete globalThis[name] } catch {} }",
    "for (const name of Object.getOwnPropertyNames(globalThis)) { try { globalThis[name] = new Proxy({}, { get() { throw 1 } }) } catch {} }",
    "for (const P of [Object, Array, String, Function, Promise, Map, Number, Error, Date]) for (const key of Reflect.ownKeys(P.prototype)) { try { P.prototype[key] = () => { throw 1 } } catch {} }",
    "for (const P of [Object, Array, String, Function, Promise, Map, Number, Error, Date]) for (const key of Reflect.ownKeys(P.prototype)) { try { delete P.prototype[key] } catch {} }",
    "Object.setPrototypeOf(globalThis, new Proxy({}, { has: () => true, get: () => 5 }))", "Object.setPrototypeOf(globalThis, null)",
]  # fmt: skip
USES = "try { await kv.put('mine', 'x'); await kv.get('mine'); await kv.get('mine', 'json'); await kv.list(); await kv.delete('mine') } catch {}"


@pytest.mark.parametrize("tampering", TAMPERING)
def test_tampering_harms_the_contract_itself_at_most(session: Session, tampering: str):
    before = f"{tampering}; 1"
    attempt(session, before)
    attempt(session, f"{KV} {USES} 1")
    attempt(session, "console.log('x', { a: 1 }); ({ a: [1, 'x'] })")
    attempt(
        session,
        "setTimeout(() => {}, 1); crypto.randomUUID(); new URL('https://a.b/?c=d').searchParams.get('c'); null.x",
    )
    attempt(session, "1 + 1")
    works(session)
    session.reset("hostile")
    attempt(session, f"{KV} {USES} console.log(new URL('https://a.b/')); 1")
    attempt(session, before)
    attempt(session, f"{USES} console.log('x'); [new Map(), new Date(), 'y']")
    attempt(session, "throw new Error('x')")
    attempt(session, "await Promise.reject({ a: 1 })")
    works(session)
    session.reset("hostile")
    assert session.run("1 + 1", contract="hostile").value == 2
    assert [text for text in session.failures if "Error" not in text] == []


OTHER = [
    "../victim/secret",
    "victim:secret",
    "victim/secret",
    "victim\\0secret",
    "\\0victim\\0secret",
    "..",
    ".",
    "kv\\0victim\\0secret",
    "\\u001evictim",
    "\\u0010secret",
    "\\u0012secret",
    "secret",
]


@pytest.mark.parametrize("key", OTHER)
def test_no_key_reaches_another_contract(session: Session, key: str):
    source = f"""{KV}
      const got = [];
      for (const ask of [() => kv.get('{key}'), () => kv.get('{key}', 'json'), () => kv.get('{key}', {{ type: 'text', contract: 'victim', namespace: 'victim' }}),
        () => kv.get({{ toString: () => '{key}', contract: 'victim' }}), () => kv.list({{ prefix: '{key}', contract: 'victim' }}).then((page) => page.keys.map((key) => key.name).join()),
        () => kv.get(['{key}'], 'text', 'victim'), () => kv.get('{key}', 'text', 'victim')]) {{
        try {{ got.push(await ask()) }} catch {{}}
      }}
      for (const change of [() => kv.delete('{key}'), () => kv.delete('{key}', 'victim'), () => kv.put('{key}', 'overwritten', {{ contract: 'victim' }})]) {{ try {{ await change() }} catch {{}} }}
      got.filter((value) => typeof value === 'string' && value.length > 0)
    """
    assert session.run(source, contract="hostile").value == []
    works(session)


@pytest.mark.parametrize(
    "cursor",
    ["offset:0:", "offset:1:c2VjcmV0", "offset:-1:AAAA", f"offset:{'9' * 5000}:c2VjcmV0", "offset:x:y", "offset:1:%%%", "x", ":", "offset:1:_____w==", "\\ud800", "offset:1:é", "\\0"],
)  # fmt: skip
def test_no_cursor_reaches_another_contract(session: Session, cursor: str):
    told = attempt(session, f"{KV} (await kv.list({{ cursor: '{cursor}', prefix: '' }})).keys.length")
    assert told == "0" or "Invalid cursor" in told
    assert list(session.failures) == []


def test_two_isolates_share_nothing(session: Session):
    session.run(
        "globalThis.mark = 1; Array.prototype.mark = 1; Symbol.for('mark').x; Object.prototype.mark = 1; JSON.mark = 1; Math.random = () => 4; $tana.meta",
        contract="one",
    )
    source = "[typeof mark, typeof [].mark, typeof ({}).mark, typeof JSON.mark, Math.random() === 4]"
    assert session.run(source, contract="two").value == ["undefined"] * 4 + [False]
    assert session["one"].runs.isolate is not session["two"].runs.isolate


CRAFTED: list[object] = [
    None, True, 0, -1, 1.5, 10**30, -(2**63), 1e300, "", "x", "\0", "\ud800", "x" * 100_000, "../../../etc/passwd", "engine/../../errors.py", [], [[]], {}, {"a": 1}, {"!": 0},
    ["\ud800"], "modules/\0.js", "modules/kv/../../session.py", [1, 2, 3], {"kind": "x", "key": None},
]  # fmt: skip


def operations(session: Session) -> Interpreter:
    """The interpreter of a contract as its prelude reaches it."""
    session.run(KV, contract="hostile")
    isolate = session["hostile"].runs.isolate
    assert isolate is not None
    return isolate._interpreter


def crafted_calls(names: list[bytes]) -> list[tuple[bytes, bytes]]:
    import json

    calls = []
    for name in names:
        calls.append((name, b"[]"))
        for value in CRAFTED:
            text = json.dumps(value)
            calls += [
                (name, f"[{text}]".encode()),
                (name, f"[{text},{text}]".encode()),
                (name, f"[{text},{text},{text},{text}]".encode()),
                (name, f'["x",{text}]'.encode()),
            ]
        calls.append((name, b"[" * 3000 + b"]" * 3000))
        calls.append((name, b"["))
        calls.append((name, b"[1e999]"))
    return calls


def test_host_operations_answer_whatever_they_are_given(session: Session):
    engine = operations(session)
    names = list(engine._operations)
    assert b"kv.list" in names
    # These end, move or reseed things of this session on purpose, which contracts on memory: stores may do.
    names = [name for name in names if not name.startswith(b"lab.")]
    before = session.clock.settings()
    for name, arguments in crafted_calls(names):
        reply = engine._call_python(name, arguments)
        assert reply is None or type(reply) is bytes, name
        text = (reply or b"").decode()
        # Some answer with what they were given; nothing of what follows was.
        for word in ("Traceback", "/tana_jupyter", "site-packages", "object at 0x", "KeyError", "root:"):
            assert word not in text or name == b"engine.source", (name, arguments[:80], text[:200])
    assert session.clock.settings() == before
    works(session)


def test_packed_operations_answer_whatever_they_are_given(session: Session):
    engine = operations(session)
    payloads = [b"", b"x", b"\xed\xa0\x80", b"\xff", b"." * 3, b"..", b"x" * 600, b"\xe6\xbc", b"\x10x"]
    arguments = [
        b"[]",
        b"[1]",
        b'["x"]',
        b'["\\ud800"]',
        b"[null]",
        b"[[1],2]",
        b'["a","b"]',
        b"[",
        b"",
        b'[{"a":"\\n"}]',
        b'["\\n",1]',
    ]
    for first, payload, given in itertools.product(engine._packed, payloads, arguments):
        reply = engine._call_python(bytes([first]) + payload, given)
        assert reply is None or type(reply) is bytes
        assert b"Traceback" not in (reply or b"")
    session.clear("hostile", yes=True)
    works(session)


def test_engine_source_serves_our_own_javascript_only(session: Session):
    engine = operations(session)
    refused = [
        "session.py", "engine/isolate.py", "/etc/passwd", "engine/../session.py", "engine/../../pyproject.toml", "modules/../engine/isolate.py", "engine/x.js", "engine/",
        "engine/prelude/run.js", "engine/prelude/calls.js", "modules/kv.js", "modules/kv/x/y.js", "engine/clone.js\n", "modules/kv/kv.d.ts",
        "", "engine", "engine/prelude", "ENGINE/clone.js", "modules/kv/__init__.py", "engine/clone.js\0", "modules//etc/passwd.js", "./engine/clone.js", " engine/clone.js",
    ]  # fmt: skip
    import json

    for path in refused:
        reply = engine._call_python(b"engine.source", json.dumps([path]).encode())
        assert reply is not None
        assert reply.startswith(b'{"!":["Error",'), path
    assert (engine._call_python(b"engine.source", b'["engine/clone.js"]') or b"").startswith(b'"')


def test_texts_sent_ahead_are_bounded_and_the_contracts_own():
    ahead = Ahead()
    number = ahead.add(0, "ab")
    assert ahead.add(number, "c") == number
    assert ahead.take(number) == "abc"
    with pytest.raises((GuestError, LookupError)):
        ahead.take(number)
    for _ in range(64):
        ahead.add(0, "x" * 2**20)
    with pytest.raises(GuestError, match="too large"):
        ahead.add(0, "x")
    assert ahead.take(ahead.add(0, "y")) == "y"


DISPLAYS = [
    "5", "'text'", "[1]", "null", "undefined", "{ 'text/html': 5 }", "{ 'text/plain': '\\ud800' }", "{ 'application/json': { a: '\\udc00' } }", "{ '\\ud800': 'x' }",
    "(() => { let a = []; for (let i = 0; i < 5000; i++) a = [a]; return { 'application/json': a } })()", "{ 'application/json': 1e999 }", "{ get 'text/plain'() { throw 1 } }",
    "{ toJSON() { return 7 } }", "new Proxy({}, { ownKeys() { throw 1 } })", "{ 'text/plain': 'x'.repeat(2e6) }", "{ 'text/html': '<script>alert(1)</script>', 'application/javascript': 'alert(1)' }",
]  # fmt: skip


@pytest.mark.parametrize("bundle", DISPLAYS)
def test_display_bundles_of_any_shape_can_be_shown(session: Session, bundle: str):
    import json

    outcome = session.run(f"({{ [Symbol.for('Jupyter.display')]: () => ({bundle}) }})", contract="hostile", timeout=5)
    mime = outcome._repr_mimebundle_()
    json.dumps(mime, ensure_ascii=False, allow_nan=False).encode()  # as Jupyter sends it
    assert "application/javascript" not in mime
    works(session)


def test_values_of_a_tampering_contract_stay_opaque_or_are_its_own(session: Session):
    for tampering in (
        "() => 'nope{'",
        "() => ({})",
        "() => ['', 99]",
        "() => '\\u0001[[9]]'",
        "() => '\\u0001'",
        "() => { throw 1 }",
    ):
        session.run(f"JSON.stringify = {tampering}; 1", contract="hostile")
        for source in ("({ a: 1 })", "[1, 'x']", "'text'", "new Map([[1, 2]])", "1"):
            try:
                repr(session.run(source, contract="hostile"))
            except TanaError as error:
                str(error).encode()
        session.reset("hostile")
    works(session)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_showing_and_encoding_a_proxy_runs_no_trap_of_it_or_of_what_it_stands_for(session: Session, depth: int):
    source = f"""
      const traps = [];
      const all = Object.fromEntries(Reflect.ownKeys(Reflect).filter((name) => typeof name === 'string').map((name) => [
        name,
        (...given) => {{ traps.push(name === 'get' ? String(given[1]) : name); return Reflect[name](...given) }},
      ]));
      let made = {{ a: 1 }};
      for (let level = 0; level < {depth}; level++) made = new Proxy(made, all);
      const seen = [{{ made }}];
      seen
    """
    outcome = session.run(source)
    assert outcome.text == "[ { made: { a: 1 } } ]"
    # JSON.stringify asks every object for its toJSON, also one that then turns out to be no JSON; and the engine holds
    # what a trap answered against the target.
    assert session.run("new Set(traps)").value <= {"toJSON", "getOwnPropertyDescriptor"}


def test_a_contract_that_breaks_its_engine_gets_a_new_one(session: Session):
    told = attempt(
        session,
        "Object.defineProperty(Array.prototype, 0, { set(v) { Object.defineProperty(this, 0, { value: v }) }, configurable: true }); 1",
    )
    assert "variables are gone" in told
    assert session.run("1 + 1", contract="hostile").value == 2


def test_lone_surrogates_and_nul_in_keys_and_values(session: Session):
    source = f"""{KV}
      await kv.put('\\ud800a\\0b', '\\ud800v\\0w'); await kv.put('x\\udc00', 'plain'); await kv.put('pair\\ud83d\\ude00', '\\ud83d\\ude00');
      [await kv.get('\\ud800a\\0b'), await kv.get('\\ufffda\\0b'), await kv.get('x\\ufffd'), await kv.get('pair😀'), await kv.get('\\ud800a'),
        (await kv.list()).keys.map((key) => key.name)]
    """
    assert session.run(source, contract="odd").value == [
        "\ufffdv\0w", "\ufffdv\0w", "plain", "😀", None, ["pair😀", "x\ufffd", "\ufffda\0b"],
    ]  # fmt: skip
    session.keys(contract="odd").to_html()
    session.run(f"{KV} for (const {{ name }} of (await kv.list()).keys) await kv.delete(name)", contract="odd")
    assert len(session.keys(contract="odd")) == 0


def test_every_module_of_the_package_survives_being_loaded_by_a_contract(session: Session):
    for path in {*modules.specifiers().values(), *modules.lazy_globals()}:
        attempt(session, f"Object.getOwnPropertyNames($tana.load('{path}')).length")
        attempt(session, f"$tana.load('{path.replace('modules/', 'modules/../modules/')}')")
    assert "not for contracts" in attempt(session, "$tana.load('engine/prelude/calls.js')")
    works(session)
