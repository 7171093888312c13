//= one snippet a line
class A {}
class A<T> {}
class A<T extends object = {}> extends B<T> {}
class A implements B {}
class A implements B, C<D> {}
class A<T> extends B<T, U> implements C<T>, D {}
class A extends B implements C {}
class A extends f<T>(x) {}
class A extends a.b.C<T> {}
class A extends (class<T> {})<string> {}
const A = class {}
const A = class<T> {}
const A = class B<T> extends C<T> implements D { x: T }
class A { x: number }
class A { x: number = 1 }
class A { x?: number; y!: string; z }
class A { "x"?: number; 1!: string; [k]: number = 1 }
class A { public x; private y: number; protected z = 1 }
class A { static x: number = 1; static readonly y = 2; public static z?: string }
class A { readonly x = 1; private readonly y: number; static readonly z }
class A { declare x: number; declare readonly y; declare static z: T }
class A extends B { override x = 1; override m(): void {}; public override n() {}; protected static override readonly z = 1 }
class A { m(): void {} }
class A { m?(): void; n?(x: number): void {} }
class A { public m() {} private async n(): Promise<void> {} protected *g(): Generator {} static async *h() {} }
class A { m<T>(x: T): T { return x } static n<T>() {} async o<T>() {} }
class A { get x(): number { return 1 } set x(v: number) {} static get y(): string { return "" } private set y(v) {} }
class A { m(this: A, x: number) {} n(this: this) {} }
class A { [k: string]: any }
class A { constructor(x: number, y?: string) {} }
class A { constructor(); constructor(x?: number) {} }
class A { m(): void; m(x?: number): void {} }
class A { static m(): void; static m(x?: any) {} }
class A { public constructor() {} }
class A extends B { private constructor(x: T) { super() as any } }
abstract class A { abstract x: number; abstract m(): void; abstract get y(): number; abstract set y(v: number); z = 1 }
abstract class A<T> extends B<T> implements C { protected abstract readonly x: T; public abstract m<U>(x: U): void; n() {} }
abstract class A { constructor(protected_: number) {} }
class A { get?() {} }
class A { readonly() {} public readonly readonly: number }
class A { static static: number; static async; static get: string; static x() {} }
class A { x = (y: number): number => y; z = async <T>(w: T) => w; v = function (this: A) {} }
class A { x = <T>y; z = w as T; v = u!; t = s satisfies T }
class A { static x: typeof A.y = 1; static y = A.x! }
class A { static { this.x = 1 as any } static x }
class A { #p: number; #q?: string; static #r = 1; #m(): void {} has(o: object) { return #p in o } }
class A { "quoted"(): void {} 123(x: number) {} [Symbol.iterator]<T>(): Iterator<T> {} async *[Symbol.asyncIterator]() {} }
class A { async x(): Promise<void> { await (this as any).y! } }
class A { x: () => void; y: { a: number }; z: [number]; w: new () => A }
class A { x; y; z }
class A { x = 1; ; ; y = 2; }
class A { 'with space': number }
class A { static async *[x]?(): void {} }
class A { m({ a, b }: { a: number; b: string }, [c]: [number] = [1], ...d: any[]) {} }
class A { m(x = <T>1, y = 2 as U) {} }
f(class<T> { x: T })
new (class<T> { x?: T })<string>()
export class A<T> {}
export abstract class A {}
export default class A<T> implements B {}
export default class<T> extends B<T> {}
export default class {}
export default abstract class A {}
export class A { private x: number; m?(): void }
