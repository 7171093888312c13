/** What the toLocaleString functions share: lists of locales and reading options, as ECMA-402 wants them. */
(tana) => {
  "use strict";
  const TAG = /^([a-z]{2,3}|[a-z]{5,8})(-[a-z0-9]{1,8})*$/i;

  /**
   * Checks a list of locales. Whatever it names, the answer is en-US: there is no data for others.
   * @param {unknown} locales
   */
  const checkLocales = (locales) => {
    if (locales === undefined) return;
    if (locales === null) throw new TypeError("Incorrect locale information provided");
    for (const locale of typeof locales === "string" ? [locales] : Array.from(Object(locales))) {
      if (typeof locale !== "string") throw new TypeError("Incorrect locale information provided");
      if (!TAG.test(locale)) throw new RangeError(`Incorrect locale information provided: '${locale}'`);
    }
  };

  /**
   * A reader of options.
   * @param {unknown} options
   * @param {string} where for messages
   */
  const reader = (options, where) => {
    if (options === null) throw new TypeError(`${where}: options is null`);
    const given = Object(options);
    const refuse = (name, value, hint) => {
      throw new RangeError(`${where}: ${name} '${String(value)}' is not ${hint}`);
    };
    return {
      /** One of a list of words. @param {string} name @param {string[]} allowed */
      word(name, allowed, fallback = undefined) {
        const value = given[name];
        if (value === undefined) return fallback;
        if (!allowed.includes(`${value}`)) refuse(name, value, `supported (use ${allowed.join(", ")})`);
        return `${value}`;
      },
      /** A whole number. @param {string} name */
      count(name, least, most, fallback = undefined) {
        const value = given[name];
        if (value === undefined) return fallback;
        const count = Math.floor(Number(value));
        if (!(Number(value) >= least && Number(value) <= most)) refuse(name, value, `a number from ${least} to ${most}`);
        return count;
      },
      /** @param {string} name */
      raw: (name) => given[name],
      refuse,
    };
  };

  return { checkLocales, reader };
}
