//= one snippet a line
import a from "m"
import * as a from "m"
import { a } from "m"
import { a as b } from "m"
import { a, b as c, default as d } from "m"
import a, { b } from "m"
import a, * as b from "m"
import "m"
import {} from "m"
import type a from "m"
import type { a } from "m"
import type * as a from "m"
import type { a, b as c } from "m";
import { type a } from "m"
import { type a, b } from "m"
import { a, type b } from "m"
import { a, type b as c, d } from "m"
import a, { type b } from "m"
import { type a, type b } from "m"
import { type } from "m"
import { type as b } from "m"
import { type as as } from "m"
import type from "m"
import type, { a } from "m"
import { "a b" as c } from "m"
import a from 'm' with { type: "json" }
import { a } from "m"; a<string>()
export const a: number = 1
export let a: number, b: string = ""
export var a = 1
export function f(x: number): void {}
export async function f<T>(x: T): Promise<T> { return x }
export function* f(): Generator {}
export function f(x: string): void; export function f(x: any) {}
export default function f(x: string): void; export default function f(x: any) {}
export default function (x: number): void {}
export default function* <T>(x: T) {}
export default async function () {}
export default (x: number): number => x
export default <T>(x: T) => x
export default async (x: number) => x
export default { a: 1 } as const
export default <T>{ a: 1 }
export default x as T
export default x!
export default x satisfies T
export default 1
export default a
export default interface A {}
export { a }
export { a, b as c }
export { a as default }
export { a as "b c" }
export {}
export { type a }
export { type a, b }
export { a, type b as c }
export type { a }
export type { a } from "m"
export type { a, b as c } from "m"
export type A = string
export type A<T> = { a: T }
export interface A {}
export interface A<T> extends B<T> { x: T }
export declare const a: number
export declare function f(): void
export declare class A {}
export declare namespace N {}
export declare enum E { A }
export { a } from "m"
export { a as b } from "m"
export { default } from "m"
export { default as a, b as default } from "m"
export { type a } from "m"
export { type a, b } from "m"
export * as a from "m"
export const { a, b: [c] }: T = x
export const a = <T>(x: T) => x, b = y as T
export abstract class A<T> { abstract x: T }
export as namespace Foo
import.meta.url as string
const a = await import("m") as any
import("m", { with: { type: "json" } })
