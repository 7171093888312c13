/** crypto: randomness that follows the session's seed, and digests by the host (WebCrypto). */
(tana) => {
  "use strict";
  const { call, bytesOut, bytesIn } = tana;
  const { required, expose, guard, KEY, isObject } = tana.load("modules/web/idl.js");

  const INTEGERS = [
    Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
    BigInt64Array, BigUint64Array,
  ];
  const QUOTA = 65536;
  // The most that crosses to the host at once.
  const SLICE = 1 << 20;

  /** @param {number} length @returns {Uint8Array} */
  const random = (length) => bytesIn(call("web.random", length));

  /** @param {unknown} source a BufferSource */
  const bytesOf = (source) => {
    if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    if (source instanceof ArrayBuffer) return new Uint8Array(source);
    throw new TypeError("SubtleCrypto.digest: data is not an ArrayBuffer or a view of one");
  };

  class SubtleCrypto {
    #brand;
    constructor() { guard(arguments[0]); }

    async digest(algorithm, data) {
      this.#brand;
      required(arguments, 2, "SubtleCrypto.digest");
      const named = isObject(algorithm) ? algorithm.name : algorithm;
      if (named === undefined) throw new TypeError("SubtleCrypto.digest: algorithm has no name");
      const bytes = bytesOf(data);
      const name = `${named}`.toUpperCase();
      for (let at = 0; ; at += SLICE) {
        const slice = bytesOut(bytes.subarray(at, at + SLICE));
        const last = at + SLICE >= bytes.length;
        const digest = call("web.digest", name, slice, at === 0, last);
        if (last) return bytesIn(digest).buffer;
      }
    }
  }

  class Crypto {
    #subtle = new SubtleCrypto(KEY);
    constructor() { guard(arguments[0]); }

    get subtle() { return this.#subtle; }

    getRandomValues(array) {
      this.#subtle;
      required(arguments, 1, "Crypto.getRandomValues");
      if (!ArrayBuffer.isView(array)) throw new TypeError("Crypto.getRandomValues: array is not a typed array");
      if (!INTEGERS.some((kind) => array instanceof kind)) {
        throw new DOMException("Crypto.getRandomValues: array holds no integers", "TypeMismatchError");
      }
      if (array.byteLength > QUOTA) {
        const text = `Crypto.getRandomValues: ${array.byteLength} bytes wanted, at most ${QUOTA} can be had at once`;
        throw new DOMException(text, "QuotaExceededError");
      }
      if (array.byteLength > 0) {
        new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(random(array.byteLength));
      }
      return array;
    }

    randomUUID() {
      this.#subtle;
      const bytes = random(16);
      bytes[6] = (bytes[6] & 0x0f) | 0x40;
      bytes[8] = (bytes[8] & 0x3f) | 0x80;
      const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    }
  }
  expose(Crypto, SubtleCrypto);

  return { crypto: new Crypto(KEY), Crypto, SubtleCrypto };
}
