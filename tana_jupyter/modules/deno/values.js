/**
 * Values on their way to the host and back: a text whose first character tells what it is.
 *
 *   U+0020 and above   JSON, which most values are          U+0002   a KvU64, in decimal
 *   U+0001             a table (engine/nodes.js)            U+0003   bytes: how many, and 32 bit words
 *
 * No U+0000 and no lone surrogate is in it. The host answers with JSON, and a number for the other three kinds.
 */
(tana) => {
  const { call, load } = tana;
  const { getPrototypeOf, getOwnPropertyDescriptor: describe } = Object;
  const { isView } = ArrayBuffer;
  const { SharedArrayBuffer: Shared, Uint8Array: Bytes, Int32Array: Words, BigInt: Big } = globalThis;
  const NativeError = Error;
  const NativeTypeError = TypeError;
  const { toStringTag } = Symbol;
  const uncurry = Function.prototype.bind.bind(Function.prototype.call);
  const Typed = getPrototypeOf(Bytes.prototype);
  const nameOf = uncurry(describe(Typed, toStringTag).get);
  const join = uncurry(Typed.join);
  const setBytes = uncurry(Typed.set);
  const { plain } = load("engine/clone.js");
  const { bytesOf } = load("modules/deno/keys.js");

  const UNDEFINED = '\x01[["u"]]';
  const SHARED = "#<SharedArrayBuffer> could not be cloned.";

  let numbers;
  const u64 = () => (numbers ??= load("modules/deno/u64.js"));

  const refuse = (text) => {
    throw text === SHARED ? new NativeError(text) : new NativeTypeError(text);
  };
  const flattened = (className) => {
    if (className === "ReadableStream") throw new NativeTypeError("Unsupported object type");
    call("deno.flattened", className);
  };
  const table = (value) => load("engine/nodes.js").write(value, refuse, flattened);

  const bytesText = (bytes) => {
    let whole = bytes;
    if (bytes.length % 4 !== 0 || bytes.byteOffset % 4 !== 0) {
      whole = new Bytes(bytes.length + 3 - ((bytes.length + 3) % 4));
      setBytes(whole, bytes);
    }
    return `\x03${bytes.length},${join(new Words(whole.buffer, whole.byteOffset, whole.length / 4), ",")}`;
  };

  /** What is no JSON: the top alone may be bytes or a KvU64. */
  const other = (value) => {
    if (isView(value) && nameOf(value) === "Uint8Array") {
      const bytes = bytesOf(value);
      if (bytes.buffer instanceof Shared) {
        throw new NativeTypeError("serde_v8 error: invalid type; expected: buffer, got: Uint8Array");
      }
      return bytesText(bytes);
    }
    const number = u64().numberIn(value);
    return number === undefined ? table(value) : `\x02${number}`;
  };

  const bytesIn = ([size, words, tail]) => {
    const bytes = new Bytes(size);
    setBytes(new Words(bytes.buffer, 0, words.length), words);
    setBytes(bytes, tail, size - tail.length);
    return bytes;
  };

  return {
    /**
     * The text of a value; throws for what cannot be stored.
     * @param {unknown} value
     * @returns {string}
     */
    encode(value) {
      if (value === undefined) return UNDEFINED;
      return plain(value) ?? (typeof value === "object" ? other(value) : table(value));
    },
    /** The text of a message, in which bytes and KvU64 are values like others. */
    encodeMessage(value) {
      return value === undefined ? UNDEFINED : (plain(value) ?? table(value));
    },
    /**
     * The value in a reply.
     * @param {any} payload @param {number | undefined} kind undefined where the payload is the value itself
     */
    decode(payload, kind) {
      switch (kind) {
        case 1:
          return load("engine/node_reader.js").read(payload);
        case 2:
          return new (u64().KvU64)(Big(payload));
        case 3:
          return bytesIn(payload);
        default:
          return payload;
      }
    },
  };
}
