/** The export inside the key browser, in the place of the keys for as long as it is looked at. */

import { button, h, put } from "./dom.js";
import { ExportForm } from "./exporting.js";
import { cancels } from "./keyboard.js";

export class ExportPane {
  /** @param {{ shell: import("./shell.js").Shell, onleave: () => void }} options */
  constructor({ shell, onleave }) {
    const { wire, dialogs, announcer } = shell;
    this.open = false;
    this.form = new ExportForm({ wire, dialogs, say: (text) => announcer.say(text) });
    this.back = button({ icon: "back", label: "Keys", title: "Back to the keys (Esc)", onclick: onleave });
    this.element = h(
      "div",
      { role: "group", "aria-label": "Export to PostgreSQL", hidden: true },
      h("div", { class: "tana-back" }, this.back, h("strong", {}, "Export to PostgreSQL")),
      this.form.element,
    );
    this.element.addEventListener("keydown", (event) => {
      if (!cancels(event)) return;
      event.preventDefault();
      onleave();
    });
  }

  /** @param {{ contract: string, api: string, prefix: string } | null} query what the keys are of; null closes it */
  async show(query) {
    this.open = query !== null;
    put(this.element, "hidden", !this.open);
    if (!query) return;
    const { contract, api, prefix } = query;
    await this.form.begin({ contract, api, prefix });
    this.form.focus();
  }

  refresh() {
    if (this.open) this.form.refresh();
  }

  /** @param {import("./exporting.js").ExportState} state */
  take(state) {
    if (this.open) this.form.take(state);
  }
}
