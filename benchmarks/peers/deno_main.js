// Run by Deno: reads lines of JSON, {"open": path} or {"name": operation, "count": number}, answers seconds.

import { operations } from "./deno_kv.js";

let kv;
const answer = async ({ open, name, count }) => {
  if (open !== undefined) {
    kv?.close();
    kv = await Deno.openKv(open);
    return Deno.version.deno;
  }
  const start = performance.now();
  await operations[name](kv, count);
  return (performance.now() - start) / 1000;
};

const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
let rest = "";
for await (const text of lines) {
  const asked = (rest + text).split("\n");
  rest = asked.pop();
  for (const line of asked) console.log(JSON.stringify(await answer(JSON.parse(line))));
}
