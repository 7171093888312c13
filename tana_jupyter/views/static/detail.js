/** One key beside the list: its value in the forms it can be read in, and what is known about it. */

import { shortVersion, expiry } from "./columns.js";
import { diffView } from "./diff.js";
import { button, freshId, h, icon, put } from "./dom.js";
import { pretty } from "./pretty.js";
import { badge, stateOf } from "./states.js";
import { count, instant, isolated, keyTitle, shown, size } from "./texts.js";

/**
 * @typedef {{ onaction: (name: string) => void, onclose: () => void, now: () => number }} Options
 */

const HEX_LINE = 8; // so that a line fits into the pane

/** @param {string} hex */
function hexLines(hex) {
  const lines = [];
  for (let at = 0; at < hex.length; at += 2 * HEX_LINE) {
    const bytes = hex.slice(at, at + 2 * HEX_LINE).match(/../g) ?? [];
    const letters = bytes
      .map((byte) => Number.parseInt(byte, 16))
      .map((code) => (code > 31 && code < 127 ? String.fromCharCode(code) : "·"));
    lines.push(
      `${(at / 2).toString(16).padStart(4, "0")}  ${bytes.join(" ").padEnd(3 * HEX_LINE)} ${letters.join("")}`,
    );
  }
  return lines.join("\n");
}

export class Detail {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.id = freshId();
    this.form = "";
    /** @type {import("./rpc.js").Answer | null} */
    this.answer = null;
    this.element = h("div", { class: "tana-detail", role: "group", "aria-label": "Value", hidden: true });
  }

  get open() {
    return !this.element.hidden;
  }

  close() {
    this.answer = null;
    put(this.element, "hidden", true);
    this.element.replaceChildren();
  }

  /**
   * Show something else in the pane, such as a form.
   * @param {HTMLElement} content
   */
  hold(content) {
    this.answer = null;
    this.element.replaceChildren(content);
    put(this.element, "hidden", false);
  }

  /** @param {string} error */
  fail(error) {
    this.hold(h("div", { class: "tana-detail-body" }, this.#close(), h("p", { class: "tana-error" }, error)));
  }

  /** @param {import("./rpc.js").Answer} answer */
  show(answer) {
    const scroll = this.answer?.row.k === answer.row.k ? (this.element.querySelector(".tana-text")?.scrollTop ?? 0) : 0;
    const focused = /** @type {any} */ (this.element.getRootNode()).activeElement?.getAttribute?.("data-name");
    this.hold(h("div", { class: "tana-detail-body" }, this.#head(answer), this.#facts(answer), this.#value(answer)));
    this.answer = answer;
    const text = this.element.querySelector(".tana-text");
    if (text) text.scrollTop = scroll;
    if (focused) /** @type {HTMLElement | null} */ (this.element.querySelector(`[data-name="${focused}"]`))?.focus();
  }

  #close() {
    const close = button({ icon: "clear", title: "Close (Esc)", kind: "tana-close", onclick: this.options.onclose });
    put(close, "data-name", "close");
    return close;
  }

  /** @param {import("./rpc.js").Answer} answer */
  #head({ row, value }) {
    const gone = row.state === "deleted";
    const act = (
      /** @type {string} */ name,
      /** @type {any} */ picture,
      /** @type {string} */ label,
      /** @type {string} */ title,
      off = false,
    ) => {
      const made = button({ icon: picture, label, title, onclick: () => this.options.onaction(name) });
      put(made, "data-name", name);
      put(made, "aria-label", picture ? null : `Copy ${label}`);
      put(made, "disabled", off);
      return made;
    };
    const whole = value.editable !== false && !value.truncated;
    const why = whole
      ? "Edit (e)"
      : value.truncated
        ? `Too large to edit here: ${size(value.total)}`
        : "Only code can write a value of this type";
    const staged = stateOf(row.state);
    const copies = [
      act("copy-key", null, "Key", "Copy the key (c)"),
      act("copy-value", null, "Value", "Copy the value (v)"),
      act("copy-typescript", null, "TypeScript", "Copy as TypeScript (t)"),
    ];
    return h(
      "div",
      { class: "tana-detail-head" },
      keyTitle(row.text),
      this.#close(),
      h(
        "div",
        { class: "tana-actions", role: "group", "aria-label": "Actions" },
        act("edit", "edit", "Edit", why, gone || !whole),
        act("rename", "rename", "Rename", "Rename (F2)", gone),
        act("delete", "remove", "Delete", "Delete (Del)", gone),
        staged && act("unstage", "undo", "Unstage", "Forget what is staged for this key"),
        h("span", { class: "tana-grow" }),
        h("span", { class: "tana-copies" }, icon("copy"), ...copies),
      ),
    );
  }

  /** @param {import("./rpc.js").Answer} answer */
  #facts({ row, value, created, updated, expires, version, metadata }) {
    const list = h("dl", { class: "tana-facts" });
    const fact = (
      /** @type {string} */ name,
      /** @type {string | Node | null} */ text,
      /** @type {string} */ title = "",
    ) => {
      if (text !== null && text !== "")
        list.append(h("div", {}, h("dt", {}, name), h("dd", { title: title || null }, text)));
    };
    const staged = stateOf(row.state);
    if (staged) fact("State", badge(row.state));
    fact("Type", row.type === "empty-string" ? "string" : row.type);
    fact("Size", size(value.total ?? row.bytes), `${count(value.total ?? row.bytes)} bytes`);
    fact("Version", shortVersion(version), version ?? "");
    if (expires) fact("Expires in", `${expiry(expires, this.options.now())}`, instant(expires));
    fact("Updated", instant(updated));
    if (created !== updated) fact("Created", instant(created));
    if (metadata) fact("Metadata", h("code", {}, ...shown(metadata)));
    return list;
  }

  /** @param {import("./rpc.js").Answer} answer */
  #value(answer) {
    const { value, staged, hex, code } = answer;
    const text = (/** @type {Node[]} */ ...nodes) => h("pre", { class: "tana-text tana-code", tabindex: 0 }, ...nodes);
    const stored = () => (value.text === "" ? isolated("") : h("bdi", {}, ...shown(value.text, { lines: true })));
    /** @type {Map<string, () => HTMLElement>} */
    const forms = new Map();
    if (staged) forms.set("Diff", () => h("div", { class: "tana-text" }, diffView(staged.diff)));
    if (value.kind === "json") forms.set("JSON", () => text(...pretty(value.text)));
    if (value.kind !== "bytes" && value.kind !== "none") forms.set("Text", () => text(stored()));
    if (hex) forms.set("Hex", () => text(h("span", { class: "tana-hex" }, hexLines(hex))));
    if (code) forms.set("TypeScript", () => text(...shown(code, { lines: true })));
    if (!forms.size) forms.set("Text", () => text(isolated("")));
    return this.#tabs(forms, value);
  }

  /**
   * @param {Map<string, () => HTMLElement>} forms
   * @param {{ truncated: boolean, total: number, text: string }} value
   */
  #tabs(forms, value) {
    const names = [...forms.keys()];
    const panel = h("div", { class: "tana-panel", role: "tabpanel", id: `${this.id}-panel` });
    const bar = h("div", { class: "tana-tabs", role: "tablist", "aria-label": "Shown as" });
    const choose = (/** @type {string} */ name, focus = false) => {
      if (focus) this.form = name;
      for (const tab of bar.children) {
        const chosen = tab.textContent === name;
        put(tab, "aria-selected", String(chosen));
        put(tab, "tabindex", chosen ? 0 : -1);
        if (chosen && focus) /** @type {HTMLElement} */ (tab).focus({ preventScroll: true });
      }
      const cut = value.truncated && (name === "JSON" || name === "Text");
      const note = cut
        ? h("div", { class: "tana-note" }, `The first ${size(new Blob([value.text]).size)} of ${size(value.total)}.`)
        : null;
      put(panel, "aria-label", name);
      panel.replaceChildren();
      const content = forms.get(name)?.();
      if (note) panel.append(note);
      if (content) panel.append(content);
    };
    for (const name of names) {
      const attributes = {
        type: "button",
        class: "tana-tab",
        role: "tab",
        "aria-controls": panel.id,
        "data-name": `tab-${name}`,
      };
      bar.append(h("button", { ...attributes, onclick: () => choose(name, true) }, name));
    }
    bar.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const at = names.findIndex((_, index) => bar.children[index].getAttribute("aria-selected") === "true");
      choose(names[(at + step + names.length) % names.length], true);
      event.preventDefault();
    });
    // A form that was chosen stays for the next key that has it.
    choose(names.includes(this.form) ? this.form : names[0]);
    return h("div", { class: "tana-shown" }, bar, panel);
  }
}
