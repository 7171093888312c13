"""What ``fetch`` of ``tana/utils`` may reach: nothing, unless the user switches the network on."""

import ipaddress
import ssl
from collections.abc import Collection, Iterable
from typing import NamedTuple

from tana_jupyter.errors import GuestError

# What Tana's runtimes allow, all of their lists together.
DOMAINS = (
    "pokeapi.co",
    "tana.dev",
    "tana.network",
    "tana-runtime.pages.dev",
    "api.tana.dev",
    "blockchain.tana.dev",
    "blockchain.tana.network",
    "localhost",
    "127.0.0.1",
)
LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # IPv4 addresses behind NAT64, in the last four bytes

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Resolved(NamedTuple):
    """One place a name resolved to."""

    family: int
    place: tuple[str | int | bytes, ...]
    """What a socket connects to: address, port and, for IPv6, two numbers more."""

    @property
    def address(self) -> Address:
        """The address alone."""
        return ipaddress.ip_address(str(self.place[0]).partition("%")[0])


class Network:
    """The network policy of a session: ``session.network``.

    >>> network = session.network
    >>> network
    <Network off>
    >>> network.allows("beta.pokeapi.co"), network.allows("example.org")
    (True, False)
    >>> network.enabled, network.domains = True, ["example.org"]
    >>> network
    <Network on: example.org>
    """

    def __init__(self) -> None:
        self.enabled = False
        self.domains: Collection[str] = DOMAINS
        """Host names that contracts may fetch from, their subdomains included."""
        self.ports: Collection[int] = ()
        """Ports of this machine that contracts may fetch from, as ``localhost`` or ``127.0.0.1``."""
        self.timeout = 20.0
        """Seconds one fetch may take, redirects and body included."""
        self.tls: ssl.SSLContext | None = None
        """How certificates are verified, where the system's own way is not enough."""

    def __repr__(self) -> str:
        return f"<Network on: {', '.join(self.domains)}>" if self.enabled else "<Network off>"

    def allows(self, host: str) -> bool:
        """Whether a host is in the list of domains, or below one that is."""
        return any(host == domain or host.endswith(f".{domain}") for domain in map(str.lower, self.domains))

    def admit(self, host: str, port: int) -> None:
        """Let a host and port of a URL pass, or refuse them; asked again for each redirect."""
        if not self.enabled:
            raise GuestError(
                "Error",
                "fetch failed: the network is off for contracts; %config Tana.network = True switches it on "
                "(in Python: session.network.enabled = True)",
            )
        if not self.allows(host):
            allowed = ", ".join(self.domains)
            raise GuestError("Error", f'fetch blocked: domain "{host}" not in whitelist. Allowed domains: {allowed}')
        if host in LOCAL and port not in self.ports:
            raise GuestError(
                "Error",
                f"fetch failed: port {port} of this machine is not open to contracts; "
                f"%config Tana.ports = [{port}] opens it (in Python: session.network.ports = [{port}])",
            )

    def screen(self, host: str, found: Iterable[Resolved]) -> list[Resolved]:
        """Keep the addresses that may be connected to: public ones, and this machine for its own names only.

        Names are not enough: whoever owns one decides what it resolves to, the notebook's own network included.
        """
        places = list(found)
        local = host in LOCAL
        kept = [place for place in places if (place.address.is_loopback if local else is_public(place.address))]
        if places and not kept:
            kind = "an address of this machine" if local else "a public address"
            raise GuestError("Error", f"fetch failed: {host} resolves to {places[0].address}, which is not {kind}")
        return kept

    def verifier(self) -> ssl.SSLContext:
        """What verifies certificates; made once, because reading the system's list takes 20 ms."""
        if self.tls is None:
            self.tls = ssl.create_default_context()
        return self.tls


def is_public(address: Address) -> bool:
    """Whether an address lies in the open internet, also where it stands inside an IPv6 address.

    >>> is_public(ipaddress.ip_address("::ffff:10.0.0.1"))
    False
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in TRANSLATED:
            inner = ipaddress.IPv4Address(address.packed[-4:])
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
