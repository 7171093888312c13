/** The rarer ways of writing: bytes, streams, large texts, expiration and metadata. */
(tana) => {
  const { op, call, bytesOut, load } = tana;
  const { stringify } = JSON;
  const { includes } = tana.strings;
  const { isView } = ArrayBuffer;
  const { trunc } = Math;
  const { toStringTag, iterator } = Symbol;
  const { getOwnPropertyDescriptor } = Object;
  const { ArrayBuffer: Buffer, SharedArrayBuffer: Shared, Uint8Array: Bytes } = globalThis;
  const NativeTypeError = TypeError;
  const NativeError = Error;
  const uncurry = Function.prototype.bind.bind(Function.prototype.call);
  const subarray = uncurry(Bytes.prototype.subarray);
  const copy = uncurry(Bytes.prototype.slice);
  // A getter of a buffer throws for what is none, whatever its prototype.
  const sizeOf = uncurry(getOwnPropertyDescriptor(Buffer.prototype, "byteLength").get);
  const sharedSizeOf = uncurry(getOwnPropertyDescriptor(Shared.prototype, "byteLength").get);

  // First byte of a call whose key and terms lie in the name; modules/kv/__init__.py has the same.
  const PUT_WITH = "\x13";
  const LARGEST = 26214400;
  const SLICE = 262144;
  const NOT_STORABLE = "KV put() accepts only strings, ArrayBuffers, ArrayBufferViews, and ReadableStreams as values.";
  const LOCKED = "The ReadableStream has been locked to a reader.";
  const NO_OPTIONS = "Failed to execute 'put' on 'KvNamespace': parameter 3 is not of type 'PutOptions'.";
  const RANGE = "Value out of range. Must be between -2147483648 and 2147483647 (inclusive).";
  // The JSON of these is {} or nearly so: storing it would lose what they hold without a word.
  const refused = [Map, Set, WeakMap, WeakSet, WeakRef, Promise, RegExp, Error];

  const nothing = { __proto__: null };

  const refuse = () => {
    throw new NativeTypeError(NOT_STORABLE);
  };

  /** The bytes behind a buffer or a view; undefined for everything else. @returns {Uint8Array | undefined} */
  const bytesOf = (value) => {
    if (isView(value)) return new Bytes(value.buffer, value.byteOffset, value.byteLength);
    if (value instanceof Buffer) return new Bytes(value, 0, sizeOf(value));
    if (value instanceof Shared) return new Bytes(value, 0, sharedSizeOf(value));
    return undefined;
  };

  const isStream = (value) => value[toStringTag] === "ReadableStream" && load("modules/streams/streams.js").isStream(value);

  /** What is stored for an object that is neither plain nor an array: a text, bytes or a stream. */
  const storable = (value) => {
    const bytes = bytesOf(value);
    if (bytes !== undefined) return bytes;
    if (isStream(value)) return value;
    const { toJSON } = value;
    if (typeof toJSON !== "function") {
      if (typeof value === "function") refuse();
      for (let index = 0; index < refused.length; index++) if (value instanceof refused[index]) refuse();
    }
    const json = stringify(value);
    if (json === undefined || (json === "{}" && typeof toJSON !== "function" && value[iterator] !== undefined)) refuse();
    return json;
  };

  /** How bytes cross: at once, ahead in slices, or, where they are too many, their number alone. */
  const sentBytes = (parts, size) => {
    if (size > LARGEST) return ["size", size];
    let text = "";
    if (size <= SLICE) {
      for (let index = 0; index < parts.length; index++) text += bytesOut(parts[index]);
      return ["bytes", text];
    }
    let number = 0;
    for (let index = 0; index < parts.length; index++) {
      for (let at = 0; at < parts[index].length; at += SLICE) {
        number = call("engine.ahead", number, bytesOut(subarray(parts[index], at, at + SLICE)));
      }
    }
    return ["bytesAhead", number];
  };
  /** A text or bytes as the host's values.py reads them. */
  const sent = (value) => {
    if (typeof value === "string") return value.length > SLICE ? ["ahead", tana.sendAhead(value)] : value;
    return sentBytes([value], value.length);
  };

  const seconds = (value) => {
    const whole = trunc(+value);
    if (whole - whole !== 0) return 0;
    // Most often these are milliseconds.
    if (whole > 2147483647 || whole < -2147483648) throw new NativeTypeError(RANGE);
    return whole;
  };
  // What comes with a value, as the host takes it; read at the call.
  const ttlOf = ({ expirationTtl }) => (expirationTtl === undefined ? null : seconds(expirationTtl));
  const expirationOf = ({ expiration }) => (expiration === undefined ? null : seconds(expiration));
  const metadataOf = ({ metadata }) => {
    if (metadata === undefined || metadata === null) return null;
    const text = stringify(metadata);
    if (text !== undefined) return text;
    const error = new NativeError("KV PUT failed: 500 Internal Server Error: the metadata has no JSON");
    error.status = 500;
    throw error;
  };

  const putStream = async (key, stream, ttl, expiration, metadata) => {
    if (load("modules/streams/streams.js").isUsed(stream)) throw new NativeTypeError(LOCKED);
    call("kv.check", key, ttl, expiration, metadata);
    const reader = stream.getReader();
    const parts = [];
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const bytes = typeof value === "object" && value !== null ? bytesOf(value) : undefined;
      if (bytes === undefined) {
        const error = new NativeTypeError("This ReadableStream did not return bytes.");
        await reader.cancel(error);
        throw error;
      }
      size += bytes.length;
      if (size > LARGEST) {
        await reader.cancel();
        break;
      }
      parts[parts.length] = copy(bytes); // its owner may fill it anew
    }
    return op("kv.put", key, sentBytes(parts, size), ttl, expiration, metadata);
  };

  return {
    storable,
    refuse,
    bytesOf,
    sent,
    ttlOf,
    expirationOf,
    metadataOf,
    /** A put of a key and what `storable` gave. @param {string} key */
    put(key, value, options) {
      if (options === undefined || options === null) options = nothing;
      else if (typeof options !== "object" && typeof options !== "function") throw new NativeTypeError(NO_OPTIONS);
      const ttl = ttlOf(options);
      const expiration = ttl === null ? expirationOf(options) : null;
      const metadata = metadataOf(options);
      if (typeof value === "string" && value.length <= SLICE && !includes(key, "\0")) {
        // Neither numbers nor JSON hold a U+001F; the key may, and comes last.
        return op(`${PUT_WITH}${ttl ?? ""}\x1f${expiration ?? ""}\x1f${metadata ?? ""}\x1f${key}`, value);
      }
      if (typeof value !== "string" && isStream(value)) return putStream(key, value, ttl, expiration, metadata);
      return op("kv.put", key, sent(value), ttl, expiration, metadata);
    },
  };
}
