"""tana_jupyter/denokey.py: the bytes of keys, and their text."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter.denokey import Part, pack, parse, show, unpack
from tana_jupyter.errors import TanaError

NAN = math.nan

VECTORS: list[tuple[Part, str]] = [
    (b"\x00\x00\xff\x00", "01 00FF 00FF FF 00FF 00"),
    (b"", "01 00"),
    ("a\0b", "02 61 00FF 62 00"),
    ("", "02 00"),
    ("\u20ac", "02 E282AC 00"),
    (0, "14"),
    (255, "15 FF"),
    (256, "16 0100"),
    (2**64 - 1, "1C FFFFFFFFFFFFFFFF"),
    (2**64, "1D 09 010000000000000000"),
    (-1, "13 FE"),
    (-256, "12 FEFF"),
    (-(2**64) + 1, "0C 0000000000000000"),
    (-(2**64), "0B F6 FEFFFFFFFFFFFFFFFF"),
    (0.0, "21 8000000000000000"),
    (-0.0, "21 7FFFFFFFFFFFFFFF"),
    (1.0, "21 BFF0000000000000"),
    (-1.0, "21 400FFFFFFFFFFFFF"),
    (math.inf, "21 FFF0000000000000"),
    (-math.inf, "21 000FFFFFFFFFFFFF"),
    (NAN, "21 FFF8000000000000"),
    (-NAN, "21 0007FFFFFFFFFFFF"),
    (False, "26"),
    (True, "27"),
]

SHOWN: list[tuple[tuple[Part, ...], str]] = [
    ((), "[]"),
    (("users", 42, "profile"), '["users", 42n, "profile"]'),
    ((b"\x01\x02", b""), "[new Uint8Array([1, 2]), new Uint8Array([])]"),
    ((1.0, 1.5, -0.0, NAN, -NAN, math.inf, -math.inf), "[1, 1.5, -0, NaN, -NaN, Infinity, -Infinity]"),
    ((1e21, 1e20, 1e-6, 1e-7, -2.5e-7, 0.1), "[1e+21, 100000000000000000000, 0.000001, 1e-7, -2.5e-7, 0.1]"),
    ((True, False, -(2**70)), "[true, false, -1180591620717411303424n]"),
    (('a"b\\c\n\0\u2028', "\u202e", "\x7f"), '["a\\"b\\\\c\\n\\u0000\\u2028", "\\u202e", "\\u007f"]'),
]

PARSED: list[tuple[str, tuple[Part, ...]]] = [
    ("  [ 'it\\'s' , \"\\u0041\\x42\\u{1F600}\" ] ", ("it's", "AB\U0001f600")),
    ('["\\ud83d\\ude00"]', ("\U0001f600",)),
    ('["\\ud83d"]', ("\ufffd",)),
    ("[1, 1n, .5, 1., -1e3]", (1.0, 1, 0.5, 1.0, -1000.0)),
    ("[Uint8Array(2) [ 1, 2 ], ]", (b"\x01\x02",)),
]

UNREADABLE = [
    "", "users", "[", "]", '["a" "b"]', '["a",,"b"]', "[null]", "[undefined]", "[{}]", "[[]]", "['a]", '["a"] x',
    "[new Uint8Array([256])]", "[1e999n]", "[01n2]", f"[{'9' * 700}n]", "bytes 0", "bytes xy",
]  # fmt: skip

parts = st.one_of(
    st.binary(max_size=12),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.integers(-(2**80), 2**80),
    st.integers(-(2**2040) + 1, 2**2040 - 1),
    st.floats(),
    st.booleans(),
)
keys = st.lists(parts, max_size=4).map(tuple)
alike = st.lists(st.sampled_from(["", "a", "a\0", "aa", b"", b"\0", b"\xff", 0, 1, -1, 255, 256, 0.0, -0.0, 1.0, True, False]), max_size=3).map(tuple)  # fmt: skip


def comparable(key: tuple[Part, ...]) -> list[tuple[int, object]]:
    """What sorts as keys are said to: by type, then by value."""
    found: list[tuple[int, object]] = []
    for part in key:
        if isinstance(part, bytes):
            found.append((1, part))
        elif isinstance(part, str):
            found.append((2, part.encode()))
        elif isinstance(part, bool):
            found.append((6 if part else 5, 0))
        elif isinstance(part, int):
            found.append((3, part))
        else:
            negative = math.copysign(1, part) < 0
            if math.isnan(part):
                rank: tuple[float, float] = (-1, 0) if negative else (1, 0)
            else:
                rank = (0, part)
            found.append((4, (*rank, not negative)))
    return found


def same(one: tuple[Part, ...], other: tuple[Part, ...]) -> bool:
    """Whether two keys have the same parts, -0 and the two NaN told apart."""
    return [(type(a), struct.pack(">d", a) if isinstance(a, float) else a) for a in one] == [
        (type(b), struct.pack(">d", b) if isinstance(b, float) else b) for b in other
    ]


@pytest.mark.parametrize(("part", "hexadecimal"), VECTORS, ids=[text for _, text in VECTORS])
def test_parts_have_denos_bytes(part: Part, hexadecimal: str) -> None:
    assert pack((part,)) == bytes.fromhex(hexadecimal.replace(" ", ""))
    assert same(unpack(pack((part,))), (part,))


def test_a_large_bigint_is_refused_past_255_bytes() -> None:
    largest = 2 ** (255 * 8) - 1
    assert pack((largest,))[:2] == b"\x1d\xff"
    assert pack((-largest,))[:2] == b"\x0b\x00"
    assert unpack(pack((largest, -largest))) == (largest, -largest)
    for number in (largest + 1, -largest - 1):
        with pytest.raises(TanaError, match="BigUint requires more than 255 bytes to be represented"):
            pack((number,))


def test_what_is_no_part_is_refused() -> None:
    for part in (None, [], {}, 1j):
        with pytest.raises(TanaError, match="a key has parts of bytes"):
            pack((part,))


def test_lone_surrogates_are_one_character() -> None:
    assert pack(("\ud800",)) == pack(("\udfff",)) == pack(("\ufffd",))


def test_other_nans_are_the_one_with_their_sign() -> None:
    odd = struct.unpack(">d", bytes.fromhex("7ff8000000000123"))[0]
    assert pack((odd,)) == pack((NAN,))
    assert pack((-odd,)) == pack((-NAN,))


@given(keys)
def test_what_is_packed_comes_back(key: tuple[Part, ...]) -> None:
    found = unpack(pack(key))
    expected = tuple(math.copysign(NAN, part) if isinstance(part, float) and math.isnan(part) else part for part in key)
    assert same(found, expected)


@given(keys | alike, keys | alike)
def test_bytes_sort_by_type_and_then_by_value(one: tuple[Part, ...], other: tuple[Part, ...]) -> None:
    assert (pack(one) < pack(other)) == (comparable(one) < comparable(other))
    assert (pack(one) == pack(other)) == (comparable(one) == comparable(other))


def test_types_and_strings_in_denos_order() -> None:
    ordered: list[tuple[Part, ...]] = [
        (b"\xff",), ("",), ("a",), ("a", b""), ("a", "b"), ("a", 0), ("a", 0.0), ("a", False), ("a", True), ("a\0",), ("aa",),
        ("\uffff",), ("\U0001f600",), (-(2**70),), (-1,), (0,), (2**70,), (-NAN,), (-math.inf,), (-0.0,), (0.0,), (NAN,),
        (False,), (True,),
    ]  # fmt: skip
    packed = [pack(key) for key in ordered]
    assert sorted(packed) == packed


@pytest.mark.parametrize(("key", "text"), SHOWN, ids=[text for _, text in SHOWN])
def test_keys_are_shown_as_they_stand_in_a_program(key: tuple[Part, ...], text: str) -> None:
    assert show(pack(key)) == text
    assert parse(text) == pack(key)


@pytest.mark.parametrize(("text", "key"), PARSED, ids=[text for text, _ in PARSED])
def test_other_ways_to_write_a_key(text: str, key: tuple[Part, ...]) -> None:
    assert parse(text) == pack(key)


@given(keys)
def test_what_is_shown_can_be_parsed(key: tuple[Part, ...]) -> None:
    text = show(pack(key))
    assert text.isprintable() or not any(ord(character) < 32 for character in text)
    assert parse(text) == pack(key)


@given(st.binary(max_size=20))
def test_any_bytes_are_shown_and_found_again(key: bytes) -> None:
    assert parse(show(key)) == key or show(key).startswith("[")
    try:
        unpack(key)
    except TanaError:
        assert show(key) == f"bytes {key.hex()}"


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(TanaError, match=r"is no key of Deno KV|more than 255 bytes"):
        parse(text)


@pytest.mark.parametrize(
    "key", [b"\x02ab", b"\x00", b"\xff", b"\x21\x00", b"\x15", b"\x1d\x09\x01", b"\x02\xff\x00", b"\x1d"]
)
def test_damaged_bytes_are_no_key(key: bytes) -> None:
    with pytest.raises(TanaError, match="no key of Deno KV"):
        unpack(key)
