"""A short line for any value."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter.glance import glance, number, one_line

LINES = [
    ("plain", "plain"),
    ("a\nb\r\tc", "a\\nb\\r\\tc"),
    ("\x00\x1b\x7f\x85", "\\u0000\\u001b\\u007f\\u0085"),
    ("user\u202e1\u2066x\u2069", "user\\u202e1\\u2066x\\u2069"),
    ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
    ("blank\u3164\u115f", "blank\\u3164\\u115f"),
    ("\U000e0041", "\\u{e0041}"),
    ("\ud800", "\ufffd"),
    ("\U0001f600 שלום العربية", "\U0001f600 שלום العربية"),
]


@pytest.mark.parametrize(("text", "line"), LINES)
def test_a_line_hides_nothing(text: str, line: str) -> None:
    assert one_line(text) == line


def test_a_line_is_cut_where_its_room_ends() -> None:
    assert one_line("abcd", 4) == "abcd"
    assert one_line("abcde", 4) == "abc…"
    assert one_line("\n\n\n", 4) == "\\n\\…"
    assert len(one_line("x" * 25_000_000)) == 200


VALUES: list[tuple[object, str]] = [
    (None, "null"),
    (True, "true"),
    (5, "5"),
    (-(2**53), "-9007199254740992n"),
    (2**60, "1152921504606846976n"),
    (5.0, "5"),
    (1e21, "1e+21"),
    (1e-7, "1e-7"),
    (float("-inf"), "-Infinity"),
    (-0.0, "-0"),
    ("a\nb", '"a\\nb"'),
    (b"\x01\x02", "Uint8Array(2) [1, 2]"),
    (dt.datetime(2026, 1, 1, 0, 0, 0, 5000, dt.UTC), "2026-01-01T00:00:00.005000Z"),
    ({}, "{}"),
    ([], "[]"),
    (set(), "Set {}"),
    ({"id": 1, "a b": [None, {"x": ()}]}, '{ id: 1, "a b": [null, { x: [] }] }'),
    ({1: 2, None: 3}, "{ 1: 2, null: 3 }"),
    ({"c", "a", "b"}, 'Set { "a", "b", "c" }'),
]


@pytest.mark.parametrize(("value", "line"), VALUES)
def test_values_are_written_as_javascript_writes_them(value: object, line: str) -> None:
    assert glance(value) == line


def test_no_value_is_read_past_the_end_of_the_line() -> None:
    loop: dict[str, object] = {}
    loop["self"] = loop
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    for value in (
        loop,
        deep,
        list(range(1_000_000)),
        {"x" * 25_000_000: "y" * 25_000_000},
        2**100_000,
        b"\0" * 25_000_000,
    ):
        assert len(glance(value)) <= 200
    while deep:  # freed level by level
        deep = deep.pop()


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.datetimes(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner),
)


@given(VALUE, st.integers(5, 300))
def test_a_line_is_one_line(value: object, room: int) -> None:
    line = glance(value, room)
    assert len(line) <= room
    assert line == glance(value, room)
    assert line.encode()
    assert line.isprintable() or " " in line or not line.isascii()
    assert "\n" not in line


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_can_be_read_back(value: float) -> None:
    assert float(number(value)) == value
