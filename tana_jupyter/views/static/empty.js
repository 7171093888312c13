/** What stands in the middle of a list that has nothing to list. */

import { button, h, put } from "./dom.js";
import { isolated } from "./texts.js";

/** @typedef {import("./query.js").Query} Query */

export class Empty {
  /** @param {{ onadd: () => void, onclear: () => void }} options */
  constructor({ onadd, onclear }) {
    this.options = { onadd, onclear };
    this.shown = "";
    this.element = h("div", { class: "tana-nothing", hidden: true });
  }

  /**
   * @param {Query} query
   * @param {boolean} nothing
   */
  show(query, nothing) {
    put(this.element, "hidden", !nothing);
    const what = JSON.stringify([nothing, query]);
    if (!nothing || what === this.shown) return;
    this.shown = what;
    const { prefix, contract, api, layer } = query;
    if (prefix) {
      const line = h("p", {}, "No keys start with ", h("code", {}, isolated(prefix)));
      this.element.replaceChildren(line, button({ label: "Clear the search", onclick: this.options.onclear }));
    } else if (api === "data" && layer === "staged") {
      this.element.replaceChildren(h("p", {}, "Nothing is staged."));
    } else {
      const where = h("code", {}, contract ? `${contract} / ${api}` : api);
      const add = button({ icon: "add", label: "Add a key", onclick: this.options.onadd });
      this.element.replaceChildren(h("p", {}, "No keys in ", where, " yet."), add);
    }
  }
}
