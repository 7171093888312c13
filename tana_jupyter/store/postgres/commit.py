"""Several writes, or any under checks, as one: all of it in one round trip.

The counter's row is locked first, so that every later statement sees all commits before this one. Whether the checks
held is told to the writes by the ticket in that row: where they did not, no row has this commit's ticket, and the
writes find nothing to do.
"""

import secrets
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from tana_jupyter.store.postgres.exchange import BEGIN, COMMIT, Statement, Step
from tana_jupyter.store.postgres.rows import fields_of, is_text, json_of
from tana_jupyter.store.postgres.statements import COUNTER, KEEP_CREATED, TABLES, Statements, columns, live
from tana_jupyter.store.postgres.wire import ARRAY, BIGINT, BYTEA, JSONB, TEXT, TIMESTAMP, array, instant, integer
from tana_jupyter.store.protocol import Check, Committed, Row, Write

Address = tuple[str, str, bytes]


class Plan(NamedTuple):
    """The steps of a commit, and which of them answer what."""

    steps: list[Step]
    head: int
    before: dict[int, str]  # step -> space
    metadata: dict[int, str]


def plan(
    statements: Statements, writes: Sequence[Write], checks: Sequence[Check], now: int, floor: int, exact: bool
) -> Plan | None:
    """What to send; None where a check cannot hold."""
    asked: dict[str, list[Check]] = {}
    for check in checks:
        if is_text(check.space, check.key):
            asked.setdefault(check.space, []).append(check)
        elif check.versionstamp is not None:
            return None
    # Not of `random`, which a notebook may seed: a ticket given out twice lets the writes of a failed commit through.
    ticket = integer(secrets.randbits(62))
    steps: list[Step] = [(BEGIN, ())]
    if asked:
        steps.append((_lock(statements), ()))
    spaces = sorted(asked)
    arrays = [part for space in spaces for part in _asked(space, asked[space])]
    steps.append((_advance(statements, spaces, exact), (integer(floor), ticket, instant(now), *arrays)))
    made = Plan(steps, len(steps) - 1, {}, {})
    groups: dict[str, list[Write]] = {}
    for write in writes:
        if is_text(write.space, write.key):
            groups.setdefault(write.space, []).append(write)
    for space, group in groups.items():
        _write(made, statements, space, group, now, ticket)
    steps.append((COMMIT, ()))
    return made


def together(statements: Statements, steps: Sequence[Step]) -> list[Step]:
    """Steps as one transaction that no commit runs beside; the first two and the last of its results are not theirs."""
    return [(BEGIN, ()), (_lock(statements), ()), *steps, (COMMIT, ())]


def outcome(
    writes: Sequence[Write], now: int, stamp: int, rows: dict[Address, Row], metadata: dict[Address, Any]
) -> Committed:
    """What stood around each write, from the rows before the first one."""
    last = {write[:3]: number for number, write in enumerate(writes)}
    done = Committed(stamp, [], [])
    for number, write in enumerate(writes):
        address = write[:3]
        before = rows.pop(address, None)
        done.before.append(before)
        after = None
        if write.value is not None and (write.expires_at is None or write.expires_at > now):
            json = (
                json_of(metadata[address])
                if number == last[address] and address in metadata
                else json_of(write.metadata)
            )
            created_at = now if before is None else before.created_at
            after = Row(write.key, write.value, write.encoding, stamp, created_at, now, write.expires_at, json)
            rows[address] = after
        done.after.append(after)
    return done


def _write(made: Plan, statements: Statements, space: str, group: list[Write], now: int, ticket: bytes) -> None:
    """Read the rows as they are, delete those that go, write those that stay."""
    final: dict[tuple[str, bytes], Write] = {}
    renewed: set[tuple[str, bytes]] = set()  # put after a delete or an expiry in this very commit: created anew
    for write in group:
        address = (write.contract, write.key)
        old = final.pop(address, None)
        if old is not None and (old.value is None or (old.expires_at is not None and old.expires_at <= now)):
            renewed.add(address)
        final[address] = write
    kind = TABLES[space].kind
    made.before[len(made.steps)] = space
    made.steps.append((_select(statements, space), (*_addresses(kind, final), instant(now))))
    # In the order of keys, so that two commits meet rows of others in the same order.
    puts = [final[address] for address in sorted(final) if final[address].value is not None]
    gone = sorted(address for address, write in final.items() if write.value is None or address in renewed)
    if gone:
        made.steps.append((_delete(statements, space), (*_addresses(kind, gone), ticket)))
    if puts:
        marked = any(write.metadata is not None for write in puts)
        if marked:
            made.metadata[len(made.steps)] = space
        parts = zip(*map(fields_of, puts), strict=True)
        arrays = [array(element, list(part)) for element, part in zip(_fields(space), parts, strict=True)]
        where = _addresses(kind, [(write.contract, write.key) for write in puts])
        made.steps.append((_upsert(statements, space, marked), (instant(now), ticket, *where, *arrays)))


def _addresses(kind: int, addresses: Iterable[tuple[str, bytes]]) -> tuple[bytes, bytes]:
    pairs = list(addresses)
    return array(TEXT, [contract.encode() for contract, _ in pairs]), array(kind, [key for _, key in pairs])


def _asked(space: str, checks: list[Check]) -> tuple[bytes, bytes, bytes]:
    stamps = [None if check.versionstamp is None else integer(check.versionstamp) for check in checks]
    return (*_addresses(TABLES[space].kind, [(c.contract, c.key) for c in checks]), array(BIGINT, stamps))


def _fields(space: str) -> tuple[int, ...]:
    table = TABLES[space]
    return (table.kind, TEXT, TIMESTAMP, JSONB, *([BYTEA] if table.text else []))


def _lock(statements: Statements) -> Statement:
    return statements.build("lock", lambda: f"SELECT 1 FROM {statements.of(COUNTER)} FOR UPDATE")


def _advance(statements: Statements, spaces: Sequence[str], exact: bool) -> Statement:
    """Parameters: floor, ticket, now, and for each space with checks: contracts, keys, versionstamps."""

    def sql() -> str:
        conditions = ["versionstamp < $1"] if exact else []
        for number, space in enumerate(spaces):
            table, first = TABLES[space], 4 + 3 * number
            conditions.append(
                f"NOT EXISTS (SELECT 1 FROM unnest(${first}::text[], ${first + 1}::{_type(space)}[],"
                f" ${first + 2}::bigint[]) AS u(c, k, s) LEFT JOIN {statements.of(table.name)} t"
                f" ON t.contract_name = u.c AND t.key = u.k AND {live(3, 't.')}"
                " WHERE CASE WHEN t.key IS NOT NULL THEN COALESCE(t.versionstamp, 1) END IS DISTINCT FROM u.s)"
            )
        return (
            f"UPDATE {statements.of(COUNTER)} SET versionstamp = GREATEST(versionstamp + 1, $1), ticket = $2"
            f" WHERE $3 IS NOT NULL{''.join(f' AND {condition}' for condition in conditions)} RETURNING versionstamp"
        )

    types = [part for space in spaces for part in (ARRAY[TEXT], ARRAY[TABLES[space].kind], ARRAY[BIGINT])]
    return statements.build(("advance", exact, *spaces), sql, BIGINT, BIGINT, TIMESTAMP, *types)


def _select(statements: Statements, space: str) -> Statement:
    """Parameters: contracts, keys, now."""
    table = TABLES[space]

    def sql() -> str:
        return (
            f"SELECT contract_name, {columns(table)} FROM {statements.of(table.name)} JOIN"
            f" unnest($1::text[], $2::{_type(space)}[]) AS u(c, k) ON contract_name = u.c AND key = u.k WHERE {live(3)}"
        )

    return statements.build(("select", space), sql, ARRAY[TEXT], ARRAY[table.kind], TIMESTAMP)


def _delete(statements: Statements, space: str) -> Statement:
    """Parameters: contracts, keys, ticket."""
    table = TABLES[space]

    def sql() -> str:
        return (
            f"DELETE FROM {statements.of(table.name)} AS t USING {statements.of(COUNTER)} AS h,"
            f" unnest($1::text[], $2::{_type(space)}[]) AS u(c, k)"
            " WHERE h.ticket = $3 AND t.contract_name = u.c AND t.key = u.k"
        )

    return statements.build(("delete_many", space), sql, ARRAY[TEXT], ARRAY[table.kind], BIGINT)


def _upsert(statements: Statements, space: str, marked: bool) -> Statement:
    """Parameters: now, ticket, contracts, keys, and the columns of :func:`fields_of`; answers with the metadata."""
    table = TABLES[space]
    types = _fields(space)

    def sql() -> str:
        names = ("value", "encoding", "expires_at", "metadata", *(["bytes"] if table.text else []))
        sqltypes = (_type(space), "text", "timestamp", "jsonb", "bytea")
        arrays = ", ".join(f"${number}::{sqltype}[]" for number, sqltype in enumerate(sqltypes[: len(names)], 5))
        renewed = ", ".join(f"{name} = EXCLUDED.{name}" for name in (*names, "versionstamp", "updated_at"))
        return (
            f"INSERT INTO {statements.of(table.name)} AS t"
            f" (contract_name, key, {', '.join(names)}, versionstamp, created_at, updated_at)"
            f" SELECT u.*, h.versionstamp, $1, $1 FROM {statements.of(COUNTER)} AS h,"
            f" unnest($3::text[], $4::{_type(space)}[], {arrays}) AS u WHERE h.ticket = $2"
            f" ON CONFLICT (contract_name, key) DO UPDATE SET {renewed}, {KEEP_CREATED.format(now='$1')}"
            f"{' RETURNING contract_name, key, metadata' if marked else ''}"
        )

    return statements.build(
        ("upsert", space, marked), sql, TIMESTAMP, BIGINT, ARRAY[TEXT], ARRAY[table.kind], *(ARRAY[t] for t in types)
    )


def _type(space: str) -> str:
    return "text" if TABLES[space].text else "bytea"
