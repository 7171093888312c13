/** Headers (WHATWG Fetch). */
(tana) => {
  "use strict";
  const { text, required, expose, iterable, pairsOf, isObject } = tana.load("modules/web/idl.js");
  const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

  /** @param {string} where */
  const lowered = (name, where) => {
    const given = text(name);
    if (!TOKEN.test(given)) throw new TypeError(`${where}: '${given.slice(0, 100)}' is not a header name`);
    return given.toLowerCase();
  };

  /** @param {string} where */
  const normal = (value, where) => {
    const given = text(value).replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
    if (/[^\x00-\xff]|[\0\n\r]/.test(given)) {
      throw new TypeError(`${where}: the value holds a character that headers cannot carry`);
    }
    return given;
  };

  /** Set by Headers: sorted and combined, as iterating shows them. */
  let sorted;

  class Headers {
    /** @type {Map<string, string[]>} by lower-case name, in the order of arrival */ #values = new Map();
    /** @type {[string, string][] | null} kept until something changes: iterators ask at each step */ #sorted = null;

    static {
      sorted = (headers) => (headers.#sorted ??= [...headers.#values.keys()].sort().flatMap((name) => {
        const values = headers.#values.get(name);
        return name === "set-cookie" ? values.map((value) => [name, value]) : [[name, values.join(", ")]];
      }));
    }

    constructor(init = undefined) {
      if (init === undefined) return;
      if (!isObject(init)) throw new TypeError("Headers: init is not an object");
      for (const [name, value] of pairsOf(init, text, "Headers")) this.append(name, value);
    }

    append(name, value) {
      required(arguments, 2, "Headers.append");
      const key = lowered(name, "Headers.append");
      const given = normal(value, "Headers.append");
      const values = this.#values.get(key);
      this.#sorted = null;
      if (values) values.push(given);
      else this.#values.set(key, [given]);
    }

    delete(name) {
      required(arguments, 1, "Headers.delete");
      this.#sorted = null;
      this.#values.delete(lowered(name, "Headers.delete"));
    }

    get(name) {
      required(arguments, 1, "Headers.get");
      return this.#values.get(lowered(name, "Headers.get"))?.join(", ") ?? null;
    }

    getSetCookie() { return [...(this.#values.get("set-cookie") ?? [])]; }

    has(name) {
      required(arguments, 1, "Headers.has");
      return this.#values.has(lowered(name, "Headers.has"));
    }

    set(name, value) {
      required(arguments, 2, "Headers.set");
      const key = lowered(name, "Headers.set");
      this.#values.set(key, [normal(value, "Headers.set")]);
      this.#sorted = null;
    }
  }
  iterable(Headers, (headers) => sorted(headers));
  expose(Headers);

  return { Headers };
}
