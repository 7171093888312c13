"""How the Redis store finds its servers: TCP, TLS, and the owner of a slot in a cluster."""

import socket
import ssl
import threading
from contextlib import ExitStack, suppress

import pytest

from tana_jupyter.errors import StoreError
from tana_jupyter.store import open_store
from tests.certificates import certificate
from tests.conformance.steps import NOW, check, get, keys, put, value
from tests.servers_valkey import free_port, running_valkey, wait_until

pytestmark = pytest.mark.needs("redis")


def test_over_tcp_with_a_database():
    port = free_port()
    with running_valkey(port=str(port)) as server:
        store = open_store(f"redis://127.0.0.1:{port}/2")
        assert store.location == f"redis://127.0.0.1:{port}/2"
        put(store, "k", b"x" * 3_000_000)
        assert len(value(store, "k")) == 3_000_000
        assert server.ask("DBSIZE") == 0
        store.close()


@pytest.mark.parametrize(
    ("rest", "text"),
    [
        ("/name", "database of a Redis is a number"),
        ("/0?frob=1", r"does not take \(frob\)"),
        (":x", "port in this URL is no number"),
    ],
)
def test_a_url_that_says_nothing_usable_is_refused(rest, text):
    with pytest.raises(StoreError, match=text):
        open_store(f"redis://localhost{rest}")


def test_a_scheme_may_be_written_in_capitals():
    with pytest.raises(StoreError, match="redis://localhost:1 cannot be reached"):
        open_store("Redis://localhost:1")


@pytest.fixture
def tls(valkey, tmp_path):
    """A TLS entrance to the server, for its wheel has none: the port, and who to trust."""
    chain, key = certificate("127.0.0.1")
    (tmp_path / "chain.pem").write_text(chain)
    (tmp_path / "key.pem").write_text(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "chain.pem", tmp_path / "key.pem")
    stop = ExitStack()
    threads = []

    def copy(source, target):
        with suppress(OSError):
            while piece := source.recv(65_536):
                target.sendall(piece)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def serve():
        with suppress(OSError):
            while True:
                plain, _ = listener.accept()
                with suppress(OSError):
                    outer = stop.enter_context(context.wrap_socket(plain, server_side=True))
                    inner = stop.enter_context(socket.socket(socket.AF_UNIX))
                    inner.connect(str(valkey.socket))
                    for pair in ((outer, inner), (inner, outer)):
                        threads.append(threading.Thread(target=copy, args=pair))
                        threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepting = threading.Thread(target=serve)
        accepting.start()
        yield listener.getsockname()[1], tmp_path / "chain.pem"
        listener.shutdown(socket.SHUT_RDWR)
    accepting.join()
    for thread in threads:
        thread.join()
    stop.close()


def test_over_tls(tls, valkey):
    valkey.empty_place()
    port, trusted = tls
    store = open_store(f"rediss://127.0.0.1:{port}?ssl_ca_certs={trusted}")
    assert store.location == f"rediss://127.0.0.1:{port}"
    large = bytes(range(256)) * 20_000
    put(store, "large", large, encoding="bytes")
    put(store, "k", "1")
    store.flush()  # the next operation looks whether the connection still lives
    link = store._servers.links()[0]
    assert value(store, "large") == large
    assert keys(store) == [b"k", b"large"]
    assert store._servers.links()[0] is link
    store.close()


def test_a_certificate_that_nobody_signed_is_refused(tls):
    with pytest.raises(StoreError, match=r"cannot be reached: .*certificate"):
        open_store(f"rediss://127.0.0.1:{tls[0]}")


class TestClusters:
    def test_a_command_over_two_slots_fails_there(self, valkey_cluster):
        """What makes the conformance run in cluster mode a proof."""
        import redis

        with pytest.raises(redis.ResponseError, match="slot"):
            valkey_cluster.ask("MGET", "a", "b")

    def test_a_cluster_without_owners_says_so(self):
        ports = {"port": str(free_port()), "cluster-port": str(free_port())}
        with (
            running_valkey(**{"cluster-enabled": "yes"}, **ports) as server,
            pytest.raises(StoreError, match="does not serve all of its slots"),
        ):
            open_store(server.url)

    def test_a_slot_that_moved_is_followed(self):
        """Two servers; a contract's slot goes from the one to the other while the store is open."""
        from redis.crc import key_slot

        with ExitStack() as stack:
            options = {"cluster-enabled": "yes", "cluster-node-timeout": "2000"}
            ports = [(free_port(), free_port()) for _ in range(2)]
            first, second = (
                stack.enter_context(running_valkey(**options, **{"port": str(port), "cluster-port": str(bus)}))
                for port, bus in ports
            )
            slot = key_slot(b"shop")
            first.ask("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
            second.ask("CLUSTER", "MEET", "127.0.0.1", ports[0][0], ports[0][1])
            ids = [server.ask("CLUSTER", "MYID").decode() for server in (first, second)]
            wait_until(lambda: ids[1] in str(first.ask("CLUSTER", "NODES")))
            for server in (first, second):
                server.wait_for_cluster()
            store = open_store(f"redis://127.0.0.1:{ports[0][0]}")
            put(store, "k", contract="other")
            assert get(store, "k") is None
            for server in (second, first):
                server.ask("CLUSTER", "SETSLOT", slot, "NODE", ids[1])
            assert put(store, "k", "1", checks=[check("k", None)]).versionstamp == 1
            assert value(store, "k") == b"1"
            assert second.ask("GET", "contract:{shop}:kv:k") == b"1"
            assert put(store, "k", contract="other").versionstamp == 2
            assert store.namespaces() == [("kv", "other"), ("kv", "shop")]
            assert [size.contract for size in store.sizes(NOW)] == ["other", "shop"]
            store.close()
