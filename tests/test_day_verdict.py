"""What the verdict over a day calls growth, and what it lets pass."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.day.living import Lived, Looked
from tests.day.story import POSTGRES, Round
from tests.day.verdict import SLOPE, grown, slope

CELLS = 10
KERNEL = {
    "rss": 10_000_000,
    "descriptors": ["socket"],
    "threads": ["MainThread"],
    "subshells": 0,
    "tasks": 4,
    "temporary": [],
    "folder": ["day.db"],
    "comms": 2,
    "kinds": {"psycopg.Connection": 1, "tana_jupyter.outcome.Outcome": 5},
}
SERVERS = {"tables": ["day.kv_storage"], "connections": 1, "transactions": 0, "locks": 0, "valkey": 0}


def two_rounds(kernel: dict[str, Any] | None = None, servers: dict[str, Any] | None = None, life: int = 0) -> Lived:
    """A warm-up, and two rounds that differ in what is given."""
    looks = [
        Looked(CELLS * n, Round(n, POSTGRES), 0, copy.deepcopy(KERNEL), copy.deepcopy(SERVERS)) for n in range(1, 4)
    ]
    looks[-1].kernel.update(kernel or {})
    looks[-1].servers.update(servers or {})
    looks[-1].life = life
    return Lived(looks=looks)


GROWN = [
    ({"rss": KERNEL["rss"] + CELLS * (SLOPE + 1)}, {}, "more memory"),  # type: ignore[operator] # a number
    ({"descriptors": ["socket", "socket"]}, {}, "more descriptors: {'socket': 1}"),
    ({"threads": ["MainThread", "Thread-9"]}, {}, "more threads: {'Thread-9': 1}"),
    ({"tasks": 5}, {}, "5 threads of the system, not 4"),
    ({"temporary": ["tmpx"]}, {}, "temporary files: ['tmpx']"),
    ({"folder": ["day.db", "day.db.tmp"]}, {}, "files that are nobody's: ['day.db.tmp']"),
    ({"comms": 3}, {}, "3 comms, not 2"),
    ({"kinds": {"psycopg.Connection": 2}}, {}, "2 of psycopg.Connection, not 1"),
    ({"kinds": {"tana_jupyter.session.Session": 1}}, {}, "1 of tana_jupyter.session.Session, not 0"),
    ({}, {"connections": 2}, "connections"),
    ({}, {"transactions": 1}, "open transactions 1"),
    ({}, {"locks": 1}, "locks 1"),
    ({}, {"valkey": 1}, "not (1, 0)"),
    ({}, {"tables": ["day.kv_storage", "day.tana_tmp"]}, "tables that are nobody's: ['tana_tmp']"),
]


@pytest.mark.parametrize(("kernel", "servers", "said"), GROWN)
def test_growth_is_told(kernel: dict[str, Any], servers: dict[str, Any], said: str) -> None:
    assert said in "\n".join(grown(two_rounds(kernel, servers), warm=1))


def test_what_people_keep_is_no_growth() -> None:
    more = {"kinds": KERNEL["kinds"] | {"tana_jupyter.outcome.Outcome": 9}}  # type: ignore[operator] # a dict
    assert grown(two_rounds(more), warm=1) == []


def test_what_a_page_that_is_loaded_again_costs_is_no_growth() -> None:
    more = {"descriptors": ["socket"] * 3 + ["anon_inode"] * 6, "subshells": 1, "tasks": 5}
    assert grown(two_rounds(more), warm=1) == []


def test_another_kernel_is_not_compared() -> None:
    assert grown(two_rounds({"comms": 9}, life=1), warm=1) == []


def test_the_slope_is_that_of_the_line() -> None:
    assert slope([(0, 5), (10, 25), (20, 45)]) == 2
