"""Out of the notebook and back: plans that say what they would do, and do all of it or nothing.

A :class:`~.plan.Plan` compares two sides, namespace by namespace and key by key, and keeps only counts and a
fingerprint of them; carrying it out compares again, and goes on only where the same comes out. :mod:`.sides` says what
a side is; :mod:`.notebook`, :mod:`.postgres` and :mod:`.files` are the three there are.
"""

import re
from pathlib import Path

from tana_jupyter.errors import StoreError, TanaError
from tana_jupyter.store.naming import url_of
from tana_jupyter.store.redact import misread
from tana_jupyter.transfer.sides import Side

KNOWN = "a postgresql:// URL, env:NAME that holds one, a .jsonl or .jsonl.gz file, or Cloudflare's bulk .json"

# A DSN may end like a file, and a file's name is shown.
_DSN = re.compile(r"\w+://|(.*\s)?(host|hostaddr|port|dbname|user|password|passfile|service)\s*=", re.DOTALL)


def side_of(target: str | Path, table: str, schema: str | None) -> Side:
    """What a target or a source names; nothing is opened yet.

    >>> side_of("backup.jsonl", "kv_storage", None).place
    'backup.jsonl'

    :raises TanaError: it names nothing that is known here. The text repeats nothing of it: it may hold a password.
    """
    name = str(target).strip()
    if isinstance(target, str) and (name.startswith("env:") or name.lower() == "postgres"):
        name = url_of(name)
    elif not _DSN.match(name) and name.endswith((".jsonl", ".jsonl.gz")):
        from tana_jupyter.transfer.files import LinesFile

        return LinesFile(Path(name).expanduser())
    elif not _DSN.match(name) and name.endswith(".json"):
        from tana_jupyter.transfer.files import BulkFile

        return BulkFile(Path(name).expanduser())
    # A URL, or libpq's own words: host=db dbname=tana
    if not name.startswith(("postgresql://", "postgres://")) and ("://" in name or "=" not in name):
        raise TanaError(f"This is nothing to export to or import from. There are: {KNOWN}")
    if (problem := misread(name)) is not None:  # every text would show what libpq takes for the host or the port
        raise StoreError(problem)
    try:
        import psycopg  # noqa: F401 # so that a missing driver is told from a broken one of ours
    except ImportError:
        raise TanaError("PostgreSQL needs its driver: pip install 'tana-jupyter[postgres]'") from None
    from tana_jupyter.transfer.postgres import PostgresSide

    return PostgresSide(name, table, schema)
