"""Deno KV call by call: the same table here and, where there is one, in Deno; and the rules that are our own."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tana_jupyter import Session
from tests.deno_calls import CALLS
from tests.deno_data import DATA
from tests.deno_harness import opened, printed, value

FACTS = CALLS | DATA
SHOW = Path(__file__).with_name("snippets").joinpath("deno_show.js").read_text(encoding="utf-8")
ROWS = [(topic, code, said) for topic, rows in FACTS.items() for code, said in rows]
TYPINGS = Path(__file__).parent.parent / "tana_jupyter" / "modules" / "deno" / "deno.d.ts"


def program(code: str) -> str:
    """A row as an expression, with a database of its own."""
    setup, _, call = code.rpartition(" ;; ")
    return f"""await (async () => {{
      const kv = await Deno.openKv(':memory:');
      try {{ {setup}; return await told(() => ({call})) }} finally {{ kv[Symbol.dispose]() }}
    }})()"""


@pytest.fixture(scope="module")
def shared() -> Session:
    session = opened(helpers=SHOW)
    session.timeout = 5
    return session


@pytest.mark.parametrize(("topic", "code", "said"), ROWS, ids=[f"{topic}: {code[-60:]}" for topic, code, _ in ROWS])
def test_what_a_call_comes_to(shared: Session, topic: str, code: str, said: str) -> None:
    assert shared.run(program(code)).value == said, topic


@cache
def in_deno() -> list[str]:
    """What the calls come to in Deno itself."""
    from deno import find_deno_bin

    script = f"{SHOW}\naddEventListener('unhandledrejection', (event) => event.preventDefault());\nconst said = [];\n"
    script += "\n".join(f"said.push({program(code)});" for _, code, _ in ROWS)
    script += "\nconsole.log(JSON.stringify(said)); Deno.exit(0);"
    command = [find_deno_bin(), "run", "--unstable-kv", "--quiet", "--no-check", "--ext=js", "-"]
    done = subprocess.run(command, input=script, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.needs("deno")
def test_deno_says_the_same() -> None:
    differing = [(row, said) for row, said in zip(ROWS, in_deno(), strict=True) if row[2] != said]
    assert differing == []


def test_every_method_and_option_has_a_row() -> None:
    typings = TYPINGS.read_text(encoding="utf-8").partition("function openKv")[2]
    topics = " ".join(FACTS).split()
    methods = re.findall(r"^ {4}(\w+|\[Symbol\.dispose\])(?:<[^(]*>)?\(", typings, re.MULTILINE)
    options = re.findall(r"(\w+)\?: ", typings.partition("(path?")[2])
    classes = re.findall(r"^ {2}class (\w+)", typings, re.MULTILINE)
    assert {"getMany", "commitVersionstamp", "mutate", "[Symbol.dispose]"} <= set(methods)
    assert {"limit", "batchSize", "keysIfUndelivered", "expireIn", "raw", "consistency"} <= set(options)
    assert {"KvU64", "AtomicOperation"} <= set(classes)
    of_others = {"constructor", "next", "valueOf", "toString", "options"}
    assert {"openKv", "prefix", "start", "end", *methods, *options, *classes} - set(topics) - of_others == set()


# Where Deno, its guide and good sense differ: setup, seconds that pass, call, what it comes to.

ELSEWHERE = "Contracts open no database of their own: {!r}. Deno.openKv() is this contract's part of the notebook's store; to keep that in a file, run %tana store sqlite:///notebook.db"

OWN = [
    ("openKv", "await kv.set(['a'], 1)", 0, "(async () => (await (await Deno.openKv()).get(['a'])).value)()", "1"),
    ("openKv", "await kv.set(['a'], 1)", 0, "(async () => (await (await Deno.openKv(null)).get(['a'])).value)()", "1"),
    *(("openKv", "", 0, f"Deno.openKv('{path}')", f"rejects Error: {ELSEWHERE.format(path)}") for path in ("/missing/x", "./kv.sqlite", "https://kv.example")),
    ("all or nothing", "await kv.set(['n'], 'text'); await told(() => kv.atomic().set(['a'], 50).sum(['n'], 1n).set(['b'], 50).commit())", 0, "keys(kv, { prefix: [] })", "[['n']]"),
    ("prefixes", "await put(kv, ['users\\0alice', 'settings'])", 0, "all(kv, { prefix: ['users'], end: ['users\\0b\\0'] })", "rejects TypeError: End key is not in the keyspace defined by prefix"),
    ("prefixes", "await put(kv, ['users\\0alice', 'settings'])", 0, "all(kv, { prefix: ['users'] }, { cursor: '__8=', reverse: true })", "rejects TypeError: cursor out of bounds"),
    ("expiry", "await kv.set(['a'], 1, { expireIn: 500 })", 0.499, "(async () => (await kv.get(['a'])).value)()", "1"),
    ("expiry", "await kv.set(['a'], 1, { expireIn: 500 })", 0.5, "(async () => (await kv.get(['a'])).value)()", "null"),
    ("expiry", "await kv.set(['a'], 1, { expireIn: 500 })", 0.5, "keys(kv, { prefix: [] })", "[]"),
    ("expiry", "await kv.set(['a'], 1, { expireIn: 500 })", 0.5, "kv.atomic().check({ key: ['a'], versionstamp: null }).commit()", "{ok: true, versionstamp: <stamp>}"),
    ("expiry", "await kv.set(['a'], 1, { expireIn: 500 }); const reader = kv.watch([['a']]).getReader(); await reader.read()", 0.5, "(async () => (await reader.read()).value[0].value)()", "null"),
    ("expiry", "await kv.set(['a'], 1, { expireIn: 0 })", 0, "(async () => (await kv.get(['a'])).value)()", "null"),
    ("expiry", "await kv.set(['a'], 1, { expireIn: 500 }); await kv.set(['a'], 2)", 60, "(async () => (await kv.get(['a'])).value)()", "2"),
    ("expiry", "await kv.set(['a'], new Deno.KvU64(1n), { expireIn: 500 }); await kv.atomic().sum(['a'], 1n).commit()", 60, "(async () => (await kv.get(['a'])).value)()", "KvU64(2)"),
    ("next", "await put(kv, ['a'], ['b'], ['c']); const it = kv.list({ prefix: [] })", 0, "(async () => (await Promise.all([it.next(), it.next(), it.next(), it.next()])).map(({ value }) => value?.key[0]))()", "['a', 'b', 'c', undefined]"),
    ("capture", "const key = ['a'], raw = bytes(1); const op = kv.atomic().set(key, raw); key[0] = 'b'; raw[0] = 2; await op.commit()", 0, "all(kv, { prefix: [] })", "[{key: ['a'], value: Uint8Array(1), versionstamp: <stamp>}]"),
    ("queue", "const heard = []; kv.listenQueue((message) => { heard.push(message) }); for (let n = 0; n < 9; n++) await kv.enqueue(n, { delay: n % 2 * 100 })", 1, "heard", "[0, 2, 4, 6, 8, 1, 3, 5, 7]"),
    ("versionstamp", "const one = await kv.set(['a'], 1), two = await kv.set(['a'], 1)", 0, "[one.versionstamp, two.versionstamp]", "['00000000000000010000', '00000000000000020000']"),
    ("what is not offered", "", 0, "[typeof Blob, typeof File, typeof CryptoKey, typeof WebAssembly]", "['undefined', 'undefined', 'undefined', 'undefined']"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "setup", "seconds", "call", "said"), OWN, ids=[f"{rule}: {call[:60]}" for rule, _, _, call, _ in OWN]
)
def test_our_own_rules(rule: str, setup: str, seconds: float, call: str, said: str) -> None:
    session = opened(helpers=f"{SHOW} var kv = await Deno.openKv();")
    session.run(f"{setup}; 1")
    session.move_clock(f"+{seconds}s")
    assert value(session, f"await told(() => ({call}))") == said, rule


def test_what_loses_its_class_is_told_once() -> None:
    session = opened()
    code = "class Point { x = 1 }; for (const n of [1, 2]) await kv.set(['p', n], [new Point(), new URL('http://x')])"
    lines = printed(session, code)
    assert [name for name in ("Point", "URL") if sum(name in line for line in lines) == 1] == ["Point", "URL"]


def test_how_things_are_shown() -> None:
    session = opened()
    assert session.run("kv").text == "Kv {}"
    assert session.run("new Deno.KvU64(1n)").text == "[Deno.KvU64: 1n]"
    assert session.run("[kv.atomic()]").text == "[ AtomicOperation (empty) ]"
