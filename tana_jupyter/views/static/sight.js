/** Whether somebody can see the view, and what happens only while they can. */

/** Tells when the view comes into sight and goes out of it, by scrolling or with its tab. */
export class Sight {
  /**
   * @param {Element} element
   * @param {() => void} onchange
   */
  constructor(element, onchange) {
    this.within = true;
    this.onchange = onchange;
    this.look = () => this.onchange();
    this.observer = new IntersectionObserver((entries) => {
      this.within = entries[entries.length - 1].isIntersecting;
      this.onchange();
    });
    this.observer.observe(element);
    document.addEventListener("visibilitychange", this.look);
  }

  get clear() {
    return this.within && !document.hidden;
  }

  stop() {
    this.observer.disconnect();
    document.removeEventListener("visibilitychange", this.look);
  }
}

const SOON = 120_000;

/** Keeps times to live ticking: each second where one ends soon, else twice a minute, and not at all out of sight. */
export class Ticker {
  /**
   * @param {Sight} sight
   * @param {import("./clock.js").SessionClock} clock
   * @param {() => number | null} tick answers in how many milliseconds the nearest one ends, null for none
   */
  constructor(sight, clock, tick) {
    this.sight = sight;
    this.clock = clock;
    this.tick = tick;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  start() {
    clearTimeout(this.timer);
    if (!this.sight.clear) return;
    const nearest = this.tick();
    if (nearest === null || this.clock.frozen) return;
    this.timer = setTimeout(() => this.start(), nearest < SOON ? 1000 : 30_000);
  }

  stop() {
    clearTimeout(this.timer);
  }
}

const ENDED = ["restarting", "autorestarting", "terminating", "dead"];

/**
 * Calls `onlost` when the kernel that made the widget ends or restarts. Where the host tells nothing of its kernel,
 * a message that cannot be sent any more has to tell it.
 * @param {any} model
 * @param {() => void} onlost
 * @returns {() => void} undo
 */
export function watchKernel(model, onlost) {
  const changes = model.widget_manager?.kernel?.statusChanged;
  const look = (/** @type {any} */ _kernel, /** @type {string} */ status) => {
    if (ENDED.includes(status)) onlost();
  };
  changes?.connect?.(look);
  return () => changes?.disconnect?.(look);
}
