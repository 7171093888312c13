"""Reading, writing and deleting one key."""

import orjson

from tana_jupyter import limits
from tana_jupyter.guesttext import loads, well_formed
from tana_jupyter.modules.host import Host
from tana_jupyter.modules.kv.keys import checked, utf8
from tana_jupyter.modules.kv.refusals import check_cache_ttl, read_only, value_too_large
from tana_jupyter.modules.kv.terms import terms
from tana_jupyter.modules.kv.values import Outgoing, json_of, received, text_of
from tana_jupyter.spaces import KV
from tana_jupyter.store.protocol import Write

_named = tuple.__new__  # makes a Write in half the time of Write(...)


class Operations:
    """kv of one contract."""

    def __init__(self, host: Host) -> None:
        self._journal = host.journal
        self._contract = host.contract
        self._host = host
        self._outgoing = Outgoing()

    def get_packed(self, name: bytes, arguments: bytes) -> bytes | None:
        """The text of a key, given in the call's name; with any argument: its JSON, in brackets."""
        row = self._journal.get(KV, self._contract, checked(name, "GET"))
        if row is None:
            return b"null"
        if arguments != b"[]":
            return b"[" + json_of(row) + b"]"
        return orjson.dumps(text_of(row))

    def delete_packed(self, name: bytes, _arguments: bytes) -> None:
        """Delete a key given in the call's name."""
        self._commit(checked(name, "DELETE"), None)

    def put_packed(self, name: bytes, arguments: bytes) -> None:
        """Store one text."""
        key = checked(name, "PUT")
        self._commit(key, _packed_text(arguments))

    def put_with_packed(self, name: bytes, arguments: bytes) -> None:
        """Store one text and what comes with it: ttl, expiration, metadata and key are parts of the name."""
        ttl, expiration, metadata, name = name.split(b"\x1f", 3)
        key = checked(name, "PUT")
        until, data = terms(
            self._host.clock.now_us(),
            int(ttl) if ttl else None,
            int(expiration) if expiration else None,
            metadata or None,
        )
        self._commit(key, _packed_text(arguments), "text", until, data)

    def read(self, key: str, form: str, cache_ttl: int | None = None) -> bytes | None:
        """``[value, metadata]``: a text, its bytes (see ``Outgoing``) or, in any other form, no value at all."""
        name = checked(utf8(key), "GET")
        check_cache_ttl(cache_ttl, "GET")
        row = self._journal.get(KV, self._contract, name)
        if row is None:
            return None
        value: object = None
        if form == "text":
            value = text_of(row)
        elif form == "bytes":
            value = self._outgoing.begin(row.value)
        return b"[%b,%b]" % (orjson.dumps(value), row.metadata or b"null")

    def more(self, at: int) -> bytes:
        """More of the bytes that were last read."""
        return self._outgoing.more(at)

    def put(
        self,
        key: str,
        sent: object,
        ttl: object = None,
        expiration: object = None,
        metadata: str | None = None,
    ) -> None:
        """Store any value with all that may come with it."""
        value = received(self._host, sent)  # first: what went ahead must not be left behind
        name, until, data = self._checked(key, ttl, expiration, metadata)
        if value.size > limits.KV_VALUE:
            raise value_too_large(value.size)
        self._commit(name, value.data, value.encoding, until, data)

    def check(self, key: str, ttl: object, expiration: object, metadata: str | None) -> None:
        """Refuse a put whose value is still to be read from a stream."""
        if self._host.situation.read_only:
            raise read_only(self._host.situation)
        self._checked(key, ttl, expiration, metadata)

    def delete(self, key: str) -> None:
        """Delete a key that cannot travel in a name."""
        self._commit(checked(utf8(key), "DELETE"), None)

    def _checked(
        self, key: str, ttl: object, expiration: object, metadata: str | None
    ) -> tuple[bytes, int | None, bytes | None]:
        name = checked(utf8(key), "PUT")
        data = None if metadata is None else utf8(metadata)
        return name, *terms(self._host.clock.now_us(), ttl, expiration, data)

    def _commit(
        self,
        key: bytes,
        value: bytes | None,
        encoding: str = "text",
        expires_at: int | None = None,
        metadata: bytes | None = None,
    ) -> None:
        if self._host.situation.read_only:
            raise read_only(self._host.situation)
        write = _named(Write, (KV, self._contract, key, value, encoding, expires_at, metadata))
        self._journal.commit((write,))


def _packed_text(arguments: bytes) -> bytes:
    r"""The one text of a call as UTF-8: where JSON escaped nothing, its bytes are just that."""
    value = well_formed(loads(arguments)[0]).encode() if b"\\" in arguments else arguments[2:-2]
    if len(value) > limits.KV_VALUE:
        raise value_too_large(len(value))
    return value
