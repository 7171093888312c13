/** What a screen reader is told of changes that it would not notice by itself. */

import { h } from "./dom.js";

const SETTLED = 150;
const SEEN = 5000;

/** A polite live region; of announcements in quick succession only the last is spoken. */
export class Announcer {
  constructor() {
    /** The same for eyes, for what was asked for and leaves no other trace, such as copying. */
    this.note = h("span", { class: "tana-told", "aria-hidden": "true" });
    this.element = h("div", { class: "tana-spoken", role: "status", "aria-live": "polite", "aria-atomic": "true" });
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.fading = undefined;
  }

  /** @param {string} text of something that was asked for and is done */
  tell(text) {
    this.say(text);
    clearTimeout(this.fading);
    this.note.textContent = text;
    this.fading = setTimeout(() => {
      this.note.textContent = "";
    }, SEEN);
  }

  /** @param {string} text */
  say(text) {
    clearTimeout(this.timer);
    this.element.textContent = "";
    // A region that is filled again with the same words at once is not read again.
    this.timer = setTimeout(() => {
      this.element.textContent = text;
    }, SETTLED);
  }

  stop() {
    clearTimeout(this.timer);
    clearTimeout(this.fading);
  }
}
