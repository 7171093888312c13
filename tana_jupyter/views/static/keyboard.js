/** The keys of a view. What is not listed here stays with the field it was typed in, or goes to JupyterLab. */

/** Key as the browser names it, with the modifiers that belong to it -> what it does in the list of keys. */
const LIST = {
  ArrowDown: "down",
  ArrowUp: "up",
  "Shift+ArrowDown": "extend-down",
  "Shift+ArrowUp": "extend-up",
  ArrowRight: "open-branch",
  ArrowLeft: "close-branch",
  Home: "first",
  End: "last",
  "Ctrl+Home": "first",
  "Ctrl+End": "last",
  PageDown: "page-down",
  PageUp: "page-up",
  Enter: "open",
  " ": "select",
  Delete: "delete",
  Backspace: "delete",
  F2: "rename",
  e: "edit",
  n: "add",
  c: "copy-key",
  "Ctrl+c": "copy-key",
  v: "copy-value",
  t: "copy-typescript",
  "/": "search",
  "Shift+/": "search",
  "?": "help",
  "Shift+?": "help",
  Escape: "escape",
};

/** The same for people, in the order they are likely to be wanted. */
export const SHEET = [
  ["/", "Search by prefix"],
  ["↑ ↓ Home End PgUp PgDn", "Move through the keys"],
  ["→ ←", "Open and close a branch"],
  ["Enter", "Show the value beside the list"],
  ["Space, Shift+↑ ↓", "Select several keys"],
  ["n", "Add a key"],
  ["e", "Edit the value"],
  ["F2", "Rename the key"],
  ["Delete", "Delete, after a question"],
  ["c   v   t", "Copy key, value, or both as TypeScript"],
  ["Ctrl/Cmd+Enter", "Save an edit"],
  ["Esc", "Cancel, close, clear"],
];

/** @param {KeyboardEvent} event */
function named(event) {
  const ctrl = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
  const shift = event.shiftKey ? "Shift+" : "";
  return `${ctrl}${shift}${event.key.length === 1 && ctrl ? event.key.toLowerCase() : event.key}`;
}

/**
 * What a key means in the list of keys, null for nothing.
 * @param {KeyboardEvent} event
 * @returns {string | null}
 */
export function listAction(event) {
  if (event.altKey || event.isComposing) return null;
  return LIST[/** @type {keyof typeof LIST} */ (named(event))] ?? null;
}

/** @param {KeyboardEvent} event */
export const saves = (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing;

/** @param {KeyboardEvent} event */
export const cancels = (event) => event.key === "Escape" && !event.isComposing;

/** Saving the notebook is wanted from everywhere, and the browser's own answer to these keys is not. */
const isPassed = (/** @type {KeyboardEvent} */ event) =>
  (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s";

const SUPPRESS = "data-lm-suppress-shortcuts";

/**
 * Keep keys typed in the widget from being commands of the notebook around it, where a bare `d d` deletes a cell.
 * @param {HTMLElement} element
 * @returns {() => void} undo
 */
export function keepKeys(element) {
  element.setAttribute(SUPPRESS, "true");
  // JupyterLab listens on the document while the event still travels down, so the decision must fall before that.
  const decide = (/** @type {KeyboardEvent} */ event) => {
    if (event.composedPath().includes(element)) element.toggleAttribute(SUPPRESS, !isPassed(event));
  };
  const stop = (/** @type {KeyboardEvent} */ event) => {
    if (!isPassed(event)) event.stopPropagation();
  };
  window.addEventListener("keydown", decide, true);
  for (const kind of ["keydown", "keypress", "keyup"]) element.addEventListener(kind, /** @type {any} */ (stop));
  return () => window.removeEventListener("keydown", decide, true);
}

/** What Tab can reach inside an element. */
const REACHED = "button, input, select, textarea, a[href], [tabindex='0']";

/**
 * Keep Tab inside an element for as long as it asks something.
 * @param {HTMLElement} element
 * @param {KeyboardEvent} event
 */
export function trapTab(element, event) {
  if (event.key !== "Tab") return;
  const all = [...element.querySelectorAll(REACHED)].filter((each) => !(/** @type {any} */ (each).disabled));
  const [first, last] = [all[0], all[all.length - 1]];
  const at = /** @type {Document | ShadowRoot} */ (element.getRootNode()).activeElement;
  const [edge, other] = event.shiftKey ? [first, last] : [last, first];
  if (at !== edge && element.contains(at)) return;
  event.preventDefault();
  /** @type {HTMLElement | undefined} */ (other)?.focus();
}
