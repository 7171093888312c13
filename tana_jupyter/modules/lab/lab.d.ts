/** The session's clock, which Date, TTLs and timestamps follow. */
export declare const clock: {
  /** The session's time in milliseconds since the epoch. */
  now(): number;
  /** Stops time, now or at an instant. */
  freeze(when?: number | string | Date): void;
  /** Moves the clock by seconds, forward or back. */
  advance(seconds: number): void;
  /** Goes back to real time. */
  resume(): void;
  /** The session's time as ISO text. */
  toString(): string;
};
/** Makes Math.random, crypto and identifiers repeatable; `null` goes back to the system's randomness. */
export declare function seed(value: number | bigint | string | null): void;
