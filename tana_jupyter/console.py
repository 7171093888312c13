"""Console output of a run: shown while the cell runs, kept for the Outcome, bounded."""

import sys
import time
from collections.abc import Callable
from typing import Literal, NamedTuple

from tana_jupyter.guesttext import well_formed
from tana_jupyter.limits import CONSOLE_CHARACTERS, CONSOLE_LINES

Stream = Literal["stdout", "stderr"]

STREAMS: dict[str, Stream] = {
    "log": "stdout",
    "info": "stdout",
    "debug": "stdout",
    "warn": "stderr",
    "error": "stderr",
}
PAUSE = 0.05
BURST = 20


class Log(NamedTuple):
    """One console call of a contract, in ``outcome.logs``.

    >>> session.run("console.info('hi')").logs
    hi
    [Log(level='info', text='hi')]
    """

    level: str
    text: str

    @property
    def stream(self) -> Stream:
        """Where it was shown: ``stderr`` for ``warn`` and ``error``, else ``stdout``."""
        return STREAMS[self.level]


def to_system(stream: Stream, text: str) -> None:
    """Write to the stream that the cell's output is taken from, and see it off."""
    target = getattr(sys, stream)
    target.write(text)
    # The engine lets no other thread run. A kernel's first flush returns when its sender has made the message;
    # the second one when the message is gone.
    target.flush()
    target.flush()


class Console:
    """Collects the lines of one run and shows them: the first ones at once, a flood joined every 50 ms.

    Each showing costs a message. One is earned every 50 ms, up to 20.
    """

    def __init__(self, show: Callable[[Stream, str], None]) -> None:
        self.logs: list[Log] = []
        self.dropped = 0
        self._show = show
        self._waiting: list[str] = []
        self._stream: Stream = "stdout"
        self._characters = 0
        self._last = time.monotonic()
        self._earned = float(BURST)

    def write(self, level: str, text: str) -> None:
        """Take one line."""
        room = CONSOLE_CHARACTERS - self._characters
        if len(self.logs) >= CONSOLE_LINES or room <= 0:
            self.dropped += 1
            return
        text = well_formed(text)
        self._characters += len(text)
        if len(text) > room:
            text = f"{text[:room]}…"
            self.dropped += 1
        log = Log(level, text)
        self.logs.append(log)
        if log.stream != self._stream:
            self.flush()
            self._stream = log.stream
        self._waiting.append(text)
        now = time.monotonic()
        self._earned = min(BURST, self._earned + (now - self._last) / PAUSE)
        self._last = now
        if self._earned >= 1:
            self._earned -= 1
            self.flush()

    def flush(self) -> None:
        """Show what waits."""
        if self._waiting:
            lines, self._waiting = self._waiting, []
            self._show(self._stream, "\n".join(lines) + "\n")

    def close(self) -> None:
        """Show the rest, and say how much was not shown."""
        self.flush()
        if self.dropped:
            lines = "1 line is" if self.dropped == 1 else f"{self.dropped:,} lines are"
            self._show("stderr", f"(console output is cut: {lines} not shown, or not to the end)\n")
