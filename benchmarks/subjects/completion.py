"""Tab and Shift+Tab in a ``%%tana`` cell: IPython's completer with all its matchers, and the kernel's inspector."""

from collections.abc import Iterator

from benchmarks.effort import Effort, Sample, in_turns
from benchmarks.fresh import fresh_processes
from benchmarks.shell import Shell
from benchmarks.table import Row, time_row

ANSWER = 20e-3
KEYS = """%%tana completion
import {{ kv }} from 'tana/kv'
for (let n = 0; n < {0}; n++) await kv.put(`user:${{n % 100}}:order:${{n}}`, 'x')
"""
LONG = """%%tana completion
import {{ kv }} from 'tana/kv'
interface User {{ id: number; name: string; tags?: string[] }}
class Table<T extends User> {{
  private readonly prefix: string = 'user'
  key(id: number): string {{ return `${{this.prefix}}:${{id}}` }}
  async load(id: number): Promise<T | null> {{ return await kv.get<T>(this.key(id), 'json') }}
}}
const users = new Table<User>()
// {0}
"""
PLACES = {
    "members": "kv.",
    "keys": "await kv.get('user:1",
    "names": "",
}

FIRST = """
import json
from benchmarks.effort import seconds
from benchmarks.shell import Shell

shell = Shell()
shell.run("%load_ext tana_jupyter")
shell.complete("x")
{}
cell = "%%tana\\nimport {{ kv }} from 'tana/kv'\\nkv."
taken = seconds(lambda: shell.complete(cell))
assert shell.complete(cell) > 5
print(json.dumps(taken))
"""
AFTER = r'shell.run("%%tana\n1")'


def rows(effort: Effort) -> Iterator[Row]:
    """Warm answers over a large store and after many cells, then the first answer of a fresh process."""
    shell = Shell()
    shell.run("%load_ext tana_jupyter")
    shell.run(KEYS.format(effort.stored))
    cell = LONG.format("text")
    cases = {name: lambda _, text=text: shell.complete(cell + text) for name, text in PLACES.items()}
    in_turns(cases, 2)  # warm
    taken = in_turns(cases, effort.cells)
    yield time_row("Tab for members of kv, in a ten-line cell", taken["members"], ANSWER)
    yield time_row(f"Tab for keys, kv store of {effort.stored:,}", taken["keys"], ANSWER)
    yield time_row("Tab for the names in an empty place", taken["names"], ANSWER)
    for number in range(effort.earlier):
        shell.run(f"%%tana completion\nconst earlier{number} = {{ number: {number} }}")
    keys = {"keys": lambda _: shell.complete(cell + PLACES["keys"])}
    in_turns(keys, 2)
    yield time_row(f"Tab for keys after {effort.earlier:,} cells", in_turns(keys, effort.cells)["keys"], ANSWER)
    inspected = in_turns({"inspect": lambda _: shell.inspect(f"{cell}kv.put('a', 1)", len(cell) + 4)}, effort.cells)
    yield time_row("Shift+Tab on kv.put", inspected["inspect"], ANSWER)
    with fresh_processes() as fresh:
        # In turns, and the first of each only fills the cache of compiled files.
        scripts = (FIRST.format(""), FIRST.format(AFTER))
        taken_first = [[fresh.run(script) for script in scripts] for _ in range(effort.processes + 1)][1:]
    before, after = (Sample.of([each[at] for each in taken_first]) for at in (0, 1))
    yield time_row("the first Tab in a kernel, nothing being loaded", before, ANSWER)
    yield time_row("... and in one in which a cell has run", after, ANSWER)
