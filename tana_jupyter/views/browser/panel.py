"""What all widgets share: one query, messages that are answered, and one event."""

import traceback
from collections.abc import Mapping
from typing import Any, Protocol

import anywidget
import traitlets

from tana_jupyter.errors import BusyError, TanaError
from tana_jupyter.views import esm
from tana_jupyter.views.browser import static_form
from tana_jupyter.views.browser.answers import Answer, Answers
from tana_jupyter.views.browser.messages import Refused, fields
from tana_jupyter.views.browser.scene import Scene

Fields = Mapping[str, Any]


class Answering(Protocol):
    """Whatever answers messages."""

    def to(self, message: object) -> Answer:
        """The answer to a message."""
        ...

    def time(self) -> Answer:
        """What time it is, and whether time stands still."""
        ...


class Panel(anywidget.AnyWidget):
    """A widget that answers its page and hears of changes; one that was closed does neither."""

    _css = esm.styles()
    query = traitlets.Dict().tag(sync=True)
    """What is shown; may be set."""

    def __init__(self, scene: Scene, query: Fields) -> None:
        self._scene = scene
        self._answers = self.answering()
        self._told = False
        super().__init__(query=dict(query))
        self._own_layout = self.layout
        scene.audience.join(self)
        if self.comm is not None:
            self.comm.on_close(lambda _: self.close())  # the page took its side away

    def answering(self) -> Answering:
        """Who answers the messages of the page."""
        return Answers(self._scene, lambda: self.query)

    def understood(self, changed: Fields) -> dict[str, Any]:
        """A query in full, from some of its fields; Refused where one cannot be so."""
        raise NotImplementedError

    def form(self) -> static_form.Form:
        """What stands for the widget where none can run."""
        raise NotImplementedError

    def changed(self) -> None:
        """Tell the page that what it shows may be old; once, until it asks for something."""
        if not self._told:
            self._told = True
            self.announce({"event": "changed", **self._answers.time()})

    def announce(self, event: Fields) -> None:
        """Tell the page something it did not ask for."""
        if self.comm is None:
            self._told = False
            return
        try:
            self.send(event)
        except Exception:  # noqa: BLE001 # a page that cannot be reached must not fail the cell
            self._scene.log(traceback.format_exc())

    def close(self) -> None:
        """Take the widget from the page, and hear of nothing more."""
        if hasattr(self, "_scene"):  # not where the constructor was refused
            self._scene.audience.leave(self)
        super().close()
        # ipywidgets leaves it open, since several widgets may share one; nobody shares the one that came with this.
        if hasattr(self, "_own_layout"):
            self._own_layout.close()

    def set_state(self, sync_data: Fields) -> None:
        """Take a query over from the page; all else is its own business, and a wrong one is put right there."""
        if "query" not in sync_data:
            return
        try:
            query = self.understood(fields(sync_data["query"]))
        except Refused:
            query = dict(self.query)
        # Also a refused one is echoed: until then the page takes no other from here.
        super().set_state({"query": query})
        if query != sync_data["query"]:
            self.send_state("query")

    def _handle_msg(self, msg: Any) -> None:
        # The whole of it, since the base class raises on what no page of ours would send.
        data = msg.get("content", {}).get("data") if isinstance(msg, dict) else None
        match data:
            case {"method": "custom", "content": content}:
                self._told = False
                self.send(self._answers.to(content))
            case {"method": "update", "state": dict() as state}:
                self.set_state(state)
            case {"method": "request_state"}:
                self.send_state()

    @traitlets.validate("query")
    def _validate_query(self, proposal: Any) -> dict[str, Any]:
        return self.understood(proposal["value"])

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        try:
            with self._scene.at_rest():
                text, drawn = self.form()
        except (BusyError, TanaError) as problem:
            text, drawn = repr(self), static_form.said(str(problem))
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/plain": text, "text/html": drawn}, metadata
