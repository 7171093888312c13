/** structuredClone (WHATWG HTML), by the codec that also writes values to the store. */
(tana) => {
  "use strict";
  const { required, isObject } = tana.load("modules/web/idl.js");
  const { encode, decode } = tana.load("engine/clone.js");

  const refuse = (text) => {
    throw new DOMException(text, "DataCloneError");
  };

  /** The buffers to detach afterwards. @param {unknown} options @returns {ArrayBuffer[]} */
  const transferable = (options) => {
    if (options === undefined || options === null) return [];
    if (!isObject(options)) throw new TypeError("structuredClone: options is not an object");
    const { transfer } = options;
    if (transfer === undefined) return [];
    if (!isObject(transfer) || typeof transfer[Symbol.iterator] !== "function") {
      throw new TypeError("structuredClone: transfer is not iterable");
    }
    const buffers = [...transfer];
    for (const buffer of buffers) {
      if (!isObject(buffer)) throw new TypeError("structuredClone: transfer holds something that is not an object");
      if (!(buffer instanceof ArrayBuffer)) refuse("Only an ArrayBuffer can be transferred.");
      if (buffer.detached) refuse("An ArrayBuffer is detached and could not be transferred.");
    }
    if (new Set(buffers).size < buffers.length) refuse("An ArrayBuffer is listed twice in transfer.");
    return buffers;
  };

  return {
    structuredClone(value, options = undefined) {
      required(arguments, 1, "structuredClone");
      const buffers = transferable(options);
      const copy = decode(encode(value, refuse));
      // The content was copied; what can be seen of a transfer is that the original is detached.
      for (const buffer of buffers) buffer.transfer();
      return copy;
    },
  };
}
