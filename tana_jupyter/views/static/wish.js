/** The upper half of an export: what of the store, and where to. */

import { button, freshId, h, put } from "./dom.js";
import { APIS, PREFIX_MOST } from "./query.js";

/**
 * @typedef {{ contract: string, api: string, prefix: string, mirror: boolean, variable: string }} Wish
 * @typedef {import("./query.js").Namespace} Namespace
 */

const WAYS = [
  ["dsn", "DSN"],
  ["variable", "Variable"],
];

const WISHED = /** @type {const} */ (["contract", "api", "prefix", "mirror", "variable"]);

/**
 * @param {Wish | null} one
 * @param {Wish} other
 */
export const sameWish = (one, other) => WISHED.every((name) => one?.[name] === other[name]);

export class WishForm {
  /** @param {{ onchange: () => void, oncheck: () => void }} options */
  constructor({ onchange, oncheck }) {
    const id = freshId();
    this.contract = this.#select("Contract", onchange);
    this.api = this.#select("API", onchange);
    this.api.append(
      ...[["", "all APIs"], ...APIS.map((api) => [api, api])].map(([value, label]) => h("option", { value }, label)),
    );
    this.prefix = this.#input(
      { "aria-label": "Prefix of the keys", placeholder: "Keys that start with\u2026 (all)", maxlength: PREFIX_MOST },
      onchange,
      oncheck,
    );
    this.mirror = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", onchange }));
    this.ways = h("div", { class: "tana-choice", role: "radiogroup", "aria-label": "Where to" });
    for (const [value, label] of WAYS) {
      const radio = h("input", {
        type: "radio",
        name: `${id}-way`,
        value,
        onchange: () => this.#turn(value, onchange),
      });
      this.ways.append(h("label", {}, radio, h("span", {}, label)));
    }
    const names = h("datalist", { id: `${id}-names` });
    this.names = names;
    // Masked, and known to no password manager: it is typed once, and no part of it is kept in the page.
    this.dsn = this.#input(
      {
        type: "password",
        "aria-label": "PostgreSQL DSN",
        placeholder: "postgresql://user:password@host/database",
        autocomplete: "off",
        "data-1p-ignore": true,
        "data-lpignore": "true",
        class: "tana-input tana-code",
      },
      onchange,
      oncheck,
    );
    this.variable = this.#input(
      {
        "aria-label": "Environment variable that holds the DSN",
        placeholder: "DATABASE_URL",
        list: names.id,
        class: "tana-input tana-code",
      },
      onchange,
      oncheck,
    );
    this.check = button({
      label: "Check",
      kind: "tana-primary",
      title: "Find out what the export would do; nothing is written",
      onclick: oncheck,
    });
    const mirror = h(
      "label",
      {
        class: "tana-check",
        title: "Rows there, of the same contract, API and prefix, that the notebook does not have",
      },
      this.mirror,
      h("span", {}, "Mirror: delete what is only there"),
    );
    const what = h(
      "div",
      { class: "tana-toolbar", role: "group", "aria-label": "What to export" },
      this.contract,
      this.api,
      h("div", { class: "tana-grow" }, this.prefix),
      mirror,
    );
    const where = h(
      "div",
      { class: "tana-toolbar", role: "group", "aria-label": "Where to" },
      this.ways,
      h("div", { class: "tana-grow" }, this.dsn, this.variable, names),
      this.check,
    );
    this.element = h("div", { class: "tana-wish" }, what, where);
    this.#way("dsn");
  }

  /** @returns {Wish} */
  get wish() {
    return {
      contract: this.contract.value,
      api: this.api.value,
      prefix: this.prefix.value,
      mirror: this.mirror.checked,
      variable: this.byName ? this.variable.value.trim() : "",
    };
  }

  get byName() {
    return this.#chosen() === "variable";
  }

  /** @param {Wish} wish */
  show(wish) {
    this.#contracts([wish.contract]);
    this.contract.value = wish.contract;
    this.api.value = wish.api;
    this.prefix.value = wish.prefix;
    this.mirror.checked = wish.mirror;
    if (!wish.variable) return;
    this.variable.value = wish.variable;
    this.#way("variable");
  }

  /**
   * What there is to choose from.
   * @param {Namespace[]} spaces
   * @param {string[]} variables
   */
  offer(spaces, variables) {
    this.#contracts(spaces.map(({ contract }) => contract));
    this.names.replaceChildren(...variables.map((value) => h("option", { value })));
    if (!this.variable.value && variables.length === 1) [this.variable.value] = variables;
  }

  /** The DSN that was typed, "" for none. */
  get secret() {
    return this.byName ? "" : this.dsn.value.trim();
  }

  /**
   * The DSN has done its work: the kernel knows it, and the page forgets it.
   * @param {string} place what it led to, for people
   */
  sent(place) {
    this.dsn.value = "";
    put(this.dsn, "placeholder", `${place} \u2014 type to go elsewhere`);
  }

  /** @param {boolean} off */
  rest(off) {
    for (const field of this.element.querySelectorAll("input, select, button")) put(field, "disabled", off);
  }

  /** @param {string[]} names */
  #contracts(names) {
    const known = [...this.contract.options].map(({ value }) => value);
    const all = [...new Set(["", ...known, ...names])].sort();
    if (all.length === known.length) return;
    const { value } = this.contract;
    this.contract.replaceChildren(...all.map((name) => h("option", { value: name }, name || "all contracts")));
    this.contract.value = value;
  }

  /** @param {string} way */
  #way(way) {
    for (const radio of this.ways.querySelectorAll("input")) radio.checked = radio.value === way;
    put(this.dsn, "hidden", way !== "dsn");
    put(this.variable, "hidden", way !== "variable");
  }

  /**
   * @param {string} way
   * @param {() => void} onchange
   */
  #turn(way, onchange) {
    this.#way(way);
    onchange();
  }

  #chosen() {
    return [...this.ways.querySelectorAll("input")].find((radio) => radio.checked)?.value;
  }

  /**
   * @param {string} label
   * @param {() => void} onchange
   */
  #select(label, onchange) {
    return /** @type {HTMLSelectElement} */ (
      h("select", { class: "tana-select", "aria-label": label, title: label, onchange })
    );
  }

  /**
   * @param {Record<string, any>} attributes
   * @param {() => void} oninput
   * @param {() => void} onenter
   */
  #input(attributes, oninput, onenter) {
    const input = /** @type {HTMLInputElement} */ (
      h("input", {
        class: "tana-input",
        type: "text",
        spellcheck: "false",
        autocomplete: "off",
        ...attributes,
        oninput,
      })
    );
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      onenter();
    });
    return input;
  }
}
