"""A session: the contracts of a notebook, its store, its clock. Thin: it knows who is who and lets them work."""

import math
import re
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

from tana_jupyter import calls, limits, modules
from tana_jupyter.audience import Audience
from tana_jupyter.chance import Chance
from tana_jupyter.clock import Clock
from tana_jupyter.console import Stream, to_system
from tana_jupyter.contract import Contract
from tana_jupyter.display import Bundle
from tana_jupyter.engine.sources import Catalogue
from tana_jupyter.errors import BusyError, ContractError, StoreError, TanaError
from tana_jupyter.facade import Facade
from tana_jupyter.identity import Caller, identity
from tana_jupyter.ledger import Ledger
from tana_jupyter.network import Network
from tana_jupyter.outcome import Outcome
from tana_jupyter.situation import Role, Situation
from tana_jupyter.storage import Storage
from tana_jupyter.store import patience
from tana_jupyter.store.protocol import Store

NAME = re.compile(limits.CONTRACT_NAME)
LOG_ENTRIES = 100


class Session(Facade):
    """Runs contract code against one store: the one that is named, else what ``TANA_STORAGE`` names, else memory.

    >>> session = Session()
    >>> session.run("import { kv } from 'tana/kv'; await kv.put('greeting', 'hello')")
    undefined
    >>> session.run("await kv.get('greeting')").value
    'hello'
    """

    of_shell: ClassVar[Callable[[], "Session"]]
    """The session of the running shell, as ``tana_jupyter.session()``; the extension sets it."""

    def __init__(self, store: str | Store | None = None, *, store_limit: int = limits.STORE) -> None:
        self._running: str | None = None
        self.audience = Audience()
        """Widgets to be told when something changed."""
        self.clock = Clock(moved=self._told)
        self.chance = Chance()
        self.storage = Storage(store, self.clock, store_limit)
        self.journal = self.storage.journal
        self.catalogue = Catalogue(modules.specifiers(), modules.exports(), modules.aliases(), modules.types)
        self.timeout: float | None = limits.RUN_SECONDS
        self.trust_html = False
        self.lab = False
        self.strict_handlers = False
        self.owner: Caller = "owner"
        self.ledger = Ledger(self.clock)
        self.network = Network()
        self.last: Outcome | None = None
        """The Outcome of the last run, failed ones included."""
        self.show: Callable[[Stream, str], None] = to_system
        self.display: Callable[[Bundle], None] = _no_display
        self.heard: Callable[[Outcome, bool], None] = unheard
        """Told of every run, and whether it failed."""
        self.failures: deque[str] = deque(maxlen=LOG_ENTRIES)
        """Tracebacks of host calls that failed inside, newest last; contracts see none of it."""
        self._contracts: dict[str, Contract] = {}
        self._lock = threading.RLock()
        self._latest: str | None = None
        self._hints: set[str] = set()

    def __repr__(self) -> str:
        return f"<Session on {self.store.location}: {', '.join(self._contracts) or 'no contracts yet'}>"

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
        """Call a handler of a contract; see :meth:`Contract.call`."""
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
        """Run waiting timers that are due, or come due within so many seconds, contract by contract."""
        if seconds is not None and not (_is_number(seconds) and math.isfinite(seconds)):
            raise TanaError(f"{seconds!r:.100} is no number of seconds")
        names = [contract] if contract is not None else list(self._contracts)
        outcomes = []
        for name in names:
            with self._turn(name):
                outcomes.append(self._remember(partial(self[name].runs.settle, seconds)))
        return outcomes

    def reset(self, contract: str | None = None) -> list[str]:
        """Forget variables, exports and timers of one contract or all; committed data stays."""
        names = list(self._contracts) if contract is None else [contract]
        for name in names:
            with self._turn(name):
                self[name].reset()
        return names

    def open(self, path: str | Path, name: str | None = None, **options: Any) -> Outcome:
        """Run a contract file as a cell of the contract it is named after: ``session.open("contracts/counter.ts")``."""
        from tana_jupyter import contractfile

        file = Path(path).expanduser()
        if not file.is_file():
            raise TanaError(f"there is no file {path}")
        return self.run(contractfile.read(file), name or file.name.partition(".")[0], **options)

    def save(self, contract: str, path: str | Path, *, statements: bool = False, force: bool = False) -> Path:
        """Write what is live in a contract to a file; see ``%tana help save``."""
        from tana_jupyter import contractfile

        target = self[contract]
        cells = [source.text for source in target.sources if not source.failed]
        text = contractfile.text_of(cells, target.exports, statements=statements)
        file = Path(path).expanduser()
        contractfile.save(contract, text, file, force=force)
        return file

    def add(self, path: str | Path, name: str | None = None) -> str:
        """Let contracts import a local JavaScript file or folder; returns the name they import."""
        path = Path(path)
        name = name or path.name.split(".")[0]
        if self.catalogue.path(name) is not None or not re.fullmatch(r"[@A-Za-z][\w.-]*", name):
            raise TanaError(f"{name!r} cannot name an added file: use letters and digits, and no name that exists")
        self.catalogue.added.add(name, path)
        return name

    def move_clock(self, to: str | None) -> list[Outcome]:
        """Stop or move the clock as ``%tana clock`` writes it, then run the timers that came due; their outcomes.

        >>> session.move_clock("2026-01-01T00:00:00Z")
        >>> session.move_clock("+90s")
        >>> session.clock
        <Clock frozen at 2026-01-01T00:01:30Z>
        """
        if to is None:
            return []
        if self.store.shared:
            self.hint("this store is shared: others see expiry and times by their own clock")
        self.clock.set(to)
        return self.settle()

    def log(self, text: str) -> None:
        """Keep the traceback of a host call that failed inside."""
        self.failures.append(text)

    @property
    def busy(self) -> str | None:
        """The contract that is running, None between runs."""
        return self._running

    @property
    def latest(self) -> str | None:
        """The contract that ran last."""
        return self._latest

    @property
    def store_limit(self) -> int:
        """Bytes that a store in memory may hold."""
        return self.storage.limit

    @store_limit.setter
    def store_limit(self, limit: int) -> None:
        self.storage.bound(limit)

    def hint(self, text: str) -> None:
        """Say something once."""
        if text not in self._hints:
            self._hints.add(text)
            self.show("stderr", f"{text}\n")

    def limit(self, timeout: float | None = None) -> float | None:
        """Seconds a run may take, ``session.timeout`` unless it is given; None where nothing limits it."""
        seconds = self.timeout if timeout is None else timeout
        if seconds is not None and not (_is_number(seconds) and 0 < seconds <= limits.RUN_SECONDS_MOST):
            most = f"{limits.RUN_SECONDS_MOST:,}"
            raise TanaError(f"{seconds!r:.100} is no time limit: give seconds, more than 0 and at most {most}")
        return seconds

    def situation(self, role: Role = "cell", caller: Caller = None, input: object = None) -> Situation:  # noqa: A002 # the contract's word
        """In which role a run takes place, by whom and with what; checked before anything runs."""
        owner = identity(self.owner)
        if owner is None:
            raise TanaError("session.owner cannot be None: contracts always have an owner")
        owner.pop("nonce", None)
        calls.check_json(input, "the input")
        read_only = self.strict_handlers and role in {"get", "post"}
        return Situation(role, identity(caller), owner, input, self.clock.now_ms(), read_only)

    def _contract(self, name: str) -> Contract:
        if not NAME.fullmatch(name):
            raise TanaError(f"{name!r} is no contract name: use letters, digits, _ and -, at most 100, no digit first")
        if name not in self._contracts:
            self._contracts[name] = Contract(self, name)
        return self._contracts[name]

    @contextmanager
    def _turn(self, contract: str) -> Iterator[None]:
        """Hold the session for one run. A message that arrives in the middle of a cell is refused, not queued."""
        if threading.current_thread() is not threading.main_thread():
            raise BusyError("contracts run on the main thread only: nothing could stop them on another one")
        if self._running is not None:
            raise BusyError(f"{self._running} is running; try again when it has ended")
        try:
            # Waits for a reader on another thread, which must not fail a cell.
            with self._lock:
                self._running = contract
                try:
                    with patience.during(lambda: contract in self and self[contract].runs.host.aborting):
                        yield
                except BaseException:
                    self._running = None
                    # What an operation acknowledged is kept, and what failed first is what the user is told.
                    try:
                        self.storage.rest()
                    except StoreError as error:
                        self.show("stderr", f"{error}\n")
                    raise
                self._running = None
                self.storage.rest()
        finally:
            self._told()

    def _told(self) -> None:
        """Let widgets know, but not in the middle of a run: they could only hear that it goes on."""
        if self._running is None:
            self.audience.changed()

    def _remember(self, run: Callable[[], Outcome]) -> Outcome:
        try:
            self.last = run()
        except ContractError as error:
            self.last = error.outcome
            if error.outcome is not None:
                self.heard(error.outcome, True)
            raise
        self.heard(self.last, False)
        return self.last


def _of_shell() -> Session:
    # Looked up, not imported: the extension knows sessions, sessions do not know the extension.
    extension = sys.modules.get(f"{__package__}.ipython")
    if extension is None:
        raise TanaError("no notebook session here: load the extension (%load_ext tana_jupyter), or make a Session()")
    session: Session = extension.session()
    return session


Session.of_shell = staticmethod(_of_shell)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def unheard(_outcome: Outcome, _failed: bool) -> None:
    """Nobody wants to know."""


def _no_display(bundle: Bundle) -> None:
    to_system("stdout", f"{bundle['text/plain']}\n")


class _Module(ModuleType):
    """The file, since the package's function ``session()`` shares its name: calling the file calls that."""

    def __call__(self) -> Session:
        return Session.of_shell()


sys.modules[__name__].__class__ = _Module
