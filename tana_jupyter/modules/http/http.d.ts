/** What a handler returns. */
export interface HttpResponse<T = any> {
  status: number;
  body: T;
  headers: Record<string, string>;
}

/** What can be set beside the body. */
export interface ResponseOptions {
  /** Headers; a content type of yours takes the place of the default one. */
  headers?: Record<string, string> | Iterable<[string, string]>;
}

/** Statuses by name. */
export type StatusName =
  | "ok" | "created" | "accepted" | "noContent"
  | "movedPermanently" | "found" | "seeOther" | "notModified" | "temporaryRedirect" | "permanentRedirect"
  | "badRequest" | "unauthorized" | "forbidden" | "notFound" | "methodNotAllowed" | "conflict" | "gone"
  | "unprocessableEntity" | "tooManyRequests"
  | "internalServerError" | "notImplemented" | "badGateway" | "serviceUnavailable" | "gatewayTimeout";

/** Status 200 with JSON. */
export declare function json<T>(data: T, options?: ResponseOptions): HttpResponse<T>;
/** A status by number or name; without a body the body is `null`. */
export declare function status<T = null>(code: number | StatusName, body?: T, options?: ResponseOptions): HttpResponse<T>;
/** Status 200 with HTML. */
export declare function html(content: string, options?: ResponseOptions): HttpResponse<string>;
/** Status 200 with text. */
export declare function text(content: string, options?: ResponseOptions): HttpResponse<string>;
