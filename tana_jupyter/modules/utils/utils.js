/** tana/utils: fetch. The host decides what may be reached; here arguments and the answer take shape. */
(tana) => {
  const { call, opMap, sendAhead, bytesOut, bytesIn, load } = tana;
  const { isView } = ArrayBuffer;
  const { freeze } = Object;
  const { parse } = JSON;
  const rejected = Promise.reject.bind(Promise);
  const join = Function.prototype.call.bind(Array.prototype.join);
  const startsWith = Function.prototype.call.bind(String.prototype.startsWith);
  const slice = Function.prototype.call.bind(Uint8Array.prototype.slice);
  const subarray = Function.prototype.call.bind(Uint8Array.prototype.subarray);
  const NativeTypeError = TypeError;
  const NativeBuffer = ArrayBuffer;
  const NativeBytes = Uint8Array;

  // Longer bodies go ahead in slices.
  const SLICE = 262144;

  /** Bytes on their way out, slice by slice: a text of many megabytes costs seconds to put together. */
  const sent = (bytes) => {
    if (bytes.length <= SLICE) return bytesOut(bytes);
    let number = 0;
    for (let at = 0; at < bytes.length; at += SLICE) number = call("engine.ahead", number, bytesOut(subarray(bytes, at, at + SLICE)));
    return number;
  };

  const bodyOf = (body) => {
    if (body === undefined || body === null) return null;
    if (isView(body)) return ["bytes", sent(new NativeBytes(body.buffer, body.byteOffset, body.byteLength))];
    if (body instanceof NativeBuffer) return ["bytes", sent(new NativeBytes(body))];
    const form = typeof body === "object" && body instanceof load("modules/web/url.js").URLSearchParams;
    if (!form && typeof body !== "string") {
      throw new NativeTypeError("fetch takes a body of text or bytes: use JSON.stringify() for objects");
    }
    const text = `${body}`;
    return ["text", text.length > SLICE ? sendAhead(text) : text];
  };

  const typeOf = (body) => {
    if (typeof body === "string") return "text/plain;charset=UTF-8";
    return body && !isView(body) && !(body instanceof NativeBuffer) ? "application/x-www-form-urlencoded;charset=UTF-8" : null;
  };

  /** What the host needs of fetch's second argument. */
  const requestOf = (options) => {
    const { method, headers, body, redirect } = options;
    const { Headers } = load("modules/web/headers.js");
    const named = new Headers(headers ?? undefined);
    const content = bodyOf(body);
    const type = typeOf(body);
    if (type !== null && !named.has("content-type")) named.set("content-type", type);
    return { method: `${method ?? "GET"}`, headers: [...named], body: content, redirect: `${redirect ?? "follow"}` };
  };

  class FetchResponse {
    #kind;
    #content;

    constructor(answer, content) {
      const { Headers } = load("modules/web/headers.js");
      this.status = answer.status;
      this.statusText = answer.statusText;
      this.ok = answer.status >= 200 && answer.status <= 299;
      this.url = answer.url;
      this.redirected = answer.redirected;
      this.headers = new Headers();
      for (let index = 0; index < answer.headers.length; index++) {
        try {
          this.headers.append(answer.headers[index][0], answer.headers[index][1]);
        } catch {
          // A server's header that is none: not worth losing the answer for.
        }
      }
      this.#kind = answer.kind;
      this.#content = content;
      freeze(this);
    }

    /** The body as text; wrong UTF-8 becomes U+FFFD. */
    async text() {
      if (this.#kind === "bytes") return new (load("modules/web/encoding.js").TextDecoder)().decode(bytesIn(this.#content));
      return startsWith(this.#content, "\ufeff") ? this.#content.substring(1) : this.#content;
    }

    /** The body parsed as JSON. */
    async json() {
      return parse(await this.text());
    }

    /** The body as bytes. */
    async bytes() {
      if (this.#kind === "bytes") return bytesIn(this.#content);
      return new (load("modules/web/encoding.js").TextEncoder)().encode(this.#content);
    }

    /** The body as a buffer. */
    async arrayBuffer() {
      return slice(await this.bytes()).buffer;
    }
  }

  const received = (answer) => {
    const slices = [];
    for (let piece; (piece = call("utils.body")) !== undefined; ) slices[slices.length] = piece;
    return new FetchResponse(answer, join(slices, ""));
  };

  const fetch = (url, options = {}) => {
    try {
      const { signal } = options;
      if (signal?.aborted) throw signal.reason;
      return opMap(received, "utils.fetch", `${url}`, requestOf(options));
    } catch (error) {
      return rejected(error);
    }
  };
  Object.defineProperty(fetch, "name", { value: "fetch" });
  return { fetch };
}
