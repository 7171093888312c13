/** What every view stands in: its element, its line to the kernel, and what it says when that line is slow or cut. */

import { Announcer } from "./announce.js";
import { SessionClock } from "./clock.js";
import { Dialogs } from "./dialog.js";
import { h, put, setText } from "./dom.js";
import { keepKeys } from "./keyboard.js";
import { Wire } from "./rpc.js";
import { Sight, watchKernel } from "./sight.js";

/** @typedef {import("./rpc.js").State} State */

const SAID = {
  ready: "",
  waiting: "Waiting for the kernel\u2026",
  busy: "The kernel is running a cell; this updates when it is done.",
  gone: "",
};

const LONG = 5000;
// In a saved page no kernel ever answers, and some hosts do not tell the view so.
const SAID_LATER = "No answer from a kernel yet: it runs a cell, or there is none. Without one, run this cell again.";

export class Shell {
  /**
   * @param {{ model: any, el: HTMLElement, label: string, kind: string, onevent: () => void,
   *   onsight: () => void, onother?: (event: Record<string, any>) => void }} options
   *   onevent: something may have changed in the kernel, and somebody is looking; onother: events of another name
   */
  constructor({ model, el, label, kind, onevent, onsight, onother = () => {} }) {
    this.model = model;
    this.onevent = onevent;
    this.onother = onother;
    this.onsight = onsight;
    this.clock = new SessionClock();
    this.missed = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.later = undefined;
    /** @type {(() => void)[]} */
    this.undo = [];
    this.banner = h("div", { class: "tana-banner", role: "alert", hidden: true });
    this.status = h("span", { class: "tana-status", role: "status" });
    this.announcer = new Announcer();
    this.root = h(
      "div",
      { class: `tana-root ${kind}`, role: "region", "aria-label": label },
      this.banner,
      this.announcer.element,
    );
    this.dialogs = new Dialogs(this.root);
    this.wire = new Wire(model, { onstate: (state) => this.#state(state), onevent: (event) => this.#event(event) });
    this.sight = new Sight(this.root, () => this.#seen());
    el.append(this.root);
    this.undo.push(
      keepKeys(this.root),
      watchKernel(model, () => this.wire.lost()),
    );
  }

  /** @param {string | null} text a problem that is not of one field; null takes it away */
  complain(text) {
    if (this.wire.state === "gone") return;
    setText(this.banner, text ?? "");
    put(this.banner, "hidden", text === null);
  }

  stop() {
    clearTimeout(this.later);
    for (const undo of this.undo) undo();
    this.wire.close();
    this.sight.stop();
    this.announcer.stop();
    this.root.remove();
  }

  /** @param {Record<string, any>} event */
  #event(event) {
    this.clock.follow(event);
    if (event.event !== "changed") return this.onother(event);
    this.missed = !this.sight.clear;
    if (!this.missed) this.onevent();
  }

  #seen() {
    if (this.sight.clear && this.missed) {
      this.missed = false;
      this.onevent();
    }
    this.onsight();
  }

  /** @param {State} state */
  #state(state) {
    if (state === "gone") this.#lost();
    setText(this.status, SAID[state]);
    clearTimeout(this.later);
    if (state === "waiting") this.later = setTimeout(() => setText(this.status, SAID_LATER), LONG);
    put(this.root, "aria-busy", state === "waiting" || state === "busy" ? "true" : null);
    put(this.root, "data-kernel", state === "ready" ? null : state);
  }

  #lost() {
    this.dialogs.cancel?.();
    put(this.banner, "hidden", false);
    setText(
      this.banner,
      "The kernel of this view has ended. Run its cell again to go on; what is shown is what it showed last.",
    );
    for (const field of this.root.querySelectorAll("button, select, [type=radio]")) put(field, "disabled", true);
    // What was being typed must stay there to be copied.
    for (const field of this.root.querySelectorAll("input, textarea")) put(field, "readonly", true);
  }
}
