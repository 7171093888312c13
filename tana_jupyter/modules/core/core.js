/** tana/core: the console, with Tana's formatting, and the version. The global console is the same object. */
(tana) => {
  const { call, load } = tana;
  const { stringify } = JSON;
  const { freeze, defineProperty } = Object;
  const NativeError = Error;
  const NativePromise = Promise;
  const NativeMap = Map;
  const NativeSet = Set;
  const text = String;
  const join = Function.prototype.call.bind(Array.prototype.join);

  /** One argument as text: objects as JSON with two spaces, errors by name and message, the rest as strings. */
  const format = (value) => {
    if (typeof value !== "object" || value === null) return text(value);
    try {
      if (value instanceof NativeError) {
        const { name, message } = value;
        return message ? `${name}: ${message}` : `${name}`;
      }
      // The JSON of these is {}, which looks like an empty value.
      if (value instanceof NativePromise) return "Promise (not awaited)";
      if (value instanceof NativeMap || value instanceof NativeSet) return load("engine/inspect.js").inspect(value);
      const json = stringify(value, null, 2);
      // What has a toJSON that answers undefined has no JSON at all.
      return json === undefined ? text(value) : json;
    } catch {
      try {
        return text(value);
      } catch {
        return "[object]"; // an object that refuses to become text
      }
    }
  };

  const console = {};
  for (const level of ["log", "error", "info", "warn", "debug"]) {
    const write = {
      [level](...args) {
        const parts = [];
        for (let index = 0; index < args.length; index++) defineProperty(parts, index, { value: format(args[index]), enumerable: true });
        call("core.write", level, join(parts, " "));
      },
    };
    defineProperty(console, level, { value: write[level], writable: true, configurable: true, enumerable: true });
  }
  const version = freeze({ tana: "0.1.0", deno_core: "0.338.0", v8: "134.5.0" });
  return { console, version, core: freeze({ console, version }) };
}
