"""What is particular to the store in memory: its index, its log, interrupts, and what it costs."""

import dis
import gc
import random
import sys

import pytest

from tana_jupyter import limits
from tana_jupyter.errors import StoreFull
from tana_jupyter.store.memory import MemoryStore
from tana_jupyter.store.protocol import Check, Row, Write

NOW = 1_000_000


def put(key, value=b"v", **fields):
    return Write("kv", "c", key, value, **fields)


def names(store):
    return store._namespaces["kv", "c"]


def scan(store, **how):
    return [row.key for row in store.scan("kv", "c", b"", None, now=NOW, limit=10**6, **how)]


def check_index(store):
    """Everything derived agrees with the rows."""
    used = 0
    for space in store._namespaces.values():
        live = set(space.rows)
        assert live <= set(space.keys) | space.pending
        assert space.keys == sorted(space.keys)
        assert len(space.keys) == len(set(space.keys))
        if space.stale == 0:
            assert not space.pending & set(space.keys)
        expiring = {row[0]: row[6] for row in space.rows.values() if row[6] is not None}
        assert set(expiring) <= space.expiring
        assert all(space.soonest <= at for at in expiring.values())
        size = sum(len(row[0]) + len(row[1]) + len(row[7] or b"") for row in space.rows.values())
        assert space.bytes == size
        used += size + 512 * len(live)
    assert store._used == used
    logged = set(zip(store._log.items[2::3], store._log.items[::3], strict=True))
    for space in store._namespaces.values():
        assert {(row[0], row[3]) for row in space.rows.values()} <= logged


@pytest.mark.parametrize("seed", range(4))
def test_the_index_survives_any_mixture(seed):
    chance = random.Random(seed)
    store, model = MemoryStore(), set()
    for _ in range(3000):
        key = b"%04d" % chance.randrange(chance.choice([20, 3000]))
        match chance.randrange(8):
            case 0 | 1 | 2:
                store.commit([put(key, expires_at=chance.choice([None, NOW + 1]))], now=NOW)
                model.add(key)
            case 3 | 4:
                store.commit([put(key, None)], now=NOW)
                model.discard(key)
            case 5:
                many = [b"%04d" % chance.randrange(3000) for _ in range(chance.randrange(60))]
                store.commit([put(one) for one in many], now=NOW)
                model.update(many)
            case 6:
                limit = chance.randrange(1, 50)
                rows = store.scan("kv", "c", key, None, now=NOW, limit=limit, reverse=chance.random() < 0.5)
                assert {row.key for row in rows} <= model
            case 7 if chance.random() < 0.1:
                assert scan(store) == sorted(model)
                assert scan(store, reverse=True) == sorted(model, reverse=True)
    check_index(store)
    assert scan(store) == sorted(model)


def test_keys_that_come_and_go_leave_nothing():
    """Neither without a listing, nor when listings never come across the place."""
    store = MemoryStore()
    store.commit([put(b"a")], now=NOW)
    for number in range(20_000):
        key = b"z%d" % number
        store.commit([put(key, expires_at=NOW + 9)], now=NOW)
        if number % 2:
            store.scan("kv", "c", b"a", b"b", now=NOW, limit=1)
        store.commit([put(key, None)], now=NOW)
    space = names(store)
    assert len(space.keys) < 3000
    assert len(space.pending) < 10
    assert len(space.expiring) < 10
    assert len(store._log.items) < 10_000
    check_index(store)


def test_keys_that_come_in_order_and_go_leave_nothing_where_nobody_lists():
    store = MemoryStore()
    for number in range(10_000):
        store.commit([put(b"%05d" % number)], now=NOW)
        if number >= 3:
            store.commit([put(b"%05d" % (number - 3), None)], now=NOW)
    assert len(names(store).keys) < 3000
    check_index(store)
    assert scan(store) == [b"09997", b"09998", b"09999"]


@pytest.mark.parametrize("last", [b"0", b"5", b"9"])
def test_keys_that_come_in_order_need_no_sorting(last):
    """A fill is listed at once; what comes after it, wherever it belongs, is listed in its place."""
    store = MemoryStore()
    keys = [b"%05d" % number for number in range(1000)]
    store.commit([put(key) for key in keys], now=NOW)
    space = names(store)
    assert space.keys == keys
    assert not space.pending
    store.commit([put(b"00999", None)], now=NOW)
    store.commit([put(b"00999")], now=NOW)
    store.commit([put(last)], now=NOW)
    assert scan(store) == sorted([*keys, last])
    check_index(store)


def test_sweeping_forgets_what_no_longer_expires():
    """Otherwise every scan to come would look for expired rows."""
    store = MemoryStore()
    ends = [None, NOW + 1, NOW + 2, NOW + 8, NOW + 9]
    store.commit([put(b"%d" % number, expires_at=end) for number, end in enumerate(ends)], now=NOW)
    store.commit([put(b"3")], now=NOW)
    assert store.sweep(NOW + 2) == 2
    assert names(store).expiring == {b"4"}
    assert names(store).soonest == NOW + 9
    assert store.sweep(NOW + 9) == 1
    assert names(store).soonest > 2**63


def test_refused_commits_leave_nothing():
    store = MemoryStore(limit=10_000)
    store.commit([put(b"a", b"x" * 8000, expires_at=NOW + 5)], now=NOW)
    scan(store)
    for number in range(2000):
        with pytest.raises(StoreFull):
            store.commit([put(b"a", b"y" * 8000), put(b"k%d" % number, b"x" * 8000)], now=NOW)
    assert len(names(store).pending) < 10
    assert len(store._log.items) == 3
    assert store.head("c") == 1
    check_index(store)


def test_a_large_value_that_is_rewritten_is_kept_once():
    store = MemoryStore()
    for number in range(200):
        store.commit([put(b"k", bytes([number]) * 2**20)], now=NOW)
    held = [thing for thing in gc.get_objects() if type(thing) is tuple and len(thing) == 8 and thing[0] == b"k"]
    assert sum(len(row[1]) for row in held) <= 2 * 2**20


def test_rows_are_invisible_to_the_garbage_collector():
    store = MemoryStore()
    store.commit([put(b"%d" % number, expires_at=NOW + 1, metadata=b"1") for number in range(100)], now=NOW)
    gc.collect()
    assert not any(gc.is_tracked(row) for row in names(store).rows.values())


def test_answers_are_rows_and_not_the_stored_tuples():
    store = MemoryStore()
    done = store.commit([put(b"k")], now=NOW)
    for row in (
        done.after[0],
        store.get("kv", "c", b"k", NOW),
        store.get_many("kv", "c", [b"k"], NOW)[0],
        *store.scan("kv", "c", b"", None, now=NOW, limit=1),
        *store.scan("kv", "c", b"", None, now=NOW, limit=1, keys_only=True),
        *store.commit([put(b"k", None)], now=NOW).before,
    ):
        assert type(row) is Row


def test_reading_a_namespace_does_not_make_it():
    store = MemoryStore()
    store.get("kv", "x", b"k", NOW)
    store.scan("kv", "y", b"", None, now=NOW, limit=1)
    store.commit([], now=NOW, checks=[Check("kv", "z", b"k", None)])
    assert store._namespaces == {}


class _Interrupt:
    """Raise KeyboardInterrupt at the nth place where CPython would handle a signal."""

    PLACES = ("RESUME", "JUMP_BACKWARD", "CALL", "CALL_FUNCTION_EX", "CALL_KW")

    def __init__(self, nth):
        self.left = nth
        self.last = {}

    def __enter__(self):
        sys.settrace(self._enter)

    def __exit__(self, *error):
        sys.settrace(None)

    def _enter(self, frame, event, argument):
        if frame.f_code.co_filename.endswith(("store/memory.py", "store/namespace.py")):
            frame.f_trace_opcodes = True
            return self._step
        return None

    def _step(self, frame, event, argument):
        if event == "opcode":
            code = frame.f_code.co_code
            before, self.last[frame] = self.last.get(frame), dis.opname[code[frame.f_lasti]]
            if before in self.PLACES:
                if self.left == 0:
                    sys.settrace(None)
                    frame.f_trace = None
                    raise KeyboardInterrupt
                self.left -= 1
        return self._step


def snapshot(store):
    places = (("kv", "c"), ("deno", "d"))
    everything = [store.scan(*where, b"", None, now=NOW, limit=99) for where in places]
    changed = [sorted(store.changes(name, 0, 99)) for name in ("c", "d")]
    return everything, store.head("c"), store.sizes(NOW), store.sizes(NOW + 5), changed


def prepared():
    store = MemoryStore(limit=100_000)
    store.commit([put(b"%02d" % number, expires_at=NOW + number) for number in range(12)], now=NOW)
    scan(store)
    store.commit([put(b"03", None), put(b"04", None), put(b"new", b"x" * 50)], now=NOW)
    return store


STEPS = {
    "put new": lambda store: store.commit([put(b"fresh", b"12", metadata=b"1")], now=NOW),
    "put last": lambda store: store.commit([put(b"zzz")], now=NOW),
    "put over": lambda store: store.commit([put(b"05", b"12", expires_at=NOW + 1)], now=NOW),
    "put again": lambda store: store.commit([put(b"03", b"12", expires_at=NOW + 1)], now=NOW),
    "delete": lambda store: store.commit([put(b"05", None)], now=NOW),
    "delete new": lambda store: store.commit([put(b"new", None)], now=NOW),
    "batch": lambda store: store.commit(
        [
            put(b"05", None),
            put(b"a"),
            put(b"05", b"2"),
            put(b"a", None),
            Write("deno", "d", b"k", b"v"),
            put(b"new"),
        ],
        now=NOW,
        checks=[Check("kv", "c", b"06", 1)],
        floor=77,
    ),
    "scan": scan,
    "scan back": lambda store: scan(store, reverse=True),
    "sweep": lambda store: store.sweep(NOW + 6),
    "changes": lambda store: store.changes("c", 0, 5),
    "sizes": lambda store: store.sizes(NOW + 6),
}


@pytest.mark.parametrize("step", STEPS)
def test_an_interrupt_anywhere_leaves_all_or_nothing(step):
    before = snapshot(prepared())
    finished = prepared()
    STEPS[step](finished)
    after = snapshot(finished)
    interrupted = 0
    for nth in range(10_000):
        store = prepared()
        try:
            with _Interrupt(nth):
                STEPS[step](store)
        except KeyboardInterrupt:
            interrupted += 1
        else:
            break
        if step != "sweep":  # sweeping half is fine
            assert snapshot(store) in (before, after)
        check_index(store)
        # And life goes on.
        store.commit([put(b"%02d" % number) for number in range(14)], now=NOW)
        store.commit([put(b"zz", b"last"), put(b"a", None)], now=NOW)
        check_index(store)
        assert scan(store) == [*(b"%02d" % number for number in range(14)), *scan(store)[14:]]
        assert sum(len(store.changes(name, 0, 99)) for name in ("c", "d")) == sum(
            size.rows for size in store.sizes(NOW - 99)
        )
    assert interrupted >= 3


@pytest.mark.parametrize("deleted", [False, True])
def test_an_interrupt_while_keys_are_put_in_order(deleted):
    for nth in range(10_000):
        store = MemoryStore()
        store.commit([put(b"%05d" % number) for number in range(0, 4000, 10)], now=NOW)
        scan(store)
        if deleted:
            store.commit([put(b"%05d" % number, None) for number in range(0, 4000, 100)], now=NOW)
        store.commit([put(b"%05d" % number) for number in (5, 100, 1005, 3995)], now=NOW)
        wanted = sorted(names(store).rows)
        try:
            with _Interrupt(nth):
                names(store).ordered()
        except KeyboardInterrupt:
            check_index(store)
            store.commit([put(b"%05d" % number) for number in range(1, 100, 10)], now=NOW)
            assert [key for key in scan(store) if not b"00000" < key < b"00100" or key[-1:] != b"1"] == wanted
        else:
            break
    assert nth > 5


def test_a_store_may_be_filled_to_the_last_byte():
    store = MemoryStore(limit=2 * (limits.STORE_ROW + 10))
    store.commit([put(b"1", b"x" * 9), put(b"2", b"x" * 9)], now=NOW)
    with pytest.raises(StoreFull):
        store.commit([put(b"2", b"x" * 10)], now=NOW)
