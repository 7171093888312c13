/** A user of the ledger. */
export interface User {
  id: string;
  username: string;
  displayName: string;
  publicKey: string;
  role: string;
  /** ISO time. */
  createdAt: string;
  bio?: string;
  metadata?: Record<string, any>;
}

/** A transaction of the ledger; both sides under both of their names. */
export interface Transaction {
  id: string;
  from: string;
  fromId: string;
  to: string;
  toId: string;
  /** Digits, such as `"12.5"`. */
  amount: string;
  currencyCode: string;
  type: string;
  status: "pending" | "confirmed" | "failed";
  metadata: Record<string, any> | null;
  /** ISO time. */
  createdAt: string;
  /** The block that holds it; `null` while it is pending. */
  blockHeight: number | null;
}

/** A block of the ledger. */
export interface Block {
  height: number;
  hash: string;
  previousHash: string;
  /** Milliseconds since the epoch. */
  timestamp: number;
  producer: string;
  gasLimit: number;
  gasUsed: number;
  stateRoot: string;
  txCount: number;
}

/** The current block, and queries of the ledger: a list of at most ten keys in, a list out. */
export declare const block: {
  /** Height of the latest block. */
  readonly height: number;
  /** Time of the run in milliseconds; the same throughout a run. */
  readonly timestamp: number;
  /** Hash of the latest block. */
  readonly hash: string;
  /** Hash of the block before it. */
  readonly previousHash: string;
  /** Id of the caller, or of the owner where nobody calls. */
  readonly executor: string;
  /** Name of the contract. */
  readonly contractId: string;
  /** Gas that all executed changes may use. */
  readonly gasLimit: number;
  /** Gas that they have used. */
  readonly gasUsed: number;
  /** Who builds the block. */
  readonly producer: string;
  /** Most keys of one query. */
  readonly MAX_BATCH_QUERY: 10;
  /** The same as `height`. */
  getHeight(): number;
  /** The same as `timestamp`. */
  getTimestamp(): number;
  /** The same as `hash`. */
  getHash(): string;
  /** The same as `previousHash`. */
  getPreviousHash(): string;
  /** The same as `executor`. */
  getExecutor(): string;
  /** The same as `contractId`. */
  getContractId(): string;
  /** The same as `gasLimit`. */
  getGasLimit(): number;
  /** The same as `gasUsed`. */
  getGasUsed(): number;
  /** What a user holds, by id or name; 0 where nothing is known. */
  getBalance(id: string, currency: string): Promise<number>;
  /** What each of the users holds. */
  getBalance(ids: string[], currency: string): Promise<number[]>;
  /** A user by id or name, with or without `@`. */
  getUser(id: string): Promise<User | null>;
  /** Each of the users. */
  getUser(ids: string[]): Promise<(User | null)[]>;
  /** A transaction by id. */
  getTransaction(id: string): Promise<Transaction | null>;
  /** Each of the transactions. */
  getTransaction(ids: string[]): Promise<(Transaction | null)[]>;
  /** A block by height. */
  getBlock(height: number): Promise<Block | null>;
  /** Each of the blocks. */
  getBlock(heights: number[]): Promise<(Block | null)[]>;
  /** The latest block. */
  getLatestBlock(): Promise<Block>;
};
