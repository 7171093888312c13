/**
 * setTimeout and its kin. The loop itself is Python's: it asks when the next timer is due, waits
 * (or moves a frozen clock) and comes back with `turn`, one timer an evaluation, so that the
 * microtasks of one timer have run before the next one fires.
 */
(tana) => {
  const { now } = tana;
  const { defineProperty, setPrototypeOf } = Object;
  const { apply } = Reflect;
  const { trunc } = Math;
  /** @type {{due: number, id: number, order: number, run: Function, args: any[], every: number | null, depth: number}[]} soonest first */
  const timers = setPrototypeOf([], null); // a setter on Array.prototype would be handed the timers
  let lastId = 0;
  let order = 0;
  // How many timers deep the running callback is; the platform's rule below keeps `setTimeout(f, 0)`
  // inside f from being due for ever at one frozen instant.
  let depth = 0;

  const insert = (timer) => {
    let low = 0;
    let high = timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (timers[middle].due <= timer.due) low = middle + 1;
      else high = middle;
    }
    for (let at = timers.length; at > low; at--) timers[at] = timers[at - 1];
    timers[low] = timer;
  };
  const remove = (at) => {
    const timer = timers[at];
    for (; at < timers.length - 1; at++) timers[at] = timers[at + 1];
    timers.length--;
    return timer;
  };
  const start = (run, delay, args, repeats) => {
    if (typeof run !== "function") throw new TypeError("The callback of a timer must be a function");
    let wait = trunc(+delay);
    if (!(wait > 0)) wait = 0;
    if (wait > 2147483647) wait = 1;
    if (depth >= 5 && wait < 4) wait = 4;
    if (repeats && wait < 1) wait = 1;
    const id = ++lastId;
    insert({ __proto__: null, due: now() + wait, id, order: ++order, run, args, every: repeats ? wait : null, depth: depth + 1 });
    return id;
  };
  const stop = (id) => {
    const wanted = +id; // once: it may be code of the contract, which may set and clear timers
    for (let at = 0; at < timers.length; at++) {
      if (timers[at].id === wanted) {
        remove(at);
        return;
      }
    }
  };

  const globals = {
    setTimeout(run, delay, ...args) { return start(run, delay, args, false); },
    setInterval(run, delay, ...args) { return start(run, delay, args, true); },
    clearTimeout(id) { stop(id); },
    clearInterval(id) { stop(id); },
  };
  for (const name of ["setTimeout", "setInterval", "clearTimeout", "clearInterval"]) {
    defineProperty(globalThis, name, { value: globals[name], writable: true, configurable: true, enumerable: false });
  }

  tana.nextDue = () => (timers.length === 0 ? null : timers[0].due);
  tana.timerCount = () => timers.length;
  tana.lastTimer = () => lastId;
  /** Forgets the timers that were set after the one of that id. */
  tana.clearTimersAfter = (id) => {
    for (let at = timers.length - 1; at >= 0; at--) if (timers[at].id > id) remove(at);
  };
  tana.clearTimers = () => { timers.length = 0; };
  /** Fires the first timer that is due. */
  tana.fire = () => {
    if (timers.length === 0 || timers[0].due > now()) return;
    const timer = remove(0);
    if (timer.every !== null) insert({ __proto__: null, ...timer, due: now() + timer.every, order: ++order });
    depth = timer.depth;
    try {
      apply(timer.run, undefined, timer.args);
    } finally {
      depth = 0;
    }
  };
}
