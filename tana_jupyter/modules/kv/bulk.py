"""Many keys in one call: ``get([...])``, ``putBulk`` and ``deleteBulk``."""

import orjson

from tana_jupyter import limits
from tana_jupyter.errors import GuestError
from tana_jupyter.modules.host import Host
from tana_jupyter.modules.kv.keys import checked, checked_member, utf8
from tana_jupyter.modules.kv.refusals import check_cache_ttl, failed, read_only, value_too_large
from tana_jupyter.modules.kv.terms import terms
from tana_jupyter.modules.kv.values import received, text_of
from tana_jupyter.spaces import KV
from tana_jupyter.store.protocol import Write

TYPES = ("text", "json")


class Bulk:
    """The bulk calls of one contract. A bulk put arrives in parts and is written by its last one, all or nothing."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._journal = host.journal
        self._contract = host.contract
        self._writes: list[Write] = []
        self._size = 0

    def get(self, keys: list[str], asked: int, kind: str, cache_ttl: int | None) -> bytes:
        """``[[text, metadata] or null, ...]`` for these keys; ``asked`` counts duplicates too."""
        if kind not in TYPES:
            raise failed("GET_BULK", 400, f'"{kind}" is not a valid type. Use "json" or "text"')
        asked = max(asked, len(keys))
        if asked > limits.KV_BULK_GET:
            raise failed("GET_BULK", 400, f"You can request a maximum of {limits.KV_BULK_GET} keys")
        if asked < 1:
            raise failed("GET_BULK", 400, "You must request a minimum of 1 key")
        names = [checked_member(key) for key in keys]
        check_cache_ttl(cache_ttl, "GET_BULK")
        rows = self._journal.get_many(KV, self._contract, names)
        if sum(len(row.value) for row in rows if row is not None) > limits.KV_BULK_GET_VALUES:
            raise failed("GET_BULK", 413, "Total size of request exceeds the limit of 25MB")
        found = [
            b"null" if row is None else b"[%b,%b]" % (orjson.dumps(text_of(row)), row.metadata or b"null")
            for row in rows
        ]
        return b"[%b]" % b",".join(found)

    def begin(self) -> None:
        """Begin a bulk put; one that was left unfinished is forgotten."""
        if self._host.situation.read_only:
            raise read_only(self._host.situation)
        self._writes = []
        self._size = 0

    def add(self, entries: list[list[object]]) -> None:
        """Check a part of a bulk put: ``[key, value, ttl, expiration, metadata]`` each."""
        try:
            for entry in entries:
                self._add(*entry)
        except GuestError:
            self._writes = []  # nobody will come for them
            raise

    def _add(self, key: object, sent: object, ttl: object, expiration: object, metadata: object) -> None:
        value = received(self._host, sent)
        try:
            name = checked(utf8(str(key)), "PUT")
            until, data = terms(
                self._host.clock.now_us(), ttl, expiration, None if metadata is None else utf8(str(metadata))
            )
            if value.size > limits.KV_VALUE:
                raise value_too_large(value.size)
        except GuestError as error:
            error.fields["index"] = len(self._writes)
            raise
        self._size += len(name) + value.size + len(data or b"")
        self._writes.append(Write(KV, self._contract, name, value.data, value.encoding, until, data))
        if len(self._writes) > limits.KV_BULK_PUT:
            raise failed("PUT_BULK", 400, f"You can write a maximum of {limits.KV_BULK_PUT} keys")
        if self._size > limits.KV_BULK_PUT_SIZE:
            raise failed("PUT_BULK", 413, "Total size of request exceeds the limit of 100MB")

    def commit(self) -> None:
        """Write what was added, in one commit."""
        writes, self._writes = self._writes, []
        self._write(writes)

    def delete(self, keys: list[str]) -> None:
        """Delete these keys in one commit, those that are not there as well."""
        if len(keys) > limits.KV_BULK_PUT:
            raise failed("DELETE_BULK", 400, f"You can delete a maximum of {limits.KV_BULK_PUT} keys")
        self._write([Write(KV, self._contract, checked(utf8(key), "DELETE"), None) for key in keys])

    def _write(self, writes: list[Write]) -> None:
        if self._host.situation.read_only:
            raise read_only(self._host.situation)
        if writes:
            self._journal.commit(writes)
