/** kv.watch: a stream of what is under some keys, whenever it has changed. */
(tana) => {
  const { call, op, load, forgetCall } = tana;
  const { errors } = load("modules/deno/errors.js");
  const { isArray } = Array;
  const { wire, noArray } = load("modules/deno/keys.js");
  const { entry } = load("modules/deno/kv.js");
  const { ReadableStream } = load("modules/streams/streams.js");
  const NativeTypeError = TypeError;

  return {
    /**
     * @param {{ handle: string | null, ends: Function[] }} state
     * @param {readonly unknown[][]} keys
     * @param {{ raw?: boolean }} [options]
     */
    watch(state, keys, options) {
      if (state.handle === null) throw new errors.BadResource("Bad resource ID");
      if (!isArray(keys)) throw noArray(keys);
      if (keys.length > 10) throw new NativeTypeError("Too many keys (max 10)");
      const given = [];
      const wires = [];
      for (let index = 0; index < keys.length; index++) {
        given[index] = keys[index];
        if (keys[index] === null || keys[index] === undefined) throw noArray(keys[index]);
        wires[index] = wire(keys[index]);
      }
      if (wires.length === 0) return new ReadableStream({ start: (controller) => controller.close() });
      const number = call("deno.watch", state.handle, wires, !!options?.raw);
      let over = false;
      let closing;
      const end = () => {
        over = true;
        forgetCall(call("deno.unwatch", number));
        const { ends } = state;
        for (let index = 0; index < ends.length; index++) {
          if (ends[index] !== closing) continue;
          ends[index] = ends[ends.length - 1];
          ends.length--;
          break;
        }
      };
      return new ReadableStream({
        start(controller) {
          closing = () => {
            end();
            controller.close();
          };
          state.ends[state.ends.length] = closing;
        },
        async pull(controller) {
          let replies;
          try {
            replies = await op("deno.changed", number);
          } catch (error) {
            if (!over) end();
            throw error;
          }
          if (over) return;
          const entries = [];
          for (let index = 0; index < replies.length; index++) entries[index] = entry(given[index], replies[index]);
          controller.enqueue(entries);
        },
        cancel: end,
      });
    },
  };
}
