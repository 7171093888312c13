/** A ULID: 26 characters that sort by time, by the session's clock unless a time is given. */
export declare function ulid(seedTime?: number): string;
/** A ULID larger than all that this function gave before, also within one millisecond. */
export declare function monotonicUlid(seedTime?: number): string;
/** The time in a ULID, in milliseconds since the epoch. */
export declare function decodeTime(ulid: string): number;
