/** crypto and node:crypto: randomness that follows the session's seed, and digests by the host. */
(tana) => {
  "use strict";
  const { call, bytesOut, sendAhead, load } = tana;
  const { Buffer, fromText, encodingOf, failure, received } = load("modules/crypto/buffer.js");
  const { crypto: webcrypto } = load("modules/web/crypto.js");
  const ALGORITHMS = ["sha1", "sha224", "sha256", "sha384", "sha512"];
  const LARGEST = 2147483647;
  // The most that getRandomValues fills at once.
  const QUOTA = 65536;
  // Longer data goes ahead in slices.
  const SLICE = 262144;

  const wrongType = (name, wanted, value) =>
    failure(TypeError, "ERR_INVALID_ARG_TYPE", `The "${name}" argument must be ${wanted}. ${received(value)}`);

  const randomBytes = (size, callback) => {
    if (typeof size !== "number") throw wrongType("size", "of type number", size);
    if (!(size >= 0 && size <= LARGEST)) {
      throw failure(RangeError, "ERR_OUT_OF_RANGE", `The value of "size" is out of range. It must be >= 0 && <= ${LARGEST}. Received ${size}`);
    }
    if (callback !== undefined && typeof callback !== "function") throw wrongType("callback", "of type function", callback);
    const bytes = new Buffer(Math.trunc(size));
    for (let at = 0; at < bytes.length; at += QUOTA) webcrypto.getRandomValues(bytes.subarray(at, at + QUOTA));
    if (callback === undefined) return bytes;
    queueMicrotask(() => callback(null, bytes));
  };

  const viewOf = (data) => {
    if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return data instanceof ArrayBuffer ? new Uint8Array(data) : null;
  };

  class Hash {
    #algorithm;
    /** What was hashed so far, one character a byte: strings cannot change behind our back. */ #pieces;
    #done = false;

    constructor(algorithm, pieces = []) {
      this.#algorithm = algorithm;
      this.#pieces = pieces;
    }

    #open() {
      if (this.#done) throw failure(Error, "ERR_CRYPTO_HASH_FINALIZED", "Digest already called");
    }

    update(data, inputEncoding = "utf8") {
      this.#open();
      let bytes;
      if (typeof data === "string") bytes = fromText(data, inputEncoding);
      else if (ArrayBuffer.isView(data)) bytes = viewOf(data);
      else throw wrongType("data", "of type string or an instance of Buffer, TypedArray, or DataView", data);
      // In slices: a text of many megabytes costs seconds to put together.
      for (let at = 0; at < bytes.length; at += SLICE) this.#pieces.push(bytesOut(bytes.subarray(at, at + SLICE)));
      return this;
    }

    digest(encoding = undefined) {
      this.#open();
      if (encoding !== undefined && encoding !== "buffer") encodingOf(encoding);
      this.#done = true;
      const data = this.#pieces.join("");
      const hex = call("crypto.digest", this.#algorithm, data.length > SLICE ? sendAhead(data) : data);
      if (encoding === "hex") return hex;
      const bytes = new Buffer(fromText(hex, "hex"));
      return encoding === undefined || encoding === "buffer" ? bytes : bytes.toString(encoding);
    }

    copy() {
      this.#open();
      return new Hash(this.#algorithm, [...this.#pieces]);
    }
  }

  const createHash = (algorithm) => {
    if (typeof algorithm !== "string") throw wrongType("algorithm", "of type string", algorithm);
    // OpenSSL's other spellings: SHA256, sha-256, SHA2-256, RSA-SHA256.
    const name = algorithm.toLowerCase().replace(/^rsa-/, "").replace(/^sha(?:2-|-)/, "sha");
    if (!ALGORITHMS.includes(name)) {
      throw new Error(`Digest method not supported: '${algorithm.slice(0, 100)}'; there are ${ALGORITHMS.join(", ")}`);
    }
    return new Hash(name);
  };

  /** Looks at every byte, whatever it finds. */
  const timingSafeEqual = (first, second) => {
    const kinds = "an instance of ArrayBuffer, Buffer, TypedArray, or DataView";
    const [left, right] = [viewOf(first), viewOf(second)];
    if (left === null) throw wrongType("buf1", kinds, first);
    if (right === null) throw wrongType("buf2", kinds, second);
    if (left.length !== right.length) {
      throw failure(RangeError, "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH", "Input buffers must have the same byte length");
    }
    let different = 0;
    for (let at = 0; at < left.length; at += 1) different |= left[at] ^ right[at];
    return different === 0;
  };

  const module = {
    createHash,
    getHashes: () => [...ALGORITHMS],
    getRandomValues: (array) => webcrypto.getRandomValues(array),
    randomBytes,
    randomUUID: () => webcrypto.randomUUID(),
    subtle: webcrypto.subtle,
    timingSafeEqual,
    webcrypto,
  };
  return { ...module, default: Object.freeze(module) };
}
