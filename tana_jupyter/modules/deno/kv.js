/**
 * Deno.Kv: a handle on a database. Rules are the host's; here arguments take shape.
 * What an atomic operation, a queue or a watcher needs is loaded by the first call that needs it.
 */
(tana) => {
  const { host, isAnswer, answerLater, load } = tana;
  const { isInteger } = Number;
  const NativeTypeError = TypeError;
  const { STAMP, wire, copy } = load("modules/deno/keys.js");
  const { encode, decode } = load("modules/deno/values.js");
  const { errors } = load("modules/deno/errors.js");

  // First bytes of calls whose handle and key lie in the name; modules/deno/__init__.py has the same.
  const GET = "\x14";
  const SET = "\x15";
  const DELETE = "\x16";
  // First character of the wire of a key that is not all strings.
  const MIXED = "\x03";

  let lists, steps, queues, watchers;
  const atomics = () => (steps ??= load("modules/deno/atomic.js"));

  const consistencies = { __proto__: null, strong: true, eventual: true };
  const checkConsistency = (options) => {
    const consistency = options?.consistency;
    if (consistency !== undefined && consistency !== null && consistencies[consistency] === undefined) {
      throw new NativeTypeError(`unknown variant \`${String(consistency)}\`, expected \`strong\` or \`eventual\``);
    }
  };
  const keyToRead = (key) => {
    if (key !== undefined && key !== null) return wire(key);
    throw new NativeTypeError("Invalid range");
  };
  /** An entry from a reply: its value as JSON, its versionstamp, and a kind where the value is no JSON. */
  const entry = (key, reply) => {
    if (reply === null) return { key, value: null, versionstamp: null };
    const value = reply.length === 2 ? reply[0] : decode(reply[0], reply[2]);
    return { key: copy(key), value, versionstamp: reply[1] };
  };
  const checkExpireIn = (expireIn) => {
    if (!isInteger(expireIn) || expireIn < 0) {
      throw new NativeTypeError(`expireIn must be a non-negative integer: received ${String(expireIn)}`);
    }
    return expireIn;
  };

  const closed = () => new errors.BadResource("Bad resource ID");

  const secret = {};
  class Kv {
    /** @type {{ handle: string | null, disposed: boolean, ends: Function[] }} shared with operations, queues and watchers */
    #state;
    constructor(key, state) {
      if (key !== secret) throw new NativeTypeError("Deno.Kv can not be constructed: use Deno.openKv instead");
      this.#state = state;
    }

    async get(key, options) {
      const { handle } = this.#state;
      if (handle === null) throw closed();
      if (options !== undefined) checkConsistency(options);
      const text = keyToRead(key);
      const reply = host(GET + handle + text);
      if (reply === null) return { key, value: null, versionstamp: null };
      if (isAnswer(reply)) return answerLater(reply["!"]);
      const value = reply.length === 2 ? reply[0] : decode(reply[0], reply[2]);
      return { key: copy(key, text), value, versionstamp: reply[1] };
    }

    async getMany(keys, options) {
      const { handle } = this.#state;
      if (handle === null) throw closed();
      checkConsistency(options);
      const wires = [];
      for (let index = 0; index < keys.length; index++) wires[index] = keyToRead(keys[index]);
      const given = [];
      for (let index = 0; index < keys.length; index++) given[index] = keys[index];
      const reply = host("deno.getMany", handle, wires);
      if (isAnswer(reply)) return answerLater(reply["!"]);
      const entries = [];
      for (let index = 0; index < reply.length; index++) entries[index] = entry(given[index], reply[index]);
      return entries;
    }

    async set(key, value, options) {
      const { handle } = this.#state;
      if (handle === null) throw closed();
      const expireIn = options?.expireIn;
      if (expireIn !== undefined) checkExpireIn(expireIn);
      const name = wire(key, true);
      if (name[0] === MIXED && key[key.length - 1] === STAMP) return this.atomic().set(key, value, options).commit();
      const call = `${SET}${handle}${name}\x01${encode(value)}`;
      const reply = expireIn === undefined ? host(call) : host(call, expireIn);
      if (typeof reply !== "string") return answerLater(reply["!"]);
      return { ok: true, versionstamp: reply };
    }

    async delete(key) {
      const { handle } = this.#state;
      if (handle === null) throw closed();
      const reply = host(DELETE + handle + wire(key));
      if (reply !== null && reply !== undefined) return answerLater(reply["!"]);
    }

    list(selector, options) {
      lists ??= load("modules/deno/list.js");
      return new lists.KvListIterator(this.#state, selector, options);
    }

    atomic() {
      return new (atomics().AtomicOperation)(this.#state);
    }

    async enqueue(value, options) {
      return this.atomic().enqueue(value, options).commit();
    }

    listenQueue(handler) {
      queues ??= load("modules/deno/queue.js");
      return queues.listen(this.#state, handler);
    }

    watch(keys, options) {
      watchers ??= load("modules/deno/watch.js");
      return watchers.watch(this.#state, keys, options);
    }

    commitVersionstamp() {
      return STAMP;
    }

    close() {
      if (this.#state.handle === null) throw closed();
      this.#end();
    }

    [Symbol.dispose]() {
      if (this.#state.handle === null) return;
      this.#state.disposed = true;
      this.#end();
    }

    #end() {
      const state = this.#state;
      const { handle, ends } = state;
      state.handle = null;
      state.ends = [];
      for (let index = 0; index < ends.length; index++) ends[index]();
      tana.call("deno.close", handle);
    }
  }

  const opened = (handle) => new Kv(secret, { __proto__: null, handle, disposed: false, ends: [] });
  const open = (path) => {
    if (path === undefined || path === null) return "";
    if (typeof path !== "string" || path === "") throw new NativeTypeError("Filename cannot be empty");
    if (path[0] === ":" && path !== ":memory:") {
      throw new NativeTypeError("Filename cannot start with ':' unless prefixed with './'");
    }
    return path;
  };

  tana.call("deno.begin");
  return {
    Kv,
    entry,
    checkExpireIn,
    async openKv(path) {
      const reply = host("deno.open", open(path));
      if (typeof reply !== "string") return answerLater(reply["!"]);
      return opened(reply);
    },
  };
}
