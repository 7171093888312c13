/** Questions inside the widget: what lies under them waits, the rest of the notebook does not. */

import { button, freshId, h, put } from "./dom.js";
import { cancels, saves, trapTab } from "./keyboard.js";

/**
 * @typedef {{ title: string, body?: (Node | string)[], confirm?: string, cancel?: string | null,
 *   danger?: boolean, input?: string, label?: string }} Question
 */

export class Dialogs {
  /** @param {HTMLElement} root the widget; its other children are out of reach while something is asked */
  constructor(root) {
    this.root = root;
    /** @type {(() => void) | null} */
    this.cancel = null;
  }

  /**
   * Ask; answers null when cancelled, else true, or the text where the question has an input.
   * @param {Question} question
   * @returns {Promise<string | true | null>}
   */
  ask({ title, body = [], confirm = "OK", cancel = "Cancel", danger = false, input, label = "" }) {
    this.cancel?.();
    const before = /** @type {HTMLElement | null} */ (/** @type {any} */ (this.root.getRootNode()).activeElement);
    return new Promise((done) => {
      const id = freshId();
      const field = input === undefined ? null : this.#field(label, input);
      const finish = (/** @type {string | true | null} */ answer) => {
        this.cancel = null;
        veil.remove();
        for (const child of under) put(child, "inert", false);
        if (before && this.root.contains(before)) before.focus({ preventScroll: true });
        done(answer);
      };
      const yes = () => finish(field ? field.input.value : true);
      const no = button({ label: cancel ?? "", onclick: () => finish(null) });
      const go = button({ label: confirm, kind: danger ? "tana-danger" : "tana-primary", onclick: yes });
      const buttons = h("div", { class: "tana-dialog-buttons" }, cancel === null ? null : no, go);
      const text = h("div", { class: "tana-dialog-body", id: `${id}-body` }, ...body.map((part) => h("div", {}, part)));
      const names = { "aria-labelledby": id, "aria-describedby": `${id}-body` };
      const box = h("div", { class: "tana-dialog", role: "alertdialog", "aria-modal": "true", ...names });
      box.append(h("h2", { class: "tana-dialog-title", id }, title), text);
      if (field) box.append(field.element);
      box.append(buttons);
      const veil = h("div", { class: "tana-veil" }, box);
      box.addEventListener("keydown", (event) => {
        if (cancels(event)) finish(null);
        else if (saves(event) || (event.key === "Enter" && event.target === field?.input)) yes();
        else return trapTab(box, event);
        event.preventDefault();
      });
      const under = [...this.root.children];
      for (const child of under) put(child, "inert", true);
      this.root.append(veil);
      this.cancel = () => finish(null);
      if (field) field.input.select();
      // What cannot be undone must not happen by pressing Enter once more.
      (field ? field.input : danger && cancel !== null ? no : go).focus({ preventScroll: true });
      box.scrollIntoView({ block: "nearest" });
    });
  }

  /**
   * @param {string} label
   * @param {string} value
   */
  #field(label, value) {
    const input = /** @type {HTMLInputElement} */ (
      h("input", { class: "tana-input tana-code", spellcheck: "false", autocomplete: "off" })
    );
    input.value = value;
    return { input, element: h("label", { class: "tana-field" }, h("span", {}, label), input) };
  }
}
