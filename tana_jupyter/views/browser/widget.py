"""The two widgets of keys. Each holds a query and speaks with its page; rows are never part of their state."""

from typing import TYPE_CHECKING, Any

from tana_jupyter.glance import one_line
from tana_jupyter.views import esm
from tana_jupyter.views.browser import static_form
from tana_jupyter.views.browser.exporting import ExportingAnswers
from tana_jupyter.views.browser.messages import Refused, contract
from tana_jupyter.views.browser.pages import page
from tana_jupyter.views.browser.panel import Answering, Fields, Panel
from tana_jupyter.views.browser.query import Query
from tana_jupyter.views.browser.scene import Scene, first_place, first_staged, staged_rows
from tana_jupyter.views.browser.staged import beside, told, totals
from tana_jupyter.views.export.scene import ExportScene
from tana_jupyter.views.export.work import Work

if TYPE_CHECKING:
    import pandas as pd


class KeyBrowser(Panel):
    """Shows, searches and edits keys and values: ``session.browse("user:")``.

    ``query`` is what it shows, and may be set: contract, api, prefix, view, layer, order. ``frame()`` is a table of it.

    >>> browser = session.browse(contract="shop")
    >>> browser.query = {"prefix": "user:", "view": "tree"}
    >>> browser
    <KeyBrowser shop/kv user:*>
    """

    _esm = esm.module("browser")

    def __init__(
        self, scene: ExportScene, prefix: str = "", contract: str | None = None, api: str | None = None
    ) -> None:
        self._work = Work(scene, lambda state: self.announce({"event": "export", "state": state}))
        with scene.at_rest():
            name, space = first_place(scene, contract, api)
        first = Query("notebook", "kv").with_fields({"contract": name, "api": space, "prefix": prefix})
        self._first = first._replace(prefix=first.prefix.removesuffix("*"))  # who comes from keys("user:*") writes it
        super().__init__(scene, self._first._asdict())

    def __repr__(self) -> str:
        query = self.query
        return f"<KeyBrowser {query['contract']}/{query['api']} {one_line(query['prefix'], static_form.WIDTH)}*>"

    def answering(self) -> Answering:
        """Messages are about keys, or about an export of them."""
        return ExportingAnswers(self._work.scene, lambda: self.query, self._work)

    def close(self) -> None:
        """Take the widget from the page; an export that is under way is cancelled."""
        self._work.end()
        super().close()

    def understood(self, changed: Fields) -> dict[str, Any]:
        """A query in full: what is left out stays as it is."""
        return Query(**(self.query or self._first._asdict())).with_fields(changed)._asdict()

    def frame(self) -> "pd.DataFrame":
        """What the browser shows as a DataFrame: the keys its query finds, with the staged values where it shows those.

        >>> session.browse("user:", contract="shop").frame().query("bytes > 30")["key"].tolist()
        ['user:1', 'user:2']
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
    """Shows what a contract has staged beside what is committed, and commits or discards it.

    >>> session.staging_view("shop")
    <StagedView shop>
    """

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
        """What is staged as a DataFrame, beside what is committed.

        >>> session.staging_view("shop").frame()[["key", "committed", "staged"]]
             key committed staged
        0  price         5      6
        1  stock      None     12
        """
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
