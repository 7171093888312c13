"""sizes, changes, the limit, and walls between namespaces."""

import random

import pytest

from tana_jupyter.errors import StoreFull
from tana_jupyter.store import open_store
from tana_jupyter.store.protocol import Changed, NamespaceSize, Write
from tests.conformance.back_ends import only
from tests.conformance.steps import NOW, delete, fill, keys, put, value

MIB = 2**20


class TestSizes:
    def test_count_keys_values_and_metadata_as_bytes(self, store):
        put(store, "é", "漢", metadata=b'"m"')
        put(store, "", b"")
        assert store.sizes(NOW) == [NamespaceSize("kv", "shop", 2, 2 + 3 + 3)]

    def test_are_sorted_and_leave_out_empty_namespaces(self, store):
        for space, contract in (("kv", "b"), ("kv", "a"), ("deno", "b"), ("data", "Z"), ("queue", "a")):
            put(store, "k", "v", space=space, contract=contract)
        delete(store, "k", space="queue", contract="a")
        expected = [("data", "Z"), ("deno", "b"), ("kv", "a"), ("kv", "b")]
        assert store.sizes(NOW) == [NamespaceSize(*where, 1, 2) for where in expected]

    def test_follow_every_kind_of_change(self, store):
        put(store, "k", "12345")
        put(store, "k", "1", metadata=b"123")
        put(store, "j", "12", expires_at=NOW + 5)
        assert store.sizes(NOW) == [NamespaceSize("kv", "shop", 2, 5 + 3)]
        assert store.sizes(NOW + 5) == [NamespaceSize("kv", "shop", 1, 5)]
        put(store, "j", "123", now=NOW + 6)
        assert store.sizes(NOW + 6) == [NamespaceSize("kv", "shop", 2, 5 + 4)]
        delete(store, "k")
        delete(store, "k")
        assert store.sizes(NOW + 6) == [NamespaceSize("kv", "shop", 1, 4)]
        store.commit([Write("kv", "shop", b"j", None), Write("kv", "shop", b"j", b"z")], now=NOW)
        assert store.sizes(NOW) == [NamespaceSize("kv", "shop", 1, 2)]


class TestNames:
    def test_are_sorted_pairs_that_hold_rows(self, store):
        assert store.namespaces() == []
        for space, contract in (("kv", "b"), ("kv", "a"), ("deno", "b"), ("data", "Z"), ("queue", "a")):
            fill(store, ["k", "j"], space=space, contract=contract)
        delete(store, "k", space="queue", contract="a")
        delete(store, "j", space="queue", contract="a")
        delete(store, "j", contract="a")
        assert store.namespaces() == [("data", "Z"), ("deno", "b"), ("kv", "a"), ("kv", "b")]


class TestChanges:
    def test_tell_what_is_there_now_oldest_first(self, store):
        first = put(store, "a").versionstamp
        second = put(store, "b", space="deno").versionstamp
        put(store, "elsewhere", contract="bank")
        third = put(store, "c").versionstamp
        fourth = put(store, "a").versionstamp
        delete(store, "c")
        assert first < third
        expected = [Changed("deno", b"b", second), Changed("kv", b"a", fourth)]
        assert store.changes("shop", 0, 10) == expected
        assert all(type(change) is Changed for change in store.changes("shop", 0, 10))
        assert store.changes("shop", second - 1, 10) == expected
        assert store.changes("shop", second, 10) == expected[1:]
        assert store.changes("shop", fourth, 10) == []
        assert store.changes("shop", store.head("shop"), 10) == []
        assert store.changes("shop", 2**62, 10) == []

    def test_a_page_never_splits_a_commit(self, store):
        one = fill(store, ["a", "b", "c"]).versionstamp
        two = fill(store, ["d", "e"]).versionstamp
        assert sorted(change.key for change in store.changes("shop", 0, 1)) == [b"a", b"b", b"c"]
        assert sorted(change.key for change in store.changes("shop", 0, 3)) == [b"a", b"b", b"c"]
        assert len(store.changes("shop", 0, 4)) == 5
        assert sorted(change.key for change in store.changes("shop", one, 1)) == [b"d", b"e"]
        assert store.changes("shop", two, 1) == []

    def test_paging_finds_each_row_once(self, store):
        chance = random.Random(1)
        for _ in range(120):
            fill(store, {b"%02d" % chance.randrange(60) for _ in range(chance.randrange(1, 6))})
            delete(store, b"%02d" % chance.randrange(60))
        since, seen = 0, []
        while page := store.changes("shop", since, 7):
            seen += page
            since = page[-1].versionstamp
        assert [change.versionstamp for change in seen] == sorted(change.versionstamp for change in seen)
        assert sorted(change.key for change in seen) == keys(store)
        rows = store.scan("kv", "shop", b"", None, now=NOW, limit=100)
        assert {(change.key, change.versionstamp) for change in seen} == {(r.key, r.versionstamp) for r in rows}

    def test_of_a_key_that_is_rewritten_many_times(self, store):
        put(store, "quiet")
        for _ in range(5000):
            last = put(store, "busy").versionstamp
        put(store, "gone")
        delete(store, "gone")
        assert [change.key for change in store.changes("shop", 0, 10)] == [b"quiet", b"busy"]
        assert store.changes("shop", last - 1, 10) == [Changed("kv", b"busy", last)]


class TestNamespaces:
    PAIRS = (
        (("kv", "a", b"b:c"), ("kv", "a:b", b"c")),
        (("kv", "a", b"kv:b"), ("kv", "a:kv", b"b")),
        (("kv", "a", b"k"), ("data", "a", b"k")),
        (("deno", "a", b"k"), ("queue", "a", b"k")),
        (("kv", "a", b"k"), ("kv", "A", b"k")),
        (("kv", "a", b"k"), ("kv", "a_", b"k")),
        (("kv", "a_b", b"k"), ("kv", "axb", b"k")),
        (("kv", "a-b", b"c"), ("kv", "a", b"b-c")),
        (("kv", "a", b"}:kv:x"), ("kv", "a}:kv", b"x")),
    )

    @pytest.mark.parametrize(("one", "other"), PAIRS, ids=[f"{a[:2]} {b[:2]}" for a, b in PAIRS])
    def test_never_meet(self, store, one, other):
        store.commit([Write(*one, b"one")], now=NOW)
        assert store.get(*other, NOW) is None
        assert store.scan(*other[:2], b"", None, now=NOW, limit=9) == []
        store.commit([Write(*other, b"other")], now=NOW)
        assert store.get(*one, NOW).value == b"one"
        assert [row.value for row in store.scan(*one[:2], b"", None, now=NOW, limit=9)] == [b"one"]
        store.commit([Write(*other, None)], now=NOW)
        assert store.get(*one, NOW).value == b"one"
        assert store.get(*other, NOW) is None

    def test_a_contract_name_of_full_length(self, store):
        name = "c" * 100
        put(store, "k", "long", contract=name)
        put(store, "k", "shorter", contract=name[:-1])
        assert value(store, "k", contract=name) == b"long"


@only("limited")
class TestLimit:
    @pytest.fixture
    def small(self, place):
        store = open_store(place, limit=4 * MIB)
        yield store
        store.close()

    def test_is_told_before_anything_is_written(self, small):
        put(small, "a", b"x" * 3 * MIB)
        before = (keys(small), small.sizes(NOW), small.head("shop"), small.changes("shop", 0, 9))
        refused = [
            Write("kv", "shop", b"a", b"y"),
            Write("kv", "new", b"b", b"x" * 4 * MIB),
            Write("kv", "shop", b"c", b""),
        ]
        with pytest.raises(StoreFull, match=r"Tana\.store_limit.*sqlite:///"):
            small.commit(refused, now=NOW)
        assert (keys(small), small.sizes(NOW), small.head("shop"), small.changes("shop", 0, 9)) == before
        assert value(small, "a") == b"x" * 3 * MIB
        assert put(small, "c").versionstamp == before[2] + 1

    def test_counts_many_small_rows_as_what_they_cost(self, small):
        def flood():
            for number in range(MIB):
                put(small, b"%d" % number, b"")

        with pytest.raises(StoreFull):
            flood()
        assert 1000 < small.sizes(NOW)[0].rows < 100_000

    def test_a_full_store_can_still_shrink(self, small):
        put(small, "a", b"x" * (4 * MIB - 10_000))
        with pytest.raises(StoreFull):
            put(small, "b", b"x" * 20_000)
        put(small, "a", b"x" * (3 * MIB))
        put(small, "b", b"x" * 20_000)
        # One commit counts as a whole, whatever its order.
        small.commit([Write("kv", "shop", b"c", b"x" * 3 * MIB), Write("kv", "shop", b"a", None)], now=NOW)
        delete(small, "c")
        put(small, "d", b"x" * 3 * MIB)

    def test_a_lower_limit_stops_growth_only(self, small):
        put(small, "a", b"x" * MIB)
        put(small, "b", b"x" * MIB)
        small.limit = MIB
        put(small, "a", b"y" * MIB)
        put(small, "a", b"y")
        with pytest.raises(StoreFull):
            put(small, "c")
        delete(small, "b")
        put(small, "c")

    def test_sweeping_makes_room(self, small):
        put(small, "a", b"x" * 3 * MIB, expires_at=NOW + 1)
        with pytest.raises(StoreFull):
            put(small, "b", b"x" * 3 * MIB, now=NOW + 1)
        small.sweep(NOW + 1)
        put(small, "b", b"x" * 3 * MIB, now=NOW + 1)
