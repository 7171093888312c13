"""A certificate for test servers, made on the spot: no key lies in the repository, no tool has to be installed."""

import base64
import hashlib
import ipaddress
import secrets
from datetime import UTC, datetime, timedelta

# The curve P-256.
PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
BASE = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
Point = tuple[int, int] | None

P256 = bytes.fromhex("06082a8648ce3d030107")
EC_KEY = bytes.fromhex("06072a8648ce3d0201")
ECDSA_SHA256 = bytes.fromhex("06082a8648ce3d040302")


def certificate(*names: str) -> tuple[str, str]:
    """PEM texts of a self-signed certificate for host names and addresses, and of its key."""
    secret = secrets.randbelow(ORDER - 1) + 1
    public = b"\4" + b"".join(part.to_bytes(32, "big") for part in _times(secret, BASE) or ())
    name = _der(0x30, _der(0x31, _der(0x30, bytes.fromhex("0603550403"), _der(0x0C, b"tests"))))
    now = datetime.now(UTC)
    dates = [_der(0x17, f"{day:%y%m%d%H%M%S}Z".encode()) for day in (now - timedelta(days=1), now + timedelta(days=1))]
    identity = hashlib.sha1(public, usedforsecurity=False).digest()
    extensions = [
        _extension("551d11", False, *map(_subject, names)),
        _extension("551d13", True, b"\1\1\xff"),
        _extension("551d0e", False, identity, tag=0x04),
        _extension("551d23", False, _der(0x80, identity)),
        _extension("551d0f", True, b"\2\x84", tag=0x03),  # signatures, its own certificate among them
    ]
    body = _der(
        0x30,
        _der(0xA0, b"\2\1\2"),
        _der(0x02, b"\1"),
        _der(0x30, ECDSA_SHA256),
        name,
        _der(0x30, *dates),
        name,
        _der(0x30, _der(0x30, EC_KEY, P256), _der(0x03, b"\0", public)),
        _der(0xA3, _der(0x30, *extensions)),
    )
    signed = _der(0x30, body, _der(0x30, ECDSA_SHA256), _der(0x03, b"\0", _signature(secret, body)))
    key = _der(
        0x30, b"\2\1\1", _der(0x04, secret.to_bytes(32, "big")), _der(0xA0, P256), _der(0xA1, _der(0x03, b"\0", public))
    )
    return _pem("CERTIFICATE", signed), _pem("EC PRIVATE KEY", key)


def _subject(name: str) -> bytes:
    try:
        return _der(0x87, ipaddress.ip_address(name).packed)
    except ValueError:
        return _der(0x82, name.encode())


def _extension(number: str, critical: bool, *parts: bytes, tag: int = 0x30) -> bytes:
    flag = b"\1\1\xff" if critical else b""
    return _der(0x30, _der(0x06, bytes.fromhex(number)), flag, _der(0x04, _der(tag, *parts)))


def _signature(secret: int, message: bytes) -> bytes:
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    nonce = secrets.randbelow(ORDER - 1) + 1
    point = _times(nonce, BASE)
    assert point is not None
    r = point[0] % ORDER
    s = pow(nonce, -1, ORDER) * (digest + r * secret) % ORDER
    # One bit more than needed: a leading one would make the number negative.
    return _der(0x30, *(_der(0x02, n.to_bytes(n.bit_length() // 8 + 1, "big")) for n in (r, s)))


def _times(factor: int, point: Point) -> Point:
    result: Point = None
    while factor:
        if factor & 1:
            result = _plus(result, point)
        point = _plus(point, point)
        factor >>= 1
    return result


def _plus(first: Point, second: Point) -> Point:
    if first is None or second is None:
        return first or second
    (x1, y1), (x2, y2) = first, second
    if x1 == x2 and (y1 + y2) % PRIME == 0:
        return None
    rise, run = (3 * x1 * x1 - 3, 2 * y1) if first == second else (y2 - y1, x2 - x1)
    slope = rise * pow(run, -1, PRIME)
    x = (slope * slope - x1 - x2) % PRIME
    return x, (slope * (x1 - x) - y1) % PRIME


def _der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _pem(kind: str, content: bytes) -> str:
    text = base64.encodebytes(content).decode().replace("\n", "")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----", ""])
