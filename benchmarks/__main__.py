"""``python -m benchmarks [--quick] [--peers] [NAME ...]``."""

import argparse
import platform
import time
from importlib import metadata

from benchmarks import subjects
from benchmarks.effort import FULL, QUICK
from benchmarks.table import Row, head, line, summary

PACKAGES = ("dukpy", "ipython", "tree-sitter", "orjson")


def main() -> None:
    """Measure the named subjects, or all, and print each row as soon as it is known."""
    names = subjects.names()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    choice = f"what to measure: {', '.join(names)} (default: all)"
    parser.add_argument("names", nargs="*", metavar="NAME", help=choice)
    parser.add_argument("--quick", action="store_true", help="few repetitions: only to see that it runs")
    parser.add_argument("--peers", action="store_true", help="also other programs that do the same, in turns with it")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in names]
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(names)}")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    noise = "; quick: no time below says anything, nor does its verdict" if options.quick else ""
    print(f"{platform.python_implementation()} {platform.python_version()}, {versions}{noise}")
    print(head())
    effort = (QUICK if options.quick else FULL)._replace(peers=options.peers)
    start, rows = time.monotonic(), list[Row]()
    for name in options.names or names:
        subject = subjects.subject(name)
        print(f"\n[{name}] {subjects.title(subject)}", flush=True)
        for row in subject.rows(effort):
            rows.append(row)
            print(line(row), flush=True)
    print(f"\n{summary(rows)}\nmeasured in {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
