"""One contract: what it exports and what was run in it; the handle users hold."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Unpack

from tana_jupyter.calls import CallOptions
from tana_jupyter.engine.values import to_python
from tana_jupyter.errors import TanaError
from tana_jupyter.outcome import Outcome
from tana_jupyter.runs import Runs, Source
from tana_jupyter.waking import Waiting

if TYPE_CHECKING:
    from tana_jupyter.session import Session

HANDLERS = frozenset({"init", "contract", "get", "post", "Get", "Post", "GET", "POST", "default"})


class Contract:
    """A contract of a session: ``session["counter"]``.

    >>> session.run("export function get(req) { return { page: req.query.page } }", contract="counter")
    undefined
    >>> counter = session["counter"]
    >>> counter
    <Contract counter: get>
    >>> counter.get("/?page=2").body
    {'page': '2'}
    """

    def __init__(self, session: "Session", name: str) -> None:
        self.name = name
        self.runs = Runs(session, name)
        """Runs its cells and calls, in its isolate."""
        self._session = session

    def __repr__(self) -> str:
        return f"<Contract {self.name}: {', '.join(sorted(self.exports)) or self.runs.why_nothing}>"

    @property
    def exports(self) -> Mapping[str, str]:
        """Exported name -> the contract's own name for it."""
        return self.runs.exports

    @property
    def sources(self) -> list[Source]:
        """The cells that ran here: number, text, declared names, exports."""
        return self.runs.sources

    @property
    def is_contract(self) -> bool:
        """True once a cell has exported a handler."""
        return not HANDLERS.isdisjoint(self.exports)

    @property
    def timers(self) -> int:
        """How many timers wait for a later run."""
        return 0 if self.runs.isolate is None else self.runs.isolate.timers

    @property
    def waiting(self) -> Waiting:
        """Timers, listeners and messages that wait for a later run."""
        return Waiting() if self.runs.isolate is None else self.runs.isolate.waiting()

    def call(self, export: str, url: str = "/", **options: Unpack[CallOptions]) -> Outcome:
        """Call a handler as the network would: ``counter.call("get", "/?page=2", caller="alice")``.

        Returns its Outcome, whose ``.status``, ``.headers`` and ``.body`` are what the network would answer, or raises
        ContractError. ``fresh`` runs it in a new isolate built from the contract's sources, as Tana's edge does for
        each request. The options are those of :meth:`Session.call`.
        """
        return self._session.call(self.name, export, url, **options)

    def init(self, input: object = None, **options: Any) -> Outcome:  # noqa: A002 # the contract's word for it
        """Call ``init()``, as deploying would."""
        return self.call("init", input=input, **options)

    def contract(self, input: object = None, **options: Any) -> Outcome:  # noqa: A002 # the contract's word for it
        """Call ``contract()``, as a transaction would: ``counter.contract({"action": "add"}, caller="alice")``."""
        return self.call("contract", input=input, **options)

    def get(self, url: str = "/", **options: Any) -> Outcome:
        """Call ``get(request)``: ``counter.get("/?page=2")``."""
        return self.call("get", url, **options)

    def post(self, url: str = "/", body: object = None, **options: Any) -> Outcome:
        """Call ``post(request, body)``: ``counter.post("/", {"name": "ada"})``."""
        return self.call("post", url, body=body, **options)

    def take(self, name: str) -> object:
        """The value of one of the contract's names as a Python value."""
        if self.runs.isolate is None:
            raise TanaError(f"{self.name} has not run yet, so it has no name {name!r}")
        return to_python(self.runs.isolate.take(name, self._session.limit()))

    def reset(self) -> None:
        """Forget variables, exports, timers, staging and sources; committed data stays."""
        self.runs = Runs(self._session, self.name)
