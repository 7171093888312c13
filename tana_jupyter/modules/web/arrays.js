/** Array.fromAsync: the engine's leaves elements that are not enumerable, which no copy and no JSON would have. Kept tiny. */
() => {
  "use strict";
  const native = Array.fromAsync;
  const { apply } = Reflect;
  const { isArray } = Array;
  const { defineProperty } = Object;
  const { propertyIsEnumerable } = Object.prototype;
  const fromAsync = {
    async fromAsync(...given) {
      const made = await apply(native, this, given);
      if (!isArray(made)) return made;
      for (let index = 0; index < made.length && !apply(propertyIsEnumerable, made, [index]); index++) {
        defineProperty(made, index, { enumerable: true });
      }
      return made;
    },
  }.fromAsync;
  defineProperty(fromAsync, "length", { value: 1, configurable: true });
  defineProperty(Array, "fromAsync", { value: fromAsync, writable: true, configurable: true });
  return {};
}
