"""The network policy: network.py."""

import ipaddress
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from traitlets import TraitError

from tana_jupyter.errors import GuestError
from tana_jupyter.magics.settings import Tana
from tana_jupyter.modules.utils.wire import Patience, resolve
from tana_jupyter.network import DOMAINS, Network, Resolved, is_public
from tana_jupyter.session import Session


def network() -> Network:
    made = Network()
    made.enabled = True
    return made


def places(*addresses: str) -> list[Resolved]:
    return [Resolved(socket.AF_INET6 if ":" in address else socket.AF_INET, (address, 443)) for address in addresses]


def refusal(made: Network, host: str, port: int) -> str:
    with pytest.raises(GuestError) as caught:
        made.admit(host, port)
    return caught.value.text


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("pokeapi.co", True),
        ("beta.pokeapi.co", True),
        ("a.b.pokeapi.co", True),
        ("evilpokeapi.co", False),
        ("pokeapi.co.evil.org", False),
        ("pokeapi.co.", False),
        (".pokeapi.co", True),  # no URL has such a host
        ("co", False),
        ("", False),
        ("tana.network", True),
        ("blockchain.tana.network", True),
        ("localhost.evil.org", False),
        ("127.0.0.2", False),
        ("[::1]", False),
    ],
)
def test_a_host_is_in_the_list_or_below_one_that_is(host: str, allowed: bool) -> None:
    assert network().allows(host) is allowed


def test_the_list_is_all_lists_of_tana_together() -> None:
    rust = ["pokeapi.co", "tana.dev", "api.tana.dev", "blockchain.tana.dev", "localhost", "127.0.0.1"]
    playground = [
        "pokeapi.co",
        "tana.network",
        "blockchain.tana.network",
        "tana-runtime.pages.dev",
        "localhost",
        "127.0.0.1",
    ]
    assert set(DOMAINS) == {*rust, *playground}
    assert len(DOMAINS) == len(set(DOMAINS))


def test_off_unless_switched_on() -> None:
    assert Session().network.enabled is False
    text = refusal(Network(), "pokeapi.co", 443)
    assert text.startswith("fetch failed: the network is off")
    assert "%config Tana.network = True" in text


def test_a_blocked_domain_is_told_with_the_list() -> None:
    made = network()
    made.domains = ["Example.org", "tana.dev"]
    made.admit("www.example.org", 80)
    assert refusal(made, "example.com", 80) == (
        'fetch blocked: domain "example.com" not in whitelist. Allowed domains: Example.org, tana.dev'
    )


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_this_machine_is_open_on_listed_ports_only(host: str) -> None:
    made = network()
    assert "port 8080 of this machine is not open" in refusal(made, host, 8080)
    made.ports = [8080]
    made.admit(host, 8080)
    assert "port 80 of this machine" in refusal(made, host, 80)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "239.255.255.255", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::", "::1",
        "fe80::1", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:5ef5:79fd::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(GuestError, match="not a public address"):
        network().screen("tana.dev", places(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"]
)
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
    assert network().screen("tana.dev", places(address)) == places(address)


@given(st.ip_addresses())
def test_no_public_address_is_one_of_a_private_kind(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if is_public(address):
        assert not (
            address.is_private or address.is_loopback or address.is_multicast or address.is_link_local
        ) or getattr(address, "ipv4_mapped", None)


def test_a_name_with_both_kinds_of_addresses_keeps_the_public_ones() -> None:
    assert network().screen("tana.dev", places("10.0.0.1", "1.1.1.1", "::1")) == places("1.1.1.1")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_names_of_this_machine_lead_to_this_machine(host: str) -> None:
    assert network().screen(host, places("127.0.0.1", "1.1.1.1", "::1")) == places("127.0.0.1", "::1")
    with pytest.raises(GuestError, match="not an address of this machine"):
        network().screen(host, places("10.0.0.1"))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_resolving(host: str) -> None:
    found = resolve(host, 8080, Patience(5, lambda: False))
    assert found
    assert all(place.address.is_loopback and place.place[1] == 8080 for place in found)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "x" * 300, "ä" * 70])
def test_what_does_not_resolve(host: str) -> None:
    with pytest.raises(GuestError, match=r"^fetch failed: cannot resolve "):
        resolve(host, 80, Patience(5, lambda: False))


def test_a_resolver_that_hangs_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: answers.wait(60) and [])
    try:
        with pytest.raises(GuestError, match=r"no complete answer within 0\.1 s"):
            resolve("tana.dev", 80, Patience(0.1, lambda: False))
        with pytest.raises(GuestError, match="the run is over"):
            resolve("tana.dev", 80, Patience(60, lambda: True))
    finally:
        answers.set()


class TestSettings:
    """``%config Tana`` reaches the session's policy."""

    def test_they_arrive(self) -> None:
        session, settings = Session(), Tana()
        settings.network, settings.domains, settings.ports = True, ["tana.dev"], [8080]
        settings.apply(session)
        assert (session.network.enabled, session.network.domains, session.network.ports) == (
            True,
            ["tana.dev"],
            [8080],
        )
        settings.network = False
        settings.apply(session)
        assert session.network.enabled is False

    def test_what_was_set_on_the_session_stays(self) -> None:
        session, settings = Session(), Tana()
        session.network.enabled, session.timeout = True, 5.0
        settings.apply(session)
        assert (session.network.enabled, session.timeout) == (True, 5.0)
        settings.timeout = 7.0
        settings.apply(session)
        assert (session.network.enabled, session.timeout) == (True, 7.0)

    def test_a_list_that_was_changed_in_place_arrives(self) -> None:
        session, settings = Session(), Tana()
        settings.ports.append(8080)
        settings.apply(session)
        settings.ports.append(8081)
        settings.apply(session)
        assert session.network.ports == [8080, 8081]

    @pytest.mark.parametrize("name", ["https://tana.dev", "Tana.dev", "tana.dev/x", "", "*.tana.dev", "tana.dev:80"])
    def test_what_is_no_host_name(self, name: str) -> None:
        with pytest.raises(TraitError, match="is no host name"):
            Tana().domains = [name]

    @pytest.mark.parametrize("port", [0, 65536, "80"])
    def test_what_is_no_port(self, port: object) -> None:
        with pytest.raises(TraitError):
            Tana().ports = [port]

    def test_there_are_few_of_them(self) -> None:
        assert len(Tana.class_traits(config=True)) <= 10
