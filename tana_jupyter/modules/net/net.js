/** tana/net: Request and Response, plain objects with data and no streams. */
(tana) => {
  const { stringify } = JSON;
  const { create, defineProperty, entries, hasOwn, keys } = Object;
  const { ownKeys } = Reflect;

  class Request {
    constructor(data) {
      // The Web's arguments would leave a request that asks for nothing.
      if (typeof data === "string" || data instanceof URL) {
        throw new TypeError("new Request() takes one object: { url, method, headers, body }; a Worker is called as NAME.get('/x')");
      }
      const { path, method, query, headers, params, ip } = data ?? {};
      this.path = path ?? "/";
      this.method = method ?? "GET";
      this.query = query ?? {};
      this.headers = headers ?? {};
      this.params = params ?? {};
      this.ip = ip ?? "127.0.0.1";
      if (data !== null && typeof data === "object") {
        for (const name of ["url", "body", "tana"]) if (data[name] !== undefined) this[name] = data[name];
      }
    }
    /** The body as it was parsed from JSON. */
    async json() {
      return this.body;
    }
    /** The body as JSON text. */
    async text() {
      return this.body === undefined ? "" : typeof this.body === "string" ? this.body : stringify(this.body);
    }
  }

  /** The name under which headers hold what another spelling of it means. */
  const spelled = (headers, name) => {
    const lower = `${name}`.toLowerCase();
    return keys(headers).find((each) => each.toLowerCase() === lower) ?? `${name}`;
  };
  const own = (headers, name) => {
    const spelling = spelled(headers, name);
    return hasOwn(headers, spelling) ? headers[spelling] : null;
  };
  /** What Workers call on the headers of a response; hidden, as headers are a plain object to look at. */
  const methods = {
    get(name) { return own(this, name); },
    has(name) { return own(this, name) !== null; },
    set(name, value) { this[spelled(this, name)] = `${value}`; },
    append(name, value) {
      const before = own(this, name);
      this.set(name, before === null ? value : `${before}, ${value}`);
    },
    delete(name) { delete this[spelled(this, name)]; },
    forEach(visit) { for (const [name, value] of entries(this)) visit(value, name, this); },
    entries() { return entries(this).values(); },
    [Symbol.iterator]() { return entries(this).values(); },
  };
  for (const name of ownKeys(methods)) defineProperty(methods, name, { enumerable: false });

  /** Headers of a Web response as the plain object that Tana's carry. */
  const plainHeaders = (headers) => {
    const plain = create(methods);
    if (headers === undefined || headers === null) return plain;
    const pairs = typeof headers[Symbol.iterator] === "function" ? headers : entries(headers);
    for (const [name, value] of pairs) plain[name] = value;
    return plain;
  };

  class Response {
    /**
     * Tana's `(status, body, headers)`; where the first argument is no status, the Web's `(body, { status, headers })`,
     * so that Workers' code means what it says.
     */
    constructor(status, body, headers) {
      if (status !== undefined && status !== null && typeof status !== "number") {
        this.status = body?.status ?? 200;
        this.body = status;
        this.headers = plainHeaders(body?.headers);
        return;
      }
      if (typeof status !== "number" && body !== null && typeof body === "object" && headers === undefined) {
        this.status = body.status ?? 200;
        this.body = null;
        this.headers = plainHeaders(body.headers);
        return;
      }
      // Tana's own rule: a body of 0, "" or false becomes null.
      this.status = status || 200;
      this.body = body || null;
      this.headers = headers || {};
    }
    static json(data, status) {
      return made(data, status, "application/json");
    }
    static text(data, status) {
      return made(data, status, "text/plain");
    }
    static redirect(url, status = 302) {
      if (![301, 302, 303, 307, 308].includes(status)) throw new RangeError(`Response.redirect: ${status} is no redirect status`);
      return new Response(status, null, plainHeaders({ Location: new URL(url).href }));
    }
  }
  const made = (body, status, type) => {
    const init = typeof status === "object" && status !== null ? status : { status };
    return new Response(init.status ?? 200, body, plainHeaders({ "Content-Type": type, ...plainHeaders(init.headers) }));
  };

  return { Request, Response };
}
