"""What a module sees of the house: a small Protocol, handed in when an isolate is made."""

from collections.abc import Mapping
from typing import Literal, Protocol

from tana_jupyter.chance import Chance
from tana_jupyter.clock import Clock
from tana_jupyter.journal import Journal
from tana_jupyter.ledger import Ledger
from tana_jupyter.network import Network
from tana_jupyter.situation import Situation
from tana_jupyter.staging import Staging
from tana_jupyter.waking import Waker

Level = Literal["log", "info", "debug", "warn", "error"]


class Host(Protocol):
    """One contract's view of its session. Who the contract is comes from here, never from the guest."""

    @property
    def contract(self) -> str:
        """The name whose data may be touched."""
        ...

    @property
    def journal(self) -> Journal:
        """Reads and writes."""
        ...

    @property
    def clock(self) -> Clock:
        """The session's clock."""
        ...

    @property
    def chance(self) -> Chance:
        """The session's random numbers."""
        ...

    @property
    def situation(self) -> Situation:
        """In which role the contract runs right now, called by whom, with which input."""
        ...

    @property
    def staging(self) -> Staging:
        """What ``tana/data`` holds back until commit."""
        ...

    @property
    def ledger(self) -> Ledger:
        """Users, balances, transactions and blocks of the session."""
        ...

    @property
    def network(self) -> Network:
        """What ``fetch`` may reach."""
        ...

    @property
    def aborting(self) -> bool:
        """Whether the run is over: a host call that waits looks at this, and gives up with a GuestError."""
        ...

    def ahead(self, number: int) -> str:
        """A large text that the contract sent ahead of the call."""
        ...

    def write(self, level: Level, text: str) -> None:
        """Show a line of console output."""
        ...

    def display(self, bundle: Mapping[str, object]) -> None:
        """Show a mime bundle, as far as it may come from a contract."""
        ...

    def later(self) -> int:
        """The number of a promise to settle later: a call that answers ``{"!": number}`` leaves it open."""
        ...

    def wake_by(self, waker: Waker) -> None:
        """Let this one settle such promises, for as long as what waits for them is there."""
        ...

    def may_move_clock(self) -> bool:
        """Whether contract code may move the session's clock and set its seed."""
        ...
