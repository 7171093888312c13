"""Plans of a session: which two sides, which rows, and what happens around them."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tana_jupyter.errors import TanaError
from tana_jupyter.spaces import DATA, QUEUE
from tana_jupyter.transfer import side_of
from tana_jupyter.transfer.files import BulkFile, File
from tana_jupyter.transfer.notebook import Notebook
from tana_jupyter.transfer.plan import Plan, Setup
from tana_jupyter.transfer.progress import Progress
from tana_jupyter.transfer.scope import Scope
from tana_jupyter.transfer.sides import Side

if TYPE_CHECKING:
    from tana_jupyter.stage import Stage

CONFLICTS = ("abort", "keep", "take")

Where = tuple[str | None, str | None, str | None]
At = tuple[str, str | None]


def export_plan(
    session: "Stage",
    target: str | Path,
    where: Where,
    *,
    mirror: bool,
    at: At,
    quiet: bool,
    progress: Callable[[Progress], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Plan:
    """See :meth:`tana_jupyter.Session.export`."""
    scope = Scope(*where)
    scope.check()
    there = side_of(target, *at)
    notebook = Notebook(session.journal)
    if isinstance(there, BulkFile):
        there.check(scope)
        scope = there.about(scope, _only(notebook, scope, session.clock.now_us()))
    way = _Way(notebook, there, there, "export")
    return Plan(_setup(session, way, scope, mirror, "take", quiet), progress, cancelled)


def import_plan(
    session: "Stage", source: str | Path, where: Where, *, mirror: bool, conflicts: str, at: At, quiet: bool
) -> Plan:
    """See :meth:`tana_jupyter.Session.import_`."""
    if conflicts not in CONFLICTS:
        raise TanaError(f"{conflicts!r:.100} is no way with conflicts: abort, keep or take")
    scope = Scope(*where)
    scope.check()
    there = side_of(source, *at)
    if isinstance(there, File):
        there.must_exist()
    if isinstance(there, BulkFile):
        there.check(scope)
        latest = session.contracts()
        scope = there.about(scope, latest[0] if latest else None)
    way = _Way(there, Notebook(session.journal), there, "import")
    return Plan(_setup(session, way, scope, mirror, conflicts, quiet))


class _Way(NamedTuple):
    source: Side
    destination: Side
    there: Side
    verb: str


def _setup(session: "Stage", way: _Way, scope: Scope, mirror: bool, conflicts: str, quiet: bool) -> Setup:
    def staged(scope: Scope) -> int:
        """Keys that are staged where the plan looks; what is imported is no business of theirs."""
        span = scope.span(DATA) if DATA in scope.spaces and way.verb == "export" else None
        if span is None:
            return 0
        low, high = span
        names = session.contracts() if scope.contract is None else [scope.contract]
        keys = (key for name in names if (found := session.staging_of(name)) is not None for key in found.rows)
        return sum(low <= key and (high is None or key < high) for key in keys)

    def waiting(scope: Scope) -> int:
        """Messages of Deno's queues where the plan looks; they are no keys, and stay where they are."""
        if "deno" not in scope.spaces or scope.prefix or way.verb != "export":
            return 0
        with way.source.look(session.clock.now_us()) as pages:
            names = list(pages.contracts([QUEUE])) if scope.contract is None else [scope.contract]
            return sum(1 for name in names for _ in pages.scan(QUEUE, name, b"", None))

    return Setup(
        source=way.source,
        destination=way.destination,
        scope=scope,
        mirror=mirror,
        conflicts=conflicts,
        now=session.clock.now_us,
        staged=staged,
        waiting=waiting,
        rest=session.at_rest,
        done=session.audience.changed,
        show=None if quiet else lambda text: session.show("stderr", text),
        verb=way.verb,
        there=way.there,
    )


def _only(notebook: Notebook, scope: Scope, now: int) -> str | None:
    """The one contract that has kv rows."""
    if scope.contract is not None:
        return scope.contract
    with notebook.look(now) as pages:
        names = list(pages.contracts(["kv"]))
    if len(names) > 1:
        raise TanaError(f"such a file holds one contract, and {len(names)} have kv data: name one with contract=")
    return names[0] if names else None
