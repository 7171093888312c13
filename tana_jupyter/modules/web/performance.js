/** performance.now and timeOrigin (W3C High Resolution Time), by the session clock. */
(tana) => {
  "use strict";
  const { expose, guard, KEY } = tana.load("modules/web/idl.js");

  class Performance {
    #origin = tana.now() - tana.monotonic();
    constructor() { guard(arguments[0]); }

    get timeOrigin() { return this.#origin; }

    now() {
      this.#origin;
      return tana.monotonic();
    }

    toJSON() { return { timeOrigin: this.#origin }; }
  }
  expose(Performance);

  return { performance: new Performance(KEY), Performance };
}
