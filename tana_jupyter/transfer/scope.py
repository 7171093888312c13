"""Which rows take part: one contract or all, one API or all, one prefix or all."""

import re
from typing import NamedTuple

from tana_jupyter import denokey, limits
from tana_jupyter.errors import TanaError
from tana_jupyter.guesttext import well_formed
from tana_jupyter.spaces import APIS
from tana_jupyter.store.keys import prefix_end

SPACES = tuple(sorted(APIS))
"""What is exported, in the order in which rows are compared and written."""

_CONTRACT = re.compile(limits.CONTRACT_NAME)

Span = tuple[bytes, bytes | None]


class Scope(NamedTuple):
    """The filter of a plan.

    >>> Scope("shop", "kv", "user:").span("kv")
    (b'user:', b'user;')
    """

    contract: str | None
    api: str | None
    prefix: str | None

    def check(self) -> None:
        """Refuse what can be no filter.

        :raises TanaError: no such API, no such contract name, or a prefix of Deno keys that is no list of parts.
        """
        if self.api is not None and self.api not in SPACES:
            raise TanaError(f"there is no API {self.api!r:.100} to export or import: kv, data or deno")
        if self.contract is not None and not _CONTRACT.fullmatch(self.contract):
            raise TanaError(f"{self.contract!r:.100} is no contract name")
        if self.api == "deno" and self.prefix:
            denokey.parse(self.prefix)

    @property
    def spaces(self) -> tuple[str, ...]:
        """The APIs that take part."""
        return SPACES if self.api is None else (self.api,)

    def span(self, space: str) -> Span | None:
        """From which key to before which other; None where no key of this API can match.

        In deno a prefix is written as the list of its parts: ``["users"]``.
        """
        if not self.prefix:
            return b"", None
        start = well_formed(self.prefix).encode()
        if space == "deno":
            try:
                start = denokey.parse(self.prefix)
            except TanaError:
                return None
        return start, prefix_end(start)

    def describe(self) -> str:
        """``shop/kv user:*``; ``everything`` where nothing is left out."""
        if self == (None, None, None):
            return "everything"
        where = f"{self.contract or 'all contracts'}/{self.api or 'all APIs'}"
        return f"{where} {self.prefix}*" if self.prefix else where
