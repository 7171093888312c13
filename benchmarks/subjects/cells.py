"""What a cell costs above an empty Python cell of the same IPython shell, in this process.

No cell is run twice as it stands, so each is compiled.
"""

from collections.abc import Iterator
from itertools import count

from benchmarks.effort import Effort, in_turns
from benchmarks.shell import EMPTY, Shell
from benchmarks.table import Row, time_row

LIVE = 9_000
"""Objects that the measured contract holds: just under the 10,000 that the bars allow."""

OBJECTS = "%%tana {}\nconst live = Array.from({{ length: {} }}, (_, number) => ({{ number }}))"

LONG = """%%tana cells
import {{ kv }} from 'tana/kv'
interface Named {{ readonly id: number; name: string }}
interface User extends Named {{ tags?: string[] }}
type Stored<T> = {{ value: T | null; at: number }}
class Table<T extends Named> {{
  private readonly prefix: string = 'user'
  key(id: number): string {{ return `${{this.prefix}}:${{id}}` }}
  async save(row: T): Promise<void> {{ await kv.put(this.key(row.id), JSON.stringify(row)) }}
  async load(id: number): Promise<Stored<T>> {{
    const text = await kv.get(this.key(id))
    return {{ value: text === null ? null : (JSON.parse(text) as T), at: {0} }}
  }}
}}
const users = new Table<User>()
async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {{
  const results: R[] = []
  for (const item of items) results.push(await work(item))
  return results
}}
const ids: number[] = [1, 2, 3, 4]
await each(ids, (id) => users.save({{ id, name: `user ${{id}}`, tags: ['new'] }}))
const loaded = await each(ids, (id) => users.load(id))
await kv.delete(users.key(4)!)
const left = (await kv.list({{ prefix: 'user:' }})).keys.map(({{ name }}: {{ name: string }}) => name)
left.length + loaded.filter((entry): entry is Stored<User> => entry.value !== null).length
"""


def rows(effort: Effort) -> Iterator[Row]:
    """Short and long cells, new contracts, old kernels, full isolates."""
    shell = Shell()
    shell.run("%load_ext tana_jupyter")
    shell.run(OBJECTS.format("cells", LIVE))
    shell.run(OBJECTS.format("full", effort.objects))
    counter = count(1)
    short = {
        "python": lambda _: shell.run(EMPTY),
        "line": lambda _: shell.run(f"%%tana cells\nlive.length + {next(counter)}"),
    }
    long = {
        "python": short["python"],
        "long": lambda _: shell.run(LONG.format(next(counter))),
    }
    # Apart from the others: they leave nothing of theirs in the processor's caches.
    full = {"full": lambda _: shell.run(f"%%tana full\nlive.length + {next(counter)}")}
    lowered = {"lowered": lambda _: shell.run(f"%%tana cells\nenum Level {{ Low = {next(counter)} }}\nLevel.Low")}
    for cases in (short, long, full, lowered):
        in_turns(cases, 2)  # warm
    taken = in_turns(short, effort.cells)
    empty = taken["python"]
    yield time_row(f"an empty Python cell ({EMPTY}), in-process InteractiveShell, for comparison", empty)
    yield time_row(f"one-line cell above it, {LIVE:,} live objects", taken["line"].above(empty), 1.2e-3)
    taken = in_turns(full, effort.cells)
    yield time_row(f"... with {effort.objects:,} live objects", taken["full"].above(empty))
    taken = in_turns(long, effort.cells)
    what = "25-line TypeScript cell above it, ten store operations"
    yield time_row(what, taken["long"].above(taken["python"]), 2.5e-3)
    taken = in_turns(lowered, effort.cells)
    what = "one-line cell and an enum, which TypeScript's own compiler lowers, above it"
    yield time_row(what, taken["lowered"].above(empty))
    new = in_turns({"new": lambda _: shell.run(f"%%tana new{next(counter)}\n1 + 1")}, effort.cells)
    yield time_row("a new contract name", new["new"], 6e-3)
    for _ in range(effort.earlier):
        shell.run(f"%%tana cells\nconst before = {next(counter)}")
    taken = in_turns(short, effort.cells)
    what = f"one-line cell above an empty one, after {effort.earlier:,} cells"
    yield time_row(what, taken["line"].above(taken["python"]), 1.2e-3)
