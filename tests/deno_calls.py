"""What Deno KV does, call by call: a line of code and what it comes to, under what it is about.

A line is ``setup ;; call`` or a call alone. What the call comes to is a text: its value, ``rejects Class: text``, or
``throws Class: text`` where it does not even return a promise. tests/snippets/deno_show.js makes that text, in Deno as
well as here.
"""

from __future__ import annotations

Facts = dict[str, list[tuple[str, str]]]

PART = "TypeError: expected string, number, bigint, ArrayBufferView, boolean"
BAD = "BadResource: Bad resource ID"
MISS = "{key: ['a'], value: null, versionstamp: null}"
DONE = "{ok: true, versionstamp: <stamp>}"

GETTING_A_STORE: Facts = {
    "openKv": [
        ("(async () => (await Deno.openKv(':memory:')) instanceof Deno.Kv)()", "true"),
        ("const other = await Deno.openKv(':memory:'); await other.set(['a'], 1) ;; kv.get(['a'])", MISS),
        ("Deno.openKv('')", "rejects TypeError: Filename cannot be empty"),
        ("Deno.openKv(5)", "rejects TypeError: Filename cannot be empty"),
        ("Deno.openKv(':foo')", "rejects TypeError: Filename cannot start with ':' unless prefixed with './'"),
    ],
    "Kv": [
        ("new Deno.Kv()", "throws TypeError: Deno.Kv can not be constructed: use Deno.openKv instead"),
        ("Object.prototype.toString.call(kv)", "'[object Object]'"),
        ("['atomic', 'commitVersionstamp', 'get', 'getMany', 'set', 'delete', 'list', 'enqueue', 'listenQueue', 'watch', 'close', Symbol.dispose].map((name) => typeof Deno.Kv.prototype[name]).every((kind) => kind === 'function')", "true"),
        ("['openKv', 'Kv', 'KvU64', 'KvListIterator', 'AtomicOperation'].map((name) => typeof Deno[name])", "['function', 'function', 'function', 'function', 'function']"),
    ],
    "AtomicOperation": [
        ("['check', 'mutate', 'sum', 'min', 'max', 'set', 'delete', 'enqueue', 'commit', 'then'].every((name) => typeof Deno.AtomicOperation.prototype[name] === 'function')", "true"),
        ("[kv.atomic() instanceof Deno.AtomicOperation, new Deno.AtomicOperation() instanceof Deno.AtomicOperation]", "[true, true]"),
    ],
    "KvListIterator": [
        ("kv.list({ prefix: [] }) instanceof Deno.KvListIterator", "true"),
    ],
}  # fmt: skip

READING_AND_WRITING: Facts = {
    "get": [
        ("await kv.set(['a', 1], { n: 1 }) ;; kv.get(['a', 1])", "{key: ['a', 1], value: {n: 1}, versionstamp: <stamp>}"),
        ("kv.get(['a'])", MISS),
        ("kv.get([])", "{key: [], value: null, versionstamp: null}"),
        ("const miss = ['b'] ;; (async () => (await kv.get(miss)).key === miss)()", "true"),
        ("const hit = ['a']; await kv.set(hit, 1) ;; (async () => (await kv.get(hit)).key === hit)()", "false"),
        ("await kv.set(['a'], 1) ;; (async () => Object.isFrozen(await kv.get(['a'])))()", "false"),
        ("kv.get(undefined)", "rejects TypeError: Invalid range"),
        ("kv.get(null)", "rejects TypeError: Invalid range"),
    ],
    "get consistency": [
        ("await kv.set(['a'], 1) ;; kv.get(['a'], { consistency: 'eventual' })", "{key: ['a'], value: 1, versionstamp: <stamp>}"),
        ("kv.get(['a'], { consistency: 'strong' })", MISS),
        ("kv.get(['a'], { consistency: 'weak' })", "rejects TypeError: unknown variant `weak`, expected `strong` or `eventual`"),
    ],
    "getMany": [
        ("await kv.set(['a'], 1) ;; kv.getMany([['b'], ['a']])", "[{key: ['b'], value: null, versionstamp: null}, {key: ['a'], value: 1, versionstamp: <stamp>}]"),
        ("kv.getMany([])", "[]"),
        ("(async () => (await kv.getMany(Array.from({ length: 10 }, (_, n) => [n]))).length)()", "10"),
        ("kv.getMany(Array.from({ length: 11 }, (_, n) => [n]))", "rejects TypeError: Too many ranges (max 10)"),
    ],
    "getMany consistency": [
        ("kv.getMany([['a']], { consistency: 'eventual' })", f"[{MISS}]"),
        ("kv.getMany([['a']], { consistency: 'weak' })", "rejects TypeError: unknown variant `weak`, expected `strong` or `eventual`"),
    ],
    "set": [
        ("kv.set(['a'], 1)", DONE),
        ("kv.set([], 1)", "rejects TypeError: key cannot be empty"),
        ("kv.set(undefined, 1)", "rejects TypeError: Cannot read properties of undefined (reading 'length')"),
    ],
    "set expireIn": [
        ("kv.set(['a'], 1, { expireIn: 60_000 })", DONE),
        ("kv.set(['a'], 1, { expireIn: 0 })", DONE),
        ("kv.set(['a'], 1, { expireIn: 1e14 })", DONE),
        *((f"kv.set(['a'], 1, {{ expireIn: {given} }})", f"rejects TypeError: expireIn must be a non-negative integer: received {shown}")
          for given, shown in [("-1", "-1"), ("1.5", "1.5"), ("NaN", "NaN"), ("Infinity", "Infinity"), ("null", "null"), ("'5'", "5"), ("5n", "5"), ("true", "true")]),
        ("kv.set(['a'], 1, { expireIn: 8.64e15 })", "rejects TypeError: Invalid mutation: expireIn is too large: 8640000000000000"),
    ],
    "delete": [
        ("await kv.set(['a'], 1) ;; kv.delete(['a'])", "undefined"),
        ("kv.delete(['a'])", "undefined"),
        ("const one = await kv.set(['a'], 1); await kv.delete(['none']); const two = await kv.set(['a'], 1) ;; two.versionstamp > one.versionstamp", "true"),
        ("kv.delete([])", "rejects TypeError: key cannot be empty"),
    ],
}  # fmt: skip

ROWS = "await put(kv, ['a'], ['a', 'b'], ['a', 'c'], ['a', 'c', 1], ['aa'], ['b'])"
LETTERS = "for (const letter of 'abcdef') await kv.set([letter], letter)"
NOT_POSITIVE = "must be a positive integer: received"

LISTS: Facts = {
    "list prefix": [
        (f"{ROWS} ;; keys(kv, {{ prefix: ['a'] }})", "[['a', 'b'], ['a', 'c'], ['a', 'c', 1]]"),
        (f"{ROWS} ;; keys(kv, {{ prefix: ['a', 'c', 1] }})", "[]"),
        ("await put(kv, ['a'], [1]) ;; keys(kv, { prefix: [] })", "[['a'], [1]]"),
        ("await put(kv, ['a', 'b', 'c', 1]) ;; keys(kv, { prefix: 'abc' })", "[['a', 'b', 'c', 1]]"),
        ("kv.list({})", "throws TypeError: Selector must specify either 'prefix' or both 'start' and 'end' key"),
        ("kv.list(Object.create({ prefix: [] }))", "throws TypeError: Selector must specify either 'prefix' or both 'start' and 'end' key"),
        ("await kv.set(['a', 1], { n: 1 }) ;; all(kv, { prefix: ['a'] })", "[{key: ['a', 1], value: {n: 1}, versionstamp: <stamp>}]"),
    ],
    "list start": [
        (f"{ROWS} ;; keys(kv, {{ prefix: ['a'], start: ['a', 'c'] }})", "[['a', 'c'], ['a', 'c', 1]]"),
        (f"{ROWS} ;; keys(kv, {{ start: ['a', 'c'], end: ['b'] }})", "[['a', 'c'], ['a', 'c', 1], ['aa']]"),
        ("kv.list({ start: ['a'] })", "throws TypeError: Selector must specify either 'prefix' or both 'start' and 'end' key"),
        ("all(kv, { prefix: ['a'], start: ['b'] })", "rejects TypeError: Start key is not in the keyspace defined by prefix"),
        ("all(kv, { prefix: ['a'], start: ['a'] })", "rejects TypeError: Start key is not in the keyspace defined by prefix"),
        ("all(kv, { start: ['b'], end: ['a'] })", "rejects TypeError: Start key is greater than end key"),
        ("await put(kv, ['a']) ;; keys(kv, { start: ['a'], end: ['a'] })", "[]"),
    ],
    "list end": [
        (f"{ROWS} ;; keys(kv, {{ prefix: ['a'], end: ['a', 'c'] }})", "[['a', 'b']]"),
        ("kv.list({ end: ['a'] })", "throws TypeError: Selector must specify either 'prefix' or both 'start' and 'end' key"),
        ("kv.list({ prefix: ['a'], start: ['a', 1], end: ['a', 2] })", "throws TypeError: Selector can not specify both 'start' and 'end' key when specifying 'prefix'"),
        ("all(kv, { prefix: ['a'], end: ['b'] })", "rejects TypeError: End key is not in the keyspace defined by prefix"),
    ],
    "list limit": [
        (f"{LETTERS} ;; values(kv, {{ prefix: [] }}, {{ limit: 2 }})", "['a', 'b']"),
        ("const op = kv.atomic(); for (let n = 0; n < 1000; n++) op.set([n], n); await op.commit(); await put(kv, ['z']) ;; (async () => (await all(kv, { prefix: [] }, { limit: 1001 })).length)()", "1001"),
        *((f"kv.list({{ prefix: [] }}, {{ limit: {given} }})", f"throws Error: Limit {NOT_POSITIVE} {given}") for given in ("0", "-1", "1.5", "NaN", "null")),
    ],
    "list batchSize": [
        (f"{LETTERS} ;; values(kv, {{ prefix: [] }}, {{ batchSize: 4 }})", "['a', 'b', 'c', 'd', 'e', 'f']"),
        (f"{LETTERS}; const seen = []; for await (const {{ key }} of kv.list({{ prefix: [] }}, {{ batchSize: 2 }})) {{ seen.push(key[0]); await kv.delete(['b']); await kv.delete(['d']) }} ;; seen", "['a', 'b', 'c', 'e', 'f']"),
        *((f"kv.list({{ prefix: [] }}, {{ batchSize: {given} }})", f"throws Error: batchSize {NOT_POSITIVE} {given}") for given in ("0", "-1", "1.5")),
        ("all(kv, { prefix: [] }, { batchSize: 1000 })", "[]"),
        ("all(kv, { prefix: [] }, { batchSize: 1001 })", "rejects TypeError: Too many entries (max 1000)"),
    ],
    "list reverse": [
        (f"{LETTERS} ;; values(kv, {{ prefix: [] }}, {{ reverse: true, limit: 2 }})", "['f', 'e']"),
        (f"{LETTERS} ;; values(kv, {{ start: ['b'], end: ['d'] }}, {{ reverse: true }})", "['c', 'b']"),
        (f"{LETTERS} ;; values(kv, {{ prefix: [] }}, {{ reverse: 1, limit: 2 }})", "['a', 'b']"),
    ],
    "list consistency": [
        (f"{LETTERS} ;; values(kv, {{ prefix: [] }}, {{ consistency: 'eventual', limit: 1 }})", "['a']"),
        ("all(kv, { prefix: [] }, { consistency: 'weak' })", "rejects TypeError: unknown variant `weak`, expected `strong` or `eventual`"),
    ],
    "list iterator": [
        ("const { value, done } = await kv.list({ prefix: [] }).next() ;; [value, done]", "[undefined, true]"),
        ("await kv.set(['a'], 1); const { value, done } = await kv.list({ prefix: [] }).next() ;; [value, done]", "[{key: ['a'], value: 1, versionstamp: <stamp>}, false]"),
        ("const it = kv.list({ prefix: [] }) ;; [it[Symbol.asyncIterator]() === it, it.return, it.throw]", "[true, undefined, undefined]"),
        (f"{LETTERS}; const it = kv.list({{ prefix: [] }}); for await (const {{ value }} of it) if (value === 'b') break ;; Array.fromAsync(it, ({{ value }}) => value)", "['c', 'd', 'e', 'f']"),
    ],
    "list cursor": [
        ("kv.list({ prefix: [] }).cursor", "throws Error: Cannot get cursor before first iteration"),
        ("kv.list({ prefix: [] }, { cursor: 'AmIA' }).cursor", "'AmIA'"),
        ("await put(kv, ['a', 'b']) ;; (async () => { const it = kv.list({ prefix: ['a'] }); await it.next(); return it.cursor })()", "'AmIA'"),
        ("await put(kv, ['a', 'b'], ['a', 'c']) ;; (async () => { const it = kv.list({ start: ['a', 'b'], end: ['a', 'd'] }); await it.next(); return it.cursor })()", "'YgA='"),
        (f"{LETTERS}; const it = await entered(kv, 7) ;; it.cursor", "''"),
        (f"{LETTERS}; const it = await entered(kv, 3, {{ limit: 2 }}) ;; it.cursor", "'AmIA'"),
        (f"{LETTERS} ;; values(kv, {{ prefix: [] }}, {{ cursor: 'AmQA' }})", "['e', 'f']"),
        (f"{LETTERS} ;; values(kv, {{ prefix: [] }}, {{ cursor: 'AmQA', reverse: true }})", "['c', 'b', 'a']"),
        (f"{LETTERS} ;; values(kv, {{ prefix: [] }}, {{ cursor: '', limit: 1 }})", "['a']"),
        ("all(kv, { prefix: [] }, { cursor: 'AmQ' })", "rejects TypeError: invalid cursor"),
        ("all(kv, { prefix: [] }, { cursor: '++==' })", "rejects TypeError: invalid cursor"),
        ("all(kv, { start: ['b'], end: ['d'] }, { cursor: 'YQA=' })", "rejects TypeError: cursor out of bounds"),
        ("all(kv, { start: ['b'], end: ['d'] }, { cursor: '_w==', reverse: true })", "rejects TypeError: cursor out of bounds"),
        (f"{LETTERS} ;; all(kv, {{ start: ['b'], end: ['d'] }}, {{ cursor: '_w==' }})", "[]"),
    ],
}  # fmt: skip

NO_STAMPS = ("''", "'0'.repeat(18)", "'0'.repeat(22)", "'z'.repeat(20)")
TRAP = "rejects TypeError: 'Deno.AtomicOperation' is not a promise: did you forget to call 'commit()'"
NO_V8 = "rejects TypeError: Some of the parameters are not valid V8 values"


def _after(steps: str, before: str = "") -> str:
    """The value of a key after some steps of one operation."""
    first = f"await kv.set(['k'], {before}); " if before else ""
    return f"{first}await kv.atomic(){steps}.commit() ;; (async () => (await kv.get(['k'])).value)()"


ATOMIC: Facts = {
    "atomic check": [
        ("const there = await kv.set(['a'], 1) ;; kv.atomic().check({ key: ['a'], versionstamp: there.versionstamp }).commit()", DONE),
        ("const there = await kv.set(['a'], 1) ;; kv.atomic().check({ key: ['a'], versionstamp: there.versionstamp.toUpperCase() }).commit()", DONE),
        ("await kv.set(['a'], 1); const there = await kv.get(['a']), none = await kv.get(['b']) ;; kv.atomic().check(there, none).commit()", DONE),
        ("kv.atomic().check({ key: ['a'], versionstamp: null }).check({ key: ['a'] }).commit()", DONE),
        ("await kv.set(['a'], 1) ;; kv.atomic().check({ key: ['a'], versionstamp: null }).set(['b'], 1).commit()", "{ok: false}"),
        ("kv.atomic().check({ key: ['a'], versionstamp: '0'.repeat(19) + '1' }).commit()", "{ok: false}"),
        ("kv.atomic().set(['a'], 1).check({ key: ['a'], versionstamp: null }).commit()", DONE),
        *((f"kv.atomic().check({{ key: ['a'], versionstamp: {stamp} }}).commit()", "rejects TypeError: Invalid check") for stamp in NO_STAMPS),
    ],
    "atomic set": [
        (_after(".set(['k'], 1).set(['k'], 2).delete(['k']).set(['k'], 3)"), "3"),
        ("const value = { n: 1 }; const op = kv.atomic().set(['k'], value); value.n = 2; await op.commit() ;; (async () => (await kv.get(['k'])).value)()", "{n: 1}"),
        ("kv.atomic().set(['a'], () => 1)", "throws TypeError: () => 1 could not be cloned."),
        ("kv.atomic().set([], 1).commit()", "rejects TypeError: key cannot be empty"),
    ],
    "atomic set expireIn": [
        ("kv.atomic().set(['a'], 1, { expireIn: 1000 }).commit()", DONE),
        ("kv.atomic().set(['a'], 1, { expireIn: -1 })", "throws TypeError: expireIn must be a non-negative integer: received -1"),
        ("kv.atomic().set(['a'], 1, { expireIn: 8.64e15 }).commit()", "rejects TypeError: Invalid mutation: expireIn is too large: 8640000000000000"),
    ],
    "atomic delete": [
        (_after(".delete(['k'])", "1"), "null"),
        ("kv.atomic().delete(['none']).commit()", DONE),
    ],
    "atomic sum": [
        (_after(".sum(['k'], 1n).sum(['k'], 2n).max(['k'], 10n).min(['k'], 7n)"), "KvU64(7)"),
        (_after(".sum(['k'], 3n)", "new Deno.KvU64(2n ** 64n - 1n)"), "KvU64(2)"),
        ("kv.atomic().sum(['a'], 1)", "throws TypeError: Value must be a bigint: received number"),
        ("kv.atomic().sum(['a'], -1n)", "throws RangeError: Value must be a positive bigint: received -1"),
        ("kv.atomic().sum(['a'], 2n ** 64n)", "throws RangeError: Value must fit in a 64-bit unsigned integer"),
        ("await kv.set(['a'], 'text') ;; kv.atomic().sum(['a'], 1n).commit()", "rejects TypeError: Failed to perform 'sum' mutation on a non-U64 value in the database"),
    ],
    "atomic min": [
        (_after(".min(['k'], 5n)"), "KvU64(5)"),
        (_after(".min(['k'], 5n)", "new Deno.KvU64(4n)"), "KvU64(4)"),
        ("await kv.set(['a'], 'text') ;; kv.atomic().min(['a'], 1n).commit()", "rejects TypeError: Failed to perform 'min' mutation on a non-U64 value in the database"),
    ],
    "atomic max": [
        (_after(".max(['k'], 5n)"), "KvU64(5)"),
        (_after(".max(['k'], 5n)", "new Deno.KvU64(4n)"), "KvU64(5)"),
        ("await kv.set(['a'], 'text') ;; kv.atomic().max(['a'], 1n).commit()", "rejects TypeError: Failed to perform 'max' mutation on a non-U64 value in the database"),
    ],
    "atomic mutate": [
        (_after(".mutate({ type: 'set', key: ['k'], value: undefined })"), "undefined"),
        (_after(".mutate({ type: 'set', key: ['k'], value: 1 }, { type: 'delete', key: ['k'] })"), "null"),
        (_after(".mutate({ type: 'sum', key: ['k'], value: new Deno.KvU64(3n) }, { type: 'max', key: ['k'], value: new Deno.KvU64(5n) }, { type: 'min', key: ['k'], value: new Deno.KvU64(4n) })"), "KvU64(4)"),
        *((f"kv.atomic().mutate({{ type: '{kind}', key: ['a'] }})", f"throws TypeError: Invalid mutation '{kind}' without value") for kind in ("set", "sum", "min", "max")),
        ("kv.atomic().mutate({ type: 'delete', key: ['a'], value: 1 })", "throws TypeError: Invalid mutation 'delete' with value"),
        ("kv.atomic().mutate({ type: 'delete', key: ['a'], value: 0 }).commit()", DONE),
        ("kv.atomic().mutate({ type: 'append', key: ['a'], value: 1 })", "throws TypeError: Invalid mutation type"),
    ],
    "atomic mutate expireIn": [
        ("kv.atomic().mutate({ type: 'set', key: ['a'], value: 1, expireIn: '5' }, { type: 'set', key: ['b'], value: 1, expireIn: null }).commit()", DONE),
        ("kv.atomic().mutate({ type: 'set', key: ['a'], value: 1, expireIn: -1 })", "throws TypeError: expireIn must be a non-negative integer: received -1"),
    ],
    "atomic mutate sum of plain numbers": [
        (_after(".mutate({ type: 'sum', key: ['k'], value: 0.5 })", "40"), "40.5"),
        (_after(".mutate({ type: 'sum', key: ['k'], value: -100n })", "40n"), "-60n"),
        (_after(".mutate({ type: 'sum', key: ['k'], value: 7 })"), "7"),
        (_after(".mutate({ type: 'sum', key: ['k'], value: 2n })", "new Deno.KvU64(40n)"), "KvU64(42)"),
        ("await kv.set(['k'], 1n) ;; kv.atomic().mutate({ type: 'sum', key: ['k'], value: 1 }).commit()", "rejects TypeError: Cannot sum BigInt with Number"),
        ("await kv.set(['k'], new Deno.KvU64(1n)) ;; kv.atomic().mutate({ type: 'sum', key: ['k'], value: 1 }).commit()", "rejects TypeError: Cannot sum KvU64 with Number"),
        ("await kv.set(['k'], {}) ;; kv.atomic().mutate({ type: 'sum', key: ['k'], value: 1 }).commit()", "rejects TypeError: unsupported value type"),
        ("kv.atomic().mutate({ type: 'sum', key: ['k'], value: 'text' }).commit()", NO_V8),
        ("await kv.set(['k'], new Deno.KvU64(1n)) ;; kv.atomic().mutate({ type: 'sum', key: ['k'], value: -1n }).commit()", "rejects TypeError: Cannot sum KvU64 with BigInt"),
        ("kv.atomic().mutate({ type: 'min', key: ['k'], value: 1 }).commit()", "rejects TypeError: Failed to perform 'min' mutation on a non-U64 operand"),
    ],
    "atomic enqueue": [
        ("const heard = new Promise((resolve) => kv.listenQueue(resolve)); await kv.atomic().enqueue('sent').commit() ;; heard", "'sent'"),
        ("const first = new Promise((resolve) => kv.listenQueue(resolve)); await kv.atomic().check({ key: ['a'], versionstamp: '1'.repeat(20) }).enqueue('no').commit(); await kv.enqueue('yes') ;; first", "'yes'"),
    ],
    "atomic commit": [
        ("kv.atomic().commit()", DONE),
        ("const one = await kv.atomic().commit(), two = await kv.atomic().commit() ;; two.versionstamp > one.versionstamp", "true"),
        ("const op = kv.atomic().sum(['k'], 2n); await op.commit(); await op.commit() ;; (async () => (await kv.get(['k'])).value)()", "KvU64(4)"),
    ],
    "atomic then": [
        ("kv.atomic().set(['a'], 1)", TRAP),
        ("kv.atomic().then()", TRAP.replace("rejects", "throws")),
    ],
    "atomic chaining": [
        ("const op = kv.atomic() ;; [op.check(), op.set(['a'], 1), op.delete(['b']), op.sum(['c'], 1n), op.min(['c'], 1n), op.max(['c'], 1n), op.mutate(), op.enqueue(1)].every((each) => each === op)", "true"),
    ],
}  # fmt: skip

LISTEN = "const heard = []; kv.listenQueue((message) => { heard.push(message) })"

QUEUES: Facts = {
    "enqueue": [
        ("kv.enqueue('hello')", DONE),
        ("message(kv, { n: new Map([[1, 2n]]) })", "{n: Map(1 => 2n)}"),
        ("message(kv, undefined)", "undefined"),
        ("message(kv, bytes(1, 2))", "Uint8Array(1, 2)"),
        ("message(kv, new Deno.KvU64(3n))", "{value: 3n}"),
        ("kv.enqueue(() => 1)", "rejects TypeError: () => 1 could not be cloned."),
        ("kv.enqueue('x'.repeat(65531))", "rejects TypeError: enqueue payload too large (max 65536 bytes)"),
        ("kv.enqueue('x'.repeat(65530))", DONE),
    ],
    "enqueue delay": [
        ("const start = Date.now(); await message(kv, 1, { delay: 100 }) ;; Date.now() - start >= 100", "true"),
        ("message(kv, 'soon', { delay: 0.5 })", "'soon'"),
        ("kv.enqueue(1, { delay: 2592000000 })", DONE),
        ("kv.enqueue(1, { delay: -1 })", "rejects TypeError: Delay must be >= 0: received -1"),
        ("kv.enqueue(1, { delay: 2592000001 })", "rejects TypeError: Delay cannot be greater than 30 days: received 2592000001"),
        ("kv.enqueue(1, { delay: NaN })", "rejects TypeError: Delay cannot be NaN"),
        ("kv.atomic().enqueue(1, { delay: -1 })", "throws TypeError: Delay must be >= 0: received -1"),
    ],
    "enqueue backoffSchedule": [
        ("let times = 0; const done = new Promise((resolve) => kv.listenQueue(() => { if (++times === 3) resolve(times); else throw new Error('no') })); await kv.enqueue(1, { backoffSchedule: [1, 1] }) ;; done", "3"),
        ("kv.enqueue(1, { backoffSchedule: [0, 0, 0, 0, 3600000] })", DONE),
        ("kv.enqueue(1, { backoffSchedule: [1, 1, 1, 1, 1, 1] })", "rejects TypeError: Invalid backoffSchedule, max 5 intervals allowed"),
        ("kv.enqueue(1, { backoffSchedule: [-1] })", "rejects TypeError: Invalid backoffSchedule, interval at index 0 is invalid"),
        ("kv.enqueue(1, { backoffSchedule: [1, 3600001] })", "rejects TypeError: Invalid backoffSchedule, interval at index 1 is invalid"),
    ],
    "enqueue keysIfUndelivered": [
        ("kv.listenQueue(() => { throw new Error('no') }); await kv.enqueue('lost', { backoffSchedule: [], keysIfUndelivered: [['dead', 1], ['dead', 2]] }); while ((await kv.get(['dead', 1])).value === null) await new Promise((resolve) => setTimeout(resolve, 20)) ;; all(kv, { prefix: ['dead'] })",
         "[{key: ['dead', 1], value: 'lost', versionstamp: <stamp>}, {key: ['dead', 2], value: 'lost', versionstamp: <stamp>}]"),
        ("kv.enqueue(1, { keysIfUndelivered: Array.from({ length: 5000 }, (_, n) => [n]) })", DONE),
        ("kv.enqueue(1, { keysIfUndelivered: [['x'.repeat(5000)], []] })", DONE),
    ],
    "listenQueue": [
        ("kv.close() ;; kv.listenQueue(() => {})", "rejects Error: Queue already closed"),
        ("kv[Symbol.dispose]() ;; kv.listenQueue(() => {})", "undefined"),
        ("const over = kv.listenQueue(() => {}); kv.close() ;; over", "undefined"),
        (f"{LISTEN}; kv.listenQueue((message) => {{ heard.push(message) }}); for (let n = 0; n < 4; n++) await kv.enqueue(n); while (heard.length < 4) await new Promise((resolve) => setTimeout(resolve, 20)) ;; heard.sort()", "[0, 1, 2, 3]"),
    ],
}  # fmt: skip

READ = "const next = (reader) => reader.read().then(({ value, done }) => done ? 'done' : value.map((entry) => entry.value))"

WATCHING: Facts = {
    "watch": [
        (f"{READ}; await kv.set(['a'], 1) ;; next(kv.watch([['a'], ['b']]).getReader())", "[1, null]"),
        ("kv.watch([['a']]) instanceof ReadableStream", "true"),
        (f"{READ}; const reader = kv.watch([['a']]).getReader(); await next(reader); await kv.set(['a'], 2) ;; next(reader)", "[2]"),
        (f"{READ}; await kv.set(['a'], 2); const reader = kv.watch([['a']]).getReader(); await next(reader); await kv.set(['a'], 2) ;; next(reader)", "[2]"),
        (f"{READ} ;; next(kv.watch([]).getReader())", "'done'"),
        ("kv.watch(Array.from({ length: 11 }, (_, n) => [n]))", "throws TypeError: Too many keys (max 10)"),
        (f"{READ}; const reader = kv.watch([['a']]).getReader(); await next(reader); kv.close() ;; next(reader)", "'done'"),
        ("kv.close() ;; kv.watch([['a']])", f"throws {BAD}"),
    ],
    "watch raw": [
        (f"{READ}; const reader = kv.watch([['none']], {{ raw: true }}).getReader(); await next(reader); await kv.delete(['none']) ;; next(reader)", "[null]"),
    ],
}  # fmt: skip

STAMPED = "const { versionstamp } = await kv.atomic().set(['log', kv.commitVersionstamp()], 1).commit()"

OTHERS: Facts = {
    "commitVersionstamp": [
        ("kv.commitVersionstamp()", "Symbol(KvCommitVersionstamp)"),
        ("kv.commitVersionstamp() === kv.commitVersionstamp()", "true"),
        (f"{STAMPED} ;; (async () => (await keys(kv, {{ prefix: [] }}))[0][1] === versionstamp)()", "true"),
        ("const { versionstamp } = await kv.set(['log', kv.commitVersionstamp()], 1) ;; (async () => (await kv.get(['log', versionstamp])).value)()", "1"),
        ("const { versionstamp } = await kv.atomic().mutate({ type: 'set', key: ['log', kv.commitVersionstamp()], value: 2 }).commit() ;; (async () => (await kv.get(['log', versionstamp])).value)()", "2"),
        ("kv.set([kv.commitVersionstamp(), 'a'], 1)", f"rejects {PART}"),
        ("kv.get(['a', kv.commitVersionstamp()])", f"rejects {PART}"),
        ("kv.delete(['a', kv.commitVersionstamp()])", f"rejects {PART}"),
        ("kv.atomic().sum(['a', kv.commitVersionstamp()], 1n).commit()", f"rejects {PART}"),
        ("kv.atomic().check({ key: ['a', kv.commitVersionstamp()], versionstamp: null }).commit()", f"rejects {PART}"),
        ("all(kv, { prefix: ['a', kv.commitVersionstamp()] })", f"rejects {PART}"),
        ("kv.set([kv.commitVersionstamp()], 1)", "rejects TypeError: key cannot be empty"),
    ],
    "close": [
        ("kv.close()", "undefined"),
        ("kv.close() ;; kv.close()", f"throws {BAD}"),
        *((f"kv.close() ;; {call}", f"rejects {BAD}")
          for call in ("kv.get(['a'])", "kv.getMany([['a']])", "kv.set(['a'], 1)", "kv.delete(['a'])", "all(kv, { prefix: [] })", "kv.atomic().commit()", "kv.enqueue(1)")),
    ],
    "[Symbol.dispose]": [
        ("kv[Symbol.dispose]() ;; kv.get(['a'])", f"rejects {BAD}"),
        ("kv[Symbol.dispose]() ;; kv[Symbol.dispose]()", "undefined"),
        ("kv.close() ;; kv[Symbol.dispose]()", "undefined"),
    ],
    "KvU64": [
        ("new Deno.KvU64(42n)", "KvU64(42)"),
        ("const u = new Deno.KvU64(7n) ;; [Object.keys(u), u.value, u.valueOf(), u.toString(), u + 1n, u == 7n, Object.isFrozen(u), Object.prototype.toString.call(u)]", "[['value'], 7n, 7n, '7', 8n, true, true, '[object Deno.KvU64]']"),
        ("new Deno.KvU64(2n ** 64n - 1n)", "KvU64(18446744073709551615)"),
        ("new Deno.KvU64(1)", "throws TypeError: Value must be a bigint: received number"),
        ("new Deno.KvU64(-1n)", "throws RangeError: Value must be a positive bigint: received -1"),
        ("new Deno.KvU64(2n ** 64n)", "throws RangeError: Value must fit in a 64-bit unsigned integer"),
        ("(() => { try { JSON.stringify(new Deno.KvU64(1n)) } catch (error) { return error.name } })()", "'TypeError'"),
        ("structuredClone(new Deno.KvU64(1n))", "{value: 1n}"),
        ("kept(kv, new Deno.KvU64(5n))", "KvU64(5)"),
        ("kept(kv, [new Deno.KvU64(5n)])", "[{value: 5n}]"),
    ],
}  # fmt: skip

CALLS: Facts = {**GETTING_A_STORE, **READING_AND_WRITING, **LISTS, **ATOMIC, **QUEUES, **WATCHING, **OTHERS}
