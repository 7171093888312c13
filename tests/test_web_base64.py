"""atob and btoa: modules/web/base64.js."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web_harness import evaluate


@given(data=st.binary())
def test_round_trip(data: bytes) -> None:
    binary = data.decode("latin-1")
    encoded = base64.b64encode(data).decode()
    assert evaluate("return [btoa(binary), atob(encoded)]", binary=binary, encoded=encoded) == [
        encoded,
        binary,
    ]


@pytest.mark.parametrize(
    ("given", "bytes_"),
    [
        ("", b""),
        ("YQ==", b"a"),
        ("YQ", b"a"),
        (" Y\tW\nJ\fj\r", b"abc"),
        ("YR==", b"a"),  # left-over bits are dropped
        ("+/+/", b"\xfb\xff\xbf"),
        ("null", b"\x9e\xe9e"),
    ],
)
def test_forgiving_decode(given: str, bytes_: bytes) -> None:
    assert evaluate("return atob(given)", given=given) == bytes_.decode("latin-1")


@pytest.mark.parametrize(
    "given", ["a", "YQ=", "YQ===", "Y=Q=", "=", "====", "ab-_", "abcd=", "aé", "YWJj\xa0", "ab\0c"]
)
def test_what_is_not_base64(given: str) -> None:
    found = evaluate(
        """
        try { atob(given); } catch (error) { return [error.name, error.code, error instanceof DOMException]; }
        """,
        given=given,
    )
    assert found == ["InvalidCharacterError", 5, True]


def test_btoa_takes_latin1_only() -> None:
    assert evaluate("btoa('€')").startswith(
        "!InvalidCharacterError: btoa: the string holds characters outside of Latin-1"
    )
    assert evaluate("return [btoa(12), atob(null).length]") == ["MTI=", 3]
    assert evaluate("btoa()").startswith("!TypeError")
    assert evaluate("atob()").startswith("!TypeError")


def test_large_texts_cross_in_pieces() -> None:
    size = 3 * 1024 * 1024 + 1
    assert evaluate(
        """
        const text = "\\0\\xff\\x80a".repeat(size / 4 + 1).slice(0, size);
        const back = atob(btoa(text));
        return [back === text, back.length];
        """,
        size=size,
    ) == [True, size]
