"""``tana/lab``: the clock and the seed of a session, from inside a contract."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tana_jupyter import ContractError, Session

NEW_YEAR = 1_767_225_600_000
IMPORT = "import { clock, seed } from 'tana/lab';"


@pytest.fixture
def session() -> Session:
    made = Session()
    made.clock.freeze(NEW_YEAR / 1000)
    return made


def value(session: Session, code: str) -> Any:
    return session.run(f"{IMPORT} {code}").value


def refused(session: Session, code: str) -> str:
    with pytest.raises(ContractError) as caught:
        session.run(f"{IMPORT} {code}")
    return caught.value.headline


@pytest.mark.parametrize(
    ("code", "later"),
    [
        ("clock.freeze()", 0),
        ("clock.freeze(1767225605000)", 5000),
        ("clock.freeze('2026-01-01T00:00:05Z')", 5000),
        ("clock.freeze(new Date(1767225605000))", 5000),
        ("clock.freeze(0)", -NEW_YEAR),
        ("clock.advance(90)", 90_000),
        ("clock.advance(-0.5)", -500),
    ],
)
def test_the_contract_and_the_session_have_one_clock(session: Session, code: str, later: int) -> None:
    assert value(session, f"{code}; [clock.now(), Date.now(), String(clock) === new Date().toISOString()]") == [
        NEW_YEAR + later,
        NEW_YEAR + later,
        True,
    ]
    assert session.clock.now_ms() == NEW_YEAR + later


def test_resume_goes_back_to_real_time(session: Session) -> None:
    assert value(session, "clock.resume(); clock.now()") > NEW_YEAR
    assert session.clock.real


@pytest.mark.parametrize("given", ["7", "7n", "'seven'"])
def test_a_seed_repeats_what_is_random(session: Session, given: str) -> None:
    draw = "[Math.random(), crypto.randomUUID()]"
    first = value(session, f"seed({given}); {draw}")
    assert value(session, f"{draw}") != first
    assert value(session, f"seed({given}); {draw}") == first
    assert session.chance.seeded
    value(session, "seed(null)")
    assert not session.chance.seeded


@pytest.mark.parametrize("call", ["clock.freeze()", "clock.advance(1)", "clock.resume()", "seed(1)"])
def test_on_a_store_that_others_share_only_with_leave(tmp_path: Path, call: str) -> None:
    with Session(f"sqlite:///{tmp_path}/shared.db") as session:
        before = session.clock.settings()
        assert refused(session, call) == (
            "Error: A contract may move the clock on memory: stores only; %config Tana.lab = True allows it here"
        )
        assert (session.clock.settings(), session.chance.seeded) == (before, False)
        assert value(session, "clock.now() > 0") is True
        session.lab = True
        value(session, call)


@pytest.mark.parametrize(
    "call",
    ["clock.advance(NaN)", "clock.advance('soon')", "clock.advance()"],
)
def test_what_is_no_number_is_refused(session: Session, call: str) -> None:
    assert refused(session, call) == "TypeError: The clock takes a finite number"
    assert session.clock.now_ms() == NEW_YEAR


@pytest.mark.parametrize("when", ["NaN", "soon"])
def test_what_is_no_time_is_refused(session: Session, when: str) -> None:
    for call in (f"clock.freeze('{when}')", f"clock.freeze(new Date('{when}'))"):
        assert refused(session, call).endswith("is no time: write it as 2026-01-01T00:00:00Z")
    assert session.clock.now_ms() == NEW_YEAR


@pytest.mark.parametrize("call", ["clock.advance(1e12)", "clock.freeze(8.64e15)"])
def test_a_clock_has_ends(session: Session, call: str) -> None:
    assert refused(session, call) == "RangeError: the clock goes from the year 1 to the year 9999"
    assert session.clock.now_ms() == NEW_YEAR
