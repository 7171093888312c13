"""All or nothing: writes, checks, versionstamps, before and after."""

import pytest

from tana_jupyter.errors import StoreError
from tana_jupyter.store import open_store
from tana_jupyter.store.protocol import Check, Committed, Write
from tests.conformance.steps import NOW, SECOND, check, delete, get, keys, put, value


def write(key, content=None, **fields):
    return Write("kv", "shop", key, content, **fields)


def everything(store):
    """All that can be seen of a store."""
    spaces = [(space, contract) for space in ("kv", "data", "deno", "queue") for contract in ("shop", "bank")]
    rows = [store.scan(*where, b"", None, now=NOW, limit=10_000) for where in spaces]
    seen = [(store.head(name), store.changes(name, 0, 10_000)) for name in ("shop", "bank")]
    return rows, seen, store.sizes(NOW), store.namespaces()


class TestVersionstamps:
    def test_start_at_one_and_step_by_one(self, store):
        stamps = [put(store, "k").versionstamp for _ in range(5)]
        assert stamps == [1, 2, 3, 4, 5]
        assert store.head("shop") == stamps[-1]
        assert get(store, "k").versionstamp == stamps[-1]

    def test_all_rows_of_a_commit_share_one(self, store):
        other = "bank" if store.spans_contracts else "shop"
        committed = store.commit(
            [write(b"a", b"1"), Write("deno", "shop", b"b", b"2"), Write("kv", other, b"c", b"3")], now=NOW
        )
        rows = [get(store, "a"), get(store, "b", space="deno"), get(store, "c", contract=other)]
        assert [row.versionstamp for row in rows] == [committed.versionstamp] * 3

    @pytest.mark.parametrize("checks", [(), (Check("kv", "third", b"k", None),)], ids=["writes", "a check"])
    def test_several_contracts_are_written_as_one_or_refused(self, store, checks):
        put(store, "a", "old")
        before = everything(store)
        batch = [write(b"a", b"new"), Write("kv", "bank" if not checks else "shop", b"b", b"1")]
        if store.spans_contracts:
            assert store.commit(batch, now=NOW, checks=checks) is not None
            assert value(store, "a") == b"new"
        else:
            with pytest.raises(StoreError, match="contract"):
                store.commit(batch, now=NOW, checks=checks)
            assert everything(store) == before

    def test_an_equal_value_gets_a_new_one(self, store):
        assert put(store, "k", "same").versionstamp < put(store, "k", "same").versionstamp

    def test_deletes_and_empty_commits_take_one_too(self, store):
        first = put(store, "k").versionstamp
        second = delete(store, "k").versionstamp
        third = delete(store, "never there").versionstamp
        fourth = store.commit([], now=NOW, checks=[check("k", None)]).versionstamp
        fifth = store.commit([], now=NOW).versionstamp if store.spans_contracts else fourth
        assert first < second < third < fourth <= fifth == store.head("shop")

    def test_head_does_not_go_back_when_all_is_deleted(self, store):
        put(store, "k")
        head = delete(store, "k").versionstamp
        assert store.sizes(NOW) == []
        assert store.head("shop") == head
        assert put(store, "k").versionstamp > head

    def test_a_floor_lifts_the_counter_for_good(self, store):
        assert put(store, "k", floor=1000).versionstamp == 1000
        assert get(store, "k").versionstamp == store.head("shop") == 1000
        assert put(store, "k").versionstamp == 1001

    @pytest.mark.parametrize("floor", [-1, 0, 1, 4, 5])
    def test_a_floor_below_the_next_changes_nothing(self, store, floor):
        for _ in range(4):
            put(store, "k")
        head = store.head("shop")
        assert put(store, "k", floor=floor).versionstamp == head + 1

    def test_a_floor_can_be_large(self, store):
        large = 2**62
        assert put(store, "k", floor=large).versionstamp == large
        assert put(store, "j").versionstamp > large
        assert [change.key for change in store.changes("shop", large - 1, 10)] == [b"k", b"j"]

    def test_a_failed_commit_with_a_floor_takes_none(self, store):
        put(store, "k")
        head = store.head("shop")
        assert put(store, "k", checks=[check("k", None)], floor=500) is None
        assert store.head("shop") == head

    def test_an_exact_one_is_taken_or_nothing_is_written(self, store):
        assert store.commit([write(b"a", b"1")], now=NOW, floor=50, exact=True).versionstamp == 50
        before = everything(store)
        for floor in (0, 49, 50):
            assert store.commit([write(b"a", b"2")], now=NOW, floor=floor, exact=True) is None
            assert store.commit([write(b"a"), write(b"b", b"2")], now=NOW, floor=floor, exact=True) is None
        assert everything(store) == before
        assert store.commit([write(b"a"), write(b"b", b"2")], now=NOW, floor=60, exact=True).versionstamp == 60
        assert store.commit([write(b"c", b"3")], now=NOW, checks=[check("c", 5)], floor=70, exact=True) is None
        assert store.head("shop") == 60


class TestBeforeAndAfter:
    def test_of_a_new_key(self, store):
        committed = put(store, "k", "1")
        assert committed == Committed(committed.versionstamp, [None], [get(store, "k")])
        assert type(committed) is Committed

    def test_of_an_overwrite(self, store):
        old = put(store, "k", "1").after[0]
        committed = put(store, "k", "2", now=NOW + 1)
        assert committed.before == [old]
        assert committed.after == [get(store, "k")]
        assert committed.after[0].created_at == NOW

    def test_of_a_delete(self, store):
        old = put(store, "k", "1").after[0]
        assert delete(store, "k")[1:] == ([old], [None])
        assert delete(store, "k")[1:] == ([None], [None])

    def test_of_an_expired_row(self, store):
        put(store, "k", expires_at=NOW + 1)
        committed = put(store, "k", "2", now=NOW + 1)
        assert committed.before == [None]
        assert committed.after[0].created_at == NOW + 1
        put(store, "j", expires_at=NOW + 1)
        assert delete(store, "j", now=NOW + 1)[1:] == ([None], [None])

    @pytest.mark.parametrize(("expires_at", "there"), [(NOW - 1, False), (NOW, False), (NOW + 1, True)])
    def test_of_a_row_that_is_over_at_once(self, store, expires_at, there):
        committed = put(store, "k", expires_at=expires_at)
        assert committed.after == [get(store, "k")]
        assert (get(store, "k") is not None) is there

    def test_stand_around_each_write_when_a_key_is_written_twice(self, store):
        old = put(store, "k", "0").after[0]
        committed = store.commit(
            [write(b"k", b"1"), write(b"j", b"x"), write(b"k", None), write(b"k", b"2"), write(b"k", b"3")],
            now=NOW + 5,
        )
        befores, afters = committed.before, committed.after
        assert [row and row.value for row in befores] == [b"0", None, b"1", None, b"2"]
        assert [row and row.value for row in afters] == [b"1", b"x", None, b"2", b"3"]
        assert befores[0] == old
        assert {row.versionstamp for row in afters if row} == {committed.versionstamp}
        # Kept over the first overwrite; new after the delete, as by single commits.
        assert [row and row.created_at - NOW for row in afters] == [0, 5, None, 5, 5]
        assert value(store, "k", now=NOW + 5) == b"3"
        assert [change.key for change in store.changes("shop", committed.versionstamp - 1, 9)].count(b"k") == 1

    def test_a_put_then_a_delete_leaves_nothing(self, store):
        store.commit([write(b"k", b"1"), write(b"k", None)], now=NOW)
        assert keys(store) == []
        assert store.changes("shop", 0, 9) == []


class TestChecks:
    @pytest.fixture(autouse=True)
    def rows(self, store):
        self.old = put(store, "k", "1").versionstamp
        self.new = put(store, "k", "2").versionstamp

    @pytest.mark.parametrize("key", ["k", "fresh"])
    def test_hold(self, store, key):
        stamp = self.new if key == "k" else None
        assert put(store, key, "3", checks=[check(key, stamp)]) is not None
        assert value(store, key) == b"3"

    @pytest.mark.parametrize("wrong", ["old", None, 0, -1, 2**62])
    def test_fail_on_any_other_versionstamp(self, store, wrong):
        before = everything(store)
        stamp = self.old if wrong == "old" else wrong
        assert put(store, "k", "3", checks=[check("k", stamp)]) is None
        assert everything(store) == before

    @pytest.mark.parametrize("stamp", [1, 0, -1])
    def test_fail_on_an_absent_key(self, store, stamp):
        assert put(store, "x", checks=[check("absent", stamp)]) is None

    def test_all_must_hold(self, store):
        before = everything(store)
        checks = [check("k", self.new), check("absent", None), check("k", self.old)]
        assert store.commit([write(b"k", b"3"), write(b"j", b"4")], now=NOW, checks=checks) is None
        assert everything(store) == before
        assert store.commit([write(b"k", b"3")], now=NOW, checks=checks[:2]) is not None

    def test_may_be_about_keys_that_are_not_written(self, store):
        assert put(store, "other", checks=[check("k", self.new)]) is not None
        assert put(store, "other", "no", checks=[check("k", self.old)]) is None
        assert value(store, "other") == b"v"

    def test_see_the_store_before_the_first_write(self, store):
        writes = [write(b"k", None), write(b"fresh", b"1")]
        assert store.commit(writes, now=NOW, checks=[check("k", self.new), check("fresh", None)]) is not None

    def test_look_into_their_own_namespace(self, store):
        if store.spans_contracts:
            assert put(store, "x", checks=[check("k", None, contract="bank")]) is not None
        assert put(store, "y", checks=[check("k", None, space="deno")]) is not None
        assert put(store, "z", checks=[check("k", self.new, space="deno")]) is None

    def test_without_writes_are_a_question(self, store):
        assert store.commit([], now=NOW, checks=[check("k", self.old)]) is None
        assert store.commit([], now=NOW, checks=[check("k", self.new)]) is not None

    def test_the_same_key_twice(self, store):
        assert put(store, "x", checks=[check("k", self.new)] * 2) is not None
        assert put(store, "y", checks=[check("k", self.new), check("k", None)]) is None

    @pytest.mark.parametrize(("later", "live"), [(9, True), (10, False), (11, False)])
    def test_expired_means_absent(self, store, later, live):
        stamp = put(store, "t", expires_at=NOW + 10).versionstamp
        now = NOW + later
        assert (store.commit([], now=now, checks=[check("t", None)]) is None) is live
        assert (store.commit([], now=now, checks=[check("t", stamp)]) is None) is not live

    def test_no_versionstamp_comes_back(self, store):
        """A key that was deleted and put again never passes for the old one."""
        delete(store, "k")
        put(store, "k", "2")
        assert put(store, "k", "3", checks=[check("k", self.new)]) is None

    def test_of_many_keys(self, store):
        stamp = store.commit([write(b"m%d" % number, b"v") for number in range(100)], now=NOW).versionstamp
        checks = [Check("kv", "shop", b"m%d" % number, stamp) for number in range(100)]
        assert store.commit([write(b"m7", b"w")], now=NOW, checks=checks) is not None
        assert store.commit([write(b"m8", b"w")], now=NOW, checks=checks) is None


def test_a_large_commit_is_one(store):
    writes = [write(b"%05d" % number, b"%d" % number) for number in range(10_000)]
    committed = store.commit(writes, now=NOW)
    assert [row.value for row in committed.after] == [one.value for one in writes]
    rows = store.scan("kv", "shop", b"", None, now=NOW, limit=20_000)
    assert rows == committed.after
    gone = store.commit([one._replace(value=None) for one in writes], now=NOW)
    assert gone.before == rows
    assert store.scan("kv", "shop", b"", None, now=NOW, limit=5) == []


def test_after_close_everything_refuses(place):
    store = open_store(place)
    put(store, "k", "1")
    store.flush()
    store.close()
    store.close()
    calls = [
        lambda: get(store, "k"),
        lambda: store.get_many("kv", "shop", [b"k"], NOW),
        lambda: keys(store),
        lambda: put(store, "k"),
        lambda: store.commit([], now=NOW),
        lambda: store.head("shop"),
        store.namespaces,
        lambda: store.sizes(NOW),
        lambda: store.changes("shop", 0, 1),
        lambda: store.sweep(NOW),
        store.flush,
    ]
    for call in calls:
        with pytest.raises(StoreError):
            call()


def test_a_persistent_store_remembers(place):
    store = open_store(place)
    put(store, "k", "1", encoding="json", expires_at=NOW + SECOND, metadata=b"[]")
    put(store, "gone")
    head = delete(store, "gone").versionstamp
    row = get(store, "k")
    persistent = store.persistent
    store.close()
    again = open_store(place)
    try:
        assert get(again, "k") == (row if persistent else None)
        assert again.head("shop") == (head if persistent else 0)
        if persistent:
            assert put(again, "k").versionstamp > head
    finally:
        again.close()
