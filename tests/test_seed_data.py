"""What guides say of ``tana/kv`` and ``tana/data``: one interface everywhere, its limits, and moving from one to the other."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tana_jupyter import ContractError, ContractSyntaxError, Session

SHOP = "shop"
BOTH = "import { kv } from 'tana/kv'; import { data } from 'tana/data'"


@pytest.fixture
def session() -> Session:
    made = Session()
    made.run(BOTH, contract=SHOP)
    return made


def value(session: Session, code: str, contract: str = SHOP, **give: object) -> Any:
    return session.run(code, contract=contract, give=give).value


def refused(session: Session, code: str, **give: object) -> str:
    with pytest.raises(ContractError) as caught:
        session.run(code, contract=SHOP, give=give)
    return caught.value.headline


def stored(session: Session, api: str, contract: str = SHOP) -> dict[str, str]:
    table = session.keys(contract=contract, api=api)
    return dict(zip(table["key"], table["value"], strict=True))


# Namespaces.


def test_each_contract_has_keys_of_its_own(session: Session) -> None:
    session.run(BOTH, contract="inn")
    for contract, name in [(SHOP, "ida"), ("inn", "bo")]:
        value(session, "await kv.put('username', name); data.set('owner', name); data.commit()", contract, name=name)
    for contract, name in [(SHOP, "ida"), ("inn", "bo")]:
        assert value(session, "[await kv.get('username'), data.get('owner')]", contract) == [name, name]
        assert value(session, "[(await kv.list()).keys, data.keys()]", contract) == [[{"name": "username"}], ["owner"]]


def test_no_key_reaches_into_another_contract(session: Session) -> None:
    session.run(BOTH, contract="inn")
    value(session, "await kv.put('username', 'bo')", "inn")
    for key in ["inn:username", "../inn:username", "inn\\0username", "{inn}:kv:username"]:
        assert value(session, f"await kv.get('{key}')") is None
    value(session, "await kv.put('inn:username', 'ida')")
    assert stored(session, "kv", "inn") == {"username": "bo"}


def test_the_two_modules_share_no_keys(session: Session) -> None:
    value(session, "await kv.put('n', 1); data.set('n', 2); data.commit()")
    assert (stored(session, "kv"), stored(session, "data")) == ({"n": "1"}, {"n": "2"})


# One interface, as each runtime has it.

KV = {
    "nothing there": ("await kv.get('none')", None),
    "nothing there, as JSON": ("await kv.get('none', { type: 'json' })", None),
    "text": ("await kv.put('a', 'tea'); await kv.get('a')", "tea"),
    "text, said so": ("await kv.put('a', 'tea'); await kv.get('a', { type: 'text' })", "tea"),
    "an object as text": ("await kv.put('a', { b: [1, null] }); await kv.get('a')", '{"b":[1,null]}'),
    "an object": ("await kv.put('a', { b: [1, null] }); await kv.get('a', { type: 'json' })", {"b": [1, None]}),
    "the empty text is a value": ("await kv.put('a', ''); await kv.get('a')", ""),
    "the last one counts": ("await kv.put('a', 1); await kv.put('a', 2); await kv.get('a')", "2"),
    "put has no result": ("await kv.put('a', 1)", None),
    "deleted": ("await kv.put('a', 1); await kv.delete('a'); await kv.get('a')", None),
    "deleted twice": ("await kv.delete('a'); await kv.delete('a')", None),
    "promises": ("[kv.get('a'), kv.put('a', 1), kv.delete('a'), kv.list()].every(p => p instanceof Promise)", True),
}


@pytest.mark.parametrize("case", KV)
def test_kv(session: Session, case: str) -> None:
    code, expected = KV[case]
    assert value(session, code) == expected


@pytest.mark.parametrize(
    ("options", "names", "complete"),
    [
        ("", ["a", "b:1", "b:2", "b:3", "c"], True),
        ("{ prefix: 'b:' }", ["b:1", "b:2", "b:3"], True),
        ("{ prefix: 'b:', limit: 2 }", ["b:1", "b:2"], False),
        ("{ prefix: 'b:', limit: 3 }", ["b:1", "b:2", "b:3"], True),
        ("{ prefix: 'b:*' }", [], True),
        ("{ prefix: 'B' }", [], True),
    ],
)
def test_listing(session: Session, options: str, names: list[str], complete: bool) -> None:
    value(session, "for (const key of ['c', 'b:2', 'a', 'b:3', 'b:1']) await kv.put(key, key)")
    listed = value(session, f"await kv.list({options})")
    assert listed["keys"] == [{"name": name} for name in names]
    assert (listed["list_complete"], listed["cursor"] is None) == (complete, complete)


def test_a_cursor_goes_on_where_a_page_ended(session: Session) -> None:
    value(session, "for (let n = 0; n < 1500; n++) await kv.put(`row:${n}`, '')")
    first, second = value(
        session, "const one = await kv.list({ limit: 5000 }); [one, await kv.list({ cursor: one.cursor })]"
    )
    assert [len(first["keys"]), len(second["keys"])] == [1000, 500]
    assert (first["list_complete"], second["list_complete"], second["cursor"]) == (False, True, None)
    names = [key["name"] for key in first["keys"] + second["keys"]]
    assert names == sorted(f"row:{n}" for n in range(1500))


# A key-value store over a page's localStorage, as a playground has it: the same cells run against it.

PLAYGROUND = """
    const place = 'play:shop:'
    const pageKv = {
      async get(key: string, options?: { type?: 'text' | 'json' }) {
        const held = localStorage.getItem(`${place}${key}`)
        if (!held) return null
        return (options?.type || 'text') === 'json' ? JSON.parse(held) : held
      },
      async put(key: string, content: string | object) {
        localStorage.setItem(`${place}${key}`, typeof content === 'string' ? content : JSON.stringify(content))
      },
      async delete(key: string) {
        localStorage.removeItem(`${place}${key}`)
      },
      async list(options?: { prefix?: string; limit?: number }): Promise<{ keys: { name: string }[] }> {
        const found: string[] = []
        for (let at = 0; at < localStorage.length; at++) {
          const full = localStorage.key(at)
          if (!full?.startsWith(`${place}${options?.prefix || ''}`)) continue
          found.push(full.replace(place, ''))
          if (found.length >= (options?.limit || 1000)) break
        }
        return { keys: found.sort().map(name => ({ name })), list_complete: true, cursor: null }
      },
    }
"""
# What a page brings along, in as many words as the above needs.
LOCAL_STORAGE = """
    const localStorage = new class {
      rows = new Map<string, string>()
      get length() { return this.rows.size }
      key(at: number) { return [...this.rows.keys()][at] ?? null }
      getItem(key: string) { return this.rows.get(key) ?? null }
      setItem(key: string, text: string) { this.rows.set(key, text) }
      removeItem(key: string) { this.rows.delete(key) }
    }
"""
VISITOR = """
    async function visit(store: typeof kv) {
      await store.put('user:2', { name: 'Bo' })
      await store.put('user:1', { name: 'Ida' })
      await store.put('motto', 'less is more')
      await store.put('gone', 'x')
      await store.delete('gone')
      const { keys, list_complete, cursor } = await store.list({ prefix: 'user:' })
      return [keys, list_complete, cursor, await store.get('motto'), await store.get('gone'),
        await store.get('user:1', { type: 'json' }), await store.get('user:2'), (await store.list({ limit: 2 })).keys.length]
    }
"""


def test_code_written_for_a_playground_finds_the_same_here(session: Session) -> None:
    for cell in [LOCAL_STORAGE, PLAYGROUND, VISITOR]:
        value(session, cell)
    here, there = value(session, "[await visit(kv), await visit(pageKv)]")
    assert here == there
    assert here[:3] == [[{"name": "user:1"}, {"name": "user:2"}], True, None]


# Bridges: what lies under the modules elsewhere is not there, and a stand-in takes its place.


def test_the_bridge_of_other_runtimes_is_not_there(session: Session) -> None:
    assert "TypeError" in refused(session, "globalThis.__tanaCore.ops.op_context_contract_name()")


@pytest.mark.parametrize("arguments", ["key", "contract, key"])
def test_code_for_a_bridge_runs_over_a_stand_in(session: Session, arguments: str) -> None:
    value(session, "await kv.put('motto', 'less is more')")
    stand_in = """
        globalThis.__tanaCore = { ops: {
          op_context_contract_name: () => 'shop',
          op_kv_get_raw: (...given) => kv.get(given.at(-1)),
        } }
    """
    value(session, stand_in)
    code = f"""
        const contract = globalThis.__tanaCore.ops.op_context_contract_name()
        const raw = globalThis.__tanaCore.ops.op_kv_get_raw({arguments})
        ;[contract, await raw]
    """
    assert value(session, code, key="motto") == ["shop", "less is more"]


# Types, and what they promise.


def test_an_interface_leaves_nothing_behind(session: Session) -> None:
    code = """
        interface Store {
          get(key: string, options?: { type?: 'text' | 'json' }): Promise<string | object | null>
          put(key: string, value: string | object, options?: { expirationTtl?: number }): Promise<void>
          delete(key: string): Promise<void>
          list(options?: { prefix?: string, limit?: number }): Promise<{ keys: { name: string }[] }>
        }
        const store: Store = kv
        typeof Store + typeof store.list
    """
    with pytest.raises(ContractError, match="Store is not defined"):
        value(session, code.replace("typeof Store", "Store.name"))
    assert value(session, code) == "undefinedfunction"


def test_hints_of_a_type_decide_what_comes_back(session: Session) -> None:
    code = "const text = await kv.get('cart')\nconst json = await kv.get('cart', { type: 'json' })\n;[text, json]"
    assert value(session, code) == [None, None]
    value(session, "await kv.put('cart', { items: 2 })")
    assert value(session, code) == ['{"items":2}', {"items": 2}]


# Limits, from both sides.

LIMITS = [
    ("await kv.put('é'.repeat(256), 1)", None),
    ("await kv.put('é'.repeat(256) + 'x', 1)", "Error: KV key too long: 513 bytes (max 512)"),
    ("await kv.get('x'.repeat(512))", None),
    ("await kv.get('x'.repeat(513))", "Error: KV key too long: 513 bytes (max 512)"),
    ("await kv.delete('x'.repeat(512))", None),
    ("await kv.delete('😀'.repeat(129))", "Error: KV key too long: 516 bytes (max 512)"),
    ("await kv.put('v', 'x'.repeat(26214400))", None),
    ("await kv.put('v', 'x'.repeat(26214401))", "Error: KV value too large: 26214401 bytes (max 26214400)"),
    ("data.set('x'.repeat(256), 1)", None),
    ("data.set('x'.repeat(257), 1)", "Error: Key too large: 257 bytes (max 256)"),
    ("data.set('v', 'é'.repeat(5120))", None),
    ("data.set('v', 'é'.repeat(5121))", "Error: Value too large: 10242 bytes (max 10240)"),
]


@pytest.mark.parametrize(("code", "text"), LIMITS, ids=[code for code, _ in LIMITS])
def test_limits(session: Session, code: str, text: str | None) -> None:
    if text is None:
        assert value(session, code) is None
    else:
        assert refused(session, code) == text
        assert (stored(session, "kv"), len(session.staged())) == ({}, 0)


# Staging.


def test_staged_data_is_seen_here_and_written_at_commit(session: Session) -> None:
    value(session, "await data.set('bread', 3); await data.set('milk', { fat: 3.5 }); await data.delete('none')")
    assert value(session, "[data.get('bread'), data.has('milk'), data.has('none'), data.keys('m*')]") == [
        3,
        True,
        False,
        ["milk"],
    ]
    assert stored(session, "data") == {}
    value(session, "await data.commit()")
    assert stored(session, "data") == {"bread": "3", "milk": '{"fat":3.5}'}
    assert value(session, "await data.entries()") == {"bread": 3, "milk": {"fat": 3.5}}
    value(session, "await data.clear()")
    assert stored(session, "data") == {}


def test_a_commit_that_is_refused_writes_nothing_and_keeps_what_is_staged(session: Session) -> None:
    value(session, "for (let n = 0; n < 11; n++) data.set(`page:${n}`, 'x'.repeat(10000))")
    text = refused(session, "data.commit()")
    assert re.fullmatch(r"Error: Storage limit exceeded: 1100\d\d bytes \(max 102400\)", text)
    assert stored(session, "data") == {}
    assert len(session.staged()) == 11
    value(session, "data.delete('page:10'); data.commit()")
    assert len(stored(session, "data")) == 10


def test_what_a_module_of_a_page_looks_like_runs_here_too(session: Session) -> None:
    """A staging buffer over ``localStorage`` as a playground keeps it, beside the real module."""
    value(session, LOCAL_STORAGE)
    code = """
        const modules = {
          'tana:data': {
            data: {
              _waiting: new Map(),
              set(key, content) { this._waiting.set(key, JSON.stringify(content)) },
              get(key) { return this._waiting.get(key) || localStorage.getItem('page:' + key) },
              commit() {
                for (const [key, text] of this._waiting) localStorage.setItem('page:' + key, text)
                this._waiting.clear()
              },
            },
          },
        }
        const page = modules['tana:data'].data
        const steps = []
        for (const store of [page, data]) {
          store.set('tea', { cups: 2 })
          const before = store.get('tea')
          store.commit()
          steps.push([before, store.get('tea')])
        }
        steps
    """
    there, here = value(session, code)
    assert [json.loads(text) for text in there] == here == [{"cups": 2}] * 2


COUNTER = """
    import { console } from 'tana:core'
    import { data } from 'tana:data'

    const cups = (await data.get('cups')) || 0
    await data.set('cups', cups + 1)
    await data.commit()
    console.log('Cups:', cups + 1)
"""


def test_a_counter_goes_on_after_a_reset_of_everything_but_the_data() -> None:
    session = Session()
    for expected in range(1, 4):
        outcome = session.run(COUNTER, contract="counter")
        assert [log.text for log in outcome.logs] == [f"Cups: {expected}"]
        session.reset("counter")
    assert stored(session, "data", "counter") == {"cups": "3"}


def test_a_counter_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "counter-test.ts"
    file.write_text(COUNTER, encoding="utf-8")
    session = Session()
    for _ in range(2):
        session.open(file, "counter")
    assert stored(session, "data", "counter") == {"cups": "2"}


# From tana/data to tana/kv.


def test_synchronous_code_and_its_asynchronous_successor(session: Session) -> None:
    old = "data.set('motto', 'less is more')\nconst motto = data.get('motto')\nmotto"
    new = "await kv.put('motto', 'less is more')\nconst motto = await kv.get('motto')\nmotto"
    assert value(session, old) == value(session, new) == "less is more"
    assert (stored(session, "kv"), stored(session, "data")) == ({"motto": "less is more"}, {})
    assert list(session.staged()["key"]) == ["motto"]


def test_old_and_new_in_one_cell_declare_a_name_twice(session: Session) -> None:
    code = "const motto = data.get('motto')\nconst motto = await kv.get('motto')"
    with pytest.raises(ContractSyntaxError, match="Cannot redeclare block-scoped variable 'motto'"):
        value(session, code)


def test_data_moves_over_key_by_key(session: Session) -> None:
    value(session, "data.set('motto', 'less is more'); data.set('cart', { items: 2 }); data.commit()")
    value(session, "for (const [key, content] of Object.entries(data.entries())) await kv.put(key, content)")
    assert stored(session, "kv") == stored(session, "data") == {"motto": "less is more", "cart": '{"items":2}'}
