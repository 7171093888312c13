import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter.store.versionstamp import NEVER, from_text, to_text

STAMPS = st.integers(1, 2**63 - 1)


@given(STAMPS, STAMPS)
def test_text_keeps_value_and_order(one, other):
    assert from_text(to_text(one)) == one
    assert (to_text(one) < to_text(other)) == (one < other)
    assert len(to_text(one)) == 20


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "00000000000000010000"),
        (0xABCDEF, "0000000000abcdef0000"),
        (2**63 - 1, "7fffffffffffffff0000"),
    ],
)
def test_the_text_form(number, text):
    assert to_text(number) == text
    assert from_text(text) == number
    assert from_text(text.upper()) == number


@pytest.mark.parametrize(
    "text", ["00000000000000000000", "00000000000000010001", "80000000000000000000", "ffffffffffffffff0000"]
)
def test_a_stamp_that_no_commit_has(text):
    assert from_text(text) == NEVER < 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "0" * 18,
        "0" * 19,
        "0" * 21,
        "0" * 22,
        "g" * 20,
        "0x" + "0" * 18,
        " " + "0" * 19,
        "0" * 20 + "\n",
        "+" + "0" * 19,
        "-" + "0" * 19,
        "٣" * 20,
        "0_" * 10,
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="20 hex digits"):
        from_text(text)
