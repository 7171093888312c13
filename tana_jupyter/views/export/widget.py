"""The export widget."""

from collections.abc import Mapping
from typing import Any

from tana_jupyter.views import esm
from tana_jupyter.views.browser import static_form
from tana_jupyter.views.browser.panel import Panel
from tana_jupyter.views.export.answers import ExportAnswers
from tana_jupyter.views.export.messages import query
from tana_jupyter.views.export.scene import ExportScene
from tana_jupyter.views.export.work import Work

EMPTY = {"contract": "", "api": "", "prefix": "", "mirror": False, "variable": ""}


class ExportView(Panel):
    """Shows what an export to PostgreSQL would do, does it, and can be cancelled: ``session.export_view()``.

    What is typed as a DSN goes to the kernel in one message; it is no part of the widget's state, and the notebook
    does not save it.
    """

    _esm = esm.module("export")

    def __init__(self, scene: ExportScene, **chosen: Any) -> None:
        self._work = Work(scene, lambda state: self.announce({"event": "export", "state": state}))
        self._exporter = scene
        super().__init__(scene, query(EMPTY, {name: value for name, value in chosen.items() if value is not None}))

    def __repr__(self) -> str:
        return f"<ExportView of {self._what()}>"

    def answering(self) -> ExportAnswers:
        """Messages are about the export, and nothing else."""
        return ExportAnswers(self._exporter, lambda: self.query, self._work)

    def understood(self, changed: Mapping[str, Any]) -> dict[str, Any]:
        """A query in full: what is left out stays as it is."""
        return query({**EMPTY, **self.query}, changed)

    def close(self) -> None:
        """Take the widget from the page; an export that is under way is cancelled."""
        if hasattr(self, "_work"):
            self._work.end()
        super().close()

    def form(self) -> static_form.Form:
        """One line: what would be exported. Neither a target nor a count, since both are asked for in the widget."""
        text = f"export of {self._what()}: in the widget, or with %tana export TARGET"
        return text, static_form.said(text)

    def _what(self) -> str:
        name, api, prefix = (self.query[field] for field in ("contract", "api", "prefix"))
        what = "/".join([name or "all contracts", *([api] if api else [])])
        return f"{what} {prefix}*" if prefix else what
