"""Real database servers for tests, each in a folder of its own that goes away with it."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.parts import postgres_binaries

TIMEOUT = 30.0
_numbers = itertools.count(1)


@dataclass(slots=True)
class Postgres:
    """A running PostgreSQL: what to connect to, and the folder of its own client programs."""

    dsn: str
    binaries: Path
    folder: Path
    identity: dict[str, Any]
    _process: subprocess.Popen[bytes] | None = None

    def query(self, sql: str) -> str:
        """The bare result of a statement, through ``psql``; needs no driver."""
        command = [str(self.binaries / "psql"), "-XAtqc", sql, self.dsn]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return done.stdout.rstrip("\n")

    def fresh_schema(self) -> str:
        """The URL of an empty schema of its own; it stays until the server goes."""
        import psycopg

        name = f"fresh_{next(_numbers)}"
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return f"{self.dsn}&options=-csearch_path%3D{name}"

    def start(self) -> None:
        """Serve, until :meth:`stop`; recovers first where the last end was a hard one."""
        places = ["-D", str(self.folder / "data"), "-k", str(self.folder), "-c", "listen_addresses="]
        with (self.folder / "server.log").open("a+", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [str(self.binaries / "postgres"), *places, "-F"],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self.identity,
            )
            limit = time.monotonic() + TIMEOUT
            ready = [str(self.binaries / "pg_isready"), "-q", "-h", str(self.folder), "-U", "tana", "-d", "postgres"]
            while subprocess.run(ready, check=False).returncode:
                if self._process.poll() is not None or time.monotonic() > limit:
                    log.seek(0)
                    raise RuntimeError(f"PostgreSQL did not start: {log.read()}")
                time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT ends open sessions first, SIGQUIT drops all where it stands, as a crash does."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """PostgreSQL behind a Unix socket, without durability, ended and erased at the end of the block."""
    binaries = postgres_binaries()
    if binaries is None:
        raise RuntimeError('PostgreSQL is not installed: call need("postgres") first')
    # Under /tmp because a socket's path may have 107 characters at most, and because the folder pytest gives
    # belongs to one user alone: PostgreSQL refuses root, so root starts it as nobody.
    folder = Path(tempfile.mkdtemp(prefix="tana-postgres-", dir="/tmp"))
    identity: dict[str, Any] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        folder.chmod(0o755)
        identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    server = Postgres(f"postgresql://tana@/postgres?host={folder}", binaries, folder, identity)
    try:
        create = [
            str(binaries / "initdb"),
            f"--pgdata={folder / 'data'}",
            "--username=tana",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]
        made = subprocess.run(create, cwd=folder, capture_output=True, text=True, check=False, **identity)
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr.strip()}")
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
