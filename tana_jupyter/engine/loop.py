"""The loop of an isolate: a run is one evaluation and what comes due, until its value has settled."""

import json
import os
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from tana_jupyter.engine.ahead import Ahead
from tana_jupyter.engine.interpreter import Interpreter, JSRuntimeError, Operation, Packed
from tana_jupyter.engine.lines import Lines
from tana_jupyter.engine.report import Report, bundle_of, checked, errors_of
from tana_jupyter.engine.sources import Catalogue, prelude
from tana_jupyter.engine.stack import EngineError
from tana_jupyter.engine.wakes import LoopClock, Next, Wakes
from tana_jupyter.engine.watchdog import Aborted, Watchdog
from tana_jupyter.errors import GuestError, TanaError
from tana_jupyter.limits import RUN_SECONDS
from tana_jupyter.waking import Settlement, Waiting

SYNTAX = "SyntaxError"
DAMAGED = EngineError("Error", "The contract changed built-ins without which nothing can run in it", "")
FULL = EngineError("InternalError", "out of memory", "")


class Random(Protocol):
    """What the engine needs of the session's random numbers."""

    seeded: bool

    def double(self) -> float:
        """A number in [0, 1)."""
        ...


class Loop:
    """The interpreter of one contract, driven run by run, and rebuilt empty when it can no longer be trusted.

    >>> loop = session["counter"].runs.isolate
    >>> report = loop.run(1, "let $value; $value=1+1; return $value", 1, ())
    >>> report.text
    '2'
    """

    def __init__(
        self,
        operations: Mapping[str, Operation],
        packed: Mapping[int, Packed],
        lazy_globals: Mapping[str, tuple[str, ...]],
        catalogue: Catalogue,
        clock: LoopClock,
        random: Random,
        log: Callable[[str], None],
    ) -> None:
        self.ahead = Ahead()
        self._catalogue = catalogue
        self._clock = clock
        self._random = random
        self._log = log
        self._packed = packed
        self._lazy_globals = lazy_globals
        self._operations: dict[str, Operation] = {
            **operations,
            **catalogue.operations(),
            "engine.ahead": self.ahead.add,
            "engine.random": self._numbers,
            "engine.missing": self._missing,
        }
        self.timers = 0
        """How many timers wait."""
        self.wakes = Wakes(clock)
        """What else can go on with what waits."""
        self._mark = 0  # what has a larger number began in the last run
        # The prelude keeps the first lines, so that its frames are told apart by their line.
        self._lines = Lines(first=prelude().count(b"\n") + 2)
        self.locate = self._lines.locate
        # Contract code sees the function this key opens, never the key.
        self._key = os.urandom(16).hex()
        self._host = f'$tana.host("{self._key}")'
        self._interpreter = self._build()

    @property
    def aborting(self) -> bool:
        """Whether the run that goes on is being ended."""
        return self._interpreter.aborting

    def _build(self) -> Interpreter:
        self.wakes.forget()  # the promises they would settle were another interpreter's
        interpreter = Interpreter(self._operations, self._packed, self._catalogue, self._report_failure)
        globals_ = json.dumps([[path, names] for path, names in self._lazy_globals.items()])
        interpreter.evaluate(prelude() + f'({globals_},"{self._key}")'.encode())
        return interpreter

    def rebuild(self) -> None:
        """Start again with an empty interpreter."""
        self._interpreter = self._build()

    def _report_failure(self, error: BaseException) -> None:
        self._log("".join(traceback.format_exception(error)))

    def _missing(self, specifier: str, name: str, exists: list[str]) -> None:
        """Refuse an import of a name that a module does not have; a type is nothing at run time."""
        if not self._catalogue.declares_type(specifier, name):
            raise GuestError("SyntaxError", f"Module '{specifier}' has no export '{name}'; it has {', '.join(exists)}")

    def _numbers(self, count: int) -> list[float]:
        return [self._random.double() for _ in range(min(count, 256))]

    def run(
        self, number: int, body: str, lines: int, names: tuple[str, ...], limit: float | None = RUN_SECONDS
    ) -> Report:
        """Evaluate the body of an async function as run ``number`` and drive the loop until it is done."""
        start = self._lines.take(number, lines)
        self._mark = self.wakes.later()
        self.ahead.clear()
        at, shift = self._clock.settings()
        head = (
            f"{self._host}.run({number},{json.dumps(names)},{'null' if at is None else at},{shift},"
            f'{"true" if self._random.seeded else "false"},async function(){{"use strict";\n'
        )
        script = b"\n" * (start - 1) + head.encode() + body.encode("utf-8", "surrogatepass") + b"\n})"
        with Watchdog(self._interpreter, limit) as watchdog:
            return self._drive(number, script, watchdog)

    def settle(self, seconds: float | None = None, limit: float | None = RUN_SECONDS) -> Report:
        """Run what is due, or, given seconds, all that comes due within them."""
        until = self._clock.now_ms() + int((seconds or 0) * 1000)
        with Watchdog(self._interpreter, limit) as watchdog:
            return self._drive(None, self._turn(), watchdog, until=until)

    def cancel_own(self) -> None:
        """Forget the timers that the last run set."""
        state = checked(self._ask("cancelOwn()"))
        self.timers = self.timers if state is None else state["timers"]

    def waiting(self) -> Waiting:
        """What waits for a later run."""
        return self.wakes.waiting(self.timers)

    def _turn(self, late: str = "") -> bytes:
        """The script of one step of the loop: the first due timer, or a late answer."""
        at, shift = self._clock.settings()
        return f"{self._host}.turn({'null' if at is None else at},{shift}{late})".encode()

    def _drive(self, number: int | None, script: bytes, watchdog: Watchdog, until: int | None = None) -> Report:
        """Evaluate, then go on with what is due, until the run has settled and nothing is due now."""
        report = Report()
        self._interpreter.cut, self._interpreter.unheard = False, None
        settled = number is None
        step: bytes | None = script
        while step is not None:
            state = self._evaluate(step, number, report, watchdog)
            if watchdog.reason and (state is None or self._interpreter.cut):
                report.aborted = watchdog.reason  # also where the run had its value: what followed was cut off
            if state is not None:
                report.timers = state["timers"]
                if number is not None and state["run"] == number and state["settled"] and not settled:
                    settled = True
                    self._read(state, report)
                if state.get("failure") and report.error is None:
                    report.error, *report.causes = errors_of(state["failure"])
                    report.lost |= report.error.out_of_memory
            if report.error is not None or report.refused is not None or report.lost:
                break
            timer = None if state is None else state["due"]
            # Whoever waits for the end of a listener only rests: messages are for later runs, as they come.
            rests = timer is None and state is not None and state.get("resting") is True
            step = self._next(timer, report, watchdog, until, settled=settled or rests)
            if rests and step is None and not settled:
                settled = True
        if watchdog.reason and not settled:
            report.aborted = watchdog.reason
        report.unheard = self._interpreter.unheard
        if report.aborted and not report.lost:
            self._quiesce(report, watchdog)
        elif report.deadlock:
            self.wakes.forget(self._mark)  # else what the run began would go on in later ones
        watchdog.stand_down()
        if report.lost:
            self.rebuild()
        self.timers = 0 if report.lost else report.timers
        return report

    def _next(
        self, timer: int | None, report: Report, watchdog: Watchdog, until: int | None, *, settled: bool
    ) -> bytes | None:
        """The script of what comes next; None where the run has come to its end, or to no end."""
        try:
            step = self.wakes.next(timer, until, lambda: watchdog.reason is not None, settled=settled)
        except TanaError as error:  # of the store: a server that is gone
            report.error = EngineError("Error", str(error), "")
            return None
        if step is Next.TIMER:
            return self._turn()
        if isinstance(step, Settlement):
            return self._turn(f",{step.number},{json.dumps(step.reply.decode())}")
        if step is Next.CUT:
            report.aborted = watchdog.reason
        elif step is Next.STUCK and not settled:
            # With its heap full the engine may have had no room even to reject the run's promise.
            if self._ask("starved()"):
                report.error, report.lost = FULL, True
            report.deadlock = not report.lost
        return None

    def _evaluate(self, script: bytes, number: int | None, report: Report, watchdog: Watchdog) -> dict[str, Any] | None:
        """One evaluation; None where it ended without a state, the reason being in the report."""
        try:
            state = checked(self._interpreter.evaluate(script))
        except JSRuntimeError as failure:
            error = EngineError.parse(str(failure))
        except (Aborted, SystemError):
            # SystemError: a tick that fell between two host calls leaves its exception behind.
            self._check(report, watchdog)
            return None
        else:
            if state is None:
                report.error, report.lost = DAMAGED, True
            return state
        if error.out_of_memory:
            report.error, report.lost = FULL, True
            return None
        self._check(report, watchdog)
        if watchdog.reason is not None:
            # What dukpy says of an interrupted evaluation may look like any error.
            report.aborted = watchdog.reason
            return None
        if error == ("Uncaught", "null", "") and (report.lost or self._ask("starved()")):
            # With its heap full the engine has no room for an error and throws null.
            report.error, report.lost = FULL, True
            return None
        if report.lost:
            report.error = error
            return None
        state = checked(self._ask("state()"))
        if state is None:
            report.error, report.lost = error, True
        elif number is not None and state["run"] != number and error.name == SYNTAX:
            report.refused = error
        else:
            # A promise that nobody waits for was rejected; it is the run's failure unless the run failed itself.
            report.error = error
            if state["run"] == number and state.get("error"):
                self._read(state, report)
        return state

    def _ask(self, question: str) -> object:
        """The answer of the prelude; None where it cannot give one any more."""
        try:
            answer: object = self._interpreter.evaluate(f"{self._host}.{question}".encode())
        except (JSRuntimeError, Aborted, SystemError):
            return None
        return answer

    def _check(self, report: Report, watchdog: Watchdog) -> None:
        """See whether the engine still works: an abort among promise jobs makes dukpy refuse the context."""
        watchdog.spare()
        try:
            self._interpreter.evaluate(b"0")
        except (JSRuntimeError, Aborted, SystemError):
            report.lost = True

    def _quiesce(self, report: Report, watchdog: Watchdog) -> None:
        """Let what an aborted run left in the queue end, each host call answering that the run is over."""
        watchdog.spare()
        state = self._ask("cancel()")
        if isinstance(state, dict) and isinstance(state.get("timers"), int):
            report.cancelled, report.timers = state["timers"], 0
            report.dropped = self.wakes.waiting(0).listeners
            self.wakes.forget()
        else:
            report.lost = True

    def _read(self, state: dict[str, Any], report: Report) -> None:
        if state.get("error"):
            report.error, *report.causes = errors_of(state["error"])
            report.lost = report.error.out_of_memory
            return
        try:
            report.text = self.ahead.text(state.get("text"))
            report.value = self.ahead.text(state.get("value"))
            shown = self.ahead.text(state.get("display"))
        except (GuestError, LookupError):
            report.error, report.lost = DAMAGED, True
            return
        report.opaque = state.get("opaque") is True
        report.display = None if shown is None else bundle_of(shown)
