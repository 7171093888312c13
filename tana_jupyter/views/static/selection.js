/** The rows that were picked together; branches of a tree cannot be. */

export class Selection {
  constructor() {
    /** By key, so that it outlives the pages the rows came with. @type {Map<string, any>} */
    this.rows = new Map();
    /** The line where a range begins. */
    this.anchor = 0;
  }

  get size() {
    return this.rows.size;
  }

  /** @param {string} k */
  has(k) {
    return this.rows.has(k);
  }

  clear() {
    this.rows.clear();
  }

  /** @param {any} row */
  toggle(row) {
    if (row && !row.branch && !this.rows.delete(row.k)) this.rows.set(row.k, row);
  }

  /**
   * Pick the lines between the anchor and this one, and no others.
   * @param {number} to
   * @param {(index: number) => any} rowAt
   */
  extend(to, rowAt) {
    this.rows.clear();
    for (let index = Math.min(this.anchor, to); index <= Math.max(this.anchor, to); index += 1) {
      const row = rowAt(index);
      if (row && !row.branch) this.rows.set(row.k, row);
    }
  }
}
