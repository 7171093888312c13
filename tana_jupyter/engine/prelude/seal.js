/**
 * The first script of an isolate: takes the host function off the global object and closes the
 * doors through which contract code could reach it, or our own functions, later.
 *
 * Nothing here is a security boundary by itself: every rule that protects something is enforced in
 * Python. What is closed here would let a contract read our replies or speak without our checks.
 */
(tana) => {
  const { defineProperty, freeze, getPrototypeOf } = Object;
  const host = globalThis.call_python;

  // dukpy writes both names at each evaluation. Deleting them is not enough: a setter that contract
  // code left there would be handed the host function. A non-configurable accessor swallows the write.
  for (const name of ["call_python", "dukpy"]) {
    defineProperty(globalThis, name, { get: () => undefined, set: () => {}, configurable: false, enumerable: false });
  }

  // Error.prepareStackTrace receives call sites, and getFunction would hand out our own functions.
  const previous = Error.prepareStackTrace;
  Error.prepareStackTrace = (_error, sites) => sites;
  const callSite = getPrototypeOf(new Error("call site").stack[0]);
  Error.prepareStackTrace = previous;
  delete callSite.getFunction;
  freeze(callSite);

  // A host call turns its arguments into JSON. A toJSON on the two prototypes would see and change
  // all of them, so it can be given to single objects and to other prototypes only.
  for (const target of [Object.prototype, Array.prototype]) {
    defineProperty(target, "toJSON", {
      get: () => undefined,
      set(value) {
        if (this === target) return;
        defineProperty(this, "toJSON", { value, writable: true, configurable: true, enumerable: true });
      },
      configurable: false,
      enumerable: false,
    });
  }

  // The engine joins template literals by whatever this property holds: a contract would be handed the texts of ours.
  defineProperty(String.prototype, "concat", { writable: false, configurable: false });

  // The engine walks a chain of iterator helpers (`i = i.map(f)`, often) by native recursion that no limit
  // guards: the process would crash. A function of ours on each level is where the engine looks at its stack.
  const { apply } = Reflect;
  const helper = getPrototypeOf([].values().map((value) => value));
  for (const name of ["next", "return"]) {
    const native = helper[name];
    const value = { [name]() { return apply(native, this, []); } }[name];
    defineProperty(helper, name, { value, writable: true, configurable: true });
  }

  // A SharedArrayBuffer has nobody to be shared with, and waiting on one would stop the kernel.
  delete globalThis.Atomics;

  // Made anew by modules/web, following the session's clock; this is what it measures with.
  const { performance } = globalThis;
  const ticks = performance.now.bind(performance);
  const zero = Date.now() - ticks();
  tana.precise = () => zero + ticks();
  delete globalThis.performance;

  // The engine does not tell a proxy from its target. What shows and stores values must, or it would run the traps.
  const NativeProxy = Proxy;
  const targets = new WeakMap();
  const remember = WeakMap.prototype.set.bind(targets);
  tana.proxied = WeakMap.prototype.get.bind(targets);
  const construct = (Native, args) => {
    const made = new Native(args[0], args[1]);
    remember(made, args[0]);
    return made;
  };
  const makeRevocable = NativeProxy.revocable;
  const { revocable } = {
    revocable(target, handler) {
      const made = makeRevocable(target, handler);
      remember(made.proxy, target);
      return made;
    },
  };
  defineProperty(NativeProxy, "revocable", { value: revocable, writable: true, configurable: true, enumerable: false });
  defineProperty(globalThis, "Proxy", {
    value: new NativeProxy(NativeProxy, { __proto__: null, construct }),
    writable: true,
    configurable: true,
    enumerable: false,
  });

  tana.host = host;
}
