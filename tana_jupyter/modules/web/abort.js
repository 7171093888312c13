/** AbortController and AbortSignal (WHATWG DOM). */
(tana) => {
  "use strict";
  const { required, expose, guard, KEY, isObject } = tana.load("modules/web/idl.js");
  const { EventTarget, fire, handler } = tana.load("modules/web/events.js");

  /** Set by AbortSignal. */
  let abort;

  class AbortSignal extends EventTarget {
    #aborted = false;
    #reason = undefined;
    /** @type {Set<AbortSignal>} what `any` made of this signal */ #dependents = new Set();
    /** @type {Set<AbortSignal> | null} what `any` made this signal of */ #sources = null;

    static {
      abort = (signal, reason = new DOMException("This operation was aborted", "AbortError")) => {
        if (signal.#aborted) return;
        // All dependents are aborted before the first listener runs, so that no listener sees a half-way state.
        const now = [signal, ...signal.#dependents].filter((each) => !each.#aborted);
        for (const each of now) {
          each.#aborted = true;
          each.#reason = reason;
        }
        for (const each of now) {
          each.#release();
          fire(each, "abort");
        }
      };
    }

    constructor() {
      guard(arguments[0]);
      super();
    }

    static abort(reason = undefined) {
      const signal = new AbortSignal(KEY);
      abort(signal, reason);
      return signal;
    }

    static timeout(milliseconds) {
      required(arguments, 1, "AbortSignal.timeout");
      const delay = Math.trunc(Number(milliseconds));
      if (!(delay >= 0 && delay <= Number.MAX_SAFE_INTEGER)) {
        throw new TypeError(`AbortSignal.timeout: ${milliseconds} is not a number of milliseconds`);
      }
      const signal = new AbortSignal(KEY);
      setTimeout(() => abort(signal, new DOMException("Signal timed out.", "TimeoutError")), delay);
      return signal;
    }

    static any(signals) {
      required(arguments, 1, "AbortSignal.any");
      if (!isObject(signals) || typeof signals[Symbol.iterator] !== "function") {
        throw new TypeError("AbortSignal.any: signals is not iterable");
      }
      const given = [...signals];
      if (!given.every((each) => isObject(each) && #aborted in each)) {
        throw new TypeError("AbortSignal.any: signals holds something that is not an AbortSignal");
      }
      const result = new AbortSignal(KEY);
      const aborted = given.find((each) => each.#aborted);
      if (aborted) {
        abort(result, aborted.#reason);
        return result;
      }
      // A signal made by `any` passes its own sources on: chains stay one level deep.
      result.#sources = new Set(given.flatMap((each) => (each.#sources ? [...each.#sources] : [each])));
      for (const source of result.#sources) source.#dependents.add(result);
      return result;
    }

    get aborted() { return this.#aborted; }
    get reason() { return this.#reason; }

    throwIfAborted() {
      if (this.#aborted) throw this.#reason;
    }

    /** Lets go of the signals this one was connected with. */
    #release() {
      for (const source of this.#sources ?? []) source.#dependents.delete(this);
      this.#dependents.clear();
    }
  }
  handler(AbortSignal, "abort");

  class AbortController {
    #signal = new AbortSignal(KEY);

    get signal() { return this.#signal; }
    abort(reason = undefined) { abort(this.#signal, reason); }
  }
  expose(AbortSignal, AbortController);

  return { AbortController, AbortSignal };
}
