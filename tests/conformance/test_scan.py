"""Order, ranges, limits and paging."""

import pytest

from tana_jupyter.store.keys import after, prefix_end
from tana_jupyter.store.protocol import Write
from tests.conformance.steps import NOW, delete, fill, keys, put, raw, scan


def test_keys_sort_by_utf8_bytes(store):
    # In UTF-16 order the emoji would come before U+FFFF, in most locales capitals among small letters.
    names = [
        "",
        "\x01",
        "!",
        "10",
        "2",
        "A",
        "Z",
        "_",
        "a",
        "ab",
        "b",
        "z",
        "ß",
        "é",
        "漢",
        "\ue000",
        "\uffff",
        "😀",
    ]
    for name in (*names[1::2], *reversed(names[::2])):
        put(store, name)
    assert keys(store) == [raw(name) for name in names]
    assert keys(store, reverse=True) == [raw(name) for name in reversed(names)]


def test_keys_sort_as_unsigned_bytes(store):
    ordered = [
        b"",
        b"\0",
        b"\0\0",
        b"\0\xff",
        b"\x01",
        b"a",
        b"a\0",
        b"a\0b",
        b"a\x01",
        b"a\xff",
        b"b",
        b"\x7f",
    ]
    ordered += [b"\x80", b"\xfe\xff", b"\xff", b"\xff\0", b"\xff\xff"]
    fill(store, [*ordered[1::2], *ordered[::2]], space="deno")
    assert keys(store, space="deno") == ordered
    assert keys(store, space="deno", reverse=True) == ordered[::-1]
    for low, start in enumerate(ordered):
        for high, end in enumerate(ordered):
            assert keys(store, start, end, space="deno") == ordered[low:high]
        assert keys(store, start, space="deno") == ordered[low:]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("", None, "abcd"),
        ("b", None, "bcd"),
        ("b", "d", "bc"),
        ("a\x01", "d", "bc"),
        ("b", "b", ""),
        ("d", "b", ""),
        ("e", None, ""),
        ("", "a", ""),
        ("", "", ""),
        ("bb", "bz", ""),
        ("", "zz", "abcd"),
    ],
)
def test_start_is_inside_and_end_is_outside(store, start, end, expected, reverse):
    fill(store, "dbca")
    wanted = [raw(name) for name in (reversed(expected) if reverse else expected)]
    assert keys(store, start, end, reverse=reverse) == wanted


@pytest.mark.parametrize("limit", [-1, 0, 1, 3, 4, 5, 2**31 - 1])
def test_limit_takes_from_the_near_end(store, limit):
    fill(store, "abcd")
    names = [b"a", b"b", b"c", b"d"]
    assert keys(store, limit=limit) == names[: max(limit, 0)]
    assert keys(store, reverse=True, limit=limit) == names[::-1][: max(limit, 0)]
    assert keys(store, "b", "d", limit=limit) == names[1:3][: max(limit, 0)]


def test_prefixes(store):
    fill(store, ["user", "user:", "user:1", "user:1:name", "user:\uffff", "user:😀", "user;", "users"])
    end = prefix_end(b"user:")
    assert keys(store, "user:", end) == [raw(f"user:{rest}") for rest in ("", "1", "1:name", "\uffff", "😀")]


def test_keys_only_keeps_everything_but_the_value(store):
    put(store, "k", "long", encoding="json", expires_at=NOW + 5, metadata=b"[1]")
    (row,) = scan(store, keys_only=True)
    assert row == store.get("kv", "shop", b"k", NOW)._replace(value=b"")


def pages(store, size, *, reverse=False, between=lambda last: None):
    """Walk the whole namespace page by page, as a cursor does."""
    start, end, seen = b"", None, []
    while True:
        page = scan(store, start, end, limit=size, reverse=reverse)
        seen += [row.key for row in page]
        if len(page) < size:
            return seen
        if reverse:
            end = page[-1].key
        else:
            start = after(page[-1].key)
        between(page[-1].key)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("size", [1, 7, 100, 101])
def test_pages_cover_everything_once(store, size, reverse):
    names = [b"k%03d" % number for number in range(100)]
    fill(store, names)
    assert pages(store, size, reverse=reverse) == (names[::-1] if reverse else names)


@pytest.mark.parametrize("reverse", [False, True])
def test_pages_while_others_write(store, reverse):
    stay = [b"k%03d" % number for number in range(0, 90, 3)]
    go = [b"k%03d" % number for number in range(1, 90, 3)]
    fill(store, stay + go)
    count = 0

    def others(last):
        nonlocal count
        delete(store, go[count % len(go)])
        put(store, b"k%03d-new" % (count * 37 % 90))
        delete(store, last)  # the very key the cursor stands on
        count += 1

    seen = pages(store, 4, reverse=reverse, between=others)
    assert len(seen) == len(set(seen))
    assert seen == sorted(seen, reverse=reverse)
    assert set(stay) <= set(seen)


def test_deleted_keys_are_gone_from_scans_and_come_back(store):
    names = [b"%04d" % number for number in range(600)]
    fill(store, names)
    assert len(keys(store, limit=10_000)) == 600
    store.commit([Write("kv", "shop", name, None) for name in names if name[-1:] != b"7"], now=NOW)
    assert keys(store) == [name for name in names if name[-1:] == b"7"]
    assert keys(store, limit=2) == [b"0007", b"0017"]
    assert keys(store, limit=2, reverse=True) == [b"0597", b"0587"]
    fill(store, [b"0003", b"0007", b"0590"])
    assert keys(store, limit=3) == [b"0003", b"0007", b"0017"]
    assert keys(store, "0580") == [b"0587", b"0590", b"0597"]
    fill(store, names)
    assert keys(store) == names


def test_a_queue_that_is_emptied_from_the_front(store):
    fill(store, [b"%03d" % number for number in range(200)])
    taken = []
    for number in range(300):
        (first,) = scan(store, limit=1)
        taken.append(first.key)
        delete(store, first.key)
        if number < 100:
            put(store, b"%03d" % (200 + number))
    assert taken == [b"%03d" % number for number in range(300)]
    assert scan(store) == []
