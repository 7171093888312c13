/**
 * Colours `%%tana` cells as TypeScript in JupyterLab 4 and Notebook 7: sets the mime type of such a cell, which is
 * all that the editor looks at, and gives the notebook's own back when the magic line goes.
 *
 * A module federation container by hand, so that nothing needs to be built: JupyterLab calls `init` with the modules
 * it shares, then `get("./extension")` for the plugin. JupyterLab caches this file by its address; that is why the
 * name it is served under ends in a hash of the text (tests/test_labextension.py tells the next one).
 */
(() => {
  const TYPESCRIPT = "application/typescript";
  /** IPython, too, looks past blank lines and indentation. */
  const MAGIC = /^\s*%%tana(?=\s|$)/;

  /** @type {Record<string, Record<string, { get(): Promise<() => unknown>, loaded?: unknown }>>} */
  let shared = {};

  /**
   * The module that JupyterLab itself has loaded; extensions may bring other versions of it.
   * @param {string} name
   * @returns {Promise<any>}
   */
  async function sharedModule(name) {
    const versions = Object.values(shared[name] ?? {});
    const entry = versions.find((version) => version.loaded) ?? versions[0];
    if (!entry) {
      throw new Error(`tana-jupyter: this JupyterLab shares no ${name}`);
    }
    return (await entry.get())();
  }

  /**
   * Watches the code cells of one notebook; cell models live longer than the widgets that show them.
   * @param {any} notebook
   */
  function follow(notebook) {
    const ours = new WeakSet();
    const watched = new WeakSet();

    function colour(/** @type {any} */ model) {
      const typescript = MAGIC.test(model.sharedModel.getSource().slice(0, 1000));
      if (typescript && model.mimeType !== TYPESCRIPT) {
        ours.add(model);
        model.mimeType = TYPESCRIPT;
      } else if (!typescript && ours.has(model)) {
        ours.delete(model);
        model.mimeType = notebook.codeMimetype;
      }
    }

    function watch(/** @type {any} */ model) {
      if (model.type !== "code" || watched.has(model)) {
        return;
      }
      watched.add(model);
      colour(model);
      model.contentChanged.connect(colour);
      // A new kernel gives all cells its own language.
      model.mimeTypeChanged.connect(colour);
    }

    function watchAll() {
      const cells = notebook.model?.cells;
      if (!cells) {
        return;
      }
      for (const model of cells) {
        watch(model);
      }
      if (!watched.has(cells)) {
        watched.add(cells);
        cells.changed.connect(watchAll);
      }
    }

    notebook.modelChanged.connect(watchAll);
    watchAll();
  }

  async function extension() {
    const { INotebookTracker } = await sharedModule("@jupyterlab/notebook");
    return {
      id: "tana-jupyter:highlight",
      description: "Colours %%tana cells as TypeScript.",
      autoStart: true,
      requires: [INotebookTracker],
      activate(/** @type {unknown} */ _app, /** @type {any} */ tracker) {
        const add = (/** @type {any} */ panel) => follow(panel.content);
        tracker.forEach(add);
        tracker.widgetAdded.connect((/** @type {unknown} */ _tracker, /** @type {any} */ panel) => add(panel));
      },
    };
  }

  const page = /** @type {any} */ (window);
  page._JUPYTERLAB ??= {};
  page._JUPYTERLAB["tana-jupyter"] = {
    init(/** @type {typeof shared} */ scope) {
      shared = scope;
    },
    async get(/** @type {string} */ name) {
      if (name !== "./extension") {
        throw new Error(`tana-jupyter has no module ${name}`);
      }
      const plugin = await extension();
      return () => ({ __esModule: true, default: plugin });
    },
  };
})();
