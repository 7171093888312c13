/** How a row stands to what is committed: the word for it, its sign and its tint. */

import { h } from "./dom.js";

/** The sign tells them apart without colour. */
export const STATES = {
  added: { sign: "+", label: "added" },
  changed: { sign: "~", label: "changed" },
  deleted: { sign: "\u2212", label: "deleted" },
};

/** Null for a row that is committed. @param {string} state */
export const stateOf = (state) => STATES[/** @type {keyof typeof STATES} */ (state)] ?? null;

/**
 * The state of a row: a tint, a sign for whom the tint says nothing, and the word.
 * @param {string} state
 * @param {string} [text] instead of the word
 */
export function badge(state, text) {
  const known = stateOf(state);
  if (!known) return h("span", { class: "tana-quiet" }, text ?? state);
  const word = h("span", { class: "tana-word" }, text ?? known.label);
  return h(
    "span",
    { class: "tana-badge", "data-state": state },
    h("span", { class: "tana-sign", "aria-hidden": "true" }, known.sign),
    word,
  );
}
