/** Tana's console: objects are printed as JSON, `warn` and `error` go to stderr. */
export interface Console {
  /** Prints to stdout. */
  log(...values: unknown[]): void;
  /** Prints to stderr. */
  error(...values: unknown[]): void;
  /** Prints to stdout. */
  info(...values: unknown[]): void;
  /** Prints to stderr. */
  warn(...values: unknown[]): void;
  /** Prints to stdout. */
  debug(...values: unknown[]): void;
}
/** The console of the contract; the global `console` is the same. */
export declare const console: Console;
/** The version of the Tana runtime this notebook follows. */
export declare const version: { readonly tana: string; readonly deno_core: string; readonly v8: string };
/** Both of the above, as one object. */
export declare const core: { readonly console: Console; readonly version: typeof version };
