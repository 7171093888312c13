"""Deno KV: what values become in the store, what comes back, and what is refused."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tana_jupyter import Session
from tana_jupyter.denokey import pack
from tana_jupyter.engine.values import to_python
from tana_jupyter.modules.deno.values import read_u64
from tests.deno_harness import opened, told, value

SAME = """
    // Whether two values are alike all the way down, as far as structured clone can tell.
    globalThis.alike = (a, b, met = new Map()) => {
      if (Object.is(a, b)) return true
      if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
      if (met.has(a)) return met.get(a) === b
      met.set(a, b)
      if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
      if (a instanceof Map || a instanceof Set) return a.size === b.size && alike([...a], [...b], met)
      if (a instanceof Date) return Object.is(a.getTime(), b.getTime())
      if (a instanceof RegExp) return `${a}` === `${b}` && b.lastIndex === 0
      if (a instanceof Error) return a.name === b.name && a.message === b.message && a.stack === b.stack && alike(a.cause, b.cause, met)
      if (a instanceof ArrayBuffer) {
        return a.resizable === b.resizable && a.maxByteLength === b.maxByteLength && alike(new Uint8Array(a), new Uint8Array(b))
      }
      if (a instanceof DataView) return a.byteOffset === b.byteOffset && alike(a.buffer, b.buffer, met)
      if (ArrayBuffer.isView(a)) return a.length === b.length && a.byteOffset === b.byteOffset && a.every((item, i) => Object.is(item, b[i]))
      if ([Number, String, Boolean, BigInt].some((Box) => a instanceof Box)) return Object.is(a.valueOf(), b.valueOf())
      const names = Object.keys(a)
      return alike(a.length, b.length) && `${names}` === `${Object.keys(b)}` && names.every((name) => alike(a[name], b[name], met))
    }
    globalThis.comesBack = async (value) => {
      await kv.set(['v'], { value })
      const nested = (await kv.get(['v'])).value.value
      await kv.set(['v'], value)
      const top = (await kv.get(['v'])).value
      const [{ value: listed }] = await all({ prefix: [] })
      return [alike(value, top), alike(value, nested), alike(value, listed)]
    }
"""


@pytest.fixture
def session() -> Session:
    session = opened()
    session.run(SAME)
    return session


def encoding(session: Session, code: str) -> tuple[str, bytes]:
    session.run(f"await kv.set(['v'], {code})")
    row = session.store.get("deno", "notebook", pack(("v",)), 0)
    assert row is not None
    return row.encoding, row.value


ROUND = [
    "undefined", "null", "true", "0", "-0", "NaN", "Infinity", "-Infinity", "1.5", "5e-324", "2 ** 53", "0n", "-(2n ** 300n)",
    "''", "'a\\0b'", "'\\ud800'", "'\\u{1F600}'", "[]", "[1, , 3]", "[, ,]", "Object.assign([1, 2], { extra: 1, 7: 2 })",
    "[undefined, null]", "{ a: undefined, b: null }", "{ a: { b: [1, { c: 'd' }] } }", "JSON.parse('{\"__proto__\": 1}')",
    "{ 2: 'b', 1: 'a', z: 0 }", "new Map([['a', 1], [{ k: 1 }, [2]], [NaN, -0]])", "new Set([1, '1', undefined, [1]])",
    "new Date(0)", "new Date(NaN)", "new Date(-1.5)", "/a\\/b/giu", "/[a]/v", "Object('s')", "Object(1)", "Object(false)", "Object(5n)",
    "bytes(1, 0, 255)", "new Uint8Array(0)", "new ArrayBuffer(5)", "new ArrayBuffer(2, { maxByteLength: 9 })",
    "new Float64Array([NaN, -0, 1.5])", "new BigInt64Array([-1n])", "new Uint16Array([1, 2, 3]).subarray(1)", "new Float16Array([1.5])",
    "new DataView(new ArrayBuffer(8), 2, 3)", "new Error('m')", "new TypeError('m', { cause: { a: 1 } })", "new RangeError()",
]  # fmt: skip


@pytest.mark.parametrize("code", ROUND)
def test_values_come_back_as_they_were(session: Session, code: str) -> None:
    assert value(session, f"await comesBack({code})") == [True, True, True]


def test_identity_is_kept_inside_one_value(session: Session) -> None:
    value(
        session, "const shared = { n: 1 }; const round = { a: shared, b: [shared], map: new Map([[shared, shared]]) }"
    )
    value(session, "round.self = round; await kv.set(['v'], round); const back = (await kv.get(['v'])).value")
    assert value(
        session, "[back.self === back, back.a === back.b[0], back.map.get(back.a) === back.a, back.a !== shared]"
    ) == ([True] * 4)
    value(
        session,
        "const buffer = new ArrayBuffer(8); await kv.set(['v'], [new Uint8Array(buffer), new Int32Array(buffer, 4)])",
    )
    assert value(session, "const [u, i] = (await kv.get(['v'])).value; u[4] = 7; [u.buffer === i.buffer, i[0]]") == [
        True,
        7,
    ]


def test_a_value_is_taken_at_the_call(session: Session) -> None:
    code = "const live = { n: 1, deep: [1] }; const set = kv.set(['v'], live); live.n = 2; live.deep.push(2); await set; (await kv.get(['v'])).value"
    assert value(session, code) == {"n": 1, "deep": [1]}
    assert value(session, "const read = (await kv.get(['v'])).value; read.n = 9; (await kv.get(['v'])).value.n") == 1


CHANGED = [
    ("Object.create(null, { a: { value: 1, enumerable: true } })", "{ a: 1 }"),
    ("Object.freeze({ a: 1 })", "{ a: 1 }"),
    ("{ a: 1, [Symbol('s')]: 2 }", "{ a: 1 }"),
    ("Object.defineProperty({ a: 1 }, 'hidden', { value: 2 })", "{ a: 1 }"),
    ("{ get a() { return 1 } }", "{ a: 1 }"),
    ("class extends Array {}.from([1, 2])", "[1, 2]"),
    ("Object.assign(new Map([[1, 2]]), { own: 1 })", "new Map([[1, 2]])"),
    ("new (class extends Map {})([[1, 2]])", "new Map([[1, 2]])"),
    ("new (class extends Uint8Array {})([1, 2])", "bytes(1, 2)"),
    ("bytes(1, 2, 3, 4).subarray(1, 3)", "bytes(2, 3)"),
    ("{ n: new Deno.KvU64(5n) }", "{ n: { value: 5n } }"),
    ("Object.assign(/a/g, { lastIndex: 3 })", "/a/g"),
    ("new URL('http://a.b')", "{}"),
    ("Math", "{}"),
    ("new (class Point { #hidden = 1; x = 1; get y() { return 2 } move() {} })()", "{ x: 1 }"),
]


@pytest.mark.parametrize(("code", "becomes"), CHANGED)
def test_what_changes_on_the_way(session: Session, code: str, becomes: str) -> None:
    session.show = lambda *_: None
    assert value(session, f"await kv.set(['v'], {code}); alike((await kv.get(['v'])).value, {becomes})") is True


def test_errors_keep_their_built_in_names_only(session: Session) -> None:
    value(
        session,
        "class Mine extends TypeError { code = 5 }; const error = new Mine('m'); error.name = 'Mine'; await kv.set(['v'], error)",
    )
    assert value(
        session, "const e = (await kv.get(['v'])).value; [e.name, e.message, e.constructor.name, 'code' in e]"
    ) == [
        "Error",
        "m",
        "Error",
        False,
    ]
    value(session, "await kv.set(['v'], new AggregateError([1], 'many'))")
    assert value(session, "const many = (await kv.get(['v'])).value; [many.name, many.message, 'errors' in many]") == [
        "Error",
        "many",
        False,
    ]


def test_a_part_of_a_buffer_keeps_the_whole_inside_a_value(session: Session) -> None:
    assert value(session, "await kv.set(['v'], { part: new Uint8Array(100).subarray(1, 3) }); (await kv.get(['v'])).value.part.buffer.byteLength") == 100  # fmt: skip


REFUSED = [
    ("() => 1", "TypeError: () => 1 could not be cloned."),
    ("Symbol('s')", "TypeError: Symbol(s) could not be cloned."),
    ("Symbol.for('s')", "TypeError: Symbol(s) could not be cloned."),
    ("Object(Symbol('s'))", "TypeError: [object Symbol] could not be cloned."),
    ("Promise.resolve(1)", "TypeError: #<Promise> could not be cloned."),
    ("new WeakMap()", "TypeError: #<WeakMap> could not be cloned."),
    ("new WeakSet()", "TypeError: #<WeakSet> could not be cloned."),
    ("new WeakRef({})", "TypeError: #<WeakRef> could not be cloned."),
    ("new Proxy({}, {})", "TypeError: #<Object> could not be cloned."),
    ("(function* () {})()", "TypeError: [object Generator] could not be cloned."),
    ("(function () { return arguments })(1)", "TypeError: #<Object> could not be cloned."),
    ("globalThis", "TypeError: #<Object> could not be cloned."),
    ("new SharedArrayBuffer(1)", "Error: #<SharedArrayBuffer> could not be cloned."),
    (
        "new Uint8Array(new SharedArrayBuffer(1))",
        "TypeError: serde_v8 error: invalid type; expected: buffer, got: Uint8Array",
    ),
    ("new ReadableStream()", "TypeError: Unsupported object type"),
    ("{ get a() { throw new RangeError('mine') } }", "RangeError: mine"),
]


@pytest.mark.parametrize(("code", "text"), REFUSED)
def test_what_cannot_be_stored(session: Session, code: str, text: str) -> None:
    assert told(session, f"kv.set(['v'], {code})") == text
    inside = told(session, f"kv.set(['v'], new Map([[1, [{code}]]]))")
    assert inside == (text if "serde_v8" not in text else "Error: #<SharedArrayBuffer> could not be cloned.")
    assert value(session, "(await kv.get(['v'])).versionstamp") is None


def test_an_object_with_a_to_json_method_is_refused(session: Session) -> None:
    answer = told(session, "kv.set(['v'], { a: { toJSON() { return 1 } } })")
    assert answer.startswith("TypeError: toJSON()")
    assert answer.endswith("could not be cloned.")


def test_depth_ends_where_denos_does(session: Session) -> None:
    value(session, "const nest = (depth) => { let made = 1; while (depth-- > 0) made = { made }; return made }")
    value(
        session,
        "const depth = (value) => { let found = 0; for (; typeof value === 'object'; found++) value = value.made; return found }",
    )
    for levels in (900, 2000, 3800):
        assert value(session, f"await kv.set(['v'], nest({levels})); depth((await kv.get(['v'])).value)") == levels
        assert value(session, "depth((await all({ prefix: [] }))[0].value)") == levels
    for levels in (3801, 20000):
        assert told(session, f"kv.set(['v'], nest({levels}))") == "RangeError: Maximum call stack size exceeded"


# Class instances.


def warnings(session: Session, code: str) -> list[str]:
    return [log.text for log in session.run(code).logs if log.level == "warn"]


def test_flattening_is_told_once_a_run(session: Session) -> None:
    session.show = lambda *_: None
    session.run("class Point { x = 1 }; class Line { a = new Point(); b = new Point() }")
    told_once = warnings(session, "for (let i = 0; i < 5; i++) await kv.set(['v', i], new Line())")
    assert [text.split(":")[0] for text in told_once] == [
        "Deno KV stores an instance of Line as a plain object",
        "Deno KV stores an instance of Point as a plain object",
    ]
    assert len(warnings(session, "await kv.set(['v'], [new Point()])")) == 1
    assert warnings(session, "await kv.set(['v'], { plain: true, map: new Map(), date: new Date() })") == []


def test_flattening_is_told_of_few_classes(session: Session) -> None:
    session.show = lambda *_: None
    code = "for (let i = 0; i < 100; i++) await kv.set(['v'], new ({ [`C${i}`]: class {} })[`C${i}`]())"
    assert len(warnings(session, code)) == 20


# KvU64.


def test_what_a_kvu64_is(session: Session) -> None:
    assert value(session, "const u = new Deno.KvU64(7n); [u.value, u == 7n, String(u), typeof (u + 1n)]") == [
        7,
        True,
        "7",
        "bigint",
    ]
    assert value(session, "[Object.isFrozen(u), Object.keys(u), Object.prototype.toString.call(u)]") == [
        True,
        ["value"],
        "[object Deno.KvU64]",
    ]
    assert session.run("[u]").text == "[ [Deno.KvU64: 7n] ]"
    assert value(session, "structuredClone(u)") == {"value": 7}
    assert told(session, "JSON.stringify(u)").startswith("threw TypeError")


NO_U64 = [
    ("1", "TypeError: Value must be a bigint: received number"),
    ("", "TypeError: Value must be a bigint: received undefined"),
    ("-1n", "RangeError: Value must be a positive bigint: received -1"),
    ("2n ** 64n", "RangeError: Value must fit in a 64-bit unsigned integer"),
]


@pytest.mark.parametrize(("given", "text"), NO_U64)
def test_what_is_no_kvu64(session: Session, given: str, text: str) -> None:
    assert told(session, f"new Deno.KvU64({given})") == f"threw {text}"


@pytest.mark.parametrize("number", [0, 1, 2**53 + 1, 2**64 - 1])
def test_a_kvu64_at_the_top_comes_back_as_one(session: Session, number: int) -> None:
    kind, stored = encoding(session, f"new Deno.KvU64({number}n)")
    assert (kind, read_u64(stored)) == ("u64", number)
    assert value(
        session, "const back = (await kv.get(['v'])).value; [back instanceof Deno.KvU64, back.value.toString()]"
    ) == [
        True,
        str(number),
    ]
    assert value(session, "(await all({ prefix: [] }))[0].value.toString()") == str(number)


def test_a_made_up_kvu64_is_none(session: Session) -> None:
    session.show = lambda *_: None
    assert encoding(session, "Object.create(Deno.KvU64.prototype, { value: { value: 1n } })")[0] == "clone"


# What the store and Python see.


STORED = [
    ("{ id: 1, tags: ['a'] }", "json", b'{"id":1,"tags":["a"]}'),
    ("'a'", "json", b'"a"'),
    ("bytes(1, 2, 3)", "bytes", b"\x01\x02\x03"),
    ("new Uint8Array(0)", "bytes", b""),
    ("new Uint8Array(8).subarray(1, 6)", "bytes", bytes(5)),
    ("undefined", "clone", b'\x01[["u"]]'),
    ("new Uint16Array([1])", "clone", None),
]


@pytest.mark.parametrize(("code", "kind", "stored"), STORED)
def test_how_values_lie_in_the_store(session: Session, code: str, kind: str, stored: bytes | None) -> None:
    found, text = encoding(session, code)
    assert found == kind
    assert stored is None or text == stored


PYTHON: list[tuple[str, object]] = [
    ("{ id: 1, big: 2n ** 60n, half: 0.5, none: undefined }", {"id": 1, "big": 2**60, "half": 0.5, "none": None}),
    ("new Map([['at', new Date(0)]])", {"at": dt.datetime(1970, 1, 1, tzinfo=dt.UTC)}),
    ("new Set([1, 2])", {1, 2}),
    ("[1, , 3]", [1, None, 3]),
    ("{ b: bytes(1) }", {"b": b"\x01"}),
]


@pytest.mark.parametrize(("code", "python"), PYTHON)
def test_values_in_python(session: Session, code: str, python: object) -> None:
    _, text = encoding(session, code)
    assert to_python(text) == python
    assert value(session, "(await kv.get(['v'])).value") == python


def test_a_row_somebody_else_wrote_is_read_too(session: Session) -> None:
    from tana_jupyter.store.protocol import Write

    rows = [("t", b"plain", "text"), ("u", (5).to_bytes(8, "little"), "u64"), ("b", b"12345", "bytes")]
    session.journal.commit(
        [Write("deno", "notebook", pack((key,)), text, kind) for key, text, kind in rows if kind != "text"]
    )
    assert value(session, "[(await kv.get(['u'])).value.value, (await kv.get(['b'])).value]") == [5, b"12345"]


# Round trip of anything.

plain = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=8), st.text("\0\x01\x1f\"\\\u2028\ud800", max_size=3),
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=100)
@given(st.lists(plain, min_size=1, max_size=5))
def test_any_json_like_values_come_back(values: list[Any]) -> None:
    session = opened()
    session.run(SAME)
    texts = [json.dumps(each) for each in values]
    code = "const found = []; for (const text of texts) found.push(...await comesBack(JSON.parse(text))); found.every(Boolean)"
    assert value(session, code, texts=texts) is True


EXOTIC = st.recursive(
    st.sampled_from(
        [
            "undefined",
            "-0",
            "NaN",
            "1n",
            "'a'",
            "1",
            "bytes(1, 2, 3)",
            "new Date(5)",
            "/a/g",
            "[,]",
            "new Float32Array(2)",
            "shared",
            "Object('s')",
        ]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(inner, max_size=3).map(lambda items: f"new Set([{', '.join(items)}])"),
        st.lists(st.tuples(inner, inner), max_size=3).map(
            lambda items: f"new Map([{', '.join(f'[{a}, {b}]' for a, b in items)}])"
        ),
        st.dictionaries(st.sampled_from(["a", "b", "1", "'x y'"]), inner, max_size=3).map(
            lambda items: f"({{ {', '.join(f'{key}: {item}' for key, item in items.items())} }})"
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=60)
@given(st.lists(EXOTIC, min_size=1, max_size=6))
def test_any_other_values_come_back(codes: list[str]) -> None:
    session = opened()
    session.run(SAME + "globalThis.shared = { shared: true }")
    given = ", ".join(f"() => {code}" for code in codes)
    code = (
        f"const found = []; for (const make of [{given}]) found.push(...await comesBack(make())); found.every(Boolean)"
    )
    assert value(session, code) is True


@pytest.mark.parametrize("made", ["new Proxy({ a: 1 }, {})", "Proxy.revocable({ a: 1 }, {}).proxy"])
@pytest.mark.parametrize("value", ["{}", "[{}]", "new Map([[1, {}]])"])
def test_a_proxy_is_refused_however_it_was_made(session, made, value):
    answer = told(session, f"kv.set(['v'], {value.replace('{}', made)})")
    assert answer == "TypeError: #<Object> could not be cloned."
