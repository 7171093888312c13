/** URL and URLSearchParams (WHATWG URL). Parsing is the host's; the form encoding is done here. */
(tana) => {
  "use strict";
  const { call, load } = tana;
  const { scalars, required, expose, iterable, pairsOf, isObject } = load("modules/web/idl.js");

  /** Percent-decoding to UTF-8 that, unlike decodeURIComponent, leaves what is malformed. @param {string} text */
  const lenient = (text) => {
    const { TextDecoder, TextEncoder } = load("modules/web/encoding.js");
    const bytes = new TextEncoder().encode(text);
    const isHex = (code) => (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 102);
    let end = 0;
    for (let at = 0; at < bytes.length; at += 1, end += 1) {
      bytes[end] = bytes[at];
      if (bytes[at] === 37 && isHex(bytes[at + 1]) && isHex(bytes[at + 2])) {
        bytes[end] = parseInt(String.fromCharCode(bytes[at + 1], bytes[at + 2]), 16);
        at += 2;
      }
    }
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, end));
  };

  /** @param {string} text one name or value of a query */
  const decode = (text) => {
    const spaced = text.replaceAll("+", " ");
    if (!spaced.includes("%")) return spaced;
    try {
      return decodeURIComponent(spaced);
    } catch {
      return lenient(spaced);
    }
  };

  const LEFT_OUT = { "%20": "+", "!": "%21", "'": "%27", "(": "%28", ")": "%29", "~": "%7E" };
  /** @param {string} text well-formed */
  const encode = (text) => encodeURIComponent(text).replace(/%20|[!'()~]/g, (found) => LEFT_OUT[found]);

  /** @param {string} query without its question mark @returns {[string, string][]} */
  const parse = (query) => query.split("&").filter((part) => part !== "").map((part) => {
    const cut = part.indexOf("=");
    return cut < 0 ? [decode(part), ""] : [decode(part.slice(0, cut)), decode(part.slice(cut + 1))];
  });

  /** @param {[string, string][]} pairs */
  const serialize = (pairs) => pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");

  /** Set by URLSearchParams: makes the parameters of a URL, fills them again, reads the pairs. */
  let bind, refill, pairsIn;

  class URLSearchParams {
    /** @type {[string, string][]} */ #pairs = [];
    /** @type {((query: string) => void) | null} writes the query back into the URL this belongs to */ #write = null;

    static {
      bind = (write, query) => {
        const params = new URLSearchParams();
        params.#pairs = parse(query);
        params.#write = write;
        return params;
      };
      refill = (params, query) => { params.#pairs = parse(query); };
      pairsIn = (params) => params.#pairs;
    }

    constructor(init = "") {
      if (isObject(init)) this.#pairs = pairsOf(init, scalars, "URLSearchParams");
      else this.#pairs = parse(scalars(init).replace(/^\?/, ""));
    }

    #changed() {
      this.#write?.(serialize(this.#pairs));
    }

    get size() { return this.#pairs.length; }

    append(name, value) {
      required(arguments, 2, "URLSearchParams.append");
      this.#pairs.push([scalars(name), scalars(value)]);
      this.#changed();
    }

    delete(name, value = undefined) {
      required(arguments, 1, "URLSearchParams.delete");
      const wanted = scalars(name);
      const exact = value === undefined ? undefined : scalars(value);
      this.#pairs = this.#pairs.filter((pair) => pair[0] !== wanted || (exact !== undefined && pair[1] !== exact));
      this.#changed();
    }

    get(name) {
      required(arguments, 1, "URLSearchParams.get");
      const wanted = scalars(name);
      return this.#pairs.find((pair) => pair[0] === wanted)?.[1] ?? null;
    }

    getAll(name) {
      required(arguments, 1, "URLSearchParams.getAll");
      const wanted = scalars(name);
      return this.#pairs.filter((pair) => pair[0] === wanted).map((pair) => pair[1]);
    }

    has(name, value = undefined) {
      required(arguments, 1, "URLSearchParams.has");
      const wanted = scalars(name);
      const exact = value === undefined ? undefined : scalars(value);
      return this.#pairs.some((pair) => pair[0] === wanted && (exact === undefined || pair[1] === exact));
    }

    set(name, value) {
      required(arguments, 2, "URLSearchParams.set");
      const wanted = scalars(name);
      const given = scalars(value);
      const first = this.#pairs.findIndex((pair) => pair[0] === wanted);
      if (first < 0) {
        this.#pairs.push([wanted, given]);
      } else {
        this.#pairs[first][1] = given;
        this.#pairs = this.#pairs.filter((pair, index) => index <= first || pair[0] !== wanted);
      }
      this.#changed();
    }

    sort() {
      // `<` compares code units, as the standard wants; localeCompare would not.
      this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      this.#changed();
    }

    toString() { return serialize(this.#pairs); }
  }
  iterable(URLSearchParams, (params) => pairsIn(params));

  /** @param {unknown} base */
  const optional = (base) => (base === undefined ? null : scalars(base));
  /** @returns the parts of a URL, or null. @param {string} url @param {string | null} base */
  const resolve = (url, base) => call("web.url_parse", url, base) ?? null;
  /** @param {string} url @param {string | null} base */
  const invalid = (url, base = null) => {
    const against = base === null ? "" : ` with base '${base.slice(0, 200)}'`;
    return new TypeError(`Invalid URL: '${url.slice(0, 200)}'${against}`);
  };

  class URL {
    /** @type {Record<string, string>} */ #parts;
    /** @type {URLSearchParams | null} */ #params = null;

    constructor(url, base = undefined) {
      required(arguments, 1, "URL");
      const text = scalars(url);
      const from = optional(base);
      this.#parts = resolve(text, from);
      if (this.#parts === null) throw invalid(text, from);
    }

    static canParse(url, base = undefined) {
      required(arguments, 1, "URL.canParse");
      return resolve(scalars(url), optional(base)) !== null;
    }

    static parse(url, base = undefined) {
      required(arguments, 1, "URL.parse");
      const parts = resolve(scalars(url), optional(base));
      return parts && new URL(parts.href);
    }

    /** A value the standard ignores leaves the URL as it is. @returns {boolean} whether it was taken */
    #set(part, value) {
      const parts = call("web.url_set", this.#parts.href, part, scalars(value)) ?? null;
      if (parts) this.#parts = parts;
      return parts !== null;
    }

    #queryChanged() {
      if (this.#params) refill(this.#params, this.#parts.search.slice(1));
    }

    get href() { return this.#parts.href; }
    set href(value) {
      const text = scalars(value);
      if (!this.#set("href", text)) throw invalid(text);
      this.#queryChanged();
    }

    get origin() { return this.#parts.origin; }

    get protocol() { return this.#parts.protocol; }
    set protocol(value) { this.#set("protocol", value); }

    get username() { return this.#parts.username; }
    set username(value) { this.#set("username", value); }

    get password() { return this.#parts.password; }
    set password(value) { this.#set("password", value); }

    get host() { return this.#parts.host; }
    set host(value) { this.#set("host", value); }

    get hostname() { return this.#parts.hostname; }
    set hostname(value) { this.#set("hostname", value); }

    get port() { return this.#parts.port; }
    set port(value) { this.#set("port", value); }

    get pathname() { return this.#parts.pathname; }
    set pathname(value) { this.#set("pathname", value); }

    get search() { return this.#parts.search; }
    set search(value) {
      this.#set("search", value);
      this.#queryChanged();
    }

    get searchParams() {
      return (this.#params ??= bind((query) => this.#set("search", query), this.#parts.search.slice(1)));
    }

    get hash() { return this.#parts.hash; }
    set hash(value) { this.#set("hash", value); }

    toString() { return this.#parts.href; }
    toJSON() { return this.#parts.href; }
  }
  expose(URL, URLSearchParams);

  return { URL, URLSearchParams };
}
