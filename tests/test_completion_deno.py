"""Tab for Deno's database: its members and types, and the parts of the keys it holds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("tana_jupyter.denokey", reason="Deno KV is not there")

from tests.completion_harness import tab
from tests.shell import Shell, open_shell


@pytest.fixture(scope="module")
def shell() -> Iterator[Shell]:
    with open_shell() as opened:
        done = opened.run(
            "%%tana\nconst db = await Deno.openKv()\nawait db.set(['users', 'ada', 1], 1)\n"
            "await db.set(['users', 'bob'], 1)\nawait db.set(['orders', 5n, 'late'], 1)"
        )
        assert done.error is None
        yield opened


@pytest.mark.parametrize(
    ("body", "some"),
    [
        ("Deno.|", ["openKv", "KvU64", "jupyter"]),
        ("(await Deno.openKv()).|", ["get", "set", "list", "atomic"]),
        ("const kv = await Deno.openKv()\nkv.|", ["get", "watch"]),
        ("const entry = await db.get(['a'])\nentry.|", ["key", "value", "versionstamp"]),
        ("const entry = await db.get<{ total: number }>(['a'])\nentry.value.|", ["total"]),
        ("for await (const entry of db.list({ prefix: [] })) { entry.| }", ["key", "value"]),
        ("for await (const { key } of db.list({ prefix: [] })) { ke| }", ["key"]),
        ("const [one] = await db.getMany([['a'], ['b']])\none.|", ["versionstamp"]),
        ("db.atomic().check({}).set(['a'], 1).|", ["commit", "sum"]),
        ("const done = await db.atomic().commit()\ndone.|", ["ok", "versionstamp"]),
        ("let key: Deno.KvK|", ["KvKey"]),
        ("db.list({ | })", ["prefix", "start"]),
        ("db.set(['a'], 1, { | })", ["expireIn"]),
    ],
)
def test_members(shell: Shell, body: str, some: list[str]) -> None:
    assert set(some) <= set(tab(shell, f"%%tana\n{body}").texts)


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ("db.get(['|'])", ["orders", "users"]),
        ("db.get(['users', '|'])", ["ada", "bob"]),
        ("db.list({ prefix: ['users', 'a|'] })", ["ada"]),
        ("db.get(['orders', 5n, '|'])", ["late"]),
        ("db.getMany([['users', '|']])", ["ada", "bob"]),
        ("db.atomic().check({ key: ['us|'] })", ["users"]),
        ("db.atomic().set(['us|'], 1)", ["users"]),
        ("db.set(['a'], ['|'])", []),
        ("const part = 'users'; db.get([part, '|'])", []),
        ("db.get('|')", []),
    ],
)
def test_parts_of_keys(shell: Shell, body: str, texts: list[str]) -> None:
    assert tab(shell, f"%%tana\n{body}").texts == texts
