//= one snippet a line
enum A { B }
enum A { B, C = 5, D, E = "x", F = B | C, G = "abc".length }
const enum A { B }
export enum A { B }
export const enum A { B = 1 << 2 }
enum A { B } enum A { C = 1 }
enum A {} namespace A { export const x = 1 }
namespace A { export const x: number = 1 }
namespace A.B.C { export function f<T>(x: T) { return x } }
namespace A { type T = 1 }
module A { export let x = 1 }
export namespace A { export class B {} }
function f() {} namespace f { export const x = 1 }
class A {} namespace A { export const x = 1 }
class A { constructor(public x: number) {} }
class A { constructor(private readonly x, protected y?: string, readonly z = 1) {} }
class A extends B { constructor(override x: number) { super() } }
const A = class { constructor(public x) {} }
@dec class A {}
@dec() export class A { @field x: number; @method() m() {} }
export @dec class A {}
export default @dec class A {}
class A { @dec x = 1 }
class A { @dec m() {} @dec get x() { return 1 } @dec static y }
class A { accessor x: number = 1 }
class A { static accessor x = 1; accessor y }
import q = A.B
export import q = A.B.C
using x = f()
{ using x = f() }
await using x = f()
for (using x of y) {}
for (await using x of y) {}
function f() { using x = g(); return x }
export type * from "m"
export type * as ns from "m"
f<T>`text`
f<T>`a ${b}`
a + b as any * c
a + b as number ** c
import { type as as b } from "m"
const r: import("x").Y<string> = 1
let as: number = 1; as = as as number
[a as any, b!] = [1, 2];
({ a: b as any, c: d! } = x)
for (a as any of xs) {}
type; declare; namespace; abstract; module
abstract = 5, namespace = 6
class A { static [k: string]: any; readonly [k: number]: string; x = 1 }
abstract class A { abstract override x: T; protected abstract m?(): void; private static n() {} }
class A { get = 1; set = 2; static = 3; async = 4; declare = 5; readonly = 6; abstract = 7; public = 8 }
class A { get() {} set() {} static() {} async() {} declare() {} readonly() {} abstract() {} accessor() {} override() {} }
//: as before a bracket on the next line
x as T
(b)
//: as before an index on the next line
const x = y as T
[a, b].forEach(f)
//: as before a template on the next line
x as T
`b`
//: satisfies before a bracket on the next line
const x = y satisfies T
(b)
//: declare between two lines, template
foo
declare const x: number
`bar`
//: type between two lines, plus
foo
type T = string
+bar
//: type between two lines, slash
foo
type T = string
/bar/g.test(x)
//: var without value before a template
var x: T
`y`
//: instantiation and identifier
const f = g<T>
x
//: typed field as before generator
class A {
  x: T
  *gen() {}
}
//: abstract and class on two lines
abstract
class A {}
//: type arguments and a bracket on the next line
const x = y as T
[b]
//: as in an arrow before a template
const f = () => x as T
`b`
//: call with literal types and a following comparison
f<"a" | 'b'>(x)
<T>b
//: as with comments before a bracket
x as T /* c */
[b]
