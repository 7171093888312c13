/** What an export would do, row by row of a small table, each with the keys it stands for. */

import { h, freshId, icon, put } from "./dom.js";
import { badge } from "./states.js";
import { count, isolated, visible } from "./texts.js";

/** @typedef {{ kind: string, label?: string, always?: boolean, unlisted?: boolean, becomes: string }} PlanKind */

/** What becomes of the rows of each kind. Without a label it is a state of rows. @type {PlanKind[]} */
const PLAN_KINDS = [
  { kind: "added", always: true, becomes: "not there yet: inserted" },
  { kind: "changed", always: true, becomes: "there with another value: replaced" },
  { kind: "unchanged", label: "unchanged", always: true, becomes: "the same there: left alone" },
  { kind: "deleted", becomes: "only there: deleted, as a mirror asks" },
  { kind: "only_there", label: "only there", becomes: "only there: left alone" },
  { kind: "staged_left_out", label: "left out", unlisted: true, becomes: "staged, not committed: not exported" },
];

export class Planned {
  /** @param {(kind: string) => Promise<import("./rpc.js").Answer | null>} fetch the keys of a kind */
  constructor(fetch) {
    this.fetch = fetch;
    this.told = "";
    this.table = h("div", { role: "table", "aria-label": "What the export does" });
    this.notes = h("div", { class: "tana-plan-notes" });
    this.element = h("div", { class: "tana-plan", hidden: true }, this.table, this.notes);
  }

  /**
   * @param {Record<string, number> | null} counts
   * @param {string[]} notes what to know before it is done
   * @param {boolean} listed whether there is a plan whose keys can be asked for
   */
  show(counts, notes, listed) {
    const told = JSON.stringify([counts, notes, listed]);
    if (told === this.told) return;
    this.told = told;
    put(this.element, "hidden", counts === null);
    if (counts === null) return;
    const kinds = PLAN_KINDS.filter(({ kind, always }) => always || counts[kind]);
    this.table.replaceChildren(...kinds.flatMap((each) => this.#kind(each, counts[each.kind] ?? 0, listed)));
    this.notes.replaceChildren(...notes.map((note) => h("div", { class: "tana-note" }, visible(note))));
  }

  /**
   * @param {PlanKind} of
   * @param {number} number
   * @param {boolean} listed
   */
  #kind({ kind, label, unlisted, becomes }, number, listed) {
    const id = freshId();
    const cell = (/** @type {string} */ name, /** @type {(Node | string)[]} */ ...parts) =>
      h("div", { class: `tana-cell ${name}`, role: name ? "cell" : "rowheader" }, ...parts);
    const name = label ? h("span", { class: "tana-quiet" }, label) : badge(kind);
    const line = h("div", { class: "tana-plan-line", role: "row", "data-kind": kind, "data-none": number === 0 });
    line.append(cell("", name), cell("tana-plan-number", count(number)), cell("tana-quiet", becomes));
    if (!listed || unlisted || !number) return [line];
    const keys = h("div", { role: "cell" });
    const body = h("div", { class: "tana-plan-keys", role: "row", id, hidden: true }, keys);
    const toggle = h(
      "button",
      { type: "button", class: "tana-turn", "aria-controls": id, "aria-expanded": "false" },
      icon("branch"),
      "keys",
    );
    put(toggle, "aria-label", `Keys ${label ?? kind}`);
    toggle.addEventListener("click", () => {
      const open = toggle.getAttribute("aria-expanded") !== "true";
      put(toggle, "aria-expanded", String(open));
      put(body, "hidden", !open);
      if (open) this.#list(kind, number, keys);
    });
    line.append(h("div", { role: "cell" }, toggle));
    return [line, body];
  }

  /**
   * @param {string} kind
   * @param {number} number
   * @param {HTMLElement} into
   */
  async #list(kind, number, into) {
    into.replaceChildren(h("span", { class: "tana-quiet" }, "Reading\u2026"));
    const answer = await this.fetch(kind);
    if (!answer) return;
    if (!answer.ok) return void into.replaceChildren(h("span", { class: "tana-error" }, answer.error ?? "Refused."));
    const lines = answer.rows.map((/** @type {any} */ row) =>
      h(
        "div",
        { class: "tana-plan-key" },
        h("span", { class: "tana-quiet" }, `${row.contract}/${row.api} `),
        isolated(row.text),
      ),
    );
    const rest = number - answer.rows.length;
    if (rest > 0) lines.push(h("div", { class: "tana-note" }, `and ${count(rest)} more`));
    into.replaceChildren(...lines);
  }
}
