/**
 * Keys on their way to the host: a text of tokens, each a letter, what it says, and U+0001.
 *
 *   U+0002 text      string                     j "json"   string that holds U+0000 or U+0001
 *   ! 1.5            number, -0 and -NaN too    n -ff      bigint in hex
 *   t   f            booleans                   b 1,2,3    bytes
 *   v                where the versionstamp of the commit goes
 *
 * U+0003 stands before the first token unless all are of the first kind; modules/deno/keys.py reads this. There is no
 * U+0000 in it, which would end the name of a call.
 */
(tana) => {
  const { includes } = tana.strings;
  const { isArray } = Array;
  const { isView } = ArrayBuffer;
  const { stringify } = JSON;
  const { toStringTag } = Symbol;
  const { getPrototypeOf, getOwnPropertyDescriptor: describe } = Object;
  const { Uint8Array: Bytes, Float64Array: Doubles, Uint32Array: Words, DataView: View, BigInt: Big } = globalThis;
  const { Set: SetOf, Map: MapOf, Date: DateOf, RegExp: RegExpOf, Promise: PromiseOf } = globalThis;
  const { WeakMap: WeakMapOf, WeakSet: WeakSetOf, ArrayBuffer: Buffer } = globalThis;
  const NativeTypeError = TypeError;
  const uncurry = Function.prototype.bind.bind(Function.prototype.call);
  const Typed = getPrototypeOf(Bytes.prototype);
  const get = (prototype, name) => uncurry(describe(prototype, name).get);
  const typedName = get(Typed, toStringTag);
  const typed = [get(Typed, "buffer"), get(Typed, "byteOffset"), get(Typed, "byteLength")];
  const data = [get(View.prototype, "buffer"), get(View.prototype, "byteOffset"), get(View.prototype, "byteLength")];
  const join = uncurry(Typed.join);
  const copyBytes = uncurry(Typed.slice);
  const hex = uncurry(Big.prototype.toString);
  const wellFormed = uncurry(String.prototype.toWellFormed);
  const isWellFormed = uncurry(String.prototype.isWellFormed);
  const slice = uncurry(Array.prototype.slice);

  const STAMP = Symbol("KvCommitVersionstamp");
  const BAD_PART = "expected string, number, bigint, ArrayBufferView, boolean";
  const LONGEST = 2100; // characters no shorter than bytes, of one part: the host refuses what is larger

  const named = [
    [SetOf, "Set"], [MapOf, "Map"], [DateOf, "Date"], [RegExpOf, "RegExp"], [PromiseOf, "Promise"],
    [WeakMapOf, "WeakMap"], [WeakSetOf, "WeakSet"], [Buffer, "ArrayBuffer"], [View, "DataView"],
  ];
  /** What Deno calls something that is no array. */
  const kindOf = (value) => {
    switch (typeof value) {
      case "number": return "Number";
      case "boolean": return "Boolean";
      case "object": break;
      default: return typeof value;
    }
    if (value === null) return "null";
    for (let index = 0; index < named.length; index++) if (value instanceof named[index][0]) return named[index][1];
    return isView(value) ? typedName(value) : "unknown";
  };
  const noArray = (value) => new NativeTypeError(`serde_v8 error: invalid type; expected: array, got: ${kindOf(value)}`);
  const refuse = (key) => {
    if (key === undefined || key === null) {
      throw new NativeTypeError(`Cannot read properties of ${key} (reading 'length')`);
    }
    throw noArray(key);
  };

  /** The bytes a view shows, as an array of bytes of the same memory. */
  const bytesOf = (view) => {
    const [buffer, offset, length] = typedName(view) === undefined ? data : typed;
    return new Bytes(buffer(view), offset(view), length(view));
  };
  const bits = new Words(new Doubles([NaN]).buffer);
  const double = new Doubles(bits.buffer);
  const SIGN = bits[1] === 0 ? 0 : 1;
  const numberText = (number) => {
    if (number === 0) return 1 / number < 0 ? "-0" : "0";
    if (number === number) return `${number}`;
    double[0] = number;
    return bits[SIGN] > 0x7fffffff ? "-NaN" : "NaN";
  };

  /** One token, without its end. */
  const token = (part) => {
    switch (typeof part) {
      case "string":
        return includes(part, "\0") || includes(part, "\x01") ? `j${stringify(part)}` : `\x02${part}`;
      case "number":
        return `!${numberText(part)}`;
      case "bigint":
        return `n${hex(part, 16)}`;
      case "boolean":
        return part ? "t" : "f";
      case "object":
        if (part !== null && isView(part)) {
          const bytes = bytesOf(part);
          // Of more only the length counts, and that it is too much.
          return `b${join(bytes.length > LONGEST ? new Bytes(LONGEST) : bytes, ",")}`;
        }
    }
    throw new NativeTypeError(BAD_PART);
  };
  const mixed = (key, withStamp) => {
    let text = "\x03";
    const last = key.length - 1;
    for (let index = 0; index <= last; index++) {
      const part = key[index];
      text += withStamp && index === last && part === STAMP ? "v\x01" : `${token(part)}\x01`;
    }
    return text;
  };

  /**
   * A key as the host reads it.
   *
   *     wire(["users", 1])     // "\x03\x02users\x01!1\x01"
   *
   * With a second argument the last part may be what commitVersionstamp() gives.
   * @param {unknown[]} key
   * @param {boolean} [withStamp]
   * @returns {string}
   */
  const wire = (key, withStamp) => {
    if (!isArray(key)) refuse(key);
    let text = "";
    for (let index = 0; index < key.length; index++) {
      const part = key[index];
      if (typeof part !== "string" || includes(part, "\x01")) return mixed(key, withStamp);
      text += `\x02${part}\x01`;
    }
    return includes(text, "\0") ? mixed(key, withStamp) : text;
  };

  /** A key as the store gives it back for the same bytes; `text` is its wire, where that is known. */
  const copy = (key, text) => {
    if (text !== undefined && text[0] === "\x02" && isWellFormed(text)) return slice(key);
    const made = [];
    for (let index = 0; index < key.length; index++) {
      const part = key[index];
      if (typeof part === "string") made[index] = wellFormed(part);
      else made[index] = typeof part === "object" ? copyBytes(bytesOf(part)) : part;
    }
    return made;
  };

  return { STAMP, wire, copy, bytesOf, noArray };
}
