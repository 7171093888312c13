/**
 * Date by the session's clock. Local time is UTC, whatever the kernel's time zone, as in Workers.
 */
(tana) => {
  const Native = Date;
  const nativeNow = Date.now;
  const nativeParse = Date.parse;
  const { UTC } = Date;
  const prototype = Date.prototype;
  const { defineProperty, getOwnPropertyDescriptor } = Object;
  const { apply, construct } = Reflect;
  const { toPrimitive } = Symbol;
  const test = Function.prototype.call.bind(RegExp.prototype.test);
  const trim = Function.prototype.call.bind(String.prototype.trim);
  const toISOString = Function.prototype.call.bind(prototype.toISOString);
  const toUTCString = Function.prototype.call.bind(prototype.toUTCString);
  const getTime = Function.prototype.call.bind(prototype.getTime);
  const { substring } = tana.strings;

  let frozen = null;
  let offset = 0;
  const now = () => (frozen === null ? nativeNow() + offset : frozen);
  tana.now = now;
  let origin = null;
  let last = 0;
  /** Milliseconds since the first call, with fractions; never back, whatever the clock is moved to. */
  tana.monotonic = () => {
    const at = frozen === null ? tana.precise() + offset : frozen;
    origin ??= at;
    if (at - origin > last) last = at - origin;
    return last;
  };
  tana.setClock = (at, shift) => {
    frozen = at;
    offset = shift;
  };

  const isoDate = /^[+-]?\d{4,6}(-\d\d(-\d\d)?)?$/;
  const isoLocal = /^[+-]?\d{4,6}-\d\d-\d\dT[\d:.,]+$/;
  const zoned = /(Z|GMT|UTC?|[ECMP][SD]T|[+-]\d\d:?\d\d(\s*\(.*\))?)$/i;
  /** Parses a text that names no zone as UTC; the engine would take the kernel's zone. */
  const parse = (value) => {
    const text = trim(`${value}`);
    if (test(isoDate, text) || test(zoned, text)) return nativeParse(text);
    return nativeParse(text + (test(isoLocal, text) ? "Z" : " GMT"));
  };

  function SessionDate(...parts) {
    if (new.target === undefined) return new SessionDate().toString();
    let time;
    if (parts.length === 0) time = now();
    else if (parts.length > 1) time = UTC(...parts);
    else {
      let value = parts[0];
      if (typeof value === "object" && value !== null) {
        if (value instanceof Native) value = getTime(value);
        else value = value[toPrimitive] ? value[toPrimitive]("default") : primitive(value);
      }
      time = typeof value === "string" ? parse(value) : +value;
    }
    return construct(Native, [time], new.target);
  }
  const primitive = (value) => {
    const plain = value.valueOf();
    return typeof plain === "object" && plain !== null ? value.toString() : plain;
  };

  const put = (target, name, value, length) => {
    defineProperty(value, "name", { value: name, configurable: true });
    if (length !== undefined) defineProperty(value, "length", { value: length, configurable: true });
    defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
  };
  put(SessionDate, "now", () => now());
  put(SessionDate, "parse", (text) => parse(text), 1);
  put(SessionDate, "UTC", UTC);
  defineProperty(SessionDate, "length", { value: 7, configurable: true });
  defineProperty(SessionDate, "prototype", { value: prototype, writable: false, enumerable: false });
  put(prototype, "constructor", SessionDate); // which names it so
  defineProperty(SessionDate, "name", { value: "Date", configurable: true });

  for (const part of ["FullYear", "Month", "Date", "Hours", "Minutes", "Seconds", "Milliseconds", "Day"]) {
    for (const verb of part === "Day" ? ["get"] : ["get", "set"]) {
      const native = getOwnPropertyDescriptor(prototype, `${verb}UTC${part}`).value;
      const { length } = native;
      put(prototype, verb + part, { method(...args) { return apply(native, this, args); } }.method, length);
    }
  }
  const day = (date) => {
    const text = toUTCString(date); // Tue, 03 Feb 2026 04:05:06 GMT
    return text === "Invalid Date" ? text : `${substring(text, 0, 3)} ${substring(text, 8, 11)} ${substring(text, 5, 7)} ${substring(text, 12, text.length - 13)}`;
  };
  const time = (date) => {
    const text = toUTCString(date);
    return `${substring(text, text.length - 12, text.length - 4)} GMT+0000 (Coordinated Universal Time)`;
  };
  const valid = (date) => getTime(date) === getTime(date);
  const { trunc } = Math;
  const fullYear = Function.prototype.call.bind(prototype.getUTCFullYear);
  const setFullYear = Function.prototype.call.bind(prototype.setUTCFullYear);
  const methods = {
    getYear() { return fullYear(this) - 1900; },
    setYear(year) {
      const short = trunc(+year);
      return setFullYear(this, short >= 0 && short <= 99 ? short + 1900 : +year);
    },
    getTimezoneOffset() { return valid(this) ? 0 : NaN; },
    toString() { return valid(this) ? `${day(this)} ${time(this)}` : "Invalid Date"; },
    toDateString() { return day(this); },
    toTimeString() { return valid(this) ? time(this) : "Invalid Date"; },
  };
  for (const name of ["getYear", "setYear", "getTimezoneOffset", "toString", "toDateString", "toTimeString"]) put(prototype, name, methods[name]);

  defineProperty(globalThis, "Date", { value: SessionDate, writable: true, configurable: true, enumerable: false });
  tana.isoString = (ms) => toISOString(new Native(ms));
}
