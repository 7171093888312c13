/** How the value of a run leaves the contract: its encoded form, its text, its display bundle. */
(tana) => {
  const { encode } = tana.load("engine/clone.js");
  const { inspect } = tana.load("engine/inspect.js");
  const DISPLAY = Symbol.for("Jupyter.display");

  class NotCloneable {
    constructor(text) { this.text = text; }
  }
  /** The part of a bundle that can leave the contract. */
  const plain = (made) => JSON.parse(JSON.stringify(made));
  const failed = (error) => ({ __proto__: null, "text/plain": `Jupyter.display failed: ${error}` });
  return {
    inspect,
    /** The encoded text, or `{opaque}` saying why the value stays in the contract. */
    encode(value) {
      try {
        return encode(value, (text) => { throw new NotCloneable(text); });
      } catch (error) {
        return { __proto__: null, opaque: error instanceof NotCloneable ? error.text : `${error}` };
      }
    },
    /** The mime bundle of a value that follows Deno's display protocol; a promise of it where its method gives one. */
    bundle(value) {
      if (typeof value !== "object" && typeof value !== "function") return undefined;
      try {
        const method = value[DISPLAY];
        if (typeof method !== "function") return undefined;
        const made = Reflect.apply(method, value, []);
        return made instanceof Promise ? made.then(plain, failed) : plain(made);
      } catch (error) {
        return failed(error);
      }
    },
  };
}
