/** The key browser: one namespace at a time, as a list or a tree, with the value of a key beside it. */

import { Actions, reason } from "./actions.js";
import { h, put } from "./dom.js";
import { Empty } from "./empty.js";
import { ExportPane } from "./exportpane.js";
import { Foot } from "./foot.js";
import { Lists } from "./lists.js";
import { same, toQuery, totalOf } from "./query.js";
import { Shell } from "./shell.js";
import { Side } from "./side.js";
import { Ticker } from "./sight.js";
import { StagingBar } from "./staging.js";
import { Table } from "./table.js";
import { Toolbar } from "./toolbar.js";

const TO_END = 20;
const FEW = 10;
const SOONER = 500;

class KeyBrowser {
  /** @param {{ model: any, el: HTMLElement }} view */
  constructor({ model, el }) {
    this.model = model;
    this.query = toQuery(model.get("query"));
    /** @type {import("./query.js").Namespace[]} */
    this.spaces = [];
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.expiring = undefined;
    const onevent = () => this.refresh();
    this.shell = new Shell({
      model,
      el,
      label: "Keys of the store",
      kind: "tana-browser",
      onevent,
      onsight: () => this.ticker?.start(),
      onother: (event) => event.event === "export" && this.export.take(event.state),
    });
    const { root, wire, dialogs, clock, announcer } = this.shell;
    this.lists = new Lists({
      wire,
      clock,
      onfirst: (list) => this.#arrived(list),
      onmore: () => this.table.draw(),
      onerror: (error) => this.shell.complain(error),
    });
    this.actions = new Actions({ root, wire, dialogs, say: (text) => announcer.tell(text), onchange: onevent });
    this.toolbar = new Toolbar({ onquery: (change) => this.ask(change), onaction: (name) => this.act(name) });
    this.table = new Table({
      clock,
      onaction: (name) => this.act(name),
      onactive: () => this.#follow(),
      onsort: () => this.ask({ order: this.query.order === "key" ? "-key" : "key" }),
      ondraw: () => this.#drawn(),
    });
    this.side = new Side({
      shell: this.shell,
      actions: this.actions,
      place: () => ({ contract: this.query.contract, api: this.query.api }),
      onaction: (name, row) => this.act(name, row),
      onshow: (open) => this.#spread(open),
      onleave: () => this.table.focus(),
      onsaved: (row) => this.table.goTo(row.k),
    });
    this.empty = new Empty({ onadd: () => this.act("add"), onclear: () => this.ask({ prefix: "" }) });
    this.staging = new StagingBar({
      oncommit: () => this.#stagingDone(this.actions.commit(this.query.contract)),
      ondiscard: () => this.#stagingDone(this.actions.discard(this.query.contract, this.staging.number)),
      onreview: () => this.ask({ layer: "staged" }),
    });
    this.foot = new Foot({ shell: this.shell, onhelp: () => this.act("help") });
    const list = h("div", { class: "tana-list" }, this.table.element, this.empty.element);
    this.body = h("div", { class: "tana-body" }, list, this.side.element);
    this.export = new ExportPane({ shell: this.shell, onleave: () => this.#exports(false) });
    root.append(this.toolbar.element, this.body, this.staging.element, this.export.element, this.foot.element);
    this.ticker = new Ticker(this.shell.sight, clock, () => this.#tick());
    this.outside = () => this.#turn(toQuery(model.get("query")));
    model.on("change:query", this.outside);
    this.toolbar.show(this.query, this.spaces);
    this.#begin();
  }

  /**
   * Look at something else.
   * @param {Partial<import("./query.js").Query>} change
   */
  ask(change) {
    const next = { ...this.query, ...change };
    if (this.#turn(next)) {
      this.model.set("query", { ...next });
      this.model.save_changes();
    }
  }

  /** Ask again for all that is shown. */
  refresh() {
    this.shell.complain(null);
    if (this.table.source && !this.lists.coming && !this.table.source.closed) this.table.source.refresh();
    else this.#load();
    this.#staged();
    this.#counts();
    this.side.refresh();
    this.export.refresh();
  }

  /**
   * @param {string} name
   * @param {any} [shown] the row of the pane, which need not be the one that the list stands on
   */
  act(name, shown) {
    const { actions, query, table, side } = this;
    const item = table.current();
    const rows = shown ? [shown] : table.chosen();
    const row = shown ?? (item?.row.branch ? null : item?.row);
    /** @type {Record<string, () => unknown>} */
    const acts = {
      list: () => table.focus(),
      search: () => this.toolbar.search.select(),
      refresh: () => this.refresh(),
      help: () => actions.help(),
      export: () => this.#exports(true),
      last: () => this.#toEnd(),
      escape: () => (table.selected.size ? table.clearSelection() : side.close()),
      open: () => row && side.show(row),
      add: () => side.edit(null),
      edit: () => row && side.edit(row),
      rename: async () => row && this.#goTo(await actions.rename(query, row)),
      delete: () => actions.remove(query, rows).then((gone) => gone && table.clearSelection()),
      unstage: async () => row && this.#stagingDone(actions.unstage(query.contract, row)),
      "copy-key": () => actions.copy(query, rows, "key"),
      "copy-value": () => actions.copy(query, rows, "value"),
      "copy-typescript": () => actions.copy(query, rows, "typescript"),
    };
    if (this.shell.wire.state !== "gone") acts[name]?.();
  }

  stop() {
    this.model.off("change:query", this.outside);
    clearTimeout(this.expiring);
    this.ticker.stop();
    this.toolbar.stop();
    this.lists.close();
    this.table.stop();
    this.shell.stop();
  }

  async #begin() {
    // The first page before all else: it is what people wait for.
    this.#load();
    const answer = await this.shell.wire.read("hello", "hello");
    if (!answer) return;
    if (!answer.ok) return this.shell.complain(reason(answer));
    this.shell.clock.follow(answer);
    this.spaces = answer.namespaces;
    this.foot.location = `${answer.store.location}${answer.store.shared ? ", shared" : ""}`;
    this.toolbar.show(this.query, this.spaces);
    this.table.soon();
    this.#staged();
    this.#counts();
  }

  /**
   * @param {import("./query.js").Query} next
   * @returns {boolean} whether it is another one
   */
  #turn(next) {
    const before = this.query;
    const moved = next.contract !== before.contract || next.api !== before.api;
    this.query = next;
    this.toolbar.show(next, this.spaces);
    if (same(next, before)) return false;
    if (moved) this.side.close();
    this.#load();
    if (moved) this.#staged();
    return true;
  }

  #load() {
    // What is shown still asks for its next rows, which would take the place of the new question.
    this.table.source?.close();
    this.lists.ask(this.query);
  }

  /** @param {import("./lists.js").List} list the first page of which is here */
  #arrived(list) {
    const { contract, api, order, view } = this.query;
    const flat = view === "flat";
    // A list of a handful gets a smaller box, once: later the box stays, or the notebook below would jump.
    if (!this.table.source) this.body.classList.toggle("tana-few", flat && !list.more && list.length <= FEW);
    this.shell.complain(null);
    const label = `Keys of ${contract}, ${api}`;
    put(this.shell.root, "aria-label", label);
    this.table.show(list, { api, order, tree: !flat, label });
    this.shell.announcer.say(this.#total() || "No keys");
  }

  #drawn() {
    const { source, element } = this.table;
    if (!source) return;
    this.empty.show(this.query, source.started && source.length === 0);
    this.foot.show(this.table, this.#total());
    element.classList.toggle("tana-scrolled", element.scrollTop > 0);
    this.ticker.start();
  }

  #tick() {
    const nearest = this.table.tick();
    // The kernel hides a row from then on; asked a little later, so that both clocks agree that it is time.
    if (nearest !== null && nearest <= 0) {
      this.expiring ??= setTimeout(() => {
        this.expiring = undefined;
        this.refresh();
      }, SOONER);
    }
    return nearest;
  }

  #total() {
    const { source } = this.table;
    return source ? totalOf(this.query, this.spaces, source) : "";
  }

  async #counts() {
    const answer = await this.shell.wire.read("namespaces", "namespaces");
    if (!answer?.ok) return;
    this.shell.clock.follow(answer);
    this.spaces = answer.namespaces;
    this.toolbar.show(this.query, this.spaces);
    this.table.soon();
  }

  async #staged() {
    const { contract, api } = this.query;
    if (api !== "data") return put(this.staging.element, "hidden", true);
    const answer = await this.shell.wire.read("staged", "staged", { contract });
    if (!answer || this.query.contract !== contract || this.query.api !== api || this.export.open) return;
    if (!answer.ok) return this.staging.fail(reason(answer));
    this.staging.show(answer);
    put(this.staging.element, "hidden", this.staging.number === 0);
  }

  /** @param {Promise<string | null>} work answers an error, "" when given up, null when done */
  async #stagingDone(work) {
    const error = await work;
    if (error !== "") this.staging.fail(error);
  }

  #follow() {
    const row = this.table.current()?.row;
    if (row && !row.branch) this.side.follow(row);
  }

  /** @param {boolean} open */
  #exports(open) {
    put(this.toolbar.element, "hidden", open);
    put(this.body, "hidden", open);
    // The staging bar knows itself whether it has something to say.
    if (open) put(this.staging.element, "hidden", true);
    else this.#staged();
    this.export.show(open ? this.query : null);
    if (!open) this.toolbar.exporting.focus({ preventScroll: true });
    this.table.soon();
  }

  /** @param {boolean} open */
  #spread(open) {
    put(this.body, "data-detail", open);
    this.table.soon();
  }

  /** @param {any} row that was just made */
  #goTo(row) {
    if (!row) return;
    this.table.goTo(row.k);
    if (this.side.open) this.side.show(row);
  }

  async #toEnd() {
    const { table } = this;
    const { source } = table;
    if (!source) return;
    if (source.more) this.shell.announcer.say("Going to the last key");
    await source.reach(TO_END);
    if (source !== table.source) return;
    table.draw();
    table.move((source.more ? source.rows : source.length) - 1);
    if (source.more) this.shell.announcer.tell("Many more: End goes on; sorting downwards shows the last keys first");
  }
}

/** @param {{ model: any, el: HTMLElement }} view */
function render({ model, el }) {
  const browser = new KeyBrowser({ model, el });
  return () => browser.stop();
}

export default { render };
