"""That the benchmarks run and leave no row out; how long things take is no matter of these tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.effort import Sample
from benchmarks.table import fact_row, line, time_row, time_text

ROOT = Path(__file__).parent.parent

ROWS = {
    "cells": [
        "an empty Python cell",
        "one-line cell above it, 9,000 live objects",
        "... with 1,000 live objects",
        "25-line TypeScript cell above it, ten store operations",
        "one-line cell and an enum",
        "a new contract name",
        "one-line cell above an empty one, after 5 cells",
    ],
    "export": [
        "first export of ",
        "repeated export of ",
        "... memory of an export",
        "import of ",
    ],
    "kv": [
        "kv.put of a new key",
        "kv.get",
        "kv.delete",
        "... a bare host call",
        "kv.list of 1,000 keys",
    ],
    "seeing": [
        "browser opened",
        "... and shown, its static table included",
        "... for the first time since all keys were written",
        "... in a fresh process, few keys",
        "... after importing anywidget",
        "page of 100 rows, the first",
        "... in the middle",
        "... the last, in reverse order",
        "page of 500 rows",
        "search by a prefix",
        "search that finds nothing",
        "tree, one branch with all keys",
        "tree, 500 of its children",
        "one key in full",
        "namespaces with counts and sizes",
        "widget models of a browser",
        "... growth of its state",
    ],
    "start": [
        "import tana_jupyter",
        "... heavy packages that it imports",
        "... then the first Session()",
        "%load_ext tana_jupyter",
        "first %%tana cell",
        "... heavy packages that are imported by then",
    ],
}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m benchmarks` with an IPython profile of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(folder)}
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)


NEEDS = {"export": [pytest.mark.needs("postgres")]}


@pytest.mark.parametrize("subject", [pytest.param(name, marks=NEEDS.get(name, ())) for name in ROWS])
def test_a_quick_run_prints_every_row(subject, tmp_path):
    done = run(tmp_path, "--quick", subject)
    assert done.returncode == 0, done.stderr
    versions, titles, _, *rows = done.stdout.splitlines()
    assert versions.startswith("CPython ")
    assert "dukpy " in versions
    assert [title.strip() for title in titles.split("|")] == ["what", "measured", "bar", "verdict"]
    assert len(rows) == len(ROWS[subject])
    for row, what in zip(rows, ROWS[subject], strict=True):
        assert row.startswith(what)
    assert str(ROOT) not in done.stdout


def test_every_subject_is_listed_here(tmp_path):
    done = run(tmp_path, "--help")
    assert done.returncode == 0
    assert f"what to measure: {', '.join(ROWS)}" in " ".join(done.stdout.split())


def test_an_unknown_subject_is_named(tmp_path):
    done = run(tmp_path, "nothing")
    assert done.returncode == 2
    assert "no such benchmark: nothing; there are: cells, export, kv, seeing, start" in done.stderr


@pytest.mark.parametrize(("seconds", "verdict"), [(0.007, "met"), (0.0075, "met"), (0.009, "thin"), (0.011, "MISSED")])
def test_the_verdict_keeps_a_quarter_of_air(seconds, verdict):
    assert time_row("it", Sample(seconds, seconds), 0.01).verdict == verdict


def test_a_row_without_a_bar_has_no_verdict():
    assert line(time_row("it", Sample(2e-6, 1e-6))).split("|")[1].strip() == "2 us (best 1 us)"
    assert line(time_row("it", Sample(2e-6, 1e-6))).count("us") == 2


def test_a_fact_is_met_or_missed():
    assert fact_row("heavy packages", "none", "none").verdict == "met"
    assert fact_row("heavy packages", "pandas", "none").verdict == "MISSED"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1.5, "1.5 s"), (0.0421, "42.1 ms"), (4.2e-6, "4.2 us"), (3e-7, "0.3 us"), (-0.002, "-2 ms")],
)
def test_times_are_written_in_the_unit_that_suits_them(seconds, text):
    assert time_text(seconds) == text
