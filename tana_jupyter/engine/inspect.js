/**
 * What a notebook shows of a value: text in the manner of Deno's console, the same each time.
 * Nothing of the value's own code runs, except a custom inspect method, and traps of a proxy among its prototypes.
 */
(tana) => {
  "use strict";
  const DEPTH = 4;
  const ITEMS = 100;
  const TOTAL = 65536;
  const { getPrototypeOf, getOwnPropertyDescriptor: describe, getOwnPropertySymbols: symbolsOf, keys } = Object;
  const { isArray } = Array;
  const { isError } = Error;
  const { apply } = Reflect;
  const { min, max } = Math;
  const { arrange } = tana.load("engine/layout.js");
  const leaves = tana.load("engine/leaves.js");
  const { STRING, INNER_STRING, attempt, more, showKey, classOf, showFunction, showPrimitive, errorHead } = leaves;
  const { Uint8Array: Bytes, Map: MapOf } = globalThis;
  const { toStringTag } = Symbol;
  const CUSTOM = Symbol.for("Deno.customInspect");
  const NODE_CUSTOM = Symbol.for("nodejs.util.inspect.custom");
  const { proxied } = tana;
  const uncurry = Function.prototype.bind.bind(Function.prototype.call);
  const grasp = (proto, name) => {
    const own = describe(proto, name);
    return uncurry(own.get ?? own.value);
  };
  const Typed = getPrototypeOf(Bytes.prototype);
  const tagOf = grasp(Object.prototype, "toString");
  const slice = grasp(String.prototype, "slice");
  const matches = grasp(RegExp.prototype, "exec");
  const join = grasp(Array.prototype, "join");
  const repeat = grasp(String.prototype, "repeat");
  const padStart = grasp(String.prototype, "padStart");
  const split = grasp(String.prototype, "split");
  const hexText = grasp(Number.prototype, "toString");
  const regexpText = grasp(RegExp.prototype, "toString");
  const RegExpPrototype = RegExp.prototype;
  const isoText = grasp(Date.prototype, "toISOString");
  const time = grasp(Date.prototype, "getTime");
  const mapSize = grasp(Map.prototype, "size");
  const setSize = grasp(Set.prototype, "size");
  const eachEntry = grasp(Map.prototype, "forEach");
  const eachMember = grasp(Set.prototype, "forEach");
  const typedName = grasp(Typed, toStringTag);
  const typedLength = grasp(Typed, "length");
  const bufferBytes = grasp(ArrayBuffer.prototype, "byteLength");
  const unboxers = { __proto__: null };
  for (const Box of [Number, String, Boolean, BigInt, Symbol]) unboxers[Box.name] = grasp(Box.prototype, "valueOf");
  const INDEX = /^(?:0|[1-9]\d*)$/;

  class References extends MapOf {}
  References.prototype.get = MapOf.prototype.get;
  References.prototype.set = MapOf.prototype.set;

  /** One call of inspect: the objects around the present one, those met again inside themselves, what is written. */
  let path, circles, written, deepest;

  const show = (value, level) => {
    let text;
    if (value === null || (typeof value !== "object" && typeof value !== "function")) {
      text = showPrimitive(value, level === 0 ? STRING : INNER_STRING);
    } else text = showObject(behind(value), level);
    written += text.length;
    return text;
  };

  /** What stands behind a proxy, and behind the proxies in it: shown without a trap of any. */
  const behind = (object) => {
    for (let target; (target = proxied(object)) !== undefined; ) object = target;
    return object;
  };

  const showObject = (object, level) => {
    for (let i = 0; i < path.length; i++) {
      if (path[i] !== object) continue;
      if (circles.get(object) === undefined) circles.set(object, (circles.count = (circles.count ?? 0) + 1));
      return `[Circular *${circles.get(object)}]`;
    }
    deepest = level;
    path[path.length] = object;
    try {
      const text = custom(object, level) ?? showMembers(object, level);
      const circle = circles.get(object);
      return circle === undefined ? text : `<ref *${circle}> ${text}`;
    } catch {
      return "[object that cannot be inspected]";
    } finally {
      path.length--;
    }
  };

  /** The text of the value's own inspect method; undefined if it has none, or it fails. */
  const custom = (object, level) => {
    try {
      const method = object[CUSTOM];
      const other = typeof method === "function" ? undefined : object[NODE_CUSTOM];
      if (typeof method !== "function" && typeof other !== "function") return undefined;
      const inner = (value) => show(value, level + 1);
      const options = { depth: DEPTH - level, colors: false };
      const answer = typeof method === "function"
        ? apply(method, object, [inner, options])
        : apply(other, object, [DEPTH - level, options, inner]);
      if (typeof answer === "string") return join(split(answer, "\n"), `\n${repeat("  ", level)}`);
      return answer === object ? undefined : show(answer, level);
    } catch {
      return undefined;
    }
  };

  /** What kind of object it is: the text that stands for it (base) or before its braces (prefix), and its elements. */
  const kindOf = (object) => {
    if (typeof object === "function") return { base: showFunction(object) };
    const maker = classOf(object);
    const listed = (list, base, count) => {
      const size = `(${count})`;
      if (maker === undefined) return { list, count, prefix: `[${base}${size}: null prototype]` };
      if (maker === base) return { list, count, prefix: list === "array" ? "" : base + size };
      return { list, count, prefix: maker + size + (list === "array" || list === "typed" ? "" : ` [${base}]`) };
    };
    if (isArray(object)) return listed("array", "Array", object.length);
    const tag = slice(attempt(tagOf, object) ?? "[object Object]", 8, -1);
    if (isError(object) || tag === "DOMException") return { base: errorHead(object, maker), error: true };
    if (maker === "Object" && tag === "Object") return { prefix: "" };
    let found = attempt(typedName, object);
    if (found !== undefined) return listed("typed", found, typedLength(object));
    found = attempt(mapSize, object);
    if (found !== undefined) return listed("map", "Map", found);
    found = attempt(setSize, object);
    if (found !== undefined) return listed("set", "Set", found);
    found = attempt(time, object);
    if (found !== undefined) return { base: found === found ? isoText(object) : "Invalid Date" };
    if (tag === "RegExp" && object !== RegExpPrototype) return { base: regexpText(object) };
    for (const name in unboxers) {
      found = attempt(unboxers[name], object);
      if (found === undefined) continue;
      return { base: `[${name}: ${showPrimitive(found, INNER_STRING)}]`, boxed: typeof found === "string" };
    }
    found = attempt(bufferBytes, object);
    if (found !== undefined) return { bytes: found, prefix: maker ?? "ArrayBuffer" };
    if (tag === "Arguments") return { list: "array", count: object.length, prefix: "[Arguments]" };
    if (maker === undefined) return { prefix: `[${tag}: null prototype]` };
    const hidden = maker === "WeakMap" || maker === "WeakSet";
    return { hidden, prefix: tag === "Object" || tag === maker ? maker : `${maker} [${tag}]` };
  };

  const showMembers = (object, level) => {
    const kind = kindOf(object);
    if (level >= DEPTH && (kind.base === undefined || kind.error)) {
      return kind.base ?? `[${kind.list === "array" ? "Array" : (classOf(object) ?? "Object: null prototype")}]`;
    }
    const output = [];
    const add = (text) => {
      output[output.length] = text;
    };
    /** Whether there is room for another entry; closes the list if there is not. */
    const room = () => {
      if (written < TOTAL) return true;
      if (output[output.length - 1] !== "...") add("...");
      return false;
    };
    if (kind.list === "array") showElements(object, kind.count, level, add, room);
    else if (kind.list === "typed") {
      for (let i = 0; i < min(kind.count, ITEMS) && room(); i++) add(show(object[i], level + 1));
    } else if (kind.list === "map") {
      let shown = 0;
      eachEntry(object, (item, key) => {
        if (shown++ < ITEMS && room()) add(`${show(key, level + 1)} => ${show(item, level + 1)}`);
      });
    } else if (kind.list === "set") {
      let shown = 0;
      eachMember(object, (item) => {
        if (shown++ < ITEMS && room()) add(show(item, level + 1));
      });
    } else if (kind.bytes !== undefined) {
      const bytes = new Bytes(object);
      let text = "";
      for (let i = 0; i < min(kind.bytes, 50); i++) text += `${i > 0 ? " " : ""}${padStart(hexText(bytes[i], 16), 2, "0")}`;
      if (kind.bytes > 50) text += ` ... ${more(kind.bytes - 50, "byte")}`;
      add(`[Uint8Contents]: <${text}>`);
      add(`byteLength: ${kind.bytes}`);
    } else if (kind.hidden) add("<items unknown>");
    if (kind.count > ITEMS && kind.list !== "array") add(`... ${more(kind.count - ITEMS, "item")}`);
    const elements = output.length;
    const shown = namesOf(object, kind);
    for (let i = 0; i < shown.length && room(); i++) {
      const own = describe(object, shown[i]);
      if (own !== undefined) add(`${own.enumerable ? showKey(shown[i]) : `[${shown[i]}]`}: ${showSlot(own, level)}`);
    }
    // Nothing but elements may stand in columns; the line that counts the rest stays below them.
    const alone = (kind.list === "array" || kind.list === "typed") && output.length === elements;
    const columns = alone ? elements - (kind.count > ITEMS ? 1 : 0) : 0;
    const head = kind.base ?? kind.prefix ?? "";
    if (output.length === 0 && kind.base !== undefined) return head;
    const square = kind.list === "array" || kind.list === "typed";
    const open = `${head === "" ? "" : `${head} `}${square ? "[" : "{"}`;
    const close = square ? "]" : "}";
    // As in Deno, what holds more than three levels below it is broken even if it would fit.
    return output.length === 0 ? open + close : arrange(open, output, close, { level, flat: deepest - level < 3, columns });
  };

  /** Names of the properties to show; elements, and characters of boxed strings, are not among them. */
  const namesOf = (object, kind) => {
    const names = [];
    const many = (kind.list === "array" || kind.list === "typed") && kind.count > 10000; // their names alone take long
    const own = many || kind.list === "typed" ? [] : keys(object);
    for (let i = 0; i < own.length; i++) {
      if ((kind.list === "array" || kind.boxed) && matches(INDEX, own[i])) continue;
      if (kind.error && (own[i] === "stack" || own[i] === "message" || own[i] === "name")) continue;
      names[names.length] = own[i];
    }
    if (kind.error) {
      for (const key of ["cause", "errors"]) {
        const there = describe(object, key);
        if (there !== undefined && !there.enumerable) names[names.length] = key;
      }
    }
    const symbols = symbolsOf(object);
    for (let i = 0; i < symbols.length; i++) {
      if (describe(object, symbols[i])?.enumerable) names[names.length] = symbols[i];
    }
    return names;
  };

  const showSlot = (own, level) => {
    if (own.get !== undefined) return own.set === undefined ? "[Getter]" : "[Getter/Setter]";
    return own.set !== undefined ? "[Setter]" : show(own.value, level + 1);
  };

  const showElements = (array, count, level, add, room) => {
    let names; // of a sparse array, to leap over its holes
    let next = 0;
    let shown = 0;
    for (let i = 0; i < count; shown++) {
      if (shown >= ITEMS) {
        add(`... ${more(count - i, "item")}`);
        return;
      }
      if (!room()) return;
      const own = describe(array, i);
      if (own === undefined) {
        names ??= keys(array);
        while (next < names.length && +names[next] < i) next++;
        const end = next < names.length && matches(INDEX, names[next]) ? min(+names[next], count) : count;
        add(`<${end - i} empty item${end - i === 1 ? "" : "s"}>`);
        i = max(end, i + 1);
      } else {
        add(showSlot(own, level));
        i++;
      }
    }
  };

  return {
    /**
     * The text of a value.
     *
     *     inspect({ id: 1, name: "ada", tags: new Set(["a"]) })     // { id: 1, name: "ada", tags: Set(1) { "a" } }
     *
     * @param {unknown} value
     * @returns {string}
     */
    inspect(value) {
      const outer = { path, circles, written, deepest }; // a custom inspect method may come back in here
      path = [];
      circles = new References();
      written = deepest = 0;
      try {
        const text = show(value, 0);
        if (text.length <= TOTAL) return text;
        return `${slice(text, 0, TOTAL)}\n... cut: ${more(text.length - TOTAL, "character")}`;
      } finally {
        ({ path, circles, written, deepest } = outer);
      }
    },
  };
}
