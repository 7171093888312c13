"""How far it is: a bar that comes late and goes away, and reports for whoever asks."""

import pytest

from tana_jupyter import limits
from tana_jupyter.transfer.progress import Bar, Progress
from tests.transfer_harness import fill, quiet


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress("comparing", 0, 20, 0.0), "comparing [                        ] 0 of 20 rows, 0 rows/s"),
        (Progress("writing", 20, 20, 0.5), "writing [########################] 20 of 20 rows, 40 rows/s"),
        (Progress("writing", 90, 20, 1.0), "writing [########################] 90 of 20 rows, 90 rows/s"),
        (Progress("planning", 5000, None, 0.5), "planning 5,000 rows, 10,000 rows/s"),
    ],
)
def test_a_report_is_one_line(progress, text):
    assert str(progress) == text


def test_the_bar_comes_after_a_second_and_leaves_an_empty_line():
    shown = []
    bar = Bar(shown.append)
    bar(Progress("planning", 10, None, 0.99))
    assert shown == []
    bar(Progress("planning", 1000, None, 1.0))
    bar(Progress("planning", 5, None, 2.0))
    bar.close()
    bar.close()
    first, second, end = shown
    assert first == "\rplanning 1,000 rows, 1,000 rows/s"
    assert second.startswith("\rplanning 5 rows, 2 rows/s ")
    assert len(second) == len(first) == len(end) - 1
    assert end == f"\r{' ' * (len(first) - 1)}\r"


def told(session, run):
    texts = []
    session.show = lambda stream, text: texts.append((stream, text))
    run()
    return texts


def test_it_is_drawn_on_stderr_unless_quiet(tmp_path, monkeypatch):
    session = quiet()
    fill(session, {f"k{number}": "v" for number in range(2000)})
    assert told(session, lambda: session.export(tmp_path / "a.jsonl").apply()) == []  # over before it would appear
    monkeypatch.setattr(limits, "PROGRESS_AFTER", 0.0)
    from tana_jupyter.transfer import progress

    monkeypatch.setattr(progress, "PROGRESS_AFTER", 0.0)
    monkeypatch.setattr(progress, "_EVERY", 0.0)
    texts = told(session, lambda: session.export(tmp_path / "b.jsonl").apply())
    assert {stream for stream, _ in texts} == {"stderr"}
    assert any("of 2,000 rows" in text for _, text in texts)
    assert texts[-1][1].strip() == ""
    assert told(session, lambda: session.export(tmp_path / "c.jsonl", quiet=True).apply()) == []


def test_whoever_asks_is_told_instead(tmp_path, monkeypatch):
    from tana_jupyter.transfer import progress

    monkeypatch.setattr(progress, "_EVERY", 0.0)
    session, reports = quiet(), []
    fill(session, {f"k{number}": "v" for number in range(1000)})
    plan = session.export(tmp_path / "a.jsonl")
    assert told(session, lambda: plan.apply(progress=reports.append)) == []
    assert [report.done for report in reports] == sorted(report.done for report in reports)
    assert (reports[-1].phase, reports[-1].done, reports[-1].total) == ("writing", 1000, 1000)
