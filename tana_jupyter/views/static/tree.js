/** Keys as a tree by their separators: a branch asks for what is below it when it is opened. */

import { PAGE } from "./pages.js";

/**
 * @typedef {{ path: string, prefix: string, row: any, depth: number, open: boolean, stale: boolean,
 *   kids: Node[], next: any, parent: Node | null, place: number, more?: boolean }} Node
 */

const MOST = 500;

/** @param {string} hex */
function decoded(hex) {
  const bytes = new Uint8Array(hex.length / 2);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
  return new TextDecoder().decode(bytes);
}

export class Tree {
  /**
   * @param {import("./pages.js").Fetch} fetch
   * @param {() => void} onchange
   * @param {(error: string) => void} onerror
   */
  constructor(fetch, onchange, onerror) {
    this.fetch = fetch;
    this.onchange = onchange;
    this.onerror = onerror;
    this.root = this.#node({ branch: true, path: "", text: "", k: "" }, null, 0);
    this.root.open = true;
    /** @type {Node[]} */
    this.lines = [];
    this.range = [0, 0];
    this.loading = false;
    this.closed = false;
    this.failed = false;
  }

  get length() {
    return this.lines.length + (this.started ? 0 : 1);
  }

  get rows() {
    return this.lines.length;
  }

  get more() {
    return !this.started || this.root.next !== null;
  }

  get started() {
    return this.root.next !== undefined || this.failed;
  }

  /**
   * @param {number} index
   * @returns {import("./pages.js").Item | null}
   */
  at(index) {
    const node = this.lines[index];
    if (!node || node.more) return null;
    const siblings = node.parent?.next === null ? node.parent.kids.length : -1;
    const open = node.row.branch ? node.open : null;
    return { row: node.row, depth: node.depth - 1, open, position: node.place, siblings, label: this.#label(node) };
  }

  /**
   * @param {number} first
   * @param {number} last
   */
  want(first, last) {
    this.range = [first, last];
    if (this.loading || this.closed || this.failed) return;
    const work = this.#wanted(first, last);
    if (!work) return;
    this.loading = true;
    this.#load(work).then((went) => {
      this.loading = false;
      if (went) this.want(this.range[0], this.range[1]);
    });
  }

  refresh() {
    this.failed = false;
    const mark = (/** @type {Node} */ node) => {
      node.stale = true;
      for (const kid of node.kids) if (kid.row.branch) mark(kid);
    };
    mark(this.root);
    this.want(this.range[0], this.range[1]);
  }

  /**
   * Open or close a branch.
   * @param {number} index
   * @param {boolean} [open]
   */
  toggle(index, open) {
    const node = this.lines[index];
    if (!node?.row?.branch || node.open === open) return;
    node.open = open ?? !node.open;
    this.#flatten();
    this.want(this.range[0], this.range[1]);
  }

  /** @param {number} index */
  parent(index) {
    const parent = this.lines[index]?.parent;
    return parent ? this.lines.indexOf(parent) : -1;
  }

  /** @param {string} k */
  indexOf(k) {
    return this.lines.findIndex((node) => !node.more && node.row.k === k);
  }

  /** @param {number} most */
  async reach(most) {
    for (let turn = 0; turn < most && !this.closed && !this.failed && this.root.next !== null; turn += 1) {
      if (this.loading) await new Promise((done) => setTimeout(done, 20));
      else await this.#load(this.root);
    }
  }

  close() {
    this.closed = true;
  }

  /** @param {Node} node */
  #label(node) {
    const { row, parent } = node;
    if (row.branch) return row.text;
    if (typeof row.segment === "string") return row.segment;
    const prefix = parent?.prefix ?? "";
    return row.text.startsWith(prefix) ? row.text.slice(prefix.length) : row.text;
  }

  /**
   * @param {number} first
   * @param {number} last
   */
  #wanted(first, last) {
    if (this.root.next === undefined) return this.root;
    for (const node of this.lines.slice(first, last + 1)) {
      if (node.parent && (node.parent.stale || node.more)) return node.parent;
      if (node.open && node.row?.branch && node.next === undefined) return node;
    }
    return null;
  }

  /**
   * @param {any} row
   * @param {Node | null} parent
   * @param {number} place
   * @returns {Node}
   */
  #node(row, parent, place) {
    const prefix = row.branch ? decoded(row.path) : "";
    const depth = parent ? parent.depth + 1 : 0;
    return {
      path: row.path ?? "",
      prefix,
      row,
      depth,
      open: false,
      stale: false,
      kids: [],
      next: undefined,
      parent,
      place,
    };
  }

  /** @param {Node} branch */
  async #load(branch) {
    const again = branch.stale || branch.next === undefined;
    const limit = again ? Math.min(MOST, Math.max(PAGE, branch.kids.length)) : PAGE;
    const answer = await this.fetch(again ? null : branch.next, limit, branch.path);
    if (this.closed || !answer) return false;
    if (!answer.ok) {
      this.failed = true;
      this.onerror(answer.error ?? "The kernel refused the page.");
      return false;
    }
    const known = new Map(branch.kids.filter((kid) => kid.row.branch).map((kid) => [kid.path, kid]));
    const from = again ? 0 : branch.kids.length;
    const kids = answer.rows.map((/** @type {any} */ row, /** @type {number} */ at) => {
      const old = row.branch ? known.get(row.path) : undefined;
      if (!old) return this.#node(row, branch, from + at);
      return Object.assign(old, { row, place: from + at });
    });
    branch.kids = again ? kids : [...branch.kids, ...kids];
    branch.next = answer.next ?? null;
    branch.stale = false;
    this.#flatten();
    return true;
  }

  #flatten() {
    /** @type {Node[]} */
    const lines = [];
    const below = (/** @type {Node} */ branch) => {
      for (const kid of branch.kids) {
        lines.push(kid);
        if (kid.open) below(kid);
      }
      // The line that is drawn while the rest of a branch is on its way; seeing it fetches it.
      if (branch.next !== null) lines.push({ ...this.#node({}, branch, branch.kids.length), more: true });
    };
    below(this.root);
    this.lines = lines;
    this.onchange();
  }
}
