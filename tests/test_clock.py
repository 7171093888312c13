"""The session's clock."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest

from tana_jupyter import Clock, TanaError
from tana_jupyter.clock import instant, iso

NEW_YEAR = 1_767_225_600_000_000


@pytest.mark.parametrize(
    ("when", "us"),
    [
        (1767225600, NEW_YEAR),
        (1767225600.5, NEW_YEAR + 500_000),
        ("2026-01-01T00:00:00Z", NEW_YEAR),
        ("2026-01-01T01:00:00+01:00", NEW_YEAR),
        ("2026-01-01", NEW_YEAR),
        (" 2026-01-01 00:00:00.000001 ", NEW_YEAR + 1),
        (dt.datetime(2026, 1, 1), NEW_YEAR),  # naive means UTC here
        (dt.datetime(2026, 1, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=2))), NEW_YEAR),
    ],
)
def test_instants(when: float | str | dt.datetime, us: int) -> None:
    assert instant(when) == us


@pytest.mark.parametrize("when", ["", "yesterday", "2026-13-01", "12:00"])
def test_what_is_no_instant(when: str) -> None:
    with pytest.raises(TanaError, match="is no time: write it as 2026"):
        instant(when)


def test_iso_shows_milliseconds_only_where_there_are_some() -> None:
    assert iso(NEW_YEAR) == "2026-01-01T00:00:00Z"
    assert iso(NEW_YEAR + 5_000) == "2026-01-01T00:00:00.005Z"


def test_a_frozen_clock_stands_until_it_is_moved() -> None:
    clock = Clock()
    clock.freeze("2026-01-01T00:00:00Z")
    time.sleep(0.002)
    assert clock.now_us() == NEW_YEAR
    assert (clock.frozen, clock.real) == (True, False)
    clock.advance(90)
    assert clock.now_ms() == NEW_YEAR // 1000 + 90_000
    clock.wait_until(NEW_YEAR // 1000 + 100_000, lambda: False)
    assert repr(clock) == "<Clock frozen at 2026-01-01T00:01:40Z>"
    clock.wait_until(0, lambda: False)
    assert clock.now_ms() == NEW_YEAR // 1000 + 100_000
    clock.resume()
    assert abs(clock.now_us() - time.time_ns() // 1000) < 1_000_000
    assert repr(clock) == "<Clock real>"


def test_a_real_clock_can_be_shifted() -> None:
    clock = Clock()
    clock.advance(-3600)
    assert abs(clock.now_us() - (time.time_ns() // 1000 - 3_600_000_000)) < 1_000_000
    assert repr(clock) == "<Clock real, shifted by -3600 s>"
    assert not clock.real


def test_waiting_on_a_real_clock_ends_early_when_told() -> None:
    clock = Clock()
    before = time.monotonic()
    clock.wait_until(clock.now_ms() + 60_000, lambda: True)
    assert time.monotonic() - before < 30


@pytest.mark.parametrize(
    ("step", "seconds"),
    [
        ("+90s", 90),
        ("+90", 90),
        ("-1m", -60),
        ("+2h", 7200),
        ("+1d", 86400),
        ("+500ms", 0.5),
        ("+1.5h", 5400),
    ],
)
def test_steps(step: str, seconds: float) -> None:
    clock = Clock()
    clock.freeze("2026-01-01T00:00:00Z")
    clock.set(step)
    assert clock.now_us() == NEW_YEAR + round(seconds * 1_000_000)


@pytest.mark.parametrize("to", ["+", "+5x", "later", "+-5s", "90"])
def test_steps_that_are_none(to: str) -> None:
    with pytest.raises(TanaError):
        Clock().set(to)


@pytest.mark.parametrize("seconds", ["5", None, [1], float("nan"), float("inf")])
def test_a_step_that_is_no_number(seconds: Any) -> None:
    clock = Clock()
    clock.freeze(1767225600)
    with pytest.raises(TanaError, match="is no number of seconds"):
        clock.advance(seconds)
    assert clock.now_us() == NEW_YEAR


@pytest.mark.parametrize(("end", "beyond"), [("0001-01-02", -0.000001), ("9999-12-31", 0.000001)])
def test_the_clock_goes_from_the_first_year_to_the_last(end: str, beyond: float) -> None:
    clock = Clock()
    clock.freeze(end)
    with pytest.raises(TanaError, match="from the year 1 to the year 9999"):
        clock.advance(beyond)
    assert clock.now().strftime("%m-%d %f") == f"{end[5:]} 000000"


def test_an_endless_step_on_a_line() -> None:
    with pytest.raises(TanaError, match="is no number of seconds"):
        Clock().set(f"+{'9' * 400}s")


def test_an_instant_of_another_type() -> None:
    with pytest.raises(TanaError, match=r"\[1\] is no time"):
        Clock().freeze([1])
