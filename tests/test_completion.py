"""What Tab offers in the TypeScript of a cell, in a real InteractiveShell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.completion_harness import Tab, tab
from tests.shell import Shell, open_shell

KV = "import { kv } from 'tana/kv'\n"
DATA = "import { data } from 'tana/data'\n"
EARLIER = """%%tana
import { kv } from 'tana/kv'
interface Order { total: number; lines: { sku: string }[] }
const order: Order = { total: 5, lines: [{ sku: 'a' }] }
const settings = { theme: 'dark', limits: { most: 3 }, greet(name: string) { return { hello: name } } }
class Cart { #secret = 1; static empty = new Cart(); count = 0; first(): Order { return order } }
enum Level { Low, High }
for (const name of ['ada', 'bob']) await kv.put(`user:${name}`, '1')
await kv.put("it's", 1)
"""


@pytest.fixture(scope="module")
def shell() -> Iterator[Shell]:
    with open_shell() as opened:
        assert opened.run(EARLIER).error is None
        opened.run("%%tana other\nconst foreign = 1; export function get() { return { ok: true } }")
        yield opened


def at(shell: Shell, body: str, line: str = "") -> Tab:
    return tab(shell, f"%%tana {line}\n{body}")


@pytest.mark.parametrize(
    ("body", "some"),
    [
        # modules
        ("import { kv } from '|'", ["tana/kv", "tana/data", "ulid"]),
        ("import { kv } from 'tana/k|", ["tana/kv"]),
        ('import { kv } from "tana:|"', ["tana:kv", "tana:data"]),
        ("const m = await import('tana/d|')", ["tana/data"]),
        ("import { | } from 'tana/kv'", ["kv", "KvPage"]),
        ("import { clock, | } from 'tana:lab'", ["seed"]),
        ("import {\n  type KvP|\n} from 'tana/kv'", ["KvPage", "KvPutOptions"]),
        ("import { | }", ["kv", "data", "context", "block", "tx"]),
        ("import crypto from 'node:crypto'\ncrypto.|", ["createHash", "randomUUID"]),
        ("import * as lab from 'tana/lab'\nlab.|", ["clock", "seed"]),
        # their members
        (KV + "kv.|", ["get", "put", "list", "delete", "getWithMetadata", "putBulk"]),
        (KV + "await kv.pu|\nconst after = 1", ["put", "putBulk"]),
        (KV + "if (kv.|", ["get"]),
        (KV + "kv?.|", ["get"]),
        (DATA + "data.|", ["set", "get", "commit", "MAX_KEYS"]),
        ("import { context } from 'tana/context'\ncontext.|", ["caller", "owner", "block", "input"]),
        ("import { context } from 'tana/context'\ncontext.caller().|", ["username", "nonce"]),
        ("import { block } from 'tana/block'\nblock.|", ["height", "getBalance", "getUser"]),
        ("import { tx } from 'tana/tx'\ntx.|", ["transfer", "execute"]),
        ("import { core } from 'tana/core'\ncore.|", ["console", "version"]),
        ("console.|", ["log", "error", "warn"]),
        ("Deno.|", ["jupyter"]),
        ("Deno.jupyter.|", ["display", "md", "html"]),
        ("new URL('http://x').searchParams.|", ["get", "getAll", "has"]),
        ("env.MY_NAMESPACE.|", ["get", "put"]),
        # types that go on
        (KV + "const page = await kv.list()\npage.|", ["keys", "list_complete", "cursor"]),
        (KV + "const { keys: [first] } = await kv.list()\nfirst.|", ["name", "expiration"]),
        (KV + "for (const key of (await kv.list()).keys) { key.| }", ["name", "metadata"]),
        (KV + "(await kv.list()).keys.map((key) => key.|)", ["name"]),
        (KV + "(await kv.list()).keys.map(key => ({ id: key.name })).filter(x => x.|)", ["id"]),
        (KV + "const both = await kv.get(['a', 'b'])\nboth.|", ["size", "entries"]),
        (KV + "for (const [name, value] of await kv.get(['a'])) name.|", ["startsWith"]),
        (KV + "const v = await kv.get<{ total: number }>('a', 'json')\nv.|", ["total"]),
        (KV + "const read = await kv.getWithMetadata('a')\nread?.|", ["value", "metadata"]),
        (KV + "const store = kv\nstore.|", ["get"]),
        ("import { kv as store } from 'tana/kv'\nstore.|", ["get"]),
        ("import { block } from 'tana/block'\nconst user = await block.getUser('ada')\nuser.|", ["displayName"]),
        ("import { block } from 'tana/block'\nconst [user] = await block.getUser(['ada'])\nuser.|", ["displayName"]),
        ("import { tx } from 'tana/tx'\n(await tx.execute()).changes[0].|", ["type", "currency"]),
        ("const when = new Date()\nwhen.|", ["toISOString", "toLocaleDateString"]),
        ("try { f() } catch (error) { error.| }", ["message", "stack"]),
        ("JSON.|", ["parse", "stringify"]),
        ("[1, 2].|", ["map", "filter"]),
        ("'text'.|", ["split", "padStart"]),
        # the cell's own names
        ("const alpha = { one: 1, two: { three: 3 } }\nalpha.|", ["one", "two"]),
        ("const alpha = { one: 1, two: { three: 3 } }\nalpha.two.|", ["three"]),
        ("const alpha = { one: 1 }\nconst more = { ...alpha, two: 2 }\nmore.|", ["one", "two"]),
        ("class Box { size = 1; #own = 2; static made = 0; open() { this.| } }", ["size", "#own", "open"]),
        ("class Box { size = 1; grow(): Box { return this } }\nnew Box().grow().|", ["size", "grow"]),
        ("class Box { static made = 0 }\nBox.|", ["made"]),
        ("class Box { constructor(private width: number) {} area() { return this.| } }", ["width"]),
        ("class Base { id = 1 }\nclass More extends Base { name = '' }\nnew More().|", ["id", "name"]),
        ("class Table<T> { row(): T { return null } }\nnew Table<{ price: 1 }>().row().|", ["price"]),
        ("function f(order: { total: number }) { order.| }", ["total"]),
        ("async function load() { return { loaded: true } }\n(await load()).|", ["loaded"]),
        ("lat|\nfunction later() {}", ["later"]),
        ("function f(parameter: string) { para| }", ["parameter"]),
        ("for (let index = 0; ind| ;) {}", ["index"]),
        ("type Pair = { left: 1 } | { right: 2 }\nlet pair: Pair\npair.|", ["left", "right"]),
        ("const grown = await Promise.all([1])\ngrown.|", ["map"]),
        # names of earlier cells
        ("ord|", ["order"]),
        ("order.|", ["total", "lines"]),
        ("order.lines[0].|", ["sku"]),
        ("settings.limits.|", ["most"]),
        ("settings.greet('x').|", ["hello"]),
        ("new Cart().|", ["count", "first"]),
        ("Cart.empty.first().|", ["total"]),
        ("Level.|", ["Low", "High"]),
        ("kv.|", ["get"]),
        ("const o: Ord|", ["Order"]),
        ("const o: Order = 1\no.|", ["total"]),
        # keywords, globals, types
        ("awa|", ["await"]),
        ("struct|", ["structuredClone"]),
        ("setT|", ["setTimeout"]),
        ("const x: bool|", ["boolean"]),
        ("const x: Deno.jupyter.Disp|", ["Displayable"]),
        # arguments
        (KV + "kv.put('a', 1, { | })", ["expiration", "expirationTtl", "metadata"]),
        (KV + "kv.list({ rev| })", ["reverse"]),
        (KV + "kv.get('a', '|')", ["json", "text", "stream"]),
        (KV + "kv.get('a', { type: '|' })", ["json"]),
        # code inside a template
        (KV + "`${kv.|}`", ["get"]),
        (KV + "`${`${kv.|", ["get"]),
        (KV + "kv.get('a', { | })", ["type", "cacheTtl"]),
        # handlers that an export makes
        ("export async function get(request) { request.| }", ["query", "headers", "tana"]),
        ("export const post = async (request) => { request.| }", ["body", "json"]),
        ("export default function (request) { request.| }", ["query"]),
        ("export default { async fetch(request, env, ctx) { request.| } }", ["url", "method", "json"]),
        ("export default { fetch: async (request, env) => { env.MINE.| } }", ["get", "put"]),
        ("export function get({ query, path }) { path.| }", ["startsWith"]),
        # imports on their way
        ("import { kv } fr|", ["from"]),
        ("import {\n  kv,\n} |", ["from"]),
        ("import * as lab f|", ["from"]),
        ("import ulid fr|", ["from"]),
        # keys
        ("kv.get('|')", ["user:ada", "user:bob", "it\\'s"]),
        ("kv.get('us|", ["user:ada"]),
        ('kv.delete("it|")', ["it's"]),
        ("kv.put('user:a|', 1)", ["user:ada"]),
        ("kv.get(['user:ada', 'user:b|'])", ["user:bob"]),
        ("kv.list({ prefix: 'u|' })", ["user:ada"]),
        ("kv.list({ limit: 1, startAfter: 'u|' })", ["user:ada"]),
        ("kv.putBulk([{ key: 'u|' }])", ["user:ada"]),
        ("const store = kv; store.getWithMetadata('u|')", ["user:ada"]),
        ("env.MINE.get('u|')", ["user:ada"]),
        # emoji, which are two units of UTF-16
        ("const s = '😀😀'; kv.g|", ["get"]),
        ("/* 😀 */ kv.get('u|')", ["user:ada"]),
        ("const é = { ü: 1, plain: 2 }\né.|", ["plain"]),
    ],
)
def test_offered(shell: Shell, body: str, some: list[str]) -> None:
    found = at(shell, body).texts
    assert set(some) <= set(found), found


@pytest.mark.parametrize(
    ("body", "not_there"),
    [
        (KV + "kv.|", ["kv", "console", "const", "print", "Symbol.iterator"]),
        (KV + "kv.g|", ["put", "list"]),
        ("import { clock, | } from 'tana:lab'", ["clock"]),
        ("import { | } from 'tana/kv'", ["data", "const"]),
        ("class Box { #own = 2 }\nnew Box().|", ["#own", "constructor"]),
        ("class Box { static made = 0; size = 1 }\nnew Box().|", ["made"]),
        ("{ const inner = 1 }\n|", ["inner"]),
        ("function f() { const inner = 1 }\n|", ["inner"]),
        ("|", ["foreign", "get_ipython", "tanaCursor"]),
        ("kv.get('user:a|')", ["user:bob", "it's"]),
        ("const x: bool|", ["break", "kv"]),
        (KV + "kv.get('a', { | })", ["length", "charAt"]),
        ("function get(request) { request.| }", ["query"]),
    ],
)
def test_not_offered(shell: Shell, body: str, not_there: list[str]) -> None:
    assert not set(not_there) & set(at(shell, body).texts)


@pytest.mark.parametrize(
    "body",
    [
        "// kv.|",
        "/* kv.| */",
        "/** kv.|",
        "`kv.|`",
        "`a ${1} kv.|`",
        "const r = /kv.|/",
        "return /kv.|",
        "console.log('kv.|')",
        "const text = 'import|'",
        "kv.put('a', 'u|')",
        "const |",
        "let na|",
        "function na|",
        "class Na|",
        "interface Na|",
        "function f(na|) {}",
        "import na|",
        "import { kv as k|",
        "import { kv } from |",
        "import * as |",
        "export function post(request, body) { body.| }",
        "const { total: na| } = order",
        "12|",
        "unknownName.|",
        "kv.get('user:ada').then(x => x.nothing.|)",
        "const a = a.b\na.|",
        "type A = A[]\nlet x: A\nx[0].|",
        "class B extends B {}\nnew B().|",
        "class B extends B {}\nB.|",
        "interface I extends I {}\nlet i: I\ni.|",
        "😀.|",
    ],
)
def test_silent(shell: Shell, body: str) -> None:
    """Neither ours nor Python's names."""
    assert at(shell, body).texts == []


def test_what_is_near_comes_first(shell: Shell) -> None:
    found = at(shell, "const constant = 1\nfunction f(conserved) { cons| }").texts
    assert found[:2] == ["conserved", "constant"]
    assert found.index("console") < found.index("const")


def test_the_case_that_is_typed_comes_first(shell: Shell) -> None:
    assert at(shell, "const dated = 1\nnew Da|").texts[:2] == ["Date", "dated"]
    assert at(shell, "const dated = 1\nda|").texts[0] == "dated"
    assert at(shell, "let name: str|").texts == ["string", "String"]


def test_only_what_is_typed_of_the_name_is_replaced(shell: Shell) -> None:
    assert at(shell, KV + "kv.ge|").replaced == "ge"
    assert at(shell, "// text\n|").replaced == ""
    assert at(shell, "kv.get('user:a|')").replaced == "user:a"
    assert at(shell, "import { kv } from 'tana:k|'").replaced == "tana:k"


def test_kinds_are_told(shell: Shell) -> None:
    kinds = at(shell, KV + "kv.|").kinds
    assert kinds["get"] == "function"
    assert at(shell, "kv.get('u|')").kinds == {"user:ada": "key", "user:bob": "key"}
    assert at(shell, "awai|").kinds == {"await": "keyword"}


def test_each_contract_has_its_own_names_and_keys(shell: Shell) -> None:
    assert "foreign" in at(shell, "|", "other --caller alice")
    assert "order" not in at(shell, "|", "other")
    assert at(shell, "import { kv } from 'tana/kv'\nkv.get('|')", "other").texts == []
    assert "rows" in at(shell, "ro|", "-i rows other")


def test_data_shows_what_is_staged_over_what_is_committed(shell: Shell) -> None:
    shell.run(f"%%tana cellar\n{DATA}data.set('ale', 1); data.set('port', 1); data.commit()")
    shell.run(f"%%tana cellar\n{DATA}data.set('mead', 1); data.delete('ale')")
    assert at(shell, DATA + "data.get('|')", "cellar").texts == ["mead", "port"]
    shell.session.rollback("cellar")
    assert at(shell, DATA + "data.get('|')", "cellar").texts == ["ale", "port"]


def test_data_shows_committed_keys(shell: Shell) -> None:
    shell.run("%%tana stock\nimport { data } from 'tana/data'\ndata.set('apples', 1); data.commit()")
    assert at(shell, DATA + "data.get('|')", "stock").texts == ["apples"]
    assert at(shell, DATA + "data.has('a|')", "stock").texts == ["apples"]
    assert at(shell, "import { kv } from 'tana/kv'\nkv.get('|')", "stock").texts == []


def test_many_keys_go_segment_by_segment(shell: Shell) -> None:
    shell.run(
        f"%%tana many\n{KV}for (let n = 0; n < 300; n++) await kv.put(`shop:${{n % 3}}:item:${{n}}`, '')\nkv.put('z', 1)"
    )
    assert at(shell, KV + "kv.get('|')", "many").texts == ["shop:", "z"]
    assert at(shell, KV + "kv.get('shop:|')", "many").texts == ["shop:0:", "shop:1:", "shop:2:"]
    assert at(shell, KV + "kv.get('shop:1:item:29|')", "many").texts == [
        "shop:1:item:292",
        "shop:1:item:295",
        "shop:1:item:298",
    ]


def test_a_key_that_expired_is_not_offered(shell: Shell) -> None:
    shell.run(f"%%tana gone\n{KV}await kv.put('here', 1); await kv.put('there', 1, {{ expirationTtl: 60 }})")
    shell.session.clock.advance(61)
    assert at(shell, KV + "kv.get('|')", "gone").texts == ["here"]
    shell.session.clock.resume()


def test_nothing_runs_and_nothing_is_written(shell: Shell) -> None:
    ran = len(shell.session["notebook"].sources)
    at(shell, KV + "await kv.put('never', 1); kv.get('never').then(x => x.|)")
    assert len(shell.session["notebook"].sources) == ran
    assert shell.session.get("never", contract="notebook") is None


def test_a_running_session_offers_no_keys_but_all_else(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell.session, "_running", "notebook")
    assert at(shell, "kv.get('u|')").texts == []
    assert "get" in at(shell, "kv.|")


def test_one_scan_of_bounded_length(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    store, scans = shell.session.store, []
    scan = type(store).scan

    def counted(self, *args, **options):
        scans.append(options["limit"])
        return scan(self, *args, **options)

    monkeypatch.setattr(type(store), "scan", counted)
    at(shell, "kv.get('u|')")
    at(shell, "kv.|")
    assert scans == [1000]


def test_a_store_that_fails_offers_no_keys(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    from tana_jupyter.errors import StoreError

    def broken(*_args, **_options):
        raise StoreError("gone")

    monkeypatch.setattr(type(shell.session.store), "scan", broken)
    assert at(shell, "kv.get('u|')").texts == []


def test_an_error_of_ours_is_logged_and_nothing_is_offered(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    from tana_jupyter.completion import offers

    monkeypatch.setattr(offers, "_in_code", lambda _look: 1 / 0)
    assert at(shell, "kv.|").texts == []
    assert "ZeroDivisionError" in shell.session.failures[-1]


@pytest.mark.parametrize("body", ["a" + ".b" * 3000 + ".|", "(" * 3000 + "|", "x = " + "1 + " * 3000 + "|"])
def test_deep_cells_do_no_harm(shell: Shell, body: str) -> None:
    assert "print" not in at(shell, body)


def test_no_case_of_this_file_failed_inside(shell: Shell) -> None:
    assert [
        text for text in shell.session.failures if "RecursionError" not in text and "ZeroDivision" not in text
    ] == []


@pytest.mark.parametrize("cell", ["import os\nos.pat|", "%%timeit\nos.pat|", "x = 'tana'\nx.upp|", "%tan|"])
def test_other_cells_are_python_s(shell: Shell, cell: str) -> None:
    shell.run("import os\nx = ''")
    assert set(tab(shell, cell).texts) & {"path", "upper", "%tana", ".path", ".upper", "os.path", "x.upper"}
