"""Rows that are over: invisible everywhere, there until swept."""

import pytest

from tests.conformance.steps import NOW, SECOND, fill, get, keys, put, scan, value


@pytest.mark.parametrize(("later", "live"), [(-1, True), (0, True), (9, True), (10, False), (11, False)])
def test_the_exact_microsecond(store, later, live):
    put(store, "k", expires_at=NOW + 10)
    now = NOW + later
    assert (get(store, "k", now=now) is not None) is live
    assert (store.get_many("kv", "shop", [b"k"], now)[0] is not None) is live
    assert keys(store, now=now) == ([b"k"] if live else [])
    assert keys(store, now=now, reverse=True) == ([b"k"] if live else [])
    assert [size.rows for size in store.sizes(now)] == ([1] if live else [])


def test_skipped_rows_do_not_count_as_found(store):
    fill(store, [b"%03d" % number for number in range(300) if number % 100 != 50], expires_at=NOW + 1)
    fill(store, [b"050", b"150", b"250"])
    later = NOW + 1
    assert keys(store, now=later, limit=1) == [b"050"]
    assert keys(store, now=later, limit=2) == [b"050", b"150"]
    assert keys(store, now=later, limit=2, reverse=True) == [b"250", b"150"]
    assert keys(store, "051", "250", now=later, limit=5) == [b"150"]
    assert len(keys(store, now=NOW)) == 300


def test_an_overwrite_ends_or_moves_the_expiry(store):
    put(store, "a", expires_at=NOW + 1)
    put(store, "a")
    put(store, "b", expires_at=NOW + 1)
    put(store, "b", expires_at=NOW + 9)
    put(store, "c", expires_at=NOW + 9)
    put(store, "c", expires_at=NOW + 1)
    assert keys(store, now=NOW + 1) == [b"a", b"b"]
    store.sweep(NOW + 1)
    assert keys(store, now=NOW + 1) == [b"a", b"b"]
    assert keys(store, now=NOW + 9) == [b"a"]


def test_hiding_is_not_deleting(store):
    put(store, "k", "old", expires_at=NOW + 10)
    assert get(store, "k", now=NOW + 99) is None
    assert keys(store, now=NOW + 99) == []
    assert value(store, "k", now=NOW) == b"old"
    assert [change.key for change in store.changes("shop", 0, 9)] == [b"k"]


class TestSweep:
    def test_removes_what_is_over_and_nothing_else(self, store):
        fill(store, ["a", "b"], expires_at=NOW + 10)
        fill(store, ["c"], expires_at=NOW + 11)
        fill(store, ["d"])
        fill(store, ["e"], expires_at=NOW + 10, space="deno", contract="bank")
        assert store.sweep(NOW + 9) == 0
        head = store.head("shop")
        assert store.sweep(NOW + 10) == 3
        assert store.sweep(NOW + 10) == 0
        assert keys(store, now=NOW) == [b"c", b"d"]
        assert keys(store, now=NOW, space="deno", contract="bank") == []
        assert store.head("shop") == head
        assert {change.key for change in store.changes("shop", 0, 9)} == {b"c", b"d"}

    def test_then_a_key_can_be_used_again(self, store):
        put(store, "k", expires_at=NOW + 1)
        store.sweep(NOW + 1)
        put(store, "k", "new", now=NOW + 2)
        assert value(store, "k", now=NOW + SECOND) == b"new"
        assert keys(store, now=NOW + 2) == [b"k"]
        assert get(store, "k", now=NOW + 2).created_at == NOW + 2

    def test_again_and_again(self, store):
        for round_ in range(5):
            now = NOW + round_ * 10
            fill(store, [f"k{round_}-{number}" for number in range(20)], now=now, expires_at=now + 10)
            store.sweep(now)
            assert len(scan(store, now=now)) == 20
        assert store.sweep(NOW + 1000) == 20
        assert scan(store, now=NOW) == []
