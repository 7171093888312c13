/** A value as it is read: what its stored text is as JSON, or the text itself where it is none. */
export type Stored = any;

/**
 * Small storage of a contract. `set` and `delete` only stage; `commit` writes all of it or nothing.
 *
 * Every method works at once and may be awaited as well. In Tana's own runtimes each of them gives a promise, so a
 * contract that is to run there writes `await` everywhere.
 */
export declare const data: {
  /** Most bytes of a key, as UTF-8. */
  readonly MAX_KEY_SIZE: 256;
  /** Most bytes of a serialized value, as UTF-8. */
  readonly MAX_VALUE_SIZE: 10240;
  /** Most bytes of all keys and values; `commit` counts a key that is overwritten with its old and its new value. */
  readonly MAX_TOTAL_SIZE: 102400;
  /** Most keys of a contract, looked at by `commit`. */
  readonly MAX_KEYS: 1000;
  /** Stages a value: a string as it is, anything else as JSON, with a BigInt as a string of digits. */
  set(key: string, value: unknown): Promise<void>;
  /** The value, staged before committed; `null` where there is none. The string `"42"` comes back as the number 42. */
  get<T = Stored>(key: string): T | null;
  /** Stages a delete. */
  delete(key: string): Promise<void>;
  /** Whether the key has a value, staged before committed. */
  has(key: string): boolean;
  /** Sorted keys, staged ones included; `*` in the pattern stands for any text, the rest of it is a RegExp. */
  keys(pattern?: string | null): string[];
  /** Keys and values, staged ones included. */
  entries<T = Stored>(): Record<string, T>;
  /** Deletes what is committed and forgets what is staged, at once. */
  clear(): Promise<void>;
  /** Writes what is staged; past a limit it throws, writes nothing and leaves all of it staged. */
  commit(): Promise<void>;
};
