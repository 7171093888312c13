"""The key browser in a real JupyterLab and Chromium: from running its cell to the first row on the screen.

The store holds a million keys: written to memory by a cell before, or in a file that the kernel has just opened.
"""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.effort import Effort, Sample
from benchmarks.fresh import ROOT
from benchmarks.large import CONTRACT, TIMES, fill
from benchmarks.table import Row, absent_row, time_row
from tana_jupyter.store import open_store
from tests.parts import PARTS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.lab import NotebookPage, Server

PAINTED = 0.5
LOAD = f"""import sys
sys.path.insert(0, {str(ROOT)!r})
%load_ext tana_jupyter"""
IN_MEMORY = """from benchmarks.large import fill
from tana_jupyter import session
%config Tana.store_limit = 2**32
fill(session().store, {})"""
BROWSE = f"%tana browse --contract {CONTRACT}"
FIRST, LATER = 2, 3  # cells
PREPARED = 300.0  # seconds that writing a million keys may take
RUN = """async (at) => {
  window.jupyterapp.shell.currentWidget.content.activeCellIndex = at;
  await window.jupyterapp.commands.execute("notebook:run-cell");
}"""
WATCH = Path(ROOT, "benchmarks", "firstpaint.js")


def rows(effort: Effort) -> Iterator[Row]:
    """The first browser of a kernel and a later one, on each store."""
    count = effort.stored * TIMES
    names = {"memory": f"memory, {count:,} keys just written", "sqlite": f"sqlite, {count:,} keys"}
    browser = PARTS["browser"]
    if browser.lacks():
        yield absent_row("first paint of the key browser in JupyterLab and Chromium", browser.install)
        return
    with tempfile.TemporaryDirectory(prefix="tana-benchmarks-", ignore_cleanup_errors=True) as folder:
        url = f"sqlite:///{folder}/large.db"
        store = open_store(url)
        fill(store, count)
        store.close()
        cells = {"memory": IN_MEMORY.format(count), "sqlite": f"%tana store {url}"}
        taken = _in_turns(cells, (effort.processes + 1) // 2, Path(folder))
    for name, what in names.items():
        first, later = (Sample.of([each[at] for each in taken[name]]) for at in (0, 1))
        yield time_row(f"{what}: first browser of a kernel, first paint", first, PAINTED)
        yield time_row(f"{name}: ... a later one, first paint", later, PAINTED)


def _in_turns(cells: Mapping[str, str], rounds: int, folder: Path) -> dict[str, list[tuple[float, float]]]:
    """What a first and a later browser take in new kernels, whose second cell is the given one."""
    from tests.lab import running_browser, running_server

    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in cells}
    with running_server("lab", folder) as server, running_browser() as browser:
        # The first page of all fills the caches of the browser and of compiled files.
        _painted(server, browser, IN_MEMORY.format(1_000))
        for _ in range(rounds):
            for name, cell in cells.items():
                taken[name].append(_painted(server, browser, cell))
    return taken


def _painted(server: "Server", browser: "Browser", cell: str) -> tuple[float, float]:
    server.write("painted.ipynb", [LOAD, cell, BROWSE, BROWSE])
    with server.open(browser, "painted.ipynb") as page:
        for at in range(FIRST):
            page.page.evaluate(RUN, at)
            page.wait_idle(PREPARED)
        return _seconds(page, FIRST), _seconds(page, LATER)


def _seconds(page: "NotebookPage", at: int) -> float:
    milliseconds = page.page.evaluate(WATCH.read_text(encoding="utf-8"), at)
    if milliseconds is None:
        seen = "\n".join(str(page.outputs(cell)) for cell in range(at + 1))
        raise RuntimeError(f"no row of the key browser was painted; the cells show\n{seen}")
    page.wait_idle()
    return float(milliseconds) / 1000
