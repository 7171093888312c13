"""A shop whose cells run the patterns that guides to key-value storage teach, at a time that stands still."""

from __future__ import annotations

import json
from typing import Any

from tana_jupyter import Session

START = "2026-03-01T12:00:00Z"
START_MS = 1_772_366_400_000
SHOP = "shop"


def shop() -> Session:
    """A session whose contract ``shop`` has ``kv``."""
    made = Session()
    made.clock.freeze(START)
    made.chance.seed(7)
    made.run("import { kv } from 'tana/kv'", contract=SHOP)
    return made


def value(session: Session, code: str, **give: object) -> Any:
    """The value of a cell of the shop; ``give`` are names it may use."""
    return session.run(code, contract=SHOP, give=give).value


def stored(session: Session, pattern: str = "*") -> dict[str, Any]:
    """Keys and values of the shop; JSON is parsed."""
    table = session.keys(pattern, contract=SHOP)
    rows = zip(table["key"], table["value"], table["type"], strict=True)
    return {key: json.loads(text) if kind in {"object", "array"} else text for key, text, kind in rows}


def counts(session: Session) -> tuple[int, int, int, int]:
    """Reads, writes, deletes and lists of the last run."""
    assert session.last is not None
    receipt = session.last.receipt
    return (receipt.reads, receipt.writes, receipt.deletes, receipt.lists)
