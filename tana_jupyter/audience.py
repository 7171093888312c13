"""Who wants to hear that data, staging or the clock changed: views on the page, held weakly."""

from typing import Protocol
from weakref import WeakSet


class Listener(Protocol):
    """Something that shows data."""

    def changed(self) -> None:
        """Something may have changed; must be quick, and must not raise."""
        ...


class Audience:
    """The listeners of one session; one that nobody else holds is forgotten.

    >>> audience = Audience()
    >>> browser = session.browse()
    >>> audience.join(browser)
    >>> audience.changed()
    >>> len(audience)
    1
    """

    def __init__(self) -> None:
        self._listeners: WeakSet[Listener] = WeakSet()

    def __len__(self) -> int:
        return len(self._listeners)

    def join(self, listener: Listener) -> None:
        """Tell this one from now on."""
        self._listeners.add(listener)

    def leave(self, listener: Listener) -> None:
        """Tell this one no longer."""
        self._listeners.discard(listener)

    def changed(self) -> None:
        """Tell all of them."""
        if self._listeners:
            for listener in list(self._listeners):
                listener.changed()
