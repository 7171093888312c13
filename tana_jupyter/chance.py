"""The session's random numbers: the system's, or repeatable ones once a seed is set."""

import os
import random


class Chance:
    """Where Math.random, crypto and identifiers draw from: ``session.chance``.

    >>> session.chance.seed(7)
    >>> session.run("Math.random()").value
    0.32383276483316237
    """

    def __init__(self) -> None:
        self._random: random.Random = random.SystemRandom()
        self.seeded = False
        """True once a seed is set: then all that follows repeats."""

    def __repr__(self) -> str:
        return f"<Chance {'seeded' if self.seeded else 'of the system'}>"

    def seed(self, seed: int | str | None) -> None:
        """Make everything that follows repeatable; None goes back to the system's randomness.

        >>> session.chance.seed("any text, or a number")
        >>> session.chance.bytes(4).hex()
        'ab7be2fc'
        """
        self.seeded = seed is not None
        self._random = random.SystemRandom() if seed is None else random.Random(seed)

    def double(self) -> float:
        """The next number in [0, 1), as ``Math.random()`` gives it."""
        return self._random.random()

    def bytes(self, count: int) -> bytes:
        """The next random bytes, as ``crypto.getRandomValues`` gives them."""
        return self._random.randbytes(count) if self.seeded else os.urandom(count)
