"""Live a day, say what grew; see the package."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
import uuid
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from tests.day import shipped, story, table, verdict
from tests.day.bare import Bare
from tests.day.living import Lived, live
from tests.day.places import Places, opened
from tests.kernel import running_kernel

_MARK = "TANA_DAY"


def main() -> int:
    """1 where something grew, differed, or was left behind."""
    parser = argparse.ArgumentParser(prog="python -m tests.day", description=__doc__)
    parser.add_argument("--short", action="store_true", help="the short day, in a bare kernel")
    parser.add_argument("--bare", action="store_true", help="the full day in a bare kernel, no browser")
    parser.add_argument("--without-notebooks", action="store_true", help="leave the shipped notebooks out")
    options = parser.parse_args()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a script's background job could not be stopped
    os.environ[_MARK] = mark = uuid.uuid4().hex
    problems: list[str] = []
    with tempfile.TemporaryDirectory(prefix="tana-day-") as name:
        folder = Path(name)
        for place in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
            os.environ[place] = str(folder / place.lower())
            Path(os.environ[place]).mkdir(mode=0o700)
        if not (options.short or options.bare):
            problems += _in_lab(folder)
        problems += _in_a_bare_kernel(folder, short=options.short)
        if not options.without_notebooks:
            print("The shipped notebooks, twice each")
            problems += shipped.differing()
    problems += _left_running(mark)
    print("\n".join(problems) or "nothing grew")
    return int(bool(problems))


def _in_a_bare_kernel(folder: Path, *, short: bool) -> list[str]:
    """One day and, in a new kernel on emptied stores, the same day again: equal outputs."""
    plan = story.SHORT if short else story.FULL
    root = folder / "bare"
    root.mkdir()
    days: list[Lived] = []
    with opened(root, valkey=not short) as places:
        for _ in range(2):
            places.empty()
            with running_kernel(root, places.env) as kernel:
                began = time.monotonic()
                days.append(live(story.day(plan), Bare(kernel), places))
                print(f"A bare kernel, {len(days[-1].outputs)} cells in {time.monotonic() - began:.0f} s")
                print(table.drawn(days[-1]), end="\n\n")
            problems = _left_in_servers(places)
    first, again = days
    different = [
        f"cell {at} differs in the second run: {one} and then {two}"
        for at, (one, two) in enumerate(zip(first.outputs, again.outputs, strict=True))
        if one != two
    ]
    return problems + different + [sentence for each in days for sentence in _judged(each)]


def _in_lab(folder: Path) -> list[str]:
    """The day in JupyterLab, with two pages on one notebook."""
    from tests.day.lab import Lab
    from tests.lab import running_browser, running_server

    with ExitStack() as stack:
        root = folder / "lab" / "root"
        places = stack.enter_context(opened(root, valkey=True))
        # Before the environment changes: what the browser leaves in TMPDIR is not the kernel's.
        browser = stack.enter_context(running_browser())
        stack.enter_context(patch.dict(os.environ, places.env))
        server = stack.enter_context(running_server("lab", folder / "lab"))
        server.write("day.ipynb", ["1"])
        page = stack.enter_context(server.open(browser, "day.ipynb"))
        other = stack.enter_context(server.open(browser, "day.ipynb"))
        lab = Lab(page, other, "day.ipynb")
        began = time.monotonic()
        lived = live(story.day(story.LAB), lab, places)
        print(f"JupyterLab with two pages, {len(lived.outputs)} cells in {time.monotonic() - began:.0f} s")
        print(table.drawn(lived), end="\n\n")
        problems = lab.problems()
    return problems + _judged(lived)


def _judged(lived: Lived) -> list[str]:
    return lived.surprises + verdict.grown(lived, story.WARM)


def _left_in_servers(places: Places) -> list[str]:
    """What is still there when the kernel has ended."""
    left = {what: count for what, count in places.look().items() if what != "tables" and count}
    return [f"left in the servers by a kernel that ended: {left}"] if left else []


def _left_running(mark: str) -> list[str]:
    """Processes that descend from this one, whoever their parent is by now."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if path.name != str(os.getpid()) and f"{_MARK}={mark}".encode() in (path / "environ").read_bytes():
                found.append((path / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return [f"still running: {each}" for each in found]


if __name__ == "__main__":
    sys.exit(main())
