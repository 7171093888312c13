/** A user, as contracts see one. */
export interface Owner {
  /** The user's id. */
  id: string;
  /** The user's name. */
  username: string;
  /** The user's public key, `ed25519_...`. */
  publicKey: string;
}

/** Who sent the transaction. */
export interface Caller extends Owner {
  /** How many transactions the user has sent. */
  nonce: number;
}

/** The block that the contract runs in. */
export interface ContextBlock {
  /** Its height. */
  height: number;
  /** Its time in milliseconds since the epoch; the same throughout a run. */
  timestamp: number;
  /** Empty: the block is being built. */
  hash: string;
  /** Who builds it. */
  producer: string;
}

/** What a contract can learn of its call. In `get` and `post` every method throws. */
export declare const context: {
  /** Who owns the contract. */
  owner(): Owner;
  /** Who calls; `null` where nobody was named, as in `init`. */
  caller(): Caller | null;
  /** The block of this run. */
  block(): ContextBlock;
  /** The call's input; `null` without one. */
  input<T = any>(): T;
};
