/** Dates as en-US writes them, in UTC (ECMA-402 DateTimeFormat). */
(tana) => {
  "use strict";
  const { checkLocales, reader } = tana.load("modules/web/intl.js");

  const MONTHS = "January February March April May June July August September October November December".split(" ");
  const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
  const UTC = /^(utc|gmt|zulu|etc\/(utc|gmt|uct|zulu)|[+-]00:?00)$/i;
  const ZONES = {
    short: "UTC",
    long: "Coordinated Universal Time",
    shortOffset: "GMT",
    longOffset: "GMT",
    shortGeneric: "GMT",
    longGeneric: "GMT",
  };
  const NUMERIC = ["numeric", "2-digit"];
  const NAMES = ["long", "short", "narrow"];
  const STYLES = ["full", "long", "medium", "short"];
  const DATE_STYLES = {
    full: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
    long: { year: "numeric", month: "long", day: "numeric" },
    medium: { year: "numeric", month: "short", day: "numeric" },
    short: { year: "2-digit", month: "numeric", day: "numeric" },
  };
  const CLOCK = { hour: "numeric", minute: "2-digit", second: "2-digit" };
  const TIME_STYLES = {
    full: { ...CLOCK, timeZoneName: "long" },
    long: { ...CLOCK, timeZoneName: "short" },
    medium: CLOCK,
    short: { hour: "numeric", minute: "2-digit" },
  };

  const padded = (value, form) => (form === "2-digit" ? `${value % 100}`.padStart(2, "0") : `${value}`);
  const named = (name, form) => (form === "long" ? name : name.slice(0, form === "short" ? 3 : 1));

  /** The parts to write, from options. */
  const read = (options, need, defaults) => {
    const option = reader(options, "toLocaleString");
    option.word("calendar", ["gregory", "iso8601"]);
    option.word("numberingSystem", ["latn"]);
    const zone = option.raw("timeZone");
    if (zone !== undefined && !UTC.test(`${zone}`)) option.refuse("timeZone", zone, "available here, only 'UTC' is");
    for (const name of ["era", "dayPeriod"]) {
      if (option.raw(name) !== undefined) option.refuse(name, option.raw(name), "supported");
    }

    const date = {
      weekday: option.word("weekday", NAMES),
      year: option.word("year", NUMERIC),
      month: option.word("month", [...NUMERIC, ...NAMES]),
      day: option.word("day", NUMERIC),
    };
    const time = {
      hour: option.word("hour", NUMERIC),
      minute: option.word("minute", NUMERIC),
      second: option.word("second", NUMERIC),
      fraction: option.count("fractionalSecondDigits", 1, 3),
    };
    const timeZoneName = option.word("timeZoneName", Object.keys(ZONES));
    const hour12 = option.raw("hour12");
    const cycle = option.word("hourCycle", ["h11", "h12", "h23", "h24"], "h12");
    const hours = hour12 === undefined ? cycle : hour12 ? "h12" : "h23";
    const dateStyle = option.word("dateStyle", STYLES);
    const timeStyle = option.word("timeStyle", STYLES);

    const hasDate = Object.values(date).some((form) => form !== undefined);
    const hasTime = Object.values(time).some((form) => form !== undefined);
    if (dateStyle || timeStyle) {
      if (hasDate || hasTime || timeZoneName) {
        throw new TypeError("toLocaleString: dateStyle and timeStyle cannot be mixed with single parts");
      }
      if (need === "date" && timeStyle) throw new TypeError("toLocaleDateString: timeStyle is not an option of dates");
      if (need === "time" && dateStyle) throw new TypeError("toLocaleTimeString: dateStyle is not an option of times");
      return { ...DATE_STYLES[dateStyle], ...TIME_STYLES[timeStyle], hours };
    }
    const given = (need !== "time" && hasDate) || (need !== "date" && hasTime);
    if (!given && defaults !== "time") date.year = date.month = date.day = "numeric";
    if (!given && defaults !== "date") time.hour = time.minute = time.second = "numeric";
    return { ...date, ...time, timeZoneName, hours };
  };

  /** @param {Date} at */
  const dateText = (at, { weekday, year, month, day }) => {
    const dayOfWeek = weekday && named(DAYS[at.getUTCDay()], weekday);
    const full = at.getUTCFullYear();
    const inEra = year && padded(full > 0 ? full : 1 - full, year);
    const inMonth = day && padded(at.getUTCDate(), day);
    if (month === undefined) {
      if (inEra && inMonth) return dayOfWeek ? `${inMonth} ${dayOfWeek} ${inEra}` : `${inEra} (day: ${inMonth})`;
      return [inEra ?? inMonth, dayOfWeek].filter(Boolean).join(" ");
    }
    const numeric = NUMERIC.includes(month);
    const inYear = numeric ? padded(at.getUTCMonth() + 1, month) : named(MONTHS[at.getUTCMonth()], month);
    const parts = numeric
      ? [inYear, inMonth, inEra].filter(Boolean).join("/")
      : [inYear, inMonth].filter(Boolean).join(" ") + (inEra ? `${inMonth ? "," : ""} ${inEra}` : "");
    if (!dayOfWeek) return parts;
    return inMonth ? `${dayOfWeek}, ${parts}` : `${parts} ${dayOfWeek}`;
  };

  /** @param {Date} at */
  const timeText = (at, { hour, minute, second, fraction, hours }) => {
    const cut = fraction && `${at.getUTCMilliseconds()}`.padStart(3, "0").slice(0, fraction);
    const minutes = minute && padded(at.getUTCMinutes(), hour || second || fraction ? "2-digit" : "numeric");
    // A fraction behind minutes means nothing without its seconds.
    const whole = (second || (minute && fraction)) && padded(at.getUTCSeconds(), minute ? "2-digit" : "numeric");
    const seconds = whole && cut ? `${whole}.${cut}` : whole ?? cut;
    if (hour === undefined) return [minutes, seconds].filter(Boolean).join(":");
    const value = at.getUTCHours();
    const half = hours === "h11" || hours === "h12";
    const shown = { h11: value % 12, h12: value % 12 || 12, h23: value, h24: value || 24 }[hours];
    const start = padded(shown, half ? hour : "2-digit");
    const digits = [start, minutes, minutes && seconds].filter(Boolean).join(":");
    const clock = half ? `${digits} ${value < 12 ? "AM" : "PM"}` : digits;
    return seconds && !minutes ? `${clock} (second: ${seconds})` : clock;
  };

  const between = (parts) => {
    if (parts.month === "long") return " at ";
    const alone = parts.weekday && !parts.year && !parts.month && !parts.day;
    const half = parts.hours === "h11" || parts.hours === "h12";
    return alone && parts.hour && (half || parts.minute) ? " " : ", ";
  };

  return {
    /**
     * @param {number} value the time of a Date, perhaps NaN
     * @param {unknown} locales
     * @param {unknown} options
     * @param {"any" | "date" | "time"} need
     * @param {"all" | "date" | "time"} defaults
     */
    format(value, locales, options, need, defaults) {
      checkLocales(locales);
      const parts = read(options, need, defaults);
      if (value !== value) return "Invalid Date";
      const at = new Date(value);
      const zone = parts.timeZoneName && ZONES[parts.timeZoneName];
      const time = [timeText(at, parts), zone].filter(Boolean).join(" ");
      return [dateText(at, parts), time].filter(Boolean).join(between(parts));
    },
  };
}
