"""One export, from its plan to its result, on a thread of its own, so that Cancel is heard meanwhile."""

import os
import threading
import traceback
from collections.abc import Callable, Mapping
from contextvars import copy_context
from typing import Any, Final

from tana_jupyter.errors import PlanCancelled, PlanChanged, TanaError
from tana_jupyter.store.redact import redact
from tana_jupyter.views.browser.messages import Refused
from tana_jupyter.views.export.interrupts import Interrupts
from tana_jupyter.views.export.scene import ExportScene, Plan, Progress

State = dict[str, Any]
CHANGED: Final = (
    "Something changed since the plan was made. Nothing was written; this is the plan for what there is now."
)
IDLE: Final[State] = {
    "serial": 0,
    "phase": "idle",
    "target": None,
    "query": None,
    "counts": None,
    "delete": 0,
    "notes": [],
    "step": None,
    "rows": 0,
    "total": 0,
    "rate": None,
    "seconds": None,
    "error": None,
    "ending": False,
    "stale": False,
}


class Work:
    """Makes a plan and carries it out; ``tell`` hears each state it comes into.

    >>> work = Work(session, lambda state: None)
    >>> work.plan("shop.jsonl", {"contract": "shop", "api": "", "prefix": "", "mirror": False})
    >>> work.wait()
    >>> work.state["phase"], work.state["counts"]["added"]
    ('planned', 4)
    >>> work.apply()
    >>> work.wait()
    >>> work.state["phase"]
    'done'
    """

    def __init__(self, scene: ExportScene, tell: Callable[[State], None]) -> None:
        self.scene = scene
        self._tell = tell
        self._interrupts = Interrupts()
        self._secret = ""
        self._plan: Plan | None = None
        self._heads: dict[str, int] = {}
        self._wanted: str | None = None
        self._cancelled = threading.Event()
        self._ended = False
        self._thread: threading.Thread | None = None
        # Messages may come on several threads at once: from the question whether it rests to its beginning is one turn.
        self._turn = threading.RLock()
        self._state = IDLE

    @property
    def state(self) -> State:
        """Where it stands, without a secret."""
        return {**self._state, "stale": self._state["phase"] == "planned" and self._moved()}

    @property
    def target(self) -> str:
        """What the plan before was for, and its secret with it; "" where there is none."""
        return self._secret

    def plan(self, target: str, query: Mapping[str, Any]) -> None:
        """Begin to find out what an export would do."""
        with self._turn:
            self._rested()
            self._secret, self._plan, self._wanted = target, None, query["contract"] or None
            wish = {
                "contract": query["contract"] or None,
                "api": query["api"] or None,
                "prefix": query["prefix"] or None,
                "mirror": query["mirror"],
            }
            self._begin("planning", {"query": dict(query)}, lambda: self._make(wish))

    def apply(self, confirm: int | None = None) -> None:
        """Begin to do what the plan says."""
        with self._turn:
            plan = self._made()
            if self._state["delete"] and confirm != self._state["delete"]:
                raise Refused(f"{self._state['delete']:,} rows would be deleted: confirm that number")
            kept = {name: self._state[name] for name in ("target", "query", "counts", "delete", "notes")}
            self._begin("exporting", kept, lambda: self._carry_out(plan, confirm))

    def rows(self, kind: str, limit: int) -> list[Any]:
        """The first rows that one of the counts stands for."""
        with self._turn:
            plan = self._made()
        try:
            return list(plan.rows(kind, limit))
        except TanaError as error:
            raise Refused(self._clean(str(error))) from None

    def cancel(self) -> None:
        """Have what is under way end soon, with nothing of it left."""
        with self._turn:
            if self._busy():
                self._cancelled.set()
                self._say()

    def end(self) -> None:
        """Cancel, and say and begin nothing more: the view is gone."""
        with self._turn:
            self._ended = True
            self._cancelled.set()
            if not self._busy():
                self._let_go()

    def wait(self, seconds: float = 60.0) -> None:
        """Wait for what is under way."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _busy(self) -> bool:
        return self._state["phase"] in {"planning", "exporting"}

    def _rested(self) -> None:
        if self._ended:
            raise Refused("this view was closed")
        if self._busy():
            raise Refused(f"still {self._state['phase']}: wait, or cancel it")

    def _made(self) -> Plan:
        self._rested()
        if self._plan is None:
            raise Refused("there is no plan: check first")
        return self._plan

    def _moved(self) -> bool:
        heads = self._heads
        try:
            with self.scene.at_rest():
                return heads != self._now()
        except TanaError:
            return False  # a cell is running: it is asked again after that

    def _now(self) -> dict[str, int]:
        store = self.scene.store
        names = {name for _, name in store.namespaces()} if self._wanted is None else {self._wanted}
        return {name: store.head(name) for name in names}

    def _begin(self, phase: str, kept: State, do: Callable[[], State]) -> None:
        self._cancelled.clear()
        self._say(**{**IDLE, **kept, "phase": phase})
        # In this message's context, so that what is sent belongs to it, and answers come back the way it came.
        run = copy_context().run
        self._thread = threading.Thread(target=run, args=(self._run, phase, kept, do), name="tana-export", daemon=True)
        self._thread.start()

    def _run(self, phase: str, kept: State, do: Callable[[], State]) -> None:
        before = "planned" if phase == "exporting" else "idle"
        try:
            with self._interrupts.to(self._cancelled.set), self.scene.at_work("an export"):
                after = do()
        except PlanCancelled:
            after = {**kept, "phase": before, "error": "Cancelled: nothing was written."}
        except TanaError as error:
            after = {**kept, "phase": before, "error": self._clean(str(error))}
        except Exception:  # noqa: BLE001 # on a thread nobody else would hear of it
            self.scene.log(self._clean(traceback.format_exc()))
            after = {**kept, "phase": before, "error": "internal error (see %tana log); nothing was written"}
        with self._turn:
            self._say(**{**IDLE, "query": kept["query"], **after})
            if self._ended:
                self._let_go()

    def _let_go(self) -> None:
        self._secret, self._plan = "", None

    def _make(self, wish: Mapping[str, Any]) -> State:
        self._heads = self._now()
        plan = self.scene.export(self._secret, **wish, progress=self._progress, cancelled=self._cancelled.is_set)
        if self._cancelled.is_set():
            raise PlanCancelled
        self._plan = plan
        return {**self._seen(plan), "phase": "planned"}

    def _seen(self, plan: Plan) -> State:
        counts = plan.counts._asdict()
        notes = [self._clean(note) for note in plan.notes]
        return {"target": self._clean(plan.target), "counts": counts, "delete": plan.counts.deleted, "notes": notes}

    def _carry_out(self, plan: Plan, confirm: int | None) -> State:
        try:
            result = plan.apply(self._progress, self._cancelled.is_set, confirm)
        except PlanChanged as changed:
            self._heads, self._plan = self._now(), changed.plan
            return {**self._seen(changed.plan), "phase": "planned", "error": CHANGED}
        self._plan = None
        return {
            "phase": "done",
            "target": self._clean(plan.target),
            "counts": result.counts._asdict(),
            "seconds": round(result.seconds, 3),
            "rate": round(result.rows_per_second),
        }

    def _progress(self, now: Progress) -> None:
        self._say(step=now.phase, rows=now.done, total=now.total or 0, rate=round(now.rows_per_second))

    def _say(self, **changed: Any) -> None:
        # A word of the page and one of the work must not undo each other, nor pass each other on their way.
        with self._turn:
            state = {**self._state, **changed, "serial": self._state["serial"] + 1}
            state["ending"] = state["phase"] in {"planning", "exporting"} and self._cancelled.is_set()
            self._state = state
            if not self._ended:
                self._tell(state)

    def _clean(self, text: str) -> str:
        secret = self._secret
        return redact(text, os.environ.get(secret[4:], "") if secret.startswith("env:") else secret)
