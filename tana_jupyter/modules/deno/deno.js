/** The global Deno: `Deno.jupyter` with the display helpers of Deno's own notebook kernel, and Deno KV. */
(tana) => {
  const { op, load } = tana;
  const DISPLAY = Symbol.for("Jupyter.display");
  const { defineProperty, freeze } = Object;

  const bundleOf = (value) => ({ [DISPLAY]: () => value });
  /** Makes a tagged template that shows its text under a mime type. */
  const tagged = (type) => (strings, ...values) => {
    if (typeof strings === "string") return bundleOf({ [type]: strings });
    let text = strings[0];
    for (let index = 0; index < values.length; index++) text += `${values[index]}${strings[index + 1]}`;
    return bundleOf({ [type]: text });
  };

  const format = (value) => {
    const method = value === null || value === undefined ? undefined : value[DISPLAY];
    if (typeof method === "function") return method.call(value);
    return { "text/plain": load("engine/inspect.js").inspect(value) };
  };

  const jupyter = freeze({
    $display: DISPLAY,
    display: async (value, options) => op("deno.display", options?.raw ? value : await format(value)),
    md: tagged("text/markdown"),
    html: tagged("text/html"),
    svg: tagged("image/svg+xml"),
    format: async (value) => format(value),
  });

  const Deno = { jupyter };
  // Loaded when they are first touched.
  for (const [file, ...names] of [
    ["kv", "openKv", "Kv"], ["u64", "KvU64"], ["list", "KvListIterator"], ["atomic", "AtomicOperation"], ["errors", "errors"],
  ]) {
    for (const name of names) {
      const keep = (value) => defineProperty(Deno, name, { value, writable: true, configurable: true, enumerable: true });
      const get = () => {
        keep(load(`modules/deno/${file}.js`)[name]);
        return Deno[name];
      };
      defineProperty(Deno, name, { get, set: keep, configurable: true, enumerable: true });
    }
  }
  return { Deno };
}
