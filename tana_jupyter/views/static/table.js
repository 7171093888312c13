/** The list on the screen: as many lines as fit, however many there are. */

import { columnsOf } from "./columns.js";
import { h, put } from "./dom.js";
import { fillLine, headCell, newLine, ROW, sameLine } from "./line.js";
import { Selection } from "./selection.js";
import { steer } from "./steering.js";

/**
 * @typedef {import("./pages.js").Pages | import("./tree.js").Tree} Source
 * @typedef {import("./line.js").Line} Line
 */

const SPARE = 6;

export class Table {
  /**
   * @param {{ clock: import("./clock.js").SessionClock, onaction: (name: string) => void, onactive: () => void,
   *   onsort: () => void, ondraw: () => void }} options
   */
  constructor({ clock, onaction, onactive, onsort, ondraw }) {
    this.clock = clock;
    this.onaction = onaction;
    this.onactive = onactive;
    this.onsort = onsort;
    this.ondraw = ondraw;
    /** @type {Source | null} */
    this.source = null;
    /** @type {import("./columns.js").Column[]} */
    this.columns = [];
    /** @type {Map<number, Line>} */
    this.lines = new Map();
    this.active = 0;
    this.activeKey = "";
    /** A key to stand on as soon as it is here. */
    this.wantedKey = "";
    this.selected = new Selection();
    this.visible = [0, 0];
    this.frame = 0;
    this.retried = false;
    this.head = h("div", { class: "tana-line tana-head", role: "row", "aria-rowindex": 1 });
    this.canvas = h("div", { class: "tana-canvas" });
    this.element = h("div", { class: "tana-grid", role: "grid", "aria-label": "Keys", "aria-multiselectable": "true" });
    this.element.append(h("div", { role: "rowgroup", class: "tana-headgroup" }, this.head), this.canvas);
    this.element.addEventListener("scroll", () => this.soon(), { passive: true });
    steer(this);
    this.observer = new ResizeObserver(() => this.soon());
    this.observer.observe(this.element);
  }

  /**
   * Show another list from its beginning.
   * @param {Source} source
   * @param {{ api: string, order: string, tree: boolean, label: string }} look
   */
  show(source, { api, order, tree, label }) {
    this.source?.close();
    this.source = source;
    this.columns = columnsOf(api);
    this.active = this.selected.anchor = 0;
    this.activeKey = "";
    this.selected.clear();
    this.#drop();
    put(this.element, "role", tree ? "treegrid" : "grid");
    put(this.element, "aria-label", label);
    put(this.element, "aria-colcount", this.columns.length);
    put(this.element, "data-api", api);
    this.head.replaceChildren(...this.columns.map((column, at) => headCell(column, at, order, this.onsort)));
    this.element.scrollTop = 0;
    this.draw();
  }

  /** Draw with the next picture of the screen. */
  soon() {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (!this.source || this.#hidden()) return;
    const { length } = this.source;
    this.canvas.style.height = `${length * ROW}px`;
    // A group of rows must have some.
    put(this.canvas, "role", length ? "rowgroup" : null);
    const focused = this.canvas.contains(this.#root().activeElement);
    this.#follow(length);
    const first = Math.max(0, Math.floor(this.element.scrollTop / ROW) - SPARE);
    const fit = Math.ceil(this.element.clientHeight / ROW);
    const last = Math.min(length - 1, first + fit + 2 * SPARE);
    this.visible = [first, last];
    put(this.element, "aria-rowcount", this.source.more ? -1 : length + 1);
    for (const [index, line] of this.lines) {
      if ((index >= first && index <= last) || index === this.active) continue;
      line.element.remove();
      this.lines.delete(index);
    }
    for (let index = first; index <= last; index += 1) this.#line(index);
    if (this.active < length) this.#line(this.active);
    if (focused) this.focus();
    this.source.want(first, last);
    this.ondraw();
  }

  focus() {
    this.lines.get(this.active)?.element.focus({ preventScroll: true });
  }

  /** The item that keys act on. */
  current() {
    return this.source?.at(this.active) ?? null;
  }

  /** The rows that delete and copy act on: what is selected, else the one that is active. */
  chosen() {
    if (this.selected.size) return [...this.selected.rows.values()];
    const item = this.current();
    return item && !item.row.branch ? [item.row] : [];
  }

  /**
   * Make a line the active one and bring it into sight.
   * @param {number} index
   * @param {{ focus?: boolean, extend?: boolean }} [options]
   */
  move(index, { focus = true, extend = false } = {}) {
    if (!this.source) return;
    const to = Math.max(0, Math.min(this.source.length - 1, index));
    if (extend) this.selected.extend(to, (at) => this.source?.at(at)?.row);
    else this.selected.anchor = to;
    this.wantedKey = "";
    this.#stand(to);
    this.draw();
    if (focus) this.focus();
    this.onactive();
  }

  /**
   * Stand on a key, at once or when the list that has it arrives.
   * @param {string} k
   */
  goTo(k) {
    this.wantedKey = k;
    this.draw();
  }

  /** Whether there is more than fits. */
  get scrolls() {
    return this.element.scrollHeight > this.element.clientHeight + 1;
  }

  /** The first and the last line that can be seen, counted from one. */
  sight() {
    const { scrollTop, clientHeight } = this.element;
    const last = Math.floor((scrollTop + clientHeight - this.head.offsetHeight) / ROW);
    return [Math.floor(scrollTop / ROW) + 1, Math.min(last, this.source?.rows ?? 0)];
  }

  /** How many lines a page up or down goes. */
  get stride() {
    return Math.max(1, Math.floor((this.element.clientHeight - this.head.offsetHeight) / ROW) - 1);
  }

  /** Pick the active row, or let go of it. */
  pick() {
    this.selected.toggle(this.current()?.row);
    this.draw();
    this.onactive();
  }

  clearSelection() {
    this.selected.clear();
    this.draw();
  }

  /** The times to live of the lines that are on the screen; answers how near the nearest end is. */
  tick() {
    const now = this.clock.now();
    let nearest = Infinity;
    for (const { item, cells } of this.lines.values()) {
      if (!item || item.row.branch || !item.row.expires) continue;
      nearest = Math.min(nearest, Date.parse(item.row.expires) - now);
      this.columns.forEach((column, at) => {
        if (column.id === "expires") column.fill(cells[at], item, now);
      });
    }
    return nearest === Infinity ? null : nearest;
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    this.source?.close();
  }

  /**
   * A page that is hidden has no scroll position to draw from. JupyterLab hides all of it for less than a frame while
   * it changes the theme, of which no observer tells: so once more with the next frame, then only when told.
   */
  #hidden() {
    const hidden = this.element.clientHeight === 0;
    if (hidden && !this.retried) this.soon();
    this.retried = hidden;
    return hidden;
  }

  #root() {
    return /** @type {Document | ShadowRoot} */ (this.element.getRootNode());
  }

  /**
   * Rows may have come or gone above the active one: it stays the same row, not the same line.
   * @param {number} length
   */
  #follow(length) {
    const wanted = this.wantedKey ? (this.source?.indexOf(this.wantedKey) ?? -1) : -1;
    if (wanted >= 0) {
      this.wantedKey = "";
      this.#stand(wanted);
    }
    const item = this.current();
    if (this.activeKey && item && item.row.k !== this.activeKey) {
      const at = this.source?.indexOf(this.activeKey) ?? -1;
      if (at >= 0) this.active = at;
      else this.activeKey = item.row.k;
    }
    this.active = Math.max(0, Math.min(this.active, length - 1));
  }

  /** @param {number} index */
  #stand(index) {
    this.active = index;
    this.activeKey = this.current()?.row.k ?? "";
    const top = index * ROW;
    const height = this.element.clientHeight - this.head.offsetHeight;
    if (top < this.element.scrollTop) this.element.scrollTop = top;
    else if (top + ROW > this.element.scrollTop + height) this.element.scrollTop = top + ROW - height;
  }

  #drop() {
    for (const { element } of this.lines.values()) element.remove();
    this.lines.clear();
  }

  /** @param {number} index */
  #line(index) {
    const item = this.source?.at(index) ?? null;
    let line = this.lines.get(index);
    if (!line) {
      line = newLine(this.columns, index);
      this.lines.set(index, line);
      this.#place(line);
      fillLine(line, item, this.columns, this.clock.now());
    } else if (sameLine(line.item, item)) line.item = item;
    else fillLine(line, item, this.columns, this.clock.now());
    const selected = item !== null && this.selected.has(item.row.k);
    put(line.element, "tabindex", index === this.active ? 0 : -1);
    line.element.classList.toggle("tana-active", index === this.active);
    put(line.element, "aria-selected", selected ? "true" : "false");
  }

  /**
   * Lines stand in the document in the order they are read.
   * @param {Line} line
   */
  #place({ index, element }) {
    const next = [...this.canvas.children].find(
      (other) => Number(/** @type {HTMLElement} */ (other).dataset.index) > index,
    );
    this.canvas.insertBefore(element, next ?? null);
  }
}
