"""What one row looks like in a table: its key, the type of its value, and a line of it."""

from __future__ import annotations

import datetime as dt
import json
import re

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter import denokey
from tana_jupyter.engine.nodes import GuestErrorValue, RegExp
from tana_jupyter.engine.values import to_guest
from tana_jupyter.limits import PREVIEW, PREVIEW_DEPTH
from tana_jupyter.views import preview as module
from tana_jupyter.views.preview import (
    Preview,
    deno_prefix,
    json_type,
    json_value,
    key_bytes,
    key_text,
    plain_value,
    preview,
    too_deep,
)

TYPES = {
    "string", "number", "boolean", "null", "object", "array", "bytes", "json-too-deep", "empty-string", "undefined",
    "bigint", "date", "map", "set", "regexp", "error", "u64",
}  # fmt: skip

TEXTS: list[tuple[bytes, str]] = [
    (b"", "empty-string"),
    (b"ada", "string"),
    (b" ", "string"),
    (b'"ada"', "string"),
    (b"5", "number"),
    (b"-1.5e3", "number"),
    (b"1e999", "number"),
    (b"007", "string"),
    (b"+1", "string"),
    (b"true", "boolean"),
    (b"truely", "string"),
    (b"null", "null"),
    (b"NaN", "string"),
    (b"Infinity", "string"),
    (b"{}", "object"),
    (b' \n{"a": 1} ', "object"),
    (b"[1]", "array"),
    (b"[1", "string"),
    (b"{not json}", "string"),
    (b'["\\ud800"]', "array"),
    (b"[\xff]", "string"),
    (b"[" * PREVIEW_DEPTH + b"]" * PREVIEW_DEPTH, "array"),
    (b"[" * (PREVIEW_DEPTH + 1) + b"]" * (PREVIEW_DEPTH + 1), "json-too-deep"),
    (b"[" * 10_000 + b"]" * 10_000, "json-too-deep"),
    (b'{"a":' * 10_000, "json-too-deep"),
    (b'["' + b"[" * 200 + b'"]', "array"),
    (b'["\\"' + b"[" * 200 + b'"]', "array"),
    # Of long ones only the ends are looked at.
    (b'{"a": "' + b"x" * 10_000 + b'"}', "object"),
    (b"[" + b"1, " * 10_000 + b"1]", "array"),
    (b"[see below] " + b"x" * 10_000, "string"),
    (b"{x" + b" " * 10_000 + b"}", "string"),
    (b'"' + b"x" * 10_000 + b'"', "string"),
    (b"9" * 10_000, "string"),
    (b"[" + b" " * 10_000 + b"]", "string"),
]


@pytest.mark.parametrize(("value", "kind"), TEXTS, ids=[repr(value[:20]) for value, _ in TEXTS])
def test_a_text_has_the_type_of_its_json(value: bytes, kind: str) -> None:
    shown = preview(value, "text")
    assert shown.type == kind
    assert shown.text == (value[:10_000].decode("utf-8", "replace")[: PREVIEW - 1] + "…" if len(value) > PREVIEW else value.decode("utf-8", "replace"))  # fmt: skip


NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
OTHERS: list[tuple[bytes, str, Preview]] = [
    (b"\xff\x00", "bytes", Preview("bytes", "ff 00")),
    (b"", "bytes", Preview("bytes", "")),
    ((2**64 - 1).to_bytes(8, "little"), "u64", Preview("u64", "18446744073709551615n")),
    (b'""', "json", Preview("empty-string", "")),
    (b'""', "text", Preview("string", '""')),
    (b'{"n":1}', "json", Preview("object", '{"n":1}')),
    (b'\x01[["u"]]', "clone", Preview("undefined", "undefined")),
    (to_guest(2**64).encode(), "clone", Preview("bigint", "18446744073709551616n")),
    (b'\x01[["b","5"]]', "clone", Preview("bigint", "5n")),
    (to_guest(float("nan")).encode(), "clone", Preview("number", "NaN")),
    (b'\x01[["n","-0"]]', "clone", Preview("number", "-0")),
    (to_guest(NOW).encode(), "clone", Preview("date", "2026-01-01T00:00:00Z")),
    (b'\x01[[1],["D",null]]', "clone", Preview("date", "Invalid Date")),
    (b'\x01[[1],["D",8640000000000000]]', "clone", Preview("date", "date that Python has no value for")),
    (to_guest({1: "a"}).encode(), "clone", Preview("map", 'Map { 1: "a" }')),
    (to_guest({"b", "a"}).encode(), "clone", Preview("set", 'Set { "a", "b" }')),
    (to_guest(b"\x01\x02").encode(), "clone", Preview("bytes", "01 02")),
    (to_guest(RegExp("^a", "i")).encode(), "clone", Preview("regexp", "/^a/i")),
    (to_guest(GuestErrorValue("TypeError", "no")).encode(), "clone", Preview("error", "TypeError: no")),
    (to_guest([2**64, float("inf")]).encode(), "clone", Preview("array", "[18446744073709551616n, Infinity]")),
    (to_guest({"a": {"b": NOW}}).encode(), "clone", Preview("object", "{ a: { b: 2026-01-01T00:00:00Z } }")),
    (to_guest([NOW] * 5000).encode(), "clone", Preview("array", "array of 100,013 bytes")),
    (b'\x01[[1],["D"', "clone", Preview("date", "date that Python has no value for")),
    (b"\x01[", "clone", Preview("object", "\x01[")),
]


@pytest.mark.parametrize(("value", "encoding", "shown"), OTHERS, ids=[f"{e}-{v[:20]!r}" for v, e, _ in OTHERS])
def test_other_encodings(value: bytes, encoding: str, shown: Preview) -> None:
    if shown.text.endswith(" bytes"):
        shown = shown._replace(text=f"{shown.type} of {len(value):,} bytes")
    assert preview(value, encoding) == shown


def test_a_value_that_holds_itself_has_an_end() -> None:
    loop: list[object] = []
    loop.append(loop)
    assert preview(to_guest(loop).encode(), "clone").text.startswith("[[[[")


@given(value=st.binary(max_size=300), encoding=st.sampled_from(["text", "bytes", "json", "clone", "u64", "other"]))
def test_no_bytes_break_a_preview(value: bytes, encoding: str) -> None:
    for stored in (value, b"\x01" + value, b'\x01[[1],["' + value):
        shown = preview(stored, encoding)
        assert shown.type in TYPES
        assert len(shown.text) <= PREVIEW
        shown.text.encode()
        repr(plain_value(stored, encoding)).encode()


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)  # fmt: skip
NAMES = {dict: "object", list: "array", str: "string", int: "number", float: "number", bool: "boolean"}


@given(JSONS)
def test_json_is_known_by_its_type(value: object) -> None:
    text = json.dumps(value).encode()
    if len(text) <= module.PREVIEW_LOOK:
        assert json_type(text) == ("null" if value is None else NAMES[type(value)])
        assert json_value(text, "text") == value


@given(st.binary(max_size=200))
def test_what_is_no_json_is_not_taken_for_it(value: bytes) -> None:
    try:
        orjson.loads(value)
    except orjson.JSONDecodeError:
        if not re.search(rb"[0-9]|\\u", value):  # 1e999 and half pairs, which orjson refuses
            assert json_type(value) in {None, "json-too-deep"}


def test_a_large_value_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    loads = orjson.loads
    monkeypatch.setattr(module.orjson, "loads", lambda text: seen.append(len(text)) or loads(text))
    for start, end in [(b'{"a":"', b'"}'), (b'["', b'"]'), (b'"', b'"'), (b"", b"")]:
        assert len(preview(start + b"x" * 25_000_000 + end, "text").text) == PREVIEW
    assert seen == []


@pytest.mark.parametrize(
    ("text", "deep"),
    [
        (b"[" * 100, False),
        (b"[" * 101, True),
        (b"[]" * 500, False),
        (b'"' + b"[" * 500 + b'"', False),
        (b'"\\"' + b"{" * 500 + b'"', False),
        (b'"' + b"[" * 500, False),
        (b'{"a":' * 101, True),
    ],
)
def test_depth_counts_brackets_outside_strings(text: bytes, deep: bool) -> None:
    assert too_deep(text) is deep


LONE = [
    (b'"\\ud800"', "\ufffd"),
    (b'"\\udfff\\ud800"', "\ufffd\ufffd"),
    (b'"\\ud83d\\ude00"', "\U0001f600"),
    (b'"\\\\ud800"', "\\ud800"),
    (b'"\\\\\\ud800"', "\\\ufffd"),
    (b'{"\\uDC00":"\\uD83D"}', {"\ufffd": "\ufffd"}),
]


@pytest.mark.parametrize(("text", "value"), LONE)
def test_halves_of_pairs_do_not_reach_a_table(text: bytes, value: object) -> None:
    assert plain_value(text, "json") == value
    assert json_value(text, "text") == value


def test_keys_are_shown_and_read_as_people_write_them() -> None:
    assert key_text("kv", b"user:1") == "user:1"
    assert key_text("data", b"\xff") == "\ufffd"
    assert key_text("deno", denokey.pack(("users", 1))) == '["users", 1n]'
    assert key_bytes("kv", "a\ud800") == "a\ufffd".encode()
    assert key_bytes("deno", '["users", 1n]') == denokey.pack(("users", 1))


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ('["users", 1n]', ("users", 1)),
        ('["users", 1n, *', ("users", 1)),
        ('["users", 1*', ("users",)),
        ('["us*', ()),
        ("*", ()),
        ('["a, *', ()),
        ('["a\\", *', ()),
        ("[*", ()),
        ("nonsense", ()),
    ],
)
def test_whole_parts_of_a_deno_pattern_say_where_to_look(pattern: str, parts: tuple[str | int, ...]) -> None:
    assert deno_prefix(pattern) == denokey.pack(parts)


def test_how_deep_json_is_looked_into() -> None:
    deep = b"[" * (PREVIEW_DEPTH - 1) + b"]" * (PREVIEW_DEPTH - 1)
    assert module.json_type(b"[%b,[]]" % deep) == "array"
    assert module.json_type(b"[[%b],[]]" % deep) == "json-too-deep"
