/** The session's clock as the page knows it: it may stand still, and it may be another day than here. */

export class SessionClock {
  constructor() {
    this.base = Date.now();
    this.since = performance.now();
    this.frozen = false;
  }

  /**
   * Take over what an answer says of the time; most say nothing.
   * @param {Record<string, any>} answer
   */
  follow(answer) {
    const at = typeof answer.clock === "string" ? Date.parse(answer.clock) : Number.NaN;
    if (Number.isNaN(at)) return;
    this.base = at;
    this.since = performance.now();
    this.frozen = answer.frozen === true;
  }

  /** Milliseconds since 1970, by the session. */
  now() {
    return this.frozen ? this.base : this.base + performance.now() - this.since;
  }
}
