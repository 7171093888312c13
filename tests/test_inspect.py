"""engine/inspect.js: what a notebook shows of a value."""

import pytest

from tests.values_harness import run

SHOWN = [
    ("undefined", "undefined"),
    ("null", "null"),
    ("true", "true"),
    ("-0", "-0"),
    ("42n", "42n"),
    ("'say \"hi\"\\n'", '"say \\"hi\\"\\n"'),
    ("'\\ud800'", '"\\ud800"'),
    ("Symbol('q')", "Symbol(q)"),
    ("({ id: 1, name: 'ada' })", '{ id: 1, name: "ada" }'),
    ("({ 'a-b': 1, 3: 2, [Symbol('k')]: 3 })", '{ "3": 2, "a-b": 1, [Symbol(k)]: 3 }'),
    ("({})", "{}"),
    ("[]", "[]"),
    ("[1, 2, 3]", "[ 1, 2, 3 ]"),
    ("[1, , , 4]", "[ 1, <2 empty items>, 4 ]"),
    ("[,]", "[ <1 empty item> ]"),
    ("(() => { const a = []; a[4294967290] = 1; return a; })()", "[ <4294967290 empty items>, 1 ]"),
    ("Object.assign([1], { x: 2 })", "[ 1, x: 2 ]"),
    ("new (class Stack extends Array {})(1, 2)", "Stack(2) [ 1, 2 ]"),
    ("(function () { return arguments; })(1, 2)", "[Arguments] [ 1, 2 ]"),
    ("new Map([['a', 1], [{}, { b: 2 }]])", 'Map(2) { "a" => 1, {} => { b: 2 } }'),
    ("new Map()", "Map(0) {}"),
    ("new (class Cache extends Map {})([[1, 2]])", "Cache(1) [Map] { 1 => 2 }"),
    ("new Set([1, 'a'])", 'Set(2) { 1, "a" }'),
    ("new Date(0)", "1970-01-01T00:00:00.000Z"),
    ("new Date(NaN)", "Invalid Date"),
    ("/a\\/b/gi", "/a\\/b/gi"),
    ("new TypeError('no')", "TypeError: no"),
    ("new Error()", "Error"),
    ("new (class Mine extends Error {})('no')", "Mine: no"),
    ("Object.assign(new Error('no'), { code: 5 })", "Error: no { code: 5 }"),
    ("new Error('a', { cause: new Error('b') })", "Error: a { [cause]: Error: b }"),
    ("new AggregateError([1], 'a')", "AggregateError: a { [errors]: [ 1 ] }"),
    ("new DOMException('no', 'AbortError')", "AbortError: no"),
    ("function get() {}", "[Function: get]"),
    ("() => 1", "[Function (anonymous)]"),
    ("async function get() {}", "[AsyncFunction: get]"),
    ("function* get() {}", "[GeneratorFunction: get]"),
    ("async function* get() {}", "[AsyncGeneratorFunction: get]"),
    ("Object.assign(function f() {}, { a: 1 })", "[Function: f] { a: 1 }"),
    ("function classy() {}", "[Function: classy]"),
    ("class C {}", "[class C]"),
    ("class C extends Map { static x = 1; }", "[class C extends Map] { x: 1 }"),
    ("(class {})", "[class (anonymous)]"),
    ("new (class Point { x = 1; #y = 2; get z() { return 3; } })()", "Point { x: 1 }"),
    ("Object.create(null)", "[Object: null prototype] {}"),
    ("({ [Symbol.toStringTag]: 'Tag' })", "Object [Tag] { [Symbol(Symbol.toStringTag)]: \"Tag\" }"),
    ("[Object(1), Object('ab'), Object(2n)]", '[ [Number: 1], [String: "ab"], [BigInt: 2n] ]'),
    ("new Uint8Array([1, 2, 3])", "Uint8Array(3) [ 1, 2, 3 ]"),
    ("new ArrayBuffer(2)", "ArrayBuffer { [Uint8Contents]: <00 00>, byteLength: 2 }"),
    ("new DataView(new ArrayBuffer(2))", "DataView {}"),
    ("Promise.resolve(1)", "Promise {}"),
    ("new WeakMap()", "WeakMap { <items unknown> }"),
    ("(function* () {})()", "Object [Generator] {}"),
    ("({ get a() { throw 1; }, set a(v) {}, get b() { throw 1; }, set c(v) {} })",
     "{ a: [Getter/Setter], b: [Getter], c: [Setter] }"),
    ("(() => { const a = {}; a.self = a; a.list = [a]; return a; })()",
     "<ref *1> { self: [Circular *1], list: [ [Circular *1] ] }"),
    ("(() => { const a = {}; return [a, a]; })()", "[ {}, {} ]"),
    ("new Proxy({ a: 1 }, { get() { throw 1; }, ownKeys() { throw 1; } })", "{ a: 1 }"),
    ("[new Proxy([1], {})]", "[ [ 1 ] ]"),
    ("Object.create(Map.prototype)", "Map {}"),
    ("({ constructor: 5, a: 1 })", "{ constructor: 5, a: 1 }"),
]  # fmt: skip


@pytest.mark.parametrize(("literal", "text"), SHOWN)
def test_what_is_shown(literal, text):
    assert run(f"return inspect({literal})") == text


def test_lines_are_broken_when_they_are_too_long():
    assert run("return inspect({ first: 'x'.repeat(50), second: { third: 'y'.repeat(50) } })") == (
        "{\n"
        f'  first: "{"x" * 50}",\n'
        f'  second: {{ third: "{"y" * 50}" }}\n'
        "}"
    )  # fmt: skip


def test_rows_stay_rows():
    assert run("return inspect([1, 2, 3].map((id) => ({ id, name: 'somebody', tags: ['a'] })))") == (
        "[\n"
        '  { id: 1, name: "somebody", tags: [ "a" ] },\n'
        '  { id: 2, name: "somebody", tags: [ "a" ] },\n'
        '  { id: 3, name: "somebody", tags: [ "a" ] }\n'
        "]"
    )  # fmt: skip


def test_long_lists_stand_in_columns_and_are_cut():
    lines = run("return inspect(Array.from({ length: 1000 }, (_, i) => i))").split("\n")
    assert lines[1] == "   0,  1,  2,  3,  4,  5,  6,  7,  8,  9,"
    assert lines[10] == "  90, 91, 92, 93, 94, 95, 96, 97, 98, 99,"
    assert lines[11:] == ["  ... 900 more items", "]"]


def test_columns_of_words_are_padded_on_the_right():
    lines = run("return inspect(Array.from({ length: 11 }, (_, i) => 'item' + i))").split("\n")
    assert lines[1] == '  "item0",  "item1",  "item2",  "item3",  "item4",  "item5",  "item6",'
    assert lines[2] == '  "item7",  "item8",  "item9",  "item10"'


@pytest.mark.parametrize(
    ("literal", "end"),
    [
        ("new Uint8Array(300)", "... 200 more items\n]"),
        ("new Set(Array.from({ length: 101 }, (_, i) => i))", "... 1 more item\n}"),
        ("new Map(Array.from({ length: 300 }, (_, i) => [i, i]))", "... 200 more items\n}"),
        ("new ArrayBuffer(60)", "... 10 more bytes>,\n  byteLength: 60\n}"),
        ("'x'.repeat(10010)", '"... 10 more characters'),
        ("['x'.repeat(201)]", '"... 1 more character\n]'),
        ("['x'.repeat(199) + '\\ud83d\\ude00']", 'x"... 2 more characters\n]'),
    ],
)
def test_long_things_are_cut_with_a_count(literal, end):
    assert run(f"return inspect({literal})").endswith(end)


def test_depth_is_limited():
    text = run("return inspect({ a: { b: { c: { d: { e: 1 }, f: [], g: new Map(), h: class {} } } } })")
    assert "d: [Object], f: [Array], g: [Map], h: [class h]" in text


def test_the_whole_is_limited():
    text = run("""
        const wide = Array.from({ length: 100 }, () => 'x'.repeat(150));
        return inspect(Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => wide)));
    """)
    assert len(text) < 70_000
    assert "..." in text[-100:]
    text = run("return inspect(new Error('x'.repeat(1e6)))")
    assert text.endswith("... 990007 more characters")
    text = run("return inspect({ [Symbol.for('Deno.customInspect')]: () => 'x'.repeat(1e5) })")
    assert text.endswith("\n... cut: 34464 more characters")


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        ("({ [Symbol.for('Deno.customInspect')](inner, how) { return `${how.depth} ${inner({})}`; } })",
         "4 {}"),
        ("[{ [Symbol.for('nodejs.util.inspect.custom')](depth, _, inner) { return depth + inner('x'); } }]",
         '[ 3"x" ]'),
        ("new (class Money { [Symbol.for('nodejs.util.inspect.custom')]() { return { amount: 5 }; } })",
         "{ amount: 5 }"),
        ("new (class Odd { a = 1; [Symbol.for('Deno.customInspect')]() { throw 1; } })", "Odd { a: 1 }"),
        ("new (class Odd { a = 1; [Symbol.for('Deno.customInspect')]() { return this; } })", "Odd { a: 1 }"),
        ("new (class Odd { a = 1; [Symbol.for('Deno.customInspect')](inner) { return inner(this); } })",
         "<ref *1> [Circular *1]"),
        ("new (class Odd { a = 1; get [Symbol.for('Deno.customInspect')]() { throw 1; } })", "Odd { a: 1 }"),
        ("({ a: { [Symbol.for('Deno.customInspect')]: () => 'two\\nlines' } })", "{\n  a: two\n  lines\n}"),
    ],
)  # fmt: skip
def test_custom_inspection(literal, text):
    assert run(f"return inspect({literal})") == text


def test_objects_that_throw_do_not_break_it():
    hostile = """
        const Native = bare.NativeProxy;
        const trap = () => { throw new Error('trap'); };
        const handler = new Native({}, { get: () => trap });
        const hostile = new Native({}, handler);
        return inspect([1, hostile, { get a() { throw 1; } }, Object.create(hostile)]);
    """
    text = run(hostile)
    assert text.startswith("[")
    assert "{ a: [Getter] }" in text


def test_revoked_proxies_do_not_break_it():
    assert "[" in run("const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return inspect([proxy])")


def test_the_same_each_time():
    literal = "{ p: Promise.resolve(), f() {}, m: new Map([[{}, new WeakRef({})]]) }"
    first, second = run(f"const v = {literal}; return [inspect(v), inspect(v)]")
    assert first == second


def test_tampering_after_loading_does_not_reach_it():
    assert (
        run("""
        inspect({});
        const kept = [Array.prototype.join, String.prototype.slice, RegExp.prototype.exec, Object.keys];
        const broken = () => { throw 1; };
        Array.prototype.join = String.prototype.slice = RegExp.prototype.exec = Object.keys = broken;
        try { return inspect({ list: [1, 2], 'a-b': new Map([[1, 'x']]) }); }
        finally { [Array.prototype.join, String.prototype.slice, RegExp.prototype.exec, Object.keys] = kept; }
    """)
        == '{ list: [ 1, 2 ], "a-b": Map(1) { 1 => "x" } }'
    )
