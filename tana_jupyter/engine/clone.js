/**
 * Values as text and back, with everything structured clone keeps: types, identity, cycles.
 *
 * A JSON-like value is plain JSON, written by one JSON.stringify whose replacer only judges. Everything else is
 * U+0001 and a node table (engine/nodes.js and engine/node_reader.js, loaded when the first such value comes by).
 */
(tana) => {
  "use strict";
  const { getPrototypeOf, getOwnPropertyDescriptor: describe, keys } = Object;
  const { isArray } = Array;
  const { parse, stringify } = JSON;
  const { iterator, toStringTag } = Symbol;
  const PlainObject = Object.prototype;
  const PlainArray = Array.prototype;
  const world = globalThis;
  const uncurry = Function.prototype.bind.bind(Function.prototype.call);
  const slice = uncurry(String.prototype.slice);
  const { proxied } = tana; // the target of a proxy, which the engine cannot tell from one
  const UNDEFINED = '\u0001[["u"]]';
  const STOP = { __proto__: null };

  // Own methods on a private prototype: as fast as a plain call, and out of reach of later tampering.
  class Seen extends Set {}
  Seen.prototype.add = Set.prototype.add;
  Seen.prototype.has = Set.prototype.has;

  // The objects met: most values have no more than two, and need no set of them.
  let root, second, seen, writer, reader;

  /** An accessor that answers differently each time keeps its first answer; anything else that differs is a toJSON. */
  const unsteady = (holder, key, value) => {
    const own = describe(holder, key);
    return own !== undefined && own.get !== undefined && typeof value !== "object" && typeof holder[key] !== "object";
  };

  const judge = function (key, value) {
    if (this[key] !== value && !unsteady(this, key, value)) throw STOP;
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        if (value - value !== 0 || (value === 0 && 1 / value < 0)) throw STOP;
        return value;
      case "object": {
        if (value === null) return value;
        if (proxied(value) !== undefined) throw STOP; // before anything that a trap could see
        const proto = getPrototypeOf(value);
        if (proto === PlainArray) {
          // A hole arrives as undefined; a name beside the elements shows in the count only.
          if (!isArray(value) || keys(value).length !== value.length) throw STOP;
        } else if (proto === PlainObject) {
          if (value[iterator] !== undefined || value === world) throw STOP; // `arguments` has an iterator
        } else if (proto !== null || value[toStringTag] !== undefined) throw STOP;
        if (root === undefined) root = value;
        else if (value === root) throw STOP;
        else if (second === undefined) second = value;
        else if (value === second) throw STOP;
        else {
          if (seen === undefined) seen = new Seen();
          else if (seen.has(value)) throw STOP;
          seen.add(value);
        }
        return value;
      }
    }
    throw STOP;
  };

  const encodePlain = (value) => {
    const outer = root;
    const outerSecond = second;
    const outerSeen = seen; // a getter may come back in here
    root = second = seen = undefined;
    try {
      return stringify(value, judge);
    } catch {
      return undefined; // STOP, a cycle, too deep, or a getter that throws: the table finds out which
    } finally {
      root = outer;
      second = outerSecond;
      seen = outerSeen;
    }
  };

  return {
    /** The JSON of a value that JSON says everything about; undefined for any other. @param {unknown} value */
    plain: (value) => (typeof value === "string" ? stringify(value) : encodePlain(value)),
    /**
     * The text of a value.
     *
     *     encode({ a: 1 })                // '{"a":1}'
     *     encode(() => 1, (text) => { throw new TypeError(text); })      // TypeError: () => 1 could not be cloned.
     *
     * `refuse` must throw; `flattened` hears the class name of each instance that becomes a plain object.
     * @param {unknown} value
     * @param {(text: string) => never} [refuse]
     * @param {(className: string) => void} [flattened]
     * @returns {string}
     */
    encode(value, refuse, flattened) {
      if (typeof value === "string") return stringify(value);
      if (value === undefined) return UNDEFINED;
      const plain = encodePlain(value);
      if (plain !== undefined) return plain;
      writer ??= tana.load("engine/nodes.js");
      return writer.write(value, refuse, flattened);
    },
    /**
     * The value of a text made by encode.
     * @param {string} text
     * @returns {unknown}
     */
    decode(text) {
      if (text[0] !== "\u0001") return parse(text);
      if (text === UNDEFINED) return undefined;
      reader ??= tana.load("engine/node_reader.js");
      return reader.read(parse(slice(text, 1)));
    },
  };
}
