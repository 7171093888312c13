/** toLocaleString: the engine knows no locale. Loaded at once, so kept tiny. */
(tana) => {
  "use strict";
  const format = (file, ...given) => tana.load(`modules/web/${file}.js`).format(...given);
  const patch = ({ prototype }, read, methods) => {
    for (const name of Object.keys(methods)) {
      const value = { [name]() { return methods[name](read.call(this), ...arguments); } }[name];
      Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
    }
  };
  const number = { toLocaleString: (value, where, how) => format("numbers", value, where, how) };
  const date = (need, all) => (value, where, how) => format("dates", value, where, how, need, all);
  patch(Number, Number.prototype.valueOf, number);
  patch(BigInt, BigInt.prototype.valueOf, number);
  patch(Date, Date.prototype.getTime, {
    toLocaleString: date("any", "all"), toLocaleDateString: date("date", "date"), toLocaleTimeString: date("time", "time"),
  });
  return {};
}
