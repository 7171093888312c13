/**
 * Runs a cell of the open notebook; resolves with the milliseconds until the first row of the key browser that it
 * shows has been painted, or with null where none comes.
 *
 * @param {number} at which cell
 * @returns {Promise<number | null>}
 */
(at) => {
  const { commands, shell } = window.jupyterapp;
  const { content } = shell.currentWidget;
  const cell = content.widgets[at].node;
  const started = performance.now();
  const taken = () => performance.now() - started;
  content.activeCellIndex = at;
  commands.execute("notebook:run-cell");
  return new Promise((done) => {
    const look = () => {
      // What is there as a frame begins has been painted when the next one does.
      if (cell.querySelector(".tana-canvas > .tana-line")) requestAnimationFrame(() => done(taken()));
      else if (taken() > 30_000) done(null);
      else requestAnimationFrame(look);
    };
    look();
  });
};
