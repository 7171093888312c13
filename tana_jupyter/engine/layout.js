/** How inspected entries stand on the page: in one line, in columns, or one below the other. */
(tana) => {
  "use strict";
  const WIDTH = 76;
  const { min, max } = Math;
  const uncurry = Function.prototype.bind.bind(Function.prototype.call);
  const join = uncurry(Array.prototype.join);
  const repeat = uncurry(String.prototype.repeat);
  const padStart = uncurry(String.prototype.padStart);
  const padEnd = uncurry(String.prototype.padEnd);
  const includes = uncurry(String.prototype.includes);

  /** Rows of at most ten short elements each, so that positions can be counted; undefined if they are not short. */
  const inColumns = (output, count, level) => {
    let wide = 0;
    let digits = true;
    for (let i = 0; i < count; i++) {
      wide = max(wide, output[i].length);
      digits &&= output[i] >= "-" && output[i] < ":";
      if (wide > 24 || includes(output[i], "\n")) return undefined;
    }
    const across = min(10, ((WIDTH - 2 * level - 2) / (wide + 2)) | 0);
    const rows = [];
    for (let at = 0; at < count; at += across) {
      let row = "";
      for (let i = at; i < min(at + across, count); i++) {
        const last = i === min(at + across, count) - 1;
        if (digits) row += padStart(output[i], wide, " ");
        else row += last ? output[i] : padEnd(`${output[i]},`, wide + 2, " ");
        if (digits && !last) row += ", ";
      }
      rows[rows.length] = row;
    }
    for (let i = count; i < output.length; i++) rows[rows.length] = output[i];
    return rows;
  };

  return {
    /**
     * The whole text of an object: `open`, the entries, `close`.
     * @param {string} open  such as `Map(2) {`
     * @param {string[]} output
     * @param {string} close
     * @param {{ level: number, flat: boolean, columns: number }} how  indentation; whether one line will do; how many
     *   of the entries are bare elements, which may stand in columns
     */
    arrange(open, output, close, { level, flat, columns }) {
      const indent = `\n${repeat("  ", level)}`;
      const line = `${open} ${join(output, ", ")} ${close}`;
      if (flat && line.length + 2 * level <= WIDTH && !includes(line, "\n")) return line;
      const rows = (columns > 6 ? inColumns(output, columns, level) : undefined) ?? output;
      return `${open}${indent}  ${join(rows, `,${indent}  `)}${indent}${close}`;
    },
  };
}
