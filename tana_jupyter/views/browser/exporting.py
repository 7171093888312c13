"""The answers of a key browser from which people also export."""

from collections.abc import Callable, Mapping
from typing import Any

from tana_jupyter.views.browser.answers import Answer, Answers
from tana_jupyter.views.export.answers import ExportAnswers
from tana_jupyter.views.export.messages import VERBS
from tana_jupyter.views.export.scene import ExportScene
from tana_jupyter.views.export.work import Work


class ExportingAnswers(Answers):
    """Hands a message to the one who knows its verb."""

    def __init__(self, scene: ExportScene, asked: Callable[[], Mapping[str, Any]], work: Work) -> None:
        super().__init__(scene, asked)
        self._exports = ExportAnswers(scene, self._place, work)

    def to(self, message: object) -> Answer:
        """The answer to a message."""
        verb = message.get("verb") if isinstance(message, Mapping) else None
        return self._exports.to(message) if isinstance(verb, str) and verb in VERBS else super().to(message)

    def _place(self) -> dict[str, Any]:
        """What is looked at is what an export would be of."""
        shown = self._query()
        return {**{name: shown[name] for name in ("contract", "api", "prefix")}, "mirror": False, "variable": ""}
