"""Run cells of a contract that has opened Deno KV, with a clock that stands still; several sessions on one store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tana_jupyter import Session
from tana_jupyter.store.memory import MemoryStore
from tana_jupyter.store.protocol import Committed, Store

START = "2026-01-01T00:00:00Z"
START_MS = 1_767_225_600_000

HELPERS = """
    var kv = await Deno.openKv();
    // What a call comes to: its value, or how it was refused, and whether it threw instead of rejecting.
    var told = async (call) => {
      let promise
      try { promise = call() } catch (error) { return `threw ${error.name}: ${error.message}` }
      try { return await promise } catch (error) { return `${error.name}: ${error.message}` }
    };
    var value = async (...key) => (await kv.get(key)).value;
    var stamp = async (...key) => (await kv.get(key)).versionstamp;
    var bytes = (...list) => new Uint8Array(list);
    var all = (selector, options) => Array.fromAsync(kv.list(selector, options));
    var keys = async (selector, options) => (await all(selector, options)).map((entry) => entry.key);
    var rows = async (prefix = []) => (await Array.fromAsync(kv.list({ prefix }))).map(({ key, value }) => [key, value]);
"""


def opened(store: Store | None = None, *, helpers: str = HELPERS) -> Session:
    """A session whose contract ``notebook`` has ``kv`` and the helpers above."""
    session = Session() if store is None else Session(store=store)
    session.clock.freeze(START)
    session.show = lambda *_: None
    session.run(helpers)
    return session


def value(session: Session, code: str, **give: object) -> Any:
    """The value of a cell; ``give`` are names it may use."""
    return session.run(code, give=give).value


def told(session: Session, code: str, **give: object) -> Any:
    """What a call comes to: its value, or a line that tells how it was refused."""
    return session.run(f"await told(() => ({code}))", give=give).value


def printed(session: Session, code: str) -> list[str]:
    """What a cell prints."""
    return [log.text for log in session.run(code).logs]


class SharedStore(MemoryStore):
    """A store that others write to, as far as a session can tell; ``between`` runs just before the next commit."""

    shared = True

    def __init__(self) -> None:
        super().__init__()
        self.between: Callable[[], object] | None = None

    def commit(self, *writes: Any, **options: Any) -> Committed | None:
        between, self.between = self.between, None
        if between is not None:
            between()
        return super().commit(*writes, **options)
