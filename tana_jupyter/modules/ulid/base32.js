/** What ULIDs are made of: ten digits of time and sixteen random ones, in Crockford's base 32. */
(tana) => {
  "use strict";
  const { call, bytesIn } = tana;
  const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const TIME_DIGITS = 10;
  const RANDOM_DIGITS = 16;
  const LATEST = 2 ** 48 - 1;

  const ofTime = (milliseconds) => {
    let digits = "";
    for (let rest = milliseconds; digits.length < TIME_DIGITS; rest = Math.floor(rest / 32)) digits = DIGITS[rest % 32] + digits;
    return digits;
  };

  /** The time in the first digits; `refuse` throws for a digit that is none. */
  const toTime = (digits, refuse) => {
    let time = 0;
    for (const digit of digits.slice(0, TIME_DIGITS)) {
      const value = DIGITS.indexOf(digit.toUpperCase());
      if (value < 0) throw refuse(digit);
      time = time * 32 + value;
    }
    return time;
  };

  /** Sixteen random digits: of a function like Math.random, else eighty bits of the session's own. */
  const random = (prng) => {
    let digits = "";
    if (prng) {
      while (digits.length < RANDOM_DIGITS) digits += DIGITS[Math.floor(prng() * 32) & 31];
      return digits;
    }
    let bits = 0;
    let count = 0;
    for (const byte of bytesIn(call("web.random", 10))) {
      bits = (bits << 8) | byte;
      for (count += 8; count >= 5; count -= 5) digits += DIGITS[(bits >> (count - 5)) & 31];
      bits &= 31;
    }
    return digits;
  };

  /** The digits of the next number, null after the last. */
  const next = (digits) => {
    for (let at = digits.length - 1; at >= 0; at -= 1) {
      const value = DIGITS.indexOf(digits[at]);
      if (value < 31) return digits.slice(0, at) + DIGITS[value + 1] + "0".repeat(digits.length - 1 - at);
    }
    return null;
  };

  /**
   * Makes ULIDs that only grow: within a millisecond, and where the clock goes back, the random part counts up.
   * @param {(time: number) => void} check throws for a time that cannot be written
   * @param {() => Error} full the error where the random part cannot count any further
   */
  const monotonic = (check, full, prng) => {
    let time = -Infinity;
    let digits = "";
    return (at) => {
      if (at <= time) {
        const counted = next(digits);
        if (counted === null) throw full();
        digits = counted;
      } else {
        check(at);
        const drawn = random(prng);
        time = at;
        digits = drawn;
      }
      return ofTime(time) + digits;
    };
  };

  return { LATEST, LENGTH: TIME_DIGITS + RANDOM_DIGITS, ofTime, toTime, random, monotonic };
}
