/** The global Deno: `Deno.jupyter` with the display helpers of Deno's own notebook kernel. */
(tana) => {
  const { op } = tana;
  const DISPLAY = Symbol.for("Jupyter.display");
  const { freeze } = Object;

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
    return { "text/plain": tana.load("engine/inspect.js").inspect(value) };
  };

  const jupyter = freeze({
    $display: DISPLAY,
    display: async (value, options) => op("deno.display", options?.raw ? value : await format(value)),
    md: tagged("text/markdown"),
    html: tagged("text/html"),
    svg: tagged("image/svg+xml"),
    format: async (value) => format(value),
  });
  return { Deno: { jupyter } };
}
