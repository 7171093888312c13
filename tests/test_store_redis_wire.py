"""The Redis protocol, byte by byte."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter.store.redis.wire import Refused, Wire, command, command_over


@pytest.mark.parametrize(
    ("parts", "packed"),
    [
        ((b"PING",), b"*1\r\n$4\r\nPING\r\n"),
        ((b"GET", b""), b"*2\r\n$3\r\nGET\r\n$0\r\n\r\n"),
        ((b"SET", b"\r\n", b"\0\xff"), b"*3\r\n$3\r\nSET\r\n$2\r\n\r\n\r\n$2\r\n\0\xff\r\n"),
    ],
)
def test_commands(parts, packed):
    assert command(*parts) == packed


@given(st.lists(st.binary(max_size=5)), st.lists(st.binary(max_size=5), max_size=3))
def test_a_command_over_many_keys_is_the_same(members, prefixes):
    keys = [prefix + member for prefix in prefixes for member in members]
    assert command_over(members, prefixes, b"MGET", b"first") == command(b"MGET", b"first", *keys)


def packed(reply):
    if reply is None:
        return b"$-1\r\n"
    if isinstance(reply, int):
        return b":%d\r\n" % reply
    if isinstance(reply, bytes):
        return b"$%d\r\n%b\r\n" % (len(reply), reply)
    if isinstance(reply, str):
        return f"+{reply}\r\n".encode()
    return b"*%d\r\n" % len(reply) + b"".join(map(packed, reply))


def expected(reply):
    if isinstance(reply, str):
        return reply.encode()
    return [expected(part) for part in reply] if isinstance(reply, list) else reply


def answered(pieces, count=1):
    """What a wire makes of an answer that arrives in these pieces."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire = Wire(ours, 5)
        # Each receive gives one piece, as a slow network would.
        waiting = iter(pieces)
        wire._socket = type("Slow", (), {"sendall": ours.sendall, "recv": None, "recv_into": None})()
        left = b""

        def recv(size):
            nonlocal left
            piece, left = left or next(waiting, b""), b""
            return piece

        wire._socket.recv = recv

        def recv_into(view):
            nonlocal left
            left = left or next(waiting, b"")
            took = min(len(left), len(view))
            view[:took], left = left[:took], left[took:]
            return took

        wire._socket.recv_into = recv_into
        return wire.ask(b"", count)


REPLIES = st.recursive(
    st.none() | st.integers(-(2**63), 2**63 - 1) | st.binary(max_size=20) | st.sampled_from(["OK", "QUEUED", ""]),
    lambda inner: st.lists(inner, max_size=6),
    max_leaves=20,
)


@given(REPLIES, st.data())
def test_replies_in_any_pieces(reply, data):
    whole = packed(reply)
    cuts = sorted(data.draw(st.sets(st.integers(1, max(len(whole) - 1, 1)), max_size=8)))
    pieces = [whole[low:high] for low, high in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert answered([piece for piece in pieces if piece]) == [expected(reply)]


def test_a_null_array_is_nothing():
    assert answered([b"*-1\r\n"]) == [None]


def test_errors_are_answers_among_others():
    first, second, third = answered([b":1\r\n-OOM too much\r\n*2\r\n:1\r\n-ERR inner\r\n"], 3)
    assert first == 1
    assert isinstance(second, Refused)
    assert (second.code, second.text) == ("OOM", "OOM too much")
    assert third[0] == 1
    assert third[1].code == "ERR"


@pytest.mark.parametrize("pieces", [[], [b"$10\r\nhalf"], [b"*2\r\n:1\r\n"], [b":1"]])
def test_a_hang_up_is_an_error(pieces):
    with pytest.raises(EOFError):
        answered(pieces)


def test_another_protocol_is_an_error():
    with pytest.raises(OSError, match="not of the Redis protocol"):
        answered([b"HTTP/1.1 400 Bad Request\r\n"])


def test_a_dead_connection_is_seen():
    ours, theirs = socket.socketpair()
    with ours:
        wire = Wire(ours, 5)
        assert not wire.dead()
        theirs.close()
        assert wire.dead()
