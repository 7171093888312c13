/** jsr:@std/ulid: the same as Deno's standard library has it. */
(tana) => {
  "use strict";
  const { now, load } = tana;
  const { LATEST, LENGTH, ofTime, toTime, random, monotonic } = load("modules/ulid/base32.js");

  const check = (time) => {
    if (!Number.isInteger(time) || time < 0 || time > LATEST) {
      throw new RangeError(`Time must be a positive integer less than ${LATEST}`);
    }
  };

  const ulid = (seedTime = now()) => {
    check(seedTime);
    return ofTime(seedTime) + random();
  };

  const make = monotonic(check, () => new Error("Cannot increment this string"));
  const monotonicUlid = (seedTime = now()) => make(seedTime);

  const decodeTime = (ulid) => {
    if (typeof ulid !== "string" || ulid.length !== LENGTH) throw new Error(`ULID must be exactly ${LENGTH} characters long`);
    const time = toTime(ulid, (digit) => new Error(`Invalid ULID character found: ${digit}`));
    if (time > LATEST) throw new RangeError(`ULID timestamp component exceeds maximum value of ${LATEST}`);
    return time;
  };

  return { ulid, monotonicUlid, decodeTime };
}
