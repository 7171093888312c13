/** The symbols of `using`: TypeScript writes its steps out, yet the engine lacks the names. Loaded at once, so kept tiny. */
() => {
  "use strict";
  for (const name of ["dispose", "asyncDispose"]) {
    if (!(name in Symbol)) Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
  }
  return {};
}
