declare namespace Deno {
  /** Showing things in the notebook, as in Deno's own kernel. */
  namespace jupyter {
    /** An object that knows its mime bundle. */
    interface Displayable {
      [key: symbol]: () => Record<string, unknown>;
    }
    /** The symbol under which an object keeps the function that makes its mime bundle. */
    const $display: unique symbol;
    /** Shows a value, or with `raw` a mime bundle. */
    function display(value: unknown, options?: { raw?: boolean }): Promise<void>;
    /** The mime bundle a value is shown as. */
    function format(value: unknown): Promise<Record<string, unknown>>;
    /** Markdown, as a tagged template. */
    function md(strings: TemplateStringsArray | string, ...values: unknown[]): Displayable;
    /** HTML, as a tagged template; shown without scripts in a frame of its own. */
    function html(strings: TemplateStringsArray | string, ...values: unknown[]): Displayable;
    /** SVG, as a tagged template. */
    function svg(strings: TemplateStringsArray | string, ...values: unknown[]): Displayable;
  }

  /**
   * Opens this contract's own database in the notebook's store; always there, without any flag.
   *
   * `":memory:"` opens an empty one that ends with close(). Files and servers are not for contracts: `%tana store` chooses
   * where the notebook keeps its data.
   */
  function openKv(path?: string): Promise<Kv>;

  /** A part of a key. Keys sort part by part: bytes, then strings, bigints, numbers, false, true. */
  type KvKeyPart = Uint8Array | string | number | bigint | boolean | symbol;
  /** A key; the encoded parts may take 2048 bytes. The symbol is what commitVersionstamp() gives. */
  type KvKey = readonly KvKeyPart[];
  /** Both are the same here: there is one copy of the data. */
  type KvConsistencyLevel = "strong" | "eventual";

  /** What is under a key. */
  interface KvEntry<T> {
    key: KvKey;
    value: T;
    /** 20 hex digits that grow with each commit. */
    versionstamp: string;
  }
  /** The same where there may be nothing. */
  type KvEntryMaybe<T> = KvEntry<T> | { key: KvKey; value: null; versionstamp: null };

  /** The keys below a prefix, all of them or from `start` on or up to before `end`, or those between two keys. */
  type KvListSelector =
    | { prefix: KvKey }
    | { prefix: KvKey; start: KvKey }
    | { prefix: KvKey; end: KvKey }
    | { start: KvKey; end: KvKey };

  /** How list() reads. */
  interface KvListOptions {
    /** Most entries of all. */
    limit?: number;
    /** The `cursor` of another list over the same range. */
    cursor?: string;
    /** Largest key first. */
    reverse?: boolean;
    consistency?: KvConsistencyLevel;
    /** Entries of one snapshot, at most 1000; the limit, or 100, and no more than 500 unless it says so. */
    batchSize?: number;
  }

  /** A commit that was done. */
  interface KvCommitResult {
    ok: true;
    versionstamp: string;
  }
  /** A commit that a check refused; nothing was written. */
  interface KvCommitError {
    ok: false;
  }

  /** A condition of a commit: this key has this versionstamp, or, with null, is not there. */
  interface AtomicCheck {
    key: KvKey;
    versionstamp: string | null;
  }

  /** One change of a commit. */
  type KvMutation =
    | { key: KvKey; type: "set"; value: unknown; expireIn?: number }
    | { key: KvKey; type: "delete" }
    | { key: KvKey; type: "sum"; value: KvU64 | bigint | number }
    | { key: KvKey; type: "max"; value: KvU64 }
    | { key: KvKey; type: "min"; value: KvU64 };

  /** What comes with a message. */
  interface KvEnqueueOptions {
    /** Milliseconds before it is delivered, at most 30 days. */
    delay?: number;
    /** Keys that are given the message as value after the last failed delivery. */
    keysIfUndelivered?: KvKey[];
    /** Milliseconds between deliveries that fail, at most five; 100, 1000, 5000, 30000 and 60000 unless said otherwise. */
    backoffSchedule?: number[];
  }

  /** Changes and conditions that are committed as one, or not at all. */
  class AtomicOperation {
    private constructor();
    /** Commits only if all of these hold. */
    check(...checks: AtomicCheck[]): this;
    /** Adds changes as objects. */
    mutate(...mutations: KvMutation[]): this;
    /** Adds to the KvU64 under a key, modulo 2^64; where there is none it becomes this. */
    sum(key: KvKey, n: bigint): this;
    /** Keeps the smaller of the KvU64 under a key and this. */
    min(key: KvKey, n: bigint): this;
    /** Keeps the larger of the KvU64 under a key and this. */
    max(key: KvKey, n: bigint): this;
    set(key: KvKey, value: unknown, options?: { expireIn?: number }): this;
    delete(key: KvKey): this;
    /** Sends a message with the commit. */
    enqueue(value: unknown, options?: KvEnqueueOptions): this;
    /** Does it, and can be called again. */
    commit(): Promise<KvCommitResult | KvCommitError>;
    /** A trap: who awaits an operation has forgotten to commit it. */
    then(): never;
  }

  /** The entries of a range, read batch by batch; each batch is a snapshot. */
  class KvListIterator<T> {
    private constructor();
    /** Where to go on after the entry that came last; "" after the end. */
    readonly cursor: string;
    next(): Promise<IteratorResult<KvEntry<T>, undefined>>;
    [Symbol.asyncIterator](): AsyncIterableIterator<KvEntry<T>>;
  }

  /** A 64 bit number that sum, min and max work on; at the top of a value only. */
  class KvU64 {
    constructor(value: bigint);
    readonly value: bigint;
    valueOf(): bigint;
    toString(): string;
  }

  /** A database of ordered keys. */
  class Kv {
    private constructor();
    get<T = unknown>(key: KvKey, options?: { consistency?: KvConsistencyLevel }): Promise<KvEntryMaybe<T>>;
    /** At most ten keys, of one moment. */
    getMany<T extends readonly unknown[]>(
      keys: readonly KvKey[],
      options?: { consistency?: KvConsistencyLevel },
    ): Promise<{ [K in keyof T]: KvEntryMaybe<T[K]> }>;
    /** Stores a value, for `expireIn` milliseconds by the session's clock if that is given. */
    set(key: KvKey, value: unknown, options?: { expireIn?: number }): Promise<KvCommitResult>;
    delete(key: KvKey): Promise<void>;
    list<T = unknown>(selector: KvListSelector, options?: KvListOptions): KvListIterator<T>;
    atomic(): AtomicOperation;
    /** Sends a message to whoever listens, now or later, in this kernel or another on the same store. */
    enqueue(value: unknown, options?: KvEnqueueOptions): Promise<KvCommitResult>;
    /** Handles messages while cells run, until the database is closed. */
    listenQueue(handler: (value: any) => Promise<void> | void): Promise<void>;
    /** At most ten keys as they are, and again whenever one has changed; with `raw` also when one was only written. */
    watch<T extends readonly unknown[]>(
      keys: readonly KvKey[],
      options?: { raw?: boolean },
    ): ReadableStream<{ [K in keyof T]: KvEntryMaybe<T[K]> }>;
    /** The last part of a key to set, for which the commit puts its versionstamp. */
    commitVersionstamp(): symbol;
    close(): void;
    [Symbol.dispose](): void;
  }

  /** What Deno's functions throw. */
  const errors: {
    NotFound: ErrorConstructor;
    PermissionDenied: ErrorConstructor;
    ConnectionRefused: ErrorConstructor;
    ConnectionReset: ErrorConstructor;
    ConnectionAborted: ErrorConstructor;
    NotConnected: ErrorConstructor;
    AddrInUse: ErrorConstructor;
    AddrNotAvailable: ErrorConstructor;
    BrokenPipe: ErrorConstructor;
    AlreadyExists: ErrorConstructor;
    InvalidData: ErrorConstructor;
    TimedOut: ErrorConstructor;
    Interrupted: ErrorConstructor;
    WriteZero: ErrorConstructor;
    WouldBlock: ErrorConstructor;
    UnexpectedEof: ErrorConstructor;
    BadResource: ErrorConstructor;
    Http: ErrorConstructor;
    Busy: ErrorConstructor;
    NotSupported: ErrorConstructor;
    FilesystemLoop: ErrorConstructor;
    IsADirectory: ErrorConstructor;
    NetworkUnreachable: ErrorConstructor;
    NotADirectory: ErrorConstructor;
    NotCapable: ErrorConstructor;
  };
}
