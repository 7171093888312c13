"""Digests of data that comes in slices."""

import hashlib

from tana_jupyter.errors import GuestError
from tana_jupyter.modules.web.bytes import bytes_of

ALGORITHMS = {"SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


class Digests:
    """The one digest a contract is computing now: all its slices arrive within one ``subtle.digest``."""

    def __init__(self) -> None:
        self._name: object = None
        self._running = hashlib.sha256()

    def update(
        self, name: object = None, data: object = None, first: object = None, last: object = None, *_: object
    ) -> str | None:
        """Take one slice, one character per byte; the digest in the same form with the last one.

        >>> Digests().update("SHA-1", "abc", True, True).encode("latin-1").hex()
        'a9993e364706816aba3e25717850c26c9cd0d89d'
        """
        if not isinstance(name, str) or name not in ALGORITHMS:
            known = ", ".join(ALGORITHMS)
            raise GuestError("NotSupportedError", f"crypto.subtle.digest knows {known}, not '{str(name)[:100]}'")
        if first is True:
            self._name, self._running = name, hashlib.new(ALGORITHMS[name], usedforsecurity=False)
        elif self._name != name:
            raise GuestError("OperationError", "This digest was not begun")
        self._running.update(bytes_of(data))
        if last is not True:
            return None
        self._name = None
        return self._running.digest().decode("latin-1")
