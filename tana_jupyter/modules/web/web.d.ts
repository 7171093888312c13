/** Bytes in memory: a buffer or any view of one. */
type BufferSource = ArrayBuffer | ArrayBufferView;

/** A parsed URL, by the WHATWG standard. */
declare class URL {
  /** Parses a URL, relative to `base` if there is one; throws a TypeError where it is not valid. */
  constructor(url: string | URL, base?: string | URL);
  /** Whether `new URL` would take it. */
  static canParse(url: string | URL, base?: string | URL): boolean;
  /** Like `new URL`, but null where it is not valid. */
  static parse(url: string | URL, base?: string | URL): URL | null;
  /** The whole URL. */
  href: string;
  /** Scheme, host and port; `"null"` for schemes without an origin. */
  readonly origin: string;
  /** The scheme with its colon. */
  protocol: string;
  /** The user name, percent-encoded. */
  username: string;
  /** The password, percent-encoded. */
  password: string;
  /** Host name and port, the port only where it is not the scheme's own. */
  host: string;
  /** The host name; IPv6 addresses are in brackets. */
  hostname: string;
  /** The port, empty where it is the scheme's own. */
  port: string;
  /** The path, percent-encoded. */
  pathname: string;
  /** The query with its question mark, empty where there is none. */
  search: string;
  /** The parameters of the query; changing them changes the URL. */
  readonly searchParams: URLSearchParams;
  /** The fragment with its hash sign, empty where there is none. */
  hash: string;
  /** The whole URL. */
  toString(): string;
  /** The whole URL. */
  toJSON(): string;
}

/** The parameters of a query, in order; names may repeat. */
declare class URLSearchParams implements Iterable<[string, string]> {
  /** Takes a query with or without its question mark, pairs, a record, or other parameters. */
  constructor(init?: string | Iterable<readonly [string, string]> | Record<string, string> | URLSearchParams);
  /** How many pairs there are. */
  readonly size: number;
  /** Adds a pair at the end. */
  append(name: string, value: string): void;
  /** Removes all pairs of a name, or those that also have this value. */
  delete(name: string, value?: string): void;
  /** The first value of a name, or null. */
  get(name: string): string | null;
  /** All values of a name. */
  getAll(name: string): string[];
  /** Whether there is such a name, or such a pair. */
  has(name: string, value?: string): boolean;
  /** Gives the first pair of a name this value and removes the others, or adds a pair. */
  set(name: string, value: string): void;
  /** Sorts the pairs by name, by code units; pairs of one name keep their order. */
  sort(): void;
  /** The pairs as `application/x-www-form-urlencoded`. */
  toString(): string;
  /** Calls back with value, name and these parameters, for each pair. */
  forEach(callback: (value: string, name: string, parent: URLSearchParams) => void, thisArg?: unknown): void;
  /** The pairs. */
  entries(): IterableIterator<[string, string]>;
  /** The names. */
  keys(): IterableIterator<string>;
  /** The values. */
  values(): IterableIterator<string>;
  /** The pairs. */
  [Symbol.iterator](): IterableIterator<[string, string]>;
}

/** Turns text into UTF-8. */
declare class TextEncoder {
  /** Always `"utf-8"`. */
  readonly encoding: "utf-8";
  /** The UTF-8 bytes of a text; lone surrogates become U+FFFD. */
  encode(input?: string): Uint8Array;
  /** Writes as much of a text as fits; tells how many code units were read and bytes written. */
  encodeInto(source: string, destination: Uint8Array): { read: number; written: number };
}

/** Turns bytes into text. */
declare class TextDecoder {
  /** Takes a label of UTF-8, UTF-16LE, UTF-16BE or windows-1252 (`latin1`); throws a RangeError for others. */
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  /** The name of the encoding. */
  readonly encoding: string;
  /** Whether a mistake throws a TypeError instead of becoming U+FFFD. */
  readonly fatal: boolean;
  /** Whether a byte order mark stays in the text. */
  readonly ignoreBOM: boolean;
  /** The text of some bytes; with `stream` an incomplete end waits for the next call. */
  decode(input?: BufferSource, options?: { stream?: boolean }): string;
}

/** The bytes of a base64 text, one character each. */
declare function atob(data: string): string;
/** The base64 text of bytes given as one character each. */
declare function btoa(data: string): string;

/** What a listener may be. */
type EventListener = ((event: Event) => unknown) | { handleEvent(event: Event): unknown };

/** Something that events are dispatched to. */
declare class EventTarget {
  /** Makes a target; classes may extend it. */
  constructor();
  /** Calls `callback` for each event of a type; a listener is added once only. */
  addEventListener(
    type: string,
    callback: EventListener | null,
    options?: boolean | { capture?: boolean; once?: boolean; passive?: boolean; signal?: AbortSignal },
  ): void;
  /** Takes a listener away again. */
  removeEventListener(type: string, callback: EventListener | null, options?: boolean | { capture?: boolean }): void;
  /** Calls the listeners of an event; false where one prevented the default. What a listener throws fails the run. */
  dispatchEvent(event: Event): boolean;
}

/** Something that happened. */
declare class Event {
  /** Makes an event of a type. */
  constructor(type: string, init?: { bubbles?: boolean; cancelable?: boolean; composed?: boolean });
  /** The phase of an event that is not being dispatched. */
  static readonly NONE: 0;
  /** The phase on the way to the target; never seen here. */
  static readonly CAPTURING_PHASE: 1;
  /** The phase at the target. */
  static readonly AT_TARGET: 2;
  /** The phase on the way back; never seen here. */
  static readonly BUBBLING_PHASE: 3;
  /** The same as `Event.NONE`. */
  readonly NONE: 0;
  /** The same as `Event.CAPTURING_PHASE`. */
  readonly CAPTURING_PHASE: 1;
  /** The same as `Event.AT_TARGET`. */
  readonly AT_TARGET: 2;
  /** The same as `Event.BUBBLING_PHASE`. */
  readonly BUBBLING_PHASE: 3;
  /** What kind of event it is. */
  readonly type: string;
  /** What it was dispatched to. */
  readonly target: EventTarget | null;
  /** The old name of `target`. */
  readonly srcElement: EventTarget | null;
  /** The target while listeners run, else null. */
  readonly currentTarget: EventTarget | null;
  /** Where the event is now. */
  readonly eventPhase: number;
  /** Whether it was made to bubble. */
  readonly bubbles: boolean;
  /** Whether `preventDefault` has an effect. */
  readonly cancelable: boolean;
  /** Whether it was made to cross shadow trees. */
  readonly composed: boolean;
  /** Whether a listener prevented the default. */
  readonly defaultPrevented: boolean;
  /** Whether the platform made it. */
  readonly isTrusted: boolean;
  /** When it was made, as `performance.now()` tells time. */
  readonly timeStamp: number;
  /** The old form of `defaultPrevented`, the other way round. */
  returnValue: boolean;
  /** The old form of `stopPropagation`. */
  cancelBubble: boolean;
  /** The targets the event visits. */
  composedPath(): EventTarget[];
  /** Keeps the event from the listeners of later phases. */
  stopPropagation(): void;
  /** Keeps the event from all later listeners. */
  stopImmediatePropagation(): void;
  /** Makes `dispatchEvent` return false, if the event is cancelable and the listener not passive. */
  preventDefault(): void;
  /** The old way to set type and flags. */
  initEvent(type: string, bubbles?: boolean, cancelable?: boolean): void;
}

/** An event that carries a value of its maker. */
declare class CustomEvent<T = any> extends Event {
  /** Makes an event of a type with a detail. */
  constructor(type: string, init?: { bubbles?: boolean; cancelable?: boolean; composed?: boolean; detail?: T });
  /** The value it carries. */
  readonly detail: T;
  /** The old way to set type, flags and detail. */
  initCustomEvent(type: string, bubbles?: boolean, cancelable?: boolean, detail?: T): void;
}

/** Aborts what was given its signal. */
declare class AbortController {
  /** Makes a controller and its signal. */
  constructor();
  /** The signal to hand out. */
  readonly signal: AbortSignal;
  /** Aborts, for a reason that is an AbortError unless given; a second time does nothing. */
  abort(reason?: unknown): void;
}

/** Tells that something should end. */
declare class AbortSignal extends EventTarget {
  private constructor();
  /** A signal that is aborted already. */
  static abort(reason?: unknown): AbortSignal;
  /** A signal that aborts with a TimeoutError after some milliseconds of the session's clock. */
  static timeout(milliseconds: number): AbortSignal;
  /** A signal that aborts as soon as one of these does, for the same reason. */
  static any(signals: Iterable<AbortSignal>): AbortSignal;
  /** Whether it has aborted. */
  readonly aborted: boolean;
  /** Why it aborted, else undefined. */
  readonly reason: any;
  /** Throws the reason if it has aborted. */
  throwIfAborted(): void;
  /** Called when it aborts. */
  onabort: ((this: AbortSignal, event: Event) => unknown) | null;
}

/** An error of the platform, told apart by its name. */
declare class DOMException extends Error {
  /** Makes an exception; the name is `"Error"` unless given. */
  constructor(message?: string, name?: string);
  /** Which error it is, such as `"AbortError"`. */
  readonly name: string;
  /** What went wrong. */
  readonly message: string;
  /** The number old names have, else 0. */
  readonly code: number;
}

/** A deep copy that keeps types, identity and cycles, or a DataCloneError; transferred buffers are detached. */
declare function structuredClone<T>(value: T, options?: { transfer?: Iterable<ArrayBuffer> }): T;

/** Randomness and digests. */
declare class Crypto {
  private constructor();
  /** The part that works with promises. */
  readonly subtle: SubtleCrypto;
  /** Fills an integer array with random bytes, at most 65,536; repeatable once the session has a seed. */
  getRandomValues<
    T extends
      | Int8Array
      | Uint8Array
      | Uint8ClampedArray
      | Int16Array
      | Uint16Array
      | Int32Array
      | Uint32Array
      | BigInt64Array
      | BigUint64Array,
  >(array: T): T;
  /** A random UUID, version 4. */
  randomUUID(): `${string}-${string}-${string}-${string}-${string}`;
}

/** Digests. */
declare class SubtleCrypto {
  private constructor();
  /** The digest of some bytes; SHA-1, SHA-256, SHA-384 and SHA-512 are known. */
  digest(algorithm: string | { name: string }, data: BufferSource): Promise<ArrayBuffer>;
}

/** Randomness and digests. */
declare const crypto: Crypto;

/** A clock that only goes forward. */
declare class Performance {
  private constructor();
  /** The instant `now()` counts from, in milliseconds since the epoch. */
  readonly timeOrigin: number;
  /** Milliseconds since `timeOrigin`, by the session's clock. */
  now(): number;
  /** The time origin, for JSON. */
  toJSON(): { timeOrigin: number };
}

/** A clock that only goes forward. */
declare const performance: Performance;

/** The headers of a request or an answer; names are the same in any case. */
declare class Headers implements Iterable<[string, string]> {
  /** Takes pairs, a record, or other headers; throws a TypeError for names and values headers cannot have. */
  constructor(init?: Iterable<readonly [string, string]> | Record<string, string> | Headers);
  /** Adds a value to what a name has. */
  append(name: string, value: string): void;
  /** Removes a name. */
  delete(name: string): void;
  /** All values of a name, joined by commas, or null. */
  get(name: string): string | null;
  /** The values of Set-Cookie, which cannot be joined. */
  getSetCookie(): string[];
  /** Whether there is such a name. */
  has(name: string): boolean;
  /** Replaces what a name has. */
  set(name: string, value: string): void;
  /** Calls back with value, name and these headers, sorted by name. */
  forEach(callback: (value: string, name: string, parent: Headers) => void, thisArg?: unknown): void;
  /** The pairs, sorted by name. */
  entries(): IterableIterator<[string, string]>;
  /** The names, sorted. */
  keys(): IterableIterator<string>;
  /** The values, sorted by name. */
  values(): IterableIterator<string>;
  /** The pairs, sorted by name. */
  [Symbol.iterator](): IterableIterator<[string, string]>;
}

/** How `toLocaleString` writes numbers; the answer is en-US, whatever the locale. */
interface NumberFormatOptions {
  /** What the number is. */
  style?: "decimal" | "percent" | "currency";
  /** The currency, such as `"USD"`. */
  currency?: string;
  /** How the currency is named. */
  currencyDisplay?: "symbol" | "narrowSymbol" | "code";
  /** Whether negative amounts stand in parentheses. */
  currencySign?: "standard" | "accounting";
  /** Whether large numbers are shortened, such as 1.2K. */
  notation?: "standard" | "compact";
  /** K or thousand. */
  compactDisplay?: "short" | "long";
  /** The least digits before the point. */
  minimumIntegerDigits?: number;
  /** The least digits behind the point. */
  minimumFractionDigits?: number;
  /** The most digits behind the point. */
  maximumFractionDigits?: number;
  /** The least digits in all. */
  minimumSignificantDigits?: number;
  /** The most digits in all. */
  maximumSignificantDigits?: number;
  /** Whether a zero fraction is left out. */
  trailingZeroDisplay?: "auto" | "stripIfInteger";
  /** When thousands are separated. */
  useGrouping?: boolean | "auto" | "always" | "min2";
  /** When a sign is written. */
  signDisplay?: "auto" | "always" | "never" | "exceptZero" | "negative";
}

/** How `toLocaleString` writes dates: en-US and UTC, whatever the locale. */
interface DateFormatOptions {
  /** Writes the date in one of four lengths. */
  dateStyle?: "full" | "long" | "medium" | "short";
  /** Writes the time in one of four lengths. */
  timeStyle?: "full" | "long" | "medium" | "short";
  /** How the day of the week is written. */
  weekday?: "long" | "short" | "narrow";
  /** How the year is written. */
  year?: "numeric" | "2-digit";
  /** How the month is written. */
  month?: "numeric" | "2-digit" | "long" | "short" | "narrow";
  /** How the day is written. */
  day?: "numeric" | "2-digit";
  /** How the hour is written. */
  hour?: "numeric" | "2-digit";
  /** How the minute is written. */
  minute?: "numeric" | "2-digit";
  /** How the second is written. */
  second?: "numeric" | "2-digit";
  /** How many digits of the second's fraction are written. */
  fractionalSecondDigits?: 1 | 2 | 3;
  /** How the time zone is named. */
  timeZoneName?: "short" | "long" | "shortOffset" | "longOffset" | "shortGeneric" | "longGeneric";
  /** Twelve hours with AM and PM, or twenty-four. */
  hour12?: boolean;
  /** How hours are counted. */
  hourCycle?: "h11" | "h12" | "h23" | "h24";
  /** UTC under one of its names; no other zone is known. */
  timeZone?: string;
}

interface Number {
  /** The number as en-US writes it, such as 1,234.5. */
  toLocaleString(locales?: string | string[], options?: NumberFormatOptions): string;
}

interface BigInt {
  /** The integer as en-US writes it, such as 1,234. */
  toLocaleString(locales?: string | string[], options?: NumberFormatOptions): string;
}

interface Date {
  /** Date and time as en-US writes them, in UTC, such as 1/2/2026, 3:04:05 PM. */
  toLocaleString(locales?: string | string[], options?: DateFormatOptions): string;
  /** The date as en-US writes it, in UTC, such as 1/2/2026. */
  toLocaleDateString(locales?: string | string[], options?: DateFormatOptions): string;
  /** The time as en-US writes it, in UTC, such as 3:04:05 PM. */
  toLocaleTimeString(locales?: string | string[], options?: DateFormatOptions): string;
}
