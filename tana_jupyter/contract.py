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

    >>> session.run("export function get(req) { return { page: req.query.page } }", contract="pages")
    undefined
    >>> pages = session["pages"]
    >>> pages
    <Contract pages: get>
    >>> pages.get("/?page=2").body
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
        """Exported name -> the contract's own name for it.

        >>> session["counter"].exports
        {'get': 'get', 'post': 'post', 'init': 'init', 'contract': 'contract'}
        """
        return self.runs.exports

    @property
    def sources(self) -> list[Source]:
        """The cells that ran here: number, text, declared names, exports.

        >>> session["shop"].sources[0].declared
        ('kv', 'data', 'name')
        """
        return self.runs.sources

    @property
    def is_contract(self) -> bool:
        """True once a cell has exported a handler.

        >>> session["counter"].is_contract, session["shop"].is_contract
        (True, False)
        """
        return not HANDLERS.isdisjoint(self.exports)

    @property
    def timers(self) -> int:
        """How many timers wait for a later run; ``Session.settle`` runs them.

        >>> session.run("setTimeout(() => {}, 1000)", contract="shop")
        1
        >>> session["shop"].timers
        1
        """
        return 0 if self.runs.isolate is None else self.runs.isolate.timers

    @property
    def waiting(self) -> Waiting:
        """Timers, listeners and messages that wait for a later run.

        >>> session.run("setTimeout(() => {}, 1000)", contract="shop")
        1
        >>> print(session["shop"].waiting)
        1 timer waiting
        """
        return Waiting() if self.runs.isolate is None else self.runs.isolate.waiting()

    def call(self, export: str, url: str = "/", **options: "Unpack[CallOptions]") -> Outcome:
        """Call a handler as the network would; the options are those of ``Session.call``.

        >>> session["counter"].call("post", body={"by": 2}, headers={"X-Trace": "1"}, fresh=True).body
        {'count': 2}

        Returns its Outcome, whose ``.status``, ``.headers`` and ``.body`` are what the network would answer, or raises
        ContractError. Options: caller, input, body, headers, method, fresh, timeout.
        """
        return self._session.call(self.name, export, url, **options)

    def init(self, input: object = None, **options: Any) -> Outcome:  # noqa: A002 # the contract's word for it
        """Call ``init()``, as deploying would.

        >>> session["counter"].init().receipt
        <Receipt 1 written>
        """
        return self.call("init", input=input, **options)

    def contract(self, input: object = None, **options: Any) -> Outcome:  # noqa: A002 # the contract's word for it
        """Call ``contract()``, as a transaction would.

        >>> session["counter"].contract({"action": "add"}, caller="alice").value
        {'did': 'add'}
        """
        return self.call("contract", input=input, **options)

    def get(self, url: str = "/", **options: Any) -> Outcome:
        """Call ``get(request)``.

        >>> session["counter"].get("/?page=2").body
        {'count': 0}
        """
        return self.call("get", url, **options)

    def post(self, url: str = "/", body: object = None, **options: Any) -> Outcome:
        """Call ``post(request, body)``.

        >>> session["counter"].post("/", {"by": 5}).body
        {'count': 5}
        """
        return self.call("post", url, body=body, **options)

    def take(self, name: str) -> object:
        """The value of one of the contract's names as a Python value.

        >>> session["shop"].take("name")
        'ada'
        """
        if self.runs.isolate is None:
            raise TanaError(f"{self.name} has not run yet, so it has no name {name!r}")
        return to_python(self.runs.isolate.take(name, self._session.limit()))

    def reset(self) -> None:
        """Forget variables, exports, timers, staging and sources; committed data stays.

        >>> session["counter"].reset()
        >>> session["counter"]
        <Contract counter: nothing exported>
        """
        self.runs = Runs(self._session, self.name)
