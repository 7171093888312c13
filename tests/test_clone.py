"""engine/clone.js and engine/nodes.js: every value comes back as it went, or is refused with V8's words."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.values_harness import run

PLAIN = [
    ("null", "null"),
    ("true", "true"),
    ("1.5", "1.5"),
    ("1e300", "1e+300"),
    ("'a\\n\\u0000'", '"a\\n\\u0000"'),
    ("'\\ud800'", '"\\ud800"'),
    ("[]", "[]"),
    ("({ a: [1, { b: null }], c: 'x' })", '{"a":[1,{"b":null}],"c":"x"}'),
    ("[[], [], {}]", "[[],[],{}]"),
    ("JSON.parse('{\"__proto__\": 1}')", '{"__proto__":1}'),
    ("Object.assign(Object.create(null), { a: 1 })", '{"a":1}'),
    ("Object.freeze({ a: 1 })", '{"a":1}'),
    ("({ a: 1, [Symbol('gone')]: 2 })", '{"a":1}'),
    ("Object.defineProperty({ a: 1 }, 'hidden', { value: 2 })", '{"a":1}'),
]

TABLES = [
    ("undefined", '[["u"]]'),
    ("-0", '[["n","-0"]]'),
    ("[NaN, Infinity, -Infinity]", '[[1],["A",["n","NaN"],["n","Infinity"],["n","-Infinity"]]]'),
    ("0n", '[["b","0"]]'),
    ("-(2n ** 64n)", '[["b","-10000000000000000"]]'),
    ("({ a: undefined, b: 1 })", '[[1],["O","a",["u"],"b",1]]'),
    ("({ ['__proto__']: undefined })", '[[1],["O","__proto__",["u"]]]'),
    ("({ toString: 1n })", '[[1],["O","toString",["b","1"]]]'),
    ("[1, , 3]", '[[1],["H",3,"0",1,"2",3]]'),
    ("[,]", '[[1],["H",1]]'),
    ("Object.assign([1], { x: 2 })", '[[1],["H",1,"0",1,"x",2]]'),
    ("(() => { const a = []; a[4294967294 - 1] = 1; return a; })()", '[[1],["H",4294967294,"4294967293",1]]'),
    ("new Map([['a', { b: 1 }], [{}, 2]])", '[[1],["M","a",[2],[3],2],["O","b",1],["O"]]'),
    ("new Set([1, '1', undefined])", '[[1],["S",1,"1",["u"]]]'),
    ("new Date(-1.5)", '[[1],["D",-1]]'),
    ("new Date(NaN)", '[[1],["D",null]]'),
    ("Object.assign(/a\\/[b]/gv, { lastIndex: 3 })", '[[1],["R","a\\\\/[b]","gv"]]'),
    ("[Object(true), Object(1), Object('s'), Object(1n)]",
     '[[1],["A",[2],[3],[4],[5]],["P",true],["P",1],["P","s"],["P",["b","1"]]]'),
    ("new Uint8Array([1, 2, 3, 4, 5]).buffer", '[[1],["B",5,[67305985,5]]]'),
    ("new ArrayBuffer(1, { maxByteLength: 8 })", '[[1],["B",1,[0],8]]'),
    ("new Uint8Array([1, 2, 3, 4, 5]).subarray(1, 3)",
     '[[1],["V","Uint8Array",[2],1,2],["B",5,[67305985,5]]]'),
    ("new DataView(new ArrayBuffer(8), 2, 3)", '[[1],["V","DataView",[2],2,3],["B",8,[0,0]]]'),
    ("(() => { const b = new ArrayBuffer(4); return [new Uint8Array(b), new Int16Array(b, 2)]; })()",
     '[[1],["A",[2],[3]],["V","Uint8Array",[4],0,4],["V","Int16Array",[4],2,1],["B",4,[0]]]'),
]  # fmt: skip

VIEWS = [
    "Int8",
    "Uint8",
    "Uint8Clamped",
    "Int16",
    "Uint16",
    "Int32",
    "Uint32",
    "Float16",
    "Float32",
    "Float64",
]

REFUSED = [
    ("() => 1", "() => 1"),
    ("class A { #x = 1; }", "class A { #x = 1; }"),
    ("Math.max", "function max() { [native code] }"),
    (f"function f() {{ /*{'x' * 200}*/ }}", f"function f() {{ /*{'x' * 94}...<omitted>... }}"),
    ("Symbol('s')", "Symbol(s)"),
    ("Symbol.for('s')", "Symbol(s)"),
    ("Object(Symbol('s'))", "[object Symbol]"),
    ("Promise.resolve(1)", "#<Promise>"),
    ("new (class P extends Promise {})(() => {})", "#<Promise>"),
    ("new WeakMap()", "#<WeakMap>"),
    ("new WeakSet()", "#<WeakSet>"),
    ("new WeakRef({})", "#<WeakRef>"),
    ("new FinalizationRegistry(() => {})", "#<FinalizationRegistry>"),
    ("(function* () {})()", "[object Generator]"),
    ("(async function* () {})()", "[object AsyncGenerator]"),
    ("new Map().entries()", "#<Object>"),
    ("(function () { return arguments; })(1)", "#<Object>"),
    ("globalThis", "#<Object>"),
    ("new Proxy({}, {})", "#<Object>"),
    ("new Proxy([], {})", "[object Array]"),
    ("new SharedArrayBuffer(1)", "#<SharedArrayBuffer>"),
    ("new Uint8Array(new SharedArrayBuffer(1))", "#<SharedArrayBuffer>"),
    ("(() => { const b = new ArrayBuffer(1); b.transfer(); return b; })()", "An ArrayBuffer is detached and"),
    ("({ a: [{ toJSON() { return 1; } }] })", "toJSON() { return 1; }"),
    ("new Map([[1, [() => 2]]])", "() => 2"),
]


@pytest.mark.parametrize(("literal", "text"), PLAIN)
def test_json_like_values_are_plain_json(literal, text):
    assert run(f"return encode({literal})") == text
    assert run(f"return encode(decode(encode({literal})))") == text


@pytest.mark.parametrize(("literal", "text"), TABLES)
def test_other_values_are_a_node_table(literal, text):
    assert run(f"return encode({literal})") == "\x01" + text
    assert run("return encode(decode(text))", text="\x01" + text) == "\x01" + text


@pytest.mark.parametrize("name", VIEWS)
def test_views_of_numbers(name):
    body = f"const v = decode(encode(new {name}Array([1, 2, 3]))); return [v.constructor.name, Array.from(v)]"
    assert run(body) == [f"{name}Array", [1, 2, 3]]


@pytest.mark.parametrize("name", ["BigInt64Array", "BigUint64Array"])
def test_views_of_bigints(name):
    assert run(f"return decode(encode(new {name}([1n, 2n ** 40n]))).join()") == "1,1099511627776"


@pytest.mark.parametrize(("literal", "source"), REFUSED)
def test_what_cannot_be_cloned(literal, source):
    told = run(f"""
        const told = [];
        const value = ({literal});
        try {{ encode(value, (text) => {{ told.push(text); throw new RangeError('mine'); }}); }}
        catch (error) {{ told.push(error.message); }}
        return told;
    """)
    assert told == [f"{source} could not be cloned.", "mine"]


def test_refusing_without_a_callback_is_a_type_error():
    body = "try { encode(() => 1); } catch (error) { return `${error}`; }"
    assert run(body) == "TypeError: () => 1 could not be cloned."


def test_a_proxy_is_refused_without_springing_a_trap():
    body = """
        let sprung = 0;
        const spring = new Proxy({}, { get: () => () => { sprung++; } });
        const trapped = new Proxy(new Map(), spring);
        try { encode(new Map([[1, trapped]])); } catch { return sprung; }
    """
    assert run(body) == 0


def test_identity_and_cycles():
    assert (
        run("""
        const shared = { n: 1 };
        const value = { a: shared, list: [shared, shared], map: new Map([[shared, shared]]) };
        value.self = value;
        value.map.set('map', value.map);
        const back = decode(encode(value));
        const [key] = back.map.keys();
        return [back.self === back, back.a === back.list[0], back.list[0] === back.list[1], key === back.a,
          back.map.get(key) === key, back.map.get('map') === back.map, back.a !== shared];
    """)
        == [True] * 7
    )


def test_views_keep_sharing_their_buffer():
    assert run("""
        const buffer = new ArrayBuffer(4);
        const [a, b] = decode(encode([new Uint8Array(buffer), new Uint8Array(buffer, 1)]));
        a[1] = 7;
        return [a.buffer === b.buffer, b[0]];
    """) == [True, 7]


@pytest.mark.parametrize(
    ("literal", "name", "message"),
    [
        ("new TypeError('no')", "TypeError", "no"),
        ("Object.assign(new Error('no'), { name: 'Mine', extra: 1 })", "Error", "no"),
        ("Object.assign(new Error('no'), { name: 'RangeError' })", "RangeError", "no"),
        ("new (class Mine extends SyntaxError {})('no')", "SyntaxError", "no"),
        ("new AggregateError([1], 'no')", "Error", "no"),
        ("new DOMException('no', 'AbortError')", "AbortError", "no"),
    ],
)
def test_errors(literal, name, message):
    body = f"""
        const error = {literal};
        const back = decode(encode(error));
        return [back.name, back.message, back.stack === error.stack, Object.keys(back),
          back instanceof Error];
    """
    assert run(body) == [name, message, True, [], True]


def test_the_cause_of_an_error_may_be_itself():
    body = "const e = new Error(); e.cause = e; const [back] = decode(encode([e])); return back.cause === back"
    assert run(body) is True


def test_an_error_without_message_or_cause_gets_none():
    own = run("const e = decode(encode(new Error())); return ['message', 'cause'].map((k) => Object.hasOwn(e, k))")
    assert own == [False, False]


def test_instances_become_plain_objects_and_are_reported():
    assert run("""
        class Point { x = 1n; #y = 2; get z() { return 3; } }
        const told = [];
        const points = [new Point(), new (class extends Point {})()];
        const back = decode(encode(points, undefined, (name) => told.push(name)));
        return [Object.getPrototypeOf(back[0]) === Object.prototype, Object.keys(back[0]), told];
    """) == [True, ["x"], ["Point", "Object"]]


def test_own_properties_of_maps_and_subclasses_are_lost():
    body = "const back = decode(encode(Object.assign(new (class M extends Map {})([[1, 2]]), { x: 1 })));"
    assert run(body + "return [back.constructor.name, [...back], Object.keys(back)]") == ["Map", [[1, 2]], []]


@pytest.mark.parametrize("forged", ["Map", "Set", "Date", "RegExp", "Error", "Number", "ArrayBuffer", "Uint8Array"])
def test_only_the_prototype_does_not_make_a_map(forged):
    assert run(f"return encode(Object.create({forged}.prototype))") == '\x01[[1],["O"]]'


def test_a_tag_does_not_make_a_date():
    assert run("return encode({ [Symbol.toStringTag]: 'Date', a: 1 })") == '{"a":1}'


def test_inherited_tojson_is_not_called():
    body = "class A { constructor() { this.a = 1; } toJSON() { throw 'called'; } } return encode([new A()])"
    assert run(body) == '\x01[[1],["A",[2]],["O","a",1]]'


def test_a_getter_gives_its_value_and_keeps_its_first_answer():
    assert run("let n = 0; return encode({ get n() { return n++; } })") == '{"n":0}'
    assert run("let n = 0; return encode({ a: 1n, get n() { return n++; } })").endswith('"n",0]]')


def test_a_getter_that_throws_throws_its_own_error():
    body = "try { encode({ get a() { throw new RangeError('own'); } }); } catch (error) { return `${error}`; }"
    assert run(body) == "RangeError: own"


def test_a_getter_may_encode_something_else():
    body = "return encode({ a: {}, get b() { return encode(new Map([[1, {}]])).length; }, c: {} })"
    assert json.loads(run(body))["b"] > 0


@pytest.mark.parametrize("wrap", ["[at]", "({ at })", "new Map([[1, at]])"])
def test_ten_thousand_levels(wrap):
    assert (
        run(f"""
        let at = 1;
        for (let i = 0; i < 10000; i++) at = {wrap};
        let back = decode(encode(at));
        let levels = 0;
        while (typeof back === 'object') {{
          back = Array.isArray(back) ? back[0] : back instanceof Map ? back.get(1) : back.at;
          levels++;
        }}
        return levels;
    """)
        == 10000
    )


def test_a_megabyte_of_bytes():
    assert (
        run("""
        const bytes = new Uint8Array((1 << 20) + 3);
        for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 2654435761 >>> 13) & 255;
        const back = decode(encode(bytes));
        return back.length === bytes.length && back.every((byte, i) => byte === bytes[i]);
    """)
        is True
    )


def test_contract_code_cannot_reach_in_after_loading():
    assert (
        run("""
        encode(1n);
        const kept = [Map.prototype.get, Map.prototype.set, Set.prototype.add, JSON.stringify, Object.keys,
          Array.prototype[Symbol.iterator], Array.prototype.push];
        const broken = () => { throw new Error('reached'); };
        Map.prototype.get = Map.prototype.set = Set.prototype.add = JSON.stringify = Object.keys = broken;
        Array.prototype[Symbol.iterator] = Array.prototype.push = broken;
        try {
          const map = decode(encode({ list: [1n, new Set(), new Uint8Array(2)], map: new Map() }));
          return encode(map).length;
        } finally {
          Map.prototype.get = kept[0];
          Map.prototype.set = kept[1];
          Set.prototype.add = kept[2];
          JSON.stringify = kept[3];
          Object.keys = kept[4];
          Array.prototype[Symbol.iterator] = kept[5];
          Array.prototype.push = kept[6];
        }
    """)
        > 0
    )


def literals():
    """JavaScript literals of cloneable values."""
    quoted = st.text(st.characters(), max_size=6).map(json.dumps)
    leaf = st.one_of(
        st.sampled_from(["null", "undefined", "true", "-0", "NaN", "-Infinity", "1e21", "0n", "Object('s')"]),
        st.integers(-(2**70), 2**70).map(lambda n: f"({n}n)"),
        st.floats(allow_nan=False, allow_infinity=False).map(repr),
        quoted,
        st.integers(-(10**15), 10**15).map(lambda n: f"new Date({n})"),
        st.binary(max_size=9).map(lambda b: f"new Uint8Array({list(b)})"),
    )

    def around(inner):
        members = st.lists(inner, max_size=4)
        named = st.lists(st.tuples(quoted, inner), max_size=4)
        return st.one_of(
            members.map(lambda items: "[" + ",".join(items) + "]"),
            members.map(lambda items: "new Set([" + ",".join(items) + "])"),
            st.lists(st.tuples(inner, inner), max_size=3).map(
                lambda pairs: "new Map([" + ",".join(f"[{a},{b}]" for a, b in pairs) + "])"
            ),
            named.map(lambda pairs: "({" + ",".join(f"[{a}]: {b}" for a, b in pairs) + "})"),
            inner.map(lambda item: f"((s) => [s, {{ s }}, , s])({item})"),
        )

    return st.recursive(leaf, around, max_leaves=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(literals())
def test_decoding_and_encoding_again_changes_nothing(literal):
    first, second = run(f"const first = encode({literal}); return [first, encode(decode(first))]")
    assert first == second
