"""A session: runs the contracts of a notebook, and opens the widgets that show what they left behind.

It is put together of parts that stand in files of their own: ``stage`` is what it has, ``looking`` what can be asked of
it, ``steering`` what can be done to its data.
"""

import math
import re
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from tana_jupyter import calls, limits
from tana_jupyter.contract import Contract
from tana_jupyter.errors import ContractError, TanaError
from tana_jupyter.identity import Caller, identity
from tana_jupyter.looking import Looking
from tana_jupyter.modules.host import Host
from tana_jupyter.outcome import Outcome
from tana_jupyter.situation import Role, Situation
from tana_jupyter.steering import Steering

if TYPE_CHECKING:
    from tana_jupyter.views.browser.widget import KeyBrowser, StagedView
    from tana_jupyter.views.export.widget import ExportView

NAME = re.compile(limits.CONTRACT_NAME)


class Session(Looking, Steering):
    """Runs contract code against one store: the one that is named, else what ``TANA_STORAGE`` names, else memory.

    >>> session = Session("memory:")
    >>> session.run("import { kv } from 'tana/kv'; await kv.put('greeting', 'hello')")
    undefined
    >>> session.run("await kv.get('greeting')").value
    'hello'
    >>> session.close()

    In a notebook, ``tana_jupyter.session()`` is the session that ``%%tana`` and ``%tana`` work on.

    * It runs: ``run`` a cell, ``call`` a handler, ``open`` a file, ``settle`` timers; ``add`` what contracts may
      import, ``save`` or ``reset`` a contract. ``session["counter"]`` is one, a ``Contract``.
    * It shows: ``keys``, ``values``, ``get``, ``changes``, ``staged``, ``ledger_table``, ``status``; as widgets
      ``browse``, ``staging_view``, ``export_view``.
    * It changes data: ``commit``, ``rollback``, ``clear``, ``sweep``, ``export``, ``import_``, ``use_store``;
      and time: ``move_clock``.
    * It has: ``clock``, ``chance``, ``ledger``, ``network``, ``store``, and ``last``, the Outcome of the last run.
    * May be set: ``timeout``, the seconds a run may take; ``owner``, who owns the contracts; ``strict_handlers``,
      to let get and post handlers only read; ``trust_html``, to show HTML of contracts in the page itself; ``lab``,
      to let contracts move the clock on a shared store; ``store_limit``, the bytes a store in memory may hold.
    """

    def run(
        self,
        source: str,
        contract: str = "notebook",
        caller: Caller = None,
        input: object = None,  # noqa: A002 # the contract's word for it
        timeout: float | None = None,
        *,
        give: Mapping[str, object] | None = None,
    ) -> Outcome:
        """Run a cell; returns its Outcome or raises ContractError.

        >>> session.run("const total = rows.length; total", contract="shop", give={"rows": ["a", "b"]})
        2
        >>> session.run("total + 1", contract="shop").value
        3

        Parameters
        ----------
        source
            TypeScript. Names declared at the top level live on in later cells of the same contract.
        contract
            The namespace it runs in.
        caller, input
            What ``context.caller()`` and ``context.input()`` answer.
        timeout
            Seconds it may take; default ``session.timeout``.
        give
            Python values to bring in as names of the contract.

        """
        if not isinstance(source, str) or not isinstance(contract, str):
            raise TanaError("a cell is a text, and so is the name of its contract")
        if give is not None and not isinstance(give, Mapping):
            raise TanaError("give takes names and their values, as {'rows': rows}")
        with self._turn(contract):
            situation = self.situation("cell", caller, input)
            target = self._contract(contract)
            self._latest = contract
            limit = self.limit(timeout)
            return self._remember(lambda: target.runs.cell(source, situation, limit, give or {}))

    def call(
        self,
        contract: str,
        export: str,
        url: str = "/",
        *,
        caller: Caller = None,
        input: object = None,  # noqa: A002 # the contract's word for it
        body: object = None,
        headers: Mapping[str, object] | None = None,
        method: str | None = None,
        fresh: bool = False,
        timeout: float | None = None,
    ) -> Outcome:
        """Call a handler of a contract as the network would; returns its Outcome or raises ContractError.

        >>> session.call("counter", "post", body={"by": 2}).body
        {'count': 2}
        >>> session.call("counter", "contract", input={"action": "add"}, caller="alice").value
        {'did': 'add'}

        Parameters
        ----------
        contract, export
            Which handler: ``get``, ``post``, ``init``, ``contract`` or ``default``.
        url, body, headers, method
            The request of ``get`` and ``post``.
        caller, input
            What ``context.caller()`` and ``context.input()`` answer in ``init`` and ``contract``.
        fresh
            Run it in a new isolate that is built from the contract's cells, as Tana's edge does for each request.
        timeout
            Seconds it may take; default ``session.timeout``.

        """
        with self._turn(contract):
            target = self[contract]
            handler = calls.find(contract, export, target.exports, method)
            request = None
            if handler.role in {"get", "post"}:
                request = calls.Request.of(url, method or handler.role, headers, body)
            elif body is not None or headers or method or url != "/":
                raise TanaError(f"{handler.role}() takes no request: give it input, and a caller")
            situation = self.situation(handler.role, caller, input)
            self._latest = contract
            if handler.role != "init" and "init" in target.exports and not target.runs.initialized:
                self.hint(f"{contract}: init() has not run yet; {contract}.init() does what deploying would")
            limit = self.limit(timeout)
            return self._remember(lambda: target.runs.call(handler, request, situation, limit, fresh=fresh))

    def settle(self, seconds: float | None = None, contract: str | None = None) -> list[Outcome]:
        """Run waiting timers that are due, or come due within so many seconds, contract by contract.

        >>> session.run("setTimeout(() => console.log('five seconds later'), 5000)", contract="counter")
        1
        >>> session.settle(10, "counter")
        five seconds later
        [undefined]
        """
        if seconds is not None and not (_is_number(seconds) and math.isfinite(seconds)):
            raise TanaError(f"{seconds!r:.100} is no number of seconds")
        names = [contract] if contract is not None else list(self._contracts)
        outcomes = []
        for name in names:
            with self._turn(name):
                outcomes.append(self._remember(partial(self[name].runs.settle, seconds)))
        return outcomes

    def reset(self, contract: str | None = None) -> list[str]:
        """Forget variables, exports, timers and staged keys of one contract or all; committed data stays.

        >>> session.reset("shop")
        ['shop']
        >>> session.keys("user:*", contract="shop")["key"].tolist()
        ['user:1', 'user:2']
        """
        names = list(self._contracts) if contract is None else [contract]
        for name in names:
            with self._turn(name):
                self[name].reset()
        return names

    def open(self, path: str | Path, name: str | None = None, **options: Any) -> Outcome:
        """Run a contract file as a cell of the contract it is named after; options are those of ``run``.

        >>> session.open("contracts/greeter.ts")
        undefined
        >>> session["greeter"].get().body
        'hello'
        """
        from tana_jupyter import contractfile

        file = Path(path).expanduser()
        if not file.is_file():
            raise TanaError(f"there is no file {path}")
        return self.run(contractfile.read(file), name or file.name.partition(".")[0], **options)

    def save(self, contract: str, path: str | Path, *, statements: bool = False, force: bool = False) -> Path:
        """Write what is live in a contract to a file: declarations, imports and exports of its cells.

        >>> session.run("export const get = () => 'hi'", contract="hi")
        undefined
        >>> print(session.save("hi", "hi.ts").read_text())
        // Contract hi, saved from a notebook (...).
        export const get = () => 'hi'
        <BLANKLINE>

        Each declaration stands in its last form. ``statements`` also keeps what cells did beside that; ``force``
        replaces a file that was not saved from here, or was changed since.
        """
        from tana_jupyter import contractfile

        target = self[contract]
        cells = [source.text for source in target.sources if not source.failed]
        text = contractfile.text_of(cells, target.exports, statements=statements)
        file = Path(path).expanduser()
        contractfile.save(contract, text, file, force=force)
        return file

    def add(self, path: str | Path, name: str | None = None) -> str:
        """Let contracts import a local JavaScript file or folder; returns the name they import.

        >>> session.add("lib/prices.js")
        'prices'
        >>> session.run("import { vat } from 'prices'; 100 * vat").value
        20
        """
        path = Path(path)
        name = name or path.name.split(".")[0]
        if self.catalogue.path(name) is not None or not re.fullmatch(r"[@A-Za-z][\w.-]*", name):
            raise TanaError(f"{name!r} cannot name an added file: use letters and digits, and no name that exists")
        self.catalogue.added.add(name, path)
        return name

    def move_clock(self, to: str | None) -> list[Outcome]:
        """Stop or move the clock as ``%tana clock`` writes it, then run the timers that came due.

        >>> outcomes = session.move_clock("2026-01-01T00:00:00Z")
        >>> outcomes = session.move_clock("+90s")
        >>> session.clock
        <Clock frozen at 2026-01-01T00:01:30Z>
        """
        if to is None:
            return []
        if self.store.shared:
            self.hint("this store is shared: others see expiry and times by their own clock")
        self.clock.set(to)
        return self.settle()

    def browse(self, prefix: str = "", *, contract: str | None = None, api: str | None = None) -> "KeyBrowser":
        """A widget that shows, searches and edits keys and values, however many there are.

        >>> browser = session.browse("user:", contract="shop")
        >>> browser
        <KeyBrowser shop/kv user:*>
        >>> browser.frame()["key"].tolist()
        ['user:1', 'user:2']
        """
        from tana_jupyter.views.browser.widget import KeyBrowser

        return KeyBrowser(self, prefix, contract, api)

    def staging_view(self, contract: str | None = None) -> "StagedView":
        """A widget that shows what a contract has staged beside what is committed, with Commit and Discard.

        >>> session.staging_view("shop")
        <StagedView shop>
        """
        from tana_jupyter.views.browser.widget import StagedView

        return StagedView(self, contract)

    def export_view(
        self,
        *,
        contract: str | None = None,
        api: str | None = None,
        prefix: str | None = None,
        mirror: bool = False,
        variable: str | None = None,
    ) -> "ExportView":
        """A widget that shows what an export to PostgreSQL would do, and does it; all or nothing.

        >>> session.export_view(contract="shop", variable="DATABASE_URL")
        <ExportView of shop>

        The DSN is typed into the widget, or read from the environment ``variable``: the notebook never saves it.
        """
        from tana_jupyter.views.export.widget import ExportView

        return ExportView(self, contract=contract, api=api, prefix=prefix, mirror=mirror, variable=variable)

    def host_of(self, contract: str) -> Host:
        """For views: a contract as its modules see it; made where its data is older than this session."""
        return self._contract(contract).runs.host

    def forget_unused(self, contract: str) -> None:
        """For views: let go of a contract that ``host_of`` made, where it has neither run nor staged anything."""
        if contract in self and self[contract].runs.isolate is None and not self.staging_of(contract):
            del self._contracts[contract]

    def limit(self, timeout: float | None = None) -> float | None:
        """For runs: the seconds one may take, ``session.timeout`` unless it is given; None for no limit."""
        seconds = self.timeout if timeout is None else timeout
        if seconds is not None and not (_is_number(seconds) and 0 < seconds <= limits.RUN_SECONDS_MOST):
            most = f"{limits.RUN_SECONDS_MOST:,}"
            raise TanaError(f"{seconds!r:.100} is no time limit: give seconds, more than 0 and at most {most}")
        return seconds

    def situation(self, role: Role = "cell", caller: Caller = None, input: object = None) -> Situation:  # noqa: A002 # the contract's word
        """For runs: in which role one takes place, by whom and with what; checked before anything runs."""
        owner = identity(self.owner)
        if owner is None:
            raise TanaError("session.owner cannot be None: contracts always have an owner")
        owner.pop("nonce", None)
        calls.check_json(input, "the input")
        read_only = self.strict_handlers and role in {"get", "post"}
        return Situation(role, identity(caller), owner, input, self.clock.now_ms(), read_only)

    def _contract(self, name: str) -> Contract:
        """A contract, made when it is first named."""
        if not NAME.fullmatch(name):
            raise TanaError(f"{name!r} is no contract name: use letters, digits, _ and -, at most 100, no digit first")
        if name not in self._contracts:
            self._contracts[name] = Contract(self, name)
        return self._contracts[name]

    def _remember(self, run: Callable[[], Outcome]) -> Outcome:
        try:
            self.last = run()
        except ContractError as error:
            self.last = error.outcome
            if self.heard is not None and error.outcome is not None:
                self.heard(error.outcome, True)
            raise
        if self.heard is not None:
            self.heard(self.last, False)
        return self.last


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class _Module(ModuleType):
    """The file, made callable: ``tana_jupyter.session()``, the session of the running shell, has the same name."""

    def __call__(self) -> Session:
        """The session that ``%%tana`` and ``%tana`` work on in the running shell."""
        # Looked up, not imported: the extension knows sessions, sessions do not know the extension.
        extension = sys.modules.get(f"{__package__}.ipython")
        if extension is None:
            raise TanaError(
                "no notebook session here: load the extension (%load_ext tana_jupyter), or make a Session()"
            )
        session: Session = extension.session()
        return session


sys.modules[__name__].__class__ = _Module
