"""What Deno KV does to keys and values, and where it says no, in the same form as tests/deno_calls.py."""

from __future__ import annotations

from tests.deno_calls import DONE, PART, Facts

VECTORS = [
    ("bytes(0, 0, 255, 0)", "01 00 ff 00 ff ff 00 ff 00"), ("bytes()", "01 00"),
    (r"'a\0b'", "02 61 00 ff 62 00"), ("''", "02 00"), (r"'\u00e9\u{1f600}'", "02 c3 a9 f0 9f 98 80 00"),
    ("0n", "14"), ("255n", "15 ff"), ("256n", "16 01 00"), ("2n ** 64n - 1n", "1c ff ff ff ff ff ff ff ff"),
    ("2n ** 64n", "1d 09 01 00 00 00 00 00 00 00 00"),
    ("-1n", "13 fe"), ("-256n", "12 fe ff"), ("-(2n ** 64n)", "0b f6 fe ff ff ff ff ff ff ff ff"),
    ("0", "21 80 00 00 00 00 00 00 00"), ("-0", "21 7f ff ff ff ff ff ff ff"), ("1", "21 bf f0 00 00 00 00 00 00"),
    ("-1", "21 40 0f ff ff ff ff ff ff"), ("NaN", "21 ff f8 00 00 00 00 00 00"), ("Infinity", "21 ff f0 00 00 00 00 00 00"),
    ("false", "26"), ("true", "27"),
    ("new Uint16Array([1, 2])", "01 01 00 ff 02 00 ff 00"), ("new DataView(new Uint8Array([1, 2, 3]).buffer, 1)", "01 02 03 00"),
    ("new Uint8Array([1, 2, 3]).subarray(1)", "01 02 03 00"), (r"'\ud800'", "02 ef bf bd 00"),
]  # fmt: skip

NO_PARTS = (
    "new ArrayBuffer(1)", "new Date()", "null", "undefined", "[]", "Symbol('s')", "() => 1", "Object('s')", "Object(1)", "Object(1n)", "new Deno.KvU64(1n)",
)  # fmt: skip

KEYS: Facts = {
    "bytes of a key": [(f"hex(kv, {part})", f"'{encoded}'") for part, encoded in VECTORS],
    "parts": [
        ("await put(kv, [bytes(1), 's', 1n, 1.5, true]) ;; keys(kv, { prefix: [] })", "[[Uint8Array(1), 's', 1n, 1.5, true]]"),
        ("await put(kv, [new Uint16Array([1, 2])]) ;; keys(kv, { prefix: [] })", "[[Uint8Array(1, 0, 2, 0)]]"),
        *((f"kv.set(['a', {part}], 1)", f"rejects {PART}") for part in NO_PARTS),
        ("kv.set(['a', , 'b'], 1)", f"rejects {PART}"),
        ("kv.set([2n ** 2040n], 1)", "rejects TypeError: Invalid mutation: BigUint requires more than 255 bytes to be represented"),
        ("await put(kv, [2n ** 53n + 1n, 2 ** 53 + 2]) ;; keys(kv, { prefix: [] })", "[[9007199254740993n, 9007199254740994]]"),
        (r"await kv.set(['\ud800'], 1); await kv.set(['\udfff'], 2); await kv.set(['\ufffd'], 3) ;; values(kv, { prefix: [] })", "[3]"),
        ("await kv.set([0], 1); await kv.set([-0], 2); await kv.set([1], 3); await kv.set([1n], 4) ;; values(kv, { prefix: [] })", "[4, 2, 1, 3]"),
    ],
    "keys that are none": [
        *((f"kv.set({key}, 1)", f"rejects TypeError: serde_v8 error: invalid type; expected: array, got: {kind}") for key, kind in
          [("'text'", "string"), ("5", "Number"), ("new Set()", "Set"), ("{}", "unknown")]),
        ("kv.delete(undefined)", "rejects TypeError: Cannot read properties of undefined (reading 'length')"),
    ],
    "order": [
        ("await put(kv, [true], [false], [1], [0n], ['a'], [bytes(9)]) ;; keys(kv, { prefix: [] })", "[[Uint8Array(9)], ['a'], [0n], [1], [false], [true]]"),
        ("await put(kv, [NaN], [Infinity], [1], [0.5], [0], [-0], [-0.5], [-1], [-Infinity]) ;; keys(kv, { prefix: [] })", "[[-Infinity], [-1], [-0.5], [-0], [0], [0.5], [1], [Infinity], [NaN]]"),
        ("await put(kv, [2n ** 70n], [256n], [255n], [1n], [0n], [-1n], [-255n], [-256n], [-(2n ** 70n)]) ;; keys(kv, { prefix: [] })", f"[[{-2**70}n], [-256n], [-255n], [-1n], [0n], [1n], [255n], [256n], [{2**70}n]]"),
        (r"await put(kv, ['\u{1f600}'], ['\uffff']) ;; (async () => (await keys(kv, { prefix: [] })).map(([part]) => part.codePointAt(0)))()", "[65535, 128512]"),
        (r"await put(kv, ['aa'], ['a\0'], ['a', true], ['a', 'b'], ['a']) ;; keys(kv, { prefix: [] })", r"[['a'], ['a', 'b'], ['a', true], ['a\u0000'], ['aa']]"),
        ("await put(kv, [bytes(1, 0)], [bytes(1)], [bytes(0, 255)], [bytes()]) ;; keys(kv, { prefix: [] })", "[[Uint8Array()], [Uint8Array(0, 255)], [Uint8Array(1)], [Uint8Array(1, 0)]]"),
    ],
}  # fmt: skip

SAME = [
    "undefined", "null", "true", "42", "-42.5", "-0", "NaN", "-Infinity", "42n", "-1180591620717411303424n", "'hello'", "''", r"'\ud800'", "[1, [2, 3]]",
    "[]", "{}", "{a: 1, b: {c: undefined}}", "Map('a' => 1, [2] => Map())", "Set(1, 'a', Set())", "Date(1682208000000)", "Date(NaN)",
    "Uint8Array(1, 2, 3)", "Number(1)", "String('s')", "Boolean(false)", "BigInt(1n)",
    "BigInt64Array(-1n)", "Float64Array(0.5, NaN)", "Uint16Array(1, 65535)", "DataView(1, 2)", "ArrayBuffer(1, 2)",
]  # fmt: skip
MADE = {  # how a value that is not shown as it is written is made
    "Map('a' => 1, [2] => Map())": "new Map([['a', 1], [[2], new Map()]])", "Set(1, 'a', Set())": "new Set([1, 'a', new Set()])",
    "Date(1682208000000)": "new Date('2023-04-23')", "Date(NaN)": "new Date(NaN)", "Uint8Array(1, 2, 3)": "bytes(1, 2, 3)",
    "Number(1)": "Object(1)", "String('s')": "Object('s')", "Boolean(false)": "Object(false)", "BigInt(1n)": "Object(1n)",
    "BigInt64Array(-1n)": "new BigInt64Array([-1n])", "Float64Array(0.5, NaN)": "new Float64Array([0.5, NaN])",
    "Uint16Array(1, 65535)": "new Uint16Array([1, -1])", "DataView(1, 2)": "new DataView(bytes(1, 2).buffer)", "ArrayBuffer(1, 2)": "bytes(1, 2).buffer",
}  # fmt: skip
NOT_CLONED = [
    ("() => 1", "() => 1"), ("function f() {}", "function f() {}"), ("class A {}", "class A {}"), ("Symbol('s')", "Symbol(s)"), ("Symbol.for('s')", "Symbol(s)"),
    ("Promise.resolve()", "#<Promise>"), ("new WeakMap()", "#<WeakMap>"), ("new WeakSet()", "#<WeakSet>"), ("new WeakRef({})", "#<WeakRef>"),
    ("[{ a: () => 1 }]", "() => 1"), ("(function* () {})()", "[object Generator]"),
]  # fmt: skip

VALUES: Facts = {
    "values kept": [
        *((f"kept(kv, {MADE.get(value, value)})", value) for value in SAME),
        ("kept(kv, [1, , 3])", "[1, <hole>, 3]"),
        ("kept(kv, Object.assign([1], { extra: 2 }))", "[1, extra: 2]"),
        ("kept(kv, JSON.parse('{\"__proto__\": 1}'))", "{__proto__: 1}"),
        ("kept(kv, new RangeError('far', { cause: 1 }))", "RangeError: far <- 1"),
        ("const found = await kept(kv, new ArrayBuffer(1, { maxByteLength: 2 })) ;; found", "ArrayBuffer(0) resizable"),
        ("const a = { b: {} }; a.b.a = a; const found = await kept(kv, a) ;; [found, found.b.a === found]", "[{b: {a: <circle>}}, true]"),
        ("const one = {}; const found = await kept(kv, [one, one]) ;; found[0] === found[1]", "true"),
        ("const { buffer } = bytes(1, 2); const found = await kept(kv, [new Uint8Array(buffer), new Uint8Array(buffer, 1)]) ;; found[0].buffer === found[1].buffer", "true"),
        ("const big = bytes(1, 2, 3, 4).subarray(1, 3); const found = await kept(kv, big) ;; [found, found.buffer.byteLength]", "[Uint8Array(2, 3), 2]"),
        ("const found = await kept(kv, [bytes(1, 2, 3, 4).subarray(1, 3)]) ;; [found[0], found[0].buffer.byteLength]", "[Uint8Array(2, 3), 4]"),
    ],
    "values changed": [
        ("const pattern = /a/g; pattern.lastIndex = 3 ;; kept(kv, pattern)", "/a/g at 0"),
        ("class Point { x = 1; #y = 2; get z() { return 3 } } ;; kept(kv, new Point())", "{x: 1}"),
        ("kept(kv, new URL('http://x/'))", "{}"),
        ("kept(kv, new Headers())", "{}"),
        ("kept(kv, Math)", "{}"),
        ("kept(kv, { [Symbol('s')]: 1, a: 1 })", "{a: 1}"),
        ("kept(kv, Object.defineProperty({ a: 1 }, 'b', { value: 1 }))", "{a: 1}"),
        ("kept(kv, { get a() { return 1 } })", "{a: 1}"),
        ("kept(kv, { get a() { throw new RangeError('mine') } })", "rejects RangeError: mine"),
        ("const found = await kept(kv, Object.freeze({ __proto__: null, a: 1 })) ;; [found, Object.getPrototypeOf(found) === Object.prototype, Object.isFrozen(found)]", "[{a: 1}, true, false]"),
        ("class Rows extends Array {} ;; (async () => (await kept(kv, Rows.of(1))).constructor === Array)()", "true"),
        ("kept(kv, Object.assign(new Map([[1, 2]]), { extra: 1 }))", "Map(1 => 2)"),
        ("class Mine extends Error { name = 'Mine' } ;; kept(kv, new Mine('own'))", "Error: own"),
        ("(async () => Object.keys(await kept(kv, Object.assign(new Error('own'), { code: 5 }))))()", "[]"),
        ("(async () => (await kept(kv, new AggregateError([1], 'many'))).errors)()", "undefined"),
        ("class Bytes extends Uint8Array {} ;; kept(kv, new Bytes([1]))", "Uint8Array(1)"),
    ],
    "values refused": [
        *((f"kv.set(['a'], {value})", f"rejects TypeError: {text} could not be cloned.") for value, text in NOT_CLONED),
        ("kv.set(['a'], new SharedArrayBuffer(1))", "rejects Error: #<SharedArrayBuffer> could not be cloned."),
        ("kv.set(['a'], new Uint8Array(new SharedArrayBuffer(1)))", "rejects TypeError: serde_v8 error: invalid type; expected: buffer, got: Uint8Array"),
        ("kv.set(['a'], new ReadableStream())", "rejects TypeError: Unsupported object type"),
        ("kv.set(['a'], { toJSON() {} })", "rejects TypeError: toJSON() {} could not be cloned."),
        ("let deep = []; for (let n = 0; n < 20_000; n++) deep = [deep] ;; kv.set(['a'], deep)", "rejects RangeError: Maximum call stack size exceeded"),
        ("let deep = []; for (let n = 0; n < 3_000; n++) deep = [deep] ;; kv.set(['a'], deep)", DONE),
    ],
}  # fmt: skip

TOO_LONG = "'k'.repeat(2047)"  # with its two bytes 2049

LIMITS: Facts = {
    "key to write": [
        ("kv.set(['k'.repeat(2046)], 1)", DONE),
        *((call, "rejects TypeError: Key too large for write (max 2048 bytes)") for call in
          (f"kv.set([{TOO_LONG}], 1)", f"kv.delete([{TOO_LONG}])", f"kv.atomic().check({{ key: [{TOO_LONG}], versionstamp: null }}).commit()", f"kv.atomic().sum([{TOO_LONG}], 1n).commit()")),
        ("kv.set(['k'.repeat(2046), kv.commitVersionstamp()], 1)", DONE),
    ],
    "key to read": [
        ("(async () => (await kv.get(['k'.repeat(2046)])).value)()", "null"),
        *((call, "rejects TypeError: Key too large for read (max 2049 bytes)") for call in
          (f"kv.get([{TOO_LONG}])", f"kv.getMany([[{TOO_LONG}]])", f"all(kv, {{ prefix: [{TOO_LONG}] }})")),
    ],
    "value": [
        ("kv.set(['a'], 'x'.repeat(65530))", DONE),
        (r"kv.set(['a'], '\u20ac'.repeat(32765))", DONE),
        ("kv.set(['a'], new Uint8Array(65536))", DONE),
        *((f"kv.set(['a'], {value})", "rejects TypeError: Value too large (max 65536 bytes)") for value in ("'x'.repeat(65531)", r"'\u20ac'.repeat(32766)", "new Uint8Array(65537)")),
    ],
    "checks": [
        ("const op = kv.atomic(); for (let n = 0; n < 100; n++) op.check({ key: [n], versionstamp: null }) ;; op.commit()", DONE),
        ("const op = kv.atomic(); for (let n = 0; n < 101; n++) op.check({ key: [n], versionstamp: null }) ;; op.commit()", "rejects TypeError: Too many checks (max 100)"),
    ],
    "mutations": [
        ("const op = kv.atomic(); for (let n = 0; n < 1000; n++) op.delete([n]) ;; op.commit()", DONE),
        ("const op = kv.atomic(); for (let n = 0; n < 1000; n++) op.delete([n]); op.enqueue(1) ;; op.commit()", "rejects TypeError: Too many mutations (max 1000)"),
    ],
    "total": [
        ("const op = kv.atomic(); for (let n = 0; n < 12; n++) op.set(['k'.repeat(2045) + String.fromCharCode(65 + n)], new Uint8Array(64170)) ;; op.commit()", DONE),
        ("const op = kv.atomic(); for (let n = 0; n < 12; n++) op.set(['k'.repeat(2045) + String.fromCharCode(65 + n)], new Uint8Array(64171)) ;; op.commit()", "rejects TypeError: Total mutation size too large (max 819200 bytes)"),
        ("const op = kv.atomic(); for (let n = 0; n < 41; n++) op.set(['k'.repeat(2043) + String(n).padStart(3, '0')], 1) ;; op.commit()", "rejects TypeError: Total key size too large (max 81920 bytes)"),
    ],
}  # fmt: skip

VERSIONSTAMPS: Facts = {
    "versionstamp": [
        ("const { versionstamp } = await kv.set(['a'], 1) ;; /^[0-9a-f]{16}0000$/.test(versionstamp)", "true"),
        ("const one = await kv.set(['a'], 1), two = await kv.set(['a'], 1) ;; two.versionstamp > one.versionstamp", "true"),
        ("const { versionstamp } = await kv.atomic().set(['a'], 1).set(['b'], 2).commit() ;; (async () => (await all(kv, { prefix: [] })).every((entry) => entry.versionstamp === versionstamp))()", "true"),
        ("const { versionstamp } = await kv.set(['a'], 1); await kv.atomic().check({ key: ['a'], versionstamp: null }).set(['a'], 2).commit() ;; (async () => (await kv.get(['a'])).versionstamp === versionstamp)()", "true"),
    ],
    "calls in the order issued": [
        ("kv.set(['n'], 1); const read = kv.get(['n']); kv.set(['n'], 2) ;; (async () => (await read).value)()", "1"),
        ("for (let n = 0; n < 40; n++) kv.set(['n'], n) ;; (async () => (await kv.get(['n'])).value)()", "39"),
        ("await Promise.all(Array.from({ length: 300 }, () => kv.atomic().sum(['n'], 1n).commit())) ;; (async () => (await kv.get(['n'])).value)()", "KvU64(300)"),
    ],
    "expiry": [
        ("await kv.set(['a'], 1, { expireIn: 60_000 }) ;; (async () => (await kv.get(['a'])).value)()", "1"),
        ("await kv.set(['a'], 1, { expireIn: 60_000 }) ;; kv.atomic().check({ key: ['a'], versionstamp: null }).commit()", "{ok: false}"),
    ],
}  # fmt: skip

DATA: Facts = {**KEYS, **VALUES, **LIMITS, **VERSIONSTAMPS}
