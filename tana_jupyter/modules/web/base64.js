/** atob and btoa (WHATWG HTML, forgiving base64): checked here, converted by the host. */
(tana) => {
  "use strict";
  const { call, load } = tana;
  const { required } = load("modules/web/idl.js");
  // What crosses at once; both numbers end between groups.
  const BYTES = 3 << 16;
  const LETTERS = 4 << 16;

  const refuse = (text) => new DOMException(text, "InvalidCharacterError");

  const inPieces = (operation, text, size) => {
    if (text.length <= size) return call(operation, text);
    const pieces = [];
    for (let at = 0; at < text.length; at += size) pieces.push(call(operation, text.slice(at, at + size)));
    return pieces.join("");
  };

  return {
    atob(data) {
      required(arguments, 1, "atob");
      let letters = `${data}`.replace(/[\t\n\f\r ]+/g, "");
      if (letters.length % 4 === 0) letters = letters.replace(/={1,2}$/, "");
      if (letters.length % 4 === 1 || !/^[A-Za-z0-9+/]*$/.test(letters)) {
        throw refuse("atob: the string is not correctly encoded base64");
      }
      return inPieces("web.atob", letters, LETTERS);
    },

    btoa(data) {
      required(arguments, 1, "btoa");
      const binary = `${data}`;
      if (/[^\x00-\xff]/.test(binary)) {
        throw refuse("btoa: the string holds characters outside of Latin-1; encode it with TextEncoder first");
      }
      return inPieces("web.btoa", binary, BYTES);
    },
  };
}
