/** A staged transfer. */
export interface Transfer {
  type: "transfer";
  from: string;
  to: string;
  amount: number;
  currency: string;
}

/** A staged balance. */
export interface BalanceUpdate {
  type: "balance_update";
  userId: string;
  amount: number;
  currency: string;
}

/** A staged change. */
export type Change = Transfer | BalanceUpdate;

/** What executing came to. */
export interface TransactionResult {
  /** False where gas ran out, or where a ledger that applies changes could not make one. */
  success: boolean;
  /** The changes that were executed. */
  changes: Change[];
  /** Gas of this batch: 100 a change. */
  gasUsed: number;
  /** Why it failed, else `null`. */
  error: string | null;
}

/** Changes of balances: staged one by one, executed together. Executing simulates, unless the ledger applies it. */
export declare const tx: {
  /** Stages a transfer. */
  transfer(from: string, to: string, amount: number, currency: string): void;
  /** Stages a balance. */
  setBalance(userId: string, amount: number, currency: string): void;
  /** A copy of what is staged. */
  getChanges(): Change[];
  /** Executes what is staged, which then is no longer. Never rejects. */
  execute(): Promise<TransactionResult>;
};
