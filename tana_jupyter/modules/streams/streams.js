/** ReadableStream (WHATWG Streams) with default readers and async iteration; no BYOB readers, pipes and tees. */
(tana) => {
  "use strict";
  const { expose, isObject, guard, KEY } = tana.load("modules/web/idl.js");
  const { Machine, later } = tana.load("modules/streams/machine.js");

  let machineOf;
  let isStream;

  class ReadableStreamDefaultController {
    /** @type {InstanceType<typeof Machine>} */ #machine;
    constructor() {
      guard(arguments[0]);
      this.#machine = arguments[1];
    }
    get desiredSize() { return this.#machine.room(); }
    enqueue(chunk) { this.#machine.enqueue(chunk); }
    close() { this.#machine.close(); }
    error(reason) { this.#machine.fail(reason); }
  }

  class ReadableStream {
    #machine;

    constructor(source = {}, strategy = {}) {
      if (!isObject(source)) throw new TypeError("ReadableStream: the underlying source is not an object");
      const { type } = source;
      if (type !== undefined && `${type}` !== "bytes") throw new RangeError(`ReadableStream: there is no type ${type}`);
      const { highWaterMark = type === undefined ? 1 : 0, size } = strategy ?? {};
      const mark = +highWaterMark;
      if (!(mark >= 0)) throw new RangeError("ReadableStream: highWaterMark must be a number from 0 on");
      this.#machine = new Machine(source, mark, size, type !== undefined);
      this.#machine.start(new ReadableStreamDefaultController(KEY, this.#machine));
    }

    /** A stream of what can be iterated, asynchronously or not. */
    static from(iterable) {
      const method = iterable[Symbol.asyncIterator] ?? iterable[Symbol.iterator];
      if (typeof method !== "function") throw new TypeError("ReadableStream.from: the argument is not iterable");
      const iterator = method.call(iterable);
      return new ReadableStream(
        {
          async pull(controller) {
            const { done, value } = await iterator.next();
            if (done) controller.close();
            else controller.enqueue(await value);
          },
          async cancel(reason) { await iterator.return?.(reason); },
        },
        { highWaterMark: 0 },
      );
    }

    get locked() { return this.#machine.reader !== undefined; }

    cancel(reason) {
      if (this.locked) return Promise.reject(new TypeError("ReadableStream.cancel: the stream is locked to a reader"));
      return this.#machine.cancel(reason);
    }

    getReader(options) {
      const { mode } = options ?? {};
      if (mode !== undefined) throw new TypeError("ReadableStream.getReader: only default readers are supported");
      return new ReadableStreamDefaultReader(this);
    }

    values({ preventCancel = false } = {}) {
      const reader = this.getReader();
      let ended = false;
      let steps = 0;
      let last = Promise.resolve();
      const step = async () => {
        if (ended) return { value: undefined, done: true };
        try {
          const result = await reader.read();
          if (!result.done) return result;
        } catch (error) {
          ended = true;
          reader.releaseLock();
          throw error;
        }
        ended = true;
        reader.releaseLock();
        return { value: undefined, done: true };
      };
      const end = async (value) => {
        if (!ended) {
          ended = true;
          const cancelled = preventCancel ? undefined : reader.cancel(value);
          reader.releaseLock();
          await cancelled;
        }
        return { value, done: true };
      };
      // Steps are taken one after another, however many were asked for.
      const enqueue = (run) => {
        steps += 1;
        last = last.then(run, run).finally(() => { steps -= 1; });
        return last;
      };
      const iterator = {
        next: () => enqueue(step),
        // At once where it can: the engine does not wait for this promise when a loop is left.
        return: (value) => (steps === 0 ? (last = end(value)) : enqueue(() => end(value))),
      };
      return Object.setPrototypeOf(iterator, AsyncIteratorPrototype);
    }

    static {
      machineOf = (stream) => stream.#machine;
      isStream = (value) => #machine in value;
    }
  }

  class ReadableStreamDefaultReader {
    #machine;
    #closed;

    constructor(stream) {
      if (!isObject(stream) || !isStream(stream)) throw new TypeError("ReadableStreamDefaultReader: not a ReadableStream");
      const machine = machineOf(stream);
      if (machine.reader !== undefined) throw new TypeError("The ReadableStream has been locked to a reader.");
      machine.reader = this;
      this.#machine = machine;
      this.#closed = machine.ended.promise;
    }

    get closed() { return this.#closed; }

    read() {
      return this.#machine === undefined ? Promise.reject(released("read")) : this.#machine.read();
    }

    cancel(reason) {
      return this.#machine === undefined ? Promise.reject(released("cancel")) : this.#machine.cancel(reason);
    }

    releaseLock() {
      const machine = this.#machine;
      if (machine === undefined) return;
      this.#machine = undefined;
      machine.reader = undefined;
      machine.drop(released("read"));
      const gone = later();
      gone.reject(released("closed"));
      this.#closed = gone.promise;
    }
  }

  const released = (what) => new TypeError(`ReadableStreamDefaultReader.${what}: the reader was released`);
  const AsyncIteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}.prototype));
  expose(ReadableStream, ReadableStreamDefaultReader, ReadableStreamDefaultController);
  const { values } = ReadableStream.prototype;
  Object.defineProperty(ReadableStream.prototype, Symbol.asyncIterator, { value: values, writable: true, configurable: true });

  return {
    ReadableStream,
    ReadableStreamDefaultReader,
    ReadableStreamDefaultController,
    isStream,
    /** Whether somebody reads a stream, or has. */
    isUsed: (stream) => machineOf(stream).reader !== undefined || machineOf(stream).disturbed,
  };
}
