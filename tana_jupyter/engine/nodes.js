/**
 * The node table: values that are not JSON, written as JSON.
 *
 * U+0001 and an array: at 0 the value itself, from 1 on the objects in it, in the order they were met. A value is
 *   null true false 1.5 "text"   itself
 *   [7]                          object number 7
 *   ["u"]  ["n","NaN"|"Infinity"|"-Infinity"|"-0"]  ["b","-ff"]      undefined, other numbers, bigint in hex
 * and an object is one of
 *   ["A",value...]                                             array without holes or names
 *   ["H",length,key,value,...]                                 array with them
 *   ["O",key,value,...]  ["M",key,value,...]  ["S",value...]   object, Map, Set
 *   ["D",milliseconds|null]  ["R",source,flags]  ["P",value]   Date, RegExp, boxed primitive
 *   ["E",name,message|null,stack|null,cause?]                  error
 *   ["X",name,message,stack|null]                              DOMException
 *   ["B",bytes,[32 bit words],maximum?]                        buffer
 *   ["V",type,[7],offset,length]                               view of buffer 7
 * Rows in stores hold such texts: a letter may be added, none may change its meaning.
 * Bytes are words because the engine joins and parses numbers natively, has no base64, and takes 0.1 us per charCodeAt.
 * This file writes tables, engine/node_reader.js reads them.
 */
(tana) => {
  "use strict";
  const { getPrototypeOf, getOwnPropertyDescriptor: describe, keys } = Object;
  const { isArray } = Array;
  const { isError } = Error;
  const { stringify } = JSON;
  const { iterator, toStringTag } = Symbol;
  const { Object: Obj, Map: MapOf, Set: SetOf, Date: DateOf, RegExp: RegExpOf, BigInt: Big } = globalThis;
  const { ArrayBuffer: Buffer, Int32Array: Words, Uint8Array: Bytes, DOMException: Dom, TypeError: Refused } = globalThis;
  const { proxied } = tana;
  const world = globalThis;
  const uncurry = Function.prototype.bind.bind(Function.prototype.call);
  /** Every getter and method of a prototype as a function of its object, such as `map.size(m)`. */
  const grasp = ({ prototype }, ...names) => {
    const grasped = { __proto__: null };
    for (const name of names) {
      const own = describe(prototype, name);
      grasped[name] = uncurry(own.get ?? own.value);
    }
    return grasped;
  };
  const view = { prototype: getPrototypeOf(Bytes.prototype) };
  const map = grasp(MapOf, "size", "forEach");
  const set = grasp(SetOf, "size", "forEach");
  const date = grasp(DateOf, "getTime");
  const regexp = grasp(RegExpOf, "source", "flags");
  const buffer = grasp(Buffer, "byteLength", "maxByteLength", "resizable", "detached");
  const typed = grasp(view, toStringTag, "buffer", "byteOffset", "length", "set", "join");
  const data = grasp(DataView, "buffer", "byteOffset", "byteLength");
  const string = grasp(String, "slice", "replace");
  const { toString: tagOf } = grasp(Obj, "toString");
  const { toString: sourceOf } = grasp(Function, "toString");
  const { toString: symbolText } = grasp(Symbol, "toString");
  const { toString: bigText } = grasp(Big, "toString");

  // Own methods on a private prototype: as fast as a plain call, and out of reach of later tampering.
  class Index extends MapOf {}
  Index.prototype.get = MapOf.prototype.get;
  Index.prototype.set = MapOf.prototype.set;

  /** Prototype -> letter of the node, or "!" and what V8 calls such an object when it refuses it. */
  const kinds = new Index();
  const boxes = [Boolean, Number, String, Big];
  for (const [letter, ...types] of [
    ["O", Obj], ["A", Array], ["M", MapOf], ["S", SetOf], ["D", DateOf], ["R", RegExpOf], ["E", Error], ["X", Dom],
    ["P", ...boxes], ["B", Buffer], ["V", view], ["W", DataView], ["![object Symbol]", Symbol],
  ]) for (const type of types) kinds.set(type.prototype, letter);
  for (const type of [Promise, WeakMap, WeakSet, WeakRef, FinalizationRegistry, SharedArrayBuffer]) {
    kinds.set(type.prototype, `!#<${type.name}>`);
  }
  for (const walked of [[], "", new MapOf(), new SetOf()]) kinds.set(getPrototypeOf(walked[iterator]()), "!#<Object>");
  kinds.set(getPrototypeOf("".matchAll(/a/g)), "!#<Object>");
  kinds.set(getPrototypeOf(function* () {}.prototype), "![object Generator]");
  kinds.set(getPrototypeOf(async function* () {}.prototype), "![object AsyncGenerator]");

  /** Calls that throw for an object which has the prototype but not the nature, such as Object.create(Map.prototype). */
  const proofs = {
    __proto__: null, M: map.size, S: set.size, D: date.getTime, R: regexp.source, B: buffer.byteLength, W: data.byteLength,
  };
  const unboxers = [];
  for (const box of boxes) unboxers[unboxers.length] = grasp(box, "valueOf").valueOf;
  const errors = { __proto__: null, Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

  /** One encode: the objects met, their numbers, and whom to tell. A getter may start another one in its middle. */
  let now;

  const refuse = (what) => {
    const text = `${what} could not be cloned.`;
    now.refuse?.(text);
    throw new Refused(text);
  };

  const unbox = (object) => {
    for (let i = 0; i < unboxers.length; i++) {
      try {
        return unboxers[i](object);
      } catch {}
    }
  };

  const kindOf = (object) => {
    if (isArray(object)) return "A";
    let kind;
    for (let proto = getPrototypeOf(object); kind === undefined && proto !== null; proto = getPrototypeOf(proto)) {
      kind = kinds.get(proto);
    }
    switch (kind) {
      case undefined:
      case "A":
        return "O";
      case "E":
        return isError(object) ? kind : "O";
      case "V":
        return typed[toStringTag](object) === undefined ? "O" : kind;
      case "P":
        return unbox(object) === undefined ? "O" : kind;
    }
    try {
      proofs[kind]?.(object);
      return kind;
    } catch {
      return "O";
    }
  };

  const functionText = (value) => {
    const text = string.replace(sourceOf(value), "{\n    [native code]\n}", "{ [native code] }");
    return text.length > 128 ? `${string.slice(text, 0, 111)}...<omitted>...${string.slice(text, -2)}` : text;
  };

  const write = (item) => {
    switch (typeof item) {
      case "string":
        return stringify(item);
      case "number":
        if (item - item !== 0) return `["n","${item}"]`;
        return item === 0 && 1 / item < 0 ? '["n","-0"]' : `${item}`;
      case "boolean":
        return item ? "true" : "false";
      case "undefined":
        return '["u"]';
      case "bigint":
        return `["b","${bigText(item, 16)}"]`;
      case "symbol":
        return refuse(symbolText(item));
      case "function":
        return refuse(functionText(item));
    }
    if (item === null) return "null";
    let number = now.numbers.get(item);
    if (number === undefined) {
      now.objects[now.objects.length] = item;
      number = now.objects.length;
      now.numbers.set(item, number);
    }
    return `[${number}]`;
  };

  const writeMembers = (object, names) => {
    let text = "";
    for (let i = 0; i < names.length; i++) text += `,${stringify(names[i])},${write(object[names[i]])}`;
    return text;
  };

  const ownValue = (object, key) => {
    const own = describe(object, key);
    return own !== undefined && "value" in own ? own : undefined;
  };

  /** Name of the class an object was made by, without running any of its code. */
  const className = (object) => {
    const maker = ownValue(getPrototypeOf(object), "constructor")?.value;
    const name = typeof maker === "function" ? ownValue(maker, "name")?.value : undefined;
    return typeof name === "string" && name !== "" ? name : "Object";
  };

  const textOrNull = (value) => (typeof value === "string" ? stringify(value) : "null");

  const writers = {
    __proto__: null,
    A(array) {
      const names = keys(array);
      const count = array.length;
      // Elements come first and in order, so the last name tells whether they are all there.
      if (names.length !== count || (count > 0 && names[count - 1] !== `${count - 1}`)) {
        return `["H",${count}${writeMembers(array, names)}]`;
      }
      let text = '["A"';
      for (let i = 0; i < count; i++) text += `,${write(array[i])}`;
      return `${text}]`;
    },
    O(object) {
      const proto = getPrototypeOf(object);
      if (proto === null || proto === Obj.prototype) {
        const tag = tagOf(object);
        const barred = proto === null ? "[object Module]" : "[object Arguments]";
        if (tag === barred || object === world) refuse("#<Object>");
      } else now.flattened?.(className(object));
      return `["O"${writeMembers(object, keys(object))}]`;
    },
    M(object) {
      let text = '["M"';
      map.forEach(object, (item, key) => {
        text += `,${write(key)},${write(item)}`;
      });
      return `${text}]`;
    },
    S(object) {
      let text = '["S"';
      set.forEach(object, (item) => {
        text += `,${write(item)}`;
      });
      return `${text}]`;
    },
    D(object) {
      const at = date.getTime(object);
      return `["D",${at === at ? at : null}]`;
    },
    R: (object) => `["R",${stringify(regexp.source(object))},${stringify(regexp.flags(object))}]`,
    P: (object) => `["P",${write(unbox(object))}]`,
    E(error) {
      const { name, stack } = error;
      const message = ownValue(error, "message");
      const cause = ownValue(error, "cause");
      const text = message === undefined ? "null" : stringify(`${message.value}`);
      const known = typeof name === "string" && name in errors ? name : "Error";
      const last = cause === undefined ? "" : `,${write(cause.value)}`;
      return `["E","${known}",${text},${textOrNull(stack)}${last}]`;
    },
    X({ name, message, stack }) {
      return `["X",${stringify(`${name}`)},${stringify(`${message}`)},${textOrNull(stack)}]`;
    },
    B(object) {
      if (buffer.detached(object)) refuse("An ArrayBuffer is detached and");
      const bytes = buffer.byteLength(object);
      let whole = object;
      if (bytes % 4 !== 0) {
        whole = new Buffer(bytes + 4 - (bytes % 4));
        typed.set(new Bytes(whole), new Bytes(object));
      }
      const most = buffer.resizable(object) ? `,${buffer.maxByteLength(object)}` : "";
      return `["B",${bytes},[${typed.join(new Words(whole), ",")}]${most}]`;
    },
    V(object) {
      const name = typed[toStringTag](object);
      return `["V","${name}",${write(typed.buffer(object))},${typed.byteOffset(object)},${typed.length(object)}]`;
    },
    W(object) {
      return `["V","DataView",${write(data.buffer(object))},${data.byteOffset(object)},${data.byteLength(object)}]`;
    },
  };

  const writeNode = (object) => {
    if (proxied(object) !== undefined) refuse(isArray(object) ? "[object Array]" : "#<Object>");
    const kind = kindOf(object);
    return kind[0] === "!" ? refuse(string.slice(kind, 1)) : writers[kind](object);
  };

  return {
    /** The text of a value; arguments as those of `encode` in engine/clone.js. */
    write(value, refuse, flattened) {
      const outer = now;
      const objects = [];
      now = { __proto__: null, objects, numbers: new Index(), refuse, flattened };
      try {
        let text = `\u0001[${write(value)}`;
        // A queue, not recursion: ten thousand levels need no stack.
        for (let i = 0; i < objects.length; i++) text += `,${writeNode(objects[i])}`;
        return `${text}]`;
      } finally {
        now = outer;
      }
    },
  };
}
