/**
 * env: a Worker reaches its namespaces as env.NAME, whatever they are called. Here every name is kv, unless the
 * contract gave it another value; what belongs to every object, such as toString, stays what it is.
 */
(tana) => {
  const { kv } = tana.load("modules/kv/kv.js");
  const { get } = Reflect;
  const natural = { __proto__: null, then: true, toJSON: true };
  const env = new Proxy(
    {},
    {
      get: (target, name, receiver) =>
        typeof name === "symbol" || name in target || natural[name] ? get(target, name, receiver) : kv,
    },
  );
  return { env };
}
