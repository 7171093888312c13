"""Real database servers for tests, each in a folder of its own that goes away with it."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running PostgreSQL: what to connect to, and the folder of its own client programs."""

    dsn: str
    binaries: Path

    def query(self, sql: str) -> str:
        """The bare result of a statement, through ``psql``; needs no driver."""
        command = [str(self.binaries / "psql"), "-XAtqc", sql, self.dsn]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return done.stdout.rstrip("\n")


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
    try:
        data = folder / "data"
        create = [
            str(binaries / "initdb"),
            f"--pgdata={data}",
            "--username=tana",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]
        made = subprocess.run(create, cwd=folder, capture_output=True, text=True, check=False, **identity)
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr.strip()}")
        with _serving(binaries, data, folder, identity) as dsn:
            yield Postgres(dsn, binaries)
    finally:
        shutil.rmtree(folder)


@contextmanager
def _serving(binaries: Path, data: Path, folder: Path, identity: dict[str, Any]) -> Iterator[str]:
    places = ["-D", str(data), "-k", str(folder), "-c", "listen_addresses="]
    command = [str(binaries / "postgres"), *places, "-F"]
    with (folder / "server.log").open("w+", encoding="utf-8") as log:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **identity)
        try:
            limit = time.monotonic() + TIMEOUT
            ready = [str(binaries / "pg_isready"), "-q", "-h", str(folder), "-U", "tana", "-d", "postgres"]
            while subprocess.run(ready, check=False).returncode:
                if process.poll() is not None or time.monotonic() > limit:
                    log.seek(0)
                    raise RuntimeError(f"PostgreSQL did not start: {log.read()}")
                time.sleep(0.05)
            yield f"postgresql://tana@/postgres?host={folder}"
        finally:
            # SIGINT is PostgreSQL's fast shutdown: it ends open sessions instead of waiting for them.
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
