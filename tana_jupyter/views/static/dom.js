/** Elements without markup: whatever a store holds reaches the page as text, never as HTML. */

const SVG = "http://www.w3.org/2000/svg";

/** Outlines on a 16 by 16 grid, drawn with the colour of the text around them. */
const ICONS = {
  add: "M8 3v10M3 8h10",
  branch: "M6 4l4 4-4 4",
  clear: "M4.5 4.5l7 7M11.5 4.5l-7 7",
  copy: "M6 6V3.5h6.5V10H10M3.5 6H10v6.5H3.5z",
  back: "M10 4L6 8l4 4",
  edit: "M3 13l.6-2.8L10.8 3 13 5.2 5.8 12.4z",
  export: "M8 10V2.5M5 5.5l3-3 3 3M3 9v4h10V9",
  flat: "M3 4.5h10M3 8h10M3 11.5h10",
  refresh: "M12.6 6.2A5 5 0 1 0 13 8.6M13 3v3.4H9.6",
  remove: "M3.5 4.5h9M6.5 4.5V3h3v1.5M5 4.5l.5 8.5h5l.5-8.5",
  rename: "M6 3h4M8 3v10M6 13h4M3 6v4M13 6v4",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.4 10.4L13.5 13.5",
  tree: "M3 3.5h5M6 8h7M6 12.5h7M4.5 3.5v9H6M4.5 8H6",
  undo: "M6 3.5L3 6.5l3 3M3 6.5h6.5a3.5 3.5 0 0 1 0 7H7",
};

/** @typedef {keyof typeof ICONS} IconName */

/**
 * An element: `h("button", { class: "tana-button", onclick: save }, "Save")`.
 *
 * Properties that begin with `on` are listeners, `true` and `false` put and leave out an attribute, null leaves it out.
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else put(element, name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * Set an attribute, only where it changes: screen readers tell of every write to some of them.
 * @param {Element} element
 * @param {string} name
 * @param {string | number | boolean | null | undefined} value
 */
export function put(element, name, value) {
  const text = value === true ? "" : value;
  if (text === null || text === undefined || text === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(text)) element.setAttribute(name, String(text));
}

/**
 * Set the text of an element, only where it changes.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * @param {IconName} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [key, value] of Object.entries({ viewBox: "0 0 16 16", class: "tana-icon", "aria-hidden": "true" })) {
    svg.setAttribute(key, value);
  }
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * A button with an icon, a label or both; one without a label is named by its title.
 * @param {{ icon?: IconName, label?: string, title?: string, kind?: string, onclick: (event: Event) => void }} options
 * @returns {HTMLButtonElement}
 */
export function button({ icon: name, label, title, kind = "", onclick }) {
  const shape = label ? "" : " tana-button-icon";
  const properties = { type: "button", class: `tana-button${shape} ${kind}`.trim(), title, onclick };
  const named = label ? {} : { "aria-label": title };
  const made = h("button", { ...properties, ...named }, name && icon(name), label && h("span", {}, label));
  return /** @type {HTMLButtonElement} */ (made);
}

// Each widget is a module of its own, so counting alone would give two of them the same ids.
const stem = Math.random().toString(36).slice(2);
let made = 0;

/** An id that no other element of the page has. */
export const freshId = () => `tana-${stem}-${(made += 1)}`;
