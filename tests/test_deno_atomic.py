"""kv.atomic(): checks, changes and messages as one commit, or nothing of them."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from tana_jupyter import ContractError, ContractStopped, Session, denokey
from tana_jupyter.modules.deno.values import packed_u64
from tana_jupyter.store.protocol import Committed, Write
from tests.deno_harness import SharedStore, opened, told, value

TRAP = "'Deno.AtomicOperation' is not a promise: did you forget to call 'commit()'"


@pytest.fixture
def session() -> Session:
    return opened()


def test_methods_return_the_operation(session: Session) -> None:
    code = """
        const op = kv.atomic();
        [op.check(), op.set(['a'], 1), op.delete(['b']), op.sum(['c'], 1n), op.min(['c'], 1n), op.max(['c'], 1n),
         op.mutate(), op.enqueue(1)].every((each) => each === op)
    """
    assert value(session, code) is True
    assert value(session, "op instanceof Deno.AtomicOperation && !!new Deno.AtomicOperation()") is True


# Checks.


@pytest.mark.parametrize(
    ("check", "ok"),
    [
        ("{ key: ['there'], versionstamp: await stamp('there') }", True),
        ("{ key: ['there'], versionstamp: (await stamp('there')).toUpperCase() }", True),
        ("await kv.get(['there'])", True),
        ("await kv.get(['absent'])", True),
        ("{ key: ['absent'] }", True),
        ("{ key: ['there'], versionstamp: null }", False),
        ("{ key: ['absent'], versionstamp: '00000000000000010000' }", False),
        ("{ key: ['there'], versionstamp: '000000000000ffff0000' }", False),
        ("{ key: ['there'], versionstamp: '00000000000000010001' }", False),
    ],
)
def test_a_check_holds_or_not(session: Session, check: str, *, ok: bool) -> None:
    value(session, "await kv.set(['there'], 'b1x')")
    before = session.store.head("notebook")
    done = value(session, f"const made = await kv.atomic().check({check}).set(['made'], 1).commit(); made")
    assert done == ({"ok": True, "versionstamp": value(session, "await stamp('made')")} if ok else {"ok": False})
    assert value(session, "Object.keys(made).length") == (2 if ok else 1)
    assert value(session, "await value('made')") == (1 if ok else None)
    assert session.store.head("notebook") == before + ok


@pytest.mark.parametrize("stamp", ["''", "'12'", "'0'.repeat(22)", "'z'.repeat(20)", "5", "true", "'\\0'.repeat(20)"])
def test_a_check_that_is_none_rejects_the_commit(session: Session, stamp: str) -> None:
    code = f"kv.atomic().check({{ key: ['a'], versionstamp: {stamp} }}).set(['a'], 1).commit()"
    assert told(session, code) == "TypeError: Invalid check"
    assert value(session, "await value('a')") is None


def test_several_checks_must_all_hold(session: Session) -> None:
    value(session, "await kv.set(['a'], 1)")
    checks = "{ key: ['a'], versionstamp: await stamp('a') }, { key: ['b'], versionstamp: null }"
    assert value(session, f"(await kv.atomic().check({checks}).commit()).ok") is True
    assert value(session, f"(await kv.atomic().check({checks}).check(await kv.get(['b'])).commit()).ok") is True
    value(session, "await kv.set(['b'], 1)")
    assert value(session, f"(await kv.atomic().check({checks}).commit()).ok") is False


def test_checks_see_the_state_before_the_operation(session: Session) -> None:
    code = "(await kv.atomic().set(['a'], 1).check({ key: ['a'], versionstamp: null }).commit()).ok"
    assert value(session, code) is True


def test_a_check_takes_what_has_expired_for_absent(session: Session) -> None:
    value(session, "await kv.set(['a'], 1, { expireIn: 1000 })")
    session.clock.advance(1)
    assert value(session, "(await kv.atomic().check({ key: ['a'], versionstamp: null }).commit()).ok") is True


def test_a_commit_without_changes_takes_a_version(session: Session) -> None:
    first, second = value(
        session, "[await kv.atomic().commit(), await kv.atomic().commit()].map((r) => r.versionstamp)"
    )
    assert first < second


# Changes.


@pytest.mark.parametrize(
    ("steps", "after"),
    [
        ("set(['k'], 1).set(['k'], 2).delete(['k']).set(['k'], 3)", "3"),
        ("set(['k'], 1).delete(['k'])", "null"),
        ("sum(['k'], 1n).sum(['k'], 2n).max(['k'], 10n).min(['k'], 7n)", "7n"),
        ("set(['k'], new Deno.KvU64(40n)).sum(['k'], 2n)", "42n"),
        ("sum(['k'], 5n).delete(['k']).sum(['k'], 2n)", "2n"),
        ("sum(['k'], 18446744073709551615n).sum(['k'], 3n)", "2n"),
        ("min(['k'], 9n)", "9n"),
        ("max(['k'], 9n).max(['k'], 8n)", "9n"),
        ("min(['k'], 9n).min(['k'], 10n)", "9n"),
        ("mutate({ type: 'set', key: ['k'], value: undefined })", "undefined"),
        ("mutate({ type: 'set', key: ['k'], value: 1 }, { type: 'delete', key: ['k'] })", "null"),
        ("mutate({ type: 'sum', key: ['k'], value: new Deno.KvU64(3n) }, { type: 'max', key: ['k'], value: new Deno.KvU64(5n) })", "5n"),
        # Not documented, yet there.
        ("mutate({ type: 'sum', key: ['k'], value: 40 }).mutate({ type: 'sum', key: ['k'], value: 0.5 })", "40.5"),
        ("mutate({ type: 'sum', key: ['k'], value: 40n }).mutate({ type: 'sum', key: ['k'], value: -100n })", "-60n"),
        ("mutate({ type: 'sum', key: ['k'], value: 2n ** 80n }).mutate({ type: 'sum', key: ['k'], value: 1n })", "1208925819614629174706177n"),
        ("set(['k'], 1e308).mutate({ type: 'sum', key: ['k'], value: 1e308 })", "Infinity"),
        ("set(['k'], Infinity).mutate({ type: 'sum', key: ['k'], value: -Infinity })", "NaN"),
        ("set(['k'], -0).mutate({ type: 'sum', key: ['k'], value: -0 })", "-0"),
        ("set(['k'], 1e-7).mutate({ type: 'sum', key: ['k'], value: 0 })", "1e-7"),
        ("sum(['k'], 40n).mutate({ type: 'sum', key: ['k'], value: 2n })", "42n"),
    ],
)  # fmt: skip
def test_changes_apply_in_the_order_given(session: Session, steps: str, after: str) -> None:
    assert value(session, f"(await kv.atomic().{steps}.commit()).ok") is True
    code = f"const found = await value('k'); Object.is(found instanceof Deno.KvU64 ? found.value : found, {after})"
    assert value(session, code) is True


def test_all_keys_of_a_commit_share_its_stamp(session: Session) -> None:
    code = """
        const { versionstamp } = await kv.atomic().set(['a'], 1).sum(['b'], 1n).set(['c'], 2, { expireIn: 9 }).commit();
        [await stamp('a'), await stamp('b'), await stamp('c')].every((each) => each === versionstamp)
    """
    assert value(session, code) is True


def test_what_expires_and_what_does_not(session: Session) -> None:
    value(
        session,
        "await kv.atomic().set(['a'], new Deno.KvU64(1n), { expireIn: 1000 }).set(['b'], 1, { expireIn: 1000 }).commit()",
    )
    value(
        session,
        "await kv.atomic().sum(['a'], 1n).mutate({ type: 'set', key: ['c'], value: 1, expireIn: 1000 }, { type: 'set', key: ['d'], value: 1, expireIn: '5' }).commit()",
    )
    session.clock.advance(1)
    assert value(session, "(await rows()).map(([key]) => key[0])") == ["a", "d"]


def test_a_commit_can_be_repeated(session: Session) -> None:
    code = "const op = kv.atomic().sum(['n'], 2n); await op.commit(); await op.commit(); op.sum(['n'], 1n); await op.commit()"
    value(session, code)
    assert value(session, "(await value('n')).value") == 7


def test_values_and_keys_are_taken_as_they_are_at_the_call(session: Session) -> None:
    code = """
        const key = ['a'], item = { n: 1 }, bytes = new Uint8Array([1]);
        const op = kv.atomic().set(key, item).set(['b'], bytes);
        key[0] = 'z'; item.n = 2; bytes[0] = 2;
        await op.commit();
        await rows()
    """
    assert value(session, code) == [[["a"], {"n": 1}], [["b"], b"\x01"]]


# Refusals.


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("kv.atomic().set(['a'], 1)", f"TypeError: {TRAP}"),
        ("kv.atomic().set(['a'], () => 1)", "threw TypeError: () => 1 could not be cloned."),
        ("kv.atomic().set(['a'], 1, { expireIn: -1 })", "threw TypeError: expireIn must be a non-negative integer: received -1"),
        ("kv.atomic().set(['a'], 1, { expireIn: '5' })", "threw TypeError: expireIn must be a non-negative integer: received 5"),
        ("kv.atomic().set(['a'], 1, { expireIn: 8.64e15 }).commit()", "TypeError: Invalid mutation: expireIn is too large: 8640000000000000"),
        ("kv.atomic().sum(['a'], 1)", "threw TypeError: Value must be a bigint: received number"),
        ("kv.atomic().sum(['a'], -1n)", "threw RangeError: Value must be a positive bigint: received -1"),
        ("kv.atomic().max(['a'], 2n ** 64n)", "threw RangeError: Value must fit in a 64-bit unsigned integer"),
        ("kv.atomic().mutate({ type: 'set', key: ['a'] })", "threw TypeError: Invalid mutation 'set' without value"),
        ("kv.atomic().mutate({ type: 'min', key: ['a'] })", "threw TypeError: Invalid mutation 'min' without value"),
        ("kv.atomic().mutate({ type: 'delete', key: ['a'], value: 1 })", "threw TypeError: Invalid mutation 'delete' with value"),
        ("kv.atomic().mutate({ type: 'append', key: ['a'], value: 1 })", "threw TypeError: Invalid mutation type"),
        ("kv.atomic().mutate({ type: 'toString', key: ['a'], value: 1 })", "threw TypeError: Invalid mutation type"),
        ("kv.atomic().set(['text'], 'x').sum(['text'], 1n).commit()", "TypeError: Failed to perform 'sum' mutation on a non-U64 value in the database"),
        ("kv.atomic().set(['text'], 'x').min(['text'], 1n).commit()", "TypeError: Failed to perform 'min' mutation on a non-U64 value in the database"),
        ("kv.atomic().mutate({ type: 'max', key: ['a'], value: 1 }).commit()", "TypeError: Failed to perform 'max' mutation on a non-U64 operand"),
        ("kv.atomic().set(['a'], 1n).mutate({ type: 'sum', key: ['a'], value: 1 }).commit()", "TypeError: Cannot sum BigInt with Number"),
        ("kv.atomic().set(['a'], 1).mutate({ type: 'sum', key: ['a'], value: 1n }).commit()", "TypeError: Cannot sum Number with BigInt"),
        ("kv.atomic().sum(['a'], 1n).mutate({ type: 'sum', key: ['a'], value: 1 }).commit()", "TypeError: Cannot sum KvU64 with Number"),
        ("kv.atomic().sum(['a'], 1n).mutate({ type: 'sum', key: ['a'], value: -1n }).commit()", "TypeError: Cannot sum KvU64 with BigInt"),
        ("kv.atomic().mutate({ type: 'sum', key: ['a'], value: 'x' }).commit()", "TypeError: Some of the parameters are not valid V8 values"),
        ("kv.atomic().set(['a'], {}).mutate({ type: 'sum', key: ['a'], value: 1 }).commit()", "TypeError: unsupported value type"),
        ("kv.atomic().set([], 1).commit()", "TypeError: key cannot be empty"),
        ("kv.atomic().delete([]).commit()", "TypeError: key cannot be empty"),
        ("kv.atomic().check({ key: [] }).commit()", "TypeError: key cannot be empty"),
        ("kv.atomic().set('text', 1).commit()", "TypeError: serde_v8 error: invalid type; expected: array, got: string"),
        ("kv.atomic().set([{}], 1).commit()", "TypeError: expected string, number, bigint, ArrayBufferView, boolean"),
        ("kv.atomic().set(['x'.repeat(2047)], 1).commit()", "TypeError: Key too large for write (max 2048 bytes)"),
        ("kv.atomic().check({ key: ['x'.repeat(2047)] }).commit()", "TypeError: Key too large for write (max 2048 bytes)"),
        ("kv.atomic().set(['a'], 'x'.repeat(65531)).commit()", "TypeError: Value too large (max 65536 bytes)"),
        ("kv.atomic().set(['a'], 'x'.repeat(3e6)).commit()", "TypeError: Value too large (max 65536 bytes)"),
        ("kv.atomic().set(['a'], new Uint8Array(65537)).commit()", "TypeError: Value too large (max 65536 bytes)"),
        ("kv.atomic().enqueue('x'.repeat(65531)).commit()", "TypeError: enqueue payload too large (max 65536 bytes)"),
        ("new Deno.AtomicOperation().commit()", "BadResource: Bad resource ID"),
    ],
)  # fmt: skip
def test_refusals(session: Session, code: str, text: str) -> None:
    assert told(session, code) == text
    assert value(session, "await rows()") == []


@pytest.mark.parametrize(
    ("build", "text"),
    [
        ("for (let i = 0; i < 101; i++) op.check({ key: ['c'] })", "Too many checks (max 100)"),
        ("for (let i = 0; i < 1001; i++) op.delete(['c'])", "Too many mutations (max 1000)"),
        ("for (let i = 0; i < 1000; i++) op.delete(['c']); op.enqueue(1)", "Too many mutations (max 1000)"),
        ("for (let i = 0; i < 12; i++) op.set(['k'.repeat(2045) + String.fromCharCode(65 + i)], new Uint8Array(i ? 64170 : 64179))", "Total mutation size too large (max 819200 bytes)"),
        ("for (let i = 0; i < 41; i++) op.set(['k'.repeat(2043) + i.toString().padStart(3, '0')], 1)", "Total key size too large (max 81920 bytes)"),
        # In this order, whatever the order of the steps.
        ("op.set(['a'], 'x'.repeat(70000)).set([], 1).set([null], 1).check({ key: ['a'], versionstamp: 'no' }); for (let i = 0; i < 1001; i++) op.delete(['c'])", "Too many mutations (max 1000)"),
        ("op.set(['a'], 'x'.repeat(70000)).set([], 1).set([null], 1).check({ key: ['a'], versionstamp: 'no' })", "Invalid check"),
        ("op.set(['a'], 'x'.repeat(70000)).set([], 1).set([null], 1)", "expected string, number, bigint, ArrayBufferView, boolean"),
        ("op.set(['a'], 'x'.repeat(70000)).set([], 1)", "key cannot be empty"),
        ("op.enqueue('x'.repeat(70000)).set(['a'], 'x'.repeat(70000))", "Value too large (max 65536 bytes)"),
        ("op.enqueue('x'.repeat(70000)); for (let i = 0; i < 41; i++) op.set(['k'.repeat(2043) + i], 1)", "enqueue payload too large (max 65536 bytes)"),
    ],
)  # fmt: skip
def test_limits_and_their_order(session: Session, build: str, text: str) -> None:
    assert told(session, f"(() => {{ const op = kv.atomic(); {build}; return op.commit() }})()") == f"TypeError: {text}"
    assert session.store.head("notebook") == 0


@pytest.mark.parametrize(
    "build",
    [
        "for (let i = 0; i < 100; i++) op.check({ key: ['c'] }); op.set(['a'], 1)",
        "for (let i = 0; i < 1000; i++) op.delete(['c'])",
        "for (let i = 0; i < 12; i++) op.set(['k'.repeat(2045) + String.fromCharCode(65 + i)], new Uint8Array(i ? 64170 : 64178))",
        "for (let i = 0; i < 40; i++) op.set(['k'.repeat(2043) + i.toString().padStart(3, '0')], 1)",
        "op.set(['x'.repeat(2046)], 'x'.repeat(65530))",
        "op.set(['a'], '\\u0001'.repeat(65530))",
    ],
)
def test_what_just_fits(session: Session, build: str) -> None:
    code = f"const op = kv.atomic(); {build}; (await op.commit()).ok"
    assert value(session, code) is True


@pytest.mark.parametrize(
    "failing", ["sum(['text'], 1n)", "mutate({ type: 'max', key: ['n'], value: 1 })", "set([], 1)", "delete([{}])"]
)
def test_all_or_nothing(session: Session, failing: str) -> None:
    value(session, "await kv.set(['text'], 'x'); await kv.set(['alice'], 100)")
    before = value(session, "await rows()")
    head = session.store.head("notebook")
    operation = f"kv.atomic().set(['alice'], 50).enqueue('paid').{failing}.set(['bob'], 50).commit()"
    assert told(session, operation).startswith("TypeError: ")
    assert value(session, "await rows()") == before
    assert session.store.head("notebook") == head
    assert [size.space for size in session.store.sizes(0) or []] == ["deno"]


def test_the_trap_tells_a_cell_that_ends_without_commit(session: Session) -> None:
    with pytest.raises(ContractError, match="did you forget to call 'commit"):
        session.run("await kv.atomic().set(['a'], 1)")


def test_a_handler_that_may_only_read_commits_nothing(session: Session) -> None:
    session.strict_handlers = True
    session.run("export async function get() { return (await Deno.openKv()).atomic().set(['a'], 1).commit() }")
    with pytest.raises(ContractError, match="Deno KV is read-only"):
        session["notebook"].get("/")
    assert value(session, "await value('a')") is None


# Inspection.


def test_an_operation_shows_its_steps(session: Session) -> None:
    code = """
        [kv.atomic().check({ key: ['a', 1n], versionstamp: null }).check({ key: ['b'], versionstamp: '0'.repeat(20) })
          .set(['u', kv.commitVersionstamp()], { a: 1 }).set(['t'], new Map(), { expireIn: 5 }).set(['v'], new Uint8Array(3))
          .delete(['d']).sum(['n'], 5n).min(['n'], 2n).enqueue('hi').set([{}], 1), kv.atomic()]
    """
    assert session.run(code).text == (
        "[\n"
        "  AtomicOperation\n"
        '    check(["a", 1n], null)\n'
        '    check(["b"], "00000000000000000000")\n'
        '    set(["u", commitVersionstamp()], {"a":1})\n'
        '    set(["t"], ..., { expireIn: 5 })\n'
        '    set(["v"], Uint8Array(3))\n'
        '    delete(["d"])\n'
        '    sum(["n"], 5n)\n'
        '    min(["n"], 2n)\n'
        '    enqueue("hi")\n'
        "    refused: expected string, number, bigint, ArrayBufferView, boolean,\n"
        "  AtomicOperation (empty)\n"
        "]"
    )


# Keys that hold the versionstamp of their commit.


def test_commit_versionstamps_in_keys(session: Session) -> None:
    code = """
        const done = await kv.atomic().set(['log', kv.commitVersionstamp()], 'a').set([1, kv.commitVersionstamp()], 'b')
          .mutate({ type: 'set', key: ['m', kv.commitVersionstamp()], value: 'c', expireIn: 1000 }).commit();
        [done.versionstamp, (await rows(['log']))[0][0], (await rows([1]))[0][0], (await rows(['m']))[0][0],
         await stamp('log', done.versionstamp)]
    """
    stamp, *rest = value(session, code)
    assert rest == [["log", stamp], [1, stamp], ["m", stamp], stamp]


def test_commit_versionstamps_on_a_shared_store_leap_ahead() -> None:
    store = SharedStore()
    session, other = opened(store), opened(store)
    store.between = lambda: value(other, "await kv.set(['x'], 1)")
    stamp = value(session, "(await kv.set(['log', kv.commitVersionstamp()], 'a')).versionstamp")
    assert value(other, "(await rows(['log']))[0][0]") == ["log", stamp]
    assert value(other, "await stamp('log', given)", given=stamp) == stamp
    assert value(other, "(await kv.set(['x'], 1)).versionstamp") > stamp


def test_commit_versionstamps_of_two_sessions_at_once_differ() -> None:
    store = SharedStore()
    session, other = opened(store), opened(store)
    log = "(await kv.set(['log', kv.commitVersionstamp()], 'a')).versionstamp"
    for _ in range(3):
        store.between = lambda: value(other, log)
        value(session, log)
    found = value(session, "(await all({ prefix: ['log'] })).map(({ key, versionstamp }) => [key[1], versionstamp])")
    assert len(found) == 6
    assert all(named == stamp for named, stamp in found)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("kv.atomic().set([kv.commitVersionstamp()], 1).commit()", "key cannot be empty"),
        ("kv.atomic().set([kv.commitVersionstamp(), 'a'], 1).commit()", "expected string, number, bigint, ArrayBufferView, boolean"),
        ("kv.atomic().delete(['a', kv.commitVersionstamp()]).commit()", "expected string, number, bigint, ArrayBufferView, boolean"),
        ("kv.atomic().sum(['a', kv.commitVersionstamp()], 1n).commit()", "expected string, number, bigint, ArrayBufferView, boolean"),
        ("kv.atomic().check({ key: ['a', kv.commitVersionstamp()] }).commit()", "expected string, number, bigint, ArrayBufferView, boolean"),
        ("kv.get(['a', kv.commitVersionstamp()])", "expected string, number, bigint, ArrayBufferView, boolean"),
    ],
)  # fmt: skip
def test_commit_versionstamps_elsewhere_are_refused(session: Session, code: str, text: str) -> None:
    assert told(session, code) == f"TypeError: {text}"
    assert value(session, "String(kv.commitVersionstamp())") == "Symbol(KvCommitVersionstamp)"
    assert value(session, "kv.commitVersionstamp() === kv.commitVersionstamp()") is True


def test_a_key_may_outgrow_its_limit_by_the_stamp(session: Session) -> None:
    assert value(session, "(await kv.set(['x'.repeat(2046), kv.commitVersionstamp()], 1)).ok") is True
    assert (
        told(session, "kv.set(['x'.repeat(2047), kv.commitVersionstamp()], 1)")
        == "TypeError: Key too large for write (max 2048 bytes)"
    )


# Others on the same store.


def test_sums_of_others_are_not_lost() -> None:
    store = SharedStore()
    session, other = opened(store), opened(store)
    value(session, "await kv.atomic().sum(['n'], 1n).commit()")
    for _ in range(3):
        store.between = lambda: value(other, "await kv.atomic().sum(['n'], 10n).commit()")
        assert value(session, "(await kv.atomic().sum(['n'], 100n).set(['m'], 1).commit()).ok") is True
    assert value(session, "(await value('n')).value") == 331


def test_a_check_that_fails_meanwhile_is_told_from_a_sum_that_moved() -> None:
    store = SharedStore()
    session, other = opened(store), opened(store)
    store.between = lambda: value(other, "await kv.set(['lock'], 1)")
    code = "await kv.atomic().check({ key: ['lock'], versionstamp: null }).sum(['n'], 1n).commit()"
    assert value(session, code) == {"ok": False}
    assert value(session, "await value('n')") is None


def test_a_transfer_among_two_sessions() -> None:
    store = SharedStore()
    session, other = opened(store), opened(store)
    value(session, "await kv.set(['alice'], 100); await kv.set(['bob'], 0); const a = await kv.get(['alice']); 1")
    value(other, "const a = await kv.get(['alice']); await kv.atomic().check(a).set(['alice'], a.value - 30).commit()")
    late = "await kv.atomic().check(a).set(['alice'], a.value - 50).set(['bob'], 50).commit()"
    assert value(session, late) == {"ok": False}
    assert value(other, "await rows()") == [[["alice"], 70], [["bob"], 0]]


class Contested(SharedStore):
    """A store on which somebody else is always quicker, and stops the run when he has been so for a while."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 0

    def commit(self, *writes: Any, **options: Any) -> Committed | None:
        if options.get("checks"):
            self.times += 1
            assert self.times < 1000, "nothing stops it"
            super().commit([Write("deno", "notebook", denokey.pack(("n",)), packed_u64(self.times), "u64")], now=0)
            if self.times == 30:
                os.kill(os.getpid(), signal.SIGINT)
        return super().commit(*writes, **options)


def test_a_sum_that_never_gets_through_can_be_stopped() -> None:
    store = Contested()
    session = opened(store)
    with pytest.raises(ContractStopped):
        session.run("await kv.atomic().sum(['n'], 1n).commit()")
    assert store.times >= 30
