/** Listening to the queue: asks the host for one message after the other, and lets the handlers run side by side. */
(tana) => {
  const { call, op, load, forgetCall } = tana;
  const { decode } = load("modules/deno/values.js");
  const { errors } = load("modules/deno/errors.js");
  const { console } = load("modules/core/core.js");
  const { error: complain } = console;
  const NativeTypeError = TypeError;
  const NativeError = Error;
  const { apply } = Reflect;
  const { species } = Symbol;
  const NativePromise = Promise;
  const { then } = NativePromise.prototype;
  const resolved = NativePromise.resolve.bind(NativePromise);
  const rejected = NativePromise.reject.bind(NativePromise);

  // A cell that ends in listenQueue() would wait for the store to be closed. So its promise tells that somebody waits
  // for it: by its own `then`, which `await` calls only where the constructor is another than Promise.
  const Listening = {
    Promise: class extends NativePromise {
      static get [species]() {
        return NativePromise;
      }
      then(...reactions) {
        tana.rest();
        return apply(then, this, reactions);
      }
    },
  }.Promise;

  const handle = async (handler, [token, reply]) => {
    try {
      await handler(decode(reply[0], reply[2]));
    } catch (error) {
      complain("Exception in queue handler", error);
      await op("deno.failed", token);
      return;
    }
    await op("deno.delivered", token);
  };
  const listening = async (number, handler) => {
    for (;;) handle(handler, await op("deno.receive", number));
  };

  return {
    /**
     * @param {{ handle: string | null, disposed: boolean, ends: Function[] }} state
     * @param {(message: unknown) => unknown} handler
     * @returns {Promise<void>} resolved when the store is closed
     */
    listen(state, handler) {
      if (state.handle === null) {
        return state.disposed ? resolved() : rejected(new NativeError("Queue already closed"));
      }
      if (typeof handler !== "function") return rejected(new NativeTypeError("The handler of a queue must be a function"));
      let number;
      try {
        number = call("deno.listen", state.handle);
      } catch (error) {
        return rejected(error);
      }
      let fail;
      const listened = new Listening((resolve, reject) => {
        state.ends[state.ends.length] = () => {
          forgetCall(call("deno.unlisten", number));
          resolve();
        };
        fail = reject;
      });
      const failed = (error) => {
        // Its store is no longer the notebook's: whoever awaits it hears so, but the run that comes next is not to blame.
        if (error instanceof errors.BadResource) apply(then, listened, [undefined, () => {}]);
        fail(error);
      };
      apply(then, listening(number, handler), [undefined, failed]);
      return listened;
    },
  };
}
