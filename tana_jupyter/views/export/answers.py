"""From a message about an export to its answer."""

import contextlib
import os
from collections.abc import Callable, Mapping
from typing import Any, Final

from tana_jupyter.errors import BusyError
from tana_jupyter.views.browser.answers import Answer, answered, time_of
from tana_jupyter.views.browser.messages import Refused, read
from tana_jupyter.views.browser.scene import namespaces
from tana_jupyter.views.export.messages import VERBS, query
from tana_jupyter.views.export.scene import ExportScene
from tana_jupyter.views.export.work import Work
from tana_jupyter.views.preview import key_text

ROWS: Final = 100
SCHEMES: Final = ("postgres://", "postgresql://")


class ExportAnswers:
    """Answers what a page says of an export; never raises, and never repeats a target."""

    def __init__(self, scene: ExportScene, asked: Callable[[], Mapping[str, Any]], work: Work) -> None:
        self._scene = scene
        self._asked = asked
        self._work = work
        self._spaces: list[dict[str, object]] = []

    def to(self, message: object) -> Answer:
        """The answer to a message."""
        return answered(self._scene, message, lambda: self._carry_out(message))

    def time(self) -> Answer:
        """What time it is, and whether time stands still."""
        return time_of(self._scene)

    def _carry_out(self, message: object) -> Answer:
        request = read(message, VERBS)
        return HANDLERS[request.verb](self, request.fields)

    def _export(self, _: Mapping[str, Any]) -> Answer:
        store = self._scene.store
        # While it is busy, with the export itself above all, what was there before will do.
        with contextlib.suppress(BusyError):
            self._look()
        return {
            "namespaces": self._spaces,
            "query": dict(self._asked()),
            "store": {"location": store.location, "shared": store.shared},
            "variables": sorted(name for name, value in os.environ.items() if value.startswith(SCHEMES)),
            "state": self._work.state,
        }

    def _plan(self, fields: Mapping[str, Any]) -> Answer:
        wanted = query(dict(self._asked()), fields["query"])
        target = fields.get("target") or (f"env:{wanted['variable']}" if wanted["variable"] else self._work.target)
        if not target:
            raise Refused("say where to: a PostgreSQL DSN, or the name of an environment variable that holds one")
        self._refusing()
        self._work.plan(target, wanted)
        return {}

    def _plan_rows(self, fields: Mapping[str, Any]) -> Answer:
        with self._scene.at_rest():
            found = self._work.rows(fields["kind"], ROWS)
        return {"rows": [{"contract": row.contract, "api": row.api, "text": _text(row)} for row in found]}

    def _apply(self, fields: Mapping[str, Any]) -> Answer:
        self._refusing()
        self._work.apply(fields.get("confirm"))
        return {}

    def _cancel(self, _: Mapping[str, Any]) -> Answer:
        self._work.cancel()
        return {}

    def _look(self) -> None:
        with self._scene.at_rest():
            self._spaces = namespaces(self._scene, counted=False)

    def _refusing(self) -> None:
        """Refuse at once what would have to wait for a cell."""
        try:
            self._look()
        except BusyError as error:
            raise Refused(f"{error}; nothing was written", busy=True) from None


HANDLERS: Final[Mapping[str, Callable[[ExportAnswers, Mapping[str, Any]], Answer]]] = {
    verb: getattr(ExportAnswers, f"_{verb}") for verb in VERBS
}


def _text(row: Any) -> str:
    return key_text(row.api, row.key) if isinstance(row.key, bytes) else str(row.key)
