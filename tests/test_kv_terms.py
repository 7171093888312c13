"""``tana/kv``: expiration and metadata, from both sides of every limit, by a clock that stands still."""

from __future__ import annotations

import json

import pytest

from tana_jupyter import Session
from tests.kv_harness import NOW, opened, told, value

RANGE = {"error": "TypeError: Value out of range. Must be between -2147483648 and 2147483647 (inclusive)."}
NOT_POSITIVE = "Please specify integer greater than 0."
TOO_SHORT = "Expiration TTL must be at least 60."
PAST = "Please specify integer greater than the current number of seconds since the UNIX epoch."
TOO_SOON = "Expiration times must be at least 60 seconds in the future."


@pytest.fixture
def session() -> Session:
    return opened()


def failed(status: int, text: str) -> dict[str, object]:
    return {"error": f"Error: KV PUT failed: {status} {text}", "status": status}


def ttl(shown: int, rule: str) -> dict[str, object]:
    return failed(400, f"Invalid expiration_ttl of {shown}. {rule}")


def until(shown: int, rule: str) -> dict[str, object]:
    return failed(400, f"Invalid expiration of {shown}. {rule}")


OUT_OF_RANGE = ["2147483648", "-2147483649", "Date.now()", "Number.MAX_SAFE_INTEGER", "'1e10'"]

# Options -> how they are refused.
REFUSED: list[tuple[str, dict[str, object]]] = [
    ("expirationTtl: 59", ttl(59, TOO_SHORT)),
    ("expirationTtl: 59.9", ttl(59, TOO_SHORT)),
    ("expirationTtl: '59'", ttl(59, TOO_SHORT)),
    ("expirationTtl: 1", ttl(1, TOO_SHORT)),
    ("expirationTtl: true", ttl(1, TOO_SHORT)),
    ("expirationTtl: 0", ttl(0, NOT_POSITIVE)),
    ("expirationTtl: 0.9", ttl(0, NOT_POSITIVE)),
    ("expirationTtl: -0.9", ttl(0, NOT_POSITIVE)),
    ("expirationTtl: -1", ttl(-1, NOT_POSITIVE)),
    ("expirationTtl: -2147483648", ttl(-2147483648, NOT_POSITIVE)),
    ("expirationTtl: null", ttl(0, NOT_POSITIVE)),
    ("expirationTtl: NaN", ttl(0, NOT_POSITIVE)),
    ("expirationTtl: Infinity", ttl(0, NOT_POSITIVE)),
    ("expirationTtl: -Infinity", ttl(0, NOT_POSITIVE)),
    ("expirationTtl: 'an hour'", ttl(0, NOT_POSITIVE)),
    ("expirationTtl: {}", ttl(0, NOT_POSITIVE)),
    ("expirationTtl: []", ttl(0, NOT_POSITIVE)),
    (f"expiration: {NOW + 59}", until(NOW + 59, TOO_SOON)),
    (f"expiration: {NOW + 59}.9", until(NOW + 59, TOO_SOON)),
    (f"expiration: {NOW + 1}", until(NOW + 1, TOO_SOON)),
    (f"expiration: {NOW}", until(NOW, PAST)),
    ("expiration: 60", until(60, PAST)),
    ("expiration: 0", until(0, PAST)),
    ("expiration: -5", until(-5, PAST)),
    ("expiration: null", until(0, PAST)),
    ("expiration: NaN", until(0, PAST)),
    ("expiration: Infinity", until(0, PAST)),
    ("expiration: 'tomorrow'", until(0, PAST)),
    ("expirationTtl: 59, expiration: 5", ttl(59, TOO_SHORT)),
    (f"expirationTtl: null, expiration: {NOW + 1000}", ttl(0, NOT_POSITIVE)),
    *((f"expirationTtl: {number}", RANGE) for number in OUT_OF_RANGE),
    *((f"expiration: {number}", RANGE) for number in OUT_OF_RANGE),
    ("metadata: 'x'.repeat(1023)", failed(413, "Metadata length of 1025 exceeds limit of 1024.")),
    ("metadata: 'é'.repeat(511) + 'x'", failed(413, "Metadata length of 1025 exceeds limit of 1024.")),
    ("metadata: '😀'.repeat(256)", failed(413, "Metadata length of 1026 exceeds limit of 1024.")),
    ("metadata: '\"'.repeat(512)", failed(413, "Metadata length of 1026 exceeds limit of 1024.")),
    ("metadata: 'x'.repeat(1000000)", failed(413, "Metadata length of 1000002 exceeds limit of 1024.")),
    ("metadata: { n: 'x'.repeat(1017) }", failed(413, "Metadata length of 1025 exceeds limit of 1024.")),
    ("metadata: () => 1", failed(500, "Internal Server Error: the metadata has no JSON")),
    ("metadata: Symbol('x')", failed(500, "Internal Server Error: the metadata has no JSON")),
    ("metadata: { toJSON() {} }", failed(500, "Internal Server Error: the metadata has no JSON")),
    ("metadata: { toJSON() { throw new RangeError('mine') } }", {"error": "RangeError: mine"}),
    # In the order in which Cloudflare looks.
    ("expirationTtl: 5, metadata: 'x'.repeat(2000)", ttl(5, TOO_SHORT)),
    ("expirationTtl: 5, metadata: () => 1", failed(500, "Internal Server Error: the metadata has no JSON")),
]

VALUES = ["'v'", "{ a: 1 }", "bytes(1)", "'x'.repeat(300000)", "new ReadableStream({ start(c) { c.close() } })"]


@pytest.mark.parametrize(("options", "wanted"), REFUSED)
def test_what_is_refused(session: Session, options: str, wanted: dict[str, object]) -> None:
    value(session, "await kv.put('k', 'kept', { metadata: 1 })")
    for given in VALUES:
        assert told(session, f"kv.put('k', {given}, {{ {options} }})") == wanted
    assert told(session, f"kv.put('k\\0', 'v', {{ {options} }})") == wanted
    entries = f"[{{ key: 'j', value: 'v' }}, {{ key: 'k', value: 'v', {options} }}]"
    assert told(session, f"kv.putBulk({entries})") == {**wanted, "index": 1}
    left = {"name": "k", "metadata": 1}
    assert value(session, "[await kv.get('k'), (await kv.list()).keys]") == ["kept", [left]]


@pytest.mark.parametrize("member", ["expirationTtl", "expiration", "metadata"])
@pytest.mark.parametrize("given", ["5n", "Symbol('x')", "(() => { const a = {}; a.a = a; return a })()"])
def test_what_the_engine_cannot_convert(session: Session, member: str, given: str) -> None:
    answer = told(session, f"kv.put('k', 'v', {{ {member}: {given} }})")
    assert answer["error"].startswith(("TypeError", "Error: KV PUT failed"))
    assert value(session, "await names()") == []


@pytest.mark.parametrize("options", ["5", "'60'", "true", "1n", "Symbol('x')", "''", "false", "NaN"])
def test_options_must_be_an_object(session: Session, options: str) -> None:
    text = "TypeError: Failed to execute 'put' on 'KvNamespace': parameter 3 is not of type 'PutOptions'."
    assert told(session, f"kv.put('k', 'v', {options})") == {"error": text}
    assert value(session, "await names()") == []


@pytest.mark.parametrize(
    "options",
    [
        "undefined",
        "null",
        "{}",
        "[]",
        "() => 1",
        "{ ttl: 1, expiration_ttl: 'x' }",
        "{ expirationTtl: undefined, expiration: undefined, metadata: undefined }",
        "{ metadata: null }",
        "{ metadata: { toJSON: () => null } }",
        "Object.create(null)",
    ],
)
def test_options_that_say_nothing(session: Session, options: str) -> None:
    value(session, f"await kv.put('k', 'old', {{ metadata: 1, expirationTtl: 60 }}); await kv.put('k', 'v', {options})")
    assert value(session, "[await kv.getWithMetadata('k'), (await kv.list()).keys]") == [
        {"value": "v", "metadata": None, "cacheStatus": None},
        [{"name": "k"}],
    ]


# Options -> seconds from now.
ACCEPTED = [
    ("expirationTtl: 60", 60),
    ("expirationTtl: 60.9", 60),
    ("expirationTtl: '120'", 120),
    ("expirationTtl: [90]", 90),
    ("expirationTtl: 2147483647", 2147483647),
    (f"expiration: {NOW + 60}", 60),
    (f"expiration: '{NOW + 61}'", 61),
    ("expiration: 2147483647", 2147483647 - NOW),
    ("expirationTtl: 60, expiration: 5", 60),
    ("expirationTtl: 60, expiration: Date.now()", 60),
]  # fmt: skip


@pytest.mark.parametrize(("options", "seconds"), ACCEPTED)
@pytest.mark.parametrize("given", VALUES)
def test_the_exact_end(session: Session, options: str, seconds: int, given: str) -> None:
    value(session, f"await kv.put('k', {given}, {{ {options} }})")
    assert value(session, "(await kv.list()).keys") == [{"name": "k", "expiration": NOW + seconds}]
    there = "[await kv.get('k') !== null, (await kv.getWithMetadata('k')).value !== null, (await kv.get(['k'])).get('k') !== null, (await names()).length]"
    session.clock.freeze(NOW + seconds - 0.001)
    assert value(session, there) == [True, True, True, 1]
    session.clock.freeze(NOW + seconds)
    assert value(session, there) == [False, False, False, 0]


def test_a_ttl_counts_from_the_whole_second(session: Session) -> None:
    session.clock.freeze(NOW + 0.7)
    value(session, "await kv.put('k', 'v', { expirationTtl: 60 })")
    session.clock.advance(59.2)
    assert value(session, "await kv.get('k')") == "v"
    session.clock.advance(0.1)
    assert value(session, "await kv.get('k')") is None


def test_a_contract_may_move_its_own_clock(session: Session) -> None:
    code = """
        import { clock } from 'tana/lab'
        await kv.put('k', 'v', { expirationTtl: 60 })
        clock.advance(59); const before = await kv.get('k')
        clock.advance(1); const after = await kv.get('k')
        ;[before, after]
    """
    assert value(session, code) == ["v", None]


def test_reading_extends_nothing_and_putting_again_does(session: Session) -> None:
    value(
        session,
        "await kv.put('a', 'v', { expirationTtl: 60 }); await kv.put('b', 'v', { expirationTtl: 60 }); await kv.put('c', 'v', { expirationTtl: 60 })",
    )
    session.clock.advance(40)
    value(session, "await kv.get('a'); await kv.put('b', 'w', { expirationTtl: 60 }); await kv.put('c', 'w')")
    session.clock.advance(40)
    assert value(session, "[await kv.get('a'), await kv.get('b'), await kv.get('c')]") == [None, "w", "w"]
    session.clock.advance(10**6)
    assert value(session, "[await kv.get('b'), await kv.get('c'), await kv.delete('b')]") == [None, "w", None]


# Metadata -> what is read.
METADATA = [
    ("0", 0), ("false", False), ("''", ""), ("'text'", "text"), ("[]", []), ("{}", {}), ("1e300", 1e300), ("NaN", None),
    ("{ a: [1, null, { b: 'é😀' }], u: undefined }", {"a": [1, None, {"b": "é😀"}]}),
    ("new Date(0)", "1970-01-01T00:00:00.000Z"), ("{ toJSON: () => 7 }", 7), ("'a\\0\\x1fb'", "a\0\x1fb"), ("'a\\ud800'", "a\ufffd"),
    ("{ 'k\\udc00': 1 }", {"k\ufffd": 1}), ("12345678901234567890", 12345678901234567000), ("new Map([[1, 2]])", {}), ("'\\u2028'", "\u2028"),
    ("{ ['__proto__']: 1, '!': 0 }", {"__proto__": 1, "!": 0}),
    ("'x'.repeat(1022)", "x" * 1022), ("'é'.repeat(511)", "é" * 511), ("'😀'.repeat(255) + 'xx'", "😀" * 255 + "xx"), ("{ n: 'x'.repeat(1016) }", {"n": "x" * 1016}),
]  # fmt: skip


@pytest.mark.parametrize(("given", "wanted"), METADATA)
def test_metadata(session: Session, given: str, wanted: object) -> None:
    value(
        session,
        f"const metadata = {given}; await kv.put('k', 'v', {{ metadata }}); await kv.put('n\\0', 'v', {{ metadata }})",
    )
    value(session, "await kv.put('s', bytes(1), { metadata }); await kv.putBulk([{ key: 'b', value: 'v', metadata }])")
    shown = "[await kv.getWithMetadata('k')].concat(await kv.getWithMetadata('b'), await kv.getWithMetadata('n\\0')).map((found) => JSON.stringify(found.metadata))"
    assert [json.loads(text) for text in value(session, shown)] == [wanted] * 3
    assert json.loads(value(session, "JSON.stringify((await kv.getWithMetadata('s', 'stream')).metadata)")) == wanted
    assert json.loads(value(session, "JSON.stringify((await kv.getWithMetadata(['k'])).get('k').metadata)")) == wanted
    listed = json.loads(
        value(session, "JSON.stringify((await kv.list()).keys.map((key) => 'metadata' in key ? key.metadata : 'none'))")
    )
    assert listed == [*(["none"] if wanted is None else [wanted])] * 4
    assert not session.keys().empty


def test_metadata_is_taken_at_the_call(session: Session) -> None:
    code = "const m = { n: 1 }; const p = kv.put('k', 'v', { metadata: m }); m.n = 2; await p; (await kv.getWithMetadata('k')).metadata"
    assert value(session, code) == {"n": 1}


def test_a_put_replaces_all_that_was_there(session: Session) -> None:
    code = """
        await kv.put('k', bytes(1), { metadata: 1, expirationTtl: 60 })
        await kv.put('k', 'v', { metadata: 2 })
        const first = (await kv.list()).keys[0]
        await kv.put('k', 'w')
        ;[first, (await kv.list()).keys[0], await kv.getWithMetadata('k')]
    """
    plain = {"value": "w", "metadata": None, "cacheStatus": None}
    assert value(session, code) == [{"name": "k", "metadata": 2}, {"name": "k"}, plain]


def test_options_that_misbehave_while_they_are_read(session: Session) -> None:
    code = """
        const options = { get metadata() { kv.put('k', 'inner', { metadata: 'inner' }); return 'outer' }, expirationTtl: { valueOf: () => 61 } }
        await kv.put('k', 'outer', options)
        ;[await kv.getWithMetadata('k'), (await kv.list()).keys[0].expiration]
    """
    assert value(session, code) == [{"value": "outer", "metadata": "outer", "cacheStatus": None}, NOW + 61]
