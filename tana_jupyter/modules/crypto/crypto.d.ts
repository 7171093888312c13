/** How bytes are written as text. */
export type BufferEncoding = "utf8" | "utf-8" | "hex" | "base64" | "base64url" | "latin1" | "binary" | "ascii";

/** Bytes that know how to become text. */
export interface Buffer extends Uint8Array {
  /** The bytes as text, default UTF-8. */
  toString(encoding?: BufferEncoding, start?: number, end?: number): string;
  /** Whether other bytes are the same. */
  equals(other: Uint8Array): boolean;
}

/** A digest in the making. */
export interface Hash {
  /** Adds text, by default as UTF-8, or bytes. */
  update(data: string | ArrayBufferView, inputEncoding?: BufferEncoding): this;
  /** Ends it: the digest as bytes. */
  digest(): Buffer;
  /** Ends it: the digest as text. */
  digest(encoding: BufferEncoding): string;
  /** The same digest so far, to go on with separately. */
  copy(): Hash;
}

/** Begins a digest: sha1, sha224, sha256, sha384 or sha512. */
export declare function createHash(algorithm: string): Hash;
/** The names `createHash` takes. */
export declare function getHashes(): string[];
/** Random bytes, repeatable once the session has a seed. */
export declare function randomBytes(size: number): Buffer;
/** The same, handed to a callback. */
export declare function randomBytes(size: number, callback: (error: null, bytes: Buffer) => void): void;
/** A random UUID, version 4. */
export declare function randomUUID(): `${string}-${string}-${string}-${string}-${string}`;
/** Fills an integer array with random bytes. */
export declare function getRandomValues<T extends ArrayBufferView>(array: T): T;
/** Whether bytes are the same, found out without stopping at the first difference. */
export declare function timingSafeEqual(first: ArrayBuffer | ArrayBufferView, second: ArrayBuffer | ArrayBufferView): boolean;
/** The global `crypto`. */
export declare const webcrypto: Crypto;
/** `crypto.subtle`. */
export declare const subtle: SubtleCrypto;

/** All of them, as one object. */
declare const crypto: {
  createHash: typeof createHash;
  getHashes: typeof getHashes;
  getRandomValues: typeof getRandomValues;
  randomBytes: typeof randomBytes;
  randomUUID: typeof randomUUID;
  readonly subtle: SubtleCrypto;
  timingSafeEqual: typeof timingSafeEqual;
  readonly webcrypto: Crypto;
};
export default crypto;
