"""The store over Redis: each method finds the contract's connection and asks it."""

import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from tana_jupyter.errors import StoreError
from tana_jupyter.store.protocol import Changed, Check, Committed, NamespaceSize, Row, Write, closed
from tana_jupyter.store.redis import careful, reading, single, sweeping
from tana_jupyter.store.redis.adopting import adopt, strangers_of
from tana_jupyter.store.redis.layout import content_of, expiry_of, key_of
from tana_jupyter.store.redis.refusals import explain
from tana_jupyter.store.redis.servers import Servers
from tana_jupyter.store.redis.wire import Refused, command

_P = ParamSpec("_P")
_T = TypeVar("_T")
_COUNTED = 50_000


def _asked(method: "Callable[Concatenate[RedisStore, _P], _T]") -> "Callable[Concatenate[RedisStore, _P], _T]":
    """Turn refusals of a server into errors for people, and follow a slot that moved to another server."""

    @wraps(method)
    def asking(self: "RedisStore", /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        if self._closed:
            raise closed(self.location)
        try:
            try:
                return method(self, *args, **kwargs)
            except Refused as refused:
                if refused.code != "MOVED":
                    raise
                self._servers.locate()  # whoever says MOVED did nothing
                return method(self, *args, **kwargs)
        except Refused as refused:
            raise explain(Refused(self._servers.hide(refused.text)), self.location) from None

    return asking


class RedisStore:
    """See :class:`~tana_jupyter.store.protocol.Store`."""

    shared = True
    persistent = True
    spans_contracts = False
    _closed = False

    def __init__(self, url: str) -> None:
        self._servers = Servers(url)
        self.location = self._servers.location
        try:
            info = self._servers.open()
            self.keeps = _keeps(info)
            if info.get("maxmemory", "0") != "0" and info.get("maxmemory_policy", "").startswith("allkeys"):
                warnings.warn(
                    f"{self.location} throws rows away when its memory is full (maxmemory-policy"
                    f" {info['maxmemory_policy']}); a store needs noeviction",
                    stacklevel=4,
                )
            self._adopt()
        except Refused as refused:
            self.close()
            raise explain(Refused(self._servers.hide(refused.text)), self.location) from None
        except BaseException:
            self.close()
            raise

    def __repr__(self) -> str:
        return f"<RedisStore {self.location}>"

    @_asked
    def get(self, space: str, contract: str, key: bytes, now: int) -> Row | None:
        """See the protocol."""
        known = self._servers.known(contract)
        return reading.get(self._servers.link(known), known, space, key, now)

    @_asked
    def get_many(self, space: str, contract: str, keys: Sequence[bytes], now: int) -> list[Row | None]:
        """See the protocol."""
        if not keys:
            return []
        known = self._servers.known(contract)
        return reading.get_many(self._servers.link(known), known, space, keys, now)

    @_asked
    def scan(
        self,
        space: str,
        contract: str,
        start: bytes,
        end: bytes | None,
        *,
        now: int,
        limit: int,
        reverse: bool = False,
        keys_only: bool = False,
    ) -> list[Row]:
        """See the protocol."""
        if limit <= 0 or (end is not None and start >= end):
            return []
        known = self._servers.known(contract)
        span = reading.span_of(space, start, end, reverse=reverse)
        return reading.scan(self._servers.link(known), known, space, span, now, limit, keys_only=keys_only)

    @_asked
    def commit(
        self,
        writes: Sequence[Write],
        *,
        now: int,
        checks: Sequence[Check] = (),
        floor: int = 0,
        exact: bool = False,
    ) -> Committed | None:
        """See the protocol."""
        if len(writes) == 1 and not checks:
            contract = writes[0].contract
        else:
            contracts = {write.contract for write in writes} | {check.contract for check in checks}
            if len(contracts) != 1:
                raise StoreError(
                    f"{self.location} commits to one contract at a time, and this names"
                    f" {', '.join(sorted(contracts)) or 'none'}. Nothing was written"
                )
            (contract,) = contracts
        known = self._servers.known(contract)
        if not known.registered and writes:
            self._servers.register(known)
        link = self._servers.link(known)
        if len(writes) == 1 and not checks and not exact:
            (write,) = writes
            try:
                step = single.delete if write.value is None else single.put
                done = step(link, known, write, now, floor)
                if done is not None:
                    return done
            except Refused as refused:
                # The closer look names what is in the way, or finds that it has gone.
                if refused.code != "WRONGTYPE" and (refused.code != "OOM" or write.value is not None):
                    raise
        return careful.commit(link, known, writes, checks, now, floor, exact)

    @_asked
    def head(self, contract: str) -> int:
        """See the protocol."""
        known = self._servers.known(contract)
        return reading.head(self._servers.link(known), known)

    @_asked
    def namespaces(self) -> list[tuple[str, str]]:
        """See the protocol."""
        return sorted(pair for link, group in self._servers.contracts() for pair in reading.spaces(link, group))

    @_asked
    def sizes(self, now: int) -> list[NamespaceSize] | None:
        """See the protocol. None for a store of more than 50,000 rows, which would all have to be read."""
        found = []
        for link, group in self._servers.contracts():
            pairs = reading.spaces(link, group)
            counts = link.ask(b"".join(command(b"ZCARD", known.keys.order) for known in group), len(group))
            if sum(counts) > _COUNTED:
                return None
            for space, contract in pairs:
                known = self._servers.known(contract)
                sizes = [
                    len(key_of(member)) + content_of(beside)
                    for member, beside in reading.walk(link, known, reading.span_of(space))
                    if (until := expiry_of(beside)) is None or until > now
                ]
                if sizes:
                    found.append(NamespaceSize(space, contract, len(sizes), sum(sizes)))
        return sorted(found)

    @_asked
    def changes(self, contract: str, since: int, limit: int) -> list[Changed]:
        """See the protocol."""
        known = self._servers.known(contract)
        return reading.changes(self._servers.link(known), known, since, limit)

    @_asked
    def sweep(self, now: int) -> int:
        """See the protocol."""
        return sum(sweeping.sweep(link, group, now) for link, group in self._servers.contracts())

    @_asked
    def flush(self) -> None:
        """See the protocol. Each commit is as durable as the server makes it; a lost connection may come back."""
        self._servers.rest()

    def close(self) -> None:
        """See the protocol."""
        self._closed = True
        self._servers.close()

    def __del__(self) -> None:
        with suppress(AttributeError):  # it was never opened
            self.close()

    def _adopt(self) -> None:
        """Make rows of what others wrote as plain strings."""
        now = time.time_ns() // 1000
        for link in self._servers.links():
            for contract, members in strangers_of(link).items():
                known = self._servers.known(contract)
                self._servers.register(known)
                adopt(self._servers.link(known), known, members, now)


def _keeps(info: dict[str, str]) -> str:
    """What the server says about its own memory."""
    if info.get("aof_enabled") == "1":
        return "everything, as long as Redis keeps its append-only file"
    return "everything while Redis runs; it writes no append-only file, so a restart may bring back older data or none"
