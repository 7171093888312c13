/** What `fetch` can be told. */
export interface FetchOptions {
  /** The method, default GET. */
  method?: string;
  /** Headers of the request; those that describe the connection are fetch's own. */
  headers?: Headers | Record<string, string> | Iterable<readonly [string, string]>;
  /** What to send: text, bytes or form parameters. Objects are refused: use `JSON.stringify`. */
  body?: string | ArrayBuffer | ArrayBufferView | URLSearchParams | null;
  /** What to do with redirects, default `"follow"`, at most 10. */
  redirect?: "follow" | "error" | "manual";
  /** Only looked at before the request is made: a fetch is over before anything else runs. */
  signal?: AbortSignal;
}

/** What a server answered. The body is all there, and can be read more than once. */
export interface FetchResponse {
  /** The status, such as 200. */
  readonly status: number;
  /** The words beside the status. */
  readonly statusText: string;
  /** Whether the status is 200 to 299. */
  readonly ok: boolean;
  /** The address that answered, after redirects. */
  readonly url: string;
  /** Whether there were redirects. */
  readonly redirected: boolean;
  /** The headers. */
  readonly headers: Headers;
  /** The body as text. */
  text(): Promise<string>;
  /** The body parsed as JSON. */
  json<T = any>(): Promise<T>;
  /** The body as bytes. */
  bytes(): Promise<Uint8Array>;
  /** The body as a buffer. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * Asks a server, over http or https.
 *
 * Off unless the notebook says `%config Tana.network = True`, and then for the hosts of `Tana.domains` and their
 * subdomains only; ports of this machine must be listed in `Tana.ports`. It uses no cookies, no proxies and no
 * passwords of the notebook. Nothing else of the contract runs until the answer is there.
 */
export declare function fetch(url: string | URL, options?: FetchOptions): Promise<FetchResponse>;
