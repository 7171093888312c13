"""A day in a bare kernel."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

from tests.day import look as inside
from tests.day.living import Output
from tests.day.story import Cell
from tests.kernel import Executed, Kernel

PATIENCE = 90.0

LOAD = f"""
import importlib.util as _day, sys as _sys
_spec = _day.spec_from_file_location("_tana_day_look", {str(Path(inside.__file__))!r})
_sys.modules["_tana_day_look"] = _day.module_from_spec(_spec)
_spec.loader.exec_module(_sys.modules["_tana_day_look"])
del _day, _sys, _spec
"""
LOOK = "__import__('sys').modules['_tana_day_look'].look()"

UNFINISHED = [
    "%%tana shop\nkv.",
    "%%tana chat\ndb.at",
    "%tana sto",
    "%%tana shop\nawait kv.get('user:",
    "%%tana library\nge",
]


class Bare:
    """Speaks to a kernel as any client does."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self._load()

    def run(self, cell: Cell) -> tuple[str, list[Output]]:
        """Run a cell, and stop it where the story says so."""
        running = self.kernel.begin(cell.source)
        if cell.stop:
            running.wait_for("go", PATIENCE)
            self.kernel.interrupt()
        done = running.finish(PATIENCE)
        return (done.errors[0].name if done.errors else done.status), saved(done)

    def look(self) -> dict[str, Any]:
        """What lives in the kernel; no cell that anybody would see."""
        seen: dict[str, Any] = json.loads(ast.literal_eval(self._silently("", LOOK)))
        return seen

    def happen(self, what: str) -> None:
        """A restart, or Tab and Shift+Tab; there is no page to reload."""
        if what == "restart":
            self.kernel.restart()
            self._load()
        elif what == "ask":
            for text in UNFINISHED:
                self.kernel.complete(text)
                self.kernel.inspect(text)

    def _load(self) -> None:
        self._silently(LOAD, "1")

    def _silently(self, code: str, expression: str) -> str:
        request = self.kernel.client.execute(
            code, silent=True, store_history=False, user_expressions={"it": expression}
        )
        content = self.kernel.reply(request, PATIENCE)["content"]
        answer = content.get("user_expressions", {}).get("it", content)
        if answer.get("status") != "ok":
            raise RuntimeError(f"the look failed: {answer}")
        return str(answer["data"]["text/plain"])


def saved(done: Executed) -> list[Output]:
    """Outputs as a notebook saves them, execution counts and the identity of widgets aside."""
    outputs: list[Output] = []
    for message in done.messages:
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            last = outputs[-1] if outputs else {}
            if last.get("name") == content["name"]:
                last["text"] += content["text"]
            else:
                outputs.append({"name": content["name"], "text": content["text"]})
        elif kind in {"execute_result", "display_data"}:
            outputs.append(without_identity(content["data"]))
        elif kind == "error":
            outputs.append({"error": content["ename"], "text": content["evalue"], "lines": content["traceback"]})
    return outputs


def without_identity(bundle: dict[str, Any]) -> dict[str, Any]:
    """A widget is another one each time."""
    view = "application/vnd.jupyter.widget-view+json"
    return bundle | ({view: bundle[view] | {"model_id": ""}} if view in bundle else {})
