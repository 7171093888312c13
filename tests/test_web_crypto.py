"""crypto: modules/web/crypto.js, digests.py and randomness.py."""

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter.chance import Chance
from tana_jupyter.errors import GuestError
from tana_jupyter.modules.web.digests import ALGORITHMS, Digests
from tana_jupyter.modules.web.randomness import QUOTA, random_text
from tests.web_harness import evaluate


def test_uuids_are_version_four_and_differ() -> None:
    first, second = evaluate("return [crypto.randomUUID(), crypto.randomUUID()]")
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", first)
    assert first != second


def test_randomness_follows_the_seed() -> None:
    draw = "return [crypto.randomUUID(), [...crypto.getRandomValues(new Uint32Array(3))]]"
    assert evaluate(draw, fresh=True) == evaluate(draw, fresh=True)


@pytest.mark.parametrize(
    "kind",
    [
        "Int8Array",
        "Uint8Array",
        "Uint8ClampedArray",
        "Int16Array",
        "Uint16Array",
        "Int32Array",
        "Uint32Array",
        "BigInt64Array",
        "BigUint64Array",
    ],
)
def test_random_values_fill_integer_arrays(kind: str) -> None:
    assert evaluate(
        f"""
        const buffer = new ArrayBuffer(512);
        const array = new {kind}(buffer, 64, 32);
        const result = crypto.getRandomValues(array);
        const bytes = [...new Uint8Array(buffer)];
        const end = 64 + array.byteLength;
        return [result === array, new Set(bytes.slice(64, end)).size > 8, bytes.slice(0,
          64).concat(bytes.slice(end)).every((byte) => byte === 0)];
        """
    ) == [True, True, True]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ("new Float64Array(1)", "TypeMismatchError"),
        ("new DataView(new ArrayBuffer(8))", "TypeMismatchError"),
        ("new Uint8Array(65537)", "QuotaExceededError"),
        ("new Uint32Array(16385)", "QuotaExceededError"),
        ("[1, 2]", "TypeError"),
        ("new ArrayBuffer(8)", "TypeError"),
        ("", "TypeError"),
    ],
)
def test_what_cannot_be_filled(given: str, error: str) -> None:
    assert evaluate(f"crypto.getRandomValues({given})").startswith(f"!{error}:")


def test_the_quota_itself_can_be_had() -> None:
    assert evaluate("return [65536, 0].map((length) => crypto.getRandomValues(new Uint8Array(length)).length)") == [
        65536,
        0,
    ]


DIGEST = "return [...new Uint8Array(await crypto.subtle.digest(algorithm, new Uint8Array(bytes)))]"


@given(data=st.binary(max_size=200), name=st.sampled_from(sorted(ALGORITHMS)))
def test_digests(data: bytes, name: str) -> None:
    expected = list(hashlib.new(ALGORITHMS[name], data).digest())
    assert evaluate(DIGEST, algorithm=name, bytes=list(data)) == expected


@pytest.mark.parametrize("algorithm", ["sha-256", {"name": "Sha-256"}, {"name": "SHA-256", "length": 1}])
def test_names_of_algorithms(algorithm: object) -> None:
    assert bytes(evaluate(DIGEST, algorithm=algorithm, bytes=[97])) == hashlib.sha256(b"a").digest()


@pytest.mark.parametrize("size", [1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 3 * 1024 * 1024])
def test_large_data_crosses_in_slices(size: int) -> None:
    found = evaluate(
        """
        const data = new Uint8Array(size + 8).subarray(8).fill(7);
        return [...new Uint8Array(await crypto.subtle.digest("SHA-1", data))];
        """,
        size=size,
    )
    assert bytes(found) == hashlib.sha1(b"\7" * size, usedforsecurity=False).digest()


def test_all_kinds_of_bytes() -> None:
    expected = hashlib.sha384(b"\1\2").hexdigest()
    assert (
        evaluate(
            """
        const buffer = new Uint8Array([0, 1, 2, 3]).buffer;
        const hex = async (data) => [...new Uint8Array(await crypto.subtle.digest("SHA-384",
          data))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
        return [await hex(new DataView(buffer, 1, 2)), await hex(buffer.slice(1, 3)),
          await hex(new Uint16Array(buffer.slice(1, 3)))];
        """
        )
        == [expected] * 3
    )


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ("'MD5', new Uint8Array(1)", "NotSupportedError"),
        ("'SHA256', new Uint8Array(1)", "NotSupportedError"),
        ("{ name: 'x'.repeat(1000) }, new Uint8Array(1)", "NotSupportedError"),
        ("{}, new Uint8Array(1)", "TypeError"),
        ("'SHA-1', 'text'", "TypeError"),
        ("'SHA-1'", "TypeError"),
    ],
)
def test_digests_that_cannot_be_made_are_rejections(arguments: str, error: str) -> None:
    found = evaluate(f"return crypto.subtle.digest({arguments}).then(() => 'made', (error) => error.name)")
    assert found == error


def test_illegal_constructors() -> None:
    for wrong in ["new Crypto()", "new SubtleCrypto()"]:
        assert evaluate(wrong) == "!TypeError: Illegal constructor"
    assert evaluate("crypto.randomUUID.call({})").startswith("!TypeError")


@pytest.mark.parametrize("count", [None, -1, 1.5, "1", True, QUOTA + 1, 10**30, []])
def test_hostile_arguments_of_random(count: object) -> None:
    with pytest.raises(GuestError):
        random_text(Chance(), count)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("md5", "", True, True),
        ([], "", True, True),
        ("SHA-1", None, True, True),
        ("SHA-1", "€", True, True),
        ("SHA-1", "x" * (1024 * 1024 + 1), True, True),
        ("SHA-1", "x", False, True),
        ("SHA-1", "x", "yes", True),
    ],
)
def test_hostile_arguments_of_digest(arguments: tuple[object, ...]) -> None:
    with pytest.raises(GuestError):
        Digests().update(*arguments)


def test_a_digest_that_was_left_does_not_leak_into_the_next() -> None:
    digests = Digests()
    assert digests.update("SHA-1", "left", True, False) is None
    assert digests.update("SHA-1", "abc", True, True) == hashlib.sha1(b"abc", usedforsecurity=False).digest().decode(
        "latin-1"
    )
    with pytest.raises(GuestError):
        digests.update("SHA-1", "abc", False, True)
