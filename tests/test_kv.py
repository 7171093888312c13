"""``tana/kv``: keys, the types of get, and what the object is."""

from __future__ import annotations

import contextlib
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import tana_jupyter
from tana_jupyter import ContractError, Session
from tana_jupyter.compiler import diagnose
from tests.kv_harness import opened, told, value

METHODS = ["get", "list", "put", "getWithMetadata", "delete", "putBulk", "deleteBulk"]


@pytest.fixture
def session() -> Session:
    return opened()


def too_long(size: int, method: str) -> dict[str, object]:
    cause = f"KV {method} failed: 414 UTF-8 encoded length of {size} exceeds key length limit of 512."
    return {"error": f"Error: KV key too long: {size} bytes (max 512)", "status": 414, "cause": cause}


# Method -> a call with the key K, and Cloudflare's name for it in its texts.
CALLS = {
    "get": ("kv.get(K)", "GET"),
    "get json": ("kv.get(K, 'json')", "GET"),
    "get bytes": ("kv.get(K, 'arrayBuffer')", "GET"),
    "getWithMetadata": ("kv.getWithMetadata(K)", "GET"),
    "put": ("kv.put(K, 'v')", "PUT"),
    "put bytes": ("kv.put(K, bytes(1))", "PUT"),
    "put with terms": ("kv.put(K, 'v', { expirationTtl: 60 })", "PUT"),
    "putBulk": ("kv.putBulk([{ key: K, value: 'v' }])", "PUT"),
    "delete": ("kv.delete(K)", "DELETE"),
    "deleteBulk": ("kv.deleteBulk([K])", "DELETE"),
}

REFUSED: dict[str, tuple[str, str | int]] = {
    "empty": ("''", "TypeError: Key name cannot be empty."),
    "empty array": ("new String('')", "TypeError: Key name cannot be empty."),
    "dot": ("'.'", 'TypeError: "." is not allowed as a key name.'),
    "dots": ("'..'", 'TypeError: ".." is not allowed as a key name.'),
    "ascii": ("'a'.repeat(513)", 513),
    "wide": ("'é'.repeat(256) + 'a'", 513),
    "emoji": ("'😀'.repeat(128) + 'a'", 513),
    "lone surrogates": ("'\\ud800'.repeat(171)", 513),
    "with NUL": ("'\\0'.repeat(513)", 513),
    "long": ("'a'.repeat(100000)", 100000),
    "Symbol": ("Symbol('x')", "TypeError: Cannot convert a Symbol value to a string"),
}


@pytest.mark.parametrize("key", REFUSED)
@pytest.mark.parametrize("call", CALLS)
def test_keys_that_are_refused(session: Session, call: str, key: str) -> None:
    code, method = CALLS[call]
    text, wanted = REFUSED[key]
    expected = too_long(wanted, method) if isinstance(wanted, int) else {"error": wanted}
    answer = told(session, code.replace("K", text))
    answer.pop("index", None)
    assert answer == expected
    assert value(session, "await names()") == []


FINE = [
    "' '", "' a '", "'...'", "'../a'", "'a/../b'", "'%2e'", "'%'", "'+'", "'/'", "'?'", "'#'", "'\\r\\n'", "'\\ufeff'",
    "'\\0'", "'a\\0b'", "'\\x1f'", "'a\\x1fb\\x1f'", "'\\x10'", "'constructor'", "'__proto__'", "'1'", "'toString'", "'!'",
    "'a:b'", "'*'", "'é'", "'e\\u0301'", "'a'.repeat(512)", "'é'.repeat(256)", "'😀'.repeat(128)", "'\\0'.repeat(512)",
    "'\\u2028'", "'\"'", "'\\\\'", "'\\x7f'",
]  # fmt: skip


@pytest.mark.parametrize("key", FINE)
def test_keys_that_are_fine(session: Session, key: str) -> None:
    code = """
        const key = K
        await kv.put('other', 'o')
        await kv.put(key, 'v')
        const read = [await kv.get(key), (await kv.get([key])).get(key)]
        await kv.put(key, 'w', { metadata: 1 })
        read.push((await kv.getWithMetadata(key)).value, (await names()).includes(key))
        await kv.delete(key)
        read.concat(await kv.get(key), await names())
    """
    assert value(session, code.replace("K", key)) == ["v", "v", "w", True, None, "other"]


def test_keys_are_told_apart_as_they_are_written(session: Session) -> None:
    code = "for (const k of ['é', 'e\\u0301', 'K', 'k', ' k', 'k ']) await kv.put(k, 'x'); (await names()).length"
    assert value(session, code) == 6


def test_a_lone_surrogate_in_a_key_is_the_replacement_character(session: Session) -> None:
    assert value(session, "await kv.put('a\\ud800', 'v'); [await kv.get('a\\ufffd'), await kv.get('a\\ud801')]") == [
        "v",
        "v",
    ]
    assert value(session, "await names()") == ["a\ufffd"]


@pytest.mark.parametrize("key", ["undefined", "null", "5", "true", "({})", "5n", "NaN", "new Date(0).getTime()"])
def test_other_keys_are_written_as_string_does(session: Session, key: str) -> None:
    code = """
        await kv.put(K, 'v')
        const text = String(K)
        const found = [await kv.get(text), await kv.get(K), (await kv.getWithMetadata(K)).value, (await kv.get([K])).get(text)]
        await kv.delete(K)
        found.concat(await kv.get(text))
    """
    assert value(session, code.replace("K", key)) == ["v", "v", "v", "v", None]


def test_put_and_delete_take_an_array_for_its_text(session: Session) -> None:
    code = """
        await kv.put(['a'], 'v'); await kv.put('a,b', 'w'); await kv.put('b', 'x')
        await kv.delete(['a', 'b'])
        await names()
    """
    assert value(session, code) == ["a", "b"]


# Stored text -> type -> what get gives.
TYPES: list[tuple[str, str, Any]] = [
    ("'text'", "undefined", "text"),
    ("'text'", "null", "text"),
    ("'text'", "'text'", "text"),
    ("'text'", "{}", "text"),
    ("'text'", "[]", "text"),
    ("'text'", "() => 1", "text"),
    ("'text'", "{ type: undefined }", "text"),
    ("'text'", "{ type: 'text' }", "text"),
    ("'text'", "{ type: 'text', cacheTtl: 30 }", "text"),
    ("'text'", "{ type: new String('text') }", "text"),
    ("''", "'text'", ""),
    ("'\\ufeffx'", "'text'", "\ufeffx"),
    ("'\"'", "'text'", '"'),
    ("'{\"a\":[1]}'", "'json'", {"a": [1]}),
    ("'{\"a\":[1]}'", "{ type: 'json' }", {"a": [1]}),
    ("'{\"a\":[1]}'", "{ type: 'json', cacheTtl: 3600 }", {"a": [1]}),
    ("'null'", "'json'", None),
    ("' 1 '", "'json'", 1),
    ("'\"x\"'", "'json'", "x"),
    ("'{\"!\":0}'", "'json'", {"!": 0}),
    ("'{\"!\":0}'", "'text'", '{"!":0}'),
]


@pytest.mark.parametrize(("stored", "options", "wanted"), TYPES)
def test_types(session: Session, stored: str, options: str, wanted: object) -> None:
    value(session, f"await kv.put('k', {stored})")
    assert value(session, f"await kv.get('k', {options})") == wanted
    assert value(session, f"(await kv.getWithMetadata('k', {options}))") == {
        "value": wanted,
        "metadata": None,
        "cacheStatus": None,
    }
    value(session, f"await kv.put('n\\0', {stored})")
    assert value(session, f"await kv.get('n\\0', {options})") == wanted


@pytest.mark.parametrize("options", ["'text'", "'json'", "'arrayBuffer'", "'stream'", "'unknown'", "{ type: null }"])
def test_a_missing_key_is_null_whatever_it_should_be_read_as(session: Session, options: str) -> None:
    assert value(session, f"await kv.get('none', {options})") is None
    empty = {"value": None, "metadata": None, "cacheStatus": None}
    assert value(session, f"await kv.getWithMetadata('none', {options})") == empty


@pytest.mark.parametrize(
    "options", ["'JSON'", "''", "'arraybuffer'", "{ type: null }", "{ type: '' }", "{ type: 5 }", "5", "true"]
)
@pytest.mark.parametrize("method", ["get", "getWithMetadata"])
def test_an_unknown_type_rejects(session: Session, method: str, options: str) -> None:
    value(session, "await kv.put('k', '1')")
    text = 'TypeError: Unknown response type. Possible types are "text", "arrayBuffer", "json", and "stream".'
    assert told(session, f"kv.{method}('k', {options})") == {"error": text}


@pytest.mark.parametrize("stored", ["''", "'{x'", "'1,2'", "'1],[2'", "'undefined'", "'1\\0'", "'\\ufeff1'", "' '"])
@pytest.mark.parametrize("options", ["'json'", "{ type: 'json', cacheTtl: 60 }"])
def test_a_value_that_is_no_json_rejects(session: Session, stored: str, options: str) -> None:
    value(session, f"await kv.put('k', {stored})")
    for method in ("get", "getWithMetadata"):
        answer = told(session, f"kv.{method}('k', {options})")
        assert answer["error"].startswith("SyntaxError: "), answer
    same = "let same; try { await kv.get('k', 'json') } catch (error) { same = error instanceof SyntaxError }; same"
    assert value(session, same) is True


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [("29", 29), ("0", 0), ("-1", -1), ("29.9", 29), ("NaN", 0), ("null", 0), ("Infinity", 0), ("'x'", 0)],
)
def test_a_short_cache_ttl_is_refused(session: Session, seconds: str, shown: int) -> None:
    text = f"400 Invalid cache_ttl of {shown}. Cache TTL must be at least 30."
    for call in ("kv.get('k', ", "kv.get('k\\0', ", "kv.getWithMetadata('k', "):
        answer = told(session, f"{call}{{ cacheTtl: {seconds} }})")
        assert answer == {"error": f"Error: KV GET failed: {text}", "status": 400}
    answer = told(session, f"kv.get(['k'], {{ cacheTtl: {seconds} }})")
    assert answer == {"error": f"Error: KV GET_BULK failed: {text}", "status": 400}


@pytest.mark.parametrize("seconds", ["30", "'30'", "2147483648", "Number.MAX_SAFE_INTEGER", "30.5", "undefined"])
def test_a_cache_ttl_changes_nothing(session: Session, seconds: str) -> None:
    code = f"""
        await kv.put('k', 'old')
        await kv.get('k', {{ cacheTtl: {seconds} }})
        await kv.put('k', 'new')
        await kv.get('k', {{ cacheTtl: {seconds} }})
    """
    assert value(session, code) == "new"


def test_arguments_behind_the_second_of_get_are_ignored(session: Session) -> None:
    assert value(session, "await kv.put('k', '[1]'); await kv.get('k', 'json', { cacheTtl: 10 })") == [1]


def test_delete_never_minds(session: Session) -> None:
    assert value(session, "await kv.put('k', 'v'); [await kv.delete('k'), await kv.delete('k')]") == [None, None]
    assert value(session, "await kv.get('k')") is None


def test_what_the_object_is(session: Session) -> None:
    assert value(session, "Object.getOwnPropertyNames(Object.getPrototypeOf(kv))") == ["constructor", *METHODS]
    assert value(session, "Object.getOwnPropertyNames(kv).length") == 0
    assert value(session, "String(kv)") == "[object KvNamespace]"
    assert value(session, "JSON.stringify(kv)") == "{}"
    lengths = "Object.getOwnPropertyNames(Object.getPrototypeOf(kv)).map((name) => kv[name].length)"
    assert value(session, lengths) == [0] * (len(METHODS) + 1)


def test_methods_work_without_their_object(session: Session) -> None:
    code = """
        const { get, put, list, getWithMetadata, putBulk, deleteBulk, delete: remove } = kv
        await put('a', '1'); await putBulk([{ key: 'b', value: '2' }, { key: 'c', value: '3' }])
        await remove('c'); await deleteBulk('b');
        [await get('a'), (await getWithMetadata('a')).value, (await list()).keys.length]
    """
    assert value(session, code) == ["1", "1", 1]


def test_what_was_awaited_is_there(session: Session) -> None:
    code = "await kv.put('k', 1); const one = await kv.get('k'); await kv.delete('k'); [one, await kv.get('k'), await names()]"
    assert value(session, code) == ["1", None, []]


INCREMENT = "const increment = async () => kv.put('n', (await kv.get('n', 'json') ?? 0) + 1);"


@pytest.mark.parametrize("times", [2, 10])
def test_increments_that_race_end_at_one(session: Session, times: int) -> None:
    race = f"await Promise.all(Array.from({{ length: {times} }}, increment)); await kv.get('n', 'json')"
    assert value(session, INCREMENT + race) == 1


def test_increments_one_after_the_other_count(session: Session) -> None:
    assert value(session, f"{INCREMENT} await increment(); await increment(); await kv.get('n', 'json')") == 2


def test_operations_take_effect_in_the_order_of_their_calls(session: Session) -> None:
    code = """
        const calls = [kv.put('k', 'a'), kv.get('k'), kv.put('k', 'b', { metadata: 1 }), kv.get('k', 'text'), kv.delete('k'), kv.get('k')]
        await Promise.all(calls)
    """
    assert value(session, code) == [None, "a", None, "b", None, None]


def test_another_contract_sees_none_of_it(session: Session) -> None:
    value(session, "await kv.put('b:k', 'v')")
    code = "import { kv } from 'tana/kv'; [await kv.get('b:k'), await kv.get('k'), (await kv.list()).keys.length]"
    assert session.run(code, contract="b").value == [None, None, 0]


WRITES = [
    "kv.put('k', 'v')", "kv.put('k\\0', 'v')", "kv.put('k', {})", "kv.put('k', bytes(1))", "kv.put('k', 'v', { metadata: 1 })",
    "kv.put('k', new ReadableStream({ start(c) { c.close() } }))", "kv.put('k', 'x'.repeat(300000))", "kv.delete('k')", "kv.delete('k\\0')",
    "kv.putBulk([{ key: 'k', value: 'v' }])", "kv.putBulk([])", "kv.deleteBulk('k')", "kv.deleteBulk([])",
]  # fmt: skip


@pytest.mark.parametrize("handler", ["get", "post"])
@pytest.mark.parametrize("write", WRITES)
def test_strict_handlers_may_only_read(session: Session, handler: str, write: str) -> None:
    code = f"export const {handler} = async () => [(await told(() => {write})) ?? null, await kv.get('k')]"
    value(session, f"await kv.put('k', 'kept'); {code}")
    session.strict_handlers = True
    text = f"Error: KV is read-only in {handler}(): use contract() to change state"
    assert session.call("notebook", handler).value == [{"error": text}, "kept"]
    session.strict_handlers = False
    assert session.call("notebook", handler).value[0] is None


def test_contract_may_always_write(session: Session) -> None:
    value(session, "export const contract = async () => { await kv.put('k', 'v'); return kv.get('k') }")
    session.strict_handlers = True
    assert session.call("notebook", "contract").value == "v"


ENV = {
    "a Worker's line": ("await env.MY_KV.put('k', 'v'); await kv.get('k')", "v"),
    "the same object": ("env.ONE === kv && env['two'] === kv", True),
    "what objects have": ("[typeof env.toString, typeof env.hasOwnProperty, String(env.then), String(env.toJSON)]", ["function", "function", "undefined", "undefined"]),
    "awaiting it": ("(await env) === env", True),
    "an own binding": ("env.API_KEY = 'secret'; [env.API_KEY, env.KV === kv]", ["secret", True]),
    "as JSON": ("JSON.stringify(env)", "{}"),
    "as a module": ("import { env as other } from 'cloudflare:workers'; other === env", True),
    "handed to a Worker": ("const worker = { fetch: (request, env) => env.KV.get('none') }; await worker.fetch(null, env)", None),
    "an own env": ("const env = { mine: 1 }; env", {"mine": 1}),
    "an assigned env": ("globalThis.env = 5; env", 5),
    "a parameter": ("((env) => env)(7)", 7),
}  # fmt: skip


@pytest.mark.parametrize("case", ENV)
def test_env(session: Session, case: str) -> None:
    code, wanted = ENV[case]
    assert value(session, code) == wanted


def test_an_own_env_stays_in_later_cells(session: Session) -> None:
    value(session, "let env = 1")
    assert value(session, "env += 1; env") == 2


@pytest.mark.parametrize(
    "tampering",
    [
        "JSON.stringify = JSON.parse = () => 'forged'",
        "Map.prototype.set = Map.prototype.has = () => { throw 1 }",
        "Array.prototype[Symbol.iterator] = function* () {}",
        "String.prototype.includes = () => false; globalThis.String = () => 'forged'",
        "Uint8Array.prototype.slice = Uint8Array.prototype.subarray = Int32Array.prototype.set = () => { throw 1 }",
        "Promise.prototype.then = () => { throw 1 }",
        "Object.defineProperty(Object.prototype, '!', { value: 0 })",
        "Object.prototype.cacheTtl = 1; Object.prototype.metadata = () => 1",
    ],
)
def test_tampering_reaches_nothing_outside_the_contract(session: Session, tampering: str) -> None:
    session.run("import { kv } from 'tana/kv'; await kv.put('k', 'theirs')", contract="other")
    source = f"""
        import {{ kv }} from 'tana/kv'
        {tampering}
        for (const run of [
          () => kv.put('k', 'v'), () => kv.put('k', {{ a: 1 }}), () => kv.put('k', new Uint8Array(3), {{ metadata: 1 }}), () => kv.get('k', 'json'),
          () => kv.get('k', 'arrayBuffer'), () => kv.get(['k']), () => kv.list(), () => kv.putBulk([{{ key: 'k', value: 'v' }}]),
          () => kv.getWithMetadata('k'), () => kv.deleteBulk(['z']),
        ]) try {{ await run() }} catch {{}}
        1
    """
    with contextlib.suppress(ContractError):  # what it does to itself is its own affair
        session.run(source, contract="hostile")
    assert session.run("await kv.get('k')", contract="other").value == "theirs"
    assert list(session.failures) == []


def test_the_typings_declare_what_exists(session: Session) -> None:
    folder = Path(tana_jupyter.__file__).with_name("modules")
    text = folder.joinpath("kv", "kv.d.ts").read_text("utf-8")
    body = text.split("interface KvNamespace {")[1].split("\n}")[0]
    declared = dict.fromkeys(re.findall(r"^  (\w+)[<(]", body, re.MULTILINE))
    assert list(declared) == METHODS
    assert re.findall(r"^export declare const (\w+)", text, re.MULTILINE) == value(
        session, "Object.keys(await import('tana/kv')).filter((n) => n === 'kv')"
    )


@pytest.mark.parametrize("name", ["kv/kv.d.ts", "kv/env.d.ts", "streams/streams.d.ts"])
def test_the_typings_are_typescript_with_a_word_on_each_name(name: str) -> None:
    text = Path(tana_jupyter.__file__).with_name("modules").joinpath(name).read_text("utf-8")
    # Without the library's own typings the compiler does not know this symbol.
    assert diagnose(text.replace("[Symbol.asyncIterator]", "iterate")) is None
    lines = [line.strip() for line in text.splitlines()]
    for above, line in pairwise(lines):
        if re.match(
            r"(export |declare |static |readonly )*(\w+\??[:(<]|(interface|class|type|const|var|module) )", line
        ):
            assert above.endswith(("*/", "(", "|")) or line.startswith(("key", "options", "private")), line
