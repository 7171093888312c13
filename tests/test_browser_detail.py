"""One key in full, and what is copied of it."""

from __future__ import annotations

from typing import Any

import pytest

from tana_jupyter import Session, denokey, limits
from tana_jupyter.engine.values import to_guest
from tana_jupyter.store.protocol import Write
from tana_jupyter.views.browser import jsontext, literals
from tests.browser_harness import SHOP, done, k, opened, pages, refused, store

__all__ = ["pages"]

KV, DATA, DENO = ({"contract": SHOP, "api": api} for api in ("kv", "data", "deno"))


@pytest.fixture
def session(pages: None) -> Session:
    return opened()


def detail(session: Session, value: str | bytes, api: str = "kv", encoding: str | None = None) -> dict[str, Any]:
    data, form = (value, "bytes") if isinstance(value, bytes) else (value.encode(), "text")
    key = denokey.pack(("n",)) if api == "deno" else b"n"
    session.journal.commit([Write(api, SHOP, key, data, encoding or form)])
    return done(session.browse(), "detail", contract=SHOP, api=api, k=key.hex())


@pytest.mark.parametrize(
    ("value", "api", "encoding", "kind", "text", "put"),
    [
        ('{"n":1}', "kv", None, "json", '{"n":1}', "json"),
        ('{"n": 1}', "kv", None, "json", '{"n": 1}', "text"),
        ("[1.00]", "data", None, "json", "[1.00]", "json"),
        ("5", "kv", None, "text", "5", "text"),
        ("{no json", "kv", None, "text", "{no json", "text"),
        ("", "kv", None, "text", "", "text"),
        ("[" * 500 + "]" * 500, "kv", None, "text", "[" * 500 + "]" * 500, "text"),
        (b"\x00\xff", "kv", None, "bytes", "", "bytes-hex"),
        (b"a\xff", "kv", "text", "text", "a\ufffd", None),
        ("a\ufffd", "kv", "text", "text", "a\ufffd", "text"),
        (b"\x00" * 4097, "kv", None, "bytes", "", None),
        ("null", "deno", "json", "json", "null", "json"),
        ('"a"', "deno", "json", "json", '"a"', "json"),
        (to_guest({1: {2}}), "deno", "clone", "text", "new Map([[1, new Set([2])]])", None),
        ((5).to_bytes(8, "little"), "deno", "u64", "text", "5n", None),
        ("\x01damaged", "deno", "clone", "text", "object that Python has no value for", None),
    ],
)
def test_a_value_as_text(
    session: Session, value: str | bytes, api: str, encoding: str | None, kind: str, text: str, put: str | None
) -> None:
    found = detail(session, value, api, encoding)["value"]
    if text != "object that Python has no value for":
        assert found["text"] == text
    assert (found["kind"], found["as"], found["editable"]) == (kind, put, put is not None)
    assert found["truncated"] == (value == b"\x00" * 4097)


def test_a_large_value_is_cut_and_says_so(session: Session) -> None:
    answer = detail(session, "é" * 13_000_000)
    found = answer["value"]
    assert (found["truncated"], found["total"], found["editable"]) == (True, 26_000_000, False)
    assert found["text"] == "é" * 32_768
    assert len(answer["hex"]) == 8192
    assert answer["code"] is None
    assert refused(session.browse(), "copy", **KV, k=k("n"), form="value") == (
        "26,000,000 bytes are too many to copy (max 1 MiB): read it with session.get()"
    )
    assert refused(session.browse(), "copy", **KV, k=k("n"), form="typescript").startswith("n is too large to copy")


def test_all_that_belongs_to_a_row(session: Session) -> None:
    store(session, {"n": "1"})
    session.clock.advance(1)
    store(session, {"n": "2"}, expires_at=8_640_000_000_000_000_000, metadata=b'{"tag":"x"}')
    answer = done(session.browse(), "detail", **KV, k=k("n"))
    assert answer["metadata"] == '{"tag":"x"}'
    assert answer["version"] == answer["row"]["version"] == "00000000000000020000"
    assert (answer["created"], answer["updated"]) == ("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")
    assert answer["expires"] == "+275760-09-13T00:00:00Z"
    assert answer["hex"] == "32"
    assert answer["staged"] is None
    assert answer["code"] == """await kv.put("n", "2", { expiration: 8640000000000, metadata: {"tag":"x"} })"""


def test_a_key_that_is_gone(session: Session) -> None:
    browser = session.browse()
    for api in (KV, DATA, DENO):
        assert refused(browser, "detail", **api, k=k("n")) == "this key is gone: it was deleted, or it has expired"
    assert refused(browser, "copy", **KV, k=k("n"), form="value").startswith("a key is gone")


def test_staged_beside_committed(session: Session) -> None:
    store(session, {"n": '{"a":1}'}, api="data")
    staging = session.host_of(SHOP).staging
    staging.put(b"n", b'{"a":2}')
    browser = session.browse()
    answer = done(browser, "detail", **DATA, k=k("n"))
    assert (answer["value"]["text"], answer["row"]["state"]) == ('{"a":2}', "changed")
    assert answer["staged"]["committed"] == '{"a":1}'
    assert [line["op"] for line in answer["staged"]["diff"]] == [" ", "-", "+", " "]
    assert done(browser, "detail", **DATA, k=k("n"), layer="committed")["value"]["text"] == '{"a":1}'
    staging.put(b"n", None)
    answer = done(browser, "detail", **DATA, k=k("n"))
    assert (answer["row"]["state"], answer["row"]["preview"]) == ("deleted", '{"a":1}')
    staging.put(b"gone", None)
    answer = done(browser, "detail", **DATA, k=k("gone"))
    assert (answer["row"]["preview"], answer["row"]["type"], answer["value"]["kind"]) == (None, None, "none")
    assert refused(browser, "copy", **DATA, k=k("gone"), form="value").startswith("there is no value")


VALUES: list[Any] = ['{"a":"it\'s"}', 'say "hi"', "a\nb\u2028c", "", "\\", "${x}`", "<script>", "🎉", b"\0\xff"]


def test_copied_typescript_writes_the_same_rows_again(session: Session) -> None:
    rows = {f"key '{number}\"\\": value for number, value in enumerate(VALUES)}
    store(session, rows, metadata=b'{"tag":"x\\u2028"}', expires_at=1_767_225_700_000_000)
    browser = session.browse()
    text = done(browser, "copy", **KV, keys=[k(key) for key in rows], form="typescript")["text"]
    before = session.keys(contract=SHOP)
    session.clear(SHOP, yes=True)
    session.run(f"import {{ kv }} from 'tana/kv'\n{text}", contract=SHOP)
    after = session.keys(contract=SHOP)
    for column in ("key", "value", "type", "metadata", "expires"):
        assert after[column].tolist() == before[column].tolist(), column


@pytest.mark.parametrize(
    "text", ['{"n":1}', "[1.0]", '{"2":1,"1":2}', '{"__proto__":1}', "5", '"a"', "text", '{"n": 1}', "1e5"]
)
def test_copied_data_is_the_same_again(session: Session, text: str) -> None:
    store(session, {"n": text}, api="data")
    code = done(session.browse(), "copy", **DATA, k=k("n"), form="typescript")["text"]
    session.clear(SHOP, yes=True)
    session.run(f"import {{ data }} from 'tana/data'\n{code}\ndata.commit()", contract=SHOP)
    assert session.get("n", contract=SHOP, api="data") == text


@pytest.mark.parametrize("name", ["__proto__", "__prot\\u006f__"])
def test_a_field_that_a_literal_takes_for_the_prototype_is_copied(session: Session, name: str) -> None:
    key = denokey.pack(("n",))
    session.journal.commit([Write("deno", SHOP, key, f'{{"{name}":{{"x":1}}}}'.encode(), "json")])
    code = done(session.browse(), "copy", **DENO, k=key.hex(), form="typescript")["text"]
    session.clear(SHOP, yes=True)
    session.run(f"const kv = await Deno.openKv()\n{code}", contract=SHOP)
    assert session.get('["n"]', contract=SHOP, api="deno") == {"__proto__": {"x": 1}}


@pytest.mark.parametrize("metadata", ["1e999", '"\\ud800"', '{"__proto__":1}', "[" * 2000 + "]" * 2000])
def test_any_metadata_can_be_looked_at(session: Session, metadata: str) -> None:
    store(session, {"n": "1"}, metadata=metadata.encode())
    answer = done(session.browse(), "detail", **KV, k=k("n"))
    assert answer["metadata"] == metadata
    assert "metadata: " in answer["code"]


def test_json_is_copied_as_json_where_that_is_the_same(session: Session) -> None:
    store(session, {"a": '{"n":[1,"x"]}', "b": '{"n":1.0}'}, api="data")
    text = done(session.browse(), "copy", **DATA, keys=[k("a"), k("b")], form="typescript")["text"]
    assert text.splitlines() == ['data.set("a", {"n":[1,"x"]})', """data.set("b", '{"n":1.0}')"""]


def test_keys_and_values_are_copied_as_they_are(session: Session) -> None:
    store(session, {"a\tb": "one", "c": b"\x01\xff"})
    browser = session.browse()
    assert done(browser, "copy", **KV, keys=[k("a\tb"), k("c")], form="key")["text"] == "a\tb\nc"
    assert done(browser, "copy", **KV, k=k("a\tb"), form="value")["text"] == "one"
    assert done(browser, "copy", **KV, k=k("c"), form="value")["text"] == "01ff"
    assert refused(browser, "copy", **KV, keys=[k("a\tb"), k("c")], form="value").startswith("copy one value at a time")


@pytest.mark.parametrize(
    "code",
    [
        "({ a: [1, -0, NaN, 1e21], 'b c': null, u: undefined })",
        "new Map([['k', new Set([1n, -(2n ** 70n)])], [{ x: 1 }, 'v']])",
        "[new Date(0), new Date(NaN), new RegExp('a/b', 'gi'), new TypeError('no')]",
        "[new Uint8Array([1, 255]), new Float64Array([1.5]), new Uint8Array([1, 2, 3]).buffer]",
        "({ u: undefined, ['__proto__']: 1, half: '\\ud83d', whole: '🎉' })",
        "[Object(1), '']",
    ],
)
def test_a_literal_is_the_value_again(session: Session, code: str) -> None:
    first = session.run(code)
    text = literals.expression(_table(session, code), 10_000)
    assert session.run(f"({text})").text == first.text


def _table(session: Session, code: str) -> bytes:
    isolate = session["notebook"].runs.isolate
    assert isolate is not None
    session.run(f"var kept = {code}")
    return isolate.take("kept", 10).encode()


def test_a_literal_has_an_end() -> None:
    shared: list[Any] = []
    for _ in range(60):
        shared = [shared, shared]
    with pytest.raises(literals.Full) as caught:
        literals.expression(to_guest(shared).encode(), 1000)
    assert len(caught.value.text) == 1000
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(literals.NoExpression):
        literals.expression(to_guest(circle).encode(), 1000)
    with pytest.raises(literals.NoExpression, match="damaged"):
        literals.expression(b"\x01[[5]]", 1000)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("{}", ["{}"]),
        ("[]", ["[]"]),
        ("5.00", ["5.00"]),
        ('{"a":{},"b":[[],1]}', ["{", '  "a": {},', '  "b": [', "    [],", "    1", "  ]", "}"]),
        ('["a, b: {"]', ["[", '  "a, b: {"', "]"]),
        (' [ "\\"" , 1e5 ] ', ["[", '  "\\"",', "  1e5", "]"]),
    ],
)
def test_json_is_indented_by_its_tokens(text: str, lines: list[str]) -> None:
    assert jsontext.pretty(text) == lines
    assert jsontext.compact("\n".join(lines)) == jsontext.compact(text)


@pytest.mark.parametrize(("size", "whole"), [(limits.BROWSER_VALUE, True), (limits.BROWSER_VALUE + 1, False)])
def test_how_much_of_a_value_is_shown(session: Session, size: int, whole: bool) -> None:
    found = detail(session, "x" * size)["value"]
    assert (found["truncated"], found["editable"]) == (not whole, whole)
    assert len(found["text"]) == limits.BROWSER_VALUE
