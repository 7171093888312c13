"""``tana/kv``: what is stored for a value, and what comes back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tana_jupyter import Session
from tests.kv_harness import opened, told, value

NOT_STORABLE = {
    "error": "TypeError: KV put() accepts only strings, ArrayBuffers, ArrayBufferViews, and ReadableStreams as values."
}
LARGEST = 26_214_400


@pytest.fixture
def session() -> Session:
    return opened()


def too_large(size: int) -> dict[str, object]:
    cause = f"KV PUT failed: 413 Value length of {size} exceeds limit of {LARGEST}."
    return {"error": f"Error: KV value too large: {size} bytes (max {LARGEST})", "status": 413, "cause": cause}


# Value -> the text that get gives.
TEXTS = [
    ("''", ""),
    ("'é😀\\0'", "é😀\0"),
    ("'\\\\n\"'", '\\n"'),
    ("'a\\ud800b'", "a\ufffdb"),
    ("42", "42"),
    ("-0", "0"),
    ("1.5e300", "1.5e+300"),
    ("NaN", "NaN"),
    ("Infinity", "Infinity"),
    ("true", "true"),
    ("null", "null"),
    ("undefined", "undefined"),
    ("5n", "5"),
    ("{ a: 1, b: undefined }", '{"a":1}'),
    ("{}", "{}"),
    ("[1, , 'x']", '[1,null,"x"]'),
    ("[]", "[]"),
    ("Object.assign(Object.create(null), { a: 1 })", '{"a":1}'),
    ("new (class Point { x = 1; #y = 2 })()", '{"x":1}'),
    ("new (class Empty {})()", "{}"),
    ("new Date(0)", '"1970-01-01T00:00:00.000Z"'),
    ("new URL('http://a.b/c')", '"http://a.b/c"'),
    ("{ toJSON: () => [1] }", "[1]"),
    ("Object.assign(new Map(), { toJSON: () => 'a map' })", '"a map"'),
    ("Object.assign(() => 1, { toJSON: () => 'a function' })", '"a function"'),
    ("new (class Shelf { books = []; *[Symbol.iterator]() {} })()", '{"books":[]}'),
    ("{ nested: new Map([[1, 2]]) }", '{"nested":{}}'),
]


@pytest.mark.parametrize(("given", "wanted"), TEXTS)
def test_what_is_stored(session: Session, given: str, wanted: str) -> None:
    value(
        session,
        f"await kv.put('k', {given}); await kv.put('k\\0', {given}); await kv.put('m', {given}, {{ metadata: 1 }})",
    )
    assert value(session, "[await kv.get('k'), await kv.get('k\\0'), await kv.get('m')]") == [wanted] * 3
    value(session, f"const given = {given}; if (given !== undefined) await kv.putBulk([{{ key: 'b', value: given }}])")
    assert value(session, "await kv.get('b')") == (None if given == "undefined" else wanted)


REFUSED: list[tuple[str, dict[str, object]]] = [
    ("new Map([[1, 2]])", NOT_STORABLE),
    ("new (class Index extends Map { own = 1 })()", NOT_STORABLE),
    ("new Set([1])", NOT_STORABLE),
    ("new WeakMap()", NOT_STORABLE),
    ("new WeakSet()", NOT_STORABLE),
    ("new WeakRef({})", NOT_STORABLE),
    ("Promise.resolve('v')", NOT_STORABLE),
    ("() => 1", NOT_STORABLE),
    ("class A {}", NOT_STORABLE),
    ("/x/", NOT_STORABLE),
    ("new Error('x')", NOT_STORABLE),
    ("[][Symbol.iterator]()", NOT_STORABLE),
    ("(function* () { yield 1 })()", NOT_STORABLE),
    ("new Headers({ a: 'b' })", NOT_STORABLE),
    ("new URLSearchParams('a=b')", NOT_STORABLE),
    ("{ toJSON: () => undefined }", NOT_STORABLE),
    ("Symbol('x')", {"error": "TypeError: Cannot convert a Symbol value to a string"}),
    ("{ toJSON() { throw new RangeError('mine') } }", {"error": "RangeError: mine"}),
]


@pytest.mark.parametrize(("given", "wanted"), REFUSED)
@pytest.mark.parametrize("options", ["", ", { metadata: 1 }"])
def test_what_is_refused(session: Session, given: str, wanted: dict[str, object], options: str) -> None:
    value(session, "await kv.put('k', 'kept')")
    assert told(session, f"kv.put('k', {given}{options})") == wanted
    assert told(session, f"kv.putBulk([{{ key: 'j', value: 1 }}, {{ key: 'k', value: {given} }}])") == {
        **wanted,
        "index": 1,
    }
    assert value(session, "[await kv.get('k'), await kv.get('j')]") == ["kept", None]


@pytest.mark.parametrize(
    "given",
    [
        "(() => { const a = {}; a.a = a; return a })()",
        "{ a: 1n }",
        "[Object.create({ get a() { throw 1 } })].map((x) => x.a)",
    ],
)
def test_what_has_no_json_is_an_error_of_the_engine(session: Session, given: str) -> None:
    code = f"let kind = 'stored'; try {{ await kv.put('k', {given}) }} catch (error) {{ kind = error instanceof TypeError || error === 1 }}; kind"
    assert value(session, code) is True
    assert value(session, "await names()") == []


def test_json_is_taken_at_the_call(session: Session) -> None:
    code = "const o = { n: 1 }; const p = kv.put('k', o); o.n = 2; await p; await kv.get('k', 'json')"
    assert value(session, code) == {"n": 1}


# Bytes -> what they read as.
BYTES: list[tuple[str, list[int]]] = [
    ("bytes()", []),
    ("bytes(0)", [0]),
    ("bytes(1, 2, 3)", [1, 2, 3]),
    ("bytes(1, 2, 3, 4)", [1, 2, 3, 4]),
    ("bytes(1, 2, 3, 4, 255)", [1, 2, 3, 4, 255]),
    ("bytes(1, 2, 3, 255).buffer", [1, 2, 3, 255]),
    ("bytes(1, 2, 3, 4, 5).subarray(1, 4)", [2, 3, 4]),
    ("new DataView(bytes(1, 2, 3, 4, 5).buffer, 2, 2)", [3, 4]),
    ("new Uint16Array([258])", [2, 1]),
    ("new Int32Array([-2])", [254, 255, 255, 255]),
    ("new Float64Array([1])", [0, 0, 0, 0, 0, 0, 240, 63]),
    ("new BigInt64Array([1n])", [1, 0, 0, 0, 0, 0, 0, 0]),
    ("new Uint8ClampedArray([300])", [255]),
    ("Object.assign(new SharedArrayBuffer(2), {})", [0, 0]),
    ("new TextEncoder().encode('é')", [195, 169]),
]


@pytest.mark.parametrize(("given", "wanted"), BYTES)
def test_bytes_round_trip(session: Session, given: str, wanted: list[int]) -> None:
    value(session, f"await kv.put('k', {given}, {{ metadata: 1 }}); await kv.putBulk([{{ key: 'b', value: {given} }}])")
    assert value(session, "[await read('k'), await read('b')]") == [wanted, wanted]
    code = "const r = await kv.getWithMetadata('k', { type: 'arrayBuffer' }); [r.value.constructor.name, r.value.byteLength, r.metadata]"
    assert value(session, code) == ["ArrayBuffer", len(wanted), 1]
    streamed = "const all = []; for await (const chunk of await kv.get('k', 'stream')) all.push(...chunk); all"
    assert value(session, streamed) == wanted
    row = session.store.get("kv", "notebook", b"k", session.clock.now_us())
    assert row is not None
    assert (row.encoding, row.value) == ("bytes", bytes(wanted))


# Bytes -> the text they read as; mistakes as in the standard.
DECODED = [
    ([195, 169], "é"),
    ([239, 187, 191, 97], "\ufeffa"),
    ([255], "\ufffd"),
    ([97, 255, 98], "a\ufffdb"),
    ([240, 159, 146], "\ufffd"),
    ([237, 160, 128], "\ufffd\ufffd\ufffd"),
    ([192, 128], "\ufffd\ufffd"),
]


@pytest.mark.parametrize(("given", "wanted"), DECODED)
def test_bytes_read_as_text(session: Session, given: list[int], wanted: str) -> None:
    value(session, f"await kv.put('k', bytes({str(given)[1:-1]}))")
    code = "[await kv.get('k'), await kv.get('k', { cacheTtl: 30 }), (await kv.getWithMetadata('k')).value, (await kv.get(['k'])).get('k')]"
    assert value(session, code) == [wanted] * 4


@pytest.mark.parametrize("options", ["'json'", "{ type: 'json', cacheTtl: 30 }"])
def test_bytes_read_as_json(session: Session, options: str) -> None:
    value(session, "await kv.put('k', new TextEncoder().encode('[1,\"é\"]')); await kv.put('bad', bytes(34, 255, 34))")
    assert value(session, f"[await kv.get('k', {options}), await kv.get('bad', {options})]") == [[1, "é"], "\ufffd"]
    assert value(session, "(await kv.get(['k', 'bad'], 'json')).get('bad')") == "\ufffd"


def test_text_reads_as_bytes(session: Session) -> None:
    assert value(session, "await kv.put('k', 'é\\0'); await kv.put('e', ''); [await read('k'), await read('e')]") == [
        [195, 169, 0],
        [],
    ]


def test_each_read_gives_a_buffer_of_its_own(session: Session) -> None:
    code = """
        await kv.put('k', bytes(1, 2))
        const one = await kv.get('k', 'arrayBuffer')
        new Uint8Array(one)[0] = 9
        await read('k')
    """
    assert value(session, code) == [1, 2]


def test_bytes_are_taken_at_the_call(session: Session) -> None:
    code = """
        const one = bytes(1), two = bytes(1)
        const puts = [kv.put('one', one), kv.putBulk([{ key: 'two', get value() { return two } }, { key: 'three', get value() { two[0] = 9; return 'x' } }])]
        one[0] = two[0] = 2
        await Promise.all(puts);
        [await read('one'), await read('two')]
    """
    assert value(session, code) == [[1], [1]]


def test_detached_and_forged_buffers_are_refused(session: Session) -> None:
    for buffer in (
        "(() => { const b = new ArrayBuffer(4); b.transfer(); return b })()",
        "Object.create(ArrayBuffer.prototype)",
    ):
        assert told(session, f"kv.put('k', {buffer})")["error"].startswith("TypeError")
    assert value(session, "await names()") == []


@pytest.mark.parametrize("size", [0, 1, 3, 4, 5, 262143, 262144, 262145, 524288, 524291, 800001])
def test_sizes_around_a_slice(session: Session, size: int) -> None:
    code = f"""
        const given = new Uint8Array({size})
        for (let at = 0; at < given.length; at++) given[at] = at * 7 + (at >> 8)
        await kv.put('k', given)
        const back = new Uint8Array(await kv.get('k', 'arrayBuffer'))
        let streamed = 0, same = back.length === given.length && back.every((byte, at) => byte === given[at])
        for await (const chunk of await kv.get('k', 'stream')) {{
          same &&= chunk.every((byte, at) => byte === given[streamed + at]) && chunk.length > 0
          streamed += chunk.length
        }}
        [same, streamed]
    """.replace("\n        [same", "\n        ;[same")
    assert value(session, code) == [True, size]


@pytest.mark.parametrize("text", ["'x'", "'\\0'", "'é'", "'😀'", "'\"'"])
@pytest.mark.parametrize("times", [262143, 262144, 262145])
def test_long_texts(session: Session, text: str, times: int) -> None:
    code = f"const text = {text}.repeat({times}); await kv.put('k', text); await kv.put('m', text, {{ metadata: 1 }}); [await kv.get('k') === text, await kv.get('m') === text]"
    assert value(session, code) == [True, True]


LIMITS: list[tuple[str, int | None]] = [
    (f"'x'.repeat({LARGEST})", None),
    (f"'x'.repeat({LARGEST + 1})", LARGEST + 1),
    (f"'é'.repeat({LARGEST // 2})", None),
    (f"'é'.repeat({LARGEST // 2}) + 'x'", LARGEST + 1),
    (f"new Uint8Array({LARGEST}).fill(200)", None),
    (f"new Uint8Array({LARGEST + 1})", LARGEST + 1),
    (f"new ArrayBuffer({LARGEST + 1})", LARGEST + 1),
]


@pytest.mark.parametrize(("given", "size"), LIMITS)
def test_the_largest_value(session: Session, given: str, size: int | None) -> None:
    answer = told(session, f"kv.put('k', {given})")
    assert answer == (None if size is None else too_large(size))
    stored = value(session, "(await kv.get('k', 'arrayBuffer'))?.byteLength")
    assert stored == (LARGEST if size is None else None)


def test_the_largest_value_of_a_bulk_put(session: Session) -> None:
    answer = told(
        session, f"kv.putBulk([{{ key: 'a', value: 1 }}, {{ key: 'k', value: new Uint8Array({LARGEST + 1}) }}])"
    )
    assert answer == {**too_large(LARGEST + 1), "index": 1}


def test_large_values_that_are_refused_leave_no_trace(session: Session) -> None:
    code = """
        const big = 'x'.repeat(20_000_000)
        const seen = new Set()
        for (let i = 0; i < 5; i++) seen.add((await told(() => kv.put('', big))).error)
        await kv.put('k', big)
        ;[[...seen], (await kv.get('k')).length]
    """
    assert value(session, code) == [["TypeError: Key name cannot be empty."], 20_000_000]


def test_values_are_checked_last(session: Session) -> None:
    too_much = f"new Uint8Array({LARGEST + 1})"
    answer = told(session, f"kv.put('', {too_much}, {{ expirationTtl: 1 }})")
    assert answer == {"error": "TypeError: Key name cannot be empty."}
    answer = told(session, f"kv.put('k', {too_much}, {{ expirationTtl: 1 }})")
    assert answer["error"].startswith("Error: KV PUT failed: 400 Invalid expiration_ttl of 1.")


@settings(max_examples=60)
@given(data=st.binary(max_size=40))
def test_any_bytes(data: bytes) -> None:
    session: Session = SHARED
    code = "await kv.put('any', given); [new Uint8Array(await kv.get('any', 'arrayBuffer')), await kv.get('any')]"
    back: list[Any] = value(session, code, given=data)
    assert back == [data, data.decode("utf-8", "replace")]


@settings(max_examples=60)
@given(text=st.text(max_size=40))
def test_any_text(text: str) -> None:
    session: Session = SHARED
    code = "await kv.put(given.slice(0, 9) + 'k', given, { metadata: given.slice(0, 20) }); await kv.getWithMetadata(given.slice(0, 9) + 'k')"
    back = value(session, code, given=text)
    assert back["value"] == text


SHARED = opened()
