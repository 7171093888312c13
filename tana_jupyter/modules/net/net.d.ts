/** Anything that JSON can hold. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** Who a contract sees as its caller or owner. */
export interface Identity {
  /** The user's id. */
  id: string;
  /** The user's name. */
  username: string;
  /** The user's public key, `ed25519_...`. */
  publicKey: string;
}

/** The request a handler is called with. */
export declare class Request {
  /** Makes a request; what is left out gets its default. */
  constructor(data?: Partial<Request>);
  /** The whole address, such as `http://localhost:8180/counter?x=1`. */
  url: string;
  /** The path below the contract, default `/`. */
  path: string;
  /** The method. */
  method: "GET" | "POST" | "PUT" | "DELETE" | "PATCH" | "HEAD" | "OPTIONS";
  /** The parameters of the query; the last value of a repeated one. */
  query: Record<string, string>;
  /** The headers, names in lower case. */
  headers: Record<string, string>;
  /** Parameters of the route. */
  params: Record<string, string>;
  /** The caller's address. */
  ip: string;
  /** The parsed body of a POST. */
  body?: any;
  /** What the network knows of caller, contract and session. */
  tana: {
    caller: Identity | null;
    contract: { id: string; name: string; owner: Identity };
    session: { token: string; expiresAt: number } | null;
  };
  /** The parsed body. */
  json<T = any>(): Promise<T>;
  /** The body as text. */
  text(): Promise<string>;
}

/** What a handler may return to set status and headers. */
export declare class Response {
  /** Makes a response, as Tana does. */
  constructor(status?: number, body?: any, headers?: Record<string, string>);
  /** Makes a response, as the Web does. */
  constructor(body: string | object | null, init?: { status?: number; headers?: Record<string, string> | Headers });
  /** The status, default 200. */
  status: number;
  /** The body. */
  body: any;
  /** The headers; those of a Web response also have what Workers call on them, such as set. */
  headers: Record<string, string>;
  /** A response with JSON. */
  static json(data: any, status?: number | { status?: number; headers?: Record<string, string> }): Response;
  /** A response with text. */
  static text(data: string, status?: number | { status?: number; headers?: Record<string, string> }): Response;
  /** A response that sends the client to a whole address, with status 302 unless told otherwise. */
  static redirect(url: string, status?: 301 | 302 | 303 | 307 | 308): Response;
}
