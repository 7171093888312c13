//= annotations, one snippet a line
let a: number = 1
let b: string
var c: boolean, d: null = null, e
const f: { x: number; y?: string } = { x: 1 }
const g: (a: number, b?: string) => void = () => {}
const h: new (...args: any[]) => object = Object
const i: [first: string, second?: number, ...rest: boolean[]] = ["a"]
const j: readonly string[] = []
const k: `user:${string}` = "user:x"
const l: unique symbol = Symbol()
const m: typeof globalThis = globalThis
const n: keyof typeof Math = "abs"
const o: Array<Map<string, Set<number>>> = []
const p: string | undefined | (() => void) = undefined
const q: Foo["bar"][number] = 1
const s: A extends B ? C : D = 1
const t: { [K in keyof T]?: T[K] } = {}
const u: { readonly [key: string]: number } = {}
const v: { -readonly [K in keyof T]-?: T[K] } = {}
const w: { get x(): number; set x(v: number) } = { x: 1 }
const x: asserts = 1
const y: { (a: number): string; new (a: number): Foo; method<T>(x: T): T } = z
const z: abstract new () => object = Object
const aa: (typeof list)[number] = list[0]
const ab: A.B.C<D> = 1
const ac: -1 | 1n | "x" | true | null | void | never | unknown = 1
const ad: T extends infer U extends string ? U : never = 1
const ae: this = 1
let af!: number
let ag!: string, ah: number = 2
const { ai, aj }: { ai: number; aj: string } = x
const [ak, al = 1]: [number, number?] = x
const am: Record<string, { a: 1, b: [2] }> = {};
const an = (x: number): x is 1 => x === 1
const ao: object | { a: number }[] = []
const ap: (this: Foo, x: number) => asserts x is string = y
const aq: symbol = Symbol.iterator, ar: bigint = 1n
let type: string = "x"; type = "y"
let of: any = 1, is: any = 2, readonly: any = 3, declare: any = 4, abstract: any = 5
let keyof = 1, infer = 2, asserts = 3, satisfies = 4, namespace = 5, module = 6, accessor = 7, override = 8, out = 9
var get: number = 1, set: number = 2, async: number = 3, global: number = 4, unique: any = 5

//= functions
function f(a: number, b?: string, ...c: boolean[]): void {}
function f<T>(x: T): T { return x }
function f<T extends object = {}, const U = T>(x: T, y: U): [T, U] { return [x, y] }
function f(this: Window, x: number) { return x }
function f(this: Window) {}
function f(this: { a: number, b: [c: 1] }, x = 1) { return x }
function f(this, x) {}
function f(x: unknown): x is string { return true }
function f(x: unknown): asserts x is string {}
function f(x: unknown): asserts x {}
function f({ a, b: [c] = [1] }: { a: number; b?: number[] } = {} as any) { return a }
function f([a, b]: [number, string], { c }: { c: boolean }): { x: number } { return { x: a } }
function f(a = <number>1, b = 2 as number) {}
function f(a: number = 1, b: (x: string) => void = (x: string): void => {}) {}
async function f(): Promise<void> { await 1 }
function* f(): Generator<number, void, unknown> { yield 1 }
async function* f<T>(x: T): AsyncGenerator<T> { yield x }
const f = function (x: number): number { return x }
const f = function named<T>(this: T, x: T): T { return x }
const f = async function* (x?: number): AsyncGenerator<number> { yield x! }
const f = (x: number): number => x
const f = (x?: number, ...y: string[]) => x
const f = <T>(x: T) => x
const f = <T,>(x: T) => x
const f = <T extends string>(x: T): x is T => true
const f = <const T>(x: T): T => x
const f = async <T>(x: T): Promise<T> => x
const f = async (x: number): Promise<number> => x
const f = async x => x
const f = (): { a: number } => ({ a: 1 })
const f = (): void => {}
const f = ({ a }: { a: number }): number => a
const f = (cb: (x: number) => void): (() => void) => () => cb(1)
const f = (a) => (b: number) => (c: string): number => a + b
const o = { m(x: number): string { return "" }, async n<T>(x: T) {}, *g(): Generator {}, get p(): number { return 1 }, set p(v: number) {} }
const o = { m<T>(this: Foo, x?: T): T | undefined { return x }, ["k" + 1](x: number) {}, async *ag(x: any) {} }
const o = { f: function (x: number): void {}, g: (x: number): void => {}, h: <T>(x: T) => x }
f((x: number) => x, function (y?: string) {}, <T>(z: T): T => z)
new Promise<void>((resolve: () => void, reject?: (e: unknown) => void): void => resolve())
a ? (b: number): number => c : d
a ? (b) : (c)
a ? (b, c) => d : e
a ? (b) => (c) : d => e
a ? async (b): Promise<c> => d : e

//= expressions
x as number
x as any as string
(x as any).y.z
(x as any)[0](y as string)
(<any>x).y
<any>x
<T>(<U>x)
<const>["a"]
["a"] as const
{ ({}) as T }
x!
x!.y!.z!
x![0]![1]!
x!()
x!.y!(z!)
x?.y!.z
(x?.y)!.z
x?.[0]!
a!++
a! += 1
a! = b!
(a as any) = 1
(<any>a) = 1
(a!) = 1;
(a as any)++
for (const x of xs as number[]) {}
for (const k in o as object) {}
for (let i: number = 0 as number, n: number = 3; i < n!; i++) {}
for (var i: number = 0; i < 1; i++);
if (x as boolean) y as any; else z!
while (x!) y!
switch (x as string) { case y as string: z!; default: <any>w }
throw x as Error
throw <Error>x
throw new Error("x") as any
f<string>(x)
f<string, Map<number, A[]>>(x)
f<A<B<C>>>(x)
f<A<B>>()
f<{ a: number }>({ a: 1 })
f<() => void>(x)
f<typeof x>(x)
f<"a" | 'b'>(x)
a.b<string>(c).d<number>()
a?.b<string>(c)
a?.<string>(c)
new Foo<string>()
new Foo<string>
new Foo<A<B>>(x)
new a.b.Foo<string>(x)
new (Foo as any)(1)
new (Foo<string>)()
const f = g<string>
const f = g<string>;
const m = Map<string, number>
[f<string>, g<number>]
x(f<string>)
const y = f<string>, z = 1
x satisfies T
const o = { a: 1 } satisfies Record<string, number>
const o = ({ a: 1 } satisfies A) as B
const o = { a: x as number, [k as string]: y!, ...(z as object) }
const x = a < b, y = c > d
if (a < b && c > d) e
f(a < b, c > d)
f(a < b, c > (d))
const x = a < b ? c : d
const x = a < (b >> c)
x = y as any
x = y! as any
x ||= y as any
x ?? (y as any)
(x as number) + (y as number)
x as number + 1
a + b as number
a + (b as number) * c
a || b as any
a && b as any || c
a ? b as any : c as any
a ? <any>b : <any>c
!x as boolean
-x as number
typeof x as string
await x as string
await (x as Promise<string>)
delete (x as any).y
void (0 as any)
`a ${x as string} b ${y!} c ${<any>z} d`
tag`a ${x as string}`
(x as any)`text`
x = <T>y
x = <T>{ a: 1 }
x = <T>function () {}
f(<T>{}, <U>[])
const f = () => <T>{ a: 1 }
const f = () => <T><U>{ a: 1 }
const f = () => <T>x
const f = () => ({ a: 1 }) as T
const f = () => ({ a: 1 } as T)
const f = () => x as T
const f = async () => <T>await x
() => <T>{}
<T>{ a: 1 }; x
<any>function () {}; x
<any>async function () {}; x
(x as any) ? y : z
[...(x as any[])]
f(...(x as any[]))
class A extends (B as any) {}
class A extends (<any>B) {}
function* g() { yield x as any; yield <any>x; yield* y! }
label: x as any
x as (a: number) => void
x as { a: number }["a"]
x as `a${string}`
x as unknown as T[]
x as T ? y : z
x as any, y as any
x as any === y
x as any instanceof Y
x as any in y
x as T & U | V
/re/g as RegExp
a as any / b / c
import("x") as Promise<any>
import.meta as any
"use strict" as string
new.target as any
x = async <T>(y: T) => y
x = y as const
let v = <T>(x) + 1
`${<T>(x: T) => x}`
a = b as c, d = e as f
const enumLike = { A: 1 } as const, B = enumLike.A!

//= statements that are types alone
type A = string
type A<T> = T extends string ? 1 : 2;
type A = | "x" | "y"
type A = { [K in keyof B as `get${K}`]: () => B[K] }
type A = typeof x[number]
type A = abstract new () => void
type A = [a: string, ...b: number[]]
type Getter = { get x(): string, set x(v) }
interface A {}
interface A<T> extends B<T>, C { (x: number): string; new (x: number): A; [k: string]: any; readonly x?: T; m?(): void }
interface A { get x(): number; set x(v: number) }
declare const x: number
declare let x: number, y: string
declare var x
declare function f(x: number): string
declare function f<T>(x: T): T;
declare class A { x: number; constructor(y: string); m(): void; static s: number; private p }
declare abstract class A { abstract x: number }
declare enum E { A, B = 2 }
declare const enum E { A }
declare namespace N { const x: number; function f(): void }
declare module "m" { export const x: number }
declare module M {}
declare module "m";
declare global { interface Window { x: number } }
declare type A = string
declare interface A {}
abstract class A {}
type = 5
declare = 5
async

//= comments in odd places
import /* a */ type /* b */ { A } /* c */ from "m"
export /* a */ type /* b */ A = 1
export default /* a */ interface A {}
export /* a */ const /* b */ a /* c */ : T = 1
import { /* a */ type /* b */ a /* c */, b } from "m"
x /* a */ as /* b */ T /* c */
<T>/* a */{ b: 1 }
x /* a */ !
async /* a */ <T>/* b */(x /* c */ ?: T) /* d */ : /* e */ T /* f */ => x
class A { /* a */ public /* b */ x /* c */ ?: /* d */ T /* e */; declare /* f */ y }
class /* a */ A /* b */ <T> /* c */ extends /* d */ B /* e */ implements /* f */ C {}
for (const /* a */ x of /* b */ y as T) {}
f /* a */ <T>/* b */ (x)
