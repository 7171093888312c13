//: type between two lines, bracket
foo
type T = string
(bar)
//: interface between two lines, array
foo
interface I {}
[bar].baz
//: type between two lines, minus
foo
type T = string;
-bar
//: type after an assignment
const a = b
type T = string
(c)
//: type inside a function
function f() {
  foo
  type T = string
  (bar)
  interface I { x: number }
  [baz].quux
}
//: import type between two lines
foo
import type { T } from "m"
(bar)
//: export type between two lines
foo
export type T = string
(bar)
//: overload between two lines
const a = b
function f(x: string): void
function f(x: any) {}
(c)
//: overload without semicolons in a row
function f(x: string): void
function f(x: number): void
function f(x: any) { return x }
//: as and identifier
x as T
y
//: as before plus plus
x as T
++y
//: as before minus, which goes on
x as number
-y
//: satisfies and identifier
x satisfies T
y
//: const with as
const x = y as T
z
//: const with as const, comment
const x = y as const // comment
/* other */ z
//: return with as
function f() {
  return x as T
}
//: return with as before brace
function f() { return x as T }
//: return assertion over a line break
function f() {
  return <T>
    x
}
//: return long assertion type
function f() {
  return <{
    a: number
  }>x
}
//: throw assertion over a line break
function f() {
  throw <T>
    x
}
//: yield assertion over a line break
function* f() {
  yield <T>
    x
}
//: return generic arrow over a line break
function f() {
  return <T
  >(x: T) => x
}
//: return generic arrow with many parameters
function f() {
  return <
    T,
    U,
  >(
    x: T,
    y: U,
  ): [T, U] => [x, y]
}
//: async generic arrow over a line break
const f = async <
  T,
>(x: T) => x
//: async generic arrow with result type
const f = async <
  T,
>(x: T): Promise<
  T
> => x
//: arrow result type over lines
const f = (x: number): {
  a: number
  b: string
} => ({ a: x, b: "" })
//: arrow result type over lines, no parameters
const f = (): Promise<
  void
> => {}
//: arrow result type on its own line
const f = (x: number)
  : number => x
//: arrow result union over lines
const f = (
  x: number,
):
  | string
  | number => x
//: arrow predicate over lines
const f = (x: unknown): x is
  string => true
//: async arrow result type over lines
const f = async (
  x: number,
): Promise<{
  a: number
}> => ({ a: x })
//: arrow as argument, result over lines
xs.map((x): {
  a: number
} => ({ a: x })).filter((y: any): y is
  string => y)
//: nested arrows with results over lines
const f = (a: number): ((
  b: number
) => number) => (b: number): {
} => ({})
//: non-null before a bracket on the next line
const a = b!
(c)
//: non-null before an index on the next line
const a = b!
[c]
//: non-null before identifier
const a = b!
c
//: non-null before not
a
!b
//: non-null before plus plus
a!
++b
//: let without value before a bracket
let x: T
(y)
//: let without value before an index
let x: T
[a] = b
//: let without value or type before a bracket
let x
(y)
//: definite let before a bracket
let x!: T
(y)
//: several lets, the last without value
let x = 1, y: T
(z)
//: instantiation before const
const f = g<T>
const y = 1
//: call with type arguments over lines
f<
  T,
  U
>(x)
//: new with type arguments over lines
new Map<
  string,
  number
>([])
//: class fields with types, no semicolons
class A {
  x: number
  y: string
  z
}
//: field named get
class A {
  get: number
  foo() {}
}
//: field named set
class A {
  set: number
  foo(x) {}
}
//: field named static
class A {
  static: number
  foo() {}
}
//: field named async
class A {
  async: boolean
  foo() {}
}
//: optional field named get
class A {
  get?
  foo() {}
}
//: definite field named get
class A {
  get!: number
  foo() {}
}
//: public field before computed
class A {
  x = 1
  public ["y"] = 2
}
//: private generator after a field
class A {
  x = 1
  private *gen() {}
}
//: readonly computed after a field
class A {
  x = 1
  readonly ["y"] = 2
}
//: override generator after a field
class A extends B {
  x = 1
  override *gen() {}
}
//: index signature after a field
class A {
  x = 1;
  [key: string]: any
  y = 2
}
//: typed field before computed field
class A {
  x: number
  ["y"]: string
}
//: typed field with value, as, computed
class A {
  x = y as T;
  ["z"] = 1
}
//: declare field between
class A {
  x = 1
  declare y: number
  ["z"] = 2
}
//: abstract member between
abstract class A {
  x = 1
  abstract y: number
  abstract m(): void;
  ["z"] = 2
}
//: method overloads without semicolons
class A {
  x = 1
  m(x: string): void
  m(x: number): void
  m(x: any) {}
}
//: constructor overloads
class A {
  constructor(x: string)
  constructor(x: number);
  constructor(x: any) {}
}
//: method generic over lines
class A {
  m<
    T,
  >(x: T): T { return x }
  get<T>(x: T) {}
}
//: type and name on two lines
type
Foo = string
//: declare and const on two lines
declare
const x: T = 1
//: as on its own line
x
as
T
//: do while with as
do x as T
while (y)
//: if else with as
if (a) b as T
else c as T
//: for in blocks
for (const x of y) z as T
for (;;) { break }
//: object literal assertion in a statement
const a = b;
<T>{ c: 1 }
//: assertion line after a complete statement
a;
<T>(b)
//: comments inside types
const x: /* a */ number /* b */ = /* c */ 1 // d
function f(/* 1 */ this: Foo /* 2 */, /* 3 */ x /* 4 */ : /* 5 */ T /* 6 */) /* 7 */ : /* 8 */ void /* 9 */ {}
//: type over many lines
const x: {
  a: number // one
  /* two */ b: string
} = y
(z)
//: enclosed as before a comma on the next line
f(x as T
, y as U)
//: array of as
[x as T
, y]
//: chained calls over lines
const x = (await foo())!
  .bar!
  .baz<string>()!
//: ternary over lines with types
const x = a
  ? (b as T)
  : <U>c
//: type alias ends without semicolon before keyword
type T = { a: number }
const x = 1
//: type alias union over lines
type T =
  | "a"
  | "b"
const x = 1
//: interface then bracket
interface I {}
(x)
//: export interface then template
export interface I {}
`x`
//: nothing but types
type A = 1
interface B {}
//: semicolons everywhere
type A = 1;
interface B {};
declare const x: T;
//: label and types
outer: for (const x of y as T[]) { for (;;) continue outer }
//: catch with a type
try { a as T } catch (e: unknown) { e as Error } finally { b! }
//: catch any over lines
try {
} catch (
  e: any
) {}
//: getter with type over lines
const o = {
  get x(): {
    a: number
  } { return { a: 1 } },
}
//: static block
class A { static { const x: number = 1; x as any } }
//: private names
class A { #x: number = 1; static #y?: string; #m(x: number): void { this.#x! } get #z(): number { return 1 } }
//: hash bang
#!/usr/bin/env tana
const x: number = 1
//: satisfies on its own line
x
satisfies
T
//: type alias of a keyword before a bracket
type A = string
[b]
//: type alias of a name before a bracket
type A = T
[b]
//: type alias of a name before a bracket, then more
type A = T
[b].length
//: declare before a bracket
declare const x: T
[b].length
