/** From a query to its list: what was shown stays until the first page of the next one is here. */

import { Pages } from "./pages.js";
import { Tree } from "./tree.js";

/** @typedef {Pages | Tree} List */

const FIRST = 40;

export class Lists {
  /**
   * @param {{ wire: import("./rpc.js").Wire, clock: import("./clock.js").SessionClock,
   *   onfirst: (list: List) => void, onmore: () => void, onerror: (error: string) => void }} options
   */
  constructor({ wire, clock, onfirst, onmore, onerror }) {
    this.wire = wire;
    this.clock = clock;
    this.onfirst = onfirst;
    this.onmore = onmore;
    this.onerror = onerror;
    /** The list whose first page is on its way. @type {List | null} */
    this.coming = null;
  }

  /** @param {import("./query.js").Query} query */
  ask(query) {
    this.close();
    const tree = query.view === "tree";
    /** @type {import("./pages.js").Fetch} */
    const fetch = async (after, limit, path) => {
      const fields = { query, limit, ...(after === null ? {} : { after }), ...(tree ? { path } : {}) };
      const answer = await this.wire.read("page", "page", fields);
      if (answer?.ok) this.clock.follow(answer);
      return answer;
    };
    const list = new (tree ? Tree : Pages)(fetch, () => this.#changed(list), this.onerror);
    this.coming = list;
    list.want(0, FIRST);
  }

  /** Nobody waits for the list any more. */
  close() {
    this.coming?.close();
    this.coming = null;
  }

  /** @param {List} list */
  #changed(list) {
    if (list !== this.coming) return this.onmore();
    this.coming = null;
    this.onfirst(list);
  }
}
