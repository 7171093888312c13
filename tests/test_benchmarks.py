"""That the benchmarks run and leave no row out; how long things take is no matter of these tests."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.effort import Sample
from benchmarks.table import fact_row, line, peer_row, time_row, time_text

ROOT = Path(__file__).parent.parent

BROWSED = [
    ", 20,000 keys: browser opened",
    ": ... and shown, its static table included",
    ": ... for the first time since the keys were written",
    ": page of 100 rows, the first",
    ": ... in the middle",
    ": ... the last, in reverse order",
    ": page of 500 rows",
    ": search by a prefix",
    ": search that finds nothing",
    ": tree, one branch with all keys",
    ": tree, 500 of its children",
    ": one key in full",
    ": namespaces with counts and sizes",
]
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
    "completion": [
        "Tab for members of kv",
        "Tab for keys, kv store of 2,000",
        "Tab for the names in an empty place",
        "Tab for keys after 5 cells",
        "Shift+Tab on kv.put",
        "the first Tab in a kernel",
        "... and in one in which a cell has run",
    ],
    "deno": [
        "Deno KV set of a new key, awaited, memory store",
        "Deno KV get",
        "Deno KV list of 1,000 entries",
        "Deno KV delete",
        "Deno KV atomic check, set and sum",
        "Deno KV atomic of ten sets",
        "Deno KV set of a new key, awaited, sqlite store",
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
        "browser opened and shown in a fresh process, few keys",
        "... after importing anywidget",
        *(f"memory{what}" for what in BROWSED),
        *(f"sqlite{what}" for what in BROWSED),
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
    "stores": [
        "sqlite: kv.put of a new key, awaited",
        "sqlite: kv.get, awaited",
        "sqlite: kv.list of 1,000 keys, awaited",
        "sqlite: opened, and one key read",
        "postgresql: kv.put of a new key, awaited",
        "postgresql: kv.get, awaited",
        "postgresql: kv.list of 1,000 keys, awaited",
        "redis: kv.put of a new key, awaited",
        "redis: kv.get, awaited",
        "redis: kv.list of 1,000 keys, awaited",
    ],
}


def run(folder: Path, *arguments: str, path: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """`python -m benchmarks` with an IPython profile of its own; modules of `path` come before others."""
    environment = os.environ | {"PYTHONPATH": f"{path}{os.pathsep}{ROOT}", "IPYTHONDIR": str(folder)}
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)


NEEDS = {"export": [pytest.mark.needs("postgres")], "stores": [pytest.mark.needs("postgres", "redis")]}


# The rows of deno are looked at below, with and without a Deno beside them.
SUBJECTS = [pytest.param(name, marks=NEEDS.get(name, ())) for name in ROWS if name != "deno"]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_quick_run_prints_every_row(subject, tmp_path):
    done = run(tmp_path, "--quick", subject)
    assert done.returncode == 0, done.stderr
    versions, titles, _, *rows = done.stdout.splitlines()
    assert versions.startswith("CPython ")
    assert "dukpy " in versions
    assert versions.endswith("; quick: no time below says anything, nor does its verdict")
    assert [title.strip() for title in titles.split("|")] == ["what", "measured", "bar", "verdict"]
    assert len(rows) == len(ROWS[subject])
    for row, what in zip(rows, ROWS[subject], strict=True):
        assert row.startswith(what)
    assert str(ROOT) not in done.stdout


@pytest.mark.parametrize(
    ("argument", "code", "text"),
    [("--help", 0, "what to measure: {}"), ("nothing", 2, "no such benchmark: nothing; there are: {}")],
)
def test_every_subject_is_listed_here(argument, code, text, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["benchmarks", argument])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == code
    assert text.format(", ".join(ROWS)) in " ".join("".join(capsys.readouterr()).split())


@pytest.mark.needs("deno")
def test_deno_runs_beside_ours(tmp_path):
    done = run(tmp_path, "--quick", "--peers", "deno")
    assert done.returncode == 0, done.stderr
    rows = done.stdout.splitlines()[3:]
    assert [row.partition(",")[0] for row in rows[::2]] == [what.partition(",")[0] for what in ROWS["deno"]]
    for row in rows[1::2]:
        assert re.match(r"\.\.\. in Deno \d+\.\d+\.\d+ +\| [\d.]+ \w+: [\d.]+ x ours +\| 1 x ", row)


def test_what_is_not_installed_is_said_so(tmp_path):
    (tmp_path / "deno.py").write_text("raise ImportError")
    done = run(tmp_path, "--quick", "--peers", "deno", path=tmp_path)
    assert done.returncode == 0, done.stderr
    *rows, last = done.stdout.splitlines()[3:]
    assert len(rows) == len(ROWS["deno"])
    assert all(row.startswith(what) for row, what in zip(rows, ROWS["deno"], strict=True))
    assert re.match(r"\.\.\. the same in Deno +\| not here: pip install deno\b", last)


@pytest.mark.parametrize(("seconds", "verdict"), [(0.007, "met"), (0.0075, "met"), (0.009, "thin"), (0.011, "MISSED")])
def test_the_verdict_keeps_a_quarter_of_air(seconds, verdict):
    assert time_row("it", Sample(seconds, seconds), 0.01).verdict == verdict


def test_a_row_without_a_bar_has_no_verdict():
    assert line(time_row("it", Sample(2e-6, 1e-6))).split("|")[1].strip() == "2 us (best 1 us)"
    assert line(time_row("it", Sample(2e-6, 1e-6))).count("us") == 2


def test_a_peer_should_take_longer():
    ahead, behind = (peer_row("it", Sample(6e-6, 5e-6), Sample(ours, 1e-6)) for ours in (3e-6, 8e-6))
    assert (ahead.measured, ahead.verdict) == ("6 us: 2.00 x ours", "met")
    assert (behind.measured, behind.verdict) == ("6 us: 0.75 x ours", "MISSED")


def test_a_fact_is_met_or_missed():
    assert fact_row("heavy packages", "none", "none").verdict == "met"
    assert fact_row("heavy packages", "pandas", "none").verdict == "MISSED"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1.5, "1.5 s"), (0.0421, "42.1 ms"), (4.2e-6, "4.2 us"), (3e-7, "0.3 us"), (-0.002, "-2 ms")],
)
def test_times_are_written_in_the_unit_that_suits_them(seconds, text):
    assert time_text(seconds) == text
