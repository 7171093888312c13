"""In which role code runs: as a cell, or as one of a contract's handlers; and what it may ask for."""

from dataclasses import dataclass
from typing import Literal

from tana_jupyter.identity import Identity

Role = Literal["cell", "init", "contract", "get", "post"]


@dataclass(frozen=True, slots=True)
class Situation:
    """What ``tana/context`` and ``tana/block`` answer during one run."""

    role: Role
    caller: Identity | None
    owner: Identity
    input: object
    timestamp: int
    """Milliseconds; one instant for the whole run."""
    read_only: bool = False
    """True for get and post where ``strict_handlers`` is on."""
