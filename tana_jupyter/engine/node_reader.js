/** Reads the tables of engine/nodes.js. No code of the contract runs while it does. */
(tana) => {
  "use strict";
  const { defineProperty, getPrototypeOf, getOwnPropertyDescriptor: describe } = Object;
  const { Object: Obj, Map: MapOf, Set: SetOf, Date: DateOf, RegExp: RegExpOf, BigInt: Big } = globalThis;
  const { ArrayBuffer: Buffer, Int32Array: Words, Uint8Array: Bytes, DOMException: Dom } = globalThis;
  const uncurry = Function.prototype.bind.bind(Function.prototype.call);
  const Typed = getPrototypeOf(Bytes.prototype);
  const bytesSet = uncurry(Typed.set);
  const bufferOf = uncurry(describe(Typed, "buffer").get);
  const mapSet = uncurry(MapOf.prototype.set);
  const setAdd = uncurry(SetOf.prototype.add);
  const slice = uncurry(String.prototype.slice);
  const errors = { __proto__: null, Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
  const views = { __proto__: null, DataView };
  for (const name of ["Int8", "Uint8", "Uint8Clamped", "Int16", "Uint16", "Int32", "Uint32", "BigInt64", "BigUint64",
    "Float16", "Float32", "Float64"]) views[`${name}Array`] = globalThis[`${name}Array`];

  const define = (object, key, value, enumerable) =>
    defineProperty(object, key, { __proto__: null, value, writable: true, enumerable, configurable: true });

  /** Assignment that neither a setter (`__proto__`) nor a frozen prototype can catch. */
  const put = (object, key, value) => {
    if (key in object) define(object, key, value, true);
    else object[key] = value;
  };

  const makers = {
    __proto__: null,
    A: () => [],
    H: () => [],
    O: () => ({}),
    M: () => new MapOf(),
    S: () => new SetOf(),
    V: () => undefined, // needs its buffer, which has a higher number
    D: (node) => new DateOf(node[1] ?? NaN),
    R: (node) => new RegExpOf(node[1], node[2]),
    P: (node) => Obj(read(node[1])),
    E(node) {
      const error = new errors[node[1]]();
      if (node[2] !== null) define(error, "message", node[2], false);
      if (node[3] !== null) define(error, "stack", node[3], false);
      return error;
    },
    X(node) {
      const error = new Dom(node[2], node[1]);
      if (node[3] !== null) define(error, "stack", node[3], false);
      return error;
    },
    B(node) {
      const words = new Words(node[2].length);
      bytesSet(words, node[2]);
      const options = node.length > 3 ? { __proto__: null, maxByteLength: node[3] } : undefined;
      const made = new Buffer(node[1], options);
      bytesSet(new Bytes(made), new Bytes(bufferOf(words), 0, node[1]));
      return made;
    },
  };

  /** The objects of the table being read, by number. */
  let made;

  const read = (item) => {
    if (typeof item !== "object" || item === null) return item;
    const kind = item[0];
    if (typeof kind === "number") return made[kind];
    const text = item[1];
    if (kind === "u") return undefined;
    if (kind === "n") return +text;
    return text[0] === "-" ? -Big(`0x${slice(text, 1)}`) : Big(`0x${text}`);
  };

  const fill = (object, node) => {
    switch (node[0]) {
      case "A":
        for (let i = 1; i < node.length; i++) object[i - 1] = read(node[i]);
        break;
      case "H":
        object.length = node[1];
        for (let i = 2; i < node.length; i += 2) put(object, node[i], read(node[i + 1]));
        break;
      case "O":
        for (let i = 1; i < node.length; i += 2) put(object, node[i], read(node[i + 1]));
        break;
      case "M":
        for (let i = 1; i < node.length; i += 2) mapSet(object, read(node[i]), read(node[i + 1]));
        break;
      case "S":
        for (let i = 1; i < node.length; i++) setAdd(object, read(node[i]));
        break;
      case "E":
        if (node.length > 4) define(object, "cause", read(node[4]), false);
    }
  };

  return {
    /** The value of a parsed table. */
    read(table) {
      made = [];
      try {
        for (let i = 1; i < table.length; i++) made[i] = makers[table[i][0]](table[i]);
        for (let i = 1; i < table.length; i++) {
          const node = table[i];
          if (node[0] === "V") made[i] = new views[node[1]](made[node[2][0]], node[3], node[4]);
        }
        for (let i = 1; i < table.length; i++) fill(made[i], table[i]);
        return read(table[0]);
      } finally {
        made = undefined;
      }
    },
  };
}
