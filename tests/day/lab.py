"""A day in JupyterLab: one notebook, two pages of it open, every cell run by the page."""

from __future__ import annotations

import ast
import json
import time
from typing import Any

from tests.day.bare import LOAD, LOOK, UNFINISHED, without_identity
from tests.day.living import Output
from tests.day.story import Cell
from tests.lab import NotebookPage

PATIENCE = 90.0
EVERY = 10
"""Each cell of this number is run by the other page."""

_PANEL = "window.jupyterapp.shell.currentWidget"
_KERNEL = f"{_PANEL}.sessionContext.session.kernel"

# Each round has cells of its own below those that are there: the notebook grows as people's do.
_ADD = f"""async (source) => {{
  const {{ model }} = {_PANEL};
  model.sharedModel.addCell({{ cell_type: "code", source, metadata: {{ tags: ["raises-exception"] }} }});
  return model.cells.length - 1;
}}"""

_BEGIN = f"""(at) => {{
  const {{ content }} = {_PANEL};
  content.activeCellIndex = at;
  content.deselectAll();
  window.__ran = false;
  window.jupyterapp.commands.execute("notebook:run-cell").then(() => {{ window.__ran = true; }});
}}"""

_PRINTED = f"""(at) => {_PANEL}.content.widgets[at].model.outputs.toJSON()
  .some((output) => String(output.text ?? "").includes("go"))"""

_SILENTLY = f"""async ([code, expression]) => {{
  const future = {_KERNEL}.requestExecute(
    {{ code, silent: true, store_history: false, user_expressions: {{ it: expression }} }}, true);
  return (await future.done).content;
}}"""

_ASK = f"""async (code) => {{
  await {_KERNEL}.requestComplete({{ code, cursor_pos: code.length }});
  await {_KERNEL}.requestInspect({{ code, cursor_pos: code.length, detail_level: 0 }});
}}"""


class Lab:
    """Two pages on one notebook. The first one runs the story and saves; the second looks on and joins in."""

    def __init__(self, page: NotebookPage, other: NotebookPage, name: str) -> None:
        self.page = page
        self.other = other
        self.name = name
        self.ran = 0
        self.reloads = 0
        self._load()

    def run(self, cell: Cell) -> tuple[str, list[Output]]:
        """Run a cell below all others, press Stop where the story says so, and what it has drawn."""
        self.ran += 1
        where = self.other if self.ran % EVERY == 0 else self.page
        at = where.page.evaluate(_ADD, cell.source)
        where.page.evaluate(_BEGIN, at)
        if cell.stop:
            where.page.wait_for_function(_PRINTED, arg=at, timeout=PATIENCE * 1000)
            where.page.evaluate(f"() => {_KERNEL}.interrupt()")
        where.page.wait_for_function("() => window.__ran", timeout=PATIENCE * 1000)
        if cell.press:
            where.page.locator(cell.press).last.click()
        outputs = where.outputs(at)
        errors = [output["ename"] for output in outputs if output["output_type"] == "error"]
        return (errors[0] if errors else "ok"), [saved(output) for output in outputs]

    def look(self) -> dict[str, Any]:
        """What lives in the kernel, once its messages with the pages have come to rest."""
        for _ in range(2):
            self.page.wait_idle()
            self.other.wait_idle()
        seen: dict[str, Any] = json.loads(ast.literal_eval(self._silently("", LOOK)))
        return seen

    def happen(self, what: str) -> None:
        """Tab and Shift+Tab; a page that is loaded again, the two in turns; a restart."""
        if what == "ask":
            for text in UNFINISHED:
                self.page.page.evaluate(_ASK, text)
        elif what == "reload":
            self.page.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
            again = self.page if self.reloads % 2 == 0 else self.other
            self.reloads += 1
            # The cells that the second page ran are in no file, and leaving them would have to be confirmed.
            again.page.evaluate(f"() => {{ {_PANEL}.context.model.dirty = false; }}")
            again.load(self.name)
        elif what == "restart":
            self.page.page.evaluate(f"() => {_KERNEL}.restart()")
            self._wait_for_kernel()
            self._load()

    def problems(self) -> list[str]:
        """Everything the two pages complained of."""
        return [
            f"{page}: {problem}"
            for page, each in (("first page", self.page), ("second page", self.other))
            for problem in [*each.page_errors, *each.dialogs]
        ]

    def _load(self) -> None:
        self._silently(LOAD, "1")

    def _wait_for_kernel(self) -> None:
        limit = time.monotonic() + PATIENCE
        for each in (self.page, self.other):
            while each.page.evaluate(f"() => {_KERNEL}.status") != "idle":
                if time.monotonic() > limit:
                    raise TimeoutError("the kernel did not come back")
                each.page.wait_for_timeout(50)

    def _silently(self, code: str, expression: str) -> str:
        content = self.page.page.evaluate(_SILENTLY, [code, expression])
        answer = content.get("user_expressions", {}).get("it", content)
        if answer.get("status") != "ok":
            raise RuntimeError(f"the look failed: {answer}")
        return str(answer["data"]["text/plain"])


def saved(output: dict[str, Any]) -> Output:
    """One output, execution counts and the identity of widgets aside."""
    match output["output_type"]:
        case "stream":
            return {"name": output["name"], "text": "".join(output["text"])}
        case "error":
            return {"error": output["ename"], "text": output["evalue"], "lines": output["traceback"]}
    return without_identity(output["data"])
