/** How a contract's handler is called: the request it gets, and what it may return. */
(tana) => {
  const { Request } = tana.load("modules/net/net.js");
  const { isArray } = Array;
  const { isView } = ArrayBuffer;
  const { defineProperty, keys } = Object;
  const { parse, stringify } = JSON;
  const { toStringTag } = Symbol;
  const NativeError = Error;
  const NativeTypeError = TypeError;
  const DEEPEST = 500;
  const refused = [
    [Date, "Date"],
    [Map, "Map"],
    [Set, "Set"],
    [Promise, "Promise"],
    [RegExp, "RegExp"],
    [Error, "Error"],
    [ArrayBuffer, "ArrayBuffer"],
  ];
  const boxes = [Number, String, Boolean];

  const identifier = /^[A-Za-z_$][\w$]*$/;
  const member = (path, key) => (typeof key === "number" ? `${path}[${key}]` : identifier.test(key) ? `${path}.${key}` : `${path}[${stringify(key)}]`);
  const put = (target, key, value) => defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });

  /** A copy of a handler's result that is nothing but JSON; throws with Tana's text where it cannot be. */
  const copied = (role, result) => {
    const refuse = (what, path) => {
      throw new NativeError(`${role}() must return JSON-serializable data: ${what} at ${path}`);
    };
    const above = [];
    // Each property is read once: what a getter or a Proxy answers is what was judged.
    const copy = (value, path) => {
      switch (typeof value) {
        case "string":
        case "boolean":
          return value;
        case "number":
          return value === value ? value : refuse("NaN", path);
        case "object":
          break;
        default:
          return refuse(typeof value, path);
      }
      if (value === null) return null;
      for (const box of boxes) if (value instanceof box) return copy(value.valueOf(), path);
      for (const [type, name] of refused) if (value instanceof type) return refuse(name, path);
      if (isView(value)) return refuse("binary data", path);
      if (value[toStringTag] === "ReadableStream") return refuse("ReadableStream", path);
      if (above.includes(value)) return refuse("a cycle", path);
      if (above.length >= DEEPEST) return refuse(`more than ${DEEPEST} levels`, path);
      above.push(value);
      const made = isArray(value) ? [] : {};
      if (isArray(value)) for (let index = 0; index < value.length; index++) put(made, index, copy(value[index], member(path, index)));
      else for (const key of keys(value)) put(made, key, copy(value[key], member(path, key)));
      above.pop();
      return made;
    };
    return copy(result, "value");
  };

  /** A Worker's body is text until somebody reads it as JSON. */
  class WorkerRequest extends Request {
    async json() {
      return parse(await this.text());
    }
  }

  /** The text of a streamed body. */
  const drained = async (stream) => {
    const decoder = new (tana.load("modules/web/encoding.js").TextDecoder)("utf-8", { fatal: true });
    let text = "";
    for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
    return text + decoder.decode();
  };

  /** Calls a Worker's `export default { fetch(request, env, ctx) }` with what it expects: Headers, bindings, a context. */
  const worker = async (handler, plain) => {
    const request = new WorkerRequest(plain);
    request.url = plain.address;
    request.headers = new (tana.load("modules/web/headers.js").Headers)(plain.headers);
    const { env } = tana.load("modules/kv/env.js");
    const response = await handler.fetch(request, env, { waitUntil() {}, passThroughOnException() {} });
    if (response?.body?.[toStringTag] !== "ReadableStream") return response;
    const { status, headers } = response;
    return { status, body: await drained(response.body), headers };
  };

  return {
    /** Calls a handler with the request (get and post take one) and checks what it returns. */
    async handle(role, exported, handler, plain) {
      if (plain !== null && handler !== null && typeof handler === "object" && typeof handler.fetch === "function") {
        return copied(role, await worker(handler, plain));
      }
      if (typeof handler !== "function") throw new NativeTypeError(`${exported} is exported but is no function`);
      let result;
      if (plain === null) {
        result = await handler();
        if (role === "init" && result === undefined) return result;
      } else {
        const request = new Request(plain);
        result = await handler(request, request.body);
      }
      return copied(role, result);
    },
  };
}
