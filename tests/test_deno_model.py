"""Atomic commits of several sessions on one store, against a model that is a dict."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tana_jupyter import Session
from tests.deno_harness import SharedStore, opened

KEYS = ["a", "b", "c"]
U64 = 2**64

COMMIT = """
    const op = kv.atomic();
    for (const [kind, key, value] of steps) {
      if (kind === 'check') op.check({ key: [key], versionstamp: value });
      else if (kind === 'set') op.set([key], value);
      else if (kind === 'delete') op.delete([key]);
      else if (kind === 'enqueue') op.enqueue(value);
      else op[kind]([key], BigInt(value));
    }
    const done = await told(() => op.commit());
    typeof done === 'string' ? done.slice(0, 9) : [done.ok, done.versionstamp ?? null]
"""
STATE = """
    (await Array.fromAsync(kv.list({ prefix: [] })))
      .map(({ key, value, versionstamp }) => [key[0], value instanceof Deno.KvU64 ? ['u64', String(value)] : ['plain', value], versionstamp])
"""

keys = st.sampled_from(KEYS)
numbers = st.one_of(st.integers(0, 9), st.integers(U64 - 3, U64 - 1))
changes = st.one_of(
    st.tuples(st.just("set"), keys, st.one_of(st.integers(0, 99), st.text(max_size=3), st.none())),
    st.tuples(st.just("delete"), keys, st.none()),
    st.tuples(st.sampled_from(["sum", "min", "max"]), keys, numbers.map(str)),
    st.tuples(st.just("enqueue"), st.just(""), st.integers(0, 99)),
)
checks = st.tuples(keys, st.sampled_from(["current", "current", "current", "old", "absent"]))


class Commits(RuleBasedStateMachine):
    """Sessions commit in turn; now and then another commit comes between reading and writing."""

    @initialize()
    def begin(self) -> None:
        self.store = SharedStore()
        self.sessions = [opened(self.store), opened(self.store)]
        self.rows: dict[str, tuple[str, Any, str]] = {}  # kind, value, versionstamp
        self.stamps: dict[str, list[str]] = {key: [] for key in KEYS}
        self.messages: list[Any] = []
        self.last = ""

    @rule(
        who=st.integers(0, 1),
        expected=st.lists(checks, max_size=2),
        steps=st.lists(changes, max_size=4),
        between=st.none() | st.lists(changes, max_size=2),
    )
    def commit(self, who: int, expected: list[Any], steps: list[Any], between: list[Any] | None) -> None:
        wired = [("check", key, self.stamp(key, which)) for key, which in expected]
        told: list[Any] = []
        if between is not None:
            # The other session gets in just before the commit; the model takes that one first, then this one.
            def intrude() -> None:
                told.append(self.sessions[1 - who].run(COMMIT, give={"steps": [*map(list, between)]}).value)

            self.store.between = intrude
        done = self.sessions[who].run(COMMIT, give={"steps": [*map(list, [*wired, *steps])]}).value
        self.store.between = None
        if told:
            self.model([], between or [], told[0])
        self.model(wired, steps, done)

    def stamp(self, key: str, which: str) -> str | None:
        there = self.rows.get(key)
        if which == "absent":
            return None
        if which == "old" and self.stamps[key]:
            return self.stamps[key][0]
        return None if there is None else there[2]

    def model(self, wired: list[Any], steps: list[Any], done: Any) -> None:
        """Do the same to the dict and compare what came of it; a failing change leaves nothing behind."""
        if not all((self.rows[key][2] if key in self.rows else None) == stamp for _, key, stamp in wired):
            # A sum of a wrong type is told before a check is looked at.
            assert done in ([False, None], "TypeError")
            return
        rows = dict(self.rows)
        sent = []
        for kind, key, given in steps:
            if kind == "enqueue":
                sent.append(given)
            elif kind == "delete":
                rows.pop(key, None)
            elif kind == "set":
                rows[key] = ("plain", given, "")
            else:
                there = rows.get(key)
                if there is not None and there[0] != "u64":
                    assert done == "TypeError"
                    return
                number = int(given)
                old = number if there is None else int(there[1])
                new = {"sum": (old + number) % U64, "min": min(old, number), "max": max(old, number)}[kind]
                rows[key] = ("u64", str(number if there is None else new), "")
        assert done[0] is True, done
        assert done[1] > self.last
        self.last = done[1]
        for key in {key for kind, key, _ in steps if kind not in {"enqueue", "delete"}} & rows.keys():
            if rows[key][2] == "":
                rows[key] = (*rows[key][:2], done[1])
                self.stamps[key].append(done[1])
        self.rows = rows
        self.messages += sent

    @invariant()
    def all_sessions_see_the_model(self) -> None:
        expected = [[key, [kind, content], stamp] for key, (kind, content, stamp) in sorted(self.rows.items())]
        for session in self.sessions:
            assert session.run(STATE).value == expected

    def teardown(self) -> None:
        heard = self.sessions[0].run("const got = []; kv.listenQueue((m) => { got.push(m) }); 1")
        assert heard.value == 1
        assert self.sessions[1].run("1").value == 1
        assert self.sessions[0].run("got").value == self.messages
        assert not [size for size in self.store.sizes(0) or [] if size.space == "queue"]


Commits.TestCase.settings = settings(
    max_examples=30, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
TestCommits = Commits.TestCase


def test_sessions_that_sum_at_once_lose_nothing() -> None:
    store = SharedStore()
    sessions = [opened(store) for _ in range(4)]

    def summing(later: list[Session]) -> None:
        """The first commits; in the middle of that the next one does, and so on."""
        first, *rest = later
        if rest:
            store.between = lambda: summing(rest)
        assert first.run("(await kv.atomic().sum(['n'], 1n).sum(['m'], 2n).commit()).ok").value is True

    for turn in range(8):
        summing(sessions[turn % 4 :] + sessions[: turn % 4])
    counted = sessions[0].run("[Number((await value('n')).value), Number((await value('m')).value)]").value
    assert counted == [32, 64]
