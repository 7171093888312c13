/** Deno.KvListIterator: reads a range in batches, each a snapshot, and gives entry by entry. */
(tana) => {
  const { host, isAnswer, answerLater, call } = tana;
  const { substring } = tana.strings;
  const { isInteger } = Number;
  const { hasOwn, freeze } = Object;
  const { BigInt: Big, Uint8Array: Bytes, Float64Array: Doubles } = globalThis;
  const NativeTypeError = TypeError;
  const NativeError = Error;
  const uncurry = Function.prototype.bind.bind(Function.prototype.call);
  const slice = uncurry(Array.prototype.slice);
  const some = uncurry(Array.prototype.some);
  const fill = uncurry(Bytes.prototype.fill);
  const { wire, copy } = tana.load("modules/deno/keys.js");
  const { decode } = tana.load("modules/deno/values.js");

  const DEFAULT_BATCH = 100;
  const LARGEST_IMPLIED = 500;
  const LARGEST = 1000;
  const NEITHER = "Selector must specify either 'prefix' or both 'start' and 'end' key";
  const BOTH = "Selector can not specify both 'start' and 'end' key when specifying 'prefix'";
  const BEFORE_FIRST = "Cannot get cursor before first iteration";
  // Form of the column of keys; modules/deno/listing.py has the same.
  const ANY = 0;

  const nothing = freeze({ __proto__: null });
  const done = () => ({ value: undefined, done: true });

  // Bytes in a prefix are made anew for each key, or changing one key would change the next.
  const isObject = (part) => typeof part === "object";
  const partOf = (part) => {
    if (typeof part !== "object") return part;
    const [kind, content] = part;
    if (kind === "b") return new Bytes(content);
    if (kind === "n") return content === "-NaN" ? negativeNaN() : +content;
    return content[0] === "-" ? -Big(`0x${substring(content, 1)}`) : Big(`0x${content}`);
  };
  const negativeNaN = () => {
    const double = new Doubles(1);
    fill(new Bytes(double.buffer), 255);
    return double[0];
  };

  const own = (selector, name) => {
    const key = hasOwn(selector, name) ? selector[name] : undefined;
    return key === undefined ? undefined : slice(key);
  };
  const positive = (value, name) => {
    if (!isInteger(value) || value <= 0) throw new NativeError(`${name} must be a positive integer: received ${String(value)}`);
    return value;
  };
  const consistencies = { __proto__: null, strong: true, eventual: true };

  /** Before the first batch. */
  const NONE = freeze({ __proto__: null, at: 0, end: 0 });

  /** The key of a row of a batch. */
  const keyAt = ({ known, f, k }, at) => {
    const key = [];
    for (let index = 0; index < known.length; index++) key[index] = known[index];
    const rest = k[at];
    if (f !== ANY) key[key.length] = rest;
    else for (let index = 0; index < rest.length; index++) key[key.length] = partOf(rest[index]);
    return key;
  };

  class KvListIterator {
    #state;
    /** The bounds: keys, and from the first batch on what the host reads them as. */
    #selector;
    #reverse;
    #batchSize;
    #consistency;
    /** The parts that all keys begin with and the host need not send. */
    #known;
    /** How many entries may still be asked for. */
    #left;
    /** The reply of the host, and how many of its entries were given. */
    #batch = NONE;
    #more = true;
    #ended = false;
    #cursor;

    constructor(state, selector, options = nothing) {
      const { limit, batchSize, cursor, reverse, consistency } = options;
      if (limit !== undefined) positive(limit, "Limit");
      const size = positive(batchSize ?? limit ?? DEFAULT_BATCH, "batchSize");
      const prefix = own(selector, "prefix");
      const start = own(selector, "start");
      const end = own(selector, "end");
      if (prefix === undefined && (start === undefined || end === undefined)) throw new NativeTypeError(NEITHER);
      if (prefix !== undefined && start !== undefined && end !== undefined) throw new NativeTypeError(BOTH);
      this.#state = state;
      this.#selector = [prefix, start, end];
      this.#left = limit ?? Infinity;
      this.#batchSize = (batchSize ?? undefined) === undefined && size > LARGEST_IMPLIED ? LARGEST_IMPLIED : size;
      this.#cursor = cursor;
      this.#reverse = reverse === true;
      this.#consistency = consistency ?? "strong";
    }

    /** Reads the next batch; undefined, or a promise where there is no batch to go on with. */
    #fill() {
      if (consistencies[this.#consistency] === undefined) {
        throw new NativeTypeError(`unknown variant \`${this.#consistency}\`, expected \`strong\` or \`eventual\``);
      }
      if (this.#known === undefined) {
        // Keys are read at the first batch: what is wrong with one rejects next(), and does so each time.
        const [prefix, start, end] = this.#selector;
        const wires = [
          prefix === undefined ? null : wire(prefix),
          start === undefined ? null : wire(start),
          end === undefined ? null : wire(end),
        ];
        this.#known = prefix === undefined || some(prefix, isObject) ? [] : copy(prefix);
        this.#selector = wires;
      }
      const known = this.#known;
      const { end } = this.#batch;
      // What is too much for a batch is the host's to refuse, also where the limit would end it earlier.
      const most = this.#left < this.#batchSize && this.#batchSize <= LARGEST ? this.#left : this.#batchSize;
      const reply = host(
        "deno.list",
        this.#state.handle,
        this.#selector,
        end === 0 ? (this.#cursor ?? "") : "",
        end === 0 ? null : wire(keyAt(this.#batch, end - 1)),
        most,
        this.#reverse,
        known.length,
      );
      if (isAnswer(reply)) return answerLater(reply["!"]);
      this.#more = reply.m === 1;
      if (reply.v.length === 0) return undefined; // the last entry is still what the cursor points at
      reply.at = 0;
      reply.end = reply.v.length;
      reply.known = known;
      reply.one = known[0];
      reply.simple = known.length === 1 && reply.f !== ANY && reply.x === 0;
      this.#left -= reply.end;
      this.#batch = reply;
      return undefined;
    }

    /** @returns {Promise<{ value: any, done: boolean }>} */
    async next() {
      const batch = this.#batch;
      const at = batch.at;
      if (at >= batch.end) return this.#further();
      batch.at = at + 1;
      // Most lists are of documents right below a name, and each step from here on counts a thousandfold.
      const start = at * 20;
      const versionstamp = substring(batch.s, start, start + 20);
      if (batch.simple) return { value: { key: [batch.one, batch.k[at]], value: batch.v[at], versionstamp }, done: false };
      const value = batch.x === 0 ? batch.v[at] : decode(batch.v[at], batch.x[at]);
      return { value: { key: keyAt(batch, at), value, versionstamp }, done: false };
    }

    /** The first entry of the next batch, or the end. */
    #further() {
      if (this.#ended || this.#left <= 0) return done();
      const parked = this.#more ? this.#fill() : undefined;
      if (parked !== undefined) return parked;
      if (this.#batch.at < this.#batch.end) return this.next();
      this.#ended = true;
      return done();
    }

    get cursor() {
      if (this.#ended) return "";
      const batch = this.#batch;
      if (batch.at > 0) return call("deno.cursor", this.#selector, wire(keyAt(batch, batch.at - 1)));
      if (this.#cursor !== undefined) return this.#cursor;
      throw new NativeError(BEFORE_FIRST);
    }

    [Symbol.asyncIterator]() {
      return this;
    }
  }
  return { KvListIterator };
}
