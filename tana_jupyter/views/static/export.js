/** The export view: what of the store goes to PostgreSQL, what that would change there, and doing it. */

import { h } from "./dom.js";
import { ExportForm } from "./exporting.js";
import { Shell } from "./shell.js";
import { sameWish } from "./wish.js";

class ExportView {
  /** @param {{ model: any, el: HTMLElement }} view */
  constructor({ model, el }) {
    this.model = model;
    this.shell = new Shell({
      model,
      el,
      label: "Export to PostgreSQL",
      kind: "tana-export",
      onevent: () => this.form.refresh(),
      onsight: () => {},
      onother: (event) => event.event === "export" && this.form.take(event.state),
    });
    const { root, wire, dialogs, announcer, status } = this.shell;
    this.form = new ExportForm({
      wire,
      dialogs,
      say: (text) => announcer.say(text),
      onwish: (wish) => this.#save(wish),
    });
    this.where = h("span", { class: "tana-where" });
    const foot = h(
      "div",
      { class: "tana-foot" },
      h("span", {}, "Export to PostgreSQL"),
      status,
      h("span", { class: "tana-grow" }),
      this.where,
    );
    root.append(this.form.element, foot);
    this.outside = () => {
      // Also what this page has set itself comes back as a change.
      if (!sameWish(model.get("query"), this.form.form.wish)) this.#begin();
    };
    model.on("change:query", this.outside);
    this.#begin();
  }

  stop() {
    this.model.off("change:query", this.outside);
    this.shell.stop();
  }

  async #begin() {
    const answer = await this.form.begin();
    if (answer) this.where.textContent = `from ${answer.store.location}`;
  }

  /** @param {import("./wish.js").Wish} wish */
  #save(wish) {
    // A DSN pasted into the wrong field must not become part of what a notebook saves.
    const variable = /^\w*$/.test(wish.variable) ? wish.variable : "";
    this.model.set("query", { ...wish, variable });
    this.model.save_changes();
  }
}

/** @param {{ model: any, el: HTMLElement }} view */
function render({ model, el }) {
  const view = new ExportView({ model, el });
  return () => view.stop();
}

export default { render };
