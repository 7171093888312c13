"""Large texts that cross into Python in slices, ahead of the call that needs them."""

from tana_jupyter.errors import GuestError
from tana_jupyter.guesttext import well_formed

MOST_BYTES = 64 * 1024 * 1024


class Ahead:
    """Keeps what ``tana.sendAhead`` sends, until the call that names its number takes it."""

    def __init__(self) -> None:
        self._texts: dict[int, list[str]] = {}
        self._last = 0
        self._size = 0

    def add(self, number: int, slice_: str) -> int:
        """Append a slice under ``number`` (0 begins a new text) and return the number."""
        self._size += len(slice_)
        if self._size > MOST_BYTES:
            self.clear()
            raise GuestError("RangeError", f"Value too large to leave the contract (max {MOST_BYTES} characters)")
        if number == 0:
            self._last = number = self._last + 1
            self._texts[number] = []
        self._texts[number].append(slice_)
        return number

    def take(self, number: int) -> str:
        """The whole text, forgotten here."""
        text = "".join(self._texts.pop(number))
        self._size -= len(text)
        return text

    def text(self, sent: object) -> str | None:
        """A text as ``short`` in run.js sends it: itself, or ``["", number]``."""
        if isinstance(sent, list):
            return self.take(int(sent[1]))
        return None if sent is None else well_formed(str(sent))

    def clear(self) -> None:
        """Forget what no call came for."""
        self._texts.clear()
        self._size = 0
