/** An ordered list. */
interface Array<T> {
  /** How many items there are. */
  length: number;
  /** The item at an index; negative ones count from the end. */
  at(index: number): T | undefined;
  /** A list with others behind it. */
  concat(...items: (T | T[])[]): T[];
  /** Whether all items pass. */
  every(test: (value: T, index: number) => unknown): boolean;
  /** The pairs of index and item. */
  entries(): IterableIterator<[number, T]>;
  /** Sets all items, or those from start to before end. */
  fill(value: T, start?: number, end?: number): T[];
  /** The items that pass. */
  filter(test: (value: T, index: number) => unknown): T[];
  /** The first item that passes. */
  find(test: (value: T, index: number) => unknown): T | undefined;
  /** The index of the first item that passes, or -1. */
  findIndex(test: (value: T, index: number) => unknown): number;
  /** The last item that passes. */
  findLast(test: (value: T, index: number) => unknown): T | undefined;
  /** The list with lists in it spread out. */
  flat(depth?: number): any[];
  /** What a function makes of each item, spread out. */
  flatMap<U>(make: (value: T, index: number) => U): U[];
  /** Calls a function with each item. */
  forEach(callback: (value: T, index: number) => void): void;
  /** Whether the item is in it. */
  includes(value: T): boolean;
  /** The index of an item, or -1. */
  indexOf(value: T): number;
  /** The items as one text. */
  join(separator?: string): string;
  /** The indexes. */
  keys(): IterableIterator<number>;
  /** The last index of an item, or -1. */
  lastIndexOf(value: T): number;
  /** What a function makes of each item. */
  map<U>(make: (value: T, index: number) => U): U[];
  /** Takes the last item away. */
  pop(): T | undefined;
  /** Adds items at the end; the new length. */
  push(...items: T[]): number;
  /** Folds the items into one value. */
  reduce<U>(fold: (sum: U, value: T, index: number) => U, start: U): U;
  /** Turns the order round, in place. */
  reverse(): T[];
  /** Takes the first item away. */
  shift(): T | undefined;
  /** The items from start to before end. */
  slice(start?: number, end?: number): T[];
  /** Whether some item passes. */
  some(test: (value: T, index: number) => unknown): boolean;
  /** Sorts in place; without a comparison by text. */
  sort(compare?: (a: T, b: T) => number): T[];
  /** Removes items and puts others there; those removed. */
  splice(start: number, count?: number, ...items: T[]): T[];
  /** Adds items at the beginning; the new length. */
  unshift(...items: T[]): number;
  /** The items. */
  values(): IterableIterator<T>;
  [Symbol.iterator](): IterableIterator<T>;
}
interface ReadonlyArray<T> extends Array<T> {}
declare const Array: {
  /** A list of what can be iterated, or of length and index. */
  from<T>(items: Iterable<T>, make?: (value: T, index: number) => any): T[];
  /** Whether it is a list. */
  isArray(value: unknown): boolean;
  /** A list of these. */
  of<T>(...items: T[]): T[];
};

/** Text. */
interface String {
  /** How many UTF-16 units there are. */
  length: number;
  at(index: number): string | undefined;
  charAt(index: number): string;
  charCodeAt(index: number): number;
  codePointAt(index: number): number | undefined;
  /** Whether it ends with a text. */
  endsWith(text: string, end?: number): boolean;
  /** Whether it holds a text. */
  includes(text: string, start?: number): boolean;
  indexOf(text: string, start?: number): number;
  lastIndexOf(text: string): number;
  /** Compares as a sort needs it. */
  localeCompare(other: string): number;
  /** What a regular expression finds. */
  match(pattern: RegExp): string[] | null;
  matchAll(pattern: RegExp): IterableIterator<string[]>;
  normalize(form?: "NFC" | "NFD" | "NFKC" | "NFKD"): string;
  padEnd(length: number, fill?: string): string;
  padStart(length: number, fill?: string): string;
  repeat(count: number): string;
  /** Replaces the first match, or all of a global pattern. */
  replace(pattern: string | RegExp, by: string | ((match: string) => string)): string;
  replaceAll(pattern: string | RegExp, by: string | ((match: string) => string)): string;
  search(pattern: RegExp): number;
  /** From start to before end; negative ones count from the end. */
  slice(start?: number, end?: number): string;
  /** The parts between separators. */
  split(separator: string | RegExp, limit?: number): string[];
  /** Whether it starts with a text. */
  startsWith(text: string, start?: number): boolean;
  substring(start: number, end?: number): string;
  toLowerCase(): string;
  toUpperCase(): string;
  trim(): string;
  trimEnd(): string;
  trimStart(): string;
  [Symbol.iterator](): IterableIterator<string>;
}
declare const String: {
  (value?: unknown): string;
  fromCharCode(...units: number[]): string;
  fromCodePoint(...points: number[]): string;
  raw(strings: TemplateStringsArray, ...values: unknown[]): string;
};

interface Number {
  toFixed(digits?: number): string;
  toPrecision(digits?: number): string;
  toString(radix?: number): string;
}
declare const Number: {
  (value?: unknown): number;
  readonly EPSILON: number;
  readonly MAX_SAFE_INTEGER: number;
  readonly MAX_VALUE: number;
  readonly MIN_SAFE_INTEGER: number;
  readonly MIN_VALUE: number;
  isFinite(value: unknown): boolean;
  isInteger(value: unknown): boolean;
  isNaN(value: unknown): boolean;
  isSafeInteger(value: unknown): boolean;
  parseFloat(text: string): number;
  parseInt(text: string, radix?: number): number;
};
interface Boolean {}
declare function Boolean(value?: unknown): boolean;
interface BigInt {
  toString(radix?: number): string;
}
declare function BigInt(value: bigint | number | string | boolean): bigint;
interface Symbol {
  readonly description: string | undefined;
}
declare const Symbol: {
  (description?: string): symbol;
  for(key: string): symbol;
  readonly asyncIterator: symbol;
  readonly iterator: symbol;
};

/** A value that comes later. */
declare class Promise<T> {
  constructor(start: (resolve: (value: T) => void, reject: (reason: unknown) => void) => void);
  /** Goes on with the value, or the failure. */
  then<U>(done: (value: T) => U, failed?: (reason: any) => unknown): Promise<U>;
  /** Goes on after a failure. */
  catch(failed: (reason: any) => unknown): Promise<T>;
  /** Goes on in either case. */
  finally(callback: () => void): Promise<T>;
  /** All values, or the first failure. */
  static all(values: Iterable<any>): Promise<any[]>;
  /** What each came to. */
  static allSettled(values: Iterable<any>): Promise<{ status: "fulfilled" | "rejected"; value?: any; reason?: any }[]>;
  /** The first value. */
  static any(values: Iterable<any>): Promise<any>;
  /** The first that settles. */
  static race(values: Iterable<any>): Promise<any>;
  static reject(reason?: unknown): Promise<any>;
  static resolve<T>(value?: T): Promise<T>;
}

/** Pairs of key and value, in order. */
declare class Map<K, V> {
  constructor(entries?: Iterable<readonly [K, V]>);
  readonly size: number;
  clear(): void;
  delete(key: K): boolean;
  entries(): IterableIterator<[K, V]>;
  forEach(callback: (value: V, key: K) => void): void;
  get(key: K): V | undefined;
  has(key: K): boolean;
  keys(): IterableIterator<K>;
  set(key: K, value: V): this;
  values(): IterableIterator<V>;
  [Symbol.iterator](): IterableIterator<[K, V]>;
}
/** Values, each once, in order. */
declare class Set<T> {
  constructor(values?: Iterable<T>);
  readonly size: number;
  add(value: T): this;
  clear(): void;
  delete(value: T): boolean;
  forEach(callback: (value: T) => void): void;
  has(value: T): boolean;
  values(): IterableIterator<T>;
  [Symbol.iterator](): IterableIterator<T>;
}
declare class WeakMap<K, V> {
  delete(key: K): boolean;
  get(key: K): V | undefined;
  has(key: K): boolean;
  set(key: K, value: V): this;
}
declare class WeakSet<T> {
  add(value: T): this;
  delete(value: T): boolean;
  has(value: T): boolean;
}
interface IterableIterator<T> {
  next(): { value: T; done: boolean };
}
interface AsyncIterableIterator<T> {
  next(): Promise<{ value: T; done: boolean }>;
}
interface Iterable<T> {}
interface AsyncIterable<T> {}

declare class RegExp {
  constructor(pattern: string | RegExp, flags?: string);
  readonly flags: string;
  readonly source: string;
  lastIndex: number;
  exec(text: string): string[] | null;
  test(text: string): boolean;
}
/** An instant; local time is UTC here. */
interface Date {
  getDate(): number;
  getDay(): number;
  getFullYear(): number;
  getHours(): number;
  getMinutes(): number;
  getMonth(): number;
  getSeconds(): number;
  /** Milliseconds since the epoch. */
  getTime(): number;
  setDate(day: number): number;
  setFullYear(year: number): number;
  setHours(hours: number): number;
  setMinutes(minutes: number): number;
  setMonth(month: number): number;
  /** The instant as 2026-01-01T00:00:00.000Z. */
  toISOString(): string;
  toJSON(): string;
  toString(): string;
  valueOf(): number;
}
declare const Date: {
  new (value?: number | string | Date): Date;
  /** The session's time in milliseconds since the epoch. */
  now(): number;
  parse(text: string): number;
  UTC(year: number, month: number, day?: number, hour?: number, minute?: number, second?: number): number;
};
declare class Error {
  constructor(message?: string, options?: { cause?: unknown });
  name: string;
  message: string;
  stack?: string;
  cause?: unknown;
}
declare class TypeError extends Error {}
declare class RangeError extends Error {}
declare class SyntaxError extends Error {}
declare class ReferenceError extends Error {}

/** Text of values, and values of text. */
declare const JSON: {
  /** The value a text stands for. */
  parse(text: string, revive?: (key: string, value: any) => any): any;
  /** The text of a value; undefined where it has none. */
  stringify(value: unknown, replace?: ((key: string, value: any) => any) | string[] | null, space?: number | string): string;
};
declare const Math: {
  readonly E: number;
  readonly PI: number;
  abs(x: number): number;
  ceil(x: number): number;
  cos(x: number): number;
  exp(x: number): number;
  floor(x: number): number;
  hypot(...values: number[]): number;
  log(x: number): number;
  log10(x: number): number;
  log2(x: number): number;
  max(...values: number[]): number;
  min(...values: number[]): number;
  pow(base: number, exponent: number): number;
  /** From 0 to below 1; repeatable once the session has a seed. */
  random(): number;
  round(x: number): number;
  sign(x: number): number;
  sin(x: number): number;
  sqrt(x: number): number;
  trunc(x: number): number;
};
declare const Object: {
  /** Copies properties into the first object. */
  assign(target: object, ...sources: object[]): any;
  create(prototype: object | null): any;
  /** The pairs of name and value. */
  entries(value: object): [string, any][];
  freeze<T>(value: T): T;
  /** The object with these pairs. */
  fromEntries(entries: Iterable<readonly [string, any]>): any;
  groupBy<T>(items: Iterable<T>, key: (item: T) => string): Record<string, T[]>;
  hasOwn(value: object, name: string): boolean;
  is(first: unknown, second: unknown): boolean;
  isFrozen(value: object): boolean;
  /** The names of the properties. */
  keys(value: object): string[];
  /** The values of the properties. */
  values(value: object): any[];
};
declare class ArrayBuffer {
  constructor(bytes: number);
  readonly byteLength: number;
  slice(start: number, end?: number): ArrayBuffer;
}
declare class Uint8Array {
  constructor(init: number | Iterable<number> | ArrayBuffer);
  readonly buffer: ArrayBuffer;
  readonly byteLength: number;
  readonly length: number;
  fill(value: number): this;
  join(separator?: string): string;
  set(bytes: Uint8Array, offset?: number): void;
  slice(start?: number, end?: number): Uint8Array;
  subarray(start?: number, end?: number): Uint8Array;
  static from(bytes: Iterable<number>): Uint8Array;
  static of(...bytes: number[]): Uint8Array;
  [Symbol.iterator](): IterableIterator<number>;
}
/** Runs a callback after some milliseconds of the session's clock; the id for `clearTimeout`. */
declare function setTimeout(callback: (...values: any[]) => void, milliseconds?: number, ...values: any[]): number;
/** Runs a callback again and again; the id for `clearInterval`. */
declare function setInterval(callback: (...values: any[]) => void, milliseconds?: number, ...values: any[]): number;
/** Takes a timeout back. */
declare function clearTimeout(id?: number): void;
/** Ends an interval. */
declare function clearInterval(id?: number): void;
/** Runs a callback before anything that waits. */
declare function queueMicrotask(callback: () => void): void;
declare function parseFloat(text: string): number;
declare function parseInt(text: string, radix?: number): number;
declare function isNaN(value: number): boolean;
declare function isFinite(value: number): boolean;
declare function encodeURIComponent(text: string): string;
declare function decodeURIComponent(text: string): string;
declare function encodeURI(text: string): string;
declare function decodeURI(text: string): string;
declare const globalThis: any;
/** An object whose fields all have one type. */
type Record<K, T> = { [key: string]: T };
/** The same with every field optional. */
type Partial<T> = T;
/** The same with every field there. */
type Required<T> = T;
/** The same, not to be changed. */
type Readonly<T> = T;
/** Some fields of a type. */
type Pick<T, K> = T;
/** A type without some of its fields. */
type Omit<T, K> = T;
/** A type without null and undefined. */
type NonNullable<T> = T;
