// What calls of Deno KV come to, as text; and what rows of tests/deno_calls.py and tests/deno_data.py are made of.
var show = (value, above = []) => {
  const inner = (part) => show(part, [...above, value]);
  const list = (parts) => Array.from(parts, (part) => inner(part)).join(', ');
  switch (typeof value) {
    case 'string': return `'${JSON.stringify(value).slice(1, -1)}'`;
    case 'number': return Object.is(value, -0) ? '-0' : `${value}`;
    case 'bigint': return `${value}n`;
    case 'function': return 'function';
    case 'object': break;
    default: return String(value);
  }
  if (value === null) return 'null';
  if (above.includes(value)) return '<circle>';
  if (value instanceof Deno.KvU64) return `KvU64(${value.value})`;
  if (value instanceof Date) return `Date(${+value})`;
  if (value instanceof Error) return `${value.name}: ${value.message}${'cause' in value ? ` <- ${inner(value.cause)}` : ''}`;
  if (value instanceof RegExp) return `${value} at ${value.lastIndex}`;
  if (value instanceof ArrayBuffer) return `ArrayBuffer(${list(new Uint8Array(value))})${value.resizable ? ' resizable' : ''}`;
  if (value instanceof DataView) return `DataView(${list(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))})`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${list(value)})`;
  if (value instanceof Map) return `Map(${[...value].map(([key, part]) => `${inner(key)} => ${inner(part)}`).join(', ')})`;
  if (value instanceof Set) return `Set(${list(value)})`;
  for (const box of [Number, String, Boolean, BigInt]) if (value instanceof box) return `${box.name}(${inner(value.valueOf())})`;
  const names = Object.keys(value);
  if (Array.isArray(value)) {
    const parts = Array.from(value, (part, at) => at in value ? inner(part) : '<hole>');
    return `[${[...parts, ...names.slice(value.length).map((name) => `${name}: ${inner(value[name])}`)].join(', ')}]`;
  }
  const stamp = (name) => name === 'versionstamp' && /^[0-9a-f]{16}0000$/.test(value[name]);
  const className = value.constructor === Object || typeof value.constructor !== 'function' ? '' : value.constructor.name;
  return `${className}{${names.map((name) => `${name}: ${stamp(name) ? '<stamp>' : inner(value[name])}`).join(', ')}}`;
};
var told = async (call) => {
  let made;
  try { made = call() } catch (error) { return `throws ${error.name}: ${error.message}` }
  try { return show(await made) } catch (error) { return `rejects ${error.name}: ${error.message}` }
};
// What the rows need: bytes, the entries and the keys of a list, one value, the bytes of a key (a cursor shows them).
var bytes = (...list) => new Uint8Array(list);
var all = (kv, selector, options) => Array.fromAsync(kv.list(selector, options));
var keys = async (kv, selector, options) => (await all(kv, selector, options)).map((entry) => entry.key);
var values = async (kv, selector, options) => (await all(kv, selector, options)).map((entry) => entry.value);
var put = async (kv, ...keys) => { for (const key of keys) await kv.set(key, 1) };
var kept = async (kv, value) => { await kv.set(['kept'], value); return (await kv.get(['kept'])).value };
var hex = async (kv, ...key) => {
  await kv.set(key, 1);
  const entries = kv.list({ prefix: [] });
  await entries.next();
  const text = atob(entries.cursor.replaceAll('-', '+').replaceAll('_', '/'));
  return Array.from(text, (letter) => letter.charCodeAt(0).toString(16).padStart(2, '0')).join(' ');
};
var entered = async (kv, count, options) => {
  const entries = kv.list({ prefix: [] }, options);
  for (; count > 0; count--) await entries.next();
  return entries;
};
var message = async (kv, value, options) => {
  const heard = new Promise((resolve) => kv.listenQueue(resolve));
  await kv.enqueue(value, options);
  return heard;
};
