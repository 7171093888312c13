/** What a value can be read as. */
export type KvType = "text" | "json" | "arrayBuffer" | "stream";

/** What put() stores as JSON: plain objects, arrays, instances of classes and whatever has a toJSON(). */
export type KvDocument = object;

/** What can be stored: text, bytes, or anything that is written as JSON; other primitives as String() writes them. */
export type KvValue =
  | string
  | number
  | boolean
  | bigint
  | null
  | undefined
  | ArrayBuffer
  | ArrayBufferView
  | ReadableStream<Uint8Array>
  | KvDocument;

/** How one key is read. */
export interface KvGetOptions<T extends KvType = KvType> {
  /** What the value is read as; text unless said otherwise. */
  type?: T;
  /** Seconds, at least 30; accepted and without effect, since nothing is cached here. */
  cacheTtl?: number;
}

/** What comes with a value; a put without them leaves the key without them. */
export interface KvPutOptions {
  /** Seconds since the epoch at which the key is gone, at least 60 from now by the session's clock. */
  expiration?: number;
  /** Seconds from now after which the key is gone, at least 60; it wins over `expiration`. */
  expirationTtl?: number;
  /** Any JSON of at most 1024 bytes, kept beside the value and shown by list(). */
  metadata?: unknown;
}

/** One entry of putBulk(). */
export interface KvEntry extends KvPutOptions {
  /** 1 to 512 bytes as UTF-8, neither `.` nor `..`. */
  key: string;
  /** Anything put() takes, streams excepted. */
  value: Exclude<KvValue, undefined | ReadableStream>;
}

/** Which keys list() gives. */
export interface KvListOptions {
  /** Only keys that start with this text, in which no letter is special. */
  prefix?: string | null;
  /** Most keys of a page: 1000, also where more or nothing is asked for. */
  limit?: number | null;
  /** The cursor of the page before. */
  cursor?: string | null;
  /** Only keys from this one on; not together with `startAfter`. */
  start?: string | null;
  /** Only keys behind this one. */
  startAfter?: string | null;
  /** Only keys before this one. */
  end?: string | null;
  /** Largest key first; the bounds mean what they meant. */
  reverse?: boolean;
}

/** A key as list() shows it. */
export interface KvKey<Metadata = any> {
  /** The key. */
  name: string;
  /** Seconds since the epoch at which the key is gone; there only if it has such a time. */
  expiration?: number;
  /** What was put beside the value; there only if something was. */
  metadata?: Metadata;
}

/** A page of keys, by their UTF-8 bytes. */
export interface KvPage<Metadata = any> {
  /** The keys of this page. */
  keys: KvKey<Metadata>[];
  /** Whether no key is left behind this page. */
  list_complete: boolean;
  /** What the next call takes to go on behind the last key of this page; null where the list is complete. */
  cursor: string | null;
  /** Always null here. */
  cacheStatus: null;
}

/** A value with what was put beside it. */
export interface KvEntryRead<Value, Metadata = any> {
  /** The value, null where there is none. */
  value: Value | null;
  /** What was put beside the value, null where nothing was. */
  metadata: Metadata | null;
}

/** The same, as getWithMetadata() gives it for one key. */
export interface KvRead<Value, Metadata = any> extends KvEntryRead<Value, Metadata> {
  /** Always null here. */
  cacheStatus: null;
}

/** The key-value store of the contract; every call works at once, and an awaited put is kept whatever comes after it. */
export interface KvNamespace {
  /** Reads a key as text; null where there is no such key. */
  get(key: string, options?: "text" | KvGetOptions<"text"> | null): Promise<string | null>;
  /** Reads a key as JSON, which rejects with a SyntaxError where it is none. */
  get<T = any>(key: string, options: "json" | (KvGetOptions<"json"> & { type: "json" })): Promise<T | null>;
  /** Reads a key as bytes. */
  get(key: string, options: "arrayBuffer" | (KvGetOptions<"arrayBuffer"> & { type: "arrayBuffer" })): Promise<ArrayBuffer | null>;
  /** Reads a key as a stream of bytes. */
  get(key: string, options: "stream" | (KvGetOptions<"stream"> & { type: "stream" })): Promise<ReadableStream<Uint8Array> | null>;
  /** Reads 1 to 100 keys as text, in the order they are given. */
  get(keys: string[], options?: "text" | KvGetOptions<"text"> | null): Promise<Map<string, string | null>>;
  /** Reads 1 to 100 keys as JSON; one value that is none rejects the whole call. */
  get<T = any>(keys: string[], options: "json" | (KvGetOptions<"json"> & { type: "json" })): Promise<Map<string, T | null>>;

  /** A page of keys, sorted by their UTF-8 bytes. */
  list<Metadata = any>(options?: KvListOptions | null): Promise<KvPage<Metadata>>;

  /** Stores a value of at most 25 MiB, and replaces all that was there. */
  put(key: string, value: KvValue, options?: KvPutOptions | null): Promise<void>;

  /** Reads a key as text, with its metadata. */
  getWithMetadata<Metadata = any>(
    key: string,
    options?: "text" | KvGetOptions<"text"> | null,
  ): Promise<KvRead<string, Metadata>>;
  /** Reads a key as JSON, with its metadata. */
  getWithMetadata<T = any, Metadata = any>(
    key: string,
    options: "json" | (KvGetOptions<"json"> & { type: "json" }),
  ): Promise<KvRead<T, Metadata>>;
  /** Reads a key as bytes, with its metadata. */
  getWithMetadata<Metadata = any>(
    key: string,
    options: "arrayBuffer" | (KvGetOptions<"arrayBuffer"> & { type: "arrayBuffer" }),
  ): Promise<KvRead<ArrayBuffer, Metadata>>;
  /** Reads a key as a stream of bytes, with its metadata. */
  getWithMetadata<Metadata = any>(
    key: string,
    options: "stream" | (KvGetOptions<"stream"> & { type: "stream" }),
  ): Promise<KvRead<ReadableStream<Uint8Array>, Metadata>>;
  /** Reads 1 to 100 keys with their metadata; null for a key that is not there. */
  getWithMetadata<T = string, Metadata = any>(
    keys: string[],
    options?: "text" | "json" | KvGetOptions<"text" | "json"> | null,
  ): Promise<Map<string, KvEntryRead<T, Metadata> | null>>;

  /** Deletes a key, which need not be there. */
  delete(key: string): Promise<void>;

  /** Stores up to 10,000 entries in one commit; where one of them is refused, its `index` is told and none is stored. */
  putBulk(entries: KvEntry[]): Promise<void>;

  /** Deletes one key, or up to 10,000 in one commit. */
  deleteBulk(keys: string | string[]): Promise<void>;
}

/** The store of this contract. */
export declare const kv: KvNamespace;
