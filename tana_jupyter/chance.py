"""The session's random numbers: the system's, or repeatable ones once a seed is set."""

import os
import random


class Chance:
    """Where Math.random, crypto and identifiers draw from.

    >>> chance = Chance()
    >>> chance.seed(7)
    >>> chance.double()
    0.32383276483316237
    """

    def __init__(self) -> None:
        self._random: random.Random = random.SystemRandom()
        self.seeded = False

    def seed(self, seed: int | str | None) -> None:
        """Make everything that follows repeatable; None goes back to the system's randomness."""
        self.seeded = seed is not None
        self._random = random.SystemRandom() if seed is None else random.Random(seed)

    def double(self) -> float:
        """A number in [0, 1)."""
        return self._random.random()

    def bytes(self, count: int) -> bytes:
        """Random bytes."""
        return self._random.randbytes(count) if self.seeded else os.urandom(count)
