"""Deno KV in the hands of code that means harm, or goes on for ever: nothing of others is reached, nothing is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tana_jupyter import ContractError, Session
from tana_jupyter.modules.deno.databases import Databases
from tests.deno_harness import opened, told, value


@pytest.fixture
def session() -> Session:
    return opened()


def test_a_handle_that_is_open_is_never_given_out_again(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    value(session, "await kv.set(['mine'], 'kept')")
    add = Databases._add

    def late(self: Databases, database: object) -> str:
        self._opened = 0x10000  # so many were opened before
        return add(self, database)

    monkeypatch.setattr(Databases, "_add", late)
    value(session, "var throwaway = await Deno.openKv(':memory:'); await throwaway.set(['theirs'], 1)")
    assert value(session, "[await value('mine'), await value('theirs')]") == ["kept", None]


@pytest.mark.parametrize(
    "handle", ["'0000s{no json\\x1f\\x02a\\x01\\x1e'", "'0000s1\\x1fraw\\x01\\x1e'", "'000'", "5", "''"]
)
def test_an_operation_of_ones_own_writes_nothing(session: Session, handle: str) -> None:
    assert told(session, f"new Deno.AtomicOperation({{ handle: {handle} }}).commit()") == "BadResource: Bad resource ID"
    assert session.store.head("notebook") == 0


def test_what_is_loaded_passes_no_method_of_the_contract(session: Session) -> None:
    """What a contract puts on Map.prototype before our files are loaded sees none of them."""
    session.run("""
        var seen = []; const { get, set } = Map.prototype;
        Map.prototype.get = function (key) { seen.push(key); return get.call(this, key) };
        Map.prototype.set = function (key, value) { seen.push(key); return set.call(this, key, value) };
        const stream = kv.watch([['a']]); await kv.atomic().sum(['n'], 1n).commit();
    """)
    assert value(session, "seen.filter((key) => typeof key === 'string')") == []


CLOSED = {
    "a listener": "kv.listenQueue(watched(() => {}))",
    "a stream": "await (async (reader) => { await reader.read(); reader.read() })(watched(kv.watch([['a']])).getReader())",
}


@pytest.mark.parametrize("wait", CLOSED.values(), ids=CLOSED)
def test_closing_lets_go_of_what_waited(session: Session, wait: str) -> None:
    session.run("var references = []; var watched = (each) => { references.push(new WeakRef(each)); return each }")
    session.run(f"{wait}; kv.close()")
    assert value(session, "references.map((reference) => reference.deref() === undefined)") == [True]


def test_closing_after_the_store_was_switched(session: Session, tmp_path: Path) -> None:
    session.run("const reader = kv.watch([['a']]).getReader(); await reader.read(); reader.read().catch(() => {}); 1")
    session.use_store(f"sqlite:///{tmp_path}/other.db")
    session.run("1")
    assert told(session, "kv.close() ?? 'closed'") == "closed"


def test_messages_that_send_messages_end_at_the_time_limit(session: Session) -> None:
    with pytest.raises(ContractError, match="ran longer than"):
        session.run("kv.listenQueue((n) => kv.enqueue(n + 1)); await kv.enqueue(0)", timeout=0.25)
    assert value(session, "(await kv.set(['still'], 'here')).ok") is True


def test_keys_that_hold_what_divides_steps_are_shown_whole(session: Session) -> None:
    key = "['a\\x1fb\\x1f']"
    assert value(session, f"await rows((await kv.atomic().set({key}, 1).commit(), []))") == [[["a\x1fb\x1f"], 1]]
    shown = session.run(f"""[kv.atomic().set({key}, 1).set({key}, 1, {{ expireIn: 5 }}).delete({key})
        .check({{ key: {key}, versionstamp: null }}).sum({key}, 1n)]""").text
    assert shown is not None
    assert shown.count(r'["a\u001fb\u001f"]') == 5


REFUSED = {
    "kv.list({ prefix: [] }, { cursor: 5 }).next()": "TypeError: serde_v8 error: invalid type; expected: string, got: Number",
    "kv.list({ prefix: [] }, { cursor: [1] }).next()": "TypeError: serde_v8 error: invalid type; expected: string, got: array",
    "kv.watch(5)": "threw TypeError: serde_v8 error: invalid type; expected: array, got: Number",
    "kv.watch([null])": "threw TypeError: serde_v8 error: invalid type; expected: array, got: null",
    "kv.atomic().check({ key: null, versionstamp: null }).commit()": "TypeError: serde_v8 error: invalid type; expected: array, got: null",
    "kv.set(['a'], 1, { expireIn: 1e21 })": "TypeError: Invalid mutation: expireIn is too large: 18446744073709551615",
    "kv.atomic().set(['a'], 1, { expireIn: 1e21 }).commit()": "TypeError: Invalid mutation: expireIn is too large: 18446744073709551615",
}  # fmt: skip


@pytest.mark.parametrize(("code", "text"), REFUSED.items())
def test_odd_arguments_are_refused_as_deno_refuses_them(session: Session, code: str, text: str) -> None:
    assert told(session, code) == text
    assert list(session.failures) == []


OWN = "{ get own() { op.set(['own'], 1); return 1 } }"


@pytest.mark.parametrize(
    "call",
    [
        f"op.set(['a'], {OWN})",
        f"op.set(['a'], {OWN}, {{ expireIn: 1000 }})",
        f"op.mutate({{ type: 'set', key: ['a'], value: {OWN} }})",
        f"op.enqueue({OWN})",
    ],
)
def test_a_getter_may_add_steps_of_its_own(session: Session, call: str) -> None:
    session.run(f"const op = kv.atomic(); {call}; await op.commit()")
    assert value(session, "await value('own')") == 1


def test_no_consistency_is_the_default(session: Session) -> None:
    assert value(session, "(await kv.get(['a'], { consistency: null })).value") is None
