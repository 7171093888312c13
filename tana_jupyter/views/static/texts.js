/** How values, sizes and times read; what would be invisible or turn the line around becomes a visible escape. */

import { h } from "./dom.js";

// Controls, bidirectional marks, separators, blanks without width, tags and lone surrogates.
// The joiners stay: emoji and some scripts need them.
const HIDDEN = new RegExp(
  [
    "[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u115f\\u1160\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f]",
    "[\\u3164\\ufeff\\ufff9-\\ufffb]",
    "[\\u{e0000}-\\u{e0fff}]",
    "\\p{Surrogate}",
  ].join("|"),
  "gu",
);
const LETTERS = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);
const ESCAPES = 500;
const TALL = 100;

/** @param {string} character */
const escaped = (character) => {
  const code = character.codePointAt(0) ?? 0;
  if (LETTERS.has(character)) return LETTERS.get(character) ?? "";
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
};

/**
 * One line of text in which nothing is hidden, for titles and labels.
 * @param {string} text
 */
export const visible = (text) => text.replace(HIDDEN, escaped);

/**
 * A text as nodes: escapes stand out from what is really written there.
 * @param {string} text
 * @param {{ lines?: boolean }} [options] lines: line breaks and tabs stay what they are
 * @returns {(Text | HTMLElement)[]}
 */
export function shown(text, { lines = false } = {}) {
  const nodes = [];
  let from = 0;
  let count = 0;
  for (const found of text.matchAll(HIDDEN)) {
    if (lines && (found[0] === "\n" || found[0] === "\t")) continue;
    // Past this many the text is binary, and a span for each would cost more than it tells.
    if ((count += 1) > ESCAPES) {
      const rest = text.slice(from);
      nodes.push(document.createTextNode(lines ? rest.replace(HIDDEN, keepLines) : visible(rest)));
      return nodes;
    }
    if (found.index > from) nodes.push(document.createTextNode(text.slice(from, found.index)));
    nodes.push(h("span", { class: "tana-escape" }, escaped(found[0])));
    from = found.index + found[0].length;
  }
  if (from < text.length) nodes.push(document.createTextNode(text.slice(from)));
  return nodes;
}

/** @param {string} character */
const keepLines = (character) => (character === "\n" || character === "\t" ? character : escaped(character));

/**
 * A key or preview in a direction of its own, so that its letters cannot reorder what stands beside it.
 * @param {string} text
 * @param {string} [kind]
 */
export function isolated(text, kind = "") {
  if (text === "") return h("span", { class: `tana-empty ${kind}`.trim() }, "(empty)");
  return h("bdi", { class: kind || null }, ...shown(text));
}

/**
 * A key as a title. A long one scrolls, so the keyboard must reach it.
 * @param {string} text
 */
export const keyTitle = (text) =>
  h("h2", { class: "tana-detail-title", tabindex: text.length > TALL ? 0 : null }, isolated(text));

/** @param {number} value */
export const count = (value) => value.toLocaleString("en-US");

/**
 * @param {number} value
 * @param {string} one
 */
export const counted = (value, one) => `${count(value)} ${one}${value === 1 ? "" : "s"}`;

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const [unit, by] = bytes < 1024 ** 2 ? ["KB", 1024] : bytes < 1024 ** 3 ? ["MB", 1024 ** 2] : ["GB", 1024 ** 3];
  const amount = bytes / Number(by);
  return `${amount < 9.95 ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
}

/** @param {number} seconds */
export function duration(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  if (whole < 86_400)
    return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`;
  const days = Math.floor(whole / 86_400);
  return days < 10 ? `${days} d ${Math.floor((whole % 86_400) / 3600)} h` : `${count(days)} d`;
}

/**
 * An instant in UTC, shorter where it lies on the session's own day.
 * @param {string | null} iso
 * @param {number} [now] milliseconds; without it the whole instant
 */
export function instant(iso, now) {
  const at = iso === null ? Number.NaN : Date.parse(iso);
  if (Number.isNaN(at)) return "";
  const text = new Date(at).toISOString();
  const day = text.slice(0, -14);
  if (now === undefined) return `${day} ${text.slice(-13, -5)} UTC`;
  return new Date(now).toISOString().startsWith(`${day}T`) ? text.slice(-13, -5) : day;
}
