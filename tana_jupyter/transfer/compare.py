"""Two sides beside each other: what would have to happen for one to have what the other has."""

from collections.abc import Iterator
from typing import NamedTuple

from tana_jupyter.store.protocol import Row
from tana_jupyter.transfer.scope import Scope
from tana_jupyter.transfer.sides import Sight
from tana_jupyter.transfer.sketch import Item, mark_of, same

KINDS = ("added", "changed", "unchanged", "kept", "deleted", "only_there")


class Rule(NamedTuple):
    """What happens to rows that only the destination has, and to those that differ."""

    mirror: bool
    keep: bool


class Decision(NamedTuple):
    """One key, and what becomes of it."""

    kind: str
    space: str
    contract: str
    key: bytes
    ours: Item | None
    theirs: Item | None


def decide(ours: Sight, theirs: Sight, scope: Scope, rule: Rule) -> Iterator[Decision]:
    """Decide on every key in order, with a page of each side in memory.

    Contracts without a row on our side, in the APIs that take part, take no part unless the scope names them.
    """
    contracts = ours.contracts(scope.spaces) if scope.contract is None else [scope.contract]
    for contract in sorted(contracts):
        for space in scope.spaces:
            span = scope.span(space)
            if span is not None:
                yield from _merge(space, contract, ours.scan(space, contract, *span), theirs, span, rule)


def _merge(
    space: str, contract: str, left: Iterator[Item], theirs: Sight, span: tuple[bytes, bytes | None], rule: Rule
) -> Iterator[Decision]:
    right = theirs.scan(space, contract, *span)
    alone = "deleted" if rule.mirror else "only_there"
    differing = "kept" if rule.keep else "changed"
    new = tuple.__new__
    there = next(right, None)
    for item in left:
        key = item[0]
        while there is not None and there[0] < key:
            yield new(Decision, (alone, space, contract, there[0], None, there))
            there = next(right, None)
        if there is None or there[0] != key:
            yield new(Decision, ("added", space, contract, key, item, None))
        else:
            kind = "unchanged" if same(item, there) else differing
            yield new(Decision, (kind, space, contract, key, item, there))
            there = next(right, None)
    while there is not None:
        yield new(Decision, (alone, space, contract, there[0], None, there))
        there = next(right, None)


class Tally:
    """Counts decisions, and takes their fingerprint: another one comes out where either side has changed."""

    def __init__(self, ours: Sight, theirs: Sight) -> None:
        self.counts = dict.fromkeys(KINDS, 0)
        # Python's own hash is keyed anew in each process, as long as a plan lives, and costs next to nothing.
        self.fingerprint = hash((ours.mark, theirs.mark))

    def add(self, decision: Decision) -> None:
        """Count one."""
        kind, space, contract, key, ours, theirs = decision
        self.counts[kind] += 1
        if theirs is None and type(ours) is Row:  # the bulk of a first export, and worth a line of its own
            self.fingerprint = hash((self.fingerprint, space, contract, key, ours[3], ours[5]))
        elif kind != "unchanged":
            sides = (mark_of(ours), None if theirs is None else mark_of(theirs))
            self.fingerprint = hash((self.fingerprint, kind, space, contract, key, sides))
