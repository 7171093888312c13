"""What one evaluation came to, read from what the prelude says of it: contract code may have had a hand in that."""

import json
from dataclasses import dataclass, field
from typing import Any

from tana_jupyter.engine.stack import EngineError
from tana_jupyter.engine.watchdog import Reason
from tana_jupyter.guesttext import loads, well_formed

LATEST = 253_402_300_799_999  # ms, the end of the year 9999: no clock of Python's goes further
UNSHOWABLE = {"text/plain": "Jupyter.display gave something that cannot be shown"}


@dataclass(slots=True)
class Report:
    """What one evaluation came to."""

    value: str | None = None
    text: str | None = None
    opaque: bool = False
    display: dict[str, Any] | None = None
    error: EngineError | None = None
    causes: list[EngineError] = field(default_factory=list)
    refused: EngineError | None = None  # the engine could not read the script
    aborted: Reason | None = None
    deadlock: bool = False
    lost: bool = False  # the isolate was rebuilt empty
    cancelled: int = 0  # timers that an abort took along
    dropped: int = 0  # listeners that it took along
    unheard: str | None = None  # what a store said of the call that it cut short
    timers: int = 0

    @property
    def threw(self) -> bool:
        """Whether the code itself ended with an error, and left all else as it was."""
        return self.error is not None and self.aborted is None and not self.lost


def checked(state: Any) -> dict[str, Any] | None:
    """What the prelude says of a run, None where contract code has come between it and its built-ins."""
    if not isinstance(state, dict) or not {"run", "settled", "timers"} <= state.keys():
        return None
    due = state.get("due")
    # Beyond that no clock can be moved: such a timer never comes due.
    state["due"] = int(due) if isinstance(due, int | float) and -LATEST <= due <= LATEST else None
    return state if isinstance(state["timers"], int) else None


def errors_of(described: dict[str, Any]) -> list[EngineError]:
    """An error and its causes, outermost first, those an AggregateError gathers among them."""
    found = []
    current: object = described
    while isinstance(current, dict):
        parts = (well_formed(str(current.get(part, ""))) for part in ("name", "message", "stack"))
        found.append(EngineError(*parts))
        gathered = current.get("errors")  # of an AggregateError
        for one in gathered if isinstance(gathered, list) else []:
            found += errors_of(one)[:1]
        current = current.get("cause")
    return found


def bundle_of(text: str) -> dict[str, Any]:
    """A display bundle as strings that every front end can write."""
    try:
        # What JSON escapes one by one, lone surrogates among them, is whole text after this.
        bundle = loads(well_formed(json.dumps(loads(text.encode()), ensure_ascii=False)).encode())
    except (ValueError, RecursionError):
        return UNSHOWABLE
    return bundle if isinstance(bundle, dict) else UNSHOWABLE
