/** Where a stream takes its chunks from. */
interface UnderlyingSource<T = any> {
  /** `"bytes"` where every chunk is a view of bytes. */
  type?: "bytes";
  /** Called once, at the beginning. */
  start?(controller: ReadableStreamDefaultController<T>): void | Promise<void>;
  /** Called whenever the stream has room for another chunk. */
  pull?(controller: ReadableStreamDefaultController<T>): void | Promise<void>;
  /** Called when the reader wants no more. */
  cancel?(reason?: unknown): void | Promise<void>;
}

/** How much a stream reads ahead of its reader. */
interface QueuingStrategy<T = any> {
  /** Sizes of chunks that may wait together. */
  highWaterMark?: number;
  /** The size of a chunk; 1 unless said otherwise. */
  size?(chunk: T): number;
}

/** A chunk, or the end. */
type ReadableStreamReadResult<T> = { value: T; done: false } | { value: undefined; done: true };

/** Chunks that come one after another. */
declare class ReadableStream<T = any> implements AsyncIterable<T> {
  /** Makes a stream of what a source gives. */
  constructor(source?: UnderlyingSource<T>, strategy?: QueuingStrategy<T>);
  /** Makes a stream of what can be iterated, asynchronously or not. */
  static from<T>(iterable: AsyncIterable<T> | Iterable<T | Promise<T>>): ReadableStream<T>;
  /** Whether a reader holds the stream. */
  readonly locked: boolean;
  /** Says that no more is wanted. */
  cancel(reason?: unknown): Promise<void>;
  /** Locks the stream to a new reader. */
  getReader(): ReadableStreamDefaultReader<T>;
  /** Iterates the chunks; leaving the loop early cancels the stream unless `preventCancel` says otherwise. */
  values(options?: { preventCancel?: boolean }): AsyncIterableIterator<T>;
  /** Iterates the chunks. */
  [Symbol.asyncIterator](options?: { preventCancel?: boolean }): AsyncIterableIterator<T>;
}

/** Reads a stream chunk by chunk. */
declare class ReadableStreamDefaultReader<T = any> {
  /** Locks a stream to this reader. */
  constructor(stream: ReadableStream<T>);
  /** Resolves when the stream has ended, rejects when it failed or the lock was released. */
  readonly closed: Promise<void>;
  /** The next chunk, or that there is none. */
  read(): Promise<ReadableStreamReadResult<T>>;
  /** Says that no more is wanted. */
  cancel(reason?: unknown): Promise<void>;
  /** Gives the stream back, so that another reader can go on. */
  releaseLock(): void;
}

/** What a source fills its stream by. */
declare class ReadableStreamDefaultController<T = any> {
  private constructor();
  /** How much the stream still wants to take; null once it failed. */
  readonly desiredSize: number | null;
  /** Gives the stream a chunk. */
  enqueue(chunk: T): void;
  /** Ends the stream behind the chunks it has. */
  close(): void;
  /** Ends the stream with an error, and drops the chunks it has. */
  error(reason?: unknown): void;
}
