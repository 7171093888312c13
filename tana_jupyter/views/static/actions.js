/** What changes the store, and the questions that come before it. */

import { copyText } from "./clipboard.js";
import { h } from "./dom.js";
import { SHEET } from "./keyboard.js";
import { count, counted, visible } from "./texts.js";

/**
 * @typedef {import("./rpc.js").Answer} Answer
 * @typedef {{ contract: string, api: string }} Place
 */

const NAMED = 5;
const BULK = 500;
const COPIED = { key: "key", value: "value", typescript: "TypeScript" };

/** @param {Answer} answer */
export const reason = (answer) => answer.error || "The kernel refused it and gave no reason.";

/** @param {string} text */
const quoted = (text) => `\u201c${visible(text).slice(0, 120)}\u201d`;

export class Actions {
  /**
   * @param {{ root: HTMLElement, wire: import("./rpc.js").Wire, dialogs: import("./dialog.js").Dialogs,
   *   say: (text: string) => void, onchange: () => void }} options
   */
  constructor({ root, wire, dialogs, say, onchange }) {
    this.root = root;
    this.wire = wire;
    this.dialogs = dialogs;
    this.say = say;
    this.onchange = onchange;
  }

  /**
   * Write a new key, or a new value of one. Answers the row, else the error to show in the form: "" when given up.
   * @param {Place} place
   * @param {import("./editor.js").Draft} draft
   * @param {{ k?: string, version?: string | null, seen?: string }} known the row it was opened with; empty for a new key
   */
  async save(place, draft, { k, version, seen }) {
    const { text, ...fields } = draft;
    const staged = place.api === "data";
    if (!staged && !(await this.#agreed(place, text, k !== undefined))) return { error: "" };
    const target = k === undefined ? { text } : { k };
    const expect = { ...(k !== undefined && version ? { expect: version } : {}), ...(seen ? { seen } : {}) };
    const put = { ...place, ...target, ...fields, overwrite: k !== undefined };
    let answer = await this.wire.write("put", { ...put, ...expect });
    if (answer.exists && (await this.#overwrite(text)))
      answer = await this.wire.write("put", { ...put, overwrite: true });
    else if (answer.conflict && (await this.#despite(text)))
      answer = await this.wire.write("put", { ...put, overwrite: true });
    if (!answer.ok) return { error: reason(answer) };
    this.#done(staged ? `Staged ${quoted(text)}` : `Saved ${quoted(text)}`);
    return { row: answer.row };
  }

  /**
   * @param {Place} place
   * @param {any} row
   */
  async rename(place, row) {
    const { store } = this.wire; // another one may be in use when the question is answered
    let problem = "";
    for (let to = row.text; ;) {
      const staged =
        place.api === "data"
          ? "Both the new key and the deletion of the old one are staged."
          : "One commit: the value, metadata and expiry move to the new key.";
      const error = problem ? [h("p", { class: "tana-error" }, problem)] : [];
      const given = await this.dialogs.ask({
        title: "Rename key",
        body: [staged, ...error],
        confirm: "Rename",
        input: to,
        label: "New key",
      });
      // A field of one line shows a key without its line ends: left as it was, it is still the same key.
      if (typeof given !== "string" || given === row.text || given === row.text.replace(/[\r\n]/g, "")) return null;
      to = given;
      const expect = row.version ? { expect: row.version } : {};
      const fields = { ...place, k: row.k, to, store };
      let answer = await this.wire.write("rename", { ...fields, ...expect, overwrite: false });
      if (answer.exists && (await this.#overwrite(to)))
        answer = await this.wire.write("rename", { ...fields, ...expect, overwrite: true });
      else if (answer.exists) continue;
      if (answer.ok) {
        this.#done(`Renamed ${quoted(row.text)} to ${quoted(to)}`);
        return answer.row;
      }
      problem = reason(answer);
    }
  }

  /**
   * @param {Place} place
   * @param {any[]} rows
   */
  async remove(place, rows) {
    const { store } = this.wire;
    const going = rows.filter((row) => row.state !== "deleted");
    if (!going.length) return false;
    const staged = place.api === "data";
    const names = going
      .slice(0, NAMED)
      .map((row) => h("code", { class: "tana-named" }, h("bdi", {}, visible(row.text).slice(0, 200) || "(empty)")));
    const rest = going.length > NAMED ? [`and ${counted(going.length - NAMED, "other")}.`] : [];
    const after = staged
      ? "The deletion is staged; commit carries it out."
      : "It is deleted at once and cannot be taken back.";
    const title = going.length === 1 ? "Delete this key?" : `Delete ${counted(going.length, "key")}?`;
    const question = {
      title,
      body: [...names, ...rest, h("p", { class: "tana-quiet" }, after)],
      confirm: "Delete",
      danger: true,
    };
    if (!(await this.dialogs.ask(question))) return false;
    let gone = 0;
    for (let at = 0; at < going.length; at += BULK) {
      const part = going.slice(at, at + BULK);
      const expect = Object.fromEntries(part.filter(({ version }) => version).map(({ k, version }) => [k, version]));
      const answer = await this.wire.write("delete", { ...place, keys: part.map(({ k }) => k), expect, store });
      if (!answer.ok) {
        await this.tell("Not deleted", reason(answer), gone ? [`${counted(gone, "key")} went before that.`] : []);
        break;
      }
      gone += answer.deleted;
    }
    if (gone) this.#done(`${staged ? "Staged the deletion of" : "Deleted"} ${counted(gone, "key")}`);
    return gone > 0;
  }

  /**
   * @param {Place} place
   * @param {any[]} rows
   * @param {keyof typeof COPIED} form
   */
  async copy(place, rows, form) {
    if (!rows.length) return;
    const which = rows.length === 1 ? { k: rows[0].k } : { keys: rows.map(({ k }) => k) };
    const text = form === "key" && rows.length === 1 && place.api !== "deno" ? rows[0].text : null;
    const answer =
      text === null ? await this.wire.read("copy", "copy", { ...place, ...which, form }) : { ok: true, text };
    if (!answer) return;
    if (!answer.ok) return void (await this.tell("Not copied", reason(answer)));
    if (await copyText(answer.text, this.root)) {
      this.say(
        rows.length === 1 ? `Copied the ${COPIED[form]}` : `Copied ${counted(rows.length, "key")} as ${COPIED[form]}`,
      );
      return;
    }
    const area = /** @type {HTMLTextAreaElement} */ (
      h("textarea", { class: "tana-input tana-code", readonly: true, rows: 6 })
    );
    area.value = answer.text;
    await this.dialogs.ask({
      title: "The browser did not allow copying",
      body: ["Select the text and copy it.", area],
      confirm: "Close",
      cancel: null,
    });
  }

  /** @param {string} contract */
  async commit(contract) {
    const answer = await this.wire.write("commit", { contract });
    if (!answer.ok) return reason(answer);
    this.#done(`Committed ${counted(answer.committed, "change")}`);
    return null;
  }

  /**
   * @param {string} contract
   * @param {number} number
   */
  async discard(contract, number) {
    const question = {
      title: `Discard ${counted(number, "staged change")}?`,
      body: ["What is committed stays as it is."],
      confirm: `Discard ${count(number)}`,
      danger: true,
    };
    if (!(await this.dialogs.ask(question))) return "";
    const answer = await this.wire.write("discard", { contract });
    if (!answer.ok) return reason(answer);
    this.#done(`Discarded ${counted(answer.discarded, "change")}`);
    return null;
  }

  /**
   * @param {string} contract
   * @param {any} row
   */
  async unstage(contract, row) {
    const answer = await this.wire.write("unstage", { contract, k: row.k });
    if (!answer.ok) return reason(answer);
    this.#done(`Unstaged ${quoted(row.text)}`);
    return null;
  }

  help() {
    const list = h("dl", { class: "tana-keys" });
    for (const [keys, says] of SHEET) list.append(h("dt", {}, h("kbd", {}, keys)), h("dd", {}, says));
    return this.dialogs.ask({ title: "Keyboard", body: [list], confirm: "Close", cancel: null });
  }

  /**
   * @param {string} title
   * @param {string} text
   * @param {string[]} [more]
   */
  tell(title, text, more = []) {
    return this.dialogs.ask({
      title,
      body: [h("p", { class: "tana-error" }, text), ...more],
      confirm: "Close",
      cancel: null,
    });
  }

  /** @param {string} what */
  #done(what) {
    this.say(what);
    this.onchange();
  }

  /**
   * kv and Deno have no staging to take a slip back from.
   * @param {Place} place
   * @param {string} text
   * @param {boolean} there
   */
  #agreed(place, text, there) {
    const kept = there ? " Metadata and expiry stay unless you changed them." : "";
    const body = [
      h("code", { class: "tana-named" }, h("bdi", {}, visible(text).slice(0, 200) || "(empty)")),
      `It is written to ${place.contract} at once.${kept}`,
    ];
    return this.dialogs.ask({
      title: there ? "Save this value?" : "Add this key?",
      body,
      confirm: there ? "Save" : "Add",
    });
  }

  /** @param {string} text */
  #overwrite(text) {
    const body = [`There is already a key ${quoted(text)}. Its value would be replaced.`];
    return this.dialogs.ask({ title: "Overwrite?", body, confirm: "Overwrite", danger: true });
  }

  /** @param {string} text */
  #despite(text) {
    const body = [
      `${quoted(text)} has changed since you opened it.`,
      "Cancel keeps what you typed, so that you can compare; saving replaces the newer value.",
    ];
    return this.dialogs.ask({ title: "Changed meanwhile", body, confirm: "Save anyway", danger: true });
  }
}
