/**
 * What the host learns of an error: its name, message and stack, those of its causes, and the values that are no
 * errors and were thrown all the same. Reading one may run code of the contract, which may do anything.
 */
(tana) => {
  const { substring } = tana.strings;
  const has = Function.prototype.call.bind(Object.prototype.hasOwnProperty);
  const { Error: NativeError, AggregateError: NativeAggregateError, Uint8Array: Bytes } = globalThis;
  /** The last value that was thrown and is no error, with the stack of the place. */
  let thrown = null;

  const isError = (value) => typeof value === "object" && value !== null && value instanceof NativeError;
  const cut = (text, length) => (text.length > length ? `${substring(text, 0, length)}...` : text);

  /** Whether the heap is full: the engine then throws `null`, as it has no room for an error. */
  const starved = () => {
    try {
      return new Bytes(262144).length !== 262144;
    } catch {
      return true;
    }
  };
  const outOfMemory = () => ({ __proto__: null, name: "InternalError", message: "out of memory", stack: "" });

  const describe = (error, depth) => {
    try {
      if (isError(error)) {
        const { name, message, stack } = error;
        const described = {
          __proto__: null,
          name: cut(`${name}`, 200),
          message: cut(`${message}`, 20000),
          stack: typeof stack === "string" ? cut(stack, 20000) : "",
        };
        if (has(error, "cause") && depth < 3) described.cause = describe(error.cause, depth + 1);
        if (error instanceof NativeAggregateError && depth < 3) {
          const { errors } = error;
          described.errors = [];
          for (let index = 0; index < errors.length && index < 5; index++) described.errors[index] = describe(errors[index], 3);
        }
        if (error.constructor && error.constructor.name && described.name === "Error" && error.constructor.name !== "Error") {
          described.name = cut(`${error.constructor.name}`, 200);
        }
        return described;
      }
    } catch {
      if (starved()) return outOfMemory();
      return { __proto__: null, name: "Error", message: "an error that cannot be read", stack: "" };
    }
    const known = thrown !== null && thrown.value === error;
    if (error === null && !known && starved()) return outOfMemory();
    let message;
    try {
      message = cut(`${tana.load("engine/report.js").inspect(error)}`, 20000);
    } catch {
      if (starved()) return outOfMemory();
      message = "a value that cannot be shown";
    }
    return { __proto__: null, name: "Uncaught", message, stack: known ? thrown.stack : "" };
  };

  tana.starved = starved;
  /** @param {unknown} error @param {number} depth of causes above it */
  tana.describe = describe;
  tana.forgetThrown = () => { thrown = null; };
  /** Remembers where a value was thrown; compiled cells call it around what they throw. */
  tana.thrown = (value) => {
    if (!isError(value)) thrown = { __proto__: null, value, stack: new NativeError("thrown").stack };
    return value;
  };
}
