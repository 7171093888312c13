/** The module ulid, as npm and deno.land/x have it. */
(tana) => {
  "use strict";
  const { now, load } = tana;
  const { LATEST, LENGTH, ofTime, toTime, random, monotonic } = load("modules/ulid/base32.js");

  const failure = (text) => Object.assign(new Error(text), { source: "ulid" });

  const check = (time) => {
    if (time > LATEST) throw failure(`cannot encode time greater than ${LATEST}`);
    if (time < 0) throw failure("time must be positive");
    if (!Number.isInteger(time)) throw failure("time must be an integer");
  };
  // As in the original anything that is no number means now.
  const timeOf = (seedTime) => (Number.isNaN(Number(seedTime)) ? now() : Number(seedTime));

  const ulid = (seedTime, prng) => {
    const time = timeOf(seedTime);
    check(time);
    return ofTime(time) + random(prng);
  };

  const monotonicFactory = (prng) => {
    const make = monotonic(check, () => failure("cannot increment this string"), prng);
    return function ulid(seedTime) {
      return make(timeOf(seedTime));
    };
  };

  const decodeTime = (id) => {
    if (typeof id !== "string" || id.length !== LENGTH) throw failure("malformed ulid");
    const time = toTime(id, (digit) => failure(`invalid character found: ${digit}`));
    if (time > LATEST) throw failure("malformed ulid, timestamp too large");
    return time;
  };

  return { ulid, monotonicFactory, decodeTime };
}
