"""That the changelog speaks of this version, and names nothing that is not there."""

import datetime as dt
import re
import tomllib
from pathlib import Path

import pytest

import tana_jupyter
from tana_jupyter.magics import verbs

ROOT = Path(__file__).parent.parent
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
RELEASES = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})$", CHANGELOG, re.MULTILINE)


def test_the_newest_release_is_the_version_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert RELEASES[0][0] == tana_jupyter.__version__ == project["version"]


def test_releases_have_dates_and_stand_newest_first() -> None:
    assert len(RELEASES) == len(re.findall(r"^## ", CHANGELOG, re.MULTILINE))
    dates = [dt.date.fromisoformat(date) for _, date in RELEASES]
    assert dates == sorted(dates, reverse=True)


@pytest.mark.parametrize("verb", sorted(set(re.findall(r"`%tana (\w+)", CHANGELOG))))
def test_it_names_verbs_that_are_there(verb: str) -> None:
    assert Path(*verbs.__path__, f"{verb}.py").exists()


@pytest.mark.parametrize("method", sorted(set(re.findall(r"`session\.(\w+)\(", CHANGELOG))))
def test_it_names_methods_that_are_there(method: str) -> None:
    assert callable(getattr(tana_jupyter.Session, method))
