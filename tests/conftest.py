"""What every test can ask for: the parts of the machine it needs, a kernel, a browser, a Jupyter server."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests import parts

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from psycopg import Connection

    from tests.kernel import Kernel
    from tests.lab import Server
    from tests.servers import Postgres
    from tests.servers_valkey import Valkey

# A slow machine is no reason to fail, and CI must not fail by luck: the same examples each time there.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")

_JUPYTER_PLACES = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
_isolated = pytest.StashKey[tuple[tempfile.TemporaryDirectory[str], pytest.MonkeyPatch]]()


def pytest_configure(config: pytest.Config) -> None:
    """Read what is required, and keep the user's own Jupyter settings and history out of every kernel."""
    parts.required()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # So it is for whatever a script starts in the background; no Stop would ever arrive.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = tempfile.TemporaryDirectory(prefix="tana-tests-")
    patch = pytest.MonkeyPatch()
    for name in _JUPYTER_PLACES:
        place = Path(folder.name, name.lower())
        place.mkdir(mode=0o700)
        patch.setenv(name, str(place))
    config.stash[_isolated] = (folder, patch)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the environment back."""
    if (kept := config.stash.get(_isolated, None)) is not None:
        folder, patch = kept
        patch.undo()
        folder.cleanup()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A misspelt part is an error of the test, not a test that never runs."""
    for item in items:
        for mark in item.iter_markers("needs"):
            parts.check_names(mark.args, item.nodeid)


def pytest_collection_finish() -> None:
    """Keep the thousands of tests, which live until the end, out of every collection of garbage from here on."""
    gc.collect()
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or fail where it is required, a test whose part is missing."""
    for mark in item.iter_markers("needs"):
        parts.need(*mark.args)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A real kernel, shared by the tests of one module."""
    parts.need("kernel")
    from tests.kernel import running_kernel

    with running_kernel(tmp_path_factory.mktemp("kernel")) as running:
        yield running


@pytest.fixture
def fresh_kernel(tmp_path: Path) -> Iterator[Kernel]:
    """A real kernel for one test."""
    parts.need("kernel")
    from tests.kernel import running_kernel

    with running_kernel(tmp_path) as running:
        yield running


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real JupyterLab."""
    parts.need("browser")
    from tests.lab import running_server

    with running_server("lab", tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture(scope="session")
def notebook7(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real Notebook 7."""
    parts.need("browser")
    from tests.lab import running_server

    with running_server("notebook", tmp_path_factory.mktemp("notebook")) as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium; of a module's length because of the event loop that Playwright keeps running."""
    parts.need("browser")
    from tests.lab import running_browser

    with running_browser() as running:
        yield running


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL."""
    parts.need("postgres")
    from tests.servers import running_postgres

    with running_postgres() as server:
        yield server


@pytest.fixture
def url(postgres: Postgres) -> str:
    """A schema of the test's own, for the stores and exports of a PostgreSQL."""
    return postgres.fresh_schema()


@pytest.fixture
def raw(url: str) -> Iterator[Connection]:
    """Somebody else's connection to it."""
    from tests.postgres_harness import connected

    with connected(url) as connection:
        yield connection


@pytest.fixture(scope="session")
def valkey() -> Iterator[Valkey]:
    """A real Valkey, or Redis."""
    parts.need("redis")
    from tests.servers_valkey import running_valkey

    with running_valkey() as server:
        yield server


@pytest.fixture(scope="session")
def valkey_cluster() -> Iterator[Valkey]:
    """A real Valkey in cluster mode."""
    parts.need("redis")
    from tests.servers_valkey import running_cluster

    with running_cluster() as server:
        yield server
