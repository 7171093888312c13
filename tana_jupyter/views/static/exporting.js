/** An export from the question to the result. The kernel says in which state it is; this shows that state. */

import { button, h, put, setText } from "./dom.js";
import { Planned } from "./planned.js";
import { count, counted } from "./texts.js";
import { sameWish, WishForm } from "./wish.js";

/**
 * @typedef {{ serial: number, phase: "idle" | "planning" | "planned" | "exporting" | "done", target: string | null,
 *   query: Wish | null, counts: Record<string, number> | null, delete: number, notes: string[], step: string | null,
 *   rows: number, total: number, rate: number | null, seconds: number | null, error: string | null, ending: boolean,
 *   stale: boolean }} ExportState
 * @typedef {import("./wish.js").Wish} Wish
 */

const REFUSED = "The kernel refused it and gave no reason.";

/** @param {ExportState} state */
const writes = ({ counts }) => (counts ? counts.added + counts.changed : 0);

export class ExportForm {
  /**
   * @param {{ wire: import("./rpc.js").Wire, dialogs: import("./dialog.js").Dialogs, say: (text: string) => void,
   *   onwish?: (wish: Wish) => void }} options
   */
  constructor({ wire, dialogs, say, onwish = () => {} }) {
    this.wire = wire;
    this.dialogs = dialogs;
    this.say = say;
    this.onwish = onwish;
    /** @type {ExportState | null} */
    this.state = null;
    this.form = new WishForm({ onchange: () => this.#changed(), oncheck: () => this.#check() });
    this.planned = new Planned((kind) => wire.read("rows", "plan_rows", { kind }));
    this.fill = h("span", { class: "tana-meter-fill" });
    this.meter = h(
      "div",
      { class: "tana-progress", role: "progressbar", "aria-label": "Export", hidden: true },
      this.fill,
    );
    this.note = h("span", { class: "tana-export-note" });
    this.error = h("div", { class: "tana-error", role: "alert", hidden: true });
    this.cancel = button({
      label: "Cancel",
      title: "Roll all of it back; the kernel's Stop does the same",
      onclick: () => this.#cancel(),
    });
    this.go = button({ label: "Export", kind: "tana-primary", onclick: () => this.#apply() });
    const line = h(
      "div",
      { class: "tana-export-line" },
      this.note,
      h("span", { class: "tana-grow" }),
      this.cancel,
      this.go,
    );
    const end = h("div", { class: "tana-export-end" }, this.meter, line, this.error);
    this.element = h("div", { class: "tana-exporting" }, this.form.element, this.planned.element, end);
    for (const one of [this.cancel, this.go]) put(one, "hidden", true);
  }

  /**
   * Ask the kernel where things stand, and fill the form with what it wants to export.
   * @param {Partial<Wish>} [place] what is to be exported, where the view knows better than the kernel
   */
  async begin(place = {}) {
    const answer = await this.#ask();
    if (answer) this.form.show({ ...answer.query, ...place });
    if (answer) this.take(answer.state);
    return answer;
  }

  /** Ask the kernel where things stand; what is in the form stays. */
  async refresh() {
    const answer = await this.#ask();
    if (answer) this.take(answer.state);
  }

  /** Go where the next thing is to be said. */
  focus() {
    const { form, cancel } = this;
    const field = form.byName ? form.variable : form.dsn;
    (cancel.hidden ? field : cancel).focus({ preventScroll: true });
  }

  /** @param {ExportState} state */
  take(state) {
    const before = this.state;
    if (before && state.serial < before.serial) return;
    this.state = state;
    const { phase, target, error, ending } = state;
    const works = phase === "planning" || phase === "exporting";
    const focused = /** @type {any} */ (this.element.getRootNode()).activeElement;
    const within = this.element.contains(focused);
    this.form.rest(works);
    if (phase === "planned" && before?.phase === "planning" && target && !this.form.byName) this.form.sent(target);
    this.#fail(error);
    put(this.cancel, "hidden", !works);
    put(this.cancel, "disabled", ending);
    put(this.element, "aria-busy", works ? "true" : null);
    this.#progress(state);
    this.#plan();
    if (before?.phase === phase && before.error === error) return;
    if (within && works) this.cancel.focus({ preventScroll: true });
    else if (within && before && focused === this.cancel) this.#next().focus({ preventScroll: true });
    if (before) this.say(this.#said());
  }

  /** What belongs to the plan; nothing of it while the form says something else. */
  #plan() {
    const state = /** @type {ExportState} */ (this.state);
    const { phase, counts, stale } = state;
    const { secret, wish } = this.form;
    const fits = phase !== "planned" || (secret === "" && sameWish(state.query, wish));
    const number = writes(state);
    const work = number + state.delete;
    this.planned.show(fits ? counts : null, fits ? state.notes : [], phase === "planned");
    put(this.go, "hidden", phase !== "planned" || !fits);
    put(this.go, "disabled", work === 0 || stale);
    const deleted = state.delete ? `, delete ${count(state.delete)}` : "";
    setText(/** @type {Element} */ (this.go.querySelector("span")), `Export ${counted(number, "row")}${deleted}`);
    setText(this.note, fits ? this.#said() : "Check again: this is another export.");
    this.form.check.classList.toggle("tana-primary", !fits || phase !== "planned" || stale);
  }

  #said() {
    const state = /** @type {ExportState} */ (this.state);
    const { phase, target, step, rows, total, rate, seconds, counts, ending, error, stale } = state;
    if (ending) return "Cancelling\u2026";
    if (phase === "planning") return rows ? `Checking\u2026 ${counted(rows, "row")}` : "Checking what is there\u2026";
    if (phase === "exporting" && step === "writing") return `Writing ${counted(writes(state), "row")}\u2026`;
    if (phase === "exporting") {
      const speed = rate ? `, ${count(rate)} rows/s` : "";
      return total ? `${count(rows)} of ${counted(total, "row")}${speed}` : "Exporting\u2026";
    }
    if (error) return "";
    if (phase === "idle") return "Check finds out what would change. Nothing is written before you see it.";
    if (phase === "planned") {
      if (stale) return "The notebook\u2019s data has changed since: check again.";
      const nothing = writes(state) + state.delete === 0;
      return nothing
        ? `Nothing to do: ${target} has all of it.`
        : `Nothing is written yet. To ${target}, all or nothing.`;
    }
    if (phase === "done" && counts) {
      const took = seconds === null ? "" : ` in ${seconds < 10 ? seconds.toFixed(1) : count(Math.round(seconds))} s`;
      const speed = rate ? `, ${count(rate)} rows/s` : "";
      return `Exported to ${target}${took}${speed}.`;
    }
    return "";
  }

  /** @param {ExportState} state */
  #progress({ phase, step, rows, total }) {
    const works = phase === "planning" || phase === "exporting";
    put(this.meter, "hidden", !works);
    const known = phase === "exporting" && total > 0 && step !== "writing";
    const part = known ? Math.min(1, rows / total) : 0;
    put(this.meter, "data-unknown", !known);
    put(this.meter, "aria-valuemin", known ? 0 : null);
    put(this.meter, "aria-valuemax", known ? total : null);
    put(this.meter, "aria-valuenow", known ? rows : null);
    put(this.meter, "aria-valuetext", known ? `${count(rows)} of ${counted(total, "row")}` : null);
    this.fill.style.width = known ? `${(100 * part).toFixed(1)}%` : "";
  }

  /** The button that people want after what has just ended. */
  #next() {
    return this.go.hidden || this.go.disabled ? this.form.check : this.go;
  }

  async #ask() {
    const answer = await this.wire.read("export", "export");
    if (!answer) return null;
    if (answer.ok) this.form.offer(answer.namespaces, answer.variables);
    else this.#fail(answer.error ?? REFUSED);
    return answer.ok ? answer : null;
  }

  #changed() {
    this.onwish(this.form.wish);
    if (this.state) this.#plan();
  }

  async #check() {
    if (this.state?.phase === "planning" || this.state?.phase === "exporting") return;
    const { wish } = this.form;
    const target = this.form.secret;
    this.#told(await this.wire.write("plan", target ? { query: wish, target } : { query: wish }));
  }

  async #apply() {
    const number = this.state?.delete ?? 0;
    if (number && !(await this.#agreed(number))) return;
    this.#told(await this.wire.write("apply", number ? { confirm: number } : {}));
  }

  async #cancel() {
    this.#told(await this.wire.write("cancel", {}));
  }

  /** @param {number} number */
  async #agreed(number) {
    const rows = counted(number, "row");
    for (let problem = ""; ; problem = `That is not ${count(number)}.`) {
      const given = await this.dialogs.ask({
        title: `Delete ${rows} there?`,
        body: [
          `${this.state?.target} has ${rows} of what you export that the notebook does not have. A mirror deletes them.`,
          ...(problem ? [h("p", { class: "tana-error" }, problem)] : []),
        ],
        confirm: "Export and delete",
        danger: true,
        input: "",
        label: `Type ${number} to go on`,
      });
      if (typeof given !== "string") return false;
      if (given.replace(/[\s,.]/g, "") === String(number)) return true;
    }
  }

  /** @param {import("./rpc.js").Answer} answer of something that was begun; its state comes as an event */
  #told(answer) {
    if (!answer.ok) this.#fail(answer.error ?? REFUSED);
  }

  /** @param {string | null} error */
  #fail(error) {
    setText(this.error, error ?? "");
    put(this.error, "hidden", error === null);
  }
}
