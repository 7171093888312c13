"""A real JupyterLab or Notebook 7, and a real Chromium that opens notebooks in it.

    with running_server("lab", folder) as server, running_browser() as browser:
        server.write("one.ipynb", ["print(6 * 7)"])
        with server.open(browser, "one.ipynb") as page:
            page.run_all()
            assert "42" in page.output_html(0)

Playwright's synchronous interface leaves a running event loop in the thread for as long as the browser lives:
keep it to the modules that need it, and start no kernel client of your own beside it.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import nbformat
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Error, Page, ViewportSize, sync_playwright

from tests.parts import chromium

TIMEOUT = 60.0

_BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
]

# What would otherwise cover the page with a question, or leave cells out of the DOM.
_SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none", "autoStartDefaultKernel": True},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}

# Thrown by Notebook 7 itself while it starts, also with an empty notebook; the second until 7.2.
_NOT_OURS = {
    ("notebook", "Cannot read properties of undefined (reading 'schema')"),
    ("notebook", "Cannot read properties of undefined (reading 'last_modified')"),
}

_APPS = {"lab": ("jupyterlab", "LabApp"), "notebook": ("notebook", "JupyterNotebookApp")}

_VIEWPORT: ViewportSize = {"width": 1280, "height": 1600}

App = Literal["lab", "notebook"]

_PANEL = "window.jupyterapp?.shell?.currentWidget"

# The tag is Jupyter's own word for "go on after an error here".
_RUN_ALL = f"""async () => {{
  for (const cell of {_PANEL}.content.widgets) cell.model.setMetadata("tags", ["raises-exception"]);
  await window.jupyterapp.commands.execute("notebook:run-all-cells");
}}"""

_NOT_RUN = f"""() => {_PANEL}.content.widgets.flatMap(({{ model }}, at) =>
  model.type === "code" && model.sharedModel.getSource().trim() && !model.executionCount ? [at] : [])"""

# Nothing runs, nothing waits.
_IDLE = f"""() => {_PANEL}.sessionContext.session?.kernel?.status === "idle"
  && !{_PANEL}.content.widgets.some((cell) => cell.promptNode?.textContent.includes("*"))"""

_DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Server:
    """A running Jupyter server whose notebooks lie in ``root``."""

    def __init__(self, app: App, root: Path, url: str, token: str) -> None:
        self.app = app
        self.root = root
        self.url = url
        self.token = token

    def write(self, name: str, cells: Sequence[str | dict[str, Any]]) -> Path:
        """Save a notebook: a text is a code cell, a dict a cell's fields (``cell_type``, ``source``...)."""
        path = self.root / name
        made = [_cell({"source": cell} if isinstance(cell, str) else cell) for cell in cells]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel})
        nbformat.write(notebook, path)
        return path

    @contextmanager
    def open(self, browser: Browser, name: str) -> Iterator[NotebookPage]:
        """A notebook in a page of its own, its kernel ready; kernel and page end with the block."""
        # One context for all, because its cache is what makes the second page load fast.
        context = browser.contexts[0] if browser.contexts else browser.new_context(viewport=_VIEWPORT)
        page = NotebookPage(context.new_page(), self)
        try:
            page.load(name)
            yield page
        finally:
            page.close()

    def pwned(self, browser: Browser, cells: Sequence[str | dict[str, Any]]) -> object:
        """What the outputs of ``cells`` put into ``window.__pwned`` once run and drawn; None is good."""
        name = f"{secrets.token_hex(4)}.ipynb"
        self.write(name, cells)
        with self.open(browser, name) as page:
            page.run_all()
            return page.pwned() or page.dialogs or None


class NotebookPage:
    """One notebook on the screen, and everything the page complained of."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server
        self.console_errors: list[str] = []
        self.page_errors: list[str] = []
        self.dialogs: list[str] = []
        page.set_default_timeout(TIMEOUT * 1000)
        page.on("console", self._on_console)
        page.on("pageerror", self._on_page_error)
        page.on("dialog", self._on_dialog)

    def load(self, name: str) -> None:
        """Open the notebook and wait until its kernel is idle."""
        workspace = secrets.token_hex(4)
        place = f"lab/workspaces/{workspace}/tree" if self.server.app == "lab" else "notebooks"
        self.page.goto(f"{self.server.url}{place}/{name}?token={self.server.token}")
        self.page.wait_for_function(f"() => {_PANEL}?.context?.isReady && {_PANEL}.content?.widgets.length > 0")
        self.wait_idle()

    def run_all(self, timeout: float = TIMEOUT) -> None:
        """Run every cell, also those after an error, and wait until the last one is done and drawn."""
        self.page.evaluate(_RUN_ALL)
        self.wait_idle(timeout)
        # Between two cells everything may look idle for a moment; a cell that is really left out stays so.
        for _ in range(50):
            if not (left := self.page.evaluate(_NOT_RUN)):
                break
            self.page.wait_for_timeout(100)
            self.wait_idle(timeout)
        if left:
            raise RuntimeError(f"JupyterLab left cells {left} unrun")

    def wait_idle(self, timeout: float = TIMEOUT) -> None:
        """Wait until the kernel is idle, no cell is waiting, and the page has drawn twice."""
        self.page.wait_for_function(_IDLE, timeout=timeout * 1000)
        self.page.evaluate(_DRAWN)

    def outputs(self, cell: int) -> list[dict[str, Any]]:
        """The outputs of a cell as the notebook would save them."""
        found: list[dict[str, Any]] = self.page.evaluate(
            f"(at) => {_PANEL}.content.widgets[at].model.outputs.toJSON()", cell
        )
        return found

    def output_html(self, cell: int) -> str:
        """The drawn output of a cell, as HTML."""
        return self._output(cell, "innerHTML")

    def output_text(self, cell: int) -> str:
        """The drawn output of a cell, as a reader sees it."""
        return self._output(cell, "innerText")

    def modals(self) -> list[str]:
        """The texts of the dialogs that JupyterLab itself shows now."""
        return self.page.locator(".jp-Dialog-content").all_inner_texts()

    def pwned(self) -> object:
        """What a hostile output put into ``window.__pwned``, in the page or in a frame of it; else None.

        Waits a little first: an image that fails to load runs its ``onerror`` later than the output is drawn.
        """
        self.page.wait_for_timeout(300)
        # A frame whose address was refused has no document, and an answer from it would never come.
        loaded = [frame for frame in self.page.frames if frame.url]
        found = [frame.evaluate("() => window.__pwned ?? null") for frame in loaded]
        return next((value for value in found if value is not None), None)

    def screenshot(self, path: Path) -> Path:
        """A picture of the whole page."""
        self.page.screenshot(path=path)
        return path

    def close(self) -> None:
        """End the kernel of this page and leave; a module full of notebooks must not keep one kernel each."""
        self.page.evaluate(f"async () => {{ await {_PANEL}?.sessionContext?.shutdown(); }}")
        self.page.close()

    def _output(self, cell: int, what: str) -> str:
        area = f"{_PANEL}.content.widgets[at].node.querySelector('.jp-Cell-outputArea')"
        return str(self.page.evaluate(f"([at, what]) => {area}?.[what] ?? ''", [cell, what]))

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.console_errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _on_page_error(self, error: Error) -> None:
        if (self.server.app, error.message) not in _NOT_OURS:
            self.page_errors.append(error.message)

    def _on_dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(f"{dialog.type}: {dialog.message}")
        dialog.dismiss()


def _cell(cell: Mapping[str, Any]) -> nbformat.NotebookNode:
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    fields = {name: value for name, value in cell.items() if name != "cell_type"}
    return make[cell.get("cell_type", "code")](**nbformat.from_dict(fields))


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Chromium without a window, ended at the end of the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=_BROWSER_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def running_server(app: App, folder: Path) -> Iterator[Server]:
    """JupyterLab or Notebook 7 on a free port, with settings, kernels and notebooks inside ``folder``."""
    root = folder / "root"
    root.mkdir(parents=True)
    _write_settings(folder / "settings")
    _write_kernelspec(folder / "data")
    token = secrets.token_hex(16)
    with (folder / "server.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            _command(app, root, token),
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            url = _wait_for_url(process, folder)
            yield Server(app, root, url, token)
        finally:
            # The polite end: the server ends its kernels before itself.
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _command(app: App, root: Path, token: str) -> list[str]:
    module, configured = _APPS[app]
    flags = [
        "--no-browser",
        "--allow-root",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={20000 + secrets.randbelow(20000)}",
        "--ServerApp.port_retries=50",
        f"--ServerApp.root_dir={root}",
        f"--IdentityProvider.token={token}",
        f"--{configured}.expose_app_in_browser=True",
    ]
    return [sys.executable, "-m", module, *flags]


def _environment(folder: Path) -> dict[str, str]:
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    # Without the last one a virtual environment's own kernel would come before the one written here.
    return kept | {name: str(folder / place) for name, place in places.items()} | {"JUPYTER_PREFER_ENV_PATH": "0"}


def _write_settings(folder: Path) -> None:
    for plugin, values in _SETTINGS.items():
        path = folder / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")


def _write_kernelspec(folder: Path) -> None:
    path = folder / "kernels" / "python3" / "kernel.json"
    path.parent.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    path.write_text(json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"}), encoding="utf-8")


def _wait_for_url(process: subprocess.Popen[bytes], folder: Path) -> str:
    # The server writes this file once it listens, with the port it really got.
    info = folder / "runtime" / f"jpserver-{process.pid}.json"
    limit = time.monotonic() + TIMEOUT
    while time.monotonic() < limit and process.poll() is None:
        if info.exists() and (text := info.read_text(encoding="utf-8")).rstrip().endswith("}"):
            return str(json.loads(text)["url"])
        time.sleep(0.05)
    log = (folder / "server.log").read_text(encoding="utf-8")
    raise RuntimeError(f"the Jupyter server did not start:\n{log[-3000:]}")
