/** What keys and clicks do in the list: they move through it, pick rows, open branches; the rest is for the view. */

import { listAction } from "./keyboard.js";

/** @typedef {import("./table.js").Table} Table */

/** @param {Table} table */
export function steer(table) {
  const { canvas, element } = table;
  element.addEventListener("keydown", (event) => {
    if (!canvas.contains(/** @type {Node} */ (event.target))) return;
    const action = listAction(event);
    if (action === null) return;
    event.preventDefault();
    if (!walk(table, action)) table.onaction(action);
  });
  canvas.addEventListener("click", (event) => click(table, event));
  canvas.addEventListener("dblclick", () => table.onaction("edit"));
}

/**
 * @param {Table} table
 * @param {MouseEvent} event
 */
function click(table, event) {
  const target = /** @type {Element} */ (event.target);
  const element = /** @type {HTMLElement | null} */ (target.closest(".tana-line"));
  if (!element) return;
  const index = Number(element.dataset.index);
  const item = table.source?.at(index);
  const several = event.ctrlKey || event.metaKey;
  if (several) table.selected.toggle(item?.row);
  else if (!event.shiftKey) table.selected.clear();
  table.move(index, { extend: event.shiftKey });
  if (item?.row.branch) table.source?.toggle(index);
  else if (!event.shiftKey && !several) table.onaction("open");
}

/**
 * @param {Table} table
 * @param {string} action
 * @returns {boolean} whether it was a step through the list
 */
function walk(table, action) {
  const { active, source, stride } = table;
  const item = table.current();
  /** @type {Record<string, () => void>} */
  const steps = {
    down: () => table.move(active + 1),
    up: () => table.move(active - 1),
    "extend-down": () => table.move(active + 1, { extend: true }),
    "extend-up": () => table.move(active - 1, { extend: true }),
    first: () => table.move(0),
    "page-down": () => table.move(active + stride),
    "page-up": () => table.move(active - stride),
    select: () => table.pick(),
    "open-branch": () => (item?.open === false ? source?.toggle(active, true) : item?.open && table.move(active + 1)),
    "close-branch": () => (item?.open ? source?.toggle(active, false) : toParent(table)),
  };
  if (action === "open" && item?.row.branch) source?.toggle(active);
  else if (steps[action]) steps[action]();
  else return false;
  return true;
}

/** @param {Table} table */
function toParent(table) {
  const at = table.source?.parent(table.active) ?? -1;
  if (at >= 0) table.move(at);
}
