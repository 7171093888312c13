/** The texts of what has no inside: primitives, keys, functions, and the heads of errors. Runs no code of theirs. */
(tana) => {
  "use strict";
  const { getPrototypeOf, getOwnPropertyDescriptor: describe } = Object;
  const { stringify } = JSON;
  const uncurry = Function.prototype.bind.bind(Function.prototype.call);
  const tagOf = uncurry(Object.prototype.toString);
  const sourceOf = uncurry(Function.prototype.toString);
  const symbolText = uncurry(Symbol.prototype.toString);
  const slice = uncurry(String.prototype.slice);
  const startsWith = uncurry(String.prototype.startsWith);
  const matches = uncurry(RegExp.prototype.exec);
  const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
  const STRING = 10000;
  const INNER_STRING = 200;

  const attempt = (read, object) => {
    try {
      return read(object);
    } catch {
      return undefined;
    }
  };

  const quote = (text, limit) => {
    if (text.length <= limit) return stringify(text);
    const last = text[limit - 1];
    const cut = last >= "\ud800" && last < "\udc00" ? limit - 1 : limit; // not through a pair
    return `${stringify(slice(text, 0, cut))}... ${more(text.length - cut, "character")}`;
  };

  const more = (count, noun) => `${count} more ${noun}${count === 1 ? "" : "s"}`;

  const showKey = (key) => {
    if (typeof key === "symbol") return `[${symbolText(key)}]`;
    return matches(IDENTIFIER, key) ? key : quote(key, INNER_STRING);
  };

  const ownData = (object, key) => {
    const own = attempt((it) => describe(it, key), object);
    return own === undefined ? undefined : own.value;
  };

  /** Name of the nearest class on the prototype chain; undefined if there is none. */
  const classOf = (object) => {
    for (let at = object, steps = 0; at !== null && steps < 100; at = getPrototypeOf(at), steps++) {
      const maker = ownData(at, "constructor");
      const name = typeof maker === "function" ? ownData(maker, "name") : undefined;
      if (typeof name === "string" && name !== "") return name;
    }
    return undefined;
  };

  const showFunction = (value) => {
    const source = sourceOf(value);
    const own = ownData(value, "name");
    const named = typeof own === "string" && own !== "";
    if (startsWith(source, "class") && !matches(IDENTIFIER, slice(source, 0, 6))) {
      const parent = getPrototypeOf(value);
      const parentName = typeof parent === "function" ? ownData(parent, "name") : "";
      return `[class ${named ? own : "(anonymous)"}${parentName ? ` extends ${parentName}` : ""}]`;
    }
    const tag = attempt(tagOf, value) ?? "";
    const kind = matches(/^\[object (\w*Function)\]$/, tag)?.[1] ?? "Function";
    return named ? `[${kind}: ${own}]` : `[${kind} (anonymous)]`;
  };

  const showPrimitive = (value, limit) => {
    switch (typeof value) {
      case "string":
        return quote(value, limit);
      case "number":
        return value === 0 && 1 / value < 0 ? "-0" : `${value}`;
      case "bigint":
        return `${value}n`;
      case "symbol":
        return symbolText(value);
      default:
        return `${value}`;
    }
  };

  const errorHead = (error, maker) => {
    const read = (key) => attempt((it) => it[key], error);
    const given = read("name");
    const name = typeof given !== "string" || (given === "Error" && maker !== undefined) ? (maker ?? "Error") : given;
    const message = read("message");
    const text = typeof message === "string" ? message : "";
    const head = name === "" ? text : text === "" ? name : `${name}: ${text}`;
    return head.length > STRING ? `${slice(head, 0, STRING)}... ${more(head.length - STRING, "character")}` : head;
  };

  return { STRING, INNER_STRING, attempt, more, showKey, classOf, showFunction, showPrimitive, errorHead };
}
