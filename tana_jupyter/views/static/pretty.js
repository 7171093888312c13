/** JSON made readable without being parsed: numbers, doubled names and escapes stay exactly as they are stored. */

import { h } from "./dom.js";
import { shown } from "./texts.js";

const DEEPEST = 100;
const COLOURED = 4000;
const TOKEN = /"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"]+/gs;

/**
 * @typedef {{ kind: "key" | "string" | "number" | "word" | "mark" | "space", text: string }} Token
 */

/** @param {string} text */
const kindOf = (text) => {
  if (text[0] === '"') return "string";
  if ("{}[],:".includes(text)) return "mark";
  return /^[-\d]/.test(text) ? "number" : "word";
};

/**
 * The tokens of a JSON text with new white space between them. Takes any text, also half a JSON.
 * @param {string} json
 * @returns {Token[]}
 */
function laidOut(json) {
  const words = json.match(TOKEN) ?? [];
  /** @type {Token[]} */
  const tokens = [];
  let depth = 0;
  const line = () => tokens.push({ kind: "space", text: `\n${"  ".repeat(Math.min(depth, DEEPEST))}` });
  words.forEach((text, at) => {
    const kind = kindOf(text);
    const next = words[at + 1];
    const closes = text === "}" || text === "]";
    if (closes) {
      depth -= 1;
      if (words[at - 1] !== "{" && words[at - 1] !== "[") line();
    }
    tokens.push({ kind: kind === "string" && next === ":" ? "key" : kind, text });
    if (text === "{" || text === "[") {
      depth += 1;
      if (next !== "}" && next !== "]") line();
    } else if (text === ",") line();
    else if (text === ":") tokens.push({ kind: "space", text: " " });
  });
  return tokens;
}

/**
 * A JSON text with its words coloured.
 * @param {string} json
 * @returns {Node[]}
 */
export function pretty(json) {
  const tokens = laidOut(json);
  const nodes = tokens
    .slice(0, COLOURED)
    .map(({ kind, text }) =>
      kind === "space" || kind === "mark"
        ? document.createTextNode(text)
        : h("span", { class: `tana-json-${kind}` }, ...shown(text)),
    );
  // More spans than this make the page slow to draw and no easier to read.
  const rest = tokens
    .slice(COLOURED)
    .map(({ text }) => text)
    .join("");
  return [...nodes, ...(rest ? shown(rest, { lines: true }) : [])];
}

/**
 * The same as one text.
 * @param {string} json
 */
export const indented = (json) =>
  laidOut(json)
    .map(({ text }) => text)
    .join("");
