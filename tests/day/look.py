"""Counts what lives in a kernel. Loaded by the kernel itself, from this file; imports nothing of ours."""

from __future__ import annotations

import ctypes
import gc
import json
import os
import sys
import tempfile
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path

# A thread of ipykernel that JupyterLab asks for with each load of a page, and does not end when the page goes.
SUBSHELL = "subshell-"
# Open while IPython's own thread writes its history, which is now and then.
HISTORY = "history.sqlite-journal"

KEPT = ("tana_jupyter.", "psycopg.", "redis.", "ipywidgets.", "anywidget.", "comm.", "ipykernel.comm")


def look() -> str:
    """Everything, as JSON; what only waited to be freed is freed first."""
    for _ in range(3):
        gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    threads = [thread.name for thread in threading.enumerate()]
    return json.dumps(
        {
            "pid": os.getpid(),
            "rss": rss(),
            "descriptors": sorted(descriptors()),
            "threads": sorted(name for name in threads if not name.startswith(SUBSHELL)),
            "subshells": sum(name.startswith(SUBSHELL) for name in threads),
            "tasks": len(list(Path("/proc/self/task").iterdir())),
            "temporary": sorted(str(path) for path in Path(tempfile.gettempdir()).rglob("*")),
            "folder": sorted(str(path) for path in Path().rglob("*") if ".ipynb_checkpoints" not in path.parts),
            "comms": len(sys.modules["comm"].get_comm_manager().comms) if "comm" in sys.modules else 0,
            "kinds": kinds(),
        }
    )


def rss() -> int:
    """Bytes that are really in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def descriptors() -> list[str]:
    """What is open, without the numbers that differ each time; the folder that is being listed is left out."""
    found = []
    for path in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.append(str(path.readlink()).split(":[")[0])
    return [name for name in found if not name.endswith(HISTORY)]


def kinds() -> dict[str, int]:
    """How many objects of each class that could hold on to something."""
    counted: Counter[str] = Counter()
    for each in gc.get_objects():
        kind = type(each)
        name = f"{kind.__module__}.{kind.__qualname__}"
        if name.startswith(KEPT):
            counted[name] += 1
    return dict(counted)
