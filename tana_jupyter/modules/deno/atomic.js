/**
 * Deno.AtomicOperation: steps are written down as they are called, values and keys as they are then, and sent at once
 * by commit. How a step is written: modules/deno/steps.py. What is wrong with a key or a check is told by commit.
 */
(tana) => {
  const { call, host, answerLater, load } = tana;
  const { stringify } = JSON;
  const { defineProperty } = Object;
  const { wire, noArray } = load("modules/deno/keys.js");
  const { encode, encodeMessage } = load("modules/deno/values.js");
  const { checked } = load("modules/deno/u64.js");
  const { checkExpireIn } = load("modules/deno/kv.js");
  const { errors } = load("modules/deno/errors.js");
  const NativeTypeError = TypeError;
  const has = Function.prototype.call.bind(Object.prototype.hasOwnProperty);
  const isStamp = RegExp.prototype.test.bind(/^[0-9a-fA-F]{20}$/);
  const CUSTOM = Symbol.for("Deno.customInspect");

  const COMMIT = "\x17"; // modules/deno/__init__.py has the same
  const SIGNS = { __proto__: null, sum: "+", min: "<", max: ">" };
  const LONGEST = 1 << 20; // characters of a text whose value is certainly too large
  const MOST = 1 << 24; // characters of steps that are certainly too much
  const MAX_DELAY = 2592000000;
  const MAX_BACKOFF = 3600000;

  /** A value's text; one far too large is replaced by another that is too large as well. */
  const bounded = (text) => (text.length > LONGEST ? stringify("x".padEnd(70000, "x")) : text);
  const deferred = (kind, error) => `!${kind}${stringify([error?.name ?? "Error", `${error?.message ?? error}`])}\x01\x1e`;
  /** A step that ends in its key. */
  const step = (head, kind, key, withStamp) => {
    let text;
    try {
      text = wire(key, withStamp);
    } catch (error) {
      return deferred(kind, kind === "c" && (key === null || key === undefined) ? noArray(key) : error);
    }
    return text === "" ? `${head}\x01\x1e` : `${head}${text}\x1e`;
  };
  const setStep = (key, text, expireIn) =>
    step(`${expireIn === undefined ? "s" : `x${expireIn}\x1f`}${bounded(text)}\x1f`, "s", key, true);
  const numberStep = (type, key, number) => step(`${SIGNS[type]}\x02${checked(number)}\x1f`, "s", key);

  const delayOf = (delay) => {
    if (delay === undefined || delay === null) return undefined;
    const number = +delay;
    if (number < 0) throw new NativeTypeError(`Delay must be >= 0: received ${delay}`);
    if (number > MAX_DELAY) throw new NativeTypeError(`Delay cannot be greater than 30 days: received ${delay}`);
    if (number !== number) throw new NativeTypeError("Delay cannot be NaN");
    return number;
  };
  const backoffOf = (schedule) => {
    if (schedule === undefined || schedule === null) return undefined;
    if (schedule.length > 5) throw new NativeTypeError("Invalid backoffSchedule, max 5 intervals allowed");
    const numbers = [];
    for (let index = 0; index < schedule.length; index++) {
      const interval = +schedule[index];
      if (!(interval >= 0 && interval <= MAX_BACKOFF)) {
        throw new NativeTypeError(`Invalid backoffSchedule, interval at index ${index} is invalid`);
      }
      numbers[index] = interval;
    }
    return numbers;
  };
  const messageStep = (value, options) => {
    const delay = delayOf(options?.delay);
    const backoff = backoffOf(options?.backoffSchedule);
    const keys = options?.keysIfUndelivered;
    const text = bounded(encodeMessage(value));
    let undelivered;
    if (keys !== undefined && keys !== null) {
      undelivered = [];
      try {
        for (let index = 0; index < keys.length; index++) undelivered[index] = wire(keys[index]);
      } catch (error) {
        return deferred("q", error);
      }
    }
    return `q${text}\x1f${stringify({ delay, backoff, undelivered })}\x01\x1e`;
  };

  class AtomicOperation {
    /** @type {{ handle: string | null }} */
    #state;
    #steps = "";
    constructor(state) {
      this.#state = state;
    }

    check(...checks) {
      for (let index = 0; index < checks.length; index++) {
        const { key, versionstamp } = checks[index];
        if (versionstamp === null || versionstamp === undefined) this.#steps += step("c\x1f", "c", key);
        else if (typeof versionstamp === "string" && isStamp(versionstamp)) {
          this.#steps += step(`c${versionstamp}\x1f`, "c", key);
        } else this.#steps += deferred("c", new NativeTypeError("Invalid check"));
      }
      return this;
    }

    set(key, value, options) {
      const expireIn = options?.expireIn;
      if (expireIn !== undefined) checkExpireIn(expireIn);
      const text = encode(value);
      if (expireIn === undefined && text.length < LONGEST) {
        // As setStep, for what is right: ten of these make most of the cost of an operation.
        try {
          const name = wire(key, true);
          if (name !== "") {
            this.#steps += `s${text}\x1f${name}\x1e`;
            return this;
          }
        } catch {}
      }
      this.#steps += setStep(key, text, expireIn);
      return this;
    }

    delete(key) {
      this.#steps += step("d", "d", key);
      return this;
    }

    sum(key, n) {
      this.#steps += numberStep("sum", key, n);
      return this;
    }

    min(key, n) {
      this.#steps += numberStep("min", key, n);
      return this;
    }

    max(key, n) {
      this.#steps += numberStep("max", key, n);
      return this;
    }

    mutate(...mutations) {
      for (let index = 0; index < mutations.length; index++) {
        const mutation = mutations[index];
        const { key, type } = mutation;
        if (type === "delete") {
          if (mutation.value) throw new NativeTypeError("Invalid mutation 'delete' with value");
          this.#steps += step("d", "d", key);
          continue;
        }
        if (type !== "set" && SIGNS[type] === undefined) throw new NativeTypeError("Invalid mutation type");
        if (!has(mutation, "value")) throw new NativeTypeError(`Invalid mutation '${type}' without value`);
        if (type === "set") {
          const { expireIn } = mutation;
          if (typeof expireIn === "number") checkExpireIn(expireIn);
          const text = encode(mutation.value); // before #steps is read: a getter in it may add steps of its own
          this.#steps += setStep(key, text, typeof expireIn === "number" ? expireIn : undefined);
        } else {
          const text = bounded(encode(mutation.value));
          this.#steps += step(`${SIGNS[type]}${text}\x1f`, "s", key);
        }
      }
      return this;
    }

    enqueue(value, options) {
      const text = messageStep(value, options);
      this.#steps += text;
      return this;
    }

    async commit() {
      const handle = this.#state?.handle;
      // Contract code may make operations of its own, and what follows a handle are steps.
      if (typeof handle !== "string" || handle.length !== 4) throw new errors.BadResource("Bad resource ID");
      if (this.#steps.length > MOST) throw new NativeTypeError("Total mutation size too large (max 819200 bytes)");
      const reply = host(COMMIT + handle + this.#steps);
      if (typeof reply === "string") return { ok: true, versionstamp: reply };
      return reply === null || reply === undefined ? { ok: false } : answerLater(reply["!"]);
    }

    then() {
      throw new NativeTypeError("'Deno.AtomicOperation' is not a promise: did you forget to call 'commit()'");
    }

    [CUSTOM]() {
      if (this.#steps === "") return "AtomicOperation (empty)";
      return `AtomicOperation\n${call("deno.steps", this.#steps)}`;
    }
  }
  defineProperty(AtomicOperation.prototype, CUSTOM, { enumerable: false });
  return { AtomicOperation };
}
