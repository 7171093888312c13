"""Random histories against the simplest store that could be right: a dict, sorted when somebody looks."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tana_jupyter.store.protocol import Changed, Check, Committed, NamespaceSize, Row, Write

START = 1_767_225_600_000_000
FOREVER = 8_640_000_000_000_000_000

PLACES = st.sampled_from([("kv", "a"), ("kv", "b"), ("deno", "a"), ("queue", "a")])
TEXT_KEYS = ["", "a", "a:", "a:1", "a:b", "b", "é", "\uffff", "😀", "~"]
BYTE_KEYS = [b"", b"\0", b"\0\0", b"a", b"a\0", b"a\xff", b"b", b"\x7f", b"\x80", b"\xff", b"\xff\xff"]
KEYS = {
    "kv": st.sampled_from([key.encode() for key in TEXT_KEYS]) | st.text("ab:", max_size=4).map(str.encode),
    "deno": st.sampled_from(BYTE_KEYS) | st.binary(max_size=3),
    "queue": st.binary(max_size=2),
}
VALUES = st.sampled_from([b"", b"v", b'{"a":1}', b"x" * 300])
TIMES_TO_LIVE = st.none() | st.integers(-2, 12)


@st.composite
def writes(draw):
    space, contract = draw(PLACES)
    key = draw(KEYS[space])
    if draw(st.integers(0, 3)) == 0:
        return Write(space, contract, key, None), None
    encoding = draw(st.sampled_from(["text", "json", "clone"]))
    metadata = draw(st.sampled_from([None, b"{}"]))
    return Write(space, contract, key, draw(VALUES), encoding, None, metadata), draw(TIMES_TO_LIVE)


@st.composite
def addresses(draw):
    space, contract = draw(PLACES)
    return space, contract, draw(KEYS[space])


class History(RuleBasedStateMachine):
    """One store and its model, over as many steps as Hypothesis likes."""

    store = None

    @initialize()
    def empty(self):
        self.store.sweep(FOREVER)
        for space, contract in (("kv", "a"), ("kv", "b"), ("deno", "a"), ("queue", "a")):
            left = self.store.scan(space, contract, b"", None, now=START, limit=10_000, keys_only=True)
            if left:
                self.store.commit([Write(space, contract, row.key, None) for row in left], now=START)
        self.now = START
        # One head for all, or one for each contract.
        self.heads = {name: self.store.head(name) for name in ("a", "b")}
        self.first = dict(self.heads)
        self.rows = {}  # address -> Row, expired ones included

    def live(self, address):
        row = self.rows.get(address)
        return row if row is not None and (row.expires_at is None or row.expires_at > self.now) else None

    def inside(self, space, contract):
        found = (self.live(address) for address in self.rows if address[:2] == (space, contract))
        return sorted(row for row in found if row is not None)

    @rule(batch=st.lists(writes(), max_size=5), guesses=st.lists(addresses(), max_size=2), data=st.data())
    def commit(self, batch, guesses, data):
        batch = [write if ttl is None else write._replace(expires_at=self.now + ttl) for write, ttl in batch]
        if not self.store.spans_contracts:
            name = data.draw(st.sampled_from(["a", "b"]), label="contract")
            batch = [write for write in batch if write.contract == name]
            guesses = [address for address in guesses if address[1] == name] or [("queue", name, b"never there")]
        else:
            name = "a"
        head = self.heads[name]
        checks = []
        for address in guesses:
            row = self.live(address)
            right = row.versionstamp if row else None
            wrong = st.sampled_from([None, 0, -1, head + 1, *(row.versionstamp for row in self.rows.values())])
            checks.append(Check(*address, data.draw(st.just(right) | wrong, label="versionstamp")))
        floor = data.draw(st.sampled_from([0, 0, 0, head, head + 5]), label="floor")
        done = self.store.commit(batch, now=self.now, checks=checks, floor=floor)
        if any((row.versionstamp if (row := self.live(c[:3])) else None) != c.versionstamp for c in checks):
            assert done is None
            return
        stamp = done.versionstamp
        assert stamp == max(head + 1, floor)
        self.heads |= dict.fromkeys(self.heads, stamp) if self.store.spans_contracts else {name: stamp}
        expected = Committed(stamp, [], [])
        for space, contract, key, value, encoding, expires_at, metadata in batch:
            address = (space, contract, key)
            before = self.live(address)
            if value is None:
                self.rows.pop(address, None)
            else:
                created_at = before.created_at if before else self.now
                self.rows[address] = Row(key, value, encoding, stamp, created_at, self.now, expires_at, metadata)
            expected.before.append(before)
            expected.after.append(self.live(address))
        assert done == expected

    @rule(wanted=st.lists(addresses(), max_size=4))
    def read(self, wanted):
        for address in wanted:
            assert self.store.get(*address, self.now) == self.live(address)
        for space, contract in {address[:2] for address in wanted}:
            keys = [address[2] for address in wanted]
            if space == "kv" and not all(address[0] == "kv" for address in wanted):
                continue
            expected = [self.live((space, contract, key)) for key in keys]
            assert self.store.get_many(space, contract, keys, self.now) == expected

    @rule(place=PLACES, limit=st.integers(0, 12), reverse=st.booleans(), keys_only=st.booleans(), data=st.data())
    def scan(self, place, limit, reverse, keys_only, data):
        space, contract = place
        start = data.draw(KEYS[space], label="start")
        end = data.draw(st.none() | KEYS[space], label="end")
        found = self.store.scan(
            space, contract, start, end, now=self.now, limit=limit, reverse=reverse, keys_only=keys_only
        )
        rows = [row for row in self.inside(*place) if row.key >= start and (end is None or row.key < end)]
        rows = (rows[::-1] if reverse else rows)[:limit]
        assert found == [row._replace(value=b"") for row in rows] if keys_only else found == rows

    @rule(step=st.integers(0, 8))
    def time_passes(self, step):
        self.now += step

    @rule(step=st.integers(0, 8))
    def time_goes_back(self, step):
        self.now -= step

    @rule()
    def sweep(self):
        over = [address for address in self.rows if self.live(address) is None]
        assert self.store.sweep(self.now) == len(over)
        for address in over:
            del self.rows[address]

    @rule(name=st.sampled_from(["a", "b"]), limit=st.integers(1, 5), back=st.integers(0, 12))
    def changes(self, name, limit, back):
        since = max(self.first[name], self.heads[name] - back)
        expected = {
            Changed(address[0], address[2], row.versionstamp)
            for address, row in self.rows.items()
            if address[1] == name and row.versionstamp > since
        }
        seen = []
        while page := self.store.changes(name, since, limit):
            stamps = [change.versionstamp for change in page]
            assert stamps == sorted(stamps)
            assert len(page) >= limit or len(seen) + len(page) == len(expected)
            if len(page) > limit:
                assert stamps[limit - 1] == stamps[-1]
            seen += page
            since = stamps[-1]
        assert len(seen) == len(expected)
        assert set(seen) == expected

    @rule()
    def namespaces(self):
        assert set(self.store.namespaces()) == {address[:2] for address in self.rows}

    @rule()
    def sizes(self):
        expected = []
        for space, contract in sorted({address[:2] for address in self.rows}):
            rows = self.inside(space, contract)
            total = sum(len(row.key) + len(row.value) + len(row.metadata or b"") for row in rows)
            if rows:
                expected.append(NamespaceSize(space, contract, len(rows), total))
        assert self.store.sizes(self.now) == expected

    @invariant()
    def head_is_the_last_commit(self):
        assert {name: self.store.head(name) for name in self.heads} == self.heads


@pytest.mark.parametrize("steps", [20, 80])
def test_any_history(store, back_end, steps):
    machine = type("History", (History,), {"store": store})
    examples = back_end.model_examples if steps == 20 else back_end.model_examples // 3
    run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=steps))
