"""What stands under a cell once its value or its error is shown: what it changed, and what it left staged."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from IPython.core.interactiveshell import ExecutionResult
from IPython.display import display

from tana_jupyter.errors import ContractError, TanaError

if TYPE_CHECKING:
    from tana_jupyter.outcome import Outcome
    from tana_jupyter.session import Session
    from tana_jupyter.staging import Beside


class Under:
    """Collects the runs of one cell until IPython has shown what the cell came to."""

    def __init__(self) -> None:
        self._outcomes: list[Outcome] = []
        self._remind: list[str] = []
        self._inside = self._hushed = False

    @contextmanager
    def running(self, session: "Session", *, quiet: bool = False) -> Iterator[None]:
        """Around a run: it is told of whether it goes well or fails, unless it shall be quiet."""
        before = session.last
        self._inside, self._hushed = True, quiet
        try:
            yield
        except ContractError as error:
            error.told_below = not quiet
            raise
        finally:
            self._inside = self._hushed = False
            last = session.last
            if last is not None and last is not before and not quiet:
                self._remind.append(last.contract)

    def heard(self, outcome: "Outcome", failed: bool) -> None:
        """Keep what a run changed, also one that Python code started; where that fails, its traceback says it."""
        if outcome.receipt.leaves_a_trace and not self._hushed and (self._inside or not failed):
            self._outcomes.append(outcome)

    def tell(self, session: "Session", result: ExecutionResult) -> None:
        """Show it."""
        told, self._outcomes = self._outcomes, []
        remind, self._remind = self._remind, []
        if told:
            from tana_jupyter.views.receipts import ReceiptView

            error = result.error_in_exec
            failed = isinstance(error, ContractError) and error.outcome is told[-1]
            contracts = dict.fromkeys(outcome.contract for outcome in told)
            staged = {name: _beside(session, name) for name in contracts}
            view = ReceiptView([outcome.receipt for outcome in told], staged, failed=failed)
            display(view.bundle(), raw=True)  # under every cell that writes: asking all formatters takes a while
            remind = [name for name in remind if name not in contracts]
        # Staged data outlives the cell: it is true of cells that change nothing, too.
        for name in dict.fromkeys(remind):
            note = session[name].runs.host.staging.note(name)
            if note is not None:
                print(note)


def _beside(session: "Session", name: str) -> "Beside":
    """What is staged; a store that cannot answer now must not hide what the cell did."""
    try:
        return session.beside(name)
    except TanaError:
        from tana_jupyter.staging import Beside

        return Beside(len(session[name].runs.host.staging), [])
