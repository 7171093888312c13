/** What stands beside the list: the value of a key, or the form that changes it. Nothing that was typed gets lost. */

import { reason } from "./actions.js";
import { Detail } from "./detail.js";
import { Editor } from "./editor.js";

/**
 * @typedef {{ contract: string, api: string }} Place
 * @typedef {{ shell: import("./shell.js").Shell, actions: import("./actions.js").Actions, place: () => Place,
 *   onaction: (name: string, row: any) => void, onshow: (open: boolean) => void, onleave: () => void,
 *   onsaved: (row: any) => void }} Options
 *   onleave: the keyboard belongs to the list again
 */

/** @param {import("./rpc.js").Answer} answer */
const canEdit = ({ row, value }) => value.editable !== false && !value.truncated && row.state !== "deleted";

/** What an answer says, whichever question it was for. @param {import("./rpc.js").Answer | null} answer */
const told = (answer) => JSON.stringify({ ...answer, id: null });

export class Side {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.shell = options.shell;
    /** @type {Editor | null} */
    this.editor = null;
    /** Counts what was asked for: an answer to an older wish comes too late. */
    this.turn = 0;
    this.detail = new Detail({
      onaction: (name) => options.onaction(name, this.row),
      onclose: () => this.close(),
      now: () => this.shell.clock.now(),
    });
    this.element = this.detail.element;
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) this.close();
    });
  }

  get open() {
    return this.detail.open;
  }

  /** The row whose value is shown. */
  get row() {
    return this.detail.answer?.row ?? null;
  }

  /** @param {any} row */
  async show(row) {
    if (!(await this.#mayLeave())) return;
    this.editor = null;
    const turn = (this.turn += 1);
    const answer = await this.#read(row);
    if (!answer || turn !== this.turn) return;
    if (answer.ok) this.detail.show(answer);
    else this.detail.fail(reason(answer));
    this.options.onshow(true);
  }

  /**
   * Go along with the line the list stands on.
   * @param {any} row
   */
  follow(row) {
    if (this.open && !this.editor && row.k !== this.row?.k) this.show(row);
  }

  /** Read again what is shown; a row that is gone leaves no pane behind. */
  async refresh() {
    if (!this.row) return;
    const turn = (this.turn += 1);
    const answer = await this.#read(this.row);
    if (!answer || turn !== this.turn) return;
    if (!answer.ok) this.close();
    else if (told(answer) !== told(this.detail.answer)) this.detail.show(answer);
  }

  /** @param {any} row null for a new key */
  async edit(row) {
    if (!(await this.#mayLeave())) return;
    this.editor = null;
    const place = this.options.place();
    const turn = (this.turn += 1);
    const known = row ? await this.#read(row) : null;
    if (turn !== this.turn || (row && !known)) return;
    let editor = null;
    if (known && !known.ok) this.detail.fail(reason(known));
    else if (known && !canEdit(known)) this.detail.show(known);
    else editor = this.#open(place, known);
    this.options.onshow(true);
    // Only what is shown can be focused.
    editor?.focus();
  }

  close() {
    const inside = this.element.contains(/** @type {any} */ (this.element.getRootNode()).activeElement);
    this.editor = null;
    this.turn += 1;
    this.detail.close();
    this.options.onshow(false);
    if (inside) this.options.onleave();
  }

  /** @param {any} row */
  #read(row) {
    return this.shell.wire.read("detail", "detail", { ...this.options.place(), k: row.k });
  }

  /**
   * @param {Place} place
   * @param {import("./rpc.js").Answer | null} known
   */
  #open(place, known) {
    const as = known?.value.as ?? "json";
    const text = as === "bytes-hex" ? known?.value.text || known?.hex : known?.value.text;
    const editor = new Editor({
      api: place.api,
      key: known ? known.row.text : null,
      value: text,
      as,
      metadata: known?.metadata,
      note: place.api === "data" ? "Saving stages it." : "Saving writes it at once.",
      onsave: async (draft) => {
        const was = known ? { k: known.row.k, version: known.version, seen: known.seen } : {};
        const { row, error } = await this.options.actions.save(place, draft, was);
        if (row) this.#end(known ? row : null);
        if (row) this.options.onsaved(row);
        return error || null;
      },
      oncancel: async () => {
        if (await this.#mayLeave()) this.#end(known?.row ?? null);
      },
    });
    this.editor = editor;
    this.detail.hold(editor.element);
    return editor;
  }

  /** @param {any} row what to show instead of the form; null for nothing */
  #end(row) {
    this.editor = null;
    if (row) this.show(row);
    else this.close();
    this.options.onleave();
  }

  async #mayLeave() {
    if (!this.editor?.touched) return true;
    const question = { title: "Give up what you typed?", confirm: "Give up", cancel: "Keep editing", danger: true };
    const left = await this.shell.dialogs.ask(question);
    if (!left) this.editor?.focus();
    return left !== null;
  }
}
