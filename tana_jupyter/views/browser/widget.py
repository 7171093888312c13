"""The two widgets. Each holds a query and speaks with its page; rows are never part of their state."""

import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from tana_jupyter.errors import BusyError, TanaError
from tana_jupyter.glance import one_line
from tana_jupyter.views import esm
from tana_jupyter.views.browser import static_form
from tana_jupyter.views.browser.answers import Answers
from tana_jupyter.views.browser.messages import Refused, contract, fields
from tana_jupyter.views.browser.pages import page
from tana_jupyter.views.browser.query import Query
from tana_jupyter.views.browser.scene import Scene, first_place, first_staged, staged_rows
from tana_jupyter.views.browser.staged import beside, told, totals

if TYPE_CHECKING:
    import pandas as pd

Fields = Mapping[str, Any]


class Panel(anywidget.AnyWidget):
    """A widget that answers its page and hears of changes; one that was closed does neither."""

    _css = esm.styles()
    query = traitlets.Dict().tag(sync=True)
    """What is shown; may be set."""

    def __init__(self, scene: Scene, query: Fields) -> None:
        self._scene = scene
        self._answers = Answers(scene, lambda: self.query)
        self._told = False
        super().__init__(query=dict(query))
        scene.audience.join(self)
        if self.comm is not None:
            self.comm.on_close(lambda _: self.close())  # the page took its side away

    def understood(self, changed: Fields) -> dict[str, Any]:
        """A query in full, from some of its fields; Refused where one cannot be so."""
        raise NotImplementedError

    def form(self) -> static_form.Form:
        """What stands for the widget where none can run."""
        raise NotImplementedError

    def changed(self) -> None:
        """Tell the page that what it shows may be old; once, until it asks for something."""
        if self._told or self.comm is None:
            return
        self._told = True
        try:
            self.send({"event": "changed", **self._answers.time()})
        except Exception:  # noqa: BLE001 # a page that cannot be reached must not fail the cell
            self._scene.log(traceback.format_exc())

    def close(self) -> None:
        """Take the widget from the page, and hear of nothing more."""
        if hasattr(self, "_scene"):  # not where the constructor was refused
            self._scene.audience.leave(self)
        super().close()

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


class KeyBrowser(Panel):
    """Shows, searches and edits keys and values: ``session.browse("user:")``.

    >>> browser.query = {"prefix": "user:", "view": "tree"}
    >>> browser.query["contract"], browser.frame().shape
    ('shop', (2, 10))
    """

    _esm = esm.module("browser")

    def __init__(self, scene: Scene, prefix: str = "", contract: str | None = None, api: str | None = None) -> None:
        with scene.at_rest():
            name, space = first_place(scene, contract, api)
        first = Query("notebook", "kv").with_fields({"contract": name, "api": space, "prefix": prefix})
        self._first = first._replace(prefix=first.prefix.removesuffix("*"))  # who comes from keys("user:*") writes it
        super().__init__(scene, self._first._asdict())

    def __repr__(self) -> str:
        query = self.query
        return f"<KeyBrowser {query['contract']}/{query['api']} {one_line(query['prefix'], static_form.WIDTH)}*>"

    def understood(self, changed: Fields) -> dict[str, Any]:
        """A query in full: what is left out stays as it is."""
        return Query(**(self.query or self._first._asdict())).with_fields(changed)._asdict()

    def frame(self) -> "pd.DataFrame":
        """What the browser shows as a DataFrame: the keys its query finds, with the staged values where it shows those.

        >>> browser.frame().query("bytes > 1000")
        """
        from tana_jupyter.views.browser.framing import framed

        with self._scene.at_rest():
            return framed(self._scene, Query(**self.query))

    def form(self) -> static_form.Form:
        """The first rows."""
        query = Query(**self.query)
        found = f" {one_line(query.prefix, static_form.WIDTH)}*" if query.prefix else ""
        title = f"{query.contract}/{query.api}{found}"
        return static_form.of_page(title, page(self._scene, query, b"", None, static_form.ROWS))


class StagedView(Panel):
    """Shows what a contract has staged beside what is committed: ``session.staging_view("shop")``."""

    _esm = esm.module("staged")

    def __init__(self, scene: Scene, contract: str | None = None) -> None:
        with scene.at_rest():
            name = contract or first_staged(scene)
        super().__init__(scene, self.understood({"contract": name}))

    def __repr__(self) -> str:
        return f"<StagedView {self.query['contract']}>"

    def understood(self, changed: Fields) -> dict[str, Any]:
        """The contract, and nothing else."""
        try:
            return {"contract": contract(changed.get("contract", self.query.get("contract")))}
        except Refused as problem:
            raise Refused(f"query: contract {problem}") from None

    def frame(self) -> "pd.DataFrame":
        """What is staged as a DataFrame, beside what is committed."""
        from tana_jupyter.views.frames import staged_frame

        name = self.query["contract"]
        with self._scene.at_rest():
            return staged_frame(beside(self._scene, name, sorted(staged_rows(self._scene, name))))

    def form(self) -> static_form.Form:
        """The first staged keys, and the totals against the limits."""
        name = self.query["contract"]
        keys = sorted(staged_rows(self._scene, name))
        title = f"staged in {name}: {told(totals(self._scene, name))}"
        shown = keys[: static_form.ROWS]
        return static_form.of_staged(title, beside(self._scene, name, shown), len(keys) - len(shown))
