/** Numbers as en-US writes them (ECMA-402 NumberFormat): grouping, digits, percent, currency, compact. */
(tana) => {
  "use strict";
  const { checkLocales, reader } = tana.load("modules/web/intl.js");

  const SYMBOLS = {
    USD: "$", EUR: "€", GBP: "£", JPY: "¥", INR: "₹", CNY: "CN¥", KRW: "₩", BRL: "R$", CAD: "CA$", AUD: "A$",
    MXN: "MX$", NZD: "NZ$", HKD: "HK$", TWD: "NT$", ILS: "₪", VND: "₫", PHP: "₱", XCD: "EC$", XAF: "FCFA",
    XOF: "F\u202fCFA", XPF: "CFPF",
  };
  const WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" ");
  const THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND".split(" ");
  const COMPACT = { short: ["", "K", "M", "B", "T"], long: ["", " thousand", " million", " billion", " trillion"] };

  /**
   * A magnitude in decimal: 0.digits times 10 to the power of `point`. What is rounded are the shortest digits that
   * mean the number, so that 1.005 with two digits becomes 1.01, as people and browsers have it.
   * @typedef {{ digits: string, point: number }} Decimal
   */

  /** @param {number | bigint} value not negative, finite @returns {Decimal} */
  const decimal = (value) => {
    if (typeof value === "bigint") return trimmed({ digits: `${value}`, point: `${value}`.length });
    const [mantissa, exponent] = value.toExponential().split("e");
    return trimmed({ digits: mantissa.replace(".", ""), point: Number(exponent) + 1 });
  };

  /** @param {Decimal} number */
  const trimmed = ({ digits, point }) => {
    const end = digits.replace(/0+$/, "");
    return end === "" ? { digits: "", point: 1 } : { digits: end, point };
  };

  /** Keeps the first `keep` digits, half away from zero. @param {Decimal} number @returns {Decimal} */
  const rounded = ({ digits, point }, keep) => {
    if (keep >= digits.length) return { digits, point };
    if (keep < 0) return { digits: "", point: 1 };
    const kept = [...`0${digits.slice(0, keep)}`].map(Number);
    if (digits[keep] >= "5") {
      let at = kept.length - 1;
      while (kept[at] === 9) kept[at--] = 0;
      kept[at] += 1;
    }
    // A carry out of the first digit, as in 99.9, leaves one digit more.
    if (kept[0]) return trimmed({ digits: kept.join(""), point: point + 1 });
    return trimmed({ digits: kept.slice(1).join(""), point });
  };

  const digitOptions = (option, notation, leastDefault, mostDefault) => {
    const integer = option.count("minimumIntegerDigits", 1, 21, 1);
    let least = option.count("minimumFractionDigits", 0, 100);
    let most = option.count("maximumFractionDigits", 0, 100);
    const leastSignificant = option.count("minimumSignificantDigits", 1, 21);
    const mostSignificant = option.count("maximumSignificantDigits", leastSignificant ?? 1, 21);
    if (leastSignificant !== undefined || mostSignificant !== undefined) {
      return { integer, significant: { least: leastSignificant ?? 1, most: mostSignificant ?? 21 } };
    }
    if (notation === "compact" && least === undefined && most === undefined) {
      return { integer, least: 0, most: 0, atLeastTwo: true };
    }
    if (least === undefined) least = Math.min(leastDefault, most ?? leastDefault);
    else if (least > most) option.refuse("maximumFractionDigits", most, `at least ${least}, the minimum`);
    return { integer, least, most: most ?? Math.max(mostDefault, least) };
  };

  /** @param {Decimal} number */
  const roundedBy = (number, { significant, most, atLeastTwo }) => {
    if (significant) return rounded(number, significant.most);
    return rounded(number, atLeastTwo ? Math.max(2, number.point) : number.point + most);
  };

  /** @param {Decimal} number rounded @returns {[string, string]} integer and fraction digits */
  const split = ({ digits, point }, { integer, least, significant }) => {
    const whole = (point > 0 ? digits.slice(0, point).padEnd(point, "0") : "").padStart(integer, "0");
    const fraction = point > 0 ? digits.slice(point) : "0".repeat(-point) + digits;
    return [whole === "" ? "0" : whole, fraction.padEnd(significant ? significant.least - point : least, "0")];
  };

  const read = (option) => {
    const style = option.word("style", ["decimal", "percent", "currency"], "decimal");
    const code = option.raw("currency");
    if (code !== undefined && !/^[A-Za-z]{3}$/.test(`${code}`)) {
      option.refuse("currency", code, "a currency code of three letters");
    }
    if (style === "currency" && code === undefined) {
      throw new TypeError("toLocaleString: style 'currency' needs a currency, such as 'USD'");
    }
    const currency = style === "currency" ? `${code}`.toUpperCase() : undefined;
    const display = option.word("currencyDisplay", ["symbol", "narrowSymbol", "code"], "symbol");
    const accounting = option.word("currencySign", ["standard", "accounting"], "standard") === "accounting";
    const notation = option.word("notation", ["standard", "compact"], "standard");
    const places = WHOLE.includes(currency) ? 0 : THOUSANDTHS.includes(currency) ? 3 : 2;
    const [least, most] = currency ? [places, places] : [0, style === "percent" ? 0 : 3];
    const digits = digitOptions(option, notation, least, most);
    option.word("roundingMode", ["halfExpand"]);
    option.word("roundingPriority", ["auto"]);
    option.count("roundingIncrement", 1, 1);
    const strip = option.word("trailingZeroDisplay", ["auto", "stripIfInteger"], "auto") === "stripIfInteger";
    const length = option.word("compactDisplay", ["short", "long"], "short");
    const suffixes = COMPACT[currency ? "short" : length];
    const sign = option.word("signDisplay", ["auto", "always", "never", "exceptZero", "negative"], "auto");
    const wanted = option.raw("useGrouping");
    const automatic = notation === "compact" ? "min2" : "auto";
    const grouping =
      wanted === undefined || wanted === "true" || wanted === "false" ? automatic
      : wanted === true ? "always"
      : !wanted ? "never"
      : option.word("useGrouping", ["auto", "always", "min2"]).replace("auto", automatic);
    return { style, currency, display, accounting, notation, digits, strip, suffixes, sign, grouping };
  };

  /** @param {string} before what the symbol stands before */
  const symbolOf = (currency, display, before) => {
    const symbol = (display !== "code" && SYMBOLS[currency]) || currency;
    const shown = display === "narrowSymbol" ? symbol.replace(/^[A-Z]+(?=[^A-Z\s])/, "") : symbol;
    return /[A-Z]$/.test(shown) && /^\d/.test(before) ? `${shown}\xa0` : shown;
  };

  /** @param {string} digits */
  const grouped = (digits) => {
    const head = digits.length % 3;
    return [digits.slice(0, head), ...(digits.slice(head).match(/\d{3}/g) ?? [])].filter(Boolean).join(",");
  };

  /** The digits of a finite number and what compact puts behind them. @param {Decimal} number */
  const written = (number, { notation, digits, strip, suffixes, grouping }) => {
    let result = roundedBy(number, digits);
    let suffix = "";
    if (notation === "compact" && number.digits !== "") {
      // Rounding may carry into the next step: 999,999 is 1M, not 1000K.
      const step = (point) => Math.max(0, Math.min(4, Math.floor((point - 1) / 3)));
      let chosen = step(number.point);
      const scaled = () => roundedBy({ ...number, point: number.point - 3 * chosen }, digits);
      result = scaled();
      if (step(result.point + 3 * chosen) > chosen) {
        chosen = step(result.point + 3 * chosen);
        result = scaled();
      }
      suffix = suffixes[chosen];
    }
    let [whole, fraction] = split(result, digits);
    if (strip && /^0*$/.test(fraction)) fraction = "";
    if (grouping !== "never" && (grouping !== "min2" || whole.length > 4)) whole = grouped(whole);
    return { text: whole + (fraction && `.${fraction}`) + suffix, zero: result.digits === "" };
  };

  return {
    /**
     * @param {number | bigint} value
     * @param {unknown} locales
     * @param {unknown} options
     */
    format(value, locales, options) {
      checkLocales(locales);
      const wanted = read(reader(options, "toLocaleString"));
      const negative = value < 0 || Object.is(value, -0);
      const magnitude = negative ? -value : value;
      let body = { text: value !== value ? "NaN" : "∞", zero: value !== value };
      if (typeof value === "bigint" || Number.isFinite(value)) {
        const number = decimal(magnitude);
        if (wanted.style === "percent" && number.digits !== "") number.point += 2;
        body = written(number, wanted);
      }
      const signs = {
        auto: negative ? "-" : "",
        always: negative ? "-" : "+",
        never: "",
        exceptZero: body.zero ? "" : negative ? "-" : "+",
        negative: negative && !body.zero ? "-" : "",
      };
      const sign = signs[wanted.sign];
      const before = wanted.currency ? symbolOf(wanted.currency, wanted.display, body.text) : "";
      const shown = before + body.text + (wanted.style === "percent" ? "%" : "");
      return sign === "-" && wanted.accounting && wanted.currency ? `(${shown})` : sign + shown;
    },
  };
}
