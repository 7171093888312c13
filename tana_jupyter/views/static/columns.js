/** The columns of the list: what each shows of a row. */

import { h, icon, put, setText } from "./dom.js";
import { stateOf } from "./states.js";
import { count, duration, instant, isolated, shown, size, visible } from "./texts.js";

/**
 * @typedef {import("./pages.js").Item} Item
 * @typedef {{ id: string, label: string, fill: (cell: HTMLElement, item: Item, now: number) => void }} Column
 */

const QUIET = new Set(["null", "undefined", "empty-string"]);

/** @type {Column} */
const keyColumn = {
  id: "key",
  label: "Key",
  fill(cell, { row, depth, open, label }) {
    const text = label ?? row.text;
    const twisty = open === null ? null : h("span", { class: "tana-twisty", "aria-hidden": "true" }, icon("branch"));
    const separator = row.branch && row.parts === null ? h("span", { class: "tana-quiet" }, ":") : null;
    const below = row.branch && row.count !== null ? h("span", { class: "tana-count" }, count(row.count)) : null;
    const bare = row.branch && text === "" ? h("span", { class: "tana-empty" }, "(empty)") : isolated(text);
    cell.replaceChildren(
      ...[twisty, h("span", { class: "tana-clip" }, bare, separator), below].filter((part) => part !== null),
    );
    cell.style.setProperty("--tana-depth", String(depth + (open === null && depth >= 0 && label !== null ? 1 : 0)));
    put(cell, "title", visible(row.text).slice(0, 600));
  },
};

/** @type {Column} */
const valueColumn = {
  id: "value",
  label: "Value",
  fill(cell, { row }) {
    if (row.branch || row.preview === null) return cell.replaceChildren();
    if (row.type === "empty-string") return cell.replaceChildren(isolated(""));
    const quiet = QUIET.has(row.type) ? "tana-literal" : "";
    cell.replaceChildren(h("bdi", { class: quiet || null }, ...shown(row.preview)));
    put(cell, "title", visible(row.preview));
  },
};

/**
 * @param {string} id
 * @param {string} label
 * @param {(row: any, now: number) => string} read
 * @param {(row: any) => string | null} [hint]
 * @returns {Column}
 */
const textColumn = (id, label, read, hint) => ({
  id,
  label,
  fill(cell, { row }, now) {
    setText(cell, row.branch ? "" : read(row, now));
    put(cell, "title", row.branch || !hint ? null : hint(row));
  },
});

/** @type {Column} */
const stateColumn = {
  id: "state",
  label: "State",
  fill(cell, { row }) {
    const known = row.branch ? null : stateOf(row.state);
    const sign = known && h("span", { class: "tana-sign", "aria-hidden": "true" }, known.sign);
    const word = h("span", { class: "tana-word" }, known ? known.label : row.branch ? "" : "committed");
    cell.replaceChildren(...(sign ? [sign, word] : [word]));
  },
};

/**
 * Versions are 20 hex digits, of which the last four are always zeros, like most of the first ones.
 * @param {string | null} version
 */
export const shortVersion = (version) =>
  version === null ? "" : version.replace(/^0+(?=.)/, "").replace(/(?<=.)0000$/, "");

/**
 * @param {string | null} expires
 * @param {number} now
 */
export function expiry(expires, now) {
  if (!expires) return "";
  const left = (Date.parse(expires) - now) / 1000;
  return left > 0 ? duration(left) : "expired";
}

/**
 * @param {string} api
 * @returns {Column[]}
 */
export function columnsOf(api) {
  const all = [
    keyColumn,
    valueColumn,
    textColumn("type", "Type", (row) => (row.type === "empty-string" ? "string" : row.type)),
    textColumn(
      "size",
      "Size",
      (row) => size(row.bytes),
      (row) => `${count(row.bytes)} bytes`,
    ),
    textColumn(
      "version",
      "Version",
      (row) => shortVersion(row.version),
      (row) => row.version && `Version ${row.version}`,
    ),
    textColumn(
      "updated",
      "Updated",
      (row, now) => instant(row.updated, now),
      (row) => instant(row.updated),
    ),
    textColumn(
      "expires",
      "Expires in",
      (row, now) => expiry(row.expires, now),
      (row) => instant(row.expires),
    ),
    stateColumn,
  ];
  // Only data stages, and nothing in data expires.
  return all.filter(({ id }) => (api === "data" ? id !== "expires" : id !== "state"));
}
