/** What Web IDL asks of every interface: conversions, argument counts, property attributes, iterators. */
(tana) => {
  "use strict";
  const { defineProperty, getOwnPropertyDescriptor } = Object;
  const { ownKeys } = Reflect;

  /** A DOMString. Symbols throw, as they must. @param {unknown} value */
  const text = (value) => `${value}`;

  /** A USVString: lone surrogates become U+FFFD. @param {unknown} value */
  const scalars = (value) => `${value}`.toWellFormed();

  /** @param {unknown} value */
  const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";

  /**
   * Throws unless enough arguments were given.
   * @param {ArrayLike<unknown>} given the `arguments` of the caller
   * @param {number} needed
   * @param {string} where what was called, for the message
   */
  const required = (given, needed, where) => {
    if (given.length >= needed) return;
    throw new TypeError(`${where}: ${needed} argument${needed > 1 ? "s" : ""} required, got ${given.length}`);
  };

  /** Key that only our own code can hand to a constructor which is illegal for everybody else. */
  const KEY = Symbol("internal");
  /** @param {unknown} key */
  const guard = (key) => {
    if (key !== KEY) throw new TypeError("Illegal constructor");
  };

  const enumerate = (object, skip) => {
    for (const name of ownKeys(object)) {
      if (typeof name === "symbol" || skip.includes(name)) continue;
      const property = getOwnPropertyDescriptor(object, name);
      if (property.configurable) defineProperty(object, name, { ...property, enumerable: true });
    }
  };

  /**
   * Gives classes the attributes of interfaces: members are enumerable, and each has its toStringTag.
   * @param {...Function} interfaces
   */
  const expose = (...interfaces) => {
    for (const Interface of interfaces) {
      enumerate(Interface.prototype, ["constructor"]);
      enumerate(Interface, ["prototype", "name", "length"]);
      defineProperty(Interface.prototype, Symbol.toStringTag, { value: Interface.name, configurable: true });
    }
  };

  /**
   * Constants such as Event.AT_TARGET, on the interface and on its prototype.
   * @param {Function} Interface
   * @param {Record<string, number>} values
   */
  const constants = (Interface, values) => {
    for (const [name, value] of Object.entries(values)) {
      for (const object of [Interface, Interface.prototype]) {
        defineProperty(object, name, { value, enumerable: true });
      }
    }
  };

  const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));

  /**
   * Makes an interface iterable over pairs: entries, keys, values, forEach and Symbol.iterator.
   * The iterators are live: each step reads the pairs as they are then.
   * @param {Function} Interface
   * @param {(object: object) => [unknown, unknown][]} pairs throws for foreign objects
   */
  const iterable = (Interface, pairs) => {
    const { name, prototype } = Interface;
    const states = new WeakMap();
    const steps = {
      next() {
        const state = states.get(this);
        if (!state) throw new TypeError(`next: not a ${name} Iterator`);
        const pair = pairs(state.target)[state.index];
        if (!pair) return { value: undefined, done: true };
        state.index += 1;
        return { value: state.pick(pair), done: false };
      },
    };
    const iterators = Object.create(IteratorPrototype, {
      next: { value: steps.next, enumerable: true, configurable: true, writable: true },
      [Symbol.toStringTag]: { value: `${name} Iterator`, configurable: true },
    });
    const begin = (target, pick) => {
      pairs(target);
      const iterator = Object.create(iterators);
      states.set(iterator, { target, pick, index: 0 });
      return iterator;
    };
    const methods = {
      entries() { return begin(this, ([key, value]) => [key, value]); },
      keys() { return begin(this, ([key]) => key); },
      values() { return begin(this, ([, value]) => value); },
      forEach(callback) {
        pairs(this);
        required(arguments, 1, `${name}.forEach`);
        if (typeof callback !== "function") throw new TypeError(`${name}.forEach: callback is not a function`);
        for (let index = 0, pair; (pair = pairs(this)[index]); index += 1) {
          callback.call(arguments[1], pair[1], pair[0], this);
        }
      },
    };
    for (const method of Object.keys(methods)) {
      defineProperty(prototype, method, { value: methods[method], enumerable: true, configurable: true, writable: true });
    }
    defineProperty(prototype, Symbol.iterator, { value: methods.entries, configurable: true, writable: true });
  };

  /**
   * What a constructor of pairs takes: an iterable of two-element sequences, or a record.
   * @param {object} init
   * @param {(value: unknown) => string} convert applied to each name and value
   * @param {string} where for messages
   * @returns {[string, string][]}
   */
  const pairsOf = (init, convert, where) => {
    const iterate = init[Symbol.iterator];
    if (iterate !== undefined && iterate !== null) {
      if (typeof iterate !== "function") throw new TypeError(`${where}: Symbol.iterator is not a function`);
      return Array.from({ [Symbol.iterator]: () => iterate.call(init) }, (item) => {
        const pair = isObject(item) && typeof item[Symbol.iterator] === "function" ? Array.from(item, convert) : [];
        if (pair.length !== 2) throw new TypeError(`${where}: each item must be a pair [name, value]`);
        return pair;
      });
    }
    const record = new Map();
    for (const key of ownKeys(init)) {
      if (getOwnPropertyDescriptor(init, key)?.enumerable) record.set(convert(key), convert(init[key]));
    }
    return [...record];
  };

  return { text, scalars, required, KEY, guard, expose, constants, iterable, pairsOf, isObject };
}
