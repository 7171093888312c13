"""What is done on a day: rounds of cells over five contracts, each round on another store.

Every round does the same with the same keys, so that whatever is larger after it is kept by somebody. What a cell must
come to stands beside it; a day whose cells fail by themselves would measure nothing.

    for step in day(FULL):
        ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell, and the name of the error it ends with."""

    source: str
    ends: str = "ok"
    stop: bool = False
    """Press Stop once it has printed ``go``."""
    press: str = ""
    """In a browser: a selector in the output that is clicked once the cell has drawn it."""


@dataclass(frozen=True, slots=True)
class Round:
    """The end of a round: time to look. ``state`` tells which rounds must look alike."""

    number: int
    state: str


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that is no cell: ``restart``, ``reload`` or ``ask`` (Tab and Shift+Tab)."""

    what: str


Step = Cell | Round | Happening

MEMORY, SQLITE, POSTGRES, REDIS = "memory:", "sqlite:///day.db", "env:DAY_POSTGRES", "env:DAY_REDIS"
WITHOUT_REDIS = (MEMORY, SQLITE, POSTGRES)

WARM = 1
"""So many rounds of each kernel import, connect, and open as many widgets as are left open."""


def tana(name: str, source: str, line: str = "", **more: object) -> Cell:
    """A ``%%tana`` cell."""
    return Cell(f"%%tana {name} {line}".rstrip() + f"\n{source.strip()}", **more)  # type: ignore[arg-type] # the fields of Cell


def morning() -> Iterator[Step]:
    """What every notebook begins with, and begins with again after a restart."""
    yield Cell("%load_ext tana_jupyter")
    yield Cell("import pandas as pd\nimport tana_jupyter\n\nsession = tana_jupyter.session()\nleft = []")
    yield Cell("%tana clock 2026-01-01T00:00:00Z\n%tana seed 7")


def keys_and_values() -> Iterator[Step]:
    yield tana(
        "shop",
        """
import { kv } from 'tana/kv'
interface User { name: string; age: number }
for (let n = 0; n < 40; n++) await kv.put(`user:${n}`, { name: `user ${n}`, age: 20 + n } as User)
await kv.put('note', 'x'.repeat(20_000), { expirationTtl: 60, metadata: { by: 'ada' } })
const { keys } = await kv.list({ prefix: 'user:1' })
keys.map(({ name }) => name)""",
    )
    yield tana(
        "shop",
        """
const found = await kv.getWithMetadata<User>('user:3', 'json')
await kv.delete('user:3')
await kv.put('user:4', { ...found.value, age: 99 })
[found.value, await kv.get('user:3'), (await kv.get('note'))?.length]""",
    )
    yield Cell("session.keys('user:*')[['key', 'value', 'bytes']].head(3)")
    yield Cell("session.values('user:*').groupby('age').size().head(2)")


def staging() -> Iterator[Step]:
    yield tana(
        "stock",
        """
import { data } from 'tana/data'
data.set('tea', { left: 8, price: 3.5 })
data.set('cake', { left: 4 })
data.delete('milk')
data.get('tea')""",
    )
    yield Cell("%tana staged")
    yield Cell("view = session.staging_view('stock')\nleft.append(view)\nview")
    yield tana("stock", "data.commit()\ndata.get('cake')")


def deno() -> Iterator[Step]:
    yield tana(
        "chat",
        """
const db = await Deno.openKv()
await db.set(['room', 'hall'], { topic: 'tea', seen: new Set([1, 2]), big: 2n ** 70n })
const room = await db.get(['room', 'hall'])
const { ok } = await db.atomic().check(room).set(['room', 'hall'], { ...room.value, topic: 'cake' })
  .set(['visits'], new Deno.KvU64(3n)).sum(['visits'], 2n).commit()
const stale = await db.atomic().check(room).delete(['room', 'hall']).commit();
[ok, stale.ok, (await db.get(['visits'])).value.value]""",
    )
    yield tana(
        "chat",
        """
db.listenQueue(async ({ say }) => {
  await db.set(['said', say], true)
  console.log(`heard ${say}`)
})
await db.enqueue({ say: 'now' })
await db.enqueue({ say: 'later' }, { delay: 30_000 })""",
    )
    yield Cell("%tana clock +60s")
    yield tana(
        "chat",
        """
const reader = db.watch([['room', 'hall'], ['said', 'later']]).getReader()
const first = (await reader.read()).value.map(({ value }) => value?.topic ?? value)
await db.set(['said', 'later'], 'twice')
const second = (await reader.read()).value.map(({ value }) => value?.topic ?? value)
await reader.cancel()
[first, second]""",
    )


def handlers() -> Iterator[Step]:
    yield tana(
        "library",
        """
import { kv } from 'tana/kv'
import { context } from 'tana/context'
export async function init() { await kv.put('book:Emma', { lent: 0 }) }
export async function get(req: Request) { return { page: req.query.page, book: await kv.get('book:Emma', 'json') } }
export async function post(req: Request, body: { lent: number }) {
  if (!req.tana.caller) return { status: 401, body: { error: 'Who are you?' } }
  await kv.put('book:Emma', body)
  return { status: 201, body }
}
export function contract() { return `${context.caller().username} pays ${context.input().fee}` }""",
    )
    yield Cell("library.init()")
    yield Cell("library.post('/books', {'lent': 3}, caller='alice')")
    yield Cell("library.get('/?page=2').body")
    yield Cell('%tana call library.get "/?page=3" --fresh')
    yield Cell("library.contract({'fee': 3}, caller='bob')")
    yield Cell("library.post('/books', {'lent': 3}).status")


def timers() -> Iterator[Step]:
    yield tana(
        "ticks",
        """
let ticks = 0
const every = setInterval(() => { if (++ticks === 5) clearInterval(every) }, 1000)
setTimeout(() => console.log('a minute later'), 60_000)
await new Promise((done) => setTimeout(done, 2500))
ticks""",
    )
    yield Cell("%tana settle 3600")
    yield tana("ticks", "const paused = new AbortController()\npaused.abort();\n[ticks, paused.signal.aborted]")
    yield Cell("%tana reset ticks")


def errors() -> Iterator[Step]:
    yield tana("shop", "function total(cart) {\n  return cart.items.length\n}\ntotal({})", ends="ContractError")
    yield tana("shop", "const total: number = 5 +", ends="ContractSyntaxError")
    yield tana("shop", "import { nothing } from 'tana/kv'", ends="ContractSyntaxError")
    yield tana("shop", "await Promise.reject(new RangeError('far'.repeat(1000)))", ends="ContractError")
    yield tana("shop", "await new Promise(() => 1)", ends="ContractStuck")
    yield tana("shop", "function deep() { return deep() + 1 }\ndeep()", ends="ContractError")
    yield tana("chat", "await db.set(['f'], () => 1)", ends="ContractError")
    yield tana("stock", "data.set('large', 'x'.repeat(20_000))", ends="ContractError")
    yield Cell("%tana get", ends="CommandError")
    yield Cell("library.get('not an address', method=3)", ends="TanaError")


def stopped() -> Iterator[Step]:
    """The time limit and Stop, where the contract's variables live on."""
    yield tana("shop", "for (;;) { try { await kv.get('loop') } catch {} }", "--timeout 0.2", ends="ContractTimeout")
    yield tana("shop", "console.log('go')\nwhile (true) {}", ends="ContractStopped", stop=True)


def endless() -> Iterator[Step]:
    """The time limit and Stop, where the contract gets another engine."""
    yield tana("shop", "while (true) {}", "--timeout 0.2", ends="ContractTimeout")
    yield tana("shop", "console.log('go')\nfor (;;) await 0", ends="ContractStopped", stop=True)
    loop = "while (true) { try { await db.get(['room']) } catch {} }"
    yield tana("chat", f"console.log('go')\n{loop}", ends="ContractStopped", stop=True)
    yield tana("shop", "import { kv } from 'tana/kv'\nawait kv.get('user:4', 'json')")


def compiled() -> Iterator[Step]:
    """What needs the whole TypeScript compiler, and what it says of an error."""
    yield tana("shop", "enum Kind { Guest = 1, Member }\nKind.Member")
    yield tana("shop", "namespace Left { export const behind = 1 }\nLeft.behind +", ends="ContractSyntaxError")


def asking() -> Iterator[Step]:
    """Tab and Shift+Tab, and a page that is loaded again."""
    yield Happening("ask")
    yield Happening("reload")


def out_of_memory() -> Iterator[Step]:
    """The engine's heap runs full: the contract gets a new one."""
    yield tana("ticks", "const hoard = []\nfor (;;) hoard.push(new Array(100_000).fill('x'))", ends="ContractError")
    yield tana("ticks", "typeof hoard")


def crossing() -> Iterator[Step]:
    yield Cell("prices = [{'item': 'tea', 'price': 3.5}, {'item': 'cake', 'price': 4}]\nframe = pd.DataFrame(prices)")
    yield tana(
        "shop",
        "const total = prices.reduce((sum, { price }) => sum + price, 0) + frame.length\nconst pair = new Map([['a', 1n]])",
        "-i prices -i frame -o total -o pair",
    )
    yield Cell("total, pair")
    yield tana("shop", "var long = 'b'.repeat(3_000_000)", "-o long")


def showing() -> Iterator[Step]:
    yield tana("shop", "Deno.jupyter.md`# Title`")
    yield tana(
        "shop", "await Deno.jupyter.display({ 'text/html': '<b>bold</b>', 'text/plain': 'bold' }, { raw: true })"
    )
    yield tana("shop", "[new Map([['a', new Uint8Array(3)]]), new Date(0), class K {}, Symbol('s')]")
    yield tana("shop", "for (let n = 0; n < 300; n++) console.log('line', n)\nconsole.warn('warned')")
    yield Cell("%tana")


def widgets() -> Iterator[Step]:
    """Left open well into the next round."""
    yield Cell("for widget in left[:-4]:\n    widget.close()\ndel left[:-4]")
    yield Cell(
        "browser = session.browse('user:', contract='shop')\nleft.append(browser)\nbrowser",
        press=".tana-canvas > .tana-line",
    )
    yield Cell("form = session.export_view(contract='shop')\nleft.append(form)\nform")
    yield Cell("browser.query = {'prefix': 'user:1', 'view': 'tree'}\nbrowser.frame()[['key']].head(2)")


def transfers() -> Iterator[Step]:
    yield Cell("%tana export day.jsonl.gz --contract shop --quiet --apply")
    yield Cell("plan = session.import_('day.jsonl.gz', conflicts='take', quiet=True)\nplan")
    yield Cell("print(plan.apply())")
    yield Cell("plan = session.export('env:DAY_TARGET', mirror=True, quiet=True)\nplan")
    yield Cell("print(plan.apply(confirm_deletions=len(list(plan.rows('deleted', 1000)))))")
    yield Cell("%tana import env:DAY_TARGET --contract shop --conflicts take --quiet --apply")
    yield Cell("%tana import env:DAY_NOWHERE --quiet", ends="StoreError")


def files() -> Iterator[Step]:
    yield Cell("%tana save library library.ts --force")
    yield Cell("%tana open library.ts --as copied")
    yield Cell(
        "import pathlib\n_ = pathlib.Path('seven.mjs').write_text('export const seven = 7')\n%tana add seven.mjs --as seven"
    )
    yield tana("copied", "import { seven } from 'seven'\nseven")
    yield Cell("%reload_ext tana_jupyter")


def switch(store: str, *, carry: bool) -> Iterator[Step]:
    """To another store: with something staged it is refused, and taken along or rolled back."""
    yield tana("stock", "import { data } from 'tana/data'\ndata.set('carried', 1)")
    yield Cell(f"%tana store {'json:///refused.json'}", ends="TanaError")
    if carry:
        yield Cell(f"%tana store {store} --carry")
        yield Cell("%tana commit stock")
    else:
        yield Cell("%tana rollback stock")
        yield Cell(f"%tana store {store}")


Chapters = Sequence[Callable[[], Iterator[Step]]]
Plan = Sequence[tuple[str, Chapters]]

SHORT_ROUND: Chapters = (keys_and_values, staging, deno, handlers, stopped, widgets, transfers)
LAB_ROUND: Chapters = (*SHORT_ROUND, asking)
FULL_ROUND: Chapters = (*LAB_ROUND, timers, errors, endless, crossing, showing, files, compiled, out_of_memory)

RESTART = ("restart", ())

SHORT: Plan = [(store, SHORT_ROUND) for store in (*WITHOUT_REDIS, *WITHOUT_REDIS)]
FULL: Plan = [(store, FULL_ROUND) for store in (REDIS, *WITHOUT_REDIS, *WITHOUT_REDIS)]
LAB: Plan = [
    *((store, LAB_ROUND) for store in (REDIS, *WITHOUT_REDIS, MEMORY, SQLITE)),
    RESTART,
    (POSTGRES, FULL_ROUND),
]


def round_of(chapters: Chapters, store: str, number: int) -> Iterator[Step]:
    """All that is done on one store."""
    yield from switch(store, carry=number % 2 == 1)
    for chapter in chapters:
        # Of the same text a cell is compiled once; what grows with new texts shall be seen too.
        yield from (marked(step, number) for step in chapter())
    yield Round(number, store)


def marked(step: Step, number: int) -> Step:
    """The step as nobody has seen it before."""
    if isinstance(step, Cell) and step.source.startswith("%%tana"):
        return replace(step, source=f"{step.source}\n// round {number}")
    return step


def day(plan: Plan) -> Iterator[Step]:
    """A whole day: rounds, and perhaps a new kernel among them."""
    yield from morning()
    rounds = count()
    for store, chapters in plan:
        if (store, chapters) == RESTART:
            yield Happening("restart")
            yield from morning()
        else:
            yield from round_of(chapters, store, next(rounds))
