"""Lives a day: does each step with a driver, notes what every cell came to, and looks at the end of every round."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tests.day.places import Places
from tests.day.story import Cell, Happening, Round, Step

Output = dict[str, Any]


class Driver(Protocol):
    """Who does it: a bare kernel, or JupyterLab."""

    def run(self, cell: Cell) -> tuple[str, list[Output]]:
        """Run a cell to its end: ``ok`` or the name of its error, and its outputs as a notebook would save them."""
        ...

    def look(self) -> dict[str, Any]:
        """What lives in the kernel."""
        ...

    def happen(self, what: str) -> None:
        """Something that is no cell."""
        ...


@dataclass(slots=True)
class Looked:
    """One look: where in the day, and what was seen by whom."""

    cells: int
    round: Round
    life: int
    kernel: dict[str, Any]
    servers: dict[str, Any]


@dataclass(slots=True)
class Lived:
    """A day that is over."""

    outputs: list[list[Output]] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    """Cells that came to something else than the story says."""
    looks: list[Looked] = field(default_factory=list)
    rss: list[int] = field(default_factory=list)
    """Bytes of the kernel after each cell, as they are: nothing freed for it."""
    seconds: list[float] = field(default_factory=list)


def live(steps: Iterable[Step], driver: Driver, places: Places) -> Lived:
    """Do it all."""
    lived = Lived()
    life = 0
    pid = driver.look()["pid"]
    for step in steps:
        match step:
            case Cell():
                began = time.monotonic()
                ends, outputs = driver.run(step)
                lived.seconds.append(time.monotonic() - began)
                lived.outputs.append(outputs)
                lived.rss.append(_rss(pid))
                if ends != step.ends:
                    lived.surprises.append(f"{step.source}\n-> {ends}, not {step.ends}: {outputs}")
            case Round():
                lived.looks.append(Looked(len(lived.outputs), step, life, driver.look(), places.look()))
            case Happening():
                driver.happen(step.what)
                if step.what == "restart":
                    life += 1
                    pid = driver.look()["pid"]
    return lived


def _rss(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
