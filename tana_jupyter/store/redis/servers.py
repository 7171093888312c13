"""Which server serves a contract: the only one, or the owner of its slot in a cluster."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from tana_jupyter import limits
from tana_jupyter.errors import StoreError
from tana_jupyter.store.redact import redact
from tana_jupyter.store.redis.known import Known
from tana_jupyter.store.redis.layout import CONTRACTS
from tana_jupyter.store.redis.link import Link
from tana_jupyter.store.redis.wire import Refused, command

_OLDEST = (6, 2)
_SLOTS = command(b"CLUSTER", b"SLOTS")


class Servers:
    """The connections of a store, and what it knows of each contract.

    >>> servers = Servers("redis://localhost:6379/0")
    >>> servers.known("counter").keys.head
    b'contract:{counter}:meta:head'
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection_class, self._options = _options(url)
        self.location = _location(url, self._options)
        self._known: dict[str, Known] = {}
        self._owners: list[tuple[int, int, Link]] = []
        self._slot_of: Callable[[bytes], int] | None = None
        self._first = self._link_to({})
        self._links = {"": self._first}

    def open(self) -> dict[str, str]:
        """Connect; return what the server says about itself."""
        info = self._read_info()
        if info.get("cluster_enabled") == "1":
            from redis.crc import key_slot

            self._slot_of = key_slot
            self.locate()
        return info

    def known(self, contract: str) -> Known:
        """What the session knows of a contract."""
        known = self._known.get(contract)
        if known is None:
            known = self._known[contract] = Known(contract)
        return known

    def link(self, known: Known) -> Link:
        """Return the connection for a contract, ready for use."""
        return self._first.ready() if self._slot_of is None else self._owner(known.keys.head).ready()

    def links(self) -> list[Link]:
        """Return a connection for each server that owns rows, ready for use."""
        if self._slot_of is None:
            return [self._first.ready()]
        return [link.ready() for link in dict.fromkeys(link for _, _, link in self._owners)]

    def contracts(self) -> Iterator[tuple[Link, list[Known]]]:
        """All contracts that may have rows, by the connection that serves them."""
        registry = self._owner(CONTRACTS).ready()
        (names,) = registry.ask(command(b"SMEMBERS", CONTRACTS), 1)
        every = {name.decode("utf-8", "replace") for name in names} | self._known.keys()
        groups: dict[Link, list[Known]] = {}
        for name in sorted(every):
            known = self.known(name)
            groups.setdefault(self._owner(known.keys.head), []).append(known)
        for link, group in groups.items():
            yield link.ready(), group

    def register(self, known: Known) -> None:
        """Enter a contract into the list of all, once, before it gets its first row."""
        if not known.registered:
            # Beforehand and by itself: in a cluster the list may lie on another server.
            self._owner(CONTRACTS).ready().ask(command(b"SADD", CONTRACTS, known.contract.encode()), 1, writes=True)
            known.registered = True

    def rest(self) -> None:
        """End of a run: lost connections may be opened anew, lost data is a fact."""
        for link in self._links.values():
            link.rest()
        for known in self._known.values():
            known.accept()

    def close(self) -> None:
        """Let go of all connections."""
        for link in self._links.values():
            link.drop()

    def locate(self) -> None:
        """Ask the cluster who owns which slots; at opening, and when one turned out to have moved."""
        for link in list(self._links.values()):
            try:
                (ranges,) = link.ready().ask(_SLOTS, 1)
                break
            except (StoreError, Refused) as error:
                problem = error
        else:
            raise problem
        if not ranges:
            raise Refused("CLUSTERDOWN nobody serves any slot")
        self._owners = []
        for first, last, owner, *_ in ranges:
            host, port = owner[0].decode(), owner[1]
            name = f"{host}:{port}"
            if name not in self._links:
                # A server that does not know its own address leaves it out: it is the one that was asked.
                self._links[name] = self._link_to({"host": host, "port": port}) if host else self._first
            self._owners.append((first, last, self._links[name]))

    def hide(self, text: str) -> str:
        """Take passwords out of a text."""
        return redact(text, self._url)

    def _owner(self, key: bytes) -> Link:
        if self._slot_of is None:
            return self._first
        slot = self._slot_of(key)
        for first, last, link in self._owners:
            if first <= slot <= last:
                return link
        raise Refused(f"CLUSTERDOWN nobody serves slot {slot}")

    def _link_to(self, elsewhere: dict[str, Any]) -> Link:
        options = self._options | elsewhere
        kind = self._connection_class
        if elsewhere and "path" in options:
            from redis import Connection

            kind = Connection
            del options["path"]

        def connect() -> Any:
            connection = kind(**options)
            connection.connect()
            return connection

        return Link(connect, _location(self._url, options), self.hide)

    def _read_info(self) -> dict[str, str]:
        (text,) = self._first.ready().ask(command(b"INFO"), 1)
        lines = (line.partition(":") for line in text.decode("utf-8", "replace").splitlines())
        info = {name: value for name, _, value in lines}
        version = info.get("redis_version", "")
        if tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) < _OLDEST:
            raise StoreError(f"{self.location} runs Redis {version}; at least 6.2 is needed, or any Valkey")
        return info


def _options(url: str) -> tuple[Any, dict[str, Any]]:
    """Read the URL as redis-py does: how to connect, never retrying on its own."""
    try:
        import redis
        from redis.backoff import NoBackoff
        from redis.connection import parse_url
        from redis.retry import Retry
    except ImportError:
        raise StoreError("Redis needs a driver: pip install 'tana-jupyter[redis]'") from None
    try:
        given: dict[str, Any] = parse_url(url)  # type: ignore[no-untyped-call] # redis-py leaves it without types
    except ValueError as error:
        raise StoreError(redact(f"This URL of a Redis cannot be read: {error}", url)) from None
    database = urlsplit(url).path.strip("/")
    if database and "path" not in given and not database.isdigit():  # redis-py would take database 0
        raise StoreError("The database of a Redis is a number: redis://localhost:6379/0")
    kind = given.pop("connection_class", redis.Connection)
    options = {
        "socket_connect_timeout": limits.NETWORK_CONNECT,
        "socket_timeout": limits.NETWORK_CONNECT,  # of what is said on connecting; from then on the wire keeps the time
        "retry": Retry(NoBackoff(), 0),
        "protocol": 2,  # replies alone come over the wire, never a notification in between
    }
    return kind, given | options


def _location(url: str, options: dict[str, Any]) -> str:
    """Name the place without user, password and options."""
    database = f"/{options['db']}" if options.get("db") else ""
    if "path" in options:
        return f"unix://{options['path']}" + (f"?db={options['db']}" if options.get("db") else "")
    host = options.get("host", "localhost")
    return f"{url.partition(':')[0]}://{f'[{host}]' if ':' in host else host}:{options.get('port', 6379)}{database}"
