"""What is Redis's own about the store on it: its layout, its neighbours, its round trips."""

import itertools
import sys
import time
import warnings

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tana_jupyter.errors import StoreError
from tana_jupyter.store import open_store
from tana_jupyter.store.protocol import Changed, Check, Row, Write
from tana_jupyter.store.redis import adopting, known, layout, link, rows, single
from tests.conformance.back_ends import BACK_ENDS
from tests.conformance.steps import NOW, SECOND, check, delete, get, keys, put, scan, value
from tests.conformance.test_model import History

pytestmark = pytest.mark.needs("redis")
HEAD = "contract:{shop}:meta:head"


@pytest.fixture
def place(valkey):
    return valkey.empty_place()


@pytest.fixture
def store(place):
    store = open_store(place)
    yield store
    store.close()


@pytest.fixture
def other(place):
    """Another kernel on the same server."""
    store = open_store(place)
    yield store
    store.close()


def real_now():
    return time.time_ns() // 1000


class TestLayout:
    def test_a_value_is_a_plain_string_under_its_name(self, store, valkey):
        put(store, "user:1", "ann", metadata=b"{}")
        put(store, "total", "7", space="data")
        put(store, b"\x02a\0}{\xff", b"\0\1", space="deno", encoding="clone")
        assert valkey.ask("GET", "contract:{shop}:kv:user:1") == b"ann"
        assert valkey.ask("GET", "contract:{shop}:data:total") == b"7"
        assert valkey.ask("GET", b"contract:{shop}:deno:\x02a\0}{\xff") == b"\0\1"
        assert valkey.ask("SMEMBERS", "tana:contracts") in ([b"shop"], {b"shop"})
        assert valkey.ask("GET", HEAD).startswith(b"3 ")
        # Three rows of two strings each, the sets, the head, the list of contracts.
        assert valkey.ask("DBSIZE") == 3 * 2 + 2 + 1 + 1

    def test_nothing_is_left_of_what_was_deleted(self, store, valkey):
        put(store, "a", expires_at=NOW + SECOND)
        put(store, "b")
        delete(store, "a")
        store.commit([Write("kv", "shop", b"b", None), Write("kv", "shop", b"c", None)], now=NOW)
        assert sorted(valkey.ask("KEYS", "*")) == [HEAD.encode(), b"tana:contracts"]
        assert store.namespaces() == []

    @pytest.mark.parametrize("contract", ["counter", "a-b_C9", "a:b", "a}:kv", "{a", "é%7D"])
    def test_names_can_be_read_back(self, contract):
        names = layout.keys_of(contract)
        assert names.head.count(b"{") == names.head.count(b"}") == 1
        assert layout.place_of(names.values + b"kv:x:y") == (contract, b"kv:x:y")
        assert layout.place_of(names.beside + b"kv:x:y") is None

    @pytest.mark.parametrize("metadata", [None, b"", b"{}"])
    @pytest.mark.parametrize("expires", [None, 0, -5, 2**62])
    def test_what_lies_beside_a_value_can_be_read_back(self, metadata, expires):
        packed = layout.pack(b"kv:k", b"v", "json", 2**62, (-1, 2, expires), metadata)
        assert layout.row_of(b"kv:k", b"v", packed) == Row(b"k", b"v", "json", 2**62, -1, 2, expires, metadata)


class TestRoundTrips:
    @pytest.fixture
    def trips(self, monkeypatch):
        """Counts how often something was sent."""
        sent = []
        ask = link.Link.ask_all

        def counting(self, *arguments, **options):
            sent.append(arguments)
            return ask(self, *arguments, **options)

        monkeypatch.setattr(link.Link, "ask_all", counting)

        return lambda: len(sent)

    def test_a_row_takes_one(self, store, trips):
        put(store, "warm")
        steps = [
            lambda: put(store, "new"),
            lambda: put(store, "new", "again"),
            lambda: put(store, "new", now=real_now(), expires_at=real_now() + 60 * SECOND),
            lambda: get(store, "new"),
            lambda: store.get_many("kv", "shop", [b"new", b"warm"], NOW),
            lambda: delete(store, "new"),
            lambda: delete(store, "new"),
            lambda: put(store, "new"),
            lambda: put(store, b"\0", b"\xff", space="deno", encoding="bytes"),
        ]
        for step in steps:
            before = trips()
            step()
            assert trips() - before == 1

    def test_others_take_two(self, store, other, trips):
        put(store, "a")
        put(other, "b")
        for step in (
            lambda: scan(store, limit=1000),
            lambda: scan(store, limit=1000, keys_only=True),
            lambda: store.commit([Write("kv", "shop", b"c", b"1")], now=NOW, checks=[check("d", None)]),
            lambda: put(store, "b"),  # not known yet, and there
        ):
            get(store, "nothing")
            put(store, "a")
            before = trips()
            step()
            assert trips() - before == 2

    def test_no_versionstamp_is_lost_by_a_wrong_guess(self, store, other):
        put(other, "b", now=NOW - 9)
        put(store, "a")
        done = put(store, "b", "2")
        assert done.versionstamp == 3
        assert (done.before[0].value, done.after[0].created_at) == (b"v", NOW - 9)
        assert put(other, "b", "3").versionstamp == 4
        assert [row.versionstamp for row in scan(store)] == [2, 4]


class TestTwoKernels:
    def test_see_each_other_at_once(self, store, other):
        for number in range(30):
            writer, reader = (store, other) if number % 2 else (other, store)
            done = put(writer, f"k{number % 4}", str(number), now=NOW + number)
            assert done.versionstamp == writer.head("shop") > number
            assert get(reader, f"k{number % 4}", now=NOW + number) == done.after[0]
            if number % 5 == 0:
                delete(reader, "k1")
                put(reader, "k1")
        assert scan(store) == scan(other)

    @pytest.mark.parametrize("cluster", [False, True])
    def test_any_history_through_both(self, request, cluster):
        place = request.getfixturevalue("valkey_cluster" if cluster else "valkey").empty_place()
        first, second = open_store(place), open_store(place)
        turns = itertools.cycle((first, second, second, first, first))

        class Both:
            """Each call goes to the one or the other."""

            def __getattr__(self, name):
                return getattr(next(turns), name)

        back_end = next(back_end for back_end in BACK_ENDS if back_end.name == "redis")
        machine = type("History", (History,), {"store": Both(), "back_end": back_end})
        try:
            examples = 6 if cluster else 25
            run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=40))
        finally:
            first.close()
            second.close()

    def test_a_check_on_what_the_other_changed_fails(self, store, other):
        seen = put(store, "k").versionstamp
        put(other, "k")
        assert put(store, "k", checks=[check("k", seen)]) is None

    def test_a_commit_belongs_to_one_contract(self, store):
        writes = [Write("kv", "a", b"k", b"v"), Write("kv", "b", b"k", b"v")]
        with pytest.raises(StoreError, match=r"one contract at a time, and this names a, b\. Nothing was written"):
            store.commit(writes, now=NOW)
        with pytest.raises(StoreError, match="names none"):
            store.commit([], now=NOW)
        with pytest.raises(StoreError, match="one contract"):
            store.commit(writes[:1], now=NOW, checks=[Check("kv", "b", b"k", None)])
        assert store.namespaces() == []
        assert not store.spans_contracts

    def test_contracts_count_for_themselves(self, store):
        for number in range(1, 6):
            assert put(store, "k", contract="a").versionstamp == number
            assert put(store, "k", contract="b").versionstamp == number
        assert (store.head("a"), store.head("b"), store.head("c")) == (5, 5, 0)
        assert store.namespaces() == [("kv", "a"), ("kv", "b")]


class TestTimeToLive:
    def test_is_native_while_the_clock_is_real(self, store, valkey):
        now = real_now()
        put(store, "k", now=now, expires_at=now + 100 * SECOND)
        for name in ("contract:{shop}:kv:k", "contract:{shop}:meta:kv:k"):
            assert 95_000 < valkey.ask("PTTL", name) <= 100_001
        put(store, "k", now=now, expires_at=now + 500 * SECOND)
        assert valkey.ask("PTTL", "contract:{shop}:kv:k") > 400_000
        put(store, "k", now=now)
        for name in ("contract:{shop}:kv:k", "contract:{shop}:meta:kv:k"):
            assert valkey.ask("PTTL", name) == -1
        assert valkey.ask("EXISTS", "contract:{shop}:meta:expiry") == 0

    @pytest.mark.parametrize("off", [-3600 * SECOND, -3 * SECOND, 3 * SECOND, 3600 * SECOND])
    def test_is_not_when_it_was_moved(self, store, valkey, off):
        now = real_now() + off
        put(store, "k", now=now, expires_at=now + SECOND)
        assert valkey.ask("PTTL", "contract:{shop}:kv:k") == -1
        assert get(store, "k", now=now + 2 * SECOND) is None
        assert get(store, "k", now=now) is not None

    def test_what_redis_removed_is_gone_everywhere(self, store, valkey):
        now = real_now()
        put(store, "stays", now=now)
        put(store, "goes", now=now, expires_at=now + SECOND // 50)
        put(store, "goes", "2", now=now, expires_at=now + SECOND // 50)
        while valkey.ask("EXISTS", "contract:{shop}:kv:goes", "contract:{shop}:meta:kv:goes"):
            time.sleep(0.005)
        # Seen from before its end, as by a clock that was set back.
        assert get(store, "goes", now=now) is None
        assert keys(store, now=now) == [b"stays"]
        assert [size.rows for size in store.sizes(now)] == [1]
        assert [change.key for change in store.changes("shop", 0, 1)] == [b"stays"]
        assert valkey.ask("ZCARD", "contract:{shop}:meta:index") == 2
        assert store.sweep(real_now()) == 0
        assert valkey.ask("ZCARD", "contract:{shop}:meta:index") == 1
        done = put(store, "goes", "3", now=now)
        assert (done.before, done.after[0].created_at) == ([None], now)
        assert keys(store, now=now) == [b"goes", b"stays"]

    def test_a_row_that_redis_removed_can_be_put_at_once(self, store, valkey):
        now = real_now()
        put(store, "k", "1", now=now, expires_at=now + SECOND // 50)
        while valkey.ask("EXISTS", "contract:{shop}:kv:k"):
            time.sleep(0.005)
        later = real_now()
        done = put(store, "k", "2", now=later)
        assert (done.before, done.after[0].created_at) == ([None], later)
        assert keys(store, now=later) == [b"k"]

    def test_a_row_that_is_over_at_once(self, store):
        now = real_now()
        assert put(store, "k", now=now, expires_at=now - 5).after == [None]
        assert put(store, "k", now=now, expires_at=-5).after == [None]
        assert keys(store, now=now) == []

    def test_far_times_are_swept_when_they_come(self, store):
        far = 2**62 + 1
        put(store, "k", expires_at=far)
        assert store.sweep(far - 1) == 0
        assert keys(store, now=far - 1) == [b"k"]
        assert store.sweep(far + 5000) == 1


class TestNeighbours:
    """tana-edge knows values by their names and nothing of what lies beside them."""

    NAME = "contract:{shop}:kv:k"

    def test_a_row_of_theirs_is_found_and_adopted(self, store, valkey):
        put(store, "a")
        valkey.ask("SET", self.NAME, "theirs")
        row = get(store, "k")
        assert row == Row(b"k", b"theirs", "text", 2, NOW, NOW, None, None)
        assert get(store, "k", now=NOW + 5) == row
        assert keys(store) == [b"a", b"k"]
        assert store.changes("shop", 1, 9) == [Changed("kv", b"k", 2)]
        assert valkey.ask("GET", self.NAME) == b"theirs"
        assert put(store, "k", "ours", checks=[check("k", 2)]).before == [row]
        assert valkey.ask("GET", self.NAME) == b"ours"

    def test_opening_adopts_what_is_there(self, place, valkey):
        names = [
            f"contract:{{{name}}}:{space}:{n}"
            for name in ("shop", "bank")
            for space in ("kv", "data")
            for n in range(700)
        ]
        for name in names:
            valkey.ask("SET", name, "x") if name.endswith("1") else None
        valkey.ask("MSET", *itertools.chain(*((name, "y") for name in names)))
        valkey.ask("SET", "contract:plain:kv:x", "not ours")
        valkey.ask("RPUSH", "contract:{shop}:kv:list", "not ours")
        store = open_store(place)
        try:
            assert store.namespaces() == [("data", "bank"), ("data", "shop"), ("kv", "bank"), ("kv", "shop")]
            assert len(scan(store, limit=9999)) == 700
            assert [size.rows for size in store.sizes(real_now())] == [700] * 4
            assert store.head("shop") == 1
        finally:
            store.close()
        again = open_store(place)
        assert again.head("shop") == 1
        again.close()

    def test_opening_leaves_large_servers_alone(self, place, valkey, monkeypatch):
        monkeypatch.setattr(adopting, "AT_OPENING", 1)
        valkey.ask("MSET", self.NAME, "x", "contract:{shop}:kv:j", "y")
        store = open_store(place)
        assert store.namespaces() == []
        assert value(store, "k") == b"x"
        assert keys(store) == [b"k"]
        store.close()

    def test_an_overwrite_of_theirs_is_a_change(self, store, valkey):
        put(store, "k", b"\0bytes", encoding="bytes", metadata=b"{}", expires_at=NOW + 10)
        seen = get(store, "k").versionstamp
        valkey.ask("SET", self.NAME, "theirs")
        assert put(store, "x", checks=[check("k", seen)]) is None
        row = get(store, "k", now=NOW + 50)
        assert row == Row(b"k", b"theirs", "text", seen + 1, NOW, NOW + 50, None, None)
        assert store.changes("shop", seen, 9) == [Changed("kv", b"k", seen + 1)]

    def test_a_list_meets_their_overwrite(self, store, valkey):
        put(store, "j")
        put(store, "k", "1")
        valkey.ask("SET", self.NAME, b"\xff\xfe")
        assert [(row.value, row.encoding) for row in scan(store)] == [(b"v", "text"), (b"\xff\xfe", "bytes")]
        assert [row.versionstamp for row in scan(store)] == [1, 3]

    def test_before_a_put_of_ours_stands_what_they_wrote(self, store, valkey):
        put(store, "k", "1", metadata=b"{}")
        valkey.ask("SET", self.NAME, "2")
        (before,) = put(store, "k", "3").before
        assert (before.value, before.metadata) == (b"2", None)
        valkey.ask("SET", "contract:{shop}:kv:n", "new")
        (before,) = delete(store, "n").before
        assert before.value == b"new"

    def test_what_they_delete_is_gone(self, store, valkey):
        put(store, "j")
        put(store, "k")
        valkey.ask("DEL", self.NAME)
        assert get(store, "k") is None
        assert keys(store) == [b"j"]
        assert [change.key for change in store.changes("shop", 0, 1)] == [b"j"]
        assert put(store, "x", checks=[check("k", None)]) is not None
        done = put(store, "k", "2", now=NOW + 7)
        assert (done.before, done.after[0].created_at) == ([None], NOW + 7)
        assert keys(store, now=NOW + 7) == [b"j", b"k", b"x"]

    def test_their_time_to_live_is_the_rows(self, store, valkey):
        now = real_now()
        valkey.ask("SET", self.NAME, "theirs", "PX", 100_000)
        until = get(store, "k", now=now).expires_at
        assert 90 * SECOND < until - now <= 101 * SECOND
        assert get(store, "k", now=until) is None

    def test_strange_values_among_our_own_spaces_are_no_rows(self, store, valkey):
        valkey.ask("SET", "contract:{shop}:deno:k", "what is this?")
        assert get(store, "k", space="deno") is None
        assert put(store, "k", space="deno").before == [None]
        assert value(store, "k", space="deno") == b"v"


class TestOtherKinds:
    """Somebody else uses a name of ours for a list or a hash."""

    @pytest.mark.parametrize("name", ["meta:head", "meta:index", "meta:changes", "meta:expiry"])
    def test_of_the_contract_are_refused_before_anything_is_written(self, store, valkey, name):
        valkey.ask("RPUSH", f"contract:{{shop}}:{name}", "theirs")
        before = sorted(valkey.ask("KEYS", "contract*"))
        for attempt in (
            lambda: put(store, "k"),
            lambda: delete(store, "k"),
            lambda: put(store, "k", checks=[check("k", None)]),
        ):
            with pytest.raises(StoreError, match=rf"'contract:\{{shop\}}:{name}' holds a list.*Nothing was written"):
                attempt()
        assert sorted(valkey.ask("KEYS", "contract*")) == before

    def test_of_a_value_change_no_row(self, store, valkey):
        put(store, "a")
        before = scan(store)
        valkey.ask("RPUSH", "contract:{shop}:kv:k", "theirs")
        for attempt in (
            lambda: put(store, "k"),
            lambda: put(store, "k", now=real_now(), expires_at=real_now() + SECOND),
            lambda: delete(store, "k"),
            lambda: put(store, "k", checks=[check("a", 1)]),
            lambda: store.commit([Write("kv", "shop", b"a", None), Write("kv", "shop", b"k", b"v")], now=NOW),
        ):
            with pytest.raises(StoreError, match="holds a list"):
                attempt()
            assert scan(store) == before
            assert keys(store) == [b"a"]
            assert get(store, "k") is None
            assert valkey.ask("LRANGE", "contract:{shop}:kv:k", 0, -1) == [b"theirs"]
            for name in ("index", "changes"):
                assert valkey.ask("ZRANGE", f"contract:{{shop}}:meta:{name}", 0, -1) == [b"kv:a"]
        valkey.ask("DEL", "contract:{shop}:kv:k")
        put(store, "k")
        assert keys(store) == [b"a", b"k"]

    def test_over_a_row_it_is_gone_for_every_reader(self, store, other, valkey):
        for name in ("a", "k"):
            put(store, name)
        valkey.ask("DEL", "contract:{shop}:kv:k")
        valkey.ask("RPUSH", "contract:{shop}:kv:k", "theirs")
        with pytest.raises(StoreError, match=r"'contract:\{shop\}:kv:k' holds a list.*Nothing was written"):
            put(store, "k")
        for reader in (store, other):
            assert keys(reader) == [b"a"]
            assert [change.key for change in reader.changes("shop", 0, 10)] == [b"a"]

    def test_a_listing_skips_what_an_interrupted_put_entered(self, store, valkey):
        put(store, "a")
        valkey.ask("RPUSH", "contract:{shop}:kv:k", "theirs")
        valkey.ask("ZADD", "contract:{shop}:meta:index", 0, "kv:k")
        assert keys(store) == [b"a"]


@pytest.mark.parametrize("checked", [False, True])
def test_an_interrupt_just_after_a_commit_leaves_no_old_row_behind(store, monkeypatch, checked):
    """The row as it was before must not pass for the one that was overwritten next."""
    put(store, "k", "1", expires_at=NOW + SECOND)
    wrote = known.Known.wrote

    def interrupted(*arguments):
        wrote(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(known.Known, "wrote", interrupted)
        with pytest.raises(KeyboardInterrupt):
            put(store, "k", "2", checks=[check("k", 1)] if checked else [])
    done = put(store, "k", "3")
    assert (done.before[0].value, done.before[0].versionstamp, done.before[0].expires_at) == (b"2", 2, None)
    assert done.versionstamp == 3


class TestHead:
    def test_never_covers_a_commit_to_come(self, store, other, monkeypatch):
        """A put that guessed wrong has written a head whose number it then uses."""
        put(store, "a")
        put(other, "b")
        put(store, "a")
        over, seen = single._put_over, []

        def watched(*arguments):
            seen.append(other.head("shop"))
            return over(*arguments)

        monkeypatch.setattr(single, "_put_over", watched)
        done = put(store, "b", "again")
        assert seen == [3]
        assert done.versionstamp == 4
        assert store.head("shop") == other.head("shop") == 4
        assert other.changes("shop", seen[0], 10) == [Changed("kv", b"b", 4)]

    def test_covers_a_commit_that_guessed_right(self, store, other):
        put(store, "a")
        put(store, "b")
        assert store.head("shop") == other.head("shop") == 2
        assert put(other, "c").versionstamp == 3

    def test_of_a_row_that_was_known(self, store, valkey):
        put(store, "k", "1")
        valkey.ask("DEL", "contract:{shop}:kv:k")
        valkey.ask("RPUSH", "contract:{shop}:kv:k", "theirs")
        with pytest.raises(StoreError, match="a list"):
            put(store, "k", "2")
        assert get(store, "k") is None
        assert scan(store) == []
        assert valkey.ask("LRANGE", "contract:{shop}:kv:k", 0, -1) == [b"theirs"]

    def test_of_the_list_of_contracts(self, store, valkey):
        valkey.ask("SET", "tana:contracts", "theirs")
        with pytest.raises(StoreError, match="a list, hash or set under a name"):
            put(store, "k")
        assert valkey.ask("DBSIZE") == 1


class TestLostData:
    def test_is_noticed_by_any_operation(self, store, valkey):
        operations = [
            lambda: get(store, "k"),
            lambda: put(store, "k"),
            lambda: delete(store, "k"),
            lambda: put(store, "k", checks=[check("k", None)]),
            lambda: store.get_many("kv", "shop", [b"k"], NOW),
            lambda: scan(store),
            lambda: store.head("shop"),
            lambda: store.changes("shop", 0, 1),
            store.namespaces,
            lambda: store.sizes(NOW),
            lambda: store.sweep(NOW),
        ]
        for operation in operations:
            stamp = put(store, "k").versionstamp
            valkey.ask("FLUSHALL")
            for _ in range(2):
                with pytest.raises(
                    StoreError,
                    match=rf"lost data of contract shop: it stood at commit {stamp} and now stands at nothing",
                ):
                    operation()
            store.flush()
            assert get(store, "k") is None
            assert put(store, "k").versionstamp > stamp  # nobody holds an old one for a new one

    def test_an_older_state_is_noticed_too(self, store, valkey):
        put(store, "k")
        old = valkey.ask("GET", HEAD)
        put(store, "k")
        valkey.ask("SET", HEAD, old)
        with pytest.raises(StoreError, match="stood at commit 2 and now stands at commit 1"):
            get(store, "k")

    def test_other_data_in_its_place_is_noticed(self, store, other, valkey):
        put(store, "k")
        valkey.ask("FLUSHALL")
        for _ in range(5):
            put(other, "k")
        with pytest.raises(StoreError, match="at commit 5 of other data"):
            get(store, "k")

    def test_what_is_written_afterwards_is_found_by_others(self, store, place, valkey):
        put(store, "k")
        valkey.ask("FLUSHALL")
        with pytest.raises(StoreError):
            put(store, "k")
        store.flush()
        put(store, "k")
        again = open_store(place)
        assert again.namespaces() == [("kv", "shop")]
        again.close()

    def test_a_lost_head_alone_repeats_no_versionstamp(self, place, valkey, store):
        for _ in range(7):
            put(store, "k")
        valkey.ask("DEL", HEAD)
        again = open_store(place)
        assert put(again, "k").versionstamp == 8
        again.close()


class TestOpening:
    @pytest.fixture
    def ann(self, valkey):
        """A user with a password."""
        valkey.ask("ACL", "SETUSER", "ann", "on", ">hunter2", "~*", "+@all")
        yield f"unix://ann:hunter2@{valkey.socket}"
        valkey.ask("ACL", "DELUSER", "ann")

    def test_with_a_password_that_nobody_sees(self, ann, valkey, place):
        store = open_store(ann)
        put(store, "k")
        assert "hunter2" not in f"{store.location}{store!r}{store.keeps}{vars(store)['location']}"
        assert store.location == f"unix://{valkey.socket}"
        store.close()
        with pytest.raises(StoreError, match="cannot be reached") as caught:
            open_store(ann.replace("hunter2", "hunter22"))
        assert "hunter2" not in str(caught.value)

    def test_a_user_who_may_not(self, ann, valkey, place):
        valkey.ask("ACL", "SETUSER", "ann", "-set")
        store = open_store(ann)
        with pytest.raises(StoreError, match="does not let this user do that"):
            put(store, "k")
        assert scan(store) == []
        store.close()

    def test_a_password_is_wanted(self, valkey, place):
        valkey.ask("ACL", "SETUSER", "default", ">secret", "resetpass", ">secret")
        try:
            with pytest.raises(StoreError, match="wants a password: redis://:PASSWORD@HOST"):
                open_store(place)
        finally:
            client = valkey_as("secret", valkey)
            client.execute_command("ACL", "SETUSER", "default", "nopass")
            client.close()

    @pytest.mark.parametrize(
        ("url", "text"),
        [
            ("redis://ann:hunter2@localhost:99999", "cannot be re"),
            ("redis://ann:hunter2@localhost?health_check_interval=x", "cannot be read"),
            ("redis://ann@localhost:hunter2", "The port in this URL is no number"),
            ("redis://:hunter2@127.0.0.1:1/3", r"redis://127\.0\.0\.1:1/3 cannot be reached"),
            ("rediss://:hunter2@[::1]:1?ssl_password=hunter2", r"rediss://\[::1\]:1 cannot be reached"),
            ("redis://127.0.0.1:1?password=hunter2&color=hunter2", "has an option"),
            ("unix:///no/such.sock?db=2&password=hunter2", r"unix:///no/such\.sock\?db=2 cannot be reached"),
        ],
    )
    def test_fails_with_one_line_and_no_password(self, url, text):
        with pytest.raises(StoreError, match=text) as caught:
            open_store(url)
        assert "hunter2" not in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_without_the_driver(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "redis", None)
        with pytest.raises(StoreError, match=r"pip install 'tana-jupyter\[redis\]'"):
            open_store("redis://localhost")

    def test_a_server_that_evicts_is_warned_of(self, valkey, place):
        valkey.ask("CONFIG", "SET", "maxmemory", "500mb", "maxmemory-policy", "allkeys-lru")
        try:
            with pytest.warns(UserWarning, match="throws rows away.*noeviction"):
                open_store(place).close()
        finally:
            valkey.ask("CONFIG", "SET", "maxmemory", "0", "maxmemory-policy", "noeviction")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            open_store(place).close()

    def test_databases_of_one_server_are_apart(self, store, place):
        third = open_store(f"{place}?db=3")
        put(third, "k", "third")
        assert get(store, "k") is None
        assert third.location.endswith("?db=3")
        third.close()

    def test_what_a_session_knows_stays_small(self, store, monkeypatch):
        monkeypatch.setattr(known, "_ROWS", 10)
        for number in range(50):
            put(store, f"k{number % 25}", str(number))
        assert len(store._servers.known("shop").rows) <= 10
        assert store.head("shop") == 50


def test_the_real_time_is_told_by_two_seconds():
    now = real_now()
    assert rows.native(None, now) is None
    assert rows.native(now + 1, now) == -(-(now + 1) // 1000)
    assert rows.native(now + 1, now - 3 * SECOND) is None


def valkey_as(password, server):
    import redis

    return redis.Redis(unix_socket_path=str(server.socket), password=password, protocol=2)
