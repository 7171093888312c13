"""``atomic().commit()``: all steps as one commit of the store, or none of them.

Steps that depend on what is there (sums, and keys that hold the commit's own versionstamp) are worked out first, and
committed with checks that nothing has moved meanwhile; where something has, they are worked out again.
"""

import time
from collections.abc import Iterable
from typing import Any

from tana_jupyter import denokey
from tana_jupyter.errors import GuestError
from tana_jupyter.modules.deno.databases import Database, Databases
from tana_jupyter.modules.deno.queues import Queues, writes_of
from tana_jupyter.modules.deno.refusals import read_only
from tana_jupyter.modules.deno.steps import Arithmetic, Stamped, Steps, parsed
from tana_jupyter.modules.deno.sums import applied
from tana_jupyter.modules.deno.watching import Watching
from tana_jupyter.modules.host import Host
from tana_jupyter.spaces import DENO, QUEUE
from tana_jupyter.store.protocol import Check, Committed, Row, Write
from tana_jupyter.store.versionstamp import to_text

LEAP = 20  # how often the distance to a versionstamp that was chosen doubles, where others were quicker
PATIENCE = 20  # attempts before it waits a little between them

_named = tuple.__new__  # makes a Write in half the time of Write(...)


class Commits:
    """The atomic operations of one contract."""

    def __init__(self, host: Host, databases: Databases, queues: Queues, watching: Watching) -> None:
        self._host = host
        self._databases = databases
        self._queues = queues
        self._watching = watching

    def packed(self, name: bytes, _arguments: bytes) -> bytes:
        """Commit; handle and steps lie in the name. The versionstamp, or null where a check did not hold."""
        database = self._databases.of(name[:4])
        steps = parsed(name[4:], database.contract, self._host.clock.now_us())
        if self._host.situation.read_only:
            raise read_only(self._host.situation)
        if steps.simple and not steps.messages:
            done = database.journal.commit(steps.mutations, steps.checks)
        else:
            done = self._worked_out(database, steps)
        if done is None:
            return b"null"
        if self._watching.raw:
            for each in steps.mutations:
                self._watching.touched(database, each.key)
        return b'"%016x0000"' % done[0]

    def _worked_out(self, database: Database, steps: Steps) -> Committed | None:
        """Commit what has to be worked out from the state it meets, again until that state has held still."""
        if steps.messages:
            self._queues.sent(database)
        journal, shared = database.journal, database.store.shared
        stamped = Stamped in map(type, steps.mutations)
        attempt = 0
        while True:
            stamp = 0
            if stamped or steps.messages:
                stamp = journal.head(database.contract) + (1 << min(attempt, LEAP))
            checks, writes = self._plan(database, steps, stamp)
            done = journal.commit(writes, [*steps.checks, *checks], stamp if stamped else None)
            if done is not None:
                return done
            if not shared or not self._hold(database, steps.checks):
                return None
            attempt += 1
            if self._host.aborting:
                raise GuestError("Error", "The run was stopped")
            if attempt > PATIENCE:
                time.sleep(0.001 * self._host.chance.double())

    def _plan(self, database: Database, steps: Steps, stamp: int) -> tuple[list[Check], list[Write]]:
        """What to write on top of what is there, and checks that it still is when it is written."""
        contract, peek = database.contract, database.journal.peek
        shared = database.store.shared  # where nobody else writes, nothing moves between here and there
        checks: list[Check] = []
        writes: list[Write] = []
        known: dict[bytes, Any] = {}  # value and encoding by key, None for nothing there
        for each in steps.mutations:
            kind = type(each)
            if kind is Arithmetic:
                name, key, operand = each
                if key not in known:
                    row = peek(DENO, contract, key)
                    known[key] = None if row is None else row[1:3]
                    if shared:
                        checks.append(Check(DENO, contract, key, _stamp_of(row)))
                value = known[key] = applied(name, known[key], operand)
                writes.append(_named(Write, (DENO, contract, key, value[0], value[1], None, None)))
                continue
            write = _stamped(contract, each, stamp) if kind is Stamped else each
            known[write[2]] = None if write[3] is None else write[3:5]
            writes.append(write)
        if steps.messages:
            messages = writes_of(contract, steps.messages, self._host.clock.now_us(), stamp)
            writes += messages
            if shared:
                checks += [Check(QUEUE, contract, message.key, None) for message in messages]
        return checks, writes

    def _hold(self, database: Database, checks: Iterable[Check]) -> bool:
        """Whether the operation's own checks hold, so that a commit was refused for what others have changed."""
        journal = database.journal
        return all(_stamp_of(journal.peek(DENO, database.contract, each.key)) == each.versionstamp for each in checks)


def _stamped(contract: str, each: Stamped, stamp: int) -> Write:
    value, encoding = each.value
    return Write(DENO, contract, each.before + denokey.pack((to_text(stamp),)), value, encoding, each.expires_at)


def _stamp_of(row: Row | None) -> int | None:
    return None if row is None else row.versionstamp
