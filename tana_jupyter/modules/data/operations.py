"""The host side of ``tana/data``: its limits and their texts, and what staging lets a contract see."""

import sys

import orjson

from tana_jupyter import limits, staging
from tana_jupyter.errors import GuestError, StoreError, TanaError
from tana_jupyter.guesttext import well_formed
from tana_jupyter.modules.host import Host
from tana_jupyter.spaces import DATA
from tana_jupyter.store.protocol import Row, Write


class Operations:
    """data of one contract. Keys and values count, and are kept, as UTF-8."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._journal = host.journal
        self._contract = host.contract
        self._staging = host.staging

    def set(self, key: object, text: object) -> None:
        """Stage a serialized value."""
        name = _key(key)
        if not isinstance(text, str):
            raise GuestError("TypeError", "Value is not serializable")
        value = well_formed(text).encode()
        if len(name) > limits.DATA_KEY:
            raise GuestError("Error", f"Key too large: {len(name)} bytes (max {limits.DATA_KEY})")
        if len(value) > limits.DATA_VALUE:
            raise GuestError("Error", f"Value too large: {len(value)} bytes (max {limits.DATA_VALUE})")
        self._staging.put(name, value)

    def set_ahead(self, key: object, number: int) -> None:
        """The same for a large text that was sent ahead in slices, so that it is refused with its size."""
        self.set(key, self._host.ahead(number))

    def get(self, key: object) -> bytes | None:
        """The serialized value, staged before committed; None where the key has none."""
        value = self._value(_key(key))
        return None if value is None else orjson.dumps(value.decode("utf-8", "replace"))

    def has(self, key: object) -> bool:
        """Whether the key has a value, staged before committed."""
        return self._value(_key(key)) is not None

    def delete(self, key: object) -> None:
        """Stage a delete; that there is such a key is not asked."""
        self._staging.put(_key(key), None)

    def keys(self) -> list[str]:
        """All keys as a commit would leave them, by code point."""
        return [key.decode("utf-8", "replace") for key in sorted(self._merged(keys_only=True))]

    def entries(self) -> list[str]:
        """Keys in the same order, each followed by its serialized value."""
        return [text.decode("utf-8", "replace") for pair in sorted(self._merged().items()) for text in pair]

    def clear(self) -> None:
        """Delete what is committed, in one commit, and forget what is staged."""
        writes = [Write(DATA, self._contract, row.key, None) for row in self._committed(keys_only=True)]
        if writes:
            self._journal.commit(writes)
            self._journal.store.flush()
        self._staging.clear()

    def commit(self) -> None:
        """Write what is staged."""
        try:
            staging.commit(self._journal, {self._contract: self._staging}, self._host.clock.now_us())
        except StoreError:
            raise
        except TanaError as error:
            raise GuestError("Error", str(error)) from None

    def _value(self, key: bytes) -> bytes | None:
        rows = self._staging.rows
        if key in rows:
            return rows[key]
        row = self._journal.get(DATA, self._contract, key)
        return None if row is None else row.value

    def _committed(self, *, keys_only: bool = False) -> list[Row]:
        return self._journal.scan(DATA, self._contract, b"", None, limit=sys.maxsize, keys_only=keys_only)

    def _merged(self, *, keys_only: bool = False) -> dict[bytes, bytes]:
        """What is committed, with what is staged laid over it."""
        merged: dict[bytes, bytes | None] = {}
        merged |= {row.key: row.value for row in self._committed(keys_only=keys_only)}
        merged |= self._staging.rows
        return {key: value for key, value in merged.items() if value is not None}


def _key(key: object) -> bytes:
    if not isinstance(key, str):
        raise GuestError("TypeError", "Key must be a string")
    return well_formed(key).encode()
