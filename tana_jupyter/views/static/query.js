/** What a view asks for. The kernel holds the same words in its `query` trait and checks them again. */

import { count, counted } from "./texts.js";

/**
 * @typedef {{ contract: string, api: string, prefix: string, view: "flat" | "tree",
 *   layer: "committed" | "staged" | "both", order: "key" | "-key" }} Query
 * @typedef {{ contract: string, api: string, rows: number | null, bytes: number | null, staged?: number }} Namespace
 * @typedef {{ k: string, text: string, parts: any[] | null, preview: string, type: string, bytes: number,
 *   version: string | null, updated: string | null, expires: string | null, state: string, segment?: string,
 *   branch?: false }} Row
 * @typedef {{ branch: true, k: string, text: string, path: string, count: number | null }} Branch
 */

const CHOICES = {
  view: ["flat", "tree"],
  layer: ["both", "staged", "committed"],
  order: ["key", "-key"],
};

/** In the order in which people are shown them; `tana_jupyter/spaces.py` has the same. */
export const APIS = ["kv", "data", "deno"];

export const PREFIX_MOST = 512;

/**
 * A query with every field in place; what is no query of ours falls back to the first choice.
 * @param {any} given
 * @returns {Query}
 */
export function toQuery(given) {
  const fields = typeof given === "object" && given !== null ? given : {};
  const text = (/** @type {string} */ name) => (typeof fields[name] === "string" ? fields[name] : "");
  const one = (/** @type {keyof typeof CHOICES} */ name) =>
    CHOICES[name].includes(fields[name]) ? fields[name] : CHOICES[name][0];
  return {
    contract: text("contract"),
    api: text("api") || "kv",
    prefix: text("prefix"),
    view: one("view"),
    layer: one("layer"),
    order: one("order"),
  };
}

/**
 * @param {Query} one
 * @param {Query} other
 */
export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * How many keys a query finds, in words, as far as that is known; "" where it is not.
 * @param {Query} query
 * @param {Namespace[]} spaces
 * @param {{ more: boolean, rows: number }} source
 */
export function totalOf({ prefix, view, layer, contract, api }, spaces, source) {
  if (view === "flat" && !source.more) return counted(source.rows, "key");
  const space = spaces.find((each) => each.contract === contract && each.api === api);
  const exact = !prefix && (api !== "data" || layer === "committed") ? (space?.rows ?? null) : null;
  if (exact !== null) return counted(exact, "key");
  return view === "tree" || !source.rows ? "" : `more than ${count(source.rows)} keys`;
}
