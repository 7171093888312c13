"""crypto and node:crypto, beside the global of the same name."""

import hashlib
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter.errors import ContractError, GuestError
from tana_jupyter.host import ContractHost
from tana_jupyter.modules.crypto import operations
from tana_jupyter.session import Session
from tests.web_harness import evaluate

IMPORT = (
    "import crypto, * as all from 'node:crypto'; import { randomBytes, createHash, timingSafeEqual } from 'crypto'; "
)


def run(source: str, seed: int = 7) -> Any:
    session = Session()
    session.chance.seed(seed)
    return session.run(IMPORT + source).value


def refused(source: str) -> list[Any]:
    """Class, code and message of what a call throws."""
    return run(f"let seen; try {{ {source} }} catch (e) {{ seen = [e.name, e.code, e.message] }} seen")


def test_the_call_of_the_session_pattern() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", run("randomBytes(32).toString('hex')"))


def test_all_names_are_one_module() -> None:
    assert run("all.default === crypto && crypto.randomBytes === randomBytes && all.createHash === createHash") is True
    assert run("crypto.webcrypto instanceof Crypto && crypto.subtle === crypto.webcrypto.subtle") is True
    assert run("const at = await import('crypto'); at.randomBytes === randomBytes") is True


def test_randomness_follows_the_seed() -> None:
    draw = "[randomBytes(8).toString('hex'), crypto.randomUUID(), [...crypto.getRandomValues(new Uint8Array(4))]]"
    assert run(draw) == run(draw) != run(draw, seed=8)
    assert Session().run(IMPORT + "randomBytes(16).toString('hex') === randomBytes(16).toString('hex')").value is False


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 200_000])
def test_sizes(size: int) -> None:
    found = run(f"const b = randomBytes({size}); [b.length, b instanceof Uint8Array, new Set(b).size]")
    assert found[:2] == [size, True]
    assert found[2] == 256 if size >= 65535 else found[2] == size


def test_a_size_is_rounded_down_and_a_callback_comes_later() -> None:
    assert run("randomBytes(2.9).length") == 2
    assert run("const order = []; randomBytes(3, (error, bytes) => order.push(error, bytes.length)); order.push('after'); await null; order") == ["after", None, 3]  # fmt: skip


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("'a'", ["TypeError", "ERR_INVALID_ARG_TYPE", "The \"size\" argument must be of type number. Received type string ('a')"]),
        ("", ["TypeError", "ERR_INVALID_ARG_TYPE", 'The "size" argument must be of type number. Received undefined']),
        ("null", ["TypeError", "ERR_INVALID_ARG_TYPE", 'The "size" argument must be of type number. Received null']),
        ("{}", ["TypeError", "ERR_INVALID_ARG_TYPE", 'The "size" argument must be of type number. Received an instance of Object']),
        ("5n", ["TypeError", "ERR_INVALID_ARG_TYPE", 'The "size" argument must be of type number. Received type bigint (5n)']),
        ("-1", ["RangeError", "ERR_OUT_OF_RANGE", 'The value of "size" is out of range. It must be >= 0 && <= 2147483647. Received -1']),
        ("NaN", ["RangeError", "ERR_OUT_OF_RANGE", 'The value of "size" is out of range. It must be >= 0 && <= 2147483647. Received NaN']),
        ("2 ** 31", ["RangeError", "ERR_OUT_OF_RANGE", 'The value of "size" is out of range. It must be >= 0 && <= 2147483647. Received 2147483648']),
        ("1, 5", ["TypeError", "ERR_INVALID_ARG_TYPE", 'The "callback" argument must be of type function. Received type number (5)']),
    ],
)  # fmt: skip
def test_sizes_that_node_refuses(size: str, expected: list[str]) -> None:
    assert refused(f"randomBytes({size})") == expected


BYTES = bytes([0, 127, 128, 200, 255, 195, 169])


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("", BYTES.decode("utf-8", "replace")),
        ("'utf8'", BYTES.decode("utf-8", "replace")),
        ("'UTF-8'", BYTES.decode("utf-8", "replace")),
        ("'hex'", BYTES.hex()),
        ("'base64'", "AH+AyP/DqQ=="),
        ("'base64url'", "AH-AyP_DqQ"),
        ("'latin1'", BYTES.decode("latin-1")),
        ("'binary'", BYTES.decode("latin-1")),
        ("'ascii'", "".join(chr(byte & 127) for byte in BYTES)),
        ("'hex', 1, 3", "7f80"),
        ("'hex', -2", "c3a9"),
    ],
)
def test_bytes_as_text(encoding: str, expected: str) -> None:
    assert run(f"const b = randomBytes(7); b.set({list(BYTES)}); b.toString({encoding})") == expected


def test_bytes_as_bytes() -> None:
    assert run("const b = randomBytes(4); [b.equals(b.slice()), b.equals(b.subarray(1)), b[4] === undefined, b.at(-1) === b[3]]") == [True, False, True, True]  # fmt: skip
    assert run("typeof randomBytes(4)") == "object"
    assert isinstance(run("randomBytes(4)"), bytes)
    assert refused("randomBytes(1).toString('nope')") == ["TypeError", "ERR_UNKNOWN_ENCODING", "Unknown encoding: nope"]
    assert refused("randomBytes(1).equals('a')")[:2] == ["TypeError", "ERR_INVALID_ARG_TYPE"]


@pytest.mark.parametrize("name", ["sha1", "sha224", "sha256", "sha384", "sha512"])
@given(pieces=st.lists(st.binary(max_size=40), max_size=4))
def test_digests(name: str, pieces: list[bytes]) -> None:
    expected = hashlib.new(name, b"".join(pieces)).digest()
    found = evaluate(
        f"""
        const {{ createHash }} = await import("crypto");
        const hash = createHash("{name}");
        for (const piece of pieces) hash.update(new Uint8Array(piece));
        const other = hash.copy();
        return [hash.digest("hex"), [...other.digest()]];
        """,
        pieces=[list(piece) for piece in pieces],
    )
    assert found == [expected.hex(), list(expected)]


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_text_is_hashed_as_utf8(text: str) -> None:
    source = (
        "const { createHash } = await import('crypto'); return createHash('sha256').update(text).digest('base64url')"
    )
    assert evaluate(source, text=text) == evaluate(
        source.replace("text)", "Uint8Array.from(bytes))"), bytes=list(text.encode())
    )


def hashed(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("arguments", "data"),
    [
        ("'é'", "é".encode()),
        ("'é', 'utf8'", "é".encode()),
        ("'é', 'latin1'", b"\xe9"),
        ("'aBc', 'hex'", b"\xab"),
        ("'abzz12', 'hex'", b"\xab"),
        ("'YWJj', 'base64'", b"abc"),
        ("'YW Jj\\n', 'base64'", b"abc"),
        ("'YWJ', 'base64'", b"ab"),
        ("'-_8=x', 'base64url'", b"\xfb\xff"),
        ("'YWJjZ', 'base64'", b"abc"),
        ("'a\\ud800'", b"a\xef\xbf\xbd"),
        ("new Uint16Array([1])", b"\1\0"),
        ("new DataView(new Uint8Array([1, 2, 3]).buffer, 1, 1)", b"\2"),
        ("new Uint8Array(1000000).fill(200)", b"\xc8" * 1_000_000),
        ("'é'.repeat(300000)", "é".encode() * 300_000),
    ],
)
def test_what_can_be_hashed(arguments: str, data: bytes) -> None:
    assert run(f"createHash('sha256').update({arguments}).digest('hex')") == hashed(data)


def test_bytes_are_taken_as_they_are_at_the_call() -> None:
    assert run("const b = new Uint8Array([97]); const h = createHash('sha256').update(b); b[0] = 98; h.digest('hex')") == hashed(b"a")  # fmt: skip


@pytest.mark.parametrize("name", ["sha256", "SHA256", "sha-256", "SHA2-256", "RSA-SHA256"])
def test_spellings_of_a_digest(name: str) -> None:
    assert run(f"createHash('{name}').update('abc').digest('hex')") == hashed(b"abc")


FINAL = ["Error", "ERR_CRYPTO_HASH_FINALIZED", "Digest already called"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("createHash('md5')", ["Error", None, "Digest method not supported: 'md5'; there are sha1, sha224, sha256, sha384, sha512"]),
        ("createHash()", ["TypeError", "ERR_INVALID_ARG_TYPE", 'The "algorithm" argument must be of type string. Received undefined']),
        ("createHash('sha1').update(5)", ["TypeError", "ERR_INVALID_ARG_TYPE", 'The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received type number (5)']),
        ("createHash('sha1').update(new ArrayBuffer(1))", ["TypeError", "ERR_INVALID_ARG_TYPE", 'The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received an instance of ArrayBuffer']),
        ("createHash('sha1').digest('nope')", ["TypeError", "ERR_UNKNOWN_ENCODING", "Unknown encoding: nope"]),
        ("const h = createHash('sha1'); h.digest(); h.update('a')", FINAL),
        ("const h = createHash('sha1'); h.digest(); h.digest()", FINAL),
        ("const h = createHash('sha1'); h.digest(); h.copy()", FINAL),
        ("timingSafeEqual(randomBytes(1), randomBytes(2))", ["RangeError", "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH", "Input buffers must have the same byte length"]),
        ("timingSafeEqual('a', randomBytes(2))", ["TypeError", "ERR_INVALID_ARG_TYPE", "The \"buf1\" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView. Received type string ('a')"]),
        ("timingSafeEqual(randomBytes(2), null)", ["TypeError", "ERR_INVALID_ARG_TYPE", 'The "buf2" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView. Received null']),
    ],
)  # fmt: skip
def test_what_node_refuses(source: str, expected: list[str]) -> None:
    assert refused(source) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("[1, 2, 3]", "[1, 2, 3]", True),
        ("[1, 2, 3]", "[1, 2, 4]", False),
        ("[0, 2, 3]", "[1, 2, 3]", False),
        ("[]", "[]", True),
    ],
)
def test_comparing_without_haste(first: str, second: str, expected: bool) -> None:
    assert run(f"timingSafeEqual(new Uint8Array({first}), new Uint8Array({second}))") is expected
    assert (
        run(f"timingSafeEqual(new Uint8Array({first}).buffer, new DataView(new Uint8Array({second}).buffer))")
        is expected
    )


def test_a_digest_is_bytes() -> None:
    assert run("createHash('sha1').update('abc').digest()") == hashlib.sha1(b"abc", usedforsecurity=False).digest()
    assert run("createHash('sha1').update('abc').digest('buffer').length") == 20
    assert run("crypto.getHashes()") == ["sha1", "sha224", "sha256", "sha384", "sha512"]


@pytest.mark.parametrize("arguments", ["'md5', ''", "'sha1'", "'sha1', null", "'sha1', '€'", "'sha1', 99", "[], {}"])
def test_hostile_arguments_of_the_host_call(arguments: str) -> None:
    digest = operations(ContractHost(Session(), "notebook"))["crypto.digest"]
    given = Session().run(f"[{arguments}]").value
    with pytest.raises(GuestError):
        digest(*given)


def test_a_name_it_does_not_have_is_told() -> None:
    with pytest.raises(ContractError, match="has no export 'createCipheriv'"):
        Session().run("import { createCipheriv } from 'crypto'")
