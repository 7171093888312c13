"""Real Valkey or Redis servers for tests, each in a folder of its own, made to be killed and started again."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.parts import valkey_binary

TIMEOUT = 15.0


class Valkey:
    """A server behind a Unix socket. ``options`` are those of its command line, without the dashes.

    >>> server = Valkey(folder, appendonly="yes")
    >>> server.start()
    >>> server.url
    'unix:///tmp/tana-valkey-x/s'
    >>> server.kill()
    """

    def __init__(self, folder: Path, **options: str) -> None:
        self.folder = folder
        self.socket = folder / "s"
        self.url = f"unix://{self.socket}"
        self._options = {"port": "0", "save": "", "unixsocket": str(self.socket), "dir": str(folder)} | options
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it on whatever lies in its folder."""
        binary = valkey_binary()
        if binary is None:
            raise RuntimeError('Valkey is not installed: call need("redis") first')
        words = [word for name, value in self._options.items() for word in (f"--{name}", value)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([binary, *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        limit = time.monotonic() + TIMEOUT
        while True:
            try:
                self.ask("PING")
            except Exception as error:
                if self._process.poll() is not None or time.monotonic() > limit:
                    told = (self.folder / "log").read_text(encoding="utf-8")
                    raise RuntimeError(f"Valkey did not start: {told}") from error
                time.sleep(0.01)
            else:
                return

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it politely."""
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()

    def ask(self, *words: str | bytes | int) -> Any:
        """Send one command as somebody else would."""
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        with redis.Redis(unix_socket_path=str(self.socket), protocol=2, retry=Retry(NoBackoff(), 0)) as client:
            return client.execute_command(*words)

    def wait_for_cluster(self) -> None:
        """Until the cluster it belongs to is up, as far as it knows."""
        wait_until(lambda: b"cluster_state:ok" in self.ask("CLUSTER", "INFO"))

    def empty_place(self) -> str:
        """The URL of a store without rows."""
        self.ask("FLUSHALL")
        return self.url

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(TIMEOUT)
            self._process = None


@contextmanager
def running_valkey(**options: str) -> Iterator[Valkey]:
    """A server, ended and erased at the end of the block."""
    # Under /tmp because a socket's path may have 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="tana-valkey-", dir="/tmp"))
    server = Valkey(folder, **options)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder)


@contextmanager
def running_cluster() -> Iterator[Valkey]:
    """One server in cluster mode that owns all slots: a command that spans two of them fails."""
    ports = {"port": str(free_port()), "cluster-port": str(free_port())}
    with running_valkey(**{"cluster-enabled": "yes", "cluster-node-timeout": "5000"}, **ports) as server:
        server.ask("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        server.wait_for_cluster()
        yield server


def wait_until(happened: Callable[[], bool]) -> None:
    """Come back once it did, or fail."""
    limit = time.monotonic() + TIMEOUT
    while not happened():
        if time.monotonic() > limit:
            raise RuntimeError("it did not happen")
        time.sleep(0.02)


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
