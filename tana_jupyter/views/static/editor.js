/** The form for a key and its value. It keeps what was typed until the kernel has taken it. */

import { button, freshId, h, put, setText } from "./dom.js";
import { cancels, saves } from "./keyboard.js";
import { indented } from "./pretty.js";
import { keyTitle } from "./texts.js";

/**
 * @typedef {{ text: string, value: string, as: "json" | "text" | "bytes-hex", ttl?: number, metadata?: string }} Draft
 * @typedef {{ api: string, key: string | null, value?: string, as?: Draft["as"], metadata?: string | null,
 *   note: string, onsave: (draft: Draft) => Promise<string | null>, oncancel: () => void }} Options
 */

const FORMS = /** @type {const} */ ([
  ["json", "JSON"],
  ["text", "Text"],
  ["bytes-hex", "Hex"],
]);
const CHECKED = 1_000_000;

export class Editor {
  /** @param {Options} options onsave answers what went wrong, or null when it is saved */
  constructor(options) {
    this.options = options;
    this.as = options.as ?? "json";
    this.saving = false;
    this.key = this.#input("text", options.key === null);
    this.value = /** @type {HTMLTextAreaElement} */ (
      h("textarea", { class: "tana-input tana-code tana-value-input", spellcheck: "false", "aria-label": "Value" })
    );
    this.text = this.as === "json" && options.value ? indented(options.value) : (options.value ?? "");
    this.value.value = this.text;
    this.before = this.value.value;
    this.ttl = this.#input("number", true);
    this.metadata = this.#input("text", true);
    this.metadata.value = options.metadata ?? "";
    this.hint = h("div", { class: "tana-hint", role: "status" });
    this.error = h("div", { class: "tana-error", role: "alert", hidden: true });
    this.save = button({ label: "Save", kind: "tana-primary", title: "Ctrl/Cmd+Enter", onclick: () => this.submit() });
    this.cancel = button({ label: "Cancel", title: "Esc", onclick: options.oncancel });
    this.element = this.#form();
    this.value.addEventListener("input", () => this.#check());
    this.element.addEventListener("keydown", (event) => {
      if (saves(event)) this.submit();
      else if (cancels(event)) options.oncancel();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.#check();
  }

  focus() {
    (this.options.key === null ? this.key : this.value).focus({ preventScroll: true });
  }

  /** Whether there is something to lose. */
  get touched() {
    return (
      this.value.value !== this.before ||
      this.ttl.value !== "" ||
      this.metadata.value !== (this.options.metadata ?? "") ||
      (this.options.key === null && this.key.value !== "")
    );
  }

  async submit() {
    if (this.saving) return;
    this.saving = true;
    put(this.save, "disabled", true);
    this.#fail(null);
    const error = await this.options.onsave(this.draft());
    this.saving = false;
    put(this.save, "disabled", false);
    this.#fail(error);
  }

  /** @returns {Draft} */
  draft() {
    /** @type {Draft} */
    const draft = { text: this.options.key ?? this.key.value, value: this.#typed(), as: this.as };
    if (this.options.api !== "kv") return draft;
    if (this.ttl.value !== "") draft.ttl = Math.trunc(Number(this.ttl.value));
    if (this.metadata.value !== (this.options.metadata ?? ""))
      draft.metadata = this.metadata.value;
    return draft;
  }

  /** The value; a text area turns every end of a line into a line feed, and what was stored may have had others. */
  #typed() {
    const { value } = this.value;
    if (value === this.before) return this.text;
    return /\r\n/.test(this.text) && !/\r(?!\n)|(?<!\r)\n/.test(this.text) ? value.replaceAll("\n", "\r\n") : value;
  }

  #form() {
    const { api, key, note } = this.options;
    const adding = key === null;
    const title = adding ? h("h2", { class: "tana-detail-title" }, "New key") : keyTitle(key);
    const keyField = adding ? this.#field("Key", this.key) : null;
    const times =
      api !== "kv" ? null : this.#field("Expires in, seconds", this.ttl, adding ? "never" : "unchanged; 0 for never");
    const metadata =
      api === "kv"
        ? this.#field("Metadata, JSON", this.metadata, adding ? "none" : "none; stays where unchanged")
        : null;
    const row = times || metadata ? h("div", { class: "tana-fields" }, times, metadata) : null;
    const value = h(
      "div",
      { class: "tana-field tana-grow" },
      h("div", { class: "tana-field-head" }, h("span", {}, "Value"), this.#forms()),
      this.value,
    );
    const buttons = h(
      "div",
      { class: "tana-form-buttons" },
      h("span", { class: "tana-quiet tana-grow" }, note),
      this.cancel,
      this.save,
    );
    const form = h(
      "form",
      { class: "tana-form", "aria-label": adding ? "New key" : "Edit value" },
      title,
      keyField,
      value,
      this.hint,
      row,
      this.error,
      buttons,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    return form;
  }

  #forms() {
    const name = freshId();
    const group = h("div", { class: "tana-choice", role: "radiogroup", "aria-label": "The value is" });
    for (const [as, label] of FORMS) {
      if (as === "bytes-hex" && this.options.api === "data") continue;
      const radio = /** @type {HTMLInputElement} */ (h("input", { type: "radio", name, value: as }));
      radio.checked = as === this.as;
      radio.addEventListener("change", () => {
        this.as = as;
        this.#check();
      });
      group.append(h("label", {}, radio, h("span", {}, label)));
    }
    return group;
  }

  #check() {
    const text = this.value.value;
    let wrong = "";
    if (this.as === "json" && text !== "" && text.length < CHECKED) {
      try {
        JSON.parse(text);
      } catch (error) {
        wrong = `Not JSON yet: ${/** @type {Error} */ (error).message}`;
      }
    }
    if (this.as === "bytes-hex" && !/^(?:\s*[0-9a-f]\s*[0-9a-f])*\s*$/i.test(text))
      wrong = "Not hex yet: two digits for each byte";
    setText(this.hint, wrong);
  }

  /** @param {string | null} error */
  #fail(error) {
    setText(this.error, error ?? "");
    put(this.error, "hidden", error === null);
  }

  /**
   * @param {string} type
   * @param {boolean} enabled
   */
  #input(type, enabled) {
    const input = h("input", {
      class: "tana-input",
      type,
      spellcheck: "false",
      autocomplete: "off",
      disabled: !enabled,
    });
    return /** @type {HTMLInputElement} */ (input);
  }

  /**
   * @param {string} label
   * @param {HTMLInputElement} input
   * @param {string} [placeholder]
   */
  #field(label, input, placeholder) {
    put(input, "placeholder", placeholder);
    return h("label", { class: "tana-field" }, h("span", {}, label), input);
  }
}
