"""The runs of one contract: compile a cell, evaluate it in the contract's isolate, tell what came of it."""

import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from tana_jupyter import modules
from tana_jupyter.calls import Handler, Request, Response, script
from tana_jupyter.compiler import Compiled, compile_cell
from tana_jupyter.console import Console, Log
from tana_jupyter.display import Bundle, safe_bundle
from tana_jupyter.engine.isolate import Isolate, Report
from tana_jupyter.engine.values import to_guest, to_python
from tana_jupyter.errors import ContractError, SyntaxProblem, ValueCrossingError
from tana_jupyter.failures import Failures
from tana_jupyter.host import ContractHost
from tana_jupyter.outcome import Opaque, Outcome
from tana_jupyter.receipt import Receipt
from tana_jupyter.situation import Situation

if TYPE_CHECKING:
    from tana_jupyter.session import Session


class Source(NamedTuple):
    """One cell that ran in a contract, in ``session["counter"].sources``.

    >>> session.run("export const get = () => 1", contract="one")
    undefined
    >>> session["one"].sources
    [Source(number=1, text='export const get = () => 1', declared=('get',), exports=('get',), failed=False)]
    """

    number: int
    text: str
    declared: tuple[str, ...]
    exports: tuple[str, ...]
    failed: bool = False
    """True where it threw: what it declared before that is there, its exports are not."""


class _Run:
    """What is known of a run while it goes on."""

    def __init__(self, cell: str, number: int, receipt: Receipt, edits: int) -> None:
        self.cell = cell
        self.number = number
        self.receipt = receipt
        self.edits = edits  # of the staging, before
        self.started = time.perf_counter()
        self.console: Console | None = None

    @property
    def logs(self) -> Sequence[Log]:
        return [] if self.console is None else self.console.logs


class Runs:
    """The isolate of a contract, and what was run in it."""

    def __init__(self, session: "Session", name: str) -> None:
        self.exports: dict[str, str] = {}
        self.sources: list[Source] = []
        self.isolate: Isolate | None = None
        self.initialized = False
        """True once ``init`` was called and went well."""
        self.why_nothing = "nothing exported"
        self._name = name
        self._session = session
        self._host = ContractHost(session, name)
        # Compiled cells by number: an error in an old function needs the positions of its cell.
        self._compiled: dict[int, Compiled] = {}
        # What came in with -i, encoded: a fresh isolate needs it too.
        self._given: dict[int, dict[str, str]] = {}
        self._texts: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._failures = Failures(name, self._compiled, modules.exports())

    @property
    def host(self) -> ContractHost:
        """What the contract's modules see."""
        return self._host

    def cell(self, source: str, situation: Situation, timeout: float | None, give: Mapping[str, object]) -> Outcome:
        """Run a cell."""
        run = self._begin()
        try:
            compiled = self._compile(run, source)
            given = {_given(name): to_guest(value) for name, value in give.items()}
            isolate = self.isolate = self.isolate or self._open()
            run.console = self._host.begin(situation, isolate)
            self._preload(run, compiled, isolate, timeout)
            for name, text in given.items():
                isolate.give(name, text, timeout)
            if given:
                # A cell that is run again mostly brings the same, which may be large: of equal texts one is kept.
                self._given[run.number] = {name: self._texts.setdefault(text, text) for name, text in given.items()}
            names = tuple(dict.fromkeys(declared.name for declared in compiled.declared))
            report = isolate.run(run.number, compiled.body, compiled.lines, names, timeout)
            if report.threw:
                self.sources.append(Source(run.number, source, names, (), failed=True))
            outcome = self._close(run, report, isolate, timeout, source)
        except ContractError as error:
            raise self._ended(run, error) from None
        except KeyboardInterrupt:  # before the watchdog took over: while the cell was compiled
            raise self._ended(run, self._failures.unstarted(run.cell)) from None
        # Only a cell that went well changes what the contract exports.
        self.exports |= dict(compiled.exports)
        self.sources.append(Source(run.number, source, names, tuple(name for name, _ in compiled.exports)))
        return outcome

    def call(
        self,
        handler: Handler,
        request: Request | None,
        situation: Situation,
        timeout: float | None,
        *,
        fresh: bool,
    ) -> Outcome:
        """Call a handler, in the live isolate or in a fresh one."""
        run = self._begin()
        plain = None
        if request is not None:
            plain = request.plain(self._name, situation.caller, situation.owner, situation.timestamp)
        try:
            isolate = self._open() if fresh or self.isolate is None else self.isolate
            # The contract's cells run again as the cells they are: the handler's role begins after them.
            cells = replace(situation, role="cell", caller=None, input=None, read_only=False)
            run.console = self._host.begin(cells if fresh else situation, isolate)
            if fresh:
                self._replay(run, isolate, timeout)
                self._host.situation = situation
            report = isolate.run(run.number, script(handler, plain), 1, (), timeout)
            if situation.read_only and report.timers:
                # They would run later, in no handler's name, and could write then.
                isolate.cancel_own()
                report.timers = isolate.timers
            outcome = self._close(run, report, isolate, timeout, "")
        except ContractError as error:
            ended = self._ended(run, error)
            if request is not None and ended.outcome is not None:
                ended.outcome.response = Response.of_failure(error.message)
            raise ended from None
        self.initialized |= handler.role == "init"
        outcome.response = Response.of(outcome.value)
        return outcome

    def settle(self, seconds: float | None) -> Outcome:
        """Run the timers that are due, or all that come due within so many seconds."""
        run = self._start("timers", 0)
        if self.isolate is None:
            return Outcome(run.cell, receipt=run.receipt)
        run.console = self._host.begin(self._session.situation(), self.isolate)
        limit = self._session.limit()
        try:
            return self._close(run, self.isolate.settle(seconds, limit), self.isolate, limit, "")
        except ContractError as error:
            raise self._ended(run, error) from None

    def _begin(self) -> _Run:
        number = next(self._numbers)
        return self._start(f"{number}", number)

    def _start(self, what: str, number: int) -> _Run:
        return _Run(f"{self._name}#{what}", number, self._session.journal.begin(), self._host.staging.edits)

    def _open(self) -> Isolate:
        operations, packed = modules.operations(self._host)
        session = self._session
        return Isolate(
            operations,
            packed,
            modules.lazy_globals(),
            session.catalogue,
            session.clock,
            session.chance,
            session.log,
        )

    def _compile(self, run: _Run, source: str) -> Compiled:
        """Compile a cell and see that all it imports exists, before any of it runs."""
        try:
            compiled = compile_cell(source)
        except SyntaxProblem as problem:
            raise self._failures.syntax(run.cell, source, problem) from None
        catalogue = self._session.catalogue
        for entry in compiled.imports:
            if entry.specifier not in catalogue:
                raise self._failures.unknown_module(run.cell, source, entry, catalogue.names())
            exists = catalogue.exports(entry.specifier)
            if exists is None:
                continue
            unknown = [name for name, _ in entry.names if name not in {*exists, "*"}]
            missing = [name for name in unknown if not catalogue.declares_type(entry.specifier, name)]
            if missing:
                raise self._failures.unknown_export(run.cell, source, entry, missing, exists)
        self._compiled[run.number] = compiled
        return compiled

    def _preload(self, run: _Run, compiled: Compiled, isolate: Isolate, timeout: float | None) -> None:
        """Evaluate the added files a cell imports: the engine loads those as modules, which takes promises."""
        for entry in compiled.imports:
            if entry.specifier in self._session.catalogue.added:
                problem = isolate.preload(entry.specifier, timeout)
                if problem is not None:
                    raise self._failures.broken_module(run.cell, compiled.source, entry, problem)

    def _replay(self, run: _Run, isolate: Isolate, timeout: float | None) -> None:
        """Build a fresh isolate's state from the cells that ran, in their order."""
        for source in self.sources:
            compiled = self._compiled[source.number]
            self._preload(run, compiled, isolate, timeout)
            for name, text in self._given.get(source.number, {}).items():
                isolate.give(name, text)
            report = isolate.run(source.number, compiled.body, compiled.lines, source.declared, timeout)
            failure = self._failures.of(source.number, run.cell, source.text, report, isolate, timeout)
            if failure is not None and not source.failed:
                raise failure

    def _close(self, run: _Run, report: Report, isolate: Isolate, limit: float | None, source: str) -> Outcome:
        """End a run: show what it printed, and turn the report into an outcome or an error."""
        if run.console is not None:
            run.console.close()
        isolate.ahead.clear()
        if report.timers or isolate.wakes.wakers:
            run.receipt.waiting = isolate.waiting()
        run.receipt.staged = len(self._host.staging)
        run.receipt.stagings = self._host.staging.edits - run.edits
        if report.lost and isolate is self.isolate:
            self.exports.clear()
            self.why_nothing = "its variables are gone, run its cells again"
        failure = self._failures.of(run.number, run.cell, source, report, isolate, limit)
        if failure is not None:
            raise failure
        run.receipt.duration = time.perf_counter() - run.started
        bundle: Bundle | None = None
        if report.display is not None:
            bundle = safe_bundle(report.display, trust_html=self._session.trust_html)
        return Outcome(
            run.cell, value=_value(report), text=report.text, logs=run.logs, receipt=run.receipt, bundle=bundle
        )

    @staticmethod
    def _ended(run: _Run, error: ContractError) -> ContractError:
        run.receipt.duration = time.perf_counter() - run.started
        error.outcome = Outcome(run.cell, logs=run.logs, receipt=run.receipt)
        return error


def _value(report: Report) -> object:
    """The value of a run in Python; what cannot cross, such as a function or the year 20000, is only shown."""
    if report.value is None and not report.opaque:
        return None
    try:
        return Opaque(report.text or "") if report.value is None else to_python(report.value)
    except ValueCrossingError:
        return Opaque(report.text or "")


def _given(name: str) -> str:
    if not name.isidentifier() or name in {"undefined", "NaN", "Infinity", "globalThis"}:
        raise ValueCrossingError(f"{name!r} cannot be a name of the contract")
    return name
