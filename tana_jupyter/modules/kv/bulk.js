/** Many keys in one call: get([...]), putBulk and deleteBulk. */
(tana) => {
  const { op, opMap, call, load } = tana;
  const { parse } = JSON;
  const { isArray } = Array;
  const { defineProperty } = Object;
  const NativeMap = Map;
  const NativeError = Error;
  const NativeTypeError = TypeError;
  const uncurry = Function.prototype.bind.bind(Function.prototype.call);
  const has = uncurry(Map.prototype.has);
  const set = uncurry(Map.prototype.set);
  const copy = uncurry(Uint8Array.prototype.slice);
  const { name, storable } = load("modules/kv/kv.js");
  const { asked } = load("modules/kv/reading.js");
  const { sent, ttlOf, expirationOf, metadataOf, bytesOf } = load("modules/kv/writing.js");

  const PART = 262144; // characters that cross in one call, more or less
  const NOT_JSON = "KV GET_BULK failed: 400 At least one of the requested keys corresponds to a non-json value";

  const document = (text) => {
    try {
      return parse(text);
    } catch (cause) {
      const error = new NativeError(NOT_JSON, { cause });
      error.status = 400;
      throw error;
    }
  };

  const mistake = (index, text) => {
    throw new NativeTypeError(`putBulk() entry ${index} ${text}`);
  };
  /** One entry as it crosses, but for its value, which is a text or bytes of our own. */
  const prepared = (entry, index) => {
    if (typeof entry !== "object" || entry === null) mistake(index, "is no object with a key and a value");
    const { key, value } = entry;
    if (key === undefined) mistake(index, "has no key");
    if (value === undefined) mistake(index, "has no value");
    let kept = storable(value);
    if (typeof kept !== "string") {
      if (bytesOf(kept) === undefined) mistake(index, "is a stream: put() takes streams, one at a time");
      kept = copy(kept);
    }
    const ttl = ttlOf(entry);
    return [name(key), kept, ttl, ttl === null ? expirationOf(entry) : null, metadataOf(entry)];
  };

  return {
    get(keys, options, withMetadata) {
      const { type, cacheTtl } = asked(options);
      const found = new NativeMap();
      const names = [];
      for (let index = 0; index < keys.length; index++) {
        const key = name(keys[index]);
        if (has(found, key)) continue;
        set(found, key, null); // so that the map has the order of the request
        names[names.length] = key;
      }
      const take = (rows) => {
        for (let index = 0; index < names.length; index++) {
          if (rows[index] === null) continue;
          const [text, metadata] = rows[index];
          const value = type === "json" ? document(text) : text;
          set(found, names[index], withMetadata ? { value, metadata } : value);
        }
        return found;
      };
      return opMap(take, "kv.getBulk", names, keys.length, type || "text", cacheTtl);
    },

    put(entries) {
      if (!isArray(entries)) throw new NativeTypeError("putBulk() takes an array of entries with a key and a value");
      // All of it takes shape before any of it crosses: getters and toJSON of the contract run here, and only here.
      const all = [];
      for (let index = 0; index < entries.length; index++) {
        try {
          all[index] = prepared(entries[index], index);
        } catch (error) {
          if (error instanceof NativeError) defineProperty(error, "index", { value: index, configurable: true, writable: true, enumerable: true });
          throw error;
        }
      }
      call("kv.bulkBegin");
      let part = [];
      let size = 0;
      for (let index = 0; index < all.length; index++) {
        const entry = all[index];
        size += entry[0].length + entry[1].length;
        entry[1] = sent(entry[1]);
        part[part.length] = entry;
        if (size < PART && index < all.length - 1) continue;
        call("kv.bulkAdd", part);
        part = [];
        size = 0;
      }
      return op("kv.bulkCommit");
    },

    delete(...given) {
      if (given.length === 0) {
        throw new NativeTypeError("Failed to execute 'deleteBulk' on 'KvNamespace': parameter 1 is not of type 'string or Array'.");
      }
      const keys = isArray(given[0]) ? given[0] : [given[0]];
      const names = [];
      for (let index = 0; index < keys.length; index++) names[index] = name(keys[index]);
      return op("kv.deleteBulk", names);
    },
  };
}
