"""The console of a run: shown while it runs, in order, bounded, kept."""

from __future__ import annotations

import pytest

from tana_jupyter import limits
from tana_jupyter.console import BURST, PAUSE, Console, Log, Stream, to_system


class Screen:
    """Takes what a console shows, and the time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shown: list[tuple[Stream, str]] = []
        self.now = 1000.0
        monkeypatch.setattr("tana_jupyter.console.time.monotonic", lambda: self.now)
        self.console = Console(lambda stream, text: self.shown.append((stream, text)))

    def text(self, stream: Stream) -> str:
        return "".join(text for name, text in self.shown if name == stream)


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    return Screen(monkeypatch)


@pytest.mark.parametrize(
    ("level", "stream"),
    [
        ("log", "stdout"),
        ("info", "stdout"),
        ("debug", "stdout"),
        ("warn", "stderr"),
        ("error", "stderr"),
    ],
)
def test_each_level_has_its_stream(screen: Screen, level: str, stream: Stream) -> None:
    screen.console.write(level, "text")
    assert screen.shown == [(stream, "text\n")]
    assert screen.console.logs == [Log(level, "text")]
    assert screen.console.logs[0].stream == stream


def test_the_first_lines_are_shown_at_once(screen: Screen) -> None:
    for number in range(BURST):
        screen.console.write("log", str(number))
        assert screen.shown[-1] == ("stdout", f"{number}\n")


def test_a_flood_is_joined(screen: Screen) -> None:
    for number in range(5000):
        screen.console.write("log", str(number))
    assert len(screen.shown) == BURST
    screen.now += 1.5 * PAUSE
    screen.console.write("log", "after a pause")
    assert len(screen.shown) == BURST + 1
    screen.console.close()
    assert screen.text("stdout") == "".join(f"{number}\n" for number in range(5000)) + "after a pause\n"


def test_a_long_pause_earns_a_burst_and_no_more(screen: Screen) -> None:
    screen.now += 3600
    for number in range(5 * BURST):
        screen.console.write("log", str(number))
    assert len(screen.shown) == BURST


def test_the_two_streams_keep_their_order(screen: Screen) -> None:
    for number in range(3 * BURST):
        screen.console.write("error" if number % 2 else "log", str(number))
    screen.console.close()
    lines = [line for _, text in screen.shown for line in text.splitlines()]
    assert lines == [str(number) for number in range(3 * BURST)]
    assert screen.text("stderr").splitlines() == [str(number) for number in range(1, 3 * BURST, 2)]


def test_too_many_lines_are_counted_not_shown(screen: Screen) -> None:
    for number in range(limits.CONSOLE_LINES + 7):
        screen.console.write("log", str(number))
    screen.console.close()
    assert len(screen.console.logs) == limits.CONSOLE_LINES
    assert screen.text("stdout").count("\n") == limits.CONSOLE_LINES
    assert screen.text("stderr") == "(console output is cut: 7 lines are not shown, or not to the end)\n"


def test_a_long_line_is_shown_as_far_as_there_is_room(screen: Screen) -> None:
    screen.console.write("log", "x" * (limits.CONSOLE_CHARACTERS + 5))
    screen.console.close()
    assert screen.text("stdout") == "x" * limits.CONSOLE_CHARACTERS + "…\n"
    assert screen.text("stderr") == "(console output is cut: 1 line is not shown, or not to the end)\n"
    screen.console.write("log", "more")
    assert len(screen.console.logs) == 1


def test_exactly_as_much_as_there_is_room_for(screen: Screen) -> None:
    screen.console.write("log", "x" * limits.CONSOLE_CHARACTERS)
    screen.console.close()
    assert screen.console.dropped == 0
    assert screen.text("stderr") == ""


def test_half_a_surrogate_pair_breaks_no_stream(screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    screen.console.write("log", "a\ud800b")
    assert screen.shown == [("stdout", "a\ufffdb\n")]
    to_system("stdout", screen.shown[0][1])
    to_system("stderr", "err\n")
    assert capsys.readouterr() == ("a\ufffdb\n", "err\n")


def test_nothing_is_shown_of_nothing(screen: Screen) -> None:
    screen.console.flush()
    screen.console.close()
    assert screen.shown == []
