"""Queues: messages are rows of the ``queue`` space, claimed by a check, so that each is one listener's at a time.

A key is the millisecond a message is due, the order of its commit and its place in it: rows lie in the order in which
they are delivered. Whoever claims one moves it five seconds into the future, where it comes up again unless it is
settled before: a message is delivered at least once, also when the kernel died that had it.
"""

import contextlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from tana_jupyter import limits
from tana_jupyter.errors import GuestError, StoreError
from tana_jupyter.modules.deno.databases import LATE_BAD_RESOURCE, Database, Databases, bad_resource
from tana_jupyter.modules.deno.refusals import read_only
from tana_jupyter.modules.deno.values import reply
from tana_jupyter.modules.host import Host
from tana_jupyter.spaces import DENO, QUEUE
from tana_jupyter.store.protocol import Check, Row, Write
from tana_jupyter.waking import Settlement, Waiting

BACKOFF = (100, 1000, 5000, 30_000, 60_000)
DEADLINE = 5000  # ms that a claim holds
SHARING = (
    "A listener of an earlier cell is still there and takes its share of the messages; close() its store before"
    " listening again, or %tana reset, ends it"
)
ENDED = "A listener has ended with its store; in this one: openKv() and listen again"
COUNTED = 1000  # messages of a queue; of more it is only said that they are many
RENEWAL = 2000  # ms before its end at which a claim is made to hold longer


class Message(NamedTuple):
    """What ``enqueue`` sends."""

    value: bytes
    encoding: str
    delay: float = 0  # ms
    backoff: tuple[int, ...] | None = None  # ms before each further attempt; None for Deno's own
    undelivered: tuple[bytes, ...] = ()
    """Keys that get the message as their value when the last attempt has failed."""


@dataclass(slots=True)
class _Listener:
    database: Database
    run: object  # that opened it
    promise: int | None = None  # the one its next message settles; None between two messages


@dataclass(slots=True)
class _Flight:
    """A claimed message that a listener is at work on."""

    database: Database
    row: Row


def writes_of(contract: str, messages: Sequence[Message], now_us: int, order: int) -> list[Write]:
    """The rows of the messages of one commit; ``order`` is larger than that of any commit before."""
    found = []
    for index, message in enumerate(messages):
        due = now_us // 1000 + math.ceil(message.delay)
        key = _key(due, order.to_bytes(8, "big") + index.to_bytes(2, "big"))
        found.append(_row(contract, key, message.value, message.encoding, message.backoff, message.undelivered))
    return found


class Queues:
    """The listeners of one isolate, and the messages they are at work on."""

    def __init__(self, host: Host, databases: Databases) -> None:
        self._host = host
        self._databases = databases
        self._listeners: dict[int, _Listener] = {}
        self._flights: dict[int, _Flight] = {}
        self._used: list[Database] = []  # that messages were sent to or awaited from
        self._turn = 0

    def sent(self, database: Database) -> None:
        """Count the messages of this database among what waits."""
        self._host.wake_by(self)
        if database not in self._used:
            self._used.append(database)

    def listen(self, handle: object) -> int:
        """Open a listener; its number."""
        database = self._databases.named(handle)
        if self._host.situation.read_only:  # it would go on in no handler's name, and could write then
            raise read_only(self._host.situation)
        if len(self._listeners) >= limits.DENO_LISTENERS:
            raise GuestError("Error", f"At most {limits.DENO_LISTENERS} listeners of a contract wait at once")
        self.sent(database)
        run = database.journal.receipt
        if any(each.database is database and each.run is not run for each in self._listeners.values()):
            self._host.write("warn", SHARING)
        number = self._host.later()
        self._listeners[number] = _Listener(database, run)
        return number

    def receive(self, number: int) -> bytes:
        """Leave the call open until there is a message for this listener."""
        listener = self._listeners.get(number)
        if listener is None:
            raise bad_resource()
        listener.promise = self._host.later()
        return b'{"!":%d}' % listener.promise

    def unlisten(self, number: int) -> int | None:
        """Close a listener; the call that stays without an answer."""
        listener = self._listeners.pop(number, None)
        return None if listener is None else listener.promise

    def delivered(self, number: int) -> None:
        """A handler did its work: the message is done."""
        flight = self._flights.pop(number, None)
        if flight is not None:
            self._replace(flight, [])

    def failed(self, number: int) -> None:
        """A handler threw: the message comes again by its schedule, or goes where undelivered ones go."""
        flight = self._flights.pop(number, None)
        if flight is None:
            return
        row = flight.row
        backoff, undelivered = _terms(row)
        if backoff is None:
            backoff = BACKOFF
        contract = flight.database.contract
        if backoff:
            key = _key(self._host.clock.now_ms() + backoff[0], row.key[8:])
            self._replace(flight, [_row(contract, key, row.value, row.encoding, backoff[1:], undelivered)])
            return
        try:
            self._replace(flight, [Write(DENO, contract, key, row.value, row.encoding) for key in undelivered])
        except StoreError as error:
            # Nothing bounds these keys, and a store that refuses one would see the message come back for ever.
            self._replace(flight, [])
            self._host.write("error", f"Undelivered message was dropped: {error}")

    @property
    def shared(self) -> bool:
        """Whether another kernel could send something that a listener here waits for."""
        return any(one.promise is not None and one.database.store.shared for one in self._listeners.values())

    def due_ms(self) -> int | None:
        """When the next message is due that a listener waits for."""
        self._renew()
        found = [self._next(listener.database) for listener in self._awaiting()]
        stale = any(self._databases.gone(listener.database) for listener in self._listeners.values())
        dues = [_due(row) for row in found if row is not None]
        return min(dues, default=None) if not stale else 0

    def deliver(self) -> Settlement | None:
        """Claim the next message for the listener whose turn it is."""
        for number, listener in list(self._listeners.items()):
            if self._databases.gone(listener.database):
                del self._listeners[number]
                if listener.promise is not None:
                    self._host.write("warn", ENDED)
                    return Settlement(listener.promise, LATE_BAD_RESOURCE)
        now = self._host.clock.now_ms()
        found = [(row, one.database) for one in self._awaiting() if (row := self._next(one.database)) is not None]
        due = [each for each in found if _due(each[0]) <= now]
        if not due:
            return None
        row, database = min(due, key=lambda each: each[0].key)
        key = _key(now + DEADLINE, row.key[8:])
        backoff, undelivered = _terms(row)
        flight = _Flight(database, row)
        if not self._replace(flight, [_row(database.contract, key, row.value, row.encoding, backoff, undelivered)]):
            return None
        token = self._host.later()
        self._flights[token] = flight
        waiting = [one for one in self._listeners.values() if one.promise is not None and one.database is database]
        self._turn += 1
        listener = waiting[self._turn % len(waiting)]
        promise, listener.promise = listener.promise, None
        assert promise is not None  # those without one are not waiting
        return Settlement(promise, b"[%d,%b]" % (token, reply(row)))

    def waiting(self) -> Waiting:
        """Its listeners, and the messages that are there, those at work not counted."""
        self._used = [each for each in self._used if not self._databases.gone(each)]
        rows = 0
        with contextlib.suppress(StoreError):  # a server that is gone: its messages cannot be counted
            rows = sum(len(each.journal.look(QUEUE, each.contract, COUNTED, keys_only=True)) for each in self._used)
        return Waiting(listeners=len(self._listeners), messages=max(0, rows - len(self._flights)))

    def forget(self, since: int = 0) -> None:
        """Drop listeners. What they were at work on comes up again when its claim has run out."""
        self._listeners = {number: each for number, each in self._listeners.items() if number <= since}
        if not since:
            self._flights.clear()

    def _awaiting(self) -> list[_Listener]:
        """One waiting listener of each database; none where a handler may only read: theirs would fail."""
        if self._host.situation.read_only:
            return []
        found = {id(one.database.store): one for one in self._listeners.values() if one.promise is not None}
        return list(found.values())

    def _next(self, database: Database) -> Row | None:
        """The message that comes first, those left out that are at work here."""
        flying = {flight.row.key for flight in self._flights.values() if flight.database is database}
        # Those lie five seconds ahead, so that the first row is nearly always another.
        for limit in (1, len(flying) + 1):
            rows = database.journal.look(QUEUE, database.contract, limit)
            found = next((row for row in rows if row.key not in flying), None)
            if found is not None or len(rows) < limit:
                return found
        return None

    def _replace(self, flight: _Flight, writes: list[Write]) -> bool:
        """Put something in the place of a message; False where it is another's by now."""
        database, row = flight.database, flight.row
        gone = Write(QUEUE, database.contract, row.key, None)
        check = Check(QUEUE, database.contract, row.key, row.versionstamp)
        if self._databases.gone(database):
            return False
        # Claims and the like are no doing of the run, and not counted; what a failed message leaves elsewhere is.
        journal = database.journal
        commit = journal.commit if any(write.space != QUEUE for write in writes) else journal.keep_house
        done = commit([gone, *writes], [check])
        if done is not None and done.after[-1] is not None and writes[-1].space == QUEUE:
            flight.row = done.after[-1]
        return done is not None

    def _renew(self) -> None:
        """Hold on to what handlers here still work at; only others would take it up, so only on a shared store."""
        now = self._host.clock.now_ms()
        for flight in self._flights.values():
            row = flight.row
            if flight.database.store.shared and _due(row) - now < RENEWAL:
                key = _key(now + DEADLINE, row.key[8:])
                self._replace(flight, [_row(flight.database.contract, key, row.value, row.encoding, *_terms(row))])


def _key(due_ms: int, order: bytes) -> bytes:
    return due_ms.to_bytes(8, "big") + order


def _due(row: Row) -> int:
    return int.from_bytes(row.key[:8], "big")


def _row(
    contract: str,
    key: bytes,
    value: bytes,
    encoding: str,
    backoff: Sequence[int] | None,
    undelivered: Sequence[bytes],
) -> Write:
    terms: dict[str, object] = {} if backoff is None else {"backoff": backoff}
    if undelivered:
        terms["undelivered"] = [each.hex() for each in undelivered]
    return Write(QUEUE, contract, key, value, encoding, None, orjson.dumps(terms) if terms else None)


def _terms(row: Row) -> tuple[Sequence[int] | None, Sequence[bytes]]:
    """How often a message may still fail, and where it goes then."""
    terms = {} if row.metadata is None else orjson.loads(row.metadata)
    return terms.get("backoff"), [bytes.fromhex(each) for each in terms.get("undelivered", ())]
