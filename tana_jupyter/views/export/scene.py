"""What an export widget needs of a session and of a plan."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from tana_jupyter.views.browser.scene import Scene


class Progress(Protocol):
    """How far it is."""

    @property
    def phase(self) -> str:
        """What is being done."""
        ...

    @property
    def done(self) -> int:
        """Rows."""
        ...

    @property
    def total(self) -> int | None:
        """Of how many."""
        ...

    @property
    def rows_per_second(self) -> float:
        """Since it began."""
        ...


class Plan(Protocol):
    """What an export would do."""

    @property
    def counts(self) -> Any:
        """How many rows of each kind."""
        ...

    @property
    def target(self) -> str:
        """Where to, without a password."""
        ...

    @property
    def notes(self) -> list[str]:
        """What people should know first."""
        ...

    def rows(self, kind: str, limit: int = 100) -> Iterable[Any]:
        """The first rows of a kind."""
        ...

    def apply(
        self,
        progress: Callable[[Any], object] | None = None,
        cancelled: Callable[[], bool] | None = None,
        confirm_deletions: int | None = None,
    ) -> Any:
        """Do all of it, or none."""
        ...


class ExportScene(Scene, Protocol):
    """A session that can export."""

    def at_work(self, what: str) -> AbstractContextManager[None]:
        """Hold the session for something long that is no run; BusyError in the middle of one."""
        ...

    def export(
        self,
        target: str,
        contract: str | None = None,
        api: str | None = None,
        prefix: str | None = None,
        *,
        mirror: bool = False,
        progress: Callable[[Any], object] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Plan:
        """The plan of an export."""
        ...
