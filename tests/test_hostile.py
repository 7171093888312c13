"""Code that does not end, or takes all there is: each run ends with its own message, and the next one works."""

from collections.abc import Iterator

import pytest

from tana_jupyter.errors import ContractError, ContractTimeout
from tana_jupyter.session import Session

LIMIT = 0.25
BEFORE = "import { kv } from 'tana/kv'; var keep = 'kept'; await kv.put('before', '1')"


@pytest.fixture
def session() -> Iterator[Session]:
    session = Session()
    session.show = lambda *_: None
    session.run(BEFORE)
    yield session
    assert list(session.failures) == []  # no host call failed inside


def ended(session: Session, source: str, limit: float = LIMIT) -> ContractError:
    """The error of a run that may not go well."""
    with pytest.raises(ContractError) as caught:
        session.run(source, timeout=limit)
    assert session.run("1 + 1", timeout=5).value == 2
    assert session.get("before", "notebook") == "1"
    return caught.value


def kept(session: Session) -> bool:
    return session.run("typeof keep === 'undefined' ? '' : keep").value == "kept"


STORE_LOOPS = [
    "for (;;) { try { await kv.put('a', 'b') } catch {} }",
    "for (;;) { try { await kv.put('a', 'b') } finally { continue } }",
    "for (;;) await kv.get('before')",
    "for (let i = 0; ; i++) { await kv.put(`k${i}`, 'x'); await kv.delete(`k${i - 9}`) }",
    "for (;;) await kv.list()",
    "for (;;) await Promise.all([kv.put('a', 'b'), kv.get('a')])",
    "const again = () => kv.put('a', 'b').then(again, again); await again()",
    "await Promise.race([kv.put('a', 'b'), new Promise(() => {})]); for (;;) await kv.get('a')",
    "await Promise.resolve().then(async () => { for (;;) await kv.put('a', 'b') })",
    "for (;;) await new Promise((done) => setTimeout(done, 1))",
    "setInterval(() => {}, 0); await new Promise(() => {})",
    "(function again() { setTimeout(again, 0) })(); await new Promise(() => {})",
]


@pytest.mark.parametrize("source", STORE_LOOPS)
def test_a_loop_of_store_calls_or_timers_ends_and_keeps_the_variables(session: Session, source: str):
    error = ended(session, source)
    assert isinstance(error, ContractTimeout)
    assert f"ran longer than {LIMIT} s" in error.message
    assert not any("variables are gone" in text for text in error.helps)
    assert kept(session)


ENDLESS = [
    "while (true) {}",
    "await 0; while (true) {}",
    "for (;;) await 0",
    "setTimeout(() => { for (;;); }, 0); await new Promise(() => {})",
    "setTimeout(async () => { await 0; for (;;); }, 0); await new Promise(() => {})",
    "({ get x() { for (;;); } })",
    "({ toJSON() { for (;;); } })",
    "new (class { get [Symbol.toStringTag]() { for (;;); } })()",
    "({ then() { for (;;); } })",
    "({ [Symbol.for('Jupyter.display')]() { for (;;); } })",
    "console.log({ toJSON() { for (;;); } })",
    "console.log({ toJSON() { return undefined }, toString() { for (;;); } })",
    "console.log(Object.defineProperty(new Error('x'), 'message', { get() { for (;;); } }))",
    "await kv.put('k', { toJSON() { for (;;); } })",
    "await kv.get({ toString() { for (;;); } })",
    "await kv.list({ get prefix() { for (;;); } })",
    "Promise.resolve().then(() => { for (;;); }); 1",
    "queueMicrotask(function again() { queueMicrotask(again) }); 1",
    "(async function* () {})().next().then(() => { for (;;); }); 1",
    "for (;;) { try { (() => { for (;;); })() } catch {} finally {} }",
    "for (;;) { try { console.log('x') } catch {} finally { continue } }",
    "(function again() { try { again() } finally { again() } })()",
    "throw Object.defineProperty(new Error('x'), 'message', { get() { for (;;); } })",
    "Promise.reject({ toString() { for (;;); } }); 1",
    "Error.prepareStackTrace = () => { for (;;); }; null.x",
    "/^(a+)+$/.test('a'.repeat(40) + 'b')",
    "await 0; 'a'.repeat(40).replace(/^(a|a)+c/, '')",
    "JSON.parse('[1]', () => { for (;;); })",
    "[2, 1].sort(() => { for (;;); })",
    "Reflect.ownKeys(new Proxy({}, { ownKeys() { for (;;); } }))",
    "new Function('for (;;);')()",
    "(0, eval)('for (;;);')",
    "const f = new FinalizationRegistry(() => { for (;;); }); for (let i = 0; i < 9; i++) f.register({}, 1); for (;;) await 0",
    "let n = 1n; for (;;) n = (n * 3n) & 0xffffffffffffn",
]


@pytest.mark.parametrize("source", ENDLESS)
def test_code_that_does_not_end_is_ended(session: Session, source: str):
    error = ended(session, source)
    assert isinstance(error, ContractTimeout)
    assert error.headline.endswith(f"ran longer than {LIMIT} s")
    # Where the isolate had to be rebuilt the user is told; where it was not, everything is there.
    told = any("variables are gone, its data is not" in text for text in error.helps)
    assert kept(session) is not told


ALLOCATION = [
    "const all = []; for (;;) all.push(new Array(1000).fill(1))",
    "await 0; const all = []; for (;;) all.push(new Array(1000).fill(1))",
    "let text = 'x'; for (;;) text += text",
    "const all = []; for (;;) all.push(new ArrayBuffer(1e6))",
    "const all = []; for (;;) all.push(new Promise(() => {}).then(() => {}))",
    "const all = []; for (;;) all.push(new Error('x'))",
    "const all = []; for (;;) all.push(() => all)",
    "const all = {}; for (let i = 0; ; i++) all[`k${i}`] = { i }",
    "async function grow() { const all = []; for (;;) { all.push(new ArrayBuffer(1e5)); await 0 } } await grow()",
    "setTimeout(() => { const all = []; for (;;) all.push(new ArrayBuffer(1e6)) }, 0); 1",
    "let p = Promise.resolve(); for (let i = 0; i < 1e6; i++) p = p.then(() => {}); await p",
]


@pytest.mark.parametrize("source", ALLOCATION)
def test_endless_allocation_is_told_as_such_and_the_isolate_rebuilt(session: Session, source: str):
    error = ended(session, source, limit=20)
    assert error.kind == "Out Of Memory"
    assert error.message == "The contract used up its memory (128 MiB)"
    assert error.helps == ("The contract's variables are gone, its data is not: run its cells again.",)
    assert not kept(session)


def test_variables_that_went_with_the_memory_are_missed_and_exports_forgotten(session: Session):
    session.run("export function get() { return 1 }")
    ended(session, "const all = []; for (;;) all.push(new ArrayBuffer(1e6))", limit=20)
    assert not session["notebook"].exports
    with pytest.raises(ContractError, match="kv is not defined"):
        session.run("await kv.get('before')")


def test_a_null_that_is_thrown_is_no_full_memory(session: Session):
    for source in (
        "throw null",
        "Promise.reject(null); 1",
        "await Promise.reject(null)",
        "setTimeout(() => { throw null }); 1",
    ):
        error = ended(session, source, limit=5)
        assert error.headline == "Uncaught: null", source
        assert kept(session)


@pytest.mark.parametrize(
    "source",
    [
        "(function down() { return down() + 1 })()",
        "const o = { toString() { return `${o}` } }; `${o}`",
        "({ get x() { return this.x } }).x",
        "JSON.parse('['.repeat(1e6))",
        "(0, eval)('('.repeat(1e6))",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; JSON.stringify(a)",
        "let p = {}; for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); p.x",
        "async function down(n) { return n ? down(n - 1) : 1 } await down(1e5)",
        # These went down natively, past the engine's own limit, and took the process along.
        "let i = [1].values(); for (let n = 0; n < 1e5; n++) i = i.map((x) => x); [...i]",
        "let i = [1].values(); for (let n = 0; n < 1e5; n++) i = i.take(5); i.return()",
        "let i = [1].values(); for (let n = 0; n < 1e5; n++) i = i.flatMap((x) => [x]); for (const x of i) break",
    ],
)
def test_endless_recursion_is_a_range_error(session: Session, source: str):
    error = ended(session, source, limit=20)
    assert error.headline == "RangeError: Maximum call stack size exceeded"
    assert kept(session)


def test_iterator_helpers_are_still_themselves(session: Session):
    source = "[...[1, 2, 3, 4].values().filter((x) => x % 2).map((x) => x * 2).flatMap((x) => [x, x]).drop(1)]"
    assert session.run(source).value == [2, 6, 6]
    assert session.run("[...[1, 2, 3].values().take(2)]").value == [1, 2]
    assert session.run("Object.getPrototypeOf([].values().map(String)).next.name").value == "next"


def test_a_flood_of_console_lines_is_cut(session: Session):
    shown: list[str] = []
    session.show = lambda _stream, text: shown.append(text)
    error = ended(session, "for (;;) console.log('x'.repeat(100))", limit=1.5)
    assert isinstance(error, ContractTimeout)
    assert kept(session)
    assert sum(map(len, shown)) < 2_000_000
    assert any("console output is cut" in text for text in shown)


def test_large_puts_end_at_the_limit_of_the_store():
    session = Session(store_limit=20 * 2**20)
    session.run(BEFORE)
    error = ended(session, "for (let i = 0; ; i++) await kv.put(`big${i}`, 'x'.repeat(4e6))", limit=20)
    assert error.message.startswith("The store memory: is full")
    assert "Nothing was written" in error.message
    assert session.run("(await kv.list({ prefix: 'big' })).keys.length").value == 5
    assert kept(session)
    error = ended(session, "for (let i = 0; ; i++) { try { await kv.put(`big${i}`, 'x'.repeat(4e6)) } catch {} }")
    assert isinstance(error, ContractTimeout)
    assert kept(session)
    assert list(session.failures) == []


def test_large_puts_over_one_key_end_at_the_time_limit(session: Session):
    error = ended(session, "for (;;) await kv.put('big', 'x'.repeat(8e6))", limit=0.5)
    assert isinstance(error, ContractTimeout)
    assert kept(session)
    assert session.run("(await kv.get('big')).length").value == 8_000_000


HUGE_TEXTS = {
    "ascii": "'a'.repeat(26214400)",
    "two bytes": "'é'.repeat(13107200)",
    "three bytes": "'漢'.repeat(8738133)",
    "pairs": "'😀'.repeat(6553600)",
    "nothing but U+0000": "'\\0'.repeat(26214400)",
    "quotes": "'\"'.repeat(26214400)",
    "line breaks": "'\\n'.repeat(26214400)",
    "one wide character among ASCII": "'漢' + 'a'.repeat(26214397)",
}


@pytest.mark.parametrize("text", HUGE_TEXTS.values(), ids=HUGE_TEXTS.keys())
def test_values_of_25_mib_go_in_and_out_within_the_heap(session: Session, text: str):
    session.run(f"await kv.put('huge', {text})", timeout=30)
    assert session.run(f"(await kv.get('huge')) === {text}", timeout=30).value is True
    ended(session, f"await kv.put('huge', {text} + '--')", limit=30)
    assert kept(session)


def test_errors_and_values_of_any_length_are_told_briefly(session: Session):
    for source in (
        "throw new Error('x'.repeat(5e7))",
        "throw new Error('\\0'.repeat(2e7))",
        "throw 'x'.repeat(5e7)",
    ):
        error = ended(session, source, limit=10)
        assert error.name in {"Error", "Uncaught"}
        assert len(error.message) < 25_000
        assert kept(session)
    outcome = session.run("'é'.repeat(1e7)", timeout=20)
    assert outcome.value == "é" * 10_000_000
    assert len(repr(outcome)) < 25_000
    # Escaped sixfold this one does not fit the heap as a value; it is shown all the same.
    assert len(repr(session.run("'\\0'.repeat(2e7)", timeout=20))) < 100_000


def test_many_unhandled_rejections_are_one_error(session: Session):
    error = ended(session, "for (let i = 0; i < 3000; i++) Promise.reject(new Error(`no ${i}`)); 1", limit=20)
    assert error.message.startswith("no ")
    assert kept(session)


def test_other_contracts_are_not_touched_by_one_that_was_ended(session: Session):
    session.run("var mine = 1; setTimeout(() => {}, 1e6)", contract="other")
    ended(session, "for (;;) await 0")
    assert session.run("mine", contract="other").value == 1
    assert session["other"].timers == 1
