"""What stands under a cell once its value or its error is shown: what it changed, and what it left staged."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from IPython.core.interactiveshell import ExecutionResult
from IPython.display import display

from tana_jupyter.errors import ContractError, TanaError
from tana_jupyter.staging import Beside

if TYPE_CHECKING:
    from tana_jupyter.outcome import Outcome
    from tana_jupyter.session import Session


class Under:
    """Collects the runs of one cell until IPython has shown what the cell came to."""

    def __init__(self) -> None:
        self._outcomes: list[Outcome] = []
        self._remind: list[str] = []
        self._seen: Outcome | None = None

    @contextmanager
    def running(self, session: "Session", *, quiet: bool = False) -> Iterator[None]:
        """Around a run: it is told of whether it goes well or fails, unless it shall be quiet."""
        before = session.last
        try:
            yield
        except ContractError as error:
            error.told_below = not quiet
            raise
        finally:
            last = session.last
            if last is not None and last is not before:
                if quiet:
                    self._seen = last
                else:
                    self.ran(last)
                    self._remind.append(last.contract)

    def ran(self, outcome: "Outcome") -> None:
        """Tell of a run if it changed something."""
        self._outcomes.append(outcome)

    def tell(self, session: "Session", result: ExecutionResult) -> None:
        """Show it. A cell of Python whose value is the Outcome of a run is told of as well."""
        outcomes, self._outcomes = self._outcomes, []
        remind, self._remind = self._remind, []
        last, seen = session.last, self._seen
        self._seen = last
        value: object = result.result
        if last is not None and value is last and last is not seen and last not in outcomes:
            outcomes.append(last)
        told = [outcome for outcome in outcomes if outcome.receipt.leaves_a_trace]
        if told:
            from tana_jupyter.views.receipts import ReceiptView

            error = result.error_in_exec
            failed = isinstance(error, ContractError) and error.outcome is told[-1]
            contracts = dict.fromkeys(outcome.contract for outcome in told)
            staged = {name: _beside(session, name) for name in contracts}
            display(ReceiptView([outcome.receipt for outcome in told], staged, failed=failed))
            remind = [name for name in remind if name not in contracts]
        # Staged data outlives the cell: it is true of cells that change nothing, too.
        for name in dict.fromkeys(remind):
            note = session[name].runs.host.staging.note(name)
            if note is not None:
                print(note)


def _beside(session: "Session", name: str) -> Beside:
    """What is staged; a store that cannot answer now must not hide what the cell did."""
    try:
        return session.beside(name)
    except TanaError:
        return Beside(len(session[name].runs.host.staging), [])
