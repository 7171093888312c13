"""The highlighter: what is shipped, and what it does in a real JupyterLab and a real Notebook 7."""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import tana_jupyter

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.lab import NotebookPage, Server

FOLDER = Path(tana_jupyter.__file__).parent / "labextension"
PACKAGE = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))

TYPESCRIPT = "application/typescript"
PYTHON = "text/x-ipython"
CELLS = [
    "%%tana counter --quiet\nconst total: number = 41 // typed\ntotal + 1",
    "total = 41  # typed\ntotal + 1",
    "\n  %%tana\nconst late = `text`",
    "%%tanager\nconst no = 1",
    "x = '''\n%%tana\n'''",
    {"cell_type": "markdown", "source": "%%tana is a magic"},
]

MODELS = "window.jupyterapp.shell.currentWidget.content"


class TestFiles:
    def test_the_address_follows_the_text(self) -> None:
        file, _, version = PACKAGE["jupyterlab"]["_build"]["load"].partition("?v=")
        digest = hashlib.sha256((FOLDER / file).read_bytes()).hexdigest()
        assert version == digest[:12], "browsers keep the old file under the old address: put this into package.json"

    def test_it_has_the_version_of_the_package(self) -> None:
        assert PACKAGE["version"] == tana_jupyter.__version__

    def test_a_wheel_brings_it_where_jupyter_looks(self, tmp_path: Path) -> None:
        from hatchling.builders.wheel import WheelBuilder

        built = next(WheelBuilder(str(FOLDER.parent.parent)).build(directory=str(tmp_path), versions=["standard"]))
        place = "data/share/jupyter/labextensions/tana-jupyter/"
        names = [name for name in zipfile.ZipFile(built).namelist() if place in name]
        assert {name.partition(place)[2] for name in names} == {"package.json", "install.json", "static/highlight.js"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from tests.lab import running_browser

    with running_browser() as opened:
        yield opened


@pytest.fixture(scope="module", params=["lab", "notebook"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    from tests.lab import running_server

    folder = tmp_path_factory.mktemp(request.param)
    # The files of this checkout, whatever an earlier install left in the environment.
    shutil.copytree(FOLDER, folder / "data" / "labextensions" / "tana-jupyter")
    with running_server(request.param, folder) as started:
        yield started


@pytest.fixture
def fresh(server: Server, browser: Browser) -> Iterator[NotebookPage]:
    name = f"{secrets.token_hex(4)}.ipynb"
    server.write(name, CELLS)
    with server.open(browser, name) as opened:
        yield opened


def types(page: NotebookPage) -> list[str]:
    """The mime types of the code cells."""
    found: list[str] = page.page.evaluate(
        f"() => [...{MODELS}.model.cells].filter((cell) => cell.type === 'code').map((cell) => cell.mimeType)"
    )
    return found


AS_WRITTEN = [TYPESCRIPT, PYTHON, TYPESCRIPT, PYTHON, PYTHON]


@pytest.mark.needs("browser")
class TestInThePage:
    def test_cells_that_start_with_the_magic_are_typescript(self, fresh: NotebookPage) -> None:
        assert types(fresh) == AS_WRITTEN
        assert fresh.console_errors == []
        assert fresh.page_errors == []
        words = """(at) => [...window.jupyterapp.shell.currentWidget.content.widgets[at].node
            .querySelectorAll('.cm-line span')].map((span) => span.textContent)"""
        fresh.page.wait_for_function(f"() => ({words})(0).includes('const')")
        assert "// typed" in fresh.page.evaluate(words, 0)
        assert "# typed" in fresh.page.evaluate(words, 1)

    def test_typing_and_undo_move_a_cell_there_and_back(self, fresh: NotebookPage) -> None:
        fresh.page.locator(".jp-CodeCell .cm-content").nth(1).click()
        fresh.page.keyboard.press("Control+Home")
        fresh.page.keyboard.type("%%tana\n")
        fresh.page.wait_for_function(f"() => {MODELS}.model.cells.get(1).mimeType === '{TYPESCRIPT}'")
        for _ in range(3):
            fresh.page.keyboard.press("Control+z")
        fresh.page.wait_for_function(f"() => {MODELS}.model.cells.get(1).mimeType === '{PYTHON}'")
        assert types(fresh) == AS_WRITTEN

    def test_copies_and_moved_cells_keep_it(self, fresh: NotebookPage) -> None:
        run = "async (name) => { await window.jupyterapp.commands.execute(`notebook:${name}`) }"
        fresh.page.evaluate(f"() => {{ {MODELS}.activeCellIndex = 0; {MODELS}.mode = 'command' }}")
        for name in ("copy-cell", "paste-cell-below", "move-cell-down"):
            fresh.page.evaluate(run, name)
        assert types(fresh) == [TYPESCRIPT, PYTHON, TYPESCRIPT, TYPESCRIPT, PYTHON, PYTHON]
        fresh.page.wait_for_timeout(1000)  # JupyterLab undoes what happened within half a second as one
        fresh.page.evaluate(run, "delete-cell")
        fresh.page.evaluate(run, "undo-cell-action")
        assert types(fresh) == [TYPESCRIPT, PYTHON, TYPESCRIPT, TYPESCRIPT, PYTHON, PYTHON]
        fresh.page.evaluate(f"() => {{ {MODELS}.activeCellIndex = 6 }}")
        fresh.page.evaluate(run, "change-cell-to-code")
        assert types(fresh)[6:] == [TYPESCRIPT]

    def test_a_new_kernel_leaves_it_as_it_is(self, fresh: NotebookPage) -> None:
        fresh.page.evaluate(
            f"""async () => {{
              const context = {MODELS}.parent.sessionContext;
              await context.restartKernel();
              await context.changeKernel({{ name: 'python3' }});
            }}"""
        )
        fresh.wait_idle()
        assert types(fresh) == AS_WRITTEN
