/** The line above the list: where to look, what for, and how to show it. */

import { button, freshId, h, icon, put } from "./dom.js";
import { APIS, PREFIX_MOST } from "./query.js";
import { count, counted, size } from "./texts.js";

/**
 * @typedef {import("./query.js").Query} Query
 * @typedef {import("./query.js").Namespace} Namespace
 */

const PAUSE = 120;
const LAYERS = [
  ["both", "Both layers"],
  ["staged", "Staged"],
  ["committed", "Committed"],
];

/** @param {Namespace | undefined} space */
const amounts = (space) => {
  if (!space) return "no keys";
  if (space.rows === null) return "not counted yet";
  return `${counted(space.rows, "key")}, ${size(space.bytes ?? 0)}`;
};

export class Toolbar {
  /** @param {{ onquery: (change: Partial<Query>) => void, onaction: (name: string) => void }} options */
  constructor({ onquery, onaction }) {
    this.onquery = onquery;
    this.onaction = onaction;
    /** @type {Namespace[]} */
    this.spaces = [];
    this.id = freshId();
    this.places = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.contract = this.#select("Contract", (contract) =>
      onquery({ contract, api: this.#bestApi(contract), prefix: "" }),
    );
    this.apis = h("div", { class: "tana-choice", role: "radiogroup", "aria-label": "API" });
    this.layer = this.#select("Layer", (layer) => onquery({ layer: /** @type {Query["layer"]} */ (layer) }));
    this.layer.append(...LAYERS.map(([value, label]) => h("option", { value }, label)));
    this.search = this.#search();
    this.clear = button({ icon: "clear", title: "Clear the search", onclick: () => this.#typed("", true) });
    this.view = h("div", { class: "tana-choice", role: "radiogroup", "aria-label": "Shown as" });
    this.view.append(this.#choice("flat", "flat", "List"), this.#choice("tree", "tree", "Tree by :"));
    const box = h("div", { class: "tana-search" }, icon("search"), this.search, this.clear);
    this.exporting = button({ icon: "export", title: "Export to PostgreSQL", onclick: () => onaction("export") });
    const tools = [
      this.view,
      button({ icon: "refresh", title: "Ask the kernel again", onclick: () => onaction("refresh") }),
      this.exporting,
      button({ icon: "add", label: "Add", title: "Add a key (n)", kind: "tana-add", onclick: () => onaction("add") }),
    ];
    this.element = h(
      "div",
      { class: "tana-toolbar", role: "group", "aria-label": "Browse" },
      this.contract,
      this.apis,
      this.layer,
      box,
      h("div", { class: "tana-tools" }, ...tools),
    );
  }

  /**
   * @param {Query} query
   * @param {Namespace[]} spaces
   */
  show(query, spaces) {
    this.spaces = spaces;
    this.#showPlaces(query);
    put(this.layer, "hidden", query.api !== "data");
    this.layer.value = query.layer;
    // What is being typed is newer than what is known.
    if (this.timer === undefined && this.search.value !== query.prefix) this.search.value = query.prefix;
    put(this.clear, "hidden", this.search.value === "");
    for (const radio of this.view.querySelectorAll("input")) radio.checked = radio.value === query.view;
  }

  /**
   * The pickers; left alone where nothing changed, so that none is exchanged while it is being clicked.
   * @param {Query} query
   */
  #showPlaces(query) {
    const places = JSON.stringify([query.contract, query.api, this.spaces]);
    if (places === this.places) return;
    this.places = places;
    const contracts = [...new Set([query.contract, ...this.spaces.map(({ contract }) => contract)])]
      .filter(Boolean)
      .sort();
    this.contract.replaceChildren(...contracts.map((name) => h("option", { value: name }, this.#contractLabel(name))));
    this.contract.value = query.contract;
    const known = APIS.filter((api) => api !== "deno" || api === query.api || this.#space(query.contract, api));
    const focused = this.apis.contains(/** @type {any} */ (this.apis.getRootNode()).activeElement);
    this.apis.replaceChildren(...known.map((api) => this.#api(query, api)));
    if (focused) this.apis.querySelector("input:checked")?.dispatchEvent(new Event("wanted"));
  }

  stop() {
    clearTimeout(this.timer);
  }

  /**
   * @param {string} contract
   * @param {string} api
   */
  #space(contract, api) {
    return this.spaces.find((space) => space.contract === contract && space.api === api);
  }

  /** @param {string} contract */
  #bestApi(contract) {
    const mine = this.spaces.filter((space) => space.contract === contract);
    return APIS.find((api) => mine.some((space) => space.api === api && (space.rows !== 0 || space.staged))) ?? "kv";
  }

  /** @param {string} contract */
  #contractLabel(contract) {
    const mine = this.spaces.filter((space) => space.contract === contract);
    if (!mine.length || mine.some(({ rows }) => rows === null)) return contract;
    const [rows, bytes] = mine.reduce(
      ([all, sum], space) => [all + (space.rows ?? 0), sum + (space.bytes ?? 0)],
      [0, 0],
    );
    return `${contract} \u2014 ${counted(rows, "key")}, ${size(bytes)}`;
  }

  /**
   * @param {Query} query
   * @param {string} api
   */
  #api(query, api) {
    const space = this.#space(query.contract, api);
    const rows = space ? space.rows : 0;
    const number = h("span", { class: "tana-count" }, rows === null ? "\u2026" : count(rows));
    const staged = space?.staged ? h("span", { class: "tana-dot", title: `${count(space.staged)} staged` }) : null;
    const radio = /** @type {HTMLInputElement} */ (
      h("input", { type: "radio", name: `${this.id}-api`, value: api, "aria-label": `${api}, ${amounts(space)}` })
    );
    radio.checked = api === query.api;
    radio.addEventListener("change", () => this.onquery({ api }));
    radio.addEventListener("wanted", () => radio.focus({ preventScroll: true }));
    return h("label", { title: amounts(space) }, radio, h("span", {}, api, number, staged));
  }

  /**
   * @param {Query["view"]} value
   * @param {import("./dom.js").IconName} name
   * @param {string} title
   */
  #choice(value, name, title) {
    const radio = h("input", {
      type: "radio",
      name: `${this.id}-view`,
      value,
      "aria-label": title,
      onchange: () => this.onquery({ view: value }),
    });
    return h("label", { title }, radio, h("span", {}, icon(name)));
  }

  /**
   * @param {string} label
   * @param {(value: string) => void} onchange
   */
  #select(label, onchange) {
    const select = /** @type {HTMLSelectElement} */ (
      h("select", { class: "tana-select", "aria-label": label, title: label })
    );
    select.addEventListener("change", () => onchange(select.value));
    return select;
  }

  #search() {
    const attributes = {
      class: "tana-input",
      type: "text",
      role: "searchbox",
      placeholder: "Keys that start with\u2026",
      maxlength: PREFIX_MOST,
    };
    const input = /** @type {HTMLInputElement} */ (
      h("input", {
        ...attributes,
        "aria-label": "Prefix of the keys",
        spellcheck: "false",
        autocomplete: "off",
        title: "Search by prefix (/)",
      })
    );
    input.addEventListener("input", () => this.#typed(input.value, false));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && input.value !== "") this.#typed("", true);
      else if (event.key === "Enter" || event.key === "ArrowDown" || event.key === "Escape") this.onaction("list");
      else return;
      event.preventDefault();
    });
    return input;
  }

  /**
   * @param {string} prefix
   * @param {boolean} atOnce
   */
  #typed(prefix, atOnce) {
    clearTimeout(this.timer);
    if (this.search.value !== prefix) this.search.value = prefix;
    put(this.clear, "hidden", prefix === "");
    const go = () => {
      this.timer = undefined;
      this.onquery({ prefix });
    };
    if (!atOnce) this.timer = setTimeout(go, PAUSE);
    else {
      go();
      this.search.focus({ preventScroll: true });
    }
  }
}
