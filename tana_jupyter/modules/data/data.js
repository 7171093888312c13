/** tana/data: small storage, staged until commit. Limits are checked by the host; here arguments take shape. */
(tana) => {
  const { call, sendAhead } = tana;
  const { parse, stringify } = JSON;
  const { defineProperty, freeze } = Object;
  const { charCodeAt } = tana.strings;
  const resolved = Promise.resolve.bind(Promise);
  const replace = Function.prototype.call.bind(String.prototype.replaceAll);
  const test = Function.prototype.call.bind(RegExp.prototype.test);
  const Pattern = RegExp;
  const NativeError = Error;
  const NativeTypeError = TypeError;
  const text = String;

  // The host refuses what is no string; an argument that JSON would change must not become one on the way.
  const name = (key) => (typeof key === "string" ? key : null);

  const plain = (_, value) => (typeof value === "bigint" ? text(value) : value);
  /** Strings stay as they are, the rest becomes JSON; what has none arrives at the host as null. */
  const serialize = (value) => {
    if (typeof value === "string") return value;
    if (typeof value === "number") return stringify(value);
    try {
      return stringify(value, plain) ?? null;
    } catch (error) {
      // The engine's own refusal of a cycle. What a getter or a toJSON throws is the contract's business.
      if (!(error instanceof NativeTypeError) || error.message !== "circular reference") throw error;
      throw new NativeTypeError("Value is not serializable", { cause: error });
    }
  };

  /** Every stored text is tried as JSON, also one that was set as a string: Tana's own surprise. */
  const deserialize = (stored) => {
    const first = charCodeAt(stored, 0);
    // What lies above 9 begins no JSON but [ { false null true; a thrown error costs more than the host call.
    if (first > 57 && first !== 91 && first !== 123 && first !== 102 && first !== 110 && first !== 116) return stored;
    try {
      return parse(stored);
    } catch {
      return stored;
    }
  };

  /** Only `*` is meant, but as in Tana all of RegExp works. */
  const matcher = (pattern) => {
    if (typeof pattern !== "string") throw new NativeTypeError("Pattern must be a string");
    try {
      return new Pattern(`^${replace(pattern, "*", ".*")}$`);
    } catch (error) {
      throw new NativeError(`Invalid pattern: ${error.message}`);
    }
  };

  const data = freeze({
    MAX_KEY_SIZE: 256,
    MAX_VALUE_SIZE: 10240,
    MAX_TOTAL_SIZE: 102400,
    MAX_KEYS: 1000,

    set(key, value) {
      const serialized = serialize(value);
      if (serialized !== null && serialized.length > 262144) call("data.setAhead", name(key), sendAhead(serialized));
      else call("data.set", name(key), serialized);
      return resolved();
    },
    get(key) {
      const stored = call("data.get", name(key));
      return stored === undefined ? null : deserialize(stored);
    },
    delete(key) {
      call("data.delete", name(key));
      return resolved();
    },
    has: (key) => call("data.has", name(key)),
    keys(pattern) {
      if (!pattern) return call("data.keys");
      const matching = matcher(pattern);
      const names = call("data.keys");
      const found = [];
      for (let index = 0; index < names.length; index++) {
        if (test(matching, names[index])) found[found.length] = names[index];
      }
      return found;
    },
    entries() {
      const pairs = call("data.entries");
      const found = {};
      for (let index = 0; index < pairs.length; index += 2) {
        const value = deserialize(pairs[index + 1]);
        if (pairs[index] !== "__proto__") found[pairs[index]] = value;
        else defineProperty(found, "__proto__", { value, writable: true, enumerable: true, configurable: true });
      }
      return found;
    },
    clear() {
      call("data.clear");
      return resolved();
    },
    commit() {
      call("data.commit");
      return resolved();
    },
  });
  return { data };
}
