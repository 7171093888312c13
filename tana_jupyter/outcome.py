"""What one run came to: its value, what it printed, what it did to the data."""

import html
from collections.abc import Mapping, Sequence

from tana_jupyter.calls import Response
from tana_jupyter.console import Log
from tana_jupyter.display import Bundle
from tana_jupyter.receipt import Receipt
from tana_jupyter.tables import records

# JupyterLab indents and enlarges a bare <pre> of HTML; beside Python's results it would be out of line.
AS_PLAIN = "margin: 0; padding: var(--jp-code-padding, 5px); font-size: var(--jp-code-font-size, inherit)"


class Outcome:
    """The result of a run or a call; a notebook shows its value.

    >>> outcome = session.run("console.log('hi'); await kv.put('n', '1'); 6 * 7", contract="counter")
    hi
    >>> outcome
    42
    >>> outcome.value, outcome.logs, outcome.receipt
    (42, [Log(level='log', text='hi')], <Receipt 1 written>)

    ``name`` is the contract and the number of the run, ``text`` the value as JavaScript shows it. Of a call there is
    also what the network would answer:

    >>> outcome = session.call("counter", "get")
    >>> outcome.status, outcome.headers["Content-Type"], outcome.body
    (200, 'application/json', {'count': 0})
    """

    def __init__(
        self,
        name: str,
        *,
        value: object = None,
        text: str | None = None,
        logs: Sequence[Log] = (),
        receipt: Receipt,
        bundle: Bundle | None = None,
    ) -> None:
        self.name = name
        """``counter#7``: the contract and the number of the run."""
        self.value = value
        """The value as a Python value; what cannot cross is an ``Opaque``."""
        self.text = text
        """The value as JavaScript shows it; None for ``undefined``."""
        self.logs = list(logs)
        """What it printed, a ``Log`` for each line."""
        self.receipt = receipt
        """What it did to the data, a ``Receipt``."""
        self.response: Response | None = None
        """What the network would answer; None for runs of cells."""
        self._bundle = bundle

    @property
    def contract(self) -> str:
        """The contract that ran: ``counter`` of ``counter#7``."""
        return self.name.partition("#")[0]

    @property
    def status(self) -> int | None:
        """The HTTP status a call would answer with; None for runs of cells."""
        return None if self.response is None else self.response.status

    @property
    def headers(self) -> Mapping[str, object]:
        """The HTTP headers a call would answer with; empty for runs of cells."""
        return {} if self.response is None else self.response.headers

    @property
    def body(self) -> object:
        """The HTTP body a call would answer with; None for runs of cells."""
        return None if self.response is None else self.response.body

    def __repr__(self) -> str:
        return "undefined" if self.text is None else self.text

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        """What the notebook shows. ``text/plain`` holds no time and no address, so that notebooks can be checked."""
        if self._bundle is not None:
            return self._bundle
        text = repr(self)
        # An array of objects is a table to read; its text stays what JavaScript shows.
        shown = records(self.value) or f'<pre style="{AS_PLAIN}">{html.escape(text)}</pre>'
        return {"text/plain": text, "text/html": shown}


class Opaque:
    """A value that stays in its contract, such as a function; its repr is what JavaScript shows.

    >>> session.run("const double = (n) => 2 * n; double").value
    [Function: double]
    """

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Opaque) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)
