/**
 * Running a cell: names, imports, the value it leaves and the error it ends with. Makes the frozen
 * global `$tana`, the only thing of ours that compiled cells can name.
 */
(tana) => {
  const { call, describe, starved } = tana;
  const { defineProperty, freeze, getOwnPropertyDescriptor, keys } = Object;
  const { stringify } = JSON;
  const startsWith = Function.prototype.call.bind(String.prototype.startsWith);
  const then = Function.prototype.call.bind(Promise.prototype.then);
  const NativeError = Error;
  const NativeSyntaxError = SyntaxError;
  const evaluate = eval;
  /** @type {Record<string, any>} our files and modules that were loaded, and what they gave */
  const loaded = { __proto__: null };
  /** @type {Record<string, any>} modules by specifier */
  const modules = { __proto__: null };
  let run = 0;
  let lastTimer = 0;
  let secret;

  /** Loads one of our own files; each is a function of `tana`. */
  const load = (path) => {
    let result = loaded[path];
    if (result === undefined) {
      // Indirect: the text sees the global object only.
      result = evaluate(call("engine.source", path))(tana);
      loaded[path] = result;
    }
    return result;
  };
  tana.load = load;

  const hidden = (name, value) =>
    defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });

  /**
   * Gives the global object names that load their file when they are first touched; [path, names] each.
   * `key` is what the host calls this file with from now on; contract code never sees it.
   */
  tana.lazy = (files, key) => {
    secret = key;
    for (const [path, names] of files) {
      if (names.length === 0) load(path); // it changes prototypes, and gives no names
      for (const name of names) {
        const get = () => {
          hidden(name, load(path)[name]);
          return globalThis[name];
        };
        defineProperty(globalThis, name, { get, set: (value) => hidden(name, value), configurable: true, enumerable: false });
      }
    }
    return 0;
  };

  const state = {
    __proto__: null,
    run: 0,
    settled: false,
    opaque: false,
    value: undefined,
    text: undefined,
    display: undefined,
    error: undefined,
    failure: undefined,
    /** Whether somebody waits for the end of a listener: that is not what the run waits for. */
    resting: false,
    // Read when the evaluation ends, after all promise jobs.
    get due() { return tana.nextDue(); },
    get timers() { return tana.timerCount(); },
  };

  tana.rest = () => { state.resting = true; };

  // Long texts go ahead in slices; what stays in the contract is no text.
  const short = (text) => (typeof text === "string" && text.length > 1048576 ? ["", tana.sendAhead(text)] : text);

  /** What the host learns of the value of a run: its encoded form and how it is shown. */
  const report = async (id, value) => {
    if (value === undefined) return;
    if (typeof value === "number" && value === value && value - value === 0 && (value !== 0 || 1 / value > 0)) {
      state.value = state.text = `${value}`;
      return;
    }
    if (value === null || typeof value === "boolean") {
      state.value = state.text = `${value}`;
      return;
    }
    const { bundle, inspect, encode } = load("engine/report.js");
    let shown = bundle(value);
    if (typeof shown?.then === "function") {
      shown = await shown;
      if (run !== id) return;
    }
    const text = inspect(value);
    const encoded = encode(value);
    // Contract code may have changed what these three stand on, so each is looked at again.
    if (shown !== undefined) state.display = short(stringify(shown));
    state.text = typeof text === "string" ? short(text) : "a value that cannot be shown";
    if (typeof encoded === "string") state.value = short(encoded);
    else state.opaque = true;
  };

  const importable = (specifier) => {
    let module = modules[specifier];
    if (module === undefined) {
      const found = call("engine.module", specifier);
      const all = load(found[0]);
      const names = found[1];
      module = { __proto__: null };
      // A file may give its neighbours more than it exports.
      for (let index = 0; index < names.length; index++) module[names[index]] = all[names[index]];
      modules[specifier] = module;
    }
    return module;
  };

  const take = (specifier, name) => {
    const module = importable(specifier);
    if (name === undefined) return undefined;
    if (name === "*") return module;
    if (name in module) return module[name];
    return call("engine.missing", specifier, name, keys(module));
  };

  /** Keeps an added file's module; of CommonJS the importer means what it exported (engine/commonjs.js). */
  const keep = (specifier, module) => {
    modules[specifier] = module.$commonjs ?? module;
  };
  const native = (specifier) => evaluate("(specifier) => import(specifier)")(specifier);

  // What the host alone may call: contract code could end runs, move its clock or forge reports with it.
  const forHost = {
    __proto__: null,
    /** Evaluates the function of a cell; its end is told in the state that this returns. */
    run(id, names, at, shift, withSeed, body) {
      tana.setClock(at, shift);
      tana.setSeeded(withSeed);
      run = id;
      lastTimer = tana.lastTimer();
      tana.forgetThrown();
      for (let index = 0; index < names.length; index++) {
        const name = names[index];
        const current = getOwnPropertyDescriptor(globalThis, name);
        if (current === undefined || !current.writable) {
          const value = current === undefined || current.get ? undefined : current.value;
          try {
            defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true });
          } catch {
            throw new NativeSyntaxError(`'${name}' cannot be declared here: the name is taken, or the global object frozen`);
          }
        }
      }
      state.run = id;
      state.settled = false;
      state.opaque = false;
      state.resting = false;
      state.value = state.text = state.display = state.error = state.failure = undefined;
      (async () => {
        try {
          const value = await body();
          if (run === id) await report(id, value);
        } catch (error) {
          if (run === id) state.error = describe(error, 0);
        }
        if (run === id) state.settled = true;
      })();
      return state;
    },
    /** Lets the first due timer run, or settles the promise of a call that waited. */
    turn(at, shift, number, reply) {
      tana.setClock(at, shift);
      state.failure = undefined;
      try {
        if (number === undefined) tana.fire();
        else tana.settle(number, reply);
      } catch (error) {
        state.failure = describe(error, 0);
      }
      return state;
    },
    state: () => state,
    starved,
    /** Forgets the timers of the last run alone. */
    cancelOwn() {
      tana.clearTimersAfter(lastTimer);
      return state;
    },
    /** Forgets all timers and all calls that wait; the state that returns still counts the timers. */
    cancel() {
      const last = { __proto__: null, timers: tana.timerCount() };
      tana.clearTimers();
      tana.abandon();
      return last;
    },
    /** Brings a value of the host in as a name of the contract. */
    give(name, text) {
      const value = load("engine/clone.js").decode(text);
      defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true });
    },
    /** Takes the value of a name out; [kind, text]. */
    take(name) {
      const { encode } = load("engine/report.js");
      if (!(name in globalThis)) return ["missing", ""];
      const text = encode(globalThis[name]);
      return [typeof text === "string" ? "value" : "opaque", typeof text === "string" ? short(text) : text.opaque];
    },
    /** Loads an added file as an ES module before the cell that imports it. */
    preload(specifier) {
      const outcome = { __proto__: null, done: false, error: undefined };
      then(
        native(specifier),
        (module) => {
          keep(specifier, module);
          outcome.done = true;
        },
        (error) => {
          outcome.error = describe(error, 0);
        },
      );
      return outcome;
    },
  };
  freeze(forHost);

  const runtime = {
    __proto__: null,
    /** What the host calls, for whoever knows its key. */
    host(key) {
      if (key !== secret) throw new NativeError("$tana.host is not for contracts");
      return forHost;
    },
    /** One of our modules' files; the engine's own are loaded by themselves alone. */
    load(path) {
      if (typeof path !== "string" || !startsWith(path, "modules/")) throw new NativeError("$tana.load is not for contracts");
      return load(path);
    },
    import: take,
    dynamic: async (specifier) => {
      const name = `${specifier}`;
      // Asked anew each time: the file may have been added again.
      if (call("engine.added", name)) keep(name, await native(name));
      return importable(name);
    },
    lock(...names) {
      for (let index = 0; index < names.length; index++) {
        defineProperty(globalThis, names[index], { writable: false });
      }
    },
    thrown: tana.thrown,
    meta: freeze({ __proto__: null, url: "tana:cell", main: true }),
  };
  defineProperty(globalThis, "$tana", { value: freeze(runtime), writable: false, configurable: false, enumerable: false });
}
