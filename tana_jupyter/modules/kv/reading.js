/** The rarer ways of reading one key: other types, metadata, cacheTtl. */
(tana) => {
  const { opMap, call, load } = tana;
  const { parse } = JSON;
  const { trunc } = Math;
  const { ArrayBuffer: Buffer, Uint8Array: Bytes, Int32Array: Words } = globalThis;
  const NativeTypeError = TypeError;
  const uncurry = Function.prototype.bind.bind(Function.prototype.call);
  const setWords = uncurry(Words.prototype.set);
  const setBytes = uncurry(Bytes.prototype.set);
  const subarray = uncurry(Bytes.prototype.subarray);
  const copy = uncurry(Bytes.prototype.slice);
  const { name } = load("modules/kv/kv.js");

  const CHUNK = 65536;
  const UNKNOWN = 'Unknown response type. Possible types are "text", "arrayBuffer", "json", and "stream".';
  // What the host is asked for, type by type.
  const forms = { __proto__: null, text: "text", json: "text", arrayBuffer: "bytes", stream: "bytes" };

  /** The bytes of a reply of the host's Outgoing: words, the rest of which is fetched here, and what fills no word. */
  const bytesIn = ([size, words, tail]) => {
    const buffer = new Buffer(size);
    const whole = new Words(buffer, 0, size >> 2);
    setWords(whole, words);
    for (let at = words.length; at < whole.length; ) {
      const more = call("kv.more", at * 4);
      setWords(whole, more, at);
      at += more.length;
    }
    setBytes(new Bytes(buffer), tail, size - tail.length);
    return buffer;
  };

  const streamOf = (buffer) => {
    const { ReadableStream } = load("modules/streams/streams.js");
    const bytes = new Bytes(buffer);
    let at = 0;
    const pull = (controller) => {
      if (at < bytes.length) controller.enqueue(copy(subarray(bytes, at, (at += CHUNK))));
      if (at >= bytes.length) controller.close();
    };
    return new ReadableStream({ type: "bytes", pull });
  };

  const typed = (type, value) => {
    if (type === "text") return value;
    if (type === "json") return parse(value);
    if (type === "arrayBuffer") return bytesIn(value);
    if (type === "stream") return streamOf(bytesIn(value));
    throw new NativeTypeError(UNKNOWN);
  };

  /** The type that options ask for, and their cacheTtl in whole seconds or null. */
  const asked = (options) => {
    if (options === undefined || options === null || typeof options === "function") return { type: "text", cacheTtl: null };
    if (typeof options !== "object") return { type: name(options), cacheTtl: null };
    const { type, cacheTtl } = options;
    const whole = trunc(+cacheTtl);
    return {
      type: type === undefined ? "text" : name(type),
      cacheTtl: cacheTtl === undefined ? null : whole - whole === 0 ? whole : 0,
    };
  };

  return {
    asked,
    get(key, options, withMetadata) {
      const { type, cacheTtl } = asked(options);
      const take = (reply) => {
        if (!withMetadata) return reply === null ? null : typed(type, reply[0]);
        if (reply === null) return { value: null, metadata: null, cacheStatus: null };
        return { value: typed(type, reply[0]), metadata: reply[1], cacheStatus: null };
      };
      return opMap((reply) => take(reply ?? null), "kv.read", key, forms[type] ?? "none", cacheTtl);
    },
  };
}
