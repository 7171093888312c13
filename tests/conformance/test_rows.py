"""get, get_many, and the fields of a row."""

import pytest

from tana_jupyter.store.protocol import Row, Write
from tests.conformance.back_ends import only
from tests.conformance.steps import NOW, SECOND, delete, get, put, raw, value


def test_a_fresh_store_is_empty(store):
    assert store.head("shop") == 0
    assert get(store, "a") is None
    assert store.get_many("kv", "shop", [b"a", b""], NOW) == [None, None]
    assert store.scan("kv", "shop", b"", None, now=NOW, limit=10) == []
    assert store.changes("shop", 0, 10) == []
    assert store.sweep(NOW) == 0
    assert isinstance(store.location, str)
    assert isinstance(store.shared, bool)
    assert isinstance(store.persistent, bool)


def test_a_row_comes_back_as_it_was_written(store):
    committed = put(store, "user:1", "ann", encoding="json", expires_at=NOW + SECOND, metadata=b'{"tag":"\xc3\xa9"}')
    row = Row(
        key=b"user:1",
        value=b"ann",
        encoding="json",
        versionstamp=committed.versionstamp,
        created_at=NOW,
        updated_at=NOW,
        expires_at=NOW + SECOND,
        metadata=b'{"tag":"\xc3\xa9"}',
    )
    assert get(store, "user:1") == row
    assert type(get(store, "user:1")) is Row
    assert committed.after == [row]
    assert store.scan("kv", "shop", b"", None, now=NOW, limit=9) == [row]


@pytest.mark.parametrize("encoding", ["text", "bytes", "u64", "json", "clone"])
@pytest.mark.parametrize("content", [b"", b"0", b"plain", "é漢😀".encode(), b'{"a":1}', b" \r\n\t"])
def test_values_and_encodings_are_carried_unread(store, encoding, content):
    put(store, "k", content, encoding=encoding)
    assert get(store, "k")[1:3] == (content, encoding)


@pytest.mark.parametrize("encoding", ["bytes", "u64", "clone"])
def test_binary_values(store, encoding):
    content = bytes(range(256)) + b"\0\xff\xfe\xed\xa0\x80"
    put(store, "k", content, encoding=encoding, space="deno")
    assert value(store, "k", space="deno") == content


@only("holds_nul_text")
@pytest.mark.parametrize("content", ["\0", "a\0b", "\0\0"])
def test_nul_in_text(store, content):
    put(store, f"k{content}", content)
    put(store, "k", "other")
    assert value(store, f"k{content}") == raw(content)
    assert value(store, "k") == b"other"


@pytest.mark.parametrize("metadata", [None, b"null", b'""', b"{}", b'"' + b"x" * 1022 + b'"'])
def test_metadata(store, metadata):
    put(store, "k", metadata=metadata)
    assert get(store, "k").metadata == metadata


@pytest.mark.parametrize(
    "key",
    [b"", b"\0", b"a\0", b"\0a", b"\xff", b"\xff\xff", b"\x80", bytes(range(256)), b"k" * 2070],
    ids=lambda key: repr(key[:8]),
)
def test_any_bytes_are_a_key(store, key):
    put(store, key, "mine", space="deno")
    put(store, key + b"\0", "next", space="deno")
    assert value(store, key, space="deno") == b"mine"
    assert value(store, key + b"\0", space="deno") == b"next"
    assert store.get_many("deno", "shop", [key], NOW)[0].key == key
    delete(store, key, space="deno")
    assert value(store, key, space="deno") is None
    assert value(store, key + b"\0", space="deno") == b"next"


@pytest.mark.parametrize(
    "key",
    [
        "",
        " ",
        "a b",
        "A",
        "a",
        "é",
        "e\u0301",
        "ﬁ",
        "😀",
        "\uffff",
        "%",
        "_",
        "*",
        "k'\";--",
        "a\\b",
        "k" * 512,
    ],
)
def test_text_keys_are_taken_literally(store, key):
    """Nothing is trimmed, folded, normalized, decoded, or read as a pattern."""
    put(store, key, "mine")
    for other in (" a", "a ", "E", "É", "fi", "A B", "%25", "a/b"):
        put(store, other, "other")
    assert value(store, key) == b"mine"
    assert sum(row.key == raw(key) for row in store.scan("kv", "shop", b"", None, now=NOW, limit=99)) == 1


def test_a_value_of_25_mib(store):
    large = bytes(range(256)) * (25 * 4096)
    assert len(large) == 26_214_400
    put(store, "large", large, encoding="bytes")
    assert value(store, "large") == large
    committed = put(store, "large", b"small")
    assert committed.before[0].value == large
    assert value(store, "large") == b"small"


def test_get_many_answers_in_order_with_duplicates(store):
    for name in ("a", "b", "c"):
        put(store, name, name * 2)
    rows = store.get_many("kv", "shop", [b"c", b"none", b"a", b"c"], NOW)
    assert [row and row.value for row in rows] == [b"cc", None, b"aa", b"cc"]
    assert store.get_many("kv", "shop", [], NOW) == []


def test_get_many_of_many(store):
    store.commit([Write("kv", "shop", b"k%d" % n, b"%d" % n) for n in range(500)], now=NOW)
    rows = store.get_many("kv", "shop", [b"k%d" % n for n in range(499, -1, -1)], NOW)
    assert [row.value for row in rows] == [b"%d" % n for n in range(499, -1, -1)]


class TestTimes:
    def test_created_stays_and_updated_moves(self, store):
        put(store, "k")
        put(store, "k", now=NOW + 7)
        assert get(store, "k", now=NOW + 7)[4:6] == (NOW, NOW + 7)

    def test_time_may_go_back(self, store):
        put(store, "k", now=NOW)
        put(store, "k", now=NOW - SECOND)
        assert get(store, "k", now=NOW - SECOND)[4:6] == (NOW, NOW - SECOND)

    def test_a_key_that_was_deleted_is_created_anew(self, store):
        put(store, "k")
        delete(store, "k", now=NOW + 1)
        put(store, "k", now=NOW + 2)
        assert get(store, "k", now=NOW + 2)[4:6] == (NOW + 2, NOW + 2)

    @pytest.mark.parametrize(("later", "created"), [(9, 0), (10, 10), (11, 11)])
    def test_a_key_that_expired_is_created_anew(self, store, later, created):
        put(store, "k", expires_at=NOW + 10)
        put(store, "k", now=NOW + later)
        assert get(store, "k", now=NOW + later).created_at == NOW + created

    def test_microseconds_and_far_times_are_exact(self, store):
        far = 8_640_000_000_000_000_999
        put(store, "k", now=NOW + 1, expires_at=far)
        assert get(store, "k", now=NOW + 1)[4:7] == (NOW + 1, NOW + 1, far)

    def test_an_overwrite_replaces_expiry_metadata_and_encoding(self, store):
        put(store, "k", expires_at=NOW + 5, metadata=b"1", encoding="json")
        put(store, "k")
        assert get(store, "k", now=NOW + 5)[6:] == (None, None)
        assert get(store, "k").encoding == "text"
