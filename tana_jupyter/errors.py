"""Everything this package raises on purpose, and how errors of contracts are shown.

* TanaError
    + ContractError             a run or a call failed; ``.outcome`` has logs and receipt
        - ContractSyntaxError   the cell could not be read
        - ContractTimeout       the time limit passed
        - ContractStopped       the Stop button, or Ctrl-C
        - ContractStuck         it awaits something that nothing can resolve
    + BusyError                 another cell is running
    + CommandError              a ``%tana`` line that cannot be understood
    + UnknownContractError      no contract of that name has run yet; also a KeyError
    + ValueCrossingError        a value that cannot go into a contract, or come out
    + StoreError                a store that cannot be opened or used
        - StoreFull             its limit would be passed; nothing was written
    + PlanChanged               an export or import no longer fits what there is; ``.plan`` does
    + PlanCancelled             an export or import was cancelled; nothing was written

Two more never reach a user: GuestError (a refusal on its way into a contract) and SyntaxProblem (a compiler's
finding on its way into a ContractSyntaxError).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tana_jupyter.paint import headed, painted

if TYPE_CHECKING:
    from tana_jupyter.outcome import Outcome
    from tana_jupyter.transfer.plan import Plan


class TanaError(Exception):
    """Everything this package raises on purpose; its text is one line that says what to do.

    >>> session.get("user:1", api="redis")
    Traceback (most recent call last):
    tana_jupyter.errors.TanaError: there is no API 'redis': it is one of kv, data, deno
    """

    def _render_traceback_(self) -> list[str]:
        # IPython prints these lines instead of a Python traceback, which would show our files, not the user's.
        return headed(f"{type(self).__name__}: {self}")


class GuestError(TanaError):
    """A refusal that travels into the contract as a JavaScript error of class ``code``."""

    def __init__(self, code: str, text: str, **fields: object) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.fields = fields


class SyntaxProblem(TanaError):
    """What a compiler could not read, and where (1-based)."""

    def __init__(self, message: str, line: int, column: int, length: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.length = length


class Frame(NamedTuple):
    """A place in a cell that an error passed through, in ``error.frames``; the first is where it was thrown.

    >>> print(Frame("post", "counter#7", 3, 12, "  await kv.put()"))
    post (counter#7:3:12)
    """

    function: str
    cell: str
    line: int
    column: int
    text: str
    """The source line."""

    @property
    def place(self) -> str:
        """``counter#7:3:12``: contract, number of the run, line, column."""
        return f"{self.cell}:{self.line}:{self.column}"

    def __str__(self) -> str:
        return f"{self.function} ({self.place})" if self.function else self.place


class ContractError(TanaError):
    """A run or a call failed; what it did before that is in ``.outcome``, and stays done.

    >>> try:
    ...     session.run("await kv.put('n', '1'); null.x", contract="counter")
    ... except ContractError as error:
    ...     print(error.headline, error.frames[0].place, error.outcome.receipt, sep="; ")
    TypeError: cannot read property 'x' of null; counter#2:1:30; <Receipt 1 written>
    """

    kind = "Runtime Error"

    def __init__(
        self,
        name: str,
        message: str,
        *,
        frames: Sequence[Frame] = (),
        causes: Sequence[str] = (),
        helps: Sequence[str] = (),
        length: int = 1,
        kind: str | None = None,
    ) -> None:
        self.name = name
        self.message = message
        self.frames = tuple(frames)
        self.causes = tuple(causes)
        self.helps = tuple(helps)
        self.length = length
        self.kind = kind or type(self).kind
        self.outcome: Outcome | None = None
        self.told_below = False
        """True where what the run did is shown under the error, and so need not stand in it."""
        super().__init__(self.headline + (f" ({self.frames[0].place})" if self.frames else ""))

    @property
    def headline(self) -> str:
        """``TypeError: cannot read property 'x' of null``."""
        return f"{self.name}: {self.message}" if self.name and self.message else self.name or self.message

    def code_frame(self) -> str:
        """The error where it happened, in the manner of Tana's validation errors; what a notebook shows."""
        lines = []
        if self.kind.startswith("Invalid"):
            lines.append("Validation Error")
        lines.append(f"❌ {self.kind}")
        if not self.frames:
            lines += ["", self.headline]
            lines += [f"caused by {cause}" for cause in self.causes]
            lines += [f"= help: {text}" for text in self.helps]
            return "\n".join(lines)
        place = self.frames[0]
        first, *rest = self.headline.split("\n")
        indent = "".join("\t" if letter == "\t" else " " for letter in place.text[: place.column - 1])
        lines += ["", f"┌─ {place.place}", "│"]
        lines += [f"{place.line:>3} │ {place.text}", f"    │ {indent}{'^' * max(self.length, 1)} {first}"]
        lines += [f"    │ {line}" for line in rest]
        lines += ["│"]
        lines += [f"= caused by {cause}" for cause in self.causes]
        if len(self.frames) > 1 or place.function:
            lines += [f"= at {frame}" for frame in self.frames]
        lines += [f"= help: {text}" for text in self.helps]
        if lines[-1] != "│":
            lines += ["│"]
        return "\n".join([*lines, "└─"])

    def _render_traceback_(self) -> list[str]:
        lines = self.code_frame().split("\n")
        if self.outcome is not None and self.outcome.receipt.changed_anything and not self.told_below:
            lines += ["", f"Before it ended: {self.outcome.receipt.summary()}."]
        return painted(lines)


class ContractSyntaxError(ContractError):
    """The cell could not be read; nothing ran.

    >>> session.run("let x = ;")
    Traceback (most recent call last):
    tana_jupyter.errors.ContractSyntaxError: SyntaxError: Expression expected. (notebook#1:1:9)
    """

    kind = "Syntax Error"


class ContractTimeout(ContractError):
    """The run took longer than ``timeout`` seconds; what it wrote stays written."""

    kind = "Time Limit"


class ContractStopped(ContractError):
    """The run was stopped by the user: the Stop button, or Ctrl-C. What it wrote stays written."""

    kind = "Stopped"


class ContractStuck(ContractError):
    """The run awaits something that nothing can resolve.

    >>> session.run("await new Promise(() => {})")
    Traceback (most recent call last):
    tana_jupyter.errors.ContractStuck: ...
    """

    kind = "Nothing To Wait For"


class BusyError(TanaError):
    """Another cell is running in this session: wait for its end, or stop it."""


class CommandError(TanaError):
    """A ``%tana`` line that cannot be understood; the text says how to write it."""

    def _render_traceback_(self) -> list[str]:
        return headed(str(self))


class UnknownContractError(TanaError, KeyError):
    """No contract of that name has run yet; also a KeyError.

    >>> session["cuonter"]
    Traceback (most recent call last):
    tana_jupyter.errors.UnknownContractError: no contract 'cuonter' has run yet; there are: counter, users, shop
    """

    def __str__(self) -> str:
        # KeyError would show the repr of the text.
        return str(self.args[0])


class ValueCrossingError(TanaError):
    """A value that cannot go into a contract, or come out of it.

    >>> session.run("at", give={"at": object()})
    Traceback (most recent call last):
    tana_jupyter.errors.ValueCrossingError: ...
    """


class StoreError(TanaError):
    """A store could not be opened, or could not do what was asked; the text holds no password."""


class StoreFull(StoreError):
    """The store's limit would be passed; nothing was written. ``session.store_limit`` is the one of memory."""


class PlanChanged(TanaError):
    """Something changed since a plan was made, and nothing was written; ``.plan`` is for what there is now.

    >>> plan = session.export("shop.jsonl", contract="shop")
    >>> session.run("await kv.put('user:3', 'eve')", contract="shop")
    undefined
    >>> try:
    ...     plan.apply()
    ... except PlanChanged as changed:
    ...     print(plan.counts.added, changed.plan.counts.added)
    4 5
    """

    def __init__(self, text: str, plan: "Plan") -> None:
        super().__init__(text)
        self.plan = plan


class PlanCancelled(TanaError):
    """An export or import was cancelled, and nothing was written.

    >>> session.export("shop.jsonl").apply(cancelled=lambda: True)
    Traceback (most recent call last):
    tana_jupyter.errors.PlanCancelled: cancelled; nothing was written
    """
