/** A ULID: 26 characters that sort by time, by the session's clock unless a time is given. */
export declare function ulid(seedTime?: number, prng?: () => number): string;
/** Makes a function whose ULIDs only grow, also within one millisecond. */
export declare function monotonicFactory(prng?: () => number): (seedTime?: number) => string;
/** The time in a ULID, in milliseconds since the epoch. */
export declare function decodeTime(id: string): number;
