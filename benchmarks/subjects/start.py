"""What a user waits for before the first result: fresh processes, their files compiled to bytecode before."""

from collections.abc import Iterator

from benchmarks.effort import Effort, Sample
from benchmarks.fresh import fresh_processes
from benchmarks.table import Row, fact_row, most_row, time_row
from tana_jupyter.engine import sources

PRELUDE = 40 * 1024

IMPORT = """
import json, sys, time
start = time.perf_counter()
import tana_jupyter
imported = time.perf_counter() - start
heavy = [name for name in ("IPython", "pandas", "ipywidgets", "psycopg", "redis") if name in sys.modules]
start = time.perf_counter()
tana_jupyter.Session()
print(json.dumps([imported, heavy, time.perf_counter() - start]))
"""

SHELL = """
import json, sys
from benchmarks.effort import seconds
from benchmarks.shell import Shell

FIRST = '''%%tana
interface Point { x: number; y: number }
const length = ({ x, y }: Point): number => Math.hypot(x, y)
length({ x: 3, y: 4 })
'''
shell = Shell()
shell.run("1 + 1")
loaded = seconds(lambda: shell.run("%load_ext tana_jupyter"))
first = seconds(lambda: shell.run(FIRST))
heavy = [name for name in ("pandas", "ipywidgets", "psycopg", "redis") if name in sys.modules]
print(json.dumps([loaded, first, heavy]))
"""


def rows(effort: Effort) -> Iterator[Row]:
    """Import, extension, first cell."""
    with fresh_processes() as fresh:
        # In turns, and the first of each only fills the cache of compiled files.
        rounds = [(fresh.run(IMPORT), fresh.run(SHELL)) for _ in range(effort.processes + 1)][1:]
    imports, shells = [each for each, _ in rounds], [each for _, each in rounds]
    imported, sessions = (Sample.of([each[at] for each in imports]) for at in (0, 2))
    loaded, first = (Sample.of([each[at] for each in shells]) for at in (0, 1))
    yield time_row("import tana_jupyter, fresh process", imported, 60e-3)
    yield fact_row("... heavy packages that it imports", ", ".join(imports[0][1]) or "none", "none")
    yield time_row("... then the first Session()", sessions)
    prelude = len(sources.prelude())
    yield most_row("JavaScript that every new contract loads at once", prelude, PRELUDE, " bytes")
    yield time_row("%load_ext tana_jupyter in a running IPython", loaded, 150e-3)
    yield time_row("first %%tana cell after that, plain TypeScript", first, 70e-3)
    yield fact_row("... heavy packages that are imported by then", ", ".join(shells[0][2]) or "none", "none")
