"""A short day in a bare kernel: nothing grows but what is kept on purpose, and Run All does the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("jupyter_client", reason="pip install -e '.[test]'")

from tests.day import story, verdict
from tests.day.bare import Bare
from tests.day.living import Lived, live
from tests.day.places import Places, opened
from tests.kernel import Kernel, running_kernel

if TYPE_CHECKING:
    from tests.servers import Postgres

pytestmark = [
    pytest.mark.needs("kernel", "postgres"),
    pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the kernel is looked at through /proc"),
]


@pytest.fixture(scope="module")
def places(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    with opened(tmp_path_factory.mktemp("day"), valkey=False, postgres=postgres) as there:
        yield there


@pytest.fixture(scope="module")
def kernel(places: Places) -> Iterator[Kernel]:
    with running_kernel(places.folder, places.env) as running:
        yield running


@pytest.fixture(scope="module")
def lived(kernel: Kernel, places: Places) -> Lived:
    """The day, lived once for all tests."""
    return live(story.day(story.SHORT), Bare(kernel), places)


def test_every_cell_comes_to_what_it_should(lived: Lived) -> None:
    assert lived.surprises == []


def test_nothing_grows(lived: Lived) -> None:
    assert verdict.grown(lived, warm=story.WARM) == []


def test_restart_and_run_all_shows_the_same(lived: Lived, kernel: Kernel, places: Places) -> None:
    places.empty()
    kernel.restart()
    again = live(story.day(story.SHORT[:1]), Bare(kernel), places)
    assert again.outputs == lived.outputs[: len(again.outputs)]
