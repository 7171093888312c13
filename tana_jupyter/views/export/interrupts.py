"""The kernel's Stop, for work on a thread: an idle kernel ignores the signal, and threads never see one."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class Interrupts:
    """Hears SIGINT for as long as a block lasts; made on the kernel's main thread, entered on any.

    >>> plan = session.export("backup.jsonl")
    >>> with Interrupts().to(lambda: print("cancel")):
    ...     plan.apply().counts.added
    6

    Outside of a kernel there is no loop that could set a handler from afar, and nothing is heard.
    """

    def __init__(self) -> None:
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        self._heard: Callable[[], object] | None = None
        self._before: Any = None

    @contextmanager
    def to(self, heard: Callable[[], object]) -> Iterator[None]:
        """Call ``heard`` where a SIGINT arrives and no cell is there to take it."""
        self._heard = heard
        self._on_main_thread(self._install)
        try:
            yield
        finally:
            self._heard = None
            self._on_main_thread(self._remove)

    def _on_main_thread(self, do: Callable[[], None]) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the kernel is ending
                self._loop.call_soon_threadsafe(do)

    def _install(self) -> None:
        now = signal.getsignal(signal.SIGINT)
        if self._heard is not None and now != self._on_signal:
            self._before = signal.signal(signal.SIGINT, self._on_signal)

    def _remove(self) -> None:
        # While a cell waits for something the kernel has set its own handler, and sets ours again after it.
        if self._heard is None and signal.getsignal(signal.SIGINT) == self._on_signal:
            signal.signal(signal.SIGINT, self._before)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._heard is not None:
            self._heard()
        elif callable(self._before):
            self._before(number, frame)
