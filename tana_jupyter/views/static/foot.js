/** The line below the list: what is in sight, what the kernel does, and where all of it is stored. */

import { h, setText } from "./dom.js";
import { count, instant } from "./texts.js";

export class Foot {
  /** @param {{ shell: import("./shell.js").Shell, onhelp: () => void }} options */
  constructor({ shell, onhelp }) {
    this.clock = shell.clock;
    this.location = "";
    this.position = h("span", { class: "tana-position" });
    this.where = h("span", { class: "tana-where" });
    const title = { title: "Keyboard (?)", "aria-label": "Keyboard" };
    const help = h("button", { type: "button", class: "tana-help", ...title, onclick: onhelp }, "?");
    const { status, announcer } = shell;
    const space = h("span", { class: "tana-grow" });
    this.element = h("div", { class: "tana-foot" }, this.position, status, announcer.note, space, this.where, help);
  }

  /**
   * @param {import("./table.js").Table} table
   * @param {string} total how many keys there are, "" where nobody knows
   */
  show(table, total) {
    const { clock } = this;
    const frozen = clock.frozen ? `clock stands at ${instant(new Date(clock.now()).toISOString())}` : "";
    const { size } = table.selected;
    setText(this.position, size ? `${count(size)} selected` : inSight(table, total));
    setText(this.where, [frozen, this.location].filter(Boolean).join(" \u00b7 "));
  }
}

/**
 * Which part of how many keys; of a tree only how many, since its lines are not its keys.
 * @param {import("./table.js").Table} table
 * @param {string} total
 */
function inSight(table, total) {
  const [first, last] = table.sight();
  const part = table.element.getAttribute("role") === "grid" && table.scrolls && last > first;
  return total && part ? `${count(first)}\u2013${count(last)} of ${total}` : total;
}
