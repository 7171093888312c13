/** What goes on behind a stream: its queue, when its source is asked for more, and how it ends. */
(tana) => {
  "use strict";

  /** A promise to be settled later, which counts as handled: nobody has to look at how a stream ended. */
  const later = () => {
    const made = Promise.withResolvers();
    made.promise.then(undefined, () => {});
    return made;
  };

  class Machine {
    /** @type {"readable" | "closed" | "errored"} */
    phase = "readable";
    reader = undefined;
    disturbed = false;
    ended = later();
    #source;
    #mark;
    #size;
    #bytes;
    #controller;
    #error;
    /** @type {{chunk: unknown, size: number}[]} */
    #queue = [];
    #total = 0;
    /** @type {{resolve: Function, reject: Function}[]} reads that wait for a chunk */
    #waiting = [];
    #started = false;
    #pulling = false;
    #again = false;
    #closing = false;

    constructor(source, mark, size, bytes) {
      this.#source = source;
      this.#mark = mark;
      this.#size = size;
      this.#bytes = bytes;
    }

    start(controller) {
      this.#controller = controller;
      const started = this.#source.start?.(controller);
      Promise.resolve(started).then(
        () => {
          this.#started = true;
          this.#pull();
        },
        (error) => this.fail(error),
      );
    }

    /** How much the queue may still take; null once the stream failed. */
    room() {
      if (this.phase === "errored") return null;
      return this.phase === "closed" ? 0 : this.#mark - this.#total;
    }

    enqueue(chunk) {
      this.#mustBeOpen("enqueue");
      if (this.#bytes && !(ArrayBuffer.isView(chunk) && chunk.byteLength > 0)) {
        throw new TypeError("ReadableStream: a stream of bytes takes views of at least one byte");
      }
      const next = this.#waiting.shift();
      if (next !== undefined) next.resolve({ value: chunk, done: false });
      else {
        try {
          const size = +(this.#size?.(chunk) ?? (this.#bytes ? chunk.byteLength : 1));
          if (!(size >= 0 && size < Infinity)) throw new RangeError("ReadableStream: the size of a chunk must be a number from 0 on");
          this.#queue.push({ chunk, size });
          this.#total += size;
        } catch (error) {
          this.fail(error);
          throw error;
        }
      }
      this.#pull();
    }

    close() {
      this.#mustBeOpen("close");
      this.#closing = true;
      if (this.#queue.length === 0) this.#finish();
    }

    fail(error) {
      if (this.phase !== "readable") return;
      this.phase = "errored";
      this.#error = error;
      this.#queue = [];
      this.drop(error);
      this.ended.reject(error);
    }

    /** Rejects the reads that wait. */
    drop(error) {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    }

    read() {
      this.disturbed = true;
      if (this.phase === "closed") return Promise.resolve({ value: undefined, done: true });
      if (this.phase === "errored") return Promise.reject(this.#error);
      const next = this.#queue.shift();
      if (next === undefined) {
        const { promise, resolve, reject } = Promise.withResolvers();
        this.#waiting.push({ resolve, reject });
        this.#pull();
        return promise;
      }
      this.#total -= next.size;
      if (this.#closing && this.#queue.length === 0) this.#finish();
      else this.#pull();
      return Promise.resolve({ value: next.chunk, done: false });
    }

    async cancel(reason) {
      this.disturbed = true;
      if (this.phase === "closed") return;
      if (this.phase === "errored") throw this.#error;
      this.#queue = [];
      this.#finish();
      await this.#source.cancel?.(reason);
    }

    #finish() {
      this.phase = "closed";
      for (const { resolve } of this.#waiting.splice(0)) resolve({ value: undefined, done: true });
      this.ended.resolve(undefined);
    }

    #mustBeOpen(what) {
      if (this.phase === "readable" && !this.#closing) return;
      throw new TypeError(`ReadableStream: ${what}() comes after the stream has ended`);
    }

    #wanted() {
      if (this.phase !== "readable" || this.#closing || !this.#started) return false;
      return this.#waiting.length > 0 || this.room() > 0;
    }

    #pull() {
      if (!this.#wanted()) return;
      if (this.#pulling) {
        this.#again = true;
        return;
      }
      this.#pulling = true;
      const pulled = async () => this.#source.pull?.(this.#controller);
      pulled().then(
        () => {
          this.#pulling = false;
          if (!this.#again) return;
          this.#again = false;
          this.#pull();
        },
        (error) => this.fail(error),
      );
    }
  }

  return { Machine, later };
}
