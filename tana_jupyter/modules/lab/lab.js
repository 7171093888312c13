/** tana/lab: the session's clock and seed, for contracts that are experimented with. */
(tana) => {
  const { call, now, setClock, isoString } = tana;
  const { freeze } = Object;
  const NativeDate = Date;
  const NativeRangeError = RangeError;

  /** @param {number | string | Date} when */
  const instant = (when) => {
    const at = +new NativeDate(when);
    if (at !== at) throw new NativeRangeError(`${when} is no time: write it as 2026-01-01T00:00:00Z`);
    return at;
  };

  const clock = freeze({
    /** The session's time in milliseconds. */
    now: () => now(),
    /** Stops time, now or at an instant: milliseconds, ISO text or a Date. */
    freeze: (when) => setClock(...call("lab.freeze", when === undefined ? null : instant(when))),
    /** Moves the clock by seconds. */
    advance: (seconds) => setClock(...call("lab.advance", +seconds)),
    /** Goes back to real time. */
    resume: () => setClock(...call("lab.resume")),
    toString: () => isoString(now()),
  });
  /** Makes Math.random, crypto and identifiers repeatable; null goes back. */
  const seed = (value) => tana.setSeeded(call("lab.seed", typeof value === "bigint" ? `${value}` : value ?? null));
  return { clock, seed };
}
