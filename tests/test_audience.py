"""Listeners are told, and are not kept alive."""

from __future__ import annotations

from tana_jupyter.audience import Audience


class Ear:
    def __init__(self) -> None:
        self.heard = 0

    def changed(self) -> None:
        self.heard += 1


def test_listeners_are_told_until_they_leave() -> None:
    audience, one, two = Audience(), Ear(), Ear()
    audience.join(one)
    audience.join(two)
    audience.join(two)
    audience.changed()
    audience.leave(one)
    audience.leave(one)
    audience.changed()
    assert (one.heard, two.heard) == (1, 2)


def test_who_is_gone_is_not_told() -> None:
    audience = Audience()
    audience.join(Ear())
    audience.changed()
    assert len(audience) == 0


def test_a_listener_may_leave_while_it_is_told() -> None:
    audience = Audience()

    class Shy(Ear):
        def changed(self) -> None:
            super().changed()
            audience.leave(self)

    shy, ear = Shy(), Ear()
    audience.join(shy)
    audience.join(ear)
    audience.changed()
    audience.changed()
    assert (shy.heard, ear.heard) == (1, 2)
