"""One sealed interpreter: its runs are the loop's, here is what goes in and out between them. Knows no API."""

import json

from tana_jupyter.engine.interpreter import Interpreter, JSRuntimeError
from tana_jupyter.engine.loop import DAMAGED, Loop, Random
from tana_jupyter.engine.report import Report, errors_of
from tana_jupyter.engine.stack import EngineError
from tana_jupyter.engine.wakes import LoopClock
from tana_jupyter.engine.watchdog import Aborted, Watchdog
from tana_jupyter.errors import TanaError
from tana_jupyter.limits import RUN_SECONDS

__all__ = ["Isolate", "LoopClock", "Random", "Report"]


class Isolate(Loop):
    """The interpreter of one contract as the host holds it: it runs cells, takes values in and gives them out.

    >>> isolate = session["counter"].runs.isolate
    >>> isolate.give("n", "1")
    >>> isolate.take("n")
    '1'
    """

    def _build(self) -> Interpreter:
        self._preloaded: set[tuple[str, str]] = set()
        return super()._build()

    def preload(self, specifier: str, limit: float | None = RUN_SECONDS) -> EngineError | None:
        """Evaluate an added file before the cell that imports it; the error it ends with, if any."""
        # A file that was added again has another full name, and is evaluated again.
        loaded = specifier, self._catalogue.normalize("", specifier)
        if loaded in self._preloaded:
            return None
        outcome, error = self._from_outside(f"{self._host}.preload({json.dumps(specifier)})".encode(), limit)
        if error is not None:
            return error
        if isinstance(outcome, dict) and outcome.get("done") is True:
            self._preloaded.add(loaded)
            return None
        if isinstance(outcome, dict) and isinstance(outcome.get("error"), dict):
            return errors_of(outcome["error"])[0]
        return EngineError("Error", f"'{specifier}' waits for something while it loads; that cannot be imported", "")

    def give(self, name: str, encoded: str, limit: float | None = RUN_SECONDS) -> None:
        """Bring an encoded value in as a name of the contract."""
        text = json.dumps(encoded).encode()
        call = f"{self._host}.give({json.dumps(name)},".encode()
        _, error = self._from_outside(call + text + b");0", limit)
        if error is not None:
            raise TanaError(f"{name!r} cannot be brought into the contract: {error.headline}")

    def take(self, name: str, limit: float | None = RUN_SECONDS) -> str:
        """The encoded value of a name; raises TanaError where there is none that can cross."""
        answer, error = self._from_outside(f"{self._host}.take({json.dumps(name)})".encode(), limit)
        if error is not None:
            raise TanaError(f"{name!r} cannot be read: {error.headline}")
        if not isinstance(answer, list) or len(answer) != 2:
            raise TanaError(f"{name!r} cannot be read: {DAMAGED.message}")
        kind: object = answer[0]
        text: object = answer[1]
        if kind == "missing":
            raise TanaError(f"the contract has no name {name!r}")
        if kind == "opaque":
            raise TanaError(f"{name!r} cannot cross into Python: {text}")
        return self.ahead.text(text) or "null"

    def _from_outside(self, script: bytes, limit: float | None) -> tuple[object, EngineError | None]:
        """Evaluate between runs what may meet contract code, such as a getter or an added file."""
        with Watchdog(self._interpreter, limit) as watchdog:
            answer: object = None
            error: EngineError | None = None
            try:
                answer = self._interpreter.evaluate(script)
            except JSRuntimeError as failure:
                error = EngineError.parse(str(failure))
            except (Aborted, SystemError):
                error = EngineError("Error", "it was stopped", "")
            if watchdog.reason is not None:
                text = "it was stopped" if watchdog.reason == "stopped" else f"it ran longer than {limit:g} s"
                error = EngineError("Error", text, "")
            if error is None:
                return answer, None
            report = Report()
            self._check(report, watchdog)
            watchdog.stand_down()
            if report.lost or error.out_of_memory:
                self.rebuild()
                text = f"{error.message} (the contract's variables are gone, its data is not)"
                error = error._replace(message=text)
            return None, error
