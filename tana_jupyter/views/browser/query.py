"""What a browser shows, in six words; the table itself stays in the store."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from tana_jupyter import limits
from tana_jupyter.spaces import APIS
from tana_jupyter.views.browser.messages import Reader, Refused, choice, contract, text


class Query(NamedTuple):
    """Where to look, and how.

    >>> Query("shop", "kv").with_fields({"prefix": "user:", "view": "tree"})
    Query(contract='shop', api='kv', prefix='user:', view='tree', layer='both', order='key')
    """

    contract: str
    api: str
    prefix: str = ""
    view: str = "flat"
    """``flat``, or ``tree``: branches by ``:``, in Deno KV by the parts of keys."""
    layer: str = "both"
    """Of data what is ``committed``, what is ``staged``, or ``both``; elsewhere all is committed."""
    order: str = "key"
    """``key`` or ``-key``."""

    def with_fields(self, fields: Mapping[str, object]) -> "Query":
        """The query with some of its fields changed; raises Refused where one cannot be so."""
        changed = {}
        for name, reader in READERS.items():
            if name in fields:
                try:
                    changed[name] = reader(fields[name])
                except Refused as problem:
                    raise Refused(f"query: {name} {problem}") from None
        return self._replace(**changed)

    @property
    def reverse(self) -> bool:
        """Whether the largest key comes first."""
        return self.order == "-key"


READERS: Final[Mapping[str, Reader]] = {
    "contract": contract,
    "api": choice(*APIS),
    "prefix": text(limits.BROWSER_KEY_TEXT),
    "view": choice("flat", "tree"),
    "layer": choice("committed", "staged", "both"),
    "order": choice("key", "-key"),
}
