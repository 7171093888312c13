/** A stand-in for the engine: contract names on the global object, four modules' worth of imports, one run at a time. */
const modules = {
  "tana/kv": { kv: { get: (key) => `value of ${key}` }, default: "the default", "odd name": 7 },
  "tana/core": { console: "console" },
};
globalThis.seen = { thrown: [], imported: [] };
globalThis.$tana = Object.freeze({
  import(specifier, name) {
    seen.imported.push(`${specifier} ${name}`);
    return name === "*" ? modules[specifier] : modules[specifier][name];
  },
  dynamic: async (specifier) => modules[specifier],
  meta: { url: "tana:cell" },
  lock(...names) {
    for (const name of names) Object.defineProperty(globalThis, name, { writable: false });
  },
  thrown(value) {
    seen.thrown.push(value);
    return value;
  },
});
globalThis.run = (names, body) => {
  for (const name of names) {
    const value = globalThis[name];
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true });
  }
  const outcome = {};
  body().then(
    (value) => (outcome.value = value),
    (error) => {
      outcome.error = error instanceof Error ? `${error.name}: ${error.message}` : error;
      outcome.stack = error?.stack;
    },
  );
  return outcome;
};
