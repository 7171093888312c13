"""Deno KV: sizes of keys and values, counted as Deno counts them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter import ContractError, Session, limits
from tana_jupyter.errors import GuestError
from tana_jupyter.modules.deno.keys import key_before_stamp, key_of
from tana_jupyter.modules.deno.sizes import size, size_at_most
from tana_jupyter.modules.deno.values import checked, stored
from tests.deno_harness import opened, told, value
from tests.values_harness import run

WRITE = "TypeError: Key too large for write (max 2048 bytes)"
READ = "TypeError: Key too large for read (max 2049 bytes)"
VALUE = "TypeError: Value too large (max 65536 bytes)"


@pytest.fixture
def session() -> Session:
    return opened()


# Keys. A string part takes two bytes more than its text.


@pytest.mark.parametrize("call", ["kv.set([KEY], 1)", "kv.delete([KEY])"])
def test_keys_to_write(session: Session, call: str) -> None:
    assert "TypeError" not in str(told(session, call.replace("KEY", "'x'.repeat(2046)")))
    assert told(session, call.replace("KEY", "'x'.repeat(2047)")) == WRITE
    assert told(session, call.replace("KEY", "'é'.repeat(1024)")) == WRITE
    assert told(session, call.replace("KEY", "'\\0'.repeat(1024)")) == WRITE
    assert told(session, call.replace("KEY", "new Uint8Array(1024)")) == WRITE
    assert told(session, call.replace("KEY", "new Uint8Array(1e6)")) == WRITE
    assert told(session, call.replace("KEY", "'x'.repeat(1e6)")) == WRITE


@pytest.mark.parametrize("call", ["kv.get([KEY])", "kv.getMany([[KEY]])", "kv.list({ prefix: [KEY] }).next()"])
def test_keys_to_read(session: Session, call: str) -> None:
    assert "TypeError" not in str(told(session, call.replace("KEY", "'x'.repeat(2046)")))
    assert told(session, call.replace("KEY", "'x'.repeat(2047)")) == READ
    assert told(session, call.replace("KEY", "new Uint8Array(1e6)")) == READ


def test_bounds_of_a_range(session: Session) -> None:
    assert told(session, "all({ start: ['a'], end: ['x'.repeat(2047)] })") == []
    assert told(session, "all({ start: ['a'], end: ['x'.repeat(2048)] })") == READ
    assert told(session, "all({ prefix: ['a'], start: ['a', 'x'.repeat(2048)] })") == READ


def test_bigints(session: Session) -> None:
    assert value(session, "await kv.set([2n ** 2040n - 1n], 1); (await keys({ prefix: [] })).length") == 1
    for number in ("2n ** 2040n", "-(2n ** 2040n)", "2n ** 100000n"):
        assert told(session, f"kv.set([{number}], 1)") == (
            "TypeError: Invalid mutation: BigUint requires more than 255 bytes to be represented"
        )


def test_a_key_is_judged_before_its_value(session: Session) -> None:
    assert told(session, "kv.set(['x'.repeat(2047)], 'x'.repeat(70000))") == WRITE
    assert told(session, "kv.set([], 'x'.repeat(70000))") == "TypeError: key cannot be empty"


# Values.

FITS = [
    ("'x'.repeat(65530)", "'x'.repeat(65531)"),
    ("'\\u00e9'.repeat(65530)", "'\\u00e9'.repeat(65531)"),
    ("'\\u0101'.repeat(32765)", "'\\u0101'.repeat(32766)"),
    ("'\\u0000'.repeat(65530)", "'\\u0000'.repeat(65531)"),
    ("new Uint8Array(65536)", "new Uint8Array(65537)"),
    ("new Uint8Array(70000).subarray(0, 65536)", "new Uint8Array(70000).subarray(0, 65537)"),
    ("{ a: 'x'.repeat(65524) }", "{ a: 'x'.repeat(65525) }"),
    ("Array(7280).fill(1.5)", "Array(7281).fill(1.5)"),
    ("new ArrayBuffer(65530)", "new ArrayBuffer(65531)"),
    ("new Map([[1, 'x'.repeat(65525)]])", "new Map([[1, 'x'.repeat(65526)]])"),
]


@pytest.mark.parametrize(("fits", "does_not"), FITS)
def test_values(session: Session, fits: str, does_not: str) -> None:
    assert told(session, f"kv.set(['a'], {fits})")["ok"] is True
    before = session.store.head("notebook")
    assert told(session, f"kv.set(['a'], {does_not})") == VALUE
    assert session.store.head("notebook") == before


def test_values_far_too_large(session: Session) -> None:
    for huge in (
        "'x'.repeat(3e6)",
        "Array.from({ length: 200000 }, () => ({ a: 1 }))",
        "new Uint8Array(3e6)",
        "new Float64Array(3e5)",
    ):
        assert told(session, f"kv.set(['a'], {huge})") == VALUE


# Sizes that Deno 2.9.8 serialized these to.
SIZES = [
    ("undefined", 3),
    ("null", 3),
    ("true", 3),
    ("0", 4),
    ("63", 4),
    ("64", 5),
    ("-64", 4),
    ("-65", 5),
    ("8191", 5),
    ("2**31-1", 8),
    ("2**31", 11),
    ("-(2**31)", 8),
    ("-(2**31)-1", 11),
    ("-0", 11),
    ("1.5", 11),
    ("NaN", 11),
    ("0n", 4),
    ("1n", 12),
    ("2n**64n", 20),
    ("-(2n**63n)", 12),
    ("''", 4),
    ("'abc'", 7),
    ("'\\u00e9'", 5),
    ("'\\u0101'", 6),
    ("'a'.repeat(127)", 131),
    ("'a'.repeat(128)", 133),
    ("'\\ud800'", 6),
    ("[]", 7),
    ("[1,2]", 11),
    ("[1,1.5]", 25),
    ("['a',1]", 12),
    ("[1,,3]", 15),
    ("[,]", 7),
    ("Object.assign([1],{x:2})", 14),
    ("{}", 5),
    ("{a:1}", 10),
    ("{1:1,b:2}", 14),
    ("{4294967294:1}", 16),
    ("{4294967295:1}", 19),
    ("{'\\u0101':1}", 12),
    ("{a:'\\u0101'}", 12),
    ("new Map([[1,'a']])", 10),
    ("new Set([1,'a'])", 10),
    ("new Date(5)", 11),
    ("/a/gi", 7),
    ("/a/v", 8),
    ("Object(true)", 3),
    ("Object(1)", 11),
    ("Object('a')", 6),
    ("Object(1n)", 12),
    ("new ArrayBuffer(200)", 205),
    ("new ArrayBuffer(1,{maxByteLength:300})", 7),
    ("new Uint8Array(3)", 12),
    ("new Float64Array(2)", 25),
    ("new DataView(new ArrayBuffer(8),2,3)", 17),
    ("(()=>{const o={};return [o,o]})()", 12),
    ("(()=>{const o={};o.o=o;return o})()", 10),
    ("(()=>{const b=new ArrayBuffer(8);return [new Uint8Array(b),new Int16Array(b,2)]})()", 29),
    ("{t:new Uint8Array(100).subarray(1,3)}", 115),
]


def text_of(literal: str) -> tuple[bytes, str]:
    text = run(f"return encode({literal if literal.startswith('(') else f'({literal})'})").encode(
        "utf-8", "surrogatepass"
    )
    return text, "clone" if text.startswith(b"\x01") else "json"


@pytest.mark.parametrize(("literal", "count"), SIZES, ids=[literal for literal, _ in SIZES])
def test_sizes_are_v8s(literal: str, count: int) -> None:
    text, encoding = text_of(literal)
    assert size(text, encoding) == count
    assert size_at_most(text, encoding) >= count


def test_where_a_wide_string_starts_decides_about_its_padding() -> None:
    for before, count in (("''", 13), ("'a'", 14), ("'ab'", 15)):
        text, encoding = text_of(f"[{before}, '\\u0101']")
        assert size(text, encoding) in {count, count + 1}
    assert size(b'["","\xc4\x81"]', "json") + 1 != size(b'["a","\xc4\x81"]', "json")


def test_sizes_of_bytes_and_numbers() -> None:
    assert (size(bytes(5), "bytes"), size(bytes(8), "u64")) == (5, 8)
    assert (size_at_most(bytes(5), "bytes"), size_at_most(bytes(8), "u64")) == (5, 8)


json_like = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(codec="utf-8"), max_size=20), st.text("\0\"\\é\u0101", max_size=20),
    ),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=5),
    max_leaves=50,
)  # fmt: skip


@given(json_like, st.booleans())
def test_the_cheap_bound_is_never_too_small(document: Any, ascii_only: bool) -> None:
    text = json.dumps(document, ensure_ascii=ascii_only, separators=(",", ":")).encode()
    assert size(text, "json") <= size_at_most(text, "json")
    # As it decides about texts that are not short.
    whole = b"[" + b",".join([text] * (30_000 // len(text) + 1)) + b"]"
    assert size(whole, "json") <= size_at_most(whole, "json")


def test_a_text_may_be_longer_than_its_value() -> None:
    # Larger as text than it may be as a value.
    text = json.dumps(["\x01" * 65000]).encode()
    assert len(text) > 5 * limits.DENO_VALUE
    assert checked(stored(text)).encoding == "json"


# What never comes from our own side of the border.

HOSTILE_VALUES = [b"", b"\x02", b"\x02-1", b"\x0218446744073709551616", b"\x02x", b"\x03", b"\x035,1", b"\x03-1,", b"\x034,1,2", b"\x04", b"\x034,99999999999"]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE_VALUES)
def test_damaged_values_are_refused(text: bytes) -> None:
    with pytest.raises(GuestError, match="no value that Deno KV can store"):
        stored(text)


LARGE_AND_DAMAGED = [
    b"[" * 70000,
    b"x" * 70000,
    b"\x01[[1]" + b" " * 70000,
    b"\x01[[5],[7]]" + b" " * 70000,
    b"\x01{}" + b" " * 70000,
]


@pytest.mark.parametrize("text", LARGE_AND_DAMAGED, ids=range(len(LARGE_AND_DAMAGED)))
def test_large_damaged_values_are_refused(text: bytes) -> None:
    with pytest.raises(GuestError):
        checked(stored(text))


HOSTILE_KEYS = [
    b"\x03",
    b"\x03v\x01",
    b"\x03!x\x01",
    b"\x03nzz\x01",
    b"\x03b1,256\x01",
    b"\x03jx\x01",
    b"\x03j[1]\x01",
    b"\x03q\x01",
    b"\x03\x01\x01",
]


@pytest.mark.parametrize("wire", HOSTILE_KEYS)
def test_damaged_keys_are_refused(wire: bytes) -> None:
    with pytest.raises(GuestError, match="expected string, number, bigint, ArrayBufferView, boolean"):
        key_of(wire)


def test_the_place_of_the_versionstamp() -> None:
    assert key_before_stamp(b"\x03\x02a\x01v\x01") == b"\x02a\0"
    assert key_before_stamp(b"\x03v\x01") == b""
    assert key_before_stamp(b"\x02a\x01\x02v\x01") is None
    assert key_before_stamp(b"\x03\x02a\x01\x02xv\x01") is None


def test_the_store_being_full_is_told() -> None:
    session = Session("memory:", store_limit=100_000)
    session.run("const kv = await Deno.openKv()")
    with pytest.raises(ContractError, match="is full"):
        session.run("for (let i = 0; i < 100; i++) await kv.set([i], 'x'.repeat(10000))")


def test_private_databases_share_what_they_may_hold(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DENO_PRIVATE_STORES", 4_000_000)
    value(
        session,
        "const fill = async (kv, count) => { for (let i = 0; i < count; i++) await kv.set([i], 'x'.repeat(50000)) }",
    )
    value(session, "const one = await Deno.openKv(':memory:'); await fill(one, 60)")
    value(session, "const two = await Deno.openKv(':memory:')")
    assert "is full" in told(session, "fill(two, 12)")
    assert "is full" in told(session, "fill(one, 80)")
    value(session, "one.close()")
    assert told(session, "fill(two, 60)") is None
