/**
 * How our own code speaks with the host: `call` at once, `op` as a promise.
 *
 * A reply is any JSON value. `{"!": ...}` is not a value but an answer about the call:
 * `{"!": 0}` the run is being aborted, `{"!": [class, text, fields]}` a refusal, thrown as that JavaScript class,
 * `{"!": 7}` the reply comes later, under that number.
 */
(tana) => {
  const { host } = tana;
  const { fromCharCode } = String;
  const charCodeAt = Function.prototype.call.bind(String.prototype.charCodeAt);
  const substring = Function.prototype.call.bind(String.prototype.substring);
  const includes = Function.prototype.call.bind(String.prototype.includes);
  tana.strings = { __proto__: null, charCodeAt, substring, includes };
  const apply = Reflect.apply;
  const resolved = async (value) => value;
  const rejected = Promise.reject.bind(Promise);
  const mapped = async (promise, map) => map(await promise);
  const NativePromise = Promise;
  const { parse } = JSON;
  const Bytes = Uint8Array;
  const Exception = DOMException;
  const classes = { __proto__: null, Error, TypeError, RangeError, SyntaxError, ReferenceError };
  const { keys, defineProperty } = Object;
  const has = Function.prototype.call.bind(Object.prototype.hasOwnProperty);

  // Own, because contract code may put a "!" on Object.prototype; and never read there, as a getter would be handed
  // the reply and could change it.
  const isAnswer = (reply) => reply !== null && "!" in reply && has(reply, "!");

  /** Makes the error a refusal stands for. */
  const refusal = ({ 0: code, 1: text, 2: fields }) => {
    const Class = classes[code];
    const error = Class ? new Class(text) : new Exception(text, code);
    if (fields) {
      const names = keys(fields);
      for (let index = 0; index < names.length; index++) {
        const name = names[index];
        const value = name === "cause" ? new Error(fields.cause) : fields[name];
        defineProperty(error, name, { value, writable: true, configurable: true, enumerable: name !== "cause" });
      }
    }
    return error;
  };

  /** Answers about the call itself, for the caller that has to return a value. */
  const answer = (about) => {
    // Only a signal ends this loop: the run is over, and nothing may follow the call.
    if (about === 0) for (;;);
    throw refusal(about);
  };

  /** The same for the caller that returns a promise: one that stays open parks the run for good. */
  const answerLater = (about) => {
    if (typeof about !== "number") return rejected(refusal(about));
    return new NativePromise((resolve, reject) => {
      if (about !== 0) open[about] = { __proto__: null, resolve, reject };
    });
  };

  /** Calls that wait for their reply, by number. */
  let open = { __proto__: null };
  tana.abandon = () => { open = { __proto__: null }; };
  /** Lets go of a call that nobody will answer any more, and of all that waits for it. */
  tana.forgetCall = (number) => { delete open[number]; };
  tana.settle = (number, text) => {
    const call = open[number];
    if (call === undefined) return;
    delete open[number];
    const reply = parse(text);
    if (typeof reply === "object" && isAnswer(reply)) call.reject(refusal(reply["!"]));
    else call.resolve(reply);
  };

  // For those who speak with the host themselves, because each step counts; a module may add classes of its own.
  tana.isAnswer = isAnswer;
  tana.answerLater = answerLater;
  tana.errorClasses = classes;

  // Each applies its call as it came: a spread would walk the arguments by whatever iterator contract code gave to
  // Array.prototype, and takes twice the time.
  tana.call = (...call) => {
    const reply = apply(host, undefined, call);
    return typeof reply === "object" && isAnswer(reply) ? answer(reply["!"]) : reply;
  };

  tana.op = (...call) => {
    let reply;
    try {
      reply = apply(host, undefined, call);
    } catch (error) {
      return rejected(error);
    }
    return typeof reply === "object" && isAnswer(reply) ? answerLater(reply["!"]) : resolved(reply);
  };

  /** `op` whose reply is mapped by a function of ours; what that throws is a rejection. */
  tana.opMap = (map, ...call) => {
    try {
      const reply = apply(host, undefined, call);
      if (typeof reply !== "object" || !isAnswer(reply)) return resolved(map(reply));
      const about = reply["!"];
      return typeof about === "number" && about !== 0 ? mapped(answerLater(about), map) : answerLater(about);
    } catch (error) {
      return rejected(error);
    }
  };

  // The engine has no base64; one character a byte survives JSON and is quick on both sides.
  const window = 8192;
  tana.bytesOut = (bytes) => {
    let text = "";
    for (let at = 0; at < bytes.length; at += window) {
      text += apply(fromCharCode, null, new Bytes(bytes.buffer, bytes.byteOffset + at, bytes.length - at < window ? bytes.length - at : window));
    }
    return text;
  };
  tana.bytesIn = (text) => {
    const bytes = new Bytes(text.length);
    for (let at = 0; at < text.length; at++) bytes[at] = charCodeAt(text, at);
    return bytes;
  };

  /**
   * Sends a long text ahead in slices and returns the number the host keeps it under.
   * One argument of 25 MiB that JSON escapes sixfold would not fit the heap.
   */
  tana.sendAhead = (text) => {
    const slice = 1 << 18;
    let number = 0;
    for (let at = 0; at < text.length; ) {
      let end = at + slice < text.length ? at + slice : text.length;
      const last = charCodeAt(text, end - 1);
      // Not between the halves of a surrogate pair: each slice becomes UTF-8 on its own.
      if (end < text.length && last >= 0xd800 && last <= 0xdbff) end--;
      number = tana.call("engine.ahead", number, substring(text, at, end));
      at = end;
    }
    return number;
  };
}
