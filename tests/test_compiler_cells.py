"""What cells mean when they run: names that live on, values, hoisting, constants, imports, exports."""

import pytest

from tana_jupyter.compiler import Declared, Import, compile_cell
from tests.compiling import Contract

VALUES = [
    ("", None),
    (" \n\t", None),
    ("// nothing", None),
    ("/* nothing */;", None),
    ("#!/usr/bin/env tana\n1", 1),
    ("1 + 1", 2),
    ("'hello'", "hello"),
    ("'use strict'", "use strict"),
    ("5;", 5),
    ("const x: number = 5", None),
    ("5\nconst x = 6", 5),
    ("5\nfunction f() {}\nclass A {}\ntype T = 1\nexport const y = 1\n;;", 5),
    ("5\nif (true) 6", None),
    ("5\n{ 6 }", None),
    # As in every console, though JavaScript calls it a block.
    ("{ a: 1 }", {"a": 1}),
    ("({ a: 1 })", {"a": 1}),
    ("<any>{ a: 1 }", {"a": 1}),
    ("1, 2", 2),
    ("[1, 2] as const", [1, 2]),
    ("'x' as string // comment", "x"),
    ("/* a */ 'x' /* b */", "x"),
    ("await Promise.resolve(7)", 7),
    ("Promise.resolve(8)", 8),
    ("return 9", 9),
    ("if (true) return 9\n10", 9),
    ("let n = 0\nfor await (const x of [1, Promise.resolve(2)]) n += x\nn", 3),
    ("typeof this", "undefined"),
    ("(() => typeof this)()", "undefined"),
    ("(<any>class {}).name; 1", 1),
    ("<any>class {}; 2", 2),
    ("const f = () => <any>{ a: 1 }\nf()", {"a": 1}),
    ("f()\nfunction f(): number { return 1 }", 1),
    ("const r = await f()\nr\nasync function f() { return 2 }", 2),
    ("[...g()]\nfunction* g() { yield 1; yield 2 }", [1, 2]),
    ("f()\nfunction f() { return 1 }\nfunction f() { return 2 }", 2),
    ("function f() {}\nf.name", "f"),
    ("const f = () => {}\nf.name", "f"),
    ("class A {}\nA.name", "A"),
    ("const A = class {}\nA.name", "A"),
    ("var x = 1\nvar x = 2\nx", 2),
    ("x = 5\nvar x\nx", 5),
    ("for (var i = 0; i < 3; i++) {}\ni", 3),
    ("for (var i: number, n = 3; !i; i = n) {}\ni", 3),
    ("for (var x of [1, 2]);\nx", 2),
    ("for (var [a, { b }] of [[1, { b: 2 }]]);\na + b", 3),
    ("for (var k in { key: 1 });\nk", "key"),
    ("if (true) var x = 1\nelse var x = 2\nx", 1),
    ("if (false) var x = 1; else var { x }: any = { x: 2 }\nx", 2),
    ("{ { var deep: number = 4 } }\ndeep", 4),
    ("switch (1) { case 1: var s = 5 }\ns", 5),
    ("label: var l = 6\nl", 6),
    ("try { throw 1 } catch { var c = 7 }\nc", 7),
    ("let x = 1;\n{ let x = 2; { var y = x } }\n[x, y]", [1, 2]),
    ("const fs = []\nfor (let i = 0; i < 3; i++) fs.push(() => i)\nfs.map(f => f())", [0, 1, 2]),
    ("const { a, b: [c = 3], ...rest }: any = { a: 1, b: [], d: 4 };\n[a, c, rest]", [1, 3, {"d": 4}]),
    ("let [x, , y = 2, ...z] = [1, 0, undefined, 3, 4], w = 5;\n[x, y, z, w]", [1, 2, [3, 4], 5]),
    ("const a = 1, { b } = { b: a + 1 }, [c] = [b + 1];\n[a, b, c]", [1, 2, 3]),
    ("let x = 1\nlet y: number\n(x)", 1),
    ("let y\n[1].length", 1),
    ("var v\n[2].length", 1),
    ("class A {}\n[3].length", 1),
    ("function f() {}\n[4].length", 1),
    ("const x = 'a' as string\ntype T = 1\n[x].length", 1),
    ("const o = { a: 1 }\ninterface I {}\n(o.a)", 1),
    ("import.meta.url", "tana:cell"),
    ("(await import('tana/core')).console", "console"),
    (
        "class A { n = 0; inc(by?: number): this { this.n += by ?? 1; return this } }\nnew A().inc(2).n",
        2,
    ),
    ("class A { get\n: number; foo() { return 1 } }\nnew A().foo()", 1),
    (
        "abstract class A<T> { abstract x: T; y = 1 }\nclass B extends A<1> { x = 2 }\nnew B().x + new B().y",
        3,
    ),
    ("class A { static self = () => A }\nA.self() === A", True),
    ("function f(this: any, x: number) { return x }\nf.length", 1),
    ("function f(x: string): string\nfunction f(x: any) { return x }\nf('a')", "a"),
    ("const f = async <\n  T,\n>(x: T): Promise<\n  T\n> => x\nawait f(3)", 3),
    ("function f() {\n  return <any>\n    4\n}\nf()", 4),
    ("const nul = '\\0'; `a${nul as string}b`.length", 3),
    ("const ünï: string = '😀'; ünï + ünï!", "😀😀"),
    ("`line\r\nbreak`.length", 10),
    ("outer: for (;;) { for (;;) break outer }\n1", 1),
    ("enum E { A, B = 5, C }\n[E.A, E.C, E[5]]", [0, 6, "B"]),
    ("const enum E { A = 'x' }\nE.A", "x"),
    ("3\nenum E { A }", 3),
    ("3\nnamespace N { export const x = 1 }", 3),
    ("namespace N { export const x = 1 }\nN.x", 1),
    ("namespace N.M { export const x = 1 }\nN.M.x", 1),
    ("function f() { return f.x }\nnamespace f { export const x = 2 }\nf()", 2),
    (
        "class P { constructor(public x: 1, readonly y = 2) {} s() { return this.y + 1 } }\nnew P(1).s()",
        3,
    ),
    (
        "const twice = (f, _) => () => 2 * f()\nclass D { @twice m() { return 21 } }\nnew D().m()",
        42,
    ),
    ("class A { accessor x: number = 1 }\nconst a = new A()\na.x += 1\na.x", 2),
    (
        "Symbol.dispose ??= Symbol()\nlet n = []\n{ using x = { [Symbol.dispose]() { n.push('gone') } } }\nn",
        ["gone"],
    ),
    ("Symbol.dispose ??= Symbol('d')\nusing x = { [Symbol.dispose]() {} }\nconst y = 4\ny + 1", 5),
    ("const x = 'a' as string\n['b', 'c'].map(y => y)", ["b", "c"]),
    ("let abstract = 1, declare = 2\nenum E { A = 3 }\nabstract + declare + E.A", 6),
]


@pytest.mark.parametrize(("source", "value"), VALUES)
def test_value_of_a_cell(source, value):
    assert Contract().run(source) == ({} if value is None else {"value": value})


SEQUENCES = [
    (["let x = 1", "x + 1"], 2),
    (["const x = 1", "const x = 2", "x"], 2),
    (["const x = 1", "let x = 2\nx = 3\nx"], 3),
    (["const f = 1", "function f() { return 2 }\nf()"], 2),
    (["function f() { return 1 }", "class f { x = 3 }\nnew f().x"], 3),
    (["let x = 1", "let x\ntypeof x"], "undefined"),
    (["var x = 1", "var x\nx"], 1),
    (["function a() { return b() }\nfunction b() { return 1 }", "function b() { return 2 }", "a()"], 2),
    (
        [
            "function f(n) { return n ? f(n - 1) : 'old' }\nconst g = f",
            "function f(n) { return 'new' }\ng(1)",
        ],
        "new",
    ),
    (["class A { x = 1 }\nconst make = () => new A().x", "class A { x = 2 }", "make()"], 2),
    (["let n = 0\nconst inc = () => ++n", "inc()\ninc()", "n"], 2),
    (
        ["const early = 1\nthrow new Error('x')\nconst late = 2", "typeof early + typeof late"],
        "numberundefined",
    ),
    (["import { kv } from 'tana/kv'", "kv.get('a')"], "value of a"),
    (["enum E { A }", "enum E { B = 4 }", "E.A"], None),
    (["enum E { A }", "enum E { B = 4 }", "E.B"], 4),
    (["enum E { A = 7 }", "E.A"], 7),
    (["class P { constructor(public x = 3) {} }", "new P().x"], 3),
    (["if (true) { var x = 1 }", "x"], 1),
]


@pytest.mark.parametrize(("cells", "value"), SEQUENCES)
def test_names_live_on(cells, value):
    contract = Contract()
    *before, last = [contract.run(cell) for cell in cells]
    assert last == ({} if value is None else {"value": value})
    assert all("error" not in outcome or "late" in cells[0] for outcome in before)


LOCKED = "TypeError: 'x' is read-only"


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("const x = 1\nx = 2", LOCKED),
        ("const [x] = [1]\nx++", LOCKED),
        ("const { y: { x } }: any = { y: { x: 1 } }\nfor (x of [2]);", LOCKED),
        ("export const x: number = 1\nx = 2", LOCKED),
        ("const x = 1\nfunction f() { x = 2 }\nf()", LOCKED),
        ("import x from 'tana/kv'\nx = 2", LOCKED),
        ("x = 1\nconst x = 2", None),
        ("let x = 1\nx = 2", None),
        ("{ const x = 1 }\nvar x = 1\nx = 2", None),
        ("undeclared = 1", "ReferenceError: undeclared is not defined"),
    ],
)
def test_constants_stay_what_they_are(source, error):
    assert Contract().run(source).get("error") == error


@pytest.mark.parametrize(
    ("source", "thrown"),
    [
        ("throw 'text'", ["text"]),
        ("throw <any>{ code: 1 }", [{"code": 1}]),
        ("throw x as any\nvar x", [None]),
        ("throw ('a', 'b')", ["b"]),
        ("throw /* why */ 'c' // so", ["c"]),
        ("throw new Error('x')", []),
        ("throw new Error('x') as any", [{}]),
        ("if (true) throw 1\nelse throw 2", [1]),
        ("const f = () => { throw `t` }\nf()", ["t"]),
        ("try { throw 1 } catch (e) { throw e }", [1, 1]),
        ("throw 1 as number\n(2)", [1]),
    ],
)
def test_thrown_values_are_seen(source, thrown):
    contract = Contract()
    assert "value" not in contract.run(source)
    assert contract.evaluate("seen.thrown") == thrown


@pytest.mark.parametrize(
    ("source", "value", "imported"),
    [
        ("import { kv } from 'tana/kv'\nkv.get('a')", "value of a", ["tana/kv kv"]),
        ('import { kv as store } from "tana/kv"\nstore.get("a")', "value of a", ["tana/kv kv"]),
        ("import d from 'tana/kv'\nd", "the default", ["tana/kv default"]),
        (
            "import d, { kv } from 'tana/kv'\n[d, typeof kv]",
            ["the default", "object"],
            ["tana/kv default", "tana/kv kv"],
        ),
        ("import * as all from 'tana/core'\nall", {"console": "console"}, ["tana/core *"]),
        ("import { 'odd name' as odd } from 'tana/kv'\nodd", 7, ["tana/kv odd name"]),
        ("import 'tana/core'\n1", 1, ["tana/core *"]),
        ("import {} from 'tana/core'\n1", 1, ["tana/core *"]),
        ("import type { A } from 'nowhere'\n1", 1, []),
        ("import { type A } from 'nowhere'\n1", 1, []),
        ("import { type A } from 'nowhere'\nenum E { X = 1 }\nE.X", 1, []),
        ("import { type A, kv } from 'tana/kv'\ntypeof kv", "object", ["tana/kv kv"]),
        ("import { kv } from 'tana/kv'\nenum E { X = 1 }\nE.X", 1, ["tana/kv kv"]),
        ("kv.get('a')\nimport { kv } from 'tana/kv'", "value of a", ["tana/kv kv"]),
        ("'x'\nimport { kv } from 'tana/kv'", "x", ["tana/kv kv"]),
    ],
)
def test_imports(source, value, imported):
    contract = Contract()
    assert contract.run(source) == {"value": value}
    assert contract.evaluate("seen.imported") == imported


@pytest.mark.parametrize(
    ("source", "exports", "expression", "value"),
    [
        ("export const a = 1, { b } = { b: 2 }", {"a": "a", "b": "b"}, "a + b", 3),
        ("export function f() { return 1 }", {"f": "f"}, "f()", 1),
        ("export class A { x = 1 }", {"A": "A"}, "new A().x", 1),
        ("export async function* g() {}", {"g": "g"}, "g.name", "g"),
        ("export default function f() { return 1 }", {"default": "f"}, "f()", 1),
        ("export default class A {}", {"default": "A"}, "A.name", "A"),
        (
            "export default function () { return 1 }",
            {"default": "$default"},
            "$default.name + $default()",
            "default1",
        ),
        ("export default class {}", {"default": "$default"}, "$default.name", "default"),
        ("export default () => 2", {"default": "$default"}, "$default.name + $default()", "default2"),
        ("export default { a: 1 } as const", {"default": "$default"}, "$default.a", 1),
        ("export default <any>{ a: 1 }", {"default": "$default"}, "$default.a", 1),
        ("export default f\nfunction f() { return 3 }", {"default": "f"}, "f()", 3),
        ("const a = 1\nexport { a, a as b, a as default }", {"a": "a", "b": "a", "default": "a"}, "a", 1),
        ("export { a }\nconst a = 1", {"a": "a"}, "a", 1),
        (
            "export { kv as store } from 'tana/kv'",
            {"store": "$export_store"},
            "$export_store.get('a')",
            "value of a",
        ),
        (
            "export { default } from 'tana/kv'",
            {"default": "$export_default"},
            "$export_default",
            "the default",
        ),
        ("export * as core from 'tana/core'", {"core": "$export_core"}, "$export_core.console", "console"),
        ("const a = 1; export { a as 'two words' }", {"two words": "a"}, "a", 1),
        ("interface T {}\nconst a = 1\nexport { T, a }", {"a": "a"}, "a", 1),
        ("interface T {}\nexport default T", {}, "1", 1),
        ("interface T {}\nconst T = 1\nexport { T }", {"T": "T"}, "T", 1),
        ("interface T {}\nenum E { A = 1 }\nexport { T, E }", {"E": "E"}, "E.A", 1),
        ("import { type T } from 'm'\nexport { T }", {}, "1", 1),
        ("export enum E { A = 5 }", {"E": "E"}, "E.A", 5),
        ("export namespace N { export const x = 6 }", {"N": "N"}, "N.x", 6),
        ("export type T = 1; export interface I {}", {}, "1", 1),
        ("export { type T }", {}, "1", 1),
    ],
)
def test_exports(source, exports, expression, value):
    contract = Contract()
    assert "error" not in contract.run(source)
    assert contract.exports == exports
    assert contract.evaluate(expression) == value


def test_what_a_cell_declares():
    cell = compile_cell(
        "import d, { a as b } from 'm'\nconst c = 1; let [e, { f }] = x, g\nvar h\nfunction i() { var no }\n"
        "class J {}\nfor (var k of []) { let no; var l }\ntype No = 1\nexport default 1"
    )
    assert cell.declared == (
        Declared("d", "import"),
        Declared("b", "import"),
        Declared("c", "const"),
        Declared("e", "let"),
        Declared("f", "let"),
        Declared("g", "let"),
        Declared("h", "var"),
        Declared("i", "function"),
        Declared("J", "class"),
        Declared("$default", "default"),
        Declared("k", "var"),
        Declared("l", "var"),
    )
    assert compile_cell("enum E { A } namespace N { export const x = 1 }").declared == (
        Declared("E", "enum"),
        Declared("N", "enum"),
    )


def test_imports_say_where_they_stand():
    source = "import d, { a as b } from 'm'\nimport * as n from \"é\"; import 'side'\nexport { x as y } from 'z'"
    expected = (
        Import("m", (("default", "d"), ("a", "b")), 1, 27),
        Import("é", (("*", "n"),), 2, 20),
        Import("side", (), 2, 32),
        Import("z", (("x", "$export_y"),), 3, 24),
    )
    assert compile_cell(source).imports == expected
    assert compile_cell(source + "\nenum E { A }").imports == expected


def test_helpers_of_typescript_are_no_names_of_the_contract():
    decorated = compile_cell("class A { @dec m() {} }\nusing x = f()")
    assert {one.name for one in decorated.declared} == {"A", "x"}


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("const u: any = undefined\nfunction f() {\n  const a = 1\n  return u.name\n}\nf()", (4, 3)),
        ("function f(u?: any) {\n  g()\n  if (u.name) {}\n}\nfunction g() {}\nf()", (3, 3)),
        ("const u: any = null\nif (true) {\n\n  for (const x of u.all) {}\n}", (4, 3)),
        ("const f = (u?: any) => {\n  if (true)\n    return u.name\n}\nf()", (3, 5)),
        ("enum E { A }\nfunction f(u?: any) {\n  const a = E.A\n  const b = u.name\n}\nf()", (4, 3)),
        ("type T = 1\nboom()", (2, 1)),
    ],
)
def test_an_error_leads_to_its_statement(source, place):
    """The engine itself notes positions at calls and expression statements only."""
    assert Contract().place_of_error(source) == place
