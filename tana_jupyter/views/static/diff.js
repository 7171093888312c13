/** What staging would change in a value, line by line. */

import { h } from "./dom.js";
import { counted, shown } from "./texts.js";

/** @typedef {{ op: " " | "+" | "-", text: string }} DiffLine */

const AROUND = 3;
const SPOKEN = { "+": "added: ", "-": "removed: ", " ": "" };
const SIGNS = { "+": "+", "-": "\u2212", " ": "" };
const KINDS = { "+": "tana-plus", "-": "tana-minus", " ": "" };

/** @param {DiffLine} line */
const diffLine = ({ op, text }) =>
  h(
    "div",
    { class: `tana-diff-line ${KINDS[op] ?? ""}`.trim() },
    h("span", { class: "tana-sign", "aria-hidden": "true" }, SIGNS[op] ?? ""),
    h("span", { class: "tana-spoken" }, SPOKEN[op] ?? ""),
    h("span", { class: "tana-diff-text", dir: "auto" }, ...(text === "" ? ["\u200b"] : shown(text, { lines: true }))),
  );

/**
 * @param {DiffLine[]} lines
 * @returns {HTMLElement}
 */
export function diffView(lines) {
  const near = new Set();
  lines.forEach(({ op }, at) => {
    if (op === " ") return;
    for (let other = at - AROUND; other <= at + AROUND; other += 1) near.add(other);
  });
  const view = h("div", { class: "tana-diff", role: "group", "aria-label": "Difference" });
  for (let at = 0; at < lines.length; at += 1) {
    let skipped = at;
    while (skipped < lines.length && !near.has(skipped)) skipped += 1;
    // A fold that saves a single line would only hide it.
    if (skipped - at > 1) {
      const hidden = lines.slice(at, skipped);
      const fold = h("button", { type: "button", class: "tana-fold" }, `${counted(hidden.length, "unchanged line")}`);
      fold.addEventListener("click", () => fold.replaceWith(...hidden.map(diffLine)));
      view.append(fold);
      at = skipped - 1;
    } else view.append(diffLine(lines[at]));
  }
  return view;
}
