/** Questions to the kernel, and its answers. One reading question at a time; the newest replaces the one that waits. */

/**
 * @typedef {{ id?: number, ok: boolean, error?: string, busy?: boolean } & Record<string, any>} Answer
 * @typedef {"ready" | "waiting" | "busy" | "gone"} State
 * @typedef {{ lane: string, verb: string, fields: object, done: (answer: Answer | null) => void }} Question
 */

const PATIENCE = 300;
const AGAIN = 1000;
const LOST = 1000;

/** Asked first, whatever came first: what is on the screen matters more than counts. */
const LANES = ["page", "hello", "export", "detail", "rows", "staged", "copy", "namespaces"];

export class Wire {
  /**
   * @param {any} model the widget's model
   * @param {{ onstate: (state: State) => void, onevent: (event: Record<string, any>) => void }} listeners
   */
  constructor(model, { onstate, onevent }) {
    this.model = model;
    this.onstate = onstate;
    this.onevent = onevent;
    /** @type {State} */
    this.state = "ready";
    // Every view of a model gets every answer; a start of its own keeps the questions of two views apart.
    this.id = Math.floor(Math.random() * 2 ** 40) * 2048;
    /** @type {Map<string, Question>} */
    this.waiting = new Map();
    /** @type {{ id: number, since: number, question: Question } | null} */
    this.reading = null;
    /** @type {Map<number, (answer: Answer) => void>} */
    this.writing = new Map();
    /** The store of the rows that came last. @type {string | undefined} */
    this.store = undefined;
    this.timers = { patience: /** @type {any} */ (0), again: /** @type {any} */ (0) };
    this.hear = (/** @type {any} */ message) => this.#hear(message);
    this.seen = () => {
      if (!document.hidden && this.state === "busy") this.#ask();
    };
    model.on("msg:custom", this.hear);
    document.addEventListener("visibilitychange", this.seen);
  }

  /**
   * Ask something that changes nothing. Answers null when a newer question of the same lane took its place.
   * @param {string} lane
   * @param {string} verb
   * @param {object} [fields]
   * @returns {Promise<Answer | null>}
   */
  read(lane, verb, fields = {}) {
    if (this.state === "gone") return Promise.resolve(null);
    return new Promise((done) => {
      this.waiting.get(lane)?.done(null);
      this.waiting.set(lane, { lane, verb, fields, done });
      if (this.state !== "busy") this.#ask();
    });
  }

  /**
   * Ask for a change. Never replaced, never asked twice.
   * @param {string} verb
   * @param {object} fields
   * @returns {Promise<Answer>}
   */
  write(verb, fields) {
    if (this.state === "gone") return Promise.resolve({ ok: false, error: "The kernel of this view has ended." });
    return new Promise((done) => {
      const id = this.#send(verb, fields);
      this.writing.set(id, done);
      this.#watch();
    });
  }

  /** The kernel that knew this widget is gone; nothing that was asked will be answered. */
  lost() {
    if (this.state === "gone") return;
    this.#enter("gone");
    for (const question of this.waiting.values()) question.done(null);
    this.reading?.question.done(null);
    for (const done of this.writing.values()) done({ ok: false, error: "The kernel ended before it answered." });
    this.waiting.clear();
    this.writing.clear();
    this.reading = null;
  }

  close() {
    this.model.off("msg:custom", this.hear);
    document.removeEventListener("visibilitychange", this.seen);
    this.#quiet();
  }

  /**
   * @param {string} verb
   * @param {object} fields
   */
  #send(verb, fields) {
    const id = (this.id += 1);
    try {
      this.model.send({ id, verb, ...fields });
    } catch {
      // The comm has been thrown away with its kernel. Told later: the question is not on the list yet.
      setTimeout(() => this.lost());
    }
    return id;
  }

  #ask() {
    clearTimeout(this.timers.again);
    if (this.reading || this.state === "gone") return;
    const lane = LANES.find((name) => this.waiting.has(name));
    const question = lane === undefined ? undefined : this.waiting.get(lane);
    if (!question) return;
    this.waiting.delete(question.lane);
    this.reading = { id: this.#send(question.verb, question.fields), since: Date.now(), question };
    this.#watch();
  }

  /** @param {any} message */
  #hear(message) {
    if (typeof message !== "object" || message === null) return;
    if (typeof message.event === "string") return this.#event(message);
    if (typeof message.store === "string") this.store = message.store;
    const written = this.writing.get(message.id);
    if (written) {
      this.writing.delete(message.id);
      this.#settle();
      return written(message);
    }
    if (this.reading?.id !== message.id) return;
    const { question } = /** @type {{ question: Question }} */ (this.reading);
    this.reading = null;
    if (message.busy) return this.#postpone(question);
    this.#settle();
    question.done(message);
    this.#ask();
  }

  /** @param {Record<string, any>} event */
  #event(event) {
    // A question that a restored kernel never saw would block the lane for good.
    if (this.reading && Date.now() - this.reading.since > LOST) {
      const { question } = this.reading;
      this.reading = null;
      if (this.waiting.has(question.lane)) question.done(null);
      else this.waiting.set(question.lane, question);
    }
    this.#settle();
    this.onevent(event);
    this.#ask();
  }

  /** @param {Question} question */
  #postpone(question) {
    if (this.waiting.has(question.lane)) question.done(null);
    else this.waiting.set(question.lane, question);
    this.#enter("busy");
    clearTimeout(this.timers.again);
    // Out of sight nothing is asked again; becoming visible and the end of the cell's run both are a reason to.
    this.timers.again = setTimeout(() => {
      if (!document.hidden) this.#ask();
    }, AGAIN);
  }

  #watch() {
    clearTimeout(this.timers.patience);
    if (this.state !== "ready") return;
    this.timers.patience = setTimeout(() => {
      if (this.reading || this.writing.size) this.#enter("waiting");
    }, PATIENCE);
  }

  #settle() {
    clearTimeout(this.timers.patience);
    if (this.state === "gone") return;
    if (this.writing.size || this.reading) this.#watch();
    else this.#enter("ready");
  }

  /** @param {State} state */
  #enter(state) {
    if (state === "gone" || state === "ready") this.#quiet();
    if (this.state === state) return;
    this.state = state;
    this.onstate(state);
  }

  #quiet() {
    clearTimeout(this.timers.patience);
    clearTimeout(this.timers.again);
  }
}
