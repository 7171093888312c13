/** One line of the list, and the head above them. */

import { h, icon, put } from "./dom.js";
import { stateOf } from "./states.js";

/**
 * @typedef {import("./pages.js").Item} Item
 * @typedef {import("./columns.js").Column} Column
 * @typedef {{ index: number, item: Item | null, element: HTMLElement, cells: HTMLElement[] }} Line
 */

/** The height of a line; the style sheet knows the same number. */
export const ROW = 26;

/**
 * @param {Column[]} columns
 * @param {number} index
 * @returns {Line}
 */
export function newLine(columns, index) {
  const cells = columns.map(({ id }, at) =>
    h("div", { class: `tana-cell tana-${id}`, role: id === "key" ? "rowheader" : "gridcell", "aria-colindex": at + 1 }),
  );
  // Line one is the head.
  const element = h(
    "div",
    { class: "tana-line", role: "row", "aria-rowindex": index + 2, "data-index": index },
    ...cells,
  );
  element.style.transform = `translateY(${index * ROW}px)`;
  return { index, item: null, element, cells };
}

const SHOWN = ["k", "preview", "type", "bytes", "version", "updated", "expires", "state", "count"];

/**
 * Whether a line shows the same already. It is then left alone: a click whose target is exchanged between press and
 * release is no click.
 * @param {Item | null} before
 * @param {Item | null} item
 */
export function sameLine(before, item) {
  if (before === null || item === null) return before === item;
  const { row, ...place } = item;
  const samePlace = Object.entries(place).every(([name, value]) => Object(before)[name] === value);
  return samePlace && (row === before.row || SHOWN.every((name) => before.row[name] === row[name]));
}

/**
 * @param {Line} line
 * @param {Item | null} item null while it is on its way
 * @param {Column[]} columns
 * @param {number} now
 */
export function fillLine(line, item, columns, now) {
  const { element, cells } = line;
  const before = line.item;
  line.item = item;
  const row = item?.row;
  const inTree = item !== null && item.label !== null;
  const counted = inTree && item.siblings > 0;
  element.classList.toggle("tana-pending", item === null);
  put(element, "data-state", row && stateOf(row.state) ? row.state : null);
  put(element, "aria-level", inTree ? item.depth + 1 : null);
  put(element, "aria-expanded", item === null || item.open === null ? null : String(item.open));
  put(element, "aria-posinset", counted ? item.position + 1 : null);
  put(element, "aria-setsize", counted ? item.siblings : null);
  if (item === null) {
    for (const cell of cells) cell.replaceChildren();
    cells[0].append(h("span", { class: "tana-spoken" }, "Loading"));
    return;
  }
  columns.forEach((column, at) => column.fill(cells[at], item, now));
  // A row that a run has just changed lights up once.
  const fresh = before?.row.k === row.k && !row.branch && before?.row.version !== row.version;
  element.classList.toggle("tana-fresh", fresh);
}

/**
 * @param {Column} column
 * @param {number} at
 * @param {string} order
 * @param {() => void} onsort
 */
export function headCell({ id, label }, at, order, onsort) {
  const cell = h("div", { class: `tana-cell tana-${id}`, role: "columnheader", "aria-colindex": at + 1 });
  if (id !== "key") {
    cell.append(h("span", { class: "tana-clip" }, label));
    return cell;
  }
  // Pages are found by key, so keys are all that can be sorted by.
  const down = order === "-key";
  put(cell, "aria-sort", down ? "descending" : "ascending");
  const title = down ? "Last keys first. Click for first keys first." : "First keys first. Click for last keys first.";
  const sort = h(
    "button",
    { type: "button", class: `tana-sort${down ? " tana-down" : ""}`, title, onclick: onsort },
    label,
    icon("branch"),
  );
  cell.append(sort);
  return cell;
}
