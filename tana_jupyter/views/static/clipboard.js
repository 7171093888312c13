/** Copying, also where the browser has no clipboard for the page or has forgotten the click that asked. */

import { h } from "./dom.js";

/**
 * @param {string} text
 * @param {HTMLElement} within
 * @returns {Promise<boolean>} false when only the user can copy it
 */
export async function copyText(text, within) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text, within);
  }
}

/**
 * @param {string} text
 * @param {HTMLElement} within
 */
function copySelected(text, within) {
  const before = /** @type {HTMLElement | null} */ (/** @type {any} */ (within.getRootNode()).activeElement);
  const area = /** @type {HTMLTextAreaElement} */ (
    h("textarea", { class: "tana-spoken", "aria-hidden": "true", tabindex: -1 })
  );
  area.value = text;
  within.append(area);
  area.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    area.remove();
    before?.focus({ preventScroll: true });
  }
}
