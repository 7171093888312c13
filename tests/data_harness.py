"""Run cells of a contract that has imported ``tana/data``."""

from __future__ import annotations

from typing import Any

import pytest

from tana_jupyter import ContractError, Session

SHOP = "shop"


def shop() -> Session:
    """A session whose contract ``shop`` has ``data``."""
    made = Session()
    made.run("import { data } from 'tana/data'", contract=SHOP)
    return made


def value(session: Session, code: str, **give: object) -> Any:
    """The value of a cell of the shop; ``give`` are names it may use."""
    return session.run(code, contract=SHOP, give=give).value


def refused(session: Session, code: str) -> str:
    """``Error: message`` of a cell of the shop that fails."""
    with pytest.raises(ContractError) as caught:
        session.run(code, contract=SHOP)
    return caught.value.headline


def committed(session: Session) -> dict[str, object]:
    """What the shop has committed, as texts."""
    table = session.keys(contract=SHOP, api="data")
    return dict(zip(table["key"], table["value"], strict=True))
