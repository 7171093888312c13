"""The stores a day goes through, as the kernel is told of them, and what is asked of the servers behind."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers import Postgres, running_postgres
from tests.servers_valkey import Valkey, running_valkey

HOME, TARGET = "day", "day_target"

_LOOK = """
SELECT json_build_object(
  'tables', (SELECT json_agg(schemaname || '.' || tablename ORDER BY 1) FROM pg_tables WHERE schemaname LIKE 'day%'),
  'connections', (SELECT count(*) FROM others),
  'transactions', (SELECT count(*) FROM others WHERE xact_start IS NOT NULL),
  'locks', (SELECT count(*) FROM pg_locks WHERE pid IN (SELECT pid FROM others)))
FROM (SELECT 1) one"""
_OTHERS = (
    "WITH others AS (SELECT * FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid())"
)


@dataclass(slots=True)
class Places:
    """Servers and folders of a day."""

    folder: Path
    temporary: Path
    postgres: Postgres
    valkey: Valkey | None

    @property
    def env(self) -> dict[str, str]:
        """What the kernel's environment says of them."""
        where = {
            "TMPDIR": str(self.temporary),
            "DAY_POSTGRES": f"{self.postgres.dsn}&options=-csearch_path%3D{HOME}",
            "DAY_TARGET": f"{self.postgres.dsn}&options=-csearch_path%3D{TARGET}",
            "DAY_NOWHERE": "postgresql://tana@/postgres?host=/nowhere/at/all",
        }
        return where | ({"DAY_REDIS": self.valkey.url} if self.valkey else {})

    def empty(self) -> None:
        """As before the first day."""
        for schema in (HOME, TARGET):
            self.postgres.query(f"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")
        if self.valkey:
            self.valkey.ask("FLUSHALL")
        for path in [*self.folder.glob("day.*"), *self.folder.glob("*.ts"), *self.folder.glob("*.mjs")]:
            path.unlink()
        shutil.rmtree(self.temporary)
        self.temporary.mkdir()

    def look(self) -> dict[str, Any]:
        """What PostgreSQL and Valkey know of their guests."""
        found: dict[str, Any] = json.loads(self.postgres.query(f"{_OTHERS} {_LOOK}"))
        # The one that asks is there as well.
        found["valkey"] = self.valkey.ask("CLIENT", "LIST").count(b"\n") - 1 if self.valkey else 0
        return found


@contextmanager
def opened(folder: Path, *, valkey: bool, postgres: Postgres | None = None) -> Iterator[Places]:
    """Servers of a day, and folders beside ``folder``; what starts here ends with the block."""
    with ExitStack() as stack:
        server = postgres or stack.enter_context(running_postgres())
        other = stack.enter_context(running_valkey()) if valkey else None
        temporary = folder.parent / f"{folder.name}-tmp"
        temporary.mkdir(parents=True)
        places = Places(folder, temporary, server, other)
        places.empty()
        yield places
