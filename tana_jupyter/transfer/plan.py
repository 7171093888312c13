"""A plan: what would happen, counted; and then all of it, or nothing."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from html import escape
from typing import NamedTuple

from tana_jupyter import limits
from tana_jupyter.counting import counted
from tana_jupyter.errors import PlanCancelled, PlanChanged, TanaError
from tana_jupyter.store.protocol import Row
from tana_jupyter.transfer.compare import KINDS, Decision, Rule, Tally, decide
from tana_jupyter.transfer.counts import Counts, PlannedRow, Result
from tana_jupyter.transfer.progress import Bar, Progress, Watch
from tana_jupyter.transfer.scope import Scope
from tana_jupyter.transfer.sides import Contended, Side, Sight, Writer
from tana_jupyter.transfer.sketch import Item

_ATTEMPTS = 3
_BATCH = 500  # whole rows fetched for sketches at a time

Rest = Callable[[], AbstractContextManager[None]]


class Setup(NamedTuple):
    """All that a plan is made from."""

    source: Side
    destination: Side
    scope: Scope
    mirror: bool
    conflicts: str
    """``take``, ``keep``, or ``abort`` where there are any."""
    now: Callable[[], int]
    staged: Callable[[Scope], int]
    waiting: Callable[[Scope], int]
    rest: Rest
    done: Callable[[], object]
    show: Callable[[str], object] | None
    """Where progress is drawn; None for nowhere."""
    verb: str
    there: Side
    """The side that is not the notebook."""


class Plan:
    """What an export or an import would do, made by ``session.export`` and ``session.import_``; ``apply()`` does it.

    ``counts`` has the numbers it shows, ``notes`` what people should know before.

    >>> plan = session.export("users.jsonl", contract="shop", prefix="user:")
    >>> plan
    export of shop/all APIs user:*: memory: -> users.jsonl
      added                      2
      changed                    0
      unchanged                  0
      deleted                    0
      only there                 0
    >>> print(plan.apply())
    2 added, 0 changed, 0 deleted, 0 unchanged
    """

    def __init__(
        self,
        setup: Setup,
        progress: Callable[[Progress], object] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._setup = setup
        self._now = setup.now()
        with setup.rest(), self._watching("planning", None, progress, cancelled) as watch:
            with setup.source.look(self._now) as ours, setup.destination.look(self._now) as theirs:
                tally = Tally(ours, theirs)
                for decision in self._decisions(ours, theirs):
                    tally.add(decision)
                    watch.row()
            self.counts = self._counts(tally)
            self._waiting = setup.waiting(setup.scope)
        self._fingerprint = tally.fingerprint
        self.notes = setup.destination.notes() if self.counts.writes else []
        """What people should know before they apply it, such as the tables it makes."""

    @property
    def target(self) -> str:
        """Where to, or where from; without a password.

        >>> session.export("users.jsonl").target
        'users.jsonl'
        """
        return self._setup.there.place

    def rows(self, kind: str, limit: int = limits.TRANSFER_SHOWN) -> list[PlannedRow]:
        """The first rows of a kind: added, changed, unchanged, kept, deleted or only_there. Read anew each time.

        >>> [row.key for row in session.export("users.jsonl", api="kv").rows("added", 2)]
        [b'greeting', b'user:1']
        """
        if kind not in KINDS:
            raise TanaError(f"there are no rows that are {kind!r:.100}; there are: {', '.join(KINDS)}")
        setup = self._setup
        found: list[PlannedRow] = []
        with setup.rest(), setup.source.look(self._now) as ours, setup.destination.look(self._now) as theirs:
            for decision in self._decisions(ours, theirs):
                if len(found) >= limit:
                    break
                if decision.kind == kind:
                    _, space, contract, key, left, right = decision
                    new, old = (_whole(sight, decision, item) for sight, item in ((ours, left), (theirs, right)))
                    found.append(PlannedRow(kind, contract, space, key, new, old))
        return found

    def apply(
        self,
        progress: Callable[[Progress], object] | None = None,
        cancelled: Callable[[], bool] | None = None,
        confirm_deletions: int | None = None,
    ) -> Result:
        """Do all of it or nothing.

        >>> done = session.export("users.jsonl").apply()
        >>> session.run("await kv.delete('user:2')", contract="shop")
        undefined
        >>> print(session.export("users.jsonl", mirror=True).apply(confirm_deletions=1))
        0 added, 0 changed, 1 deleted, 5 unchanged

        Parameters
        ----------
        progress
            Called now and then with how far it is (``phase``, ``done``, ``total``, ``rows_per_second``); default: a
            bar, once it takes over a second.
        cancelled
            Asked now and then; True takes everything back.
        confirm_deletions
            How many rows are deleted; must be said if there are any.

        Raises
        ------
        PlanChanged
            Either side is not what it was; ``.plan`` is the plan for what there is now. Nothing was written.
        PlanCancelled
            Nothing was written.

        """
        self._allow(confirm_deletions)
        began = time.monotonic()
        if not self._carried_out(progress, cancelled):
            text = f"{self._setup.there.place} or the notebook changed since this plan was made; nothing was written"
            raise PlanChanged(f"{text}. A new plan is in .plan of this error", self.again())
        self._setup.done()
        seconds = time.monotonic() - began
        rows = sum(self.counts[:4])
        return Result(self.counts, seconds, rows / seconds if seconds else 0.0)

    def again(self) -> "Plan":
        """The same plan for what there is now.

        >>> plan = session.export("users.jsonl", contract="shop", prefix="user:")
        >>> session.run("await kv.delete('user:2')", contract="shop")
        undefined
        >>> plan.again().counts.added
        1
        """
        return Plan(self._setup)

    def __repr__(self) -> str:
        lines = [f"{self._setup.verb} of {self._setup.scope.describe()}: {self._setup.source.place} -> {self._to}"]
        lines += [f"  {name:<16}{count:>12,}" for name, count in self._table()]
        return "\n".join([*lines, *(f"  note: {note}" for note in self._remarks())])

    def _repr_html_(self) -> str:
        head = f"{self._setup.verb} of {self._setup.scope.describe()}: {self._setup.source.place} → {self._to}"
        rows = "".join(f"<tr><th>{name}</th><td>{count:,}</td></tr>" for name, count in self._table())
        notes = "".join(f"<li>{escape(note)}</li>" for note in self._remarks())
        notes = f"<ul>{notes}</ul>" if notes else ""
        return f"<p>{escape(head)}</p><table><tbody>{rows}</tbody></table>{notes}"

    @property
    def _to(self) -> str:
        return self._setup.destination.place

    def _table(self) -> list[tuple[str, int]]:
        counts = self.counts
        rows = [("added", counts.added), ("changed", counts.changed), ("unchanged", counts.unchanged)]
        rows += [("kept", counts.kept)] if counts.kept else []
        return [*rows, ("deleted", counts.deleted), ("only there", counts.only_there)]

    def _remarks(self) -> list[str]:
        staged, remarks = self.counts.staged_left_out, []
        if staged:
            remarks.append(
                f"{counted(staged, 'staged key')} left out, not committed: %tana commit first to take them along"
            )
        if self._waiting:
            remarks.append(f"{counted(self._waiting, 'queued message')} of Deno KV left out: only keys are copied")
        if self._in_conflict:
            remarks.append(f'{self.counts.changed:,} differ here: choose conflicts="keep" or "take"')
        if self.counts.deleted:
            remarks.append(f"deletes: apply it with confirm_deletions={self.counts.deleted}")
        return [*remarks, *self.notes]

    @property
    def _in_conflict(self) -> bool:
        return self._setup.conflicts == "abort" and self.counts.changed > 0

    def _allow(self, confirmed: int | None) -> None:
        if self._in_conflict:
            raise TanaError(
                f"{counted(self.counts.changed, 'row')} with another value here: plan it with conflicts='keep' or"
                " 'take' (%tana: --conflicts keep). Nothing was written"
            )
        if self.counts.deleted and confirmed != self.counts.deleted:
            raise TanaError(
                f"this deletes {counted(self.counts.deleted, 'row')} of {self._to}: confirm it with"
                f" confirm_deletions={self.counts.deleted} (%tana: --confirm-deletions {self.counts.deleted})."
                " Nothing was written"
            )

    def _carried_out(self, progress: Callable[[Progress], object] | None, cancelled: Callable[[], bool] | None) -> bool:
        """Whether everything was as planned, and is written."""
        setup = self._setup
        total, asked = sum(self.counts) - self.counts.staged_left_out, cancelled or _never
        with setup.rest(), self._watching("comparing", total, progress, cancelled) as watch:
            for attempt in range(_ATTEMPTS):
                try:
                    with setup.source.look(self._now) as ours:
                        if not self.counts.writes:
                            with setup.destination.look(self._now) as there:
                                return self._same(ours, there, None, watch)
                        with setup.destination.write(self._now, attempt, asked) as theirs:
                            if not self._same(ours, theirs, theirs, watch):
                                return False
                            watch.look("writing")
                            theirs.commit(asked)
                            return True
                except Contended:
                    watch.restart()
        return False

    def _same(self, ours: Sight, theirs: Sight, writer: Writer | None, watch: Watch) -> bool:
        """Compare again, hand over what is to be written, and tell whether it is what was planned."""
        tally = Tally(ours, theirs)
        waiting: list[Decision] = []
        size = 0
        for decision in self._decisions(ours, theirs):
            tally.add(decision)
            watch.row()
            kind, space, contract, key, item, _ = decision
            if writer is None:
                continue
            if kind in {"added", "changed"}:
                if isinstance(item, Row):
                    writer.put(space, contract, item, new=kind == "added")
                elif item is not None:
                    waiting.append(decision)
                    size += item.size
                    if len(waiting) >= _BATCH or size >= limits.TRANSFER_CHUNK:
                        _fetch(ours, writer, waiting)
                        size = 0
            elif kind == "deleted":
                writer.delete(space, contract, key)
        if writer is not None:
            _fetch(ours, writer, waiting)
        return tally.fingerprint == self._fingerprint

    def _decisions(self, ours: Sight, theirs: Sight) -> Iterator[Decision]:
        rule = Rule(self._setup.mirror, keep=self._setup.conflicts == "keep")
        return decide(ours, theirs, self._setup.scope, rule)

    def _counts(self, tally: Tally) -> Counts:
        return Counts(**tally.counts, staged_left_out=self._setup.staged(self._setup.scope))

    @contextmanager
    def _watching(
        self,
        phase: str,
        total: int | None,
        progress: Callable[[Progress], object] | None,
        cancelled: Callable[[], bool] | None,
    ) -> Iterator[Watch]:
        bar = Bar(self._setup.show) if progress is None and self._setup.show is not None else None
        try:
            yield Watch(phase, total, progress or bar or _silent, cancelled or _never, _cancel)
        finally:
            if bar is not None:
                bar.close()


def _whole(sight: Sight, decision: Decision, item: Item | None) -> Row | None:
    if item is None or isinstance(item, Row):
        return item
    return sight.rows(decision.space, decision.contract, [decision.key])[0]


def _fetch(ours: Sight, writer: Writer, waiting: list[Decision]) -> None:
    """Read whole the rows that were compared as sketches, and hand them over."""
    groups: dict[tuple[str, str, str], list[bytes]] = {}
    for decision in waiting:
        groups.setdefault((decision.kind, decision.space, decision.contract), []).append(decision.key)
    for (kind, space, contract), keys in groups.items():
        for row in ours.rows(space, contract, keys):
            if row is not None:
                writer.put(space, contract, row, new=kind == "added")
    waiting.clear()


def _cancel() -> BaseException:
    return PlanCancelled("cancelled; nothing was written")


def _never() -> bool:
    return False


def _silent(progress: Progress) -> None:
    pass
