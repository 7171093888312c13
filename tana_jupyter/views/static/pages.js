/** A flat list of keys, page by page. It remembers where each page begins, and the rows only of those near the eye. */

/**
 * @typedef {import("./query.js").Row} Row
 * @typedef {{ after: any, start: number, size: number, rows: Row[] | null, stale: boolean }} Page
 * @typedef {(after: any, limit: number, path: string) => Promise<import("./rpc.js").Answer | null>} Fetch
 * @typedef {{ row: any, depth: number, open: boolean | null, position: number, siblings: number,
 *   label: string | null }} Item
 */

export const PAGE = 200;
const JUMP = 500;
const KEPT = 12;
const AHEAD = 100;

export class Pages {
  /**
   * @param {Fetch} fetch
   * @param {() => void} onchange
   * @param {(error: string) => void} onerror
   */
  constructor(fetch, onchange, onerror) {
    this.fetch = fetch;
    this.onchange = onchange;
    this.onerror = onerror;
    /** @type {Page[]} */
    this.pages = [];
    /** Where the next page begins; undefined before the first answer, null after the last page. @type {any} */
    this.next = undefined;
    this.rows = 0;
    this.range = [0, 0];
    /** @type {Promise<boolean> | null} */
    this.loading = null;
    this.closed = false;
    this.failed = false;
  }

  /** Lines to draw: one more than the known rows while there are others. */
  get length() {
    return this.rows + (this.more ? 1 : 0);
  }

  get more() {
    return this.next !== null && !(this.failed && this.next === undefined);
  }

  get started() {
    return this.next !== undefined;
  }

  /**
   * @param {number} index
   * @returns {Item | null} null while it is not here
   */
  at(index) {
    const page = this.#page(index);
    const row = page?.rows?.[index - page.start];
    return row ? { row, depth: 0, open: null, position: index, siblings: -1, label: null } : null;
  }

  /**
   * See to it that these lines are there.
   * @param {number} first
   * @param {number} last
   */
  want(first, last) {
    this.range = [first, last];
    if (this.loading || this.closed || this.failed) return;
    const missing = this.pages.findIndex(
      (page) => page.start <= last && page.start + page.size > first && (!page.rows || page.stale),
    );
    if (missing >= 0) this.#load(missing, PAGE);
    else if (this.more && last + AHEAD >= this.rows) this.#load(this.pages.length, PAGE);
  }

  /** Something changed in the kernel: what is on the screen is asked for again, the rest when it comes into sight. */
  refresh() {
    this.failed = false;
    for (const page of this.pages) page.stale = true;
    this.want(this.range[0], this.range[1]);
  }

  /**
   * Go on until the last row, or so many pages.
   * @param {number} most
   */
  async reach(most) {
    for (let turn = 0; turn < most && this.more && !this.closed && !this.failed; turn += 1) {
      if (this.loading) await this.loading;
      else await this.#load(this.pages.length, JUMP);
    }
  }

  /** @param {string} k */
  indexOf(k) {
    for (const page of this.pages) {
      const at = page.rows?.findIndex((row) => row.k === k) ?? -1;
      if (at >= 0) return page.start + at;
    }
    return -1;
  }

  /** A flat list has no parents. @returns {number} */
  parent() {
    return -1;
  }

  toggle() {}

  close() {
    this.closed = true;
  }

  /** @param {number} index */
  #page(index) {
    let low = 0;
    let high = this.pages.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.pages[middle].start <= index) low = middle;
      else high = middle - 1;
    }
    return this.pages[low];
  }

  /**
   * @param {number} at
   * @param {number} limit
   */
  #load(at, limit) {
    const work = this.#fetch(at, limit).finally(() => {
      if (this.loading === work) this.loading = null;
    });
    this.loading = work;
    return work.then((went) => {
      if (went) this.want(this.range[0], this.range[1]);
    });
  }

  /**
   * @param {number} at
   * @param {number} limit
   * @returns {Promise<boolean>} whether to look for more
   */
  async #fetch(at, limit) {
    const known = this.pages[at];
    const after = known ? known.after : (this.next ?? null);
    const answer = await this.fetch(after, known ? Math.max(known.size, PAGE) : limit, "");
    if (this.closed || !answer) return false;
    if (!answer.ok) {
      this.failed = true;
      this.onerror(answer.error ?? "The kernel refused the page.");
      return false;
    }
    const following = this.pages[at + 1];
    const start = known ? known.start : this.rows;
    const next = answer.next ?? null;
    this.pages[at] = { after, start, size: answer.rows.length, rows: answer.rows, stale: false };
    // Keys came or went inside this page: where the later ones begin is no longer known.
    if (!following || following.after !== next || answer.rows.length !== known?.size) {
      this.pages.length = at + 1;
      this.next = next;
      this.rows = start + answer.rows.length;
    }
    this.#forget();
    this.onchange();
    return true;
  }

  /** Rows far from the eye go; their page stays as a place. */
  #forget() {
    const middle = (this.range[0] + this.range[1]) / 2;
    const held = this.pages.filter((page) => page.rows);
    if (held.length <= KEPT) return;
    const distance = (/** @type {Page} */ page) => Math.abs(page.start + page.size / 2 - middle);
    held.sort((one, other) => distance(one) - distance(other));
    for (const page of held.slice(KEPT)) page.rows = null;
  }
}
