"""``tana/kv``: many keys in one call."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tana_jupyter import Session
from tests.kv_harness import NOW, opened, told, value

MIB = 1024 * 1024


@pytest.fixture
def session() -> Session:
    return opened()


def failed(method: str, status: int, text: str) -> dict[str, object]:
    return {"error": f"Error: KV {method} failed: {status} {text}", "status": status}


def pairs(session: Session, code: str) -> Any:
    """A Map in its order, which a dict would tell as well, but for keys that are no text."""
    return value(session, f"const map = await {code}; if (!(map instanceof Map)) throw map; [...map]")


# -- get([...])


def test_the_order_is_that_of_the_request(session: Session) -> None:
    value(session, "await kv.put('a', '1'); await kv.put('b', '')")
    found = [["zz", None], ["b", ""], ["a", "1"]]
    assert pairs(session, "kv.get(['zz', 'b', 'a', 'b', 'zz'])") == found
    assert pairs(session, "kv.get(['zz', 'b', 'a'], 'text')") == found
    assert pairs(session, "kv.get(['zz', 'b', 'a'], { type: undefined, cacheTtl: 30 })") == found
    assert pairs(session, "kv.get(['zz', 'b', 'a'], '')") == found


def test_what_cloudflare_loses_is_here(session: Session) -> None:
    value(
        session,
        "for (const k of ['1', '2', '__proto__', 'constructor']) await kv.put(k, '\\ufeffnull', { metadata: 0 })",
    )
    keys = ["2", "1", "__proto__", "constructor"]
    assert pairs(session, f"kv.get({keys})") == [[key, "\ufeffnull"] for key in keys]
    entry = {"value": "\ufeffnull", "metadata": 0}
    assert pairs(session, f"kv.getWithMetadata({keys})") == [[key, entry] for key in keys]
    value(session, "await kv.put('n', 'null', { metadata: 'kept' })")
    assert pairs(session, "kv.getWithMetadata(['n'], 'json')") == [["n", {"value": None, "metadata": "kept"}]]


def test_metadata_of_many(session: Session) -> None:
    value(session, "await kv.put('a', '1', { metadata: { n: 1 }, expirationTtl: 60 }); await kv.put('b', '2')")
    assert pairs(session, "kv.getWithMetadata(['b', 'none', 'a'], 'json')") == [
        ["b", {"value": 2, "metadata": None}],
        ["none", None],
        ["a", {"value": 1, "metadata": {"n": 1}}],
    ]
    session.clock.advance(60)
    assert pairs(session, "kv.getWithMetadata(['a'])") == [["a", None]]


def test_json_of_many(session: Session) -> None:
    value(
        session,
        "await kv.put('a', [1, { x: 'é' }]); await kv.put('n', 'null'); await kv.put('bad', '{x'); await kv.put('empty', '')",
    )
    for options in ("'json'", "{ type: 'json' }", "{ type: 'json', cacheTtl: 60 }"):
        assert pairs(session, f"kv.get(['a', 'n', 'none'], {options})") == [
            ["a", [1, {"x": "é"}]],
            ["n", None],
            ["none", None],
        ]
        for key in ("bad", "empty"):
            answer = told(session, f"kv.get(['a', '{key}'], {options})")
            answer.pop("cause")
            assert answer == failed(
                "GET_BULK", 400, "At least one of the requested keys corresponds to a non-json value"
            )


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ("'arrayBuffer'", "arrayBuffer"),
        ("{ type: 'stream' }", "stream"),
        ("{ type: null }", "null"),
        ("'JSON'", "JSON"),
        ("5", "5"),
    ],
)
@pytest.mark.parametrize("method", ["get", "getWithMetadata"])
def test_only_text_and_json(session: Session, method: str, options: str, shown: str) -> None:
    wanted = failed("GET_BULK", 400, f'"{shown}" is not a valid type. Use "json" or "text"')
    assert told(session, f"kv.{method}(['a'], {options})") == wanted


@pytest.mark.parametrize("method", ["get", "getWithMetadata"])
def test_one_to_a_hundred_keys(session: Session, method: str) -> None:
    keys = "Array.from({{ length: {} }}, (_, i) => `k${{i}}`)"
    assert len(pairs(session, f"kv.{method}({keys.format(100)})")) == 100
    most = failed("GET_BULK", 400, "You can request a maximum of 100 keys")
    assert told(session, f"kv.{method}({keys.format(101)})") == most
    assert told(session, f"kv.{method}(Array(101).fill('same'))") == most
    assert told(session, f"kv.{method}([])") == failed("GET_BULK", 400, "You must request a minimum of 1 key")


def test_keys_of_a_bulk_get(session: Session) -> None:
    cause = "KV GET_BULK failed: 414 UTF-8 encoded length of 513 exceeds key length limit of 512."
    cases: list[tuple[str, dict[str, object]]] = [
        ("''", failed("GET_BULK", 400, "Key names must not be empty")),
        ("'.'", failed("GET_BULK", 400, 'Illegal key name ".". Please use a different name.')),
        ("'..'", failed("GET_BULK", 400, 'Illegal key name "..". Please use a different name.')),
        (
            "'é'.repeat(256) + 'a'",
            {"error": "Error: KV key too long: 513 bytes (max 512)", "status": 414, "cause": cause},
        ),
        ("Symbol('x')", {"error": "TypeError: Cannot convert a Symbol value to a string"}),
    ]
    for key, wanted in cases:
        assert told(session, f"kv.get(['a', {key}])") == wanted, key
    value(session, "await kv.put('é'.repeat(256), 'longest')")
    assert pairs(session, "kv.get(['é'.repeat(256)])") == [["é" * 256, "longest"]]
    value(session, "await kv.put('5', 'v'); await kv.put('null', 'w')")
    assert pairs(session, "kv.get([5, null, 5n])") == [["5", "v"], ["null", "w"]]
    value(session, "await kv.put('x\\ufffd', 'v')")
    # Two keys as they were asked for, one as it is stored.
    assert pairs(session, "kv.get(['x\\ud800', 'x\\ufffd', 'x'])") == [["x\ud800", "v"], ["x\ufffd", "v"], ["x", None]]


def test_only_arrays_are_many(session: Session) -> None:
    value(session, "await kv.put('[object Set]', 'v'); await kv.put('[object Object]', 'w')")
    assert value(session, "[await kv.get(new Set(['a'])), await kv.get({ length: 1, 0: 'a' })]") == ["v", "w"]


def test_all_values_of_a_bulk_get_together(session: Session) -> None:
    value(session, f"for (let i = 0; i < 5; i++) await kv.put(`k${{i}}`, 'é'.repeat({5 * MIB // 2}))")
    assert (
        value(
            session,
            "const found = await kv.get(['k0', 'k1', 'k2', 'k3', 'k4', 'k4']); [...found.values()].every((text) => text.length === 2621440)",
        )
        is True
    )
    value(session, "await kv.put('one', 'x')")
    most = failed("GET_BULK", 413, "Total size of request exceeds the limit of 25MB")
    assert told(session, "kv.get(['k0', 'k1', 'k2', 'k3', 'k4', 'one'])") == most


# -- putBulk


def test_put_bulk_writes_in_one_commit(session: Session) -> None:
    code = """
        await kv.put('old', 'v', { metadata: 1 })
        await kv.putBulk([
          { key: 'a', value: 'text' }, { key: 'b', value: { n: 1 }, metadata: [2], expirationTtl: 60 },
          { key: 'c', value: bytes(255), expiration: EXPIRATION }, { key: 'old', value: 5 }, { key: 'a\\0', value: '' }, { key: 'a', value: 'last' },
        ])
        ;[(await kv.list()).keys, [...await kv.get(['a', 'b', 'old', 'a\\0'])], await read('c')]
    """
    listed, values, read = value(session, code.replace("EXPIRATION", str(NOW + 61)))
    assert listed == [
        {"name": "a"},
        {"name": "a\0"},
        {"name": "b", "expiration": NOW + 60, "metadata": [2]},
        {"name": "c", "expiration": NOW + 61},
        {"name": "old"},
    ]
    assert values == [["a", "last"], ["b", '{"n":1}'], ["old", "5"], ["a\0", ""]]
    assert read == [255]
    rows = session.store.scan("kv", "notebook", b"", None, now=session.clock.now_us(), limit=99)
    assert len({row.versionstamp for row in rows}) == 1


REFUSED_ENTRIES = [
    ("null", "is no object with a key and a value"),
    ("5", "is no object with a key and a value"),
    ("'key'", "is no object with a key and a value"),
    ("() => 1", "is no object with a key and a value"),
    ("{}", "has no key"),
    ("{ name: 'k', value: 'v' }", "has no key"),
    ("{ key: 'k' }", "has no value"),
    ("{ key: 'k', value: undefined }", "has no value"),
    ("['k', 'v']", "has no key"),
    ("{ key: 'k', value: new ReadableStream() }", "is a stream: put() takes streams, one at a time"),
]


@pytest.mark.parametrize(("entry", "text"), REFUSED_ENTRIES)
def test_entries_that_are_none(session: Session, entry: str, text: str) -> None:
    wanted = {"error": f"TypeError: putBulk() entry 1 {text}", "index": 1}
    assert told(session, f"kv.putBulk([{{ key: 'first', value: 'v' }}, {entry}])") == wanted
    assert value(session, "await names()") == []


@pytest.mark.parametrize(
    "given", ["undefined", "null", "'k'", "{ key: 'k', value: 'v' }", "new Map([['k', 'v']])", "5"]
)
def test_put_bulk_takes_an_array(session: Session, given: str) -> None:
    wanted = {"error": "TypeError: putBulk() takes an array of entries with a key and a value"}
    assert told(session, f"kv.putBulk({given})") == wanted


@pytest.mark.parametrize("call", ["kv.putBulk([])", "kv.deleteBulk([])"])
def test_nothing_is_fine(session: Session, call: str) -> None:
    head = session.store.head("notebook")
    assert value(session, f"await {call}") is None
    assert session.store.head("notebook") == head


@pytest.mark.parametrize("place", [0, 700, 1499])
def test_one_wrong_entry_among_many(session: Session, place: int) -> None:
    code = f"""
        const entries = Array.from({{ length: 1500 }}, (_, i) => ({{ key: `k${{i}}`, value: 'x'.repeat(1000) }}))
        entries[{place}].expirationTtl = 5
        const first = await told(() => kv.putBulk(entries))
        delete entries[{place}].expirationTtl
        entries.length = 2
        await kv.putBulk(entries)
        ;[first, await names()]
    """
    wanted = failed("PUT", 400, "Invalid expiration_ttl of 5. Expiration TTL must be at least 60.")
    assert value(session, code) == [{**wanted, "index": place}, ["k0", "k1"]]


def test_a_bulk_put_in_the_middle_of_another(session: Session) -> None:
    code = """
        const inner = []
        await kv.putBulk([
          { key: 'a', get value() { inner.push(kv.putBulk([{ key: 'inner', value: 'i' }])); return 'outer' } },
          { key: 'b', value: { toJSON() { inner.push(told(() => kv.putBulk([{ key: '', value: 'i' }]))); return 'outer' } } },
        ])
        await Promise.all(inner)
        ;[...await kv.get(['a', 'b', 'inner'])]
    """
    assert value(session, code) == [["a", "outer"], ["b", '"outer"'], ["inner", "i"]]


def test_the_most_entries(session: Session) -> None:
    entries = "Array.from({{ length: {} }}, (_, i) => ({{ key: `k${{i}}`, value: 'v' }}))"
    assert told(session, f"kv.putBulk({entries.format(10001)})") == failed(
        "PUT_BULK", 400, "You can write a maximum of 10000 keys"
    )
    assert value(session, "await names()") == []
    value(session, f"await kv.putBulk({entries.format(10000)})")
    assert session.store.sizes(session.clock.now_us())[0].rows == 10000
    keys = "Array.from({{ length: {} }}, (_, i) => `k${{i}}`)"
    assert told(session, f"kv.deleteBulk({keys.format(10001)})") == failed(
        "DELETE_BULK", 400, "You can delete a maximum of 10000 keys"
    )
    value(session, f"await kv.put('one more', 'v'); await kv.deleteBulk({keys.format(10000)})")
    assert value(session, "await names()") == ["one more"]


def test_the_most_bytes(session: Session) -> None:
    # Every entry counts, also where they are one and the same text in the contract.
    code = "const big = 'x'.repeat(20_000_000); const entries = (n, rest) => Array.from({ length: n }, (_, i) => ({ key: `k${i}`, value: big })).concat(rest);"
    wanted = failed("PUT_BULK", 413, "Total size of request exceeds the limit of 100MB")
    value(session, code)
    assert told(session, "kv.putBulk(entries(5, []))") == wanted
    assert value(session, "await names()") == []
    # 4 keys of 2 bytes, 4 values, and the last of 4 bytes and what is left.
    assert told(session, "kv.putBulk(entries(4, [{ key: 'last', value: 'x'.repeat(19_999_989) }]))") == wanted
    assert told(session, "kv.putBulk(entries(4, [{ key: 'last', value: 'x'.repeat(19_999_988) }]))") is None


# -- deleteBulk


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("'a'", ["a,b", "b", "c"]),
        ("['a', 'b']", ["a,b", "c"]),
        ("['a', 'a', 'none']", ["a,b", "b", "c"]),
        ("'a,b'", ["a", "b", "c"]),
        ("[]", ["a", "a,b", "b", "c"]),
    ],
)
def test_delete_bulk(session: Session, given: str, left: list[str]) -> None:
    value(session, f"for (const k of ['a', 'b', 'c', 'a,b']) await kv.put(k, 'v'); await kv.deleteBulk({given})")
    assert value(session, "await names()") == left


def test_delete_bulk_is_all_or_nothing(session: Session) -> None:
    value(session, "await kv.put('a', 'v')")
    for keys, text in (
        ("['a', '']", "TypeError: Key name cannot be empty."),
        ("['a', Symbol()]", "TypeError: Cannot convert a Symbol value to a string"),
    ):
        assert told(session, f"kv.deleteBulk({keys})") == {"error": text}
    text = "TypeError: Failed to execute 'deleteBulk' on 'KvNamespace': parameter 1 is not of type 'string or Array'."
    assert told(session, "kv.deleteBulk()") == {"error": text}
    assert value(session, "await names()") == ["a"]


def test_get_with_metadata_needs_a_key(session: Session) -> None:
    text = (
        "TypeError: Failed to execute 'getWithMetadata' on 'KvNamespace': parameter 1 is not of type 'Array or string'."
    )
    assert told(session, "kv.getWithMetadata()") == {"error": text}


# -- against a model

KEYS = st.text(st.sampled_from("ab1é😀\0_"), min_size=1, max_size=3)
METADATA = st.none() | st.integers(-5, 5) | st.text(max_size=3) | st.lists(st.booleans(), max_size=2)
ENTRY = st.fixed_dictionaries(
    {"key": KEYS, "value": st.text(max_size=5), "metadata": METADATA, "expirationTtl": st.integers(60, 200)}
)
STEP = (
    st.tuples(st.just("put"), st.lists(ENTRY, max_size=5))
    | st.tuples(st.just("delete"), st.lists(KEYS, max_size=5))
    | st.tuples(st.just("wait"), st.integers(0, 100))
)  # fmt: skip


@settings(max_examples=50)
@given(steps=st.lists(STEP, max_size=6))
def test_bulk_calls_and_list_against_a_model(steps: list[tuple[str, Any]]) -> None:
    session = SHARED
    session.clock.freeze(NOW)
    value(session, "await kv.deleteBulk(await names())")
    model: dict[str, dict[str, Any]] = {}
    now = NOW
    for what, arg in steps:
        if what == "wait":
            session.clock.advance(arg)
            now += arg
        elif what == "put":
            value(session, "await kv.putBulk(given)", given=arg)
            model |= {entry["key"]: {**entry, "until": now + entry["expirationTtl"]} for entry in arg}
        else:
            value(session, "await kv.deleteBulk(given)", given=arg)
            for key in arg:
                model.pop(key, None)
        model = {key: entry for key, entry in model.items() if entry["until"] > now}
        keys = sorted(model, key=str.encode)
        listed = [
            {"name": key, "expiration": model[key]["until"]}
            | ({} if model[key]["metadata"] is None else {"metadata": model[key]["metadata"]})
            for key in keys
        ]
        assert value(session, "(await kv.list()).keys") == listed
        found = {key: {"value": model[key]["value"], "metadata": model[key]["metadata"]} for key in keys}
        asked = [*keys, "none"]
        assert value(session, "await kv.getWithMetadata(given)", given=asked) == {**found, "none": None}


SHARED = opened()
