/**
 * tana/kv: Cloudflare's Workers KV with Tana's rules. Limits are checked by the host; here arguments take shape.
 * What most calls need is in this file; writing.js, reading.js and bulk.js are loaded by the first call that needs them.
 */
(tana) => {
  const { host, op, opMap, isAnswer, answerLater, load } = tana;
  const { stringify } = JSON;
  const { includes } = tana.strings;
  const { isArray } = Array;
  const { trunc } = Math;
  const { defineProperty, getPrototypeOf } = Object;
  const PlainObject = Object.prototype;
  const rejected = Promise.reject.bind(Promise);
  const text = String;
  const NativeTypeError = TypeError;
  const NativeSyntaxError = SyntaxError;
  const NO_SYMBOL = "Cannot convert a Symbol value to a string";

  // First bytes of calls whose key lies in the name; modules/kv/__init__.py has the same three.
  const GET = "\x10";
  const DELETE = "\x11";
  const PUT = "\x12";
  // A call's name is a C string: what lies after U+0000 would be cut.
  const fits = (key) => typeof key === "string" && !includes(key, "\0");

  /** What an async method returns for a reply of the host: itself, or a promise where it is an answer about the call. */
  const answered = (reply) => (typeof reply === "object" && isAnswer(reply) ? answerLater(reply["!"]) : reply);

  // Longer texts go ahead in slices.
  const SLICE = 262144;

  let writer, reader, many;
  const writing = () => (writer ??= load("modules/kv/writing.js"));
  const reading = () => (reader ??= load("modules/kv/reading.js"));
  const bulk = () => (many ??= load("modules/kv/bulk.js"));

  /** A key, or any text, of whatever was given. @param {unknown} value @returns {string} */
  const name = (value) => {
    if (typeof value === "string") return value;
    if (typeof value === "symbol") throw new NativeTypeError(NO_SYMBOL);
    return text(value);
  };

  /** What is stored for a value, taken at the call: a text, or bytes or a stream as writing.js gives them. */
  const storable = (value) => {
    if (typeof value !== "object" || value === null) {
      return typeof value === "function" ? writing().storable(value) : name(value);
    }
    if (!isArray(value) && getPrototypeOf(value) !== PlainObject) return writing().storable(value);
    return stringify(value) ?? writing().refuse();
  };

  /** The type of a get that asks for nothing else; "" where reading.js has to look. */
  const plainType = (options) => {
    if (options === undefined || options === null) return "text";
    if (typeof options === "string") return options;
    if (typeof options !== "object" || options.cacheTtl !== undefined) return "";
    const { type } = options;
    return type === undefined ? "text" : type;
  };
  const document = (reply) => {
    if (reply === null) return null;
    if (reply.length !== 1) throw new NativeSyntaxError("Unexpected end of JSON input");
    return reply[0];
  };

  const nothing = { __proto__: null };
  const listOptions = (options) => {
    if (options === undefined || options === null) return nothing;
    if (typeof options === "object" || typeof options === "function") return options;
    throw new NativeTypeError("Failed to execute 'list' on 'KvNamespace': parameter 1 is not of type 'ListOptions'.");
  };
  const bound = (value) => (value === undefined || value === null ? null : name(value));
  const page = ({ names, cursor, expiration, metadata }) => {
    const keys = [];
    for (let index = 0; index < names.length; index++) keys[index] = { name: names[index] };
    if (expiration !== undefined || metadata !== undefined) {
      for (let index = 0; index < names.length; index++) {
        if (expiration !== undefined && expiration[index] !== null) keys[index].expiration = expiration[index];
        if (metadata !== undefined && metadata[index] !== null) keys[index].metadata = metadata[index];
      }
    }
    return { keys, list_complete: cursor === null, cursor, cacheStatus: null };
  };

  // No method uses `this`, so that `const { get } = kv` works. None of the hot ones uses `arguments` to tell a missing
  // argument from undefined: making that object costs each call 0.2 to 0.3 microseconds.
  class KvNamespace {
    async get(key, options) {
      if (options === undefined && fits(key)) return answered(host(GET + key));
      if (isArray(key)) return bulk().get(key, options, false);
      key = name(key);
      const type = plainType(options);
      if (fits(key)) {
        if (type === "text") return answered(host(GET + key));
        if (type === "json") return opMap(document, GET + key, 1);
      }
      return reading().get(key, options, false);
    }

    list(options) {
      try {
        const { prefix, limit, cursor, start, startAfter, end, reverse } = listOptions(options);
        const count = trunc(+limit);
        return opMap(
          page,
          "kv.list",
          name(prefix ?? ""),
          count > 0 && count < 1000 ? count : 1000,
          name(cursor ?? ""),
          bound(start),
          bound(startAfter),
          bound(end),
          !!reverse,
        );
      } catch (error) {
        return rejected(error);
      }
    }

    async put(key, value, options) {
      if (typeof value !== "string" || typeof key !== "string") {
        key = name(key);
        value = storable(value);
      }
      if (options === undefined && typeof value === "string" && value.length <= SLICE && fits(key)) {
        return answered(host(PUT + key, value));
      }
      return writing().put(key, value, options);
    }

    getWithMetadata(...given) {
      try {
        if (given.length === 0) {
          throw new NativeTypeError(
            "Failed to execute 'getWithMetadata' on 'KvNamespace': parameter 1 is not of type 'Array or string'.",
          );
        }
        const [key, options] = given;
        return isArray(key) ? bulk().get(key, options, true) : reading().get(name(key), options, true);
      } catch (error) {
        return rejected(error);
      }
    }

    async delete(key) {
      return fits(key) ? answered(host(DELETE + key)) : op("kv.delete", name(key));
    }

    putBulk(entries) {
      try {
        return bulk().put(entries);
      } catch (error) {
        return rejected(error);
      }
    }

    deleteBulk(...given) {
      try {
        return bulk().delete(...given);
      } catch (error) {
        return rejected(error);
      }
    }
  }
  const { prototype } = KvNamespace;
  for (const method of ["get", "list", "put", "getWithMetadata", "delete", "putBulk", "deleteBulk"]) {
    defineProperty(prototype[method], "length", { value: 0, configurable: true });
  }
  defineProperty(prototype, Symbol.toStringTag, { value: "KvNamespace", configurable: true });
  return { kv: new KvNamespace(), name, storable };
}
