"""The store in memory, kept in a JSON file that people can read, compare and check in.

The file is read when the store is opened, and written as a whole at the end of each run and after each
``data.commit`` that changed something. A kernel that is killed in the middle of a run leaves what the last finished
one left. It is for small data: writing 100,000 rows takes a tenth of a second.
"""

from tana_jupyter import limits
from tana_jupyter.store.filepath import path_of
from tana_jupyter.store.protocol import Store

SCHEMES = ("json",)


def connect(url: str, *, limit: int = limits.STORE) -> Store:
    """Read the file that ``url`` names; where there is none, the first run that writes something makes it."""
    from tana_jupyter.store.jsonfile.store import JsonStore

    return JsonStore(path_of(url, "storage.json"), limit=limit, location=url)
