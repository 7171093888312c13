/** Bytes with Node's text encodings: what randomBytes and digests give. */
(tana) => {
  "use strict";
  const { bytesIn, bytesOut, load } = tana;
  const HEX = "0123456789abcdef";
  const ENCODINGS = {
    __proto__: null,
    utf8: "utf8", "utf-8": "utf8", hex: "hex", base64: "base64", base64url: "base64url",
    latin1: "latin1", binary: "latin1", ascii: "ascii",
  };

  /** An error as Node makes them. */
  const failure = (Class, code, text) => Object.assign(new Class(text), { code });

  /** How Node's messages name a value of the wrong type. */
  const received = (value) => {
    if (value === null || value === undefined) return `Received ${value}`;
    if (typeof value === "function") return `Received function ${value.name}`;
    if (typeof value === "object") return `Received an instance of ${value.constructor?.name ?? "Object"}`;
    const shown = typeof value === "string" ? `'${value.slice(0, 25)}${value.length > 25 ? "..." : ""}'` : `${String(value)}${typeof value === "bigint" ? "n" : ""}`;
    return `Received type ${typeof value} (${shown})`;
  };

  const encodingOf = (name) => {
    const encoding = ENCODINGS[`${name}`.toLowerCase()];
    if (encoding === undefined) throw failure(TypeError, "ERR_UNKNOWN_ENCODING", `Unknown encoding: ${name}`);
    return encoding;
  };

  const unhex = (text) => {
    const pairs = /^(?:[0-9a-f]{2})*/i.exec(text)[0];
    const bytes = new Uint8Array(pairs.length / 2);
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = parseInt(pairs.substring(at * 2, at * 2 + 2), 16);
    return bytes;
  };

  /** Base64 in either alphabet; as in Node what does not belong is passed over, and nothing follows a "=". */
  const unbase64 = (text) => {
    let letters = text.split("=", 1)[0].replace(/-/g, "+").replace(/_/g, "/").replace(/[^A-Za-z0-9+/]/g, "");
    if (letters.length % 4 === 1) letters = letters.slice(0, -1);
    return bytesIn(load("modules/web/base64.js").atob(letters));
  };

  /** The bytes of a text. @returns {Uint8Array} */
  const fromText = (text, encoding = "utf8") => {
    const kind = encodingOf(encoding);
    if (kind === "hex") return unhex(text);
    if (kind === "base64" || kind === "base64url") return unbase64(text);
    if (kind === "utf8") return new (load("modules/web/encoding.js").TextEncoder)().encode(text);
    return Uint8Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  };

  class Buffer extends Uint8Array {
    toString(encoding = "utf8", start = 0, end = this.length) {
      const bytes = this.subarray(start, end);
      switch (encodingOf(encoding)) {
        case "hex": {
          let text = "";
          for (const byte of bytes) text += HEX[byte >> 4] + HEX[byte & 15];
          return text;
        }
        case "base64": return load("modules/web/base64.js").btoa(bytesOut(bytes));
        case "base64url": {
          const text = load("modules/web/base64.js").btoa(bytesOut(bytes));
          return text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
        }
        case "latin1": return bytesOut(bytes);
        case "ascii": return bytesOut(bytes.map((byte) => byte & 127));
        default: return new (load("modules/web/encoding.js").TextDecoder)("utf-8", { ignoreBOM: true }).decode(bytes);
      }
    }

    equals(other) {
      if (!(other instanceof Uint8Array)) {
        throw failure(TypeError, "ERR_INVALID_ARG_TYPE", `The "otherBuffer" argument must be an instance of Buffer or Uint8Array. ${received(other)}`);
      }
      return this.length === other.length && this.every((byte, at) => byte === other[at]);
    }
  }

  return { Buffer, fromText, encodingOf, failure, received };
}
