"""That the benchmarks run and leave no row out; how long things take is no matter of these tests."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import subjects
from benchmarks.__main__ import main
from benchmarks.effort import QUICK, Sample
from benchmarks.table import (
    absent_row,
    fact_row,
    flat_row,
    line,
    most_row,
    peer_row,
    ratio_row,
    summary,
    time_row,
    time_text,
)
from tests.parts import PARTS, Part

ROOT = Path(__file__).parent.parent

BROWSED = [
    ", 20,000 keys: browser opened",
    ": ... and shown, its static table included",
    ": ... for the first time since the ",
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
    "firstpaint": [
        "memory, 20,000 keys just written: first browser of a kernel, first paint",
        "memory: ... a later one, first paint",
        "sqlite, 20,000 keys: first browser of a kernel, first paint",
        "sqlite: ... a later one, first paint",
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
        "... memory to show it",
    ],
    "start": [
        "import tana_jupyter",
        "... heavy packages that it imports",
        "... then the first Session()",
        "JavaScript that every new contract loads at once",
        "%load_ext tana_jupyter",
        "first %%tana cell",
        "... heavy packages that are imported by then",
    ],
    "stopping": [
        "a loop that awaits nothing: ended, after its time limit",
        "a loop that awaits nothing new: ended",
        "a loop that catches every error of kv.put: ended",
        "a regular expression that backtracks for ever: ended",
    ],
    "stores": [
        "sqlite: kv.put of a new key, awaited",
        "sqlite: kv.get, awaited",
        "sqlite: kv.list of 1,000 keys, awaited",
        "sqlite: opened, and one key read",
        "sqlite: ... opened and described",
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


def rows_of(done: subprocess.CompletedProcess[str], subject: str) -> list[str]:
    """The rows of the only subject that was measured; what stands above and below them is looked at here."""
    assert done.returncode == 0, done.stderr
    head, _, rest = done.stdout.partition(f"\n\n[{subject}] ")
    versions, titles, _ = head.splitlines()
    assert versions.startswith("CPython ")
    assert "dukpy " in versions
    assert versions.endswith("; quick: no time below says anything, nor does its verdict")
    assert [title.strip() for title in titles.split("|")] == ["what", "measured", "bar", "verdict"]
    table, _, end = rest.partition("\n\n")
    title, *rows = table.splitlines()
    assert title
    summary, *missed, took = end.splitlines()
    assert summary.startswith("bars: ")
    assert missed == [row for row in rows if row.endswith("MISSED")]
    assert re.fullmatch(r"measured in \d+ s", took)
    return rows


NEEDS = {
    "export": [pytest.mark.needs("postgres")],
    "firstpaint": [pytest.mark.needs("browser")],
    "stores": [pytest.mark.needs("postgres", "redis")],
}


# The rows of deno are looked at below, with and without a Deno beside them.
SUBJECTS = [pytest.param(name, marks=NEEDS.get(name, ())) for name in ROWS if name != "deno"]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_quick_run_prints_every_row(subject, tmp_path):
    done = run(tmp_path, "--quick", subject)
    rows = rows_of(done, subject)
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
    rows = rows_of(done, "deno")
    assert [row.partition(",")[0] for row in rows[::2]] == [what.partition(",")[0] for what in ROWS["deno"]]
    for row in rows[1::2]:
        assert re.match(r"\.\.\. in Deno \d+\.\d+\.\d+ +\| [\d.]+ \w+: [\d.]+ x ours +\| 1 x ", row)


def test_a_missing_deno_is_said_so(tmp_path):
    (tmp_path / "deno.py").write_text("raise ImportError")
    done = run(tmp_path, "--quick", "--peers", "deno", path=tmp_path)
    *rows, last = rows_of(done, "deno")
    assert len(rows) == len(ROWS["deno"])
    assert all(row.startswith(what) for row, what in zip(rows, ROWS["deno"], strict=True))
    assert re.match(r"\.\.\. the same in Deno +\| not here: pip install deno\b", last)


@pytest.mark.parametrize(
    ("subject", "absent"),
    [
        ("export", ["export to PostgreSQL"]),
        ("firstpaint", ["first paint of the key browser"]),
        ("stores", ["postgresql: kv.put", "redis: kv.put"]),
    ],
)
def test_a_missing_server_or_browser_is_said_so(subject, absent, monkeypatch):
    nothing = {name: Part(lambda: "a part", "install it") for name in PARTS}
    monkeypatch.setattr(f"benchmarks.subjects.{subject}.PARTS", nothing)
    rows = [row for row in subjects.subject(subject).rows(QUICK) if row.verdict == "not run"]
    assert [row.what[: len(what)] for row, what in zip(rows, absent, strict=True)] == absent
    assert {row.measured for row in rows} == {"not here: install it"}


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


@pytest.mark.parametrize(("ground", "verdict"), [(4e-6, "met"), (3.5e-6, "thin"), (2.5e-6, "MISSED")])
def test_a_ratio_has_a_bar_of_its_own(ground, verdict):
    row = ratio_row("it", Sample(6e-6, 5e-6), Sample(ground, 1e-6), 2)
    assert row.measured == f"6 us beside {ground * 1e6:g} us: {6e-6 / ground:.2f} x"
    assert (row.bar, row.verdict) == ("2 x", verdict)


@pytest.mark.parametrize(("found", "verdict"), [(3_000, "met"), (3_001, "thin"), (4_000, "thin"), (4_001, "MISSED")])
def test_a_number_may_reach_its_bar(found, verdict):
    assert most_row("it", found, 4_000, " bytes")[1:] == (f"{found:,} bytes", "4,000 bytes", verdict)


def test_a_size_that_grows_with_the_rows_is_missed():
    assert flat_row("memory", 1_000, 1_400)[1:] == ("the same", "the same", "met")
    assert flat_row("memory", 1_000, 8_000)[1:] == ("8.0 x", "the same", "MISSED")


def test_the_summary_counts_the_verdicts_and_repeats_what_is_missed():
    met, missed, free = (time_row(what, Sample(1.0, 1.0), bar) for what, bar in (("a", 2), ("b", 0.5), ("c", None)))
    text = summary([met, missed, met, free, absent_row("d", "install it")])
    assert text.splitlines() == ["bars: 2 met, 1 MISSED, 1 not run", line(missed)]
    assert summary([free]) == "bars: none"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1.5, "1.5 s"), (0.0421, "42.1 ms"), (4.2e-6, "4.2 us"), (3e-7, "0.3 us"), (-0.002, "-2 ms")],
)
def test_times_are_written_in_the_unit_that_suits_them(seconds, text):
    assert time_text(seconds) == text
