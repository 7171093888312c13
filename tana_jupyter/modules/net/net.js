/** tana/net: Request and Response, plain objects with data and no streams. */
(tana) => {
  const { stringify } = JSON;

  class Request {
    constructor(data) {
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

  /** Headers of a Web response as the plain object that Tana's carry. */
  const plainHeaders = (headers) => {
    const plain = {};
    if (headers === undefined || headers === null) return plain;
    const entries = typeof headers[Symbol.iterator] === "function" ? headers : Object.entries(headers);
    for (const [name, value] of entries) plain[name] = value;
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
  }
  const made = (body, status, type) => {
    const init = typeof status === "object" && status !== null ? status : { status };
    return new Response(init.status ?? 200, body, { "Content-Type": type, ...plainHeaders(init.headers) });
  };

  return { Request, Response };
}
