/**
 * Runs CommonJS files as Node would: sloppy, each once, in the order they are required, cycles included.
 * `files` is name -> [text, specifier -> name]; JSON has null instead of specifiers.
 */
(files, entry) => {
  const loaded = { __proto__: null };

  const load = (name) => {
    if (loaded[name]) return loaded[name].exports;
    const module = { id: name, exports: {}, loaded: false };
    loaded[name] = module;
    const [text, names] = files[name];
    if (names === null) {
      module.exports = JSON.parse(text);
    } else {
      const known = new Map(Object.entries(names));
      // What no file beside it answers may be one of our modules, such as crypto.
      const require = (specifier) => (known.has(specifier) ? load(known.get(specifier)) : $tana.import(`${specifier}`, "*"));
      const run = new Function("module", "exports", "require", text);
      run.call(module.exports, module, module.exports, require);
    }
    module.loaded = true;
    return module.exports;
  };

  const exports = load(entry);
  const compiled = exports !== null && typeof exports === "object" && exports.__esModule && "default" in exports;
  return { __proto__: null, ...exports, default: compiled ? exports.default : exports };
}
