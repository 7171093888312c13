"""``get`` and ``getMany``."""

from collections.abc import Sequence

from tana_jupyter import limits
from tana_jupyter.errors import GuestError
from tana_jupyter.modules.deno.databases import Databases
from tana_jupyter.modules.deno.keys import checked_read, key_of
from tana_jupyter.modules.deno.values import reply
from tana_jupyter.spaces import DENO

LONGEST = limits.DENO_READ_KEY - 1  # a read is a range, and a byte more closes it


class Reading:
    """Point reads of one contract."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    def get_packed(self, name: bytes, _arguments: bytes) -> bytes:
        """The entry under a key; handle and key lie in the name."""
        journal, contract, _, _ = self._databases.of(name[:4])
        key = key_of(name[4:])
        if len(key) > LONGEST:
            checked_read(key)
        row = journal.get(DENO, contract, key)
        return b"null" if row is None else reply(row)

    def get_many(self, handle: object, wires: Sequence[str]) -> bytes:
        """The entries under up to ten keys, of one moment."""
        database = self._databases.named(handle)
        if len(wires) > limits.DENO_GET_MANY:
            raise GuestError("TypeError", f"Too many ranges (max {limits.DENO_GET_MANY})")
        keys = [checked_read(key_of(wire.encode("utf-8", "surrogatepass"))) for wire in wires]
        rows = database.journal.get_many(DENO, database.contract, keys)
        return b"[%b]" % b",".join(b"null" if row is None else reply(row) for row in rows)
