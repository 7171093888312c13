"""ReadableStream: as a contract makes and reads one, as a stored value is read, and as put takes one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tana_jupyter
from tana_jupyter import Session
from tests.kv_harness import opened, told, value

LOCKED = {"error": "TypeError: The ReadableStream has been locked to a reader."}
NO_BYTES = {"error": "TypeError: This ReadableStream did not return bytes."}

HELPERS = """
    globalThis.numbers = (count, log = []) => {
      let next = 0
      return new ReadableStream({
        start() { log.push('start') },
        pull(controller) { log.push(`pull ${next}`); if (next < count) controller.enqueue(next++); else controller.close() },
        cancel(reason) { log.push(`cancel ${reason}`) },
      })
    }
    globalThis.all = async (stream) => { const list = []; for await (const chunk of stream) list.push(chunk); return list }
    globalThis.of = (...chunks) => new ReadableStream({ start(c) { for (const chunk of chunks) c.enqueue(chunk); c.close() } })
"""


@pytest.fixture
def session() -> Session:
    session = opened()
    session.run(HELPERS)
    return session


BEHAVIOUR = {
    "chunks in order": ("await all(numbers(3))", [0, 1, 2]),
    "no source": ("const s = new ReadableStream(); [s.locked, typeof s.getReader]", [False, "function"]),
    "read, then done": ("const r = of('a').getReader(); [await r.read(), await r.read(), await r.read()]", [{"value": "a", "done": False}, {"done": True, "value": None}, {"done": True, "value": None}]),
    "what was read ahead": ("const log = []; numbers(5, log); await 0; await 0; await 0; await 0; log", ["start", "pull 0"]),
    "a higher mark reads further": ("const log = []; let n = 0; new ReadableStream({ pull(c) { log.push(c.desiredSize); c.enqueue(n++) } }, { highWaterMark: 3 }); await new Promise((r) => setTimeout(r)); log", [3, 2, 1]),
    "a mark of 0 waits for a reader": ("const log = []; let n = 0; const s = new ReadableStream({ pull(c) { log.push('pull'); c.enqueue(n++) } }, { highWaterMark: 0 }); await new Promise((r) => setTimeout(r)); const before = log.length; await s.getReader().read(); [before, log.length]", [0, 1]),
    "sizes": ("const s = new ReadableStream({ start(c) { c.enqueue('abc'); this.left = c.desiredSize } , left: 0 }, { highWaterMark: 5, size: (x) => x.length }); (await s.getReader().read()).value", "abc"),
    "locked": ("const s = of(1); const r = s.getReader(); const during = s.locked; r.releaseLock(); [during, s.locked]", [True, False]),
    "a released stream goes on": ("const s = of(1, 2); const r = s.getReader(); await r.read(); r.releaseLock(); await all(s)", [2]),
    "closed": ("const r = of().getReader(); await r.closed", None),
    "closed after the last chunk": ("const r = of(1).getReader(); let over = false; r.closed.then(() => { over = true }); await 0; const before = over; await r.read(); await 0; [before, over]", [False, True]),
    "cancel": ("const log = []; const s = numbers(5, log); await s.cancel('enough'); [log.at(-1), await s.getReader().read()]", ["cancel enough", {"done": True, "value": None}]),
    "cancel by the reader": ("const log = []; const r = numbers(5, log).getReader(); await r.read(); await r.cancel('x'); [log.at(-1), (await r.read()).done]", ["cancel x", True]),
    "leaving a loop cancels": ("const log = []; const s = numbers(5, log); for await (const n of s) if (n === 1) break; [log.at(-1), s.locked]", ["cancel undefined", False]),
    "unless it should not": ("const s = of(1, 2, 3); for await (const n of s.values({ preventCancel: true })) break; await all(s)", [2, 3]),
    "reads that wait": ("let c; const r = new ReadableStream({ start(given) { c = given } }).getReader(); const both = [r.read(), r.read()]; c.enqueue(1); c.enqueue(2); (await Promise.all(both)).map((x) => x.value)", [1, 2]),
    "close ends reads that wait": ("let c; const r = new ReadableStream({ start(given) { c = given } }).getReader(); const one = r.read(); c.close(); (await one).done", True),
    "an asynchronous start": ("let ready; const log = []; const s = new ReadableStream({ start: () => new Promise((r) => { ready = r }), pull(c) { log.push('pull'); c.enqueue(1); c.close() } }); const one = s.getReader().read(); await 0; const before = log.length; ready(); [before, (await one).value]", [0, 1]),
    "iterators take turns": ("const i = of(1, 2).values(); (await Promise.all([i.next(), i.next(), i.next()])).map((x) => [x.value, x.done])", [[1, False], [2, False], [None, True]]),
    "from an array": ("await all(ReadableStream.from(['a', Promise.resolve('b')]))", ["a", "b"]),
    "from a generator": ("await all(ReadableStream.from((async function* () { yield 1; yield 2 })()))", [1, 2]),
    "from, left early": ("let ended = false; for await (const x of ReadableStream.from((function* () { try { yield 1; yield 2 } finally { ended = true } })())) break; ended", True),
    "tags": ("[String(of()), String(of().getReader())]", ["[object ReadableStream]", "[object ReadableStreamDefaultReader]"]),
    "a constructed reader": ("(await new ReadableStreamDefaultReader(of(7)).read()).value", 7),
}  # fmt: skip


@pytest.mark.parametrize("case", BEHAVIOUR)
def test_behaviour(session: Session, case: str) -> None:
    code, wanted = BEHAVIOUR[case]
    assert value(session, code) == wanted


# What is asked for -> the first words of the refusal.
REFUSED = [
    ("new ReadableStream(5)", "TypeError: ReadableStream: the underlying source"),
    ("new ReadableStream({ type: 'blob' })", "RangeError: ReadableStream: there is no type blob"),
    ("new ReadableStream({}, { highWaterMark: -1 })", "RangeError: ReadableStream: highWaterMark"),
    ("new ReadableStream({}, { highWaterMark: NaN })", "RangeError: ReadableStream: highWaterMark"),
    ("new ReadableStream({ start() { throw new RangeError('mine') } })", "RangeError: mine"),
    ("new ReadableStreamDefaultController()", "TypeError: Illegal constructor"),
    ("new ReadableStreamDefaultReader({})", "TypeError: ReadableStreamDefaultReader: not a ReadableStream"),
    ("const s = of(1); s.getReader(); s.getReader()", "TypeError: The ReadableStream has been locked"),
    ("const s = of(1); s.getReader(); await s.cancel()", "TypeError: ReadableStream.cancel: the stream is locked"),
    ("of(1).getReader({ mode: 'byob' })", "TypeError: ReadableStream.getReader: only default readers"),
    ("const r = of(1).getReader(); r.releaseLock(); await r.read()", "TypeError: ReadableStreamDefaultReader.read"),
    ("const r = of(1).getReader(); r.releaseLock(); await r.closed", "TypeError: ReadableStreamDefaultReader.closed"),
    ("const r = new ReadableStream().getReader(); const one = r.read(); r.releaseLock(); await one", "TypeError: ReadableStreamDefaultReader.read"),
    ("const r = new ReadableStream({ start(c) { c.error(new RangeError('mine')) } }).getReader(); await r.read()", "RangeError: mine"),
    ("await new ReadableStream({ start(c) { c.error(new RangeError('mine')) } }).getReader().closed", "RangeError: mine"),
    ("await new ReadableStream({ async pull() { throw new RangeError('mine') } }).getReader().read()", "RangeError: mine"),
    ("await new ReadableStream({ start: async () => { throw new RangeError('mine') } }).getReader().read()", "RangeError: mine"),
    ("await new ReadableStream({ cancel() { throw new RangeError('mine') } }).cancel()", "RangeError: mine"),
    ("for await (const x of new ReadableStream({ pull(c) { c.error(new RangeError('mine')) } }));", "RangeError: mine"),
    ("new ReadableStream({ start(c) { c.close(); c.enqueue(1) } })", "TypeError: ReadableStream: enqueue() comes after"),
    ("new ReadableStream({ start(c) { c.close(); c.close() } })", "TypeError: ReadableStream: close() comes after"),
    ("new ReadableStream({ type: 'bytes', start(c) { c.enqueue('text') } })", "TypeError: ReadableStream: a stream of bytes"),
    ("new ReadableStream({ start(c) { c.enqueue(1) } }, { size: () => -1 })", "RangeError: ReadableStream: the size of a chunk"),
    ("ReadableStream.from(5)", "TypeError: ReadableStream.from: the argument is not iterable"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "words"), REFUSED)
def test_refusals(session: Session, code: str, words: str) -> None:
    answer = value(session, f"await told(async () => {{ {code} }})")
    assert answer["error"].startswith(words), answer


def test_a_failed_stream_that_nobody_reads_fails_no_run(session: Session) -> None:
    value(session, "new ReadableStream({ start(c) { c.error(new Error('quiet')) } }).getReader(); 1")


def test_a_stored_value_comes_in_chunks(session: Session) -> None:
    code = """
        await kv.put('k', new Uint8Array(150_000).fill(7), { metadata: 1 })
        const chunks = await all(await kv.get('k', 'stream'))
        const { value, metadata } = await kv.getWithMetadata('k', { type: 'stream' })
        ;[chunks.map((chunk) => chunk.length), chunks.every((chunk) => chunk instanceof Uint8Array), (await all(value)).length, metadata]
    """
    assert value(session, code) == [[65536, 65536, 18928], True, 3, 1]


def test_an_empty_value_ends_at_once(session: Session) -> None:
    code = "await kv.put('k', ''); const r = (await kv.get('k', 'stream')).getReader(); [(await r.read()).done, await r.closed]"
    assert value(session, code) == [True, None]


PUTS: list[tuple[str, list[int]]] = [
    ("of()", []),
    ("of(bytes(1, 2), bytes(3))", [1, 2, 3]),
    ("of(bytes(1, 2, 3).subarray(1, 2), new DataView(bytes(9, 8).buffer, 1), new Uint16Array([258]), bytes(5).buffer)", [2, 8, 2, 1, 5]),
    ("ReadableStream.from([bytes(1), bytes(2)])", [1, 2]),
    ("new ReadableStream({ async pull(c) { await new Promise((r) => setTimeout(r, 5)); c.enqueue(bytes(4)); c.close() } })", [4]),
    ("(() => { const one = bytes(1); let n = 0; return new ReadableStream({ pull(c) { if (n++ > 2) c.close(); else { one[0] = n; c.enqueue(one) } } }, { highWaterMark: 0 }) })()", [1, 2, 3]),
]  # fmt: skip


@pytest.mark.parametrize(("stream", "wanted"), PUTS)
def test_put_reads_a_stream_to_its_end(session: Session, stream: str, wanted: list[int]) -> None:
    assert told(session, f"kv.put('k', {stream}, {{ metadata: 'm' }})") is None
    assert value(session, "[await read('k'), (await kv.getWithMetadata('k')).metadata]") == [wanted, "m"]


FAILING: list[tuple[str, dict[str, object]]] = [
    ("new ReadableStream({ start(c) { c.enqueue(bytes(1)) }, pull(c) { c.error(new RangeError('mine')) } })", {"error": "RangeError: mine"}),
    ("new ReadableStream({ pull() { throw new RangeError('mine') } })", {"error": "RangeError: mine"}),
    ("of(bytes(1), 'text')", NO_BYTES),
    ("of(5)", NO_BYTES),
    ("of(null)", NO_BYTES),
    ("of({})", NO_BYTES),
    ("(() => { const s = of(bytes(1)); s.getReader(); return s })()", LOCKED),
    ("(() => { const s = of(bytes(1)); const r = s.getReader(); r.read(); r.releaseLock(); return s })()", LOCKED),
]  # fmt: skip


@pytest.mark.parametrize(("stream", "wanted"), FAILING)
def test_a_stream_that_fails_leaves_what_was_there(session: Session, stream: str, wanted: dict[str, object]) -> None:
    value(session, "await kv.put('k', 'kept', { metadata: 1 })")
    assert told(session, f"kv.put('k', {stream})") == wanted
    session.settle(60)
    assert value(session, "const { value, metadata } = await kv.getWithMetadata('k'); [value, metadata]") == ["kept", 1]


def test_a_stream_is_cancelled_where_it_gives_no_bytes(session: Session) -> None:
    code = "const log = []; await told(() => kv.put('k', numbers(5, log))); log.at(-1)"
    assert value(session, code) == "cancel TypeError: This ReadableStream did not return bytes."


def test_a_refused_put_does_not_touch_its_stream(session: Session) -> None:
    code = "const s = of(bytes(1)); [await told(() => kv.put('', s)), await told(() => kv.put('k', s, { expirationTtl: 1 })), s.locked, (await all(s)).length]"
    empty, short, *rest = value(session, code)
    assert empty == {"error": "TypeError: Key name cannot be empty."}
    assert short["error"].startswith("Error: KV PUT failed: 400")
    assert rest == [False, 1]


@pytest.mark.parametrize(("over", "wanted"), [(0, None), (1, 26_214_401)])
def test_the_largest_stream(session: Session, over: int, wanted: int | None) -> None:
    code = f"""
        let left = 26_214_400 + {over}, cancelled = false
        const source = new ReadableStream({{
          pull(c) {{ const size = Math.min(left, 1_000_001); c.enqueue(new Uint8Array(size).fill(200)); if (!(left -= size)) c.close() }},
          cancel() {{ cancelled = true }},
        }})
        const answer = await told(() => kv.put('k', source))
        ;[answer?.error, (await kv.get('k', 'arrayBuffer'))?.byteLength]
    """
    text = None if wanted is None else f"Error: KV value too large: {wanted} bytes (max 26214400)"
    assert value(session, code) == [text, 26_214_400 if wanted is None else None]


def test_an_endless_stream_is_given_up(session: Session) -> None:
    code = """
        let cancelled = false
        const endless = new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(1_000_000)) }, cancel() { cancelled = true } })
        const answer = await told(() => kv.put('k', endless))
        ;[answer.status, cancelled]
    """
    assert value(session, code) == [413, True]


def test_copying_a_value_by_stream(session: Session) -> None:
    code = "await kv.put('a', bytes(1, 255)); await kv.put('b', await kv.get('a', 'stream')); await read('b')"
    assert value(session, code) == [1, 255]


def test_the_typings_declare_what_exists(session: Session) -> None:
    folder = Path(tana_jupyter.__file__).with_name("modules")
    text = folder.joinpath("streams", "streams.d.ts").read_text("utf-8")
    classes = re.findall(r"declare class (\w+)<.*?\{\n(.*?)\n\}", text, re.DOTALL)
    assert [name for name, _ in classes] == [
        "ReadableStream",
        "ReadableStreamDefaultReader",
        "ReadableStreamDefaultController",
    ]
    for name, body in classes:
        declared = set(re.findall(r"^  (?:readonly |static )?(\w+)[<(:?]", body, re.MULTILINE)) - {"constructor"}
        code = f"Object.getOwnPropertyNames({name}.prototype).concat(Object.getOwnPropertyNames({name}))"
        there = set(value(session, code)) - {"constructor", "prototype", "length", "name"}
        assert declared == there, name
