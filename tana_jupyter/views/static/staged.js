/** Staged beside committed: what a commit would do to each key, and the two ways out. */

import { Actions, reason } from "./actions.js";
import { diffView } from "./diff.js";
import { button, freshId, h, icon, put } from "./dom.js";
import { Shell } from "./shell.js";
import { StagingBar } from "./staging.js";
import { badge } from "./states.js";
import { count, isolated, shown, visible } from "./texts.js";

const OPENED = 3;
const PREVIEW = 200;

class StagedView {
  /** @param {{ model: any, el: HTMLElement }} view */
  constructor({ model, el }) {
    this.model = model;
    this.contract = "";
    /** What the list was drawn from; the same again leaves it alone. */
    this.told = "";
    /** Keys whose difference is open or closed by hand. @type {Map<string, boolean>} */
    this.turned = new Map();
    this.shell = new Shell({
      model,
      el,
      label: "Staged changes",
      kind: "tana-staged",
      onevent: () => this.refresh(),
      onsight: () => {},
    });
    const { root, wire, dialogs } = this.shell;
    const say = (/** @type {string} */ text) => this.shell.announcer.tell(text);
    this.actions = new Actions({ root, wire, dialogs, say, onchange: () => this.refresh() });
    this.bar = new StagingBar({
      oncommit: () => this.#done(this.actions.commit(this.contract)),
      ondiscard: () => this.#done(this.actions.discard(this.contract, this.bar.number)),
      onreview: null,
    });
    this.name = h("span", {});
    this.list = h("div", { class: "tana-changes", role: "table", "aria-label": "Staged changes" });
    const foot = h("div", { class: "tana-foot" }, this.name, this.shell.status, this.shell.announcer.note);
    root.append(this.bar.element, this.list, foot);
    put(this.bar.element, "hidden", false);
    this.outside = () => this.#begin();
    model.on("change:query", this.outside);
    this.#begin();
  }

  async refresh() {
    if (!this.contract) return this.#begin();
    const answer = await this.shell.wire.read("staged", "staged", { contract: this.contract });
    if (!answer) return;
    if (!answer.ok) return this.shell.complain(reason(answer));
    this.shell.complain(null);
    this.bar.show(answer);
    const { id: _, ...told } = answer;
    if (JSON.stringify(told) !== this.told) this.#draw(answer);
    this.told = JSON.stringify(told);
  }

  stop() {
    this.model.off("change:query", this.outside);
    this.shell.stop();
  }

  async #begin() {
    const answer = await this.shell.wire.read("hello", "hello");
    if (!answer) return;
    if (!answer.ok) return this.shell.complain(reason(answer));
    const staging = answer.namespaces.find((/** @type {any} */ space) => space.staged > 0);
    this.contract = this.model.get("query")?.contract || answer.query?.contract || staging?.contract || "";
    this.name.textContent = this.contract;
    if (this.contract) await this.refresh();
    else this.#draw({ ok: true, rows: [], more: 0 });
  }

  /** @param {Promise<string | null>} work */
  async #done(work) {
    const error = await work;
    if (error !== "") this.bar.fail(error);
  }

  /** @param {import("./rpc.js").Answer} answer */
  #draw({ rows, more = 0 }) {
    const root = /** @type {any} */ (this.list.getRootNode());
    const focused = this.list.contains(root.activeElement) ? root.activeElement.getAttribute("data-name") : null;
    if (!rows.length) {
      const nothing = h(
        "p",
        {},
        "Nothing is staged. What ",
        h("code", {}, "data.set"),
        " and ",
        h("code", {}, "data.delete"),
        " stage shows here until it is committed.",
      );
      this.list.replaceChildren(h("div", { class: "tana-nothing" }, nothing));
      return;
    }
    const head = h("div", { class: "tana-change tana-change-head", role: "row" });
    for (const label of ["Change", "Key", "Committed", "Staged"])
      head.append(h("div", { role: "columnheader" }, label));
    head.append(h("div", { role: "columnheader" }, h("span", { class: "tana-spoken" }, "Unstage")));
    const changes = rows.map((/** @type {any} */ row, /** @type {number} */ at) => this.#change(row, at));
    const rest = more
      ? [
          h(
            "div",
            { class: "tana-note" },
            `and ${count(more)} more that are not listed; Commit and Discard are for all of them.`,
          ),
        ]
      : [];
    this.list.replaceChildren(head, ...changes.flat(), ...rest);
    if (focused)
      /** @type {HTMLElement | null} */ (this.list.querySelector(`[data-name="${CSS.escape(focused)}"]`))?.focus();
  }

  /**
   * @param {any} row
   * @param {number} at
   */
  #change(row, at) {
    const open = this.turned.get(row.k) ?? (row.state === "changed" && at < OPENED);
    const id = freshId();
    const text = (/** @type {string | null} */ value, /** @type {string} */ none) => {
      if (value === null) return h("span", { class: "tana-quiet" }, none);
      return value === ""
        ? isolated("")
        : h("bdi", { title: visible(value.slice(0, PREVIEW)) }, ...shown(value.slice(0, PREVIEW)));
    };
    const cell = (/** @type {string} */ kind, /** @type {Node[]} */ ...parts) =>
      h("div", { class: `tana-cell ${kind}`, role: "cell" }, ...parts);
    const toggle = h(
      "button",
      { type: "button", class: "tana-turn", "aria-controls": id, "data-name": `turn-${row.k}` },
      icon("branch"),
      h("bdi", {}, ...(row.text ? shown(row.text) : ["(empty)"])),
    );
    put(toggle, "title", visible(row.text).slice(0, 600));
    const undo = button({
      icon: "undo",
      title: `Unstage ${visible(row.text).slice(0, 120)}`,
      onclick: () => this.#done(this.actions.unstage(this.contract, row)),
    });
    put(undo, "data-name", `undo-${row.k}`);
    const line = h(
      "div",
      { class: "tana-change", role: "row", "data-state": row.state },
      cell("", badge(row.state)),
      cell("tana-key", toggle),
    );
    line.append(
      cell("tana-value", text(row.committed, "not there")),
      cell("tana-value", text(row.staged, "deleted")),
      cell("", undo),
    );
    const body = h(
      "div",
      { class: "tana-change-body", role: "row", id },
      h("div", { role: "cell" }, diffView(row.diff)),
    );
    const turn = (/** @type {boolean} */ to) => {
      put(toggle, "aria-expanded", String(to));
      put(body, "hidden", !to);
    };
    toggle.addEventListener("click", () => {
      const to = toggle.getAttribute("aria-expanded") !== "true";
      this.turned.set(row.k, to);
      turn(to);
    });
    turn(open);
    return [line, body];
  }
}

/** @param {{ model: any, el: HTMLElement }} view */
function render({ model, el }) {
  const view = new StagedView({ model, el });
  return () => view.stop();
}

export default { render };
