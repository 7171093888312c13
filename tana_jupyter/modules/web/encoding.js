/** TextEncoder and TextDecoder (WHATWG Encoding): UTF-8, UTF-16 and windows-1252. */
(tana) => {
  "use strict";
  const { call, load } = tana;
  const { required, expose, isObject } = load("modules/web/idl.js");
  const fromCharCode = (units) => String.fromCharCode.apply(null, units);

  // The engine runs a loop of ours at 10 million steps a second, its own functions a hundred times faster:
  // text is converted in pieces by escape() and encodeURIComponent() wherever that gives the right bytes.
  const PIECE = 32768;

  const isHigh = (unit) => unit >= 0xd800 && unit <= 0xdbff;

  /** The end of a piece that starts at `start`, never inside a surrogate pair. @param {string} text */
  const pieceEnd = (text, start, size) => {
    const end = Math.min(start + size, text.length);
    return end < text.length && end - start > 1 && isHigh(text.charCodeAt(end - 1)) ? end - 1 : end;
  };

  /** A piece as UTF-8, one character per byte. @param {string} piece */
  const toBinary = (piece) =>
    /^[\x00-\x7f]*$/.test(piece) ? piece : unescape(encodeURIComponent(piece.toWellFormed()));

  const write = (binary, bytes, at) => {
    for (let index = 0; index < binary.length; index += 1) bytes[at + index] = binary.charCodeAt(index);
  };

  class TextEncoder {
    #brand = true;

    get encoding() { return this.#brand && "utf-8"; }

    encode(input = "") {
      this.#brand;
      const text = `${input}`;
      let length = 0;
      for (let at = 0, end; at < text.length; at = end) {
        end = pieceEnd(text, at, PIECE);
        length += toBinary(text.slice(at, end)).length;
      }
      const bytes = new Uint8Array(length);
      for (let at = 0, end, to = 0; at < text.length; at = end) {
        end = pieceEnd(text, at, PIECE);
        const binary = toBinary(text.slice(at, end));
        write(binary, bytes, to);
        to += binary.length;
      }
      return bytes;
    }

    encodeInto(source, destination) {
      this.#brand;
      required(arguments, 2, "TextEncoder.encodeInto");
      const text = `${source}`;
      if (!(destination instanceof Uint8Array)) {
        throw new TypeError("TextEncoder.encodeInto: destination is not a Uint8Array");
      }
      let read = 0;
      let written = 0;
      for (let size = PIECE; read < text.length; ) {
        // What does not fit is tried again in halves, down to one code point.
        const least = isHigh(text.charCodeAt(read)) ? 2 : 1;
        const end = pieceEnd(text, read, Math.max(size, least));
        const binary = toBinary(text.slice(read, end));
        if (binary.length <= destination.length - written) {
          write(binary, destination, written);
          read = end;
          written += binary.length;
        } else if (size > least) {
          size = Math.floor(size / 2);
        } else {
          break;
        }
      }
      return { read, written };
    }
  }

  const LABELS = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "utf-16le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
    "utf-16be": "unicodefffe utf-16be",
    "windows-1252":
      "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 " +
      "iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252",
  };
  /** @param {string} label */
  const encodingOf = (label) => {
    const wanted = label.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, "").toLowerCase();
    for (const name of Object.keys(LABELS)) if (wanted && LABELS[name].split(" ").includes(wanted)) return name;
    throw new RangeError(`TextDecoder: encoding '${label}' is not supported (use ${Object.keys(LABELS).join(", ")})`);
  };

  /**
   * How many bytes the sequence has that starts at `at`, as far as they are right: less than `need` if cut or wrong.
   * @param {Uint8Array} bytes
   */
  const sequence = (bytes, at) => {
    const lead = bytes[at];
    const need = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    let low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    let high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    let have = need && 1;
    while (have < need && bytes[at + have] >= low && bytes[at + have] <= high) {
      have += 1;
      [low, high] = [0x80, 0xbf];
    }
    return { need, have };
  };

  /** Where an incomplete but so far right sequence at the end begins. @param {Uint8Array} bytes */
  const completeEnd = (bytes) => {
    for (let at = bytes.length - 1; at >= 0 && at >= bytes.length - 3; at -= 1) {
      if ((bytes[at] & 0xc0) === 0x80) continue;
      const { need, have } = sequence(bytes, at);
      return have < need && at + have === bytes.length ? at : bytes.length;
    }
    return bytes.length;
  };

  /** The C1 part of windows-1252, the only one that differs from Latin-1. */
  const C1 =
    "\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f" +
    "\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178";

  const malformed = (name) => new TypeError(`TextDecoder: the bytes are not valid ${name}`);

  /** For each encoding: may a byte order mark lead, where the complete part ends, where a piece may end, its text. */
  const CODECS = {
    "utf-8": {
      marked: true,
      complete: completeEnd,
      cut(bytes, end) {
        for (let at = end; at > end - 4 && at > 0; at -= 1) if ((bytes[at] & 0xc0) !== 0x80) return at;
        return end;
      },
      decode(bytes, fatal) {
        const binary = fromCharCode(bytes);
        if (!/[\x80-\xff]/.test(binary)) return binary;
        try {
          return decodeURIComponent(escape(binary));
        } catch {
          if (fatal) throw malformed("utf-8");
          return call("web.utf8", binary);
        }
      },
    },
    "utf-16le": {
      marked: true,
      complete(bytes) {
        const even = bytes.length & ~1;
        return even && isHigh(bytes[even - 1] << 8) ? even - 2 : even;
      },
      cut: (bytes, end) => (isHigh(bytes[end - 1] << 8) ? end - 2 : end),
      decode(bytes, fatal) {
        // A lone last byte, or one behind half a pair, is a single mistake.
        const units = new Uint16Array(bytes.length >> 1);
        for (let index = 0; index < units.length; index += 1) {
          units[index] = bytes[2 * index] | (bytes[2 * index + 1] << 8);
        }
        const odd = bytes.length % 2 === 1;
        const text = fromCharCode(units);
        if (fatal && (odd || !text.isWellFormed())) throw malformed("utf-16");
        return text.toWellFormed() + (odd && !isHigh(units.at(-1)) ? "\ufffd" : "");
      },
    },
    "windows-1252": {
      marked: false,
      complete: (bytes) => bytes.length,
      cut: (bytes, end) => end,
      decode: (bytes) => fromCharCode(bytes).replace(/[\x80-\x9f]/g, (found) => C1[found.charCodeAt(0) - 0x80]),
    },
  };
  /** UTF-16 in the other byte order. @param {Uint8Array} bytes */
  const swapped = (bytes) => bytes.map((byte, index) => bytes[index ^ 1] ?? byte);

  const BUFFERS = [ArrayBuffer, globalThis.SharedArrayBuffer];
  /** @param {unknown} input a BufferSource @returns {Uint8Array} a view of it */
  const viewOf = (input) => {
    if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
    if (BUFFERS.some((kind) => kind && input instanceof kind)) return new Uint8Array(input);
    throw new TypeError("TextDecoder.decode: input is not an ArrayBuffer or a view of one");
  };
  const joined = (first, second) => {
    const bytes = new Uint8Array(first.length + second.length);
    bytes.set(first);
    bytes.set(second, first.length);
    return bytes;
  };

  /** All pieces of bytes that are complete. @param {Uint8Array} bytes */
  const decodeAll = (codec, bytes, fatal) => {
    let at = 0;
    const piece = {
      toString() {
        const start = at;
        const limit = start + PIECE;
        at = limit < bytes.length ? codec.cut(bytes, limit) : bytes.length;
        return codec.decode(bytes.subarray(start, at), fatal);
      },
    };
    // join() asks each element for its text only when its turn comes, so the pieces and the whole text are
    // never in memory together: 25 MiB of bytes can be 50 MiB of text, in a heap of 128.
    const pieces = Math.ceil(bytes.length / (PIECE - 4));
    return new Array(pieces).fill(piece).join("");
  };

  class TextDecoder {
    /** @type {string} */ #encoding;
    /** @type {boolean} */ #fatal;
    /** @type {boolean} */ #ignoreBOM;
    /** @type {Uint8Array} the incomplete end of what was decoded so far */ #rest = new Uint8Array(0);
    #started = false;

    constructor(label = "utf-8", options = undefined) {
      this.#encoding = encodingOf(`${label}`);
      if (options !== undefined && options !== null && !isObject(options)) {
        throw new TypeError("TextDecoder: options is not an object");
      }
      this.#fatal = Boolean(options?.fatal);
      this.#ignoreBOM = Boolean(options?.ignoreBOM);
    }

    get encoding() { return this.#encoding; }
    get fatal() { return this.#fatal; }
    get ignoreBOM() { return this.#ignoreBOM; }

    decode(input = undefined, options = undefined) {
      const big = this.#encoding === "utf-16be";
      const codec = CODECS[big ? "utf-16le" : this.#encoding];
      const more = Boolean(options?.stream);
      let bytes = input === undefined ? new Uint8Array(0) : viewOf(input);
      if (this.#rest.length > 0) bytes = joined(this.#rest, bytes);
      if (big) bytes = swapped(bytes);
      const end = more ? codec.complete(bytes) : bytes.length;
      const rest = bytes.slice(end);
      const first = !this.#started;
      // Set before decoding: a fatal mistake ends the stream.
      this.#rest = new Uint8Array(0);
      this.#started = false;
      const text = decodeAll(codec, bytes.subarray(0, end), this.#fatal);
      this.#rest = big ? swapped(rest) : rest;
      this.#started = more && !(first && text === "");
      const marked = first && !this.#ignoreBOM && codec.marked && text.charCodeAt(0) === 0xfeff;
      return marked ? text.slice(1) : text;
    }
  }
  expose(TextEncoder, TextDecoder);

  return { TextEncoder, TextDecoder };
}
