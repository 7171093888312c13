/** tana/http: plain response objects, `{ status, body, headers }`. */
(tana) => {
  const { create, keys } = Object;
  const NativeRangeError = RangeError;
  const NativeTypeError = TypeError;
  const iterator = Symbol.iterator;
  const toText = String;
  const lower = Function.prototype.call.bind(String.prototype.toLowerCase);

  const names = {
    __proto__: null,
    ok: 200, created: 201, accepted: 202, noContent: 204,
    movedPermanently: 301, found: 302, seeOther: 303, notModified: 304, temporaryRedirect: 307, permanentRedirect: 308,
    badRequest: 400, unauthorized: 401, forbidden: 403, notFound: 404, methodNotAllowed: 405, conflict: 409, gone: 410,
    unprocessableEntity: 422, tooManyRequests: 429,
    internalServerError: 500, notImplemented: 501, badGateway: 502, serviceUnavailable: 503, gatewayTimeout: 504,
  };

  const numberOf = (code) => {
    if (typeof code === "string") {
      if (names[code] === undefined) throw new NativeTypeError(`Unknown status name: ${code}`);
      return names[code];
    }
    if (typeof code !== "number") throw new NativeTypeError("A status is a number or a name");
    if (code % 1 !== 0 || code < 100 || code > 599) throw new NativeRangeError(`A status lies between 100 and 599, not at ${code}`);
    return code;
  };

  /** The headers of the options, after the content type unless they name one themselves. */
  const headersOf = (type, options) => {
    if (options === undefined || options === null) options = {};
    if (typeof options !== "object") throw new NativeTypeError("Options are an object");
    const given = options.headers ?? {};
    if (typeof given !== "object") throw new NativeTypeError("Headers are an object");
    const own = create(null);
    let named = type === null;
    const put = (name, value) => {
      own[name] = toText(value);
      named ||= lower(name) === "content-type";
    };
    if (typeof given[iterator] === "function") for (const [name, value] of given) put(toText(name), value);
    else for (const name of keys(given)) put(name, given[name]);
    return named ? { ...own } : { "Content-Type": type, ...own };
  };

  const isText = (value, what) => {
    if (typeof value !== "string") throw new NativeTypeError(`${what}() takes a string`);
    return value;
  };

  return {
    json(data, options) {
      if (data === undefined) throw new NativeTypeError("json() takes data");
      return { status: 200, body: data, headers: headersOf("application/json", options) };
    },
    status: (code, body, options) => ({
      status: numberOf(code),
      body: body === undefined ? null : body,
      headers: headersOf(body === undefined ? null : "application/json", options),
    }),
    html: (content, options) => ({ status: 200, body: isText(content, "html"), headers: headersOf("text/html", options) }),
    text: (content, options) => ({ status: 200, body: isText(content, "text"), headers: headersOf("text/plain", options) }),
  };
}
