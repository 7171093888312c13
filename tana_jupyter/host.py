"""What the modules of one contract are handed: the session, seen from this contract."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tana_jupyter import limits
from tana_jupyter.chance import Chance
from tana_jupyter.clock import Clock
from tana_jupyter.console import Console
from tana_jupyter.display import safe_bundle
from tana_jupyter.engine.isolate import Isolate
from tana_jupyter.errors import GuestError
from tana_jupyter.journal import Journal
from tana_jupyter.ledger import Ledger
from tana_jupyter.modules.host import Level
from tana_jupyter.network import Network
from tana_jupyter.situation import Situation
from tana_jupyter.staging import Staging
from tana_jupyter.waking import Waker

if TYPE_CHECKING:
    from tana_jupyter.session import Session


class ContractHost:
    """The Host of one contract; lives as long as the contract, its console as long as a run."""

    def __init__(self, session: "Session", contract: str) -> None:
        self.contract = contract
        self.isolate: Isolate | None = None
        self._session = session
        self.staging = Staging()
        self.situation = session.situation()
        self._console = Console(session.show)
        self._displays = self._display_bytes = 0

    @property
    def journal(self) -> Journal:
        """Reads and writes of the session's store."""
        return self._session.journal

    @property
    def clock(self) -> Clock:
        """The session's clock."""
        return self._session.clock

    @property
    def chance(self) -> Chance:
        """The session's random numbers."""
        return self._session.chance

    @property
    def ledger(self) -> Ledger:
        """The session's ledger."""
        return self._session.ledger

    @property
    def network(self) -> Network:
        """The session's network policy."""
        return self._session.network

    @property
    def aborting(self) -> bool:
        """Whether the run is being ended by Stop or its time limit."""
        return self.isolate is not None and self.isolate.aborting

    def begin(self, situation: Situation, isolate: Isolate) -> Console:
        """Open the console of a new run, which runs in this role and isolate."""
        self.situation = situation
        self.isolate = isolate
        self._console = Console(self._session.show)
        isolate.wakes.before_wait = self._console.flush
        self._displays = self._display_bytes = 0
        return self._console

    def write(self, level: Level, text: str) -> None:
        """Show a console line."""
        if level not in {"log", "info", "debug", "warn", "error"} or not isinstance(text, str):
            raise GuestError("TypeError", "The console takes a level and a text")
        self._console.write(level, text)

    def display(self, bundle: Mapping[str, object]) -> None:
        """Show what is harmless of a mime bundle, after the lines that came before it."""
        shown = safe_bundle(bundle, trust_html=self._session.trust_html)
        self._displays += 1
        self._display_bytes += sum(len(str(data)) for data in shown.values())
        if self._displays > limits.DISPLAYS or self._display_bytes > limits.DISPLAYS_BYTES:
            most = f"{limits.DISPLAYS} displays and {limits.DISPLAYS_BYTES // 2**20} MiB"
            raise GuestError("RangeError", f"A run shows at most {most}")
        self._console.flush()
        self._session.display(shown)

    def ahead(self, number: int) -> str:
        """A large text that the contract sent ahead."""
        if self.isolate is None or not isinstance(number, int):
            raise GuestError("TypeError", "There is no such text")
        return self.isolate.ahead.take(number)

    def later(self) -> int:
        """The number of a promise that the isolate of this run settles later."""
        if self.isolate is None:
            raise GuestError("Error", "Nothing runs that could wait")
        return self.isolate.wakes.later()

    def wake_by(self, waker: Waker) -> None:
        """Ask this one too, when the isolate of this run waits."""
        if self.isolate is not None:
            self.isolate.wakes.add(waker)

    def may_move_clock(self) -> bool:
        """On a store of this notebook alone, or where the user said so."""
        return self._session.lab or not self._session.store.shared
