/** What is staged, how near the limits it is, and the two ways it can end. */

import { button, h, put, setText } from "./dom.js";
import { badge, STATES } from "./states.js";
import { count, counted } from "./texts.js";

/** @typedef {{ bytes: number, limit_bytes: number, keys: number, limit_keys: number, exact?: boolean }} Totals */

/**
 * @param {string} unit
 * @param {number} value
 * @param {number} limit
 */
function meter(unit, value, limit) {
  const text = `${count(value)} / ${count(limit)} ${unit}`;
  const part = limit > 0 ? Math.min(1, value / limit) : 0;
  const bar = h(
    "span",
    { class: "tana-meter-bar" },
    h("span", { class: "tana-meter-fill", style: `width: ${(100 * part).toFixed(1)}%` }),
  );
  const state = value > limit ? "over" : part > 0.9 ? "near" : "fine";
  const spoken = {
    role: "meter",
    "aria-valuemin": 0,
    "aria-valuemax": limit,
    "aria-valuenow": Math.min(value, limit),
    "aria-valuetext": text,
  };
  return h(
    "span",
    { class: "tana-meter", "data-state": state, ...spoken, "aria-label": unit },
    h("span", {}, text),
    bar,
  );
}

export class StagingBar {
  /** @param {{ oncommit: () => void, ondiscard: () => void, onreview: (() => void) | null }} options */
  constructor({ oncommit, ondiscard, onreview }) {
    this.number = 0;
    this.summary = h("span", { class: "tana-staged-summary" });
    this.meters = h("span", { class: "tana-meters" });
    this.review = onreview && button({ label: "Review", title: "Show only what is staged", onclick: onreview });
    this.discard = button({ label: "Discard", title: "Forget all that is staged", onclick: ondiscard });
    this.commit = button({ label: "Commit", kind: "tana-primary", onclick: oncommit });
    this.error = h("div", { class: "tana-error", role: "alert", hidden: true });
    const line = h(
      "div",
      { class: "tana-staging-line" },
      this.summary,
      this.meters,
      h("span", { class: "tana-grow" }),
      h("span", { class: "tana-staging-ends" }, this.review, this.discard, this.commit),
    );
    this.element = h(
      "div",
      { class: "tana-staging", role: "group", "aria-label": "Staging", hidden: true },
      line,
      this.error,
    );
  }

  /**
   * @param {import("./rpc.js").Answer} answer of the verb `staged`
   */
  show({ rows, more = 0, totals }) {
    this.number = rows.length + more;
    /** @type {Record<string, number>} */
    const states = {};
    for (const { state } of rows) states[state] = (states[state] ?? 0) + 1;
    const parts = Object.entries(STATES).filter(([state]) => states[state] && !more);
    const badges = parts.map(([state, { label }]) => badge(state, `${count(states[state])} ${label}`));
    this.summary.replaceChildren(h("strong", {}, `${count(this.number)} staged`), ...badges);
    const about = totals.exact === false ? "about " : "";
    this.meters.replaceChildren(
      meter("bytes", totals.bytes, totals.limit_bytes),
      meter("keys", totals.keys, totals.limit_keys),
    );
    put(
      this.meters,
      "title",
      `A commit would leave ${about}${counted(totals.bytes, "byte")} in ${counted(totals.keys, "key")}`,
    );
    setText(
      /** @type {Element} */ (this.commit.querySelector("span")),
      this.number ? `Commit ${count(this.number)}` : "Commit",
    );
    for (const one of [this.commit, this.discard, this.review]) if (one) put(one, "disabled", this.number === 0);
    if (!this.number) this.fail(null);
  }

  /** @param {string | null} error why a commit did not happen; it stays until something is tried again */
  fail(error) {
    setText(this.error, error ?? "");
    put(this.error, "hidden", error === null);
  }
}
