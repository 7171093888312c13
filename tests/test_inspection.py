"""What Shift+Tab says in a cell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tana_jupyter.completion.answers import described
from tests.completion_harness import cut
from tests.shell import Shell, open_shell

KV = "import { kv } from 'tana/kv'\n"


@pytest.fixture(scope="module")
def shell() -> Iterator[Shell]:
    with open_shell() as opened:
        opened.run(
            "%%tana\nimport { kv } from 'tana/kv'\n/** Adds two numbers. Slowly. */\n"
            "function add(a: number, b: number): number {\n  return a + b\n}\nconst order = { total: 5 }\n"
            "/** A thing that is bought. */\ninterface Item { sku: string }\nclass Cart { count = 0 }"
        )
        yield opened


def about(shell: Shell, cell: str) -> str | None:
    ours, text = described(*cut(cell), shell.ip, shell.session)
    assert ours
    return text


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        (KV + "kv.put|('a', 1)", ["put(key: string, value: KvValue", "Stores a value of at most 25 MiB, and replaces all that was there."]),
        (KV + "kv.pu|t('a', 1)", ["put(key: string"]),
        (KV + "kv.|put('a', 1)", ["put(key: string"]),
        (KV + "kv.put('a', |1)", ["put(key: string"]),
        (KV + "kv.put(|", ["put(key: string"]),
        (KV + "kv.put('a', 1, { expirationTtl|: 60 })", ["expirationTtl?: number", "Seconds from now"]),
        (KV + "kv.get|('a')", ["get(key: string, options?", "get(keys: string[]", "Reads a key as text; null where there is no such key."]),
        (KV + "k|v.get('a')", ["const kv: KvNamespace", "The store of this contract."]),
        ("import { k|v } from 'tana/kv'", ["const kv: KvNamespace"]),
        ("import { kv } from 'tana/k|v'", ["tana/kv exports kv"]),
        (KV + "const page = await kv.list()\npa|ge", ["const page = await kv.list()", "// KvPage"]),
        ("const url = new UR|L('x')", ["class URL", "new URL(url: string | URL", "A parsed URL, by the WHATWG standard."]),
        ("new URL(|)", ["class URL"]),
        ("struct|uredClone(1)", ["structuredClone<T>(value: T", "A deep copy"]),
        ("Deno.jupyter.m|d`x`", ["md(strings:", "Markdown, as a tagged template."]),
        ("console.lo|g(1)", ["log(...values: unknown[]): void", "Prints to stdout."]),
        ("const o: KvNothing = 1; setTime|out(f, 1)", ["setTimeout(callback", "Runs a callback after"]),
        # the user's own
        ("ad|d(1, 2)", ["add(a: number, b: number): number", "Adds two numbers."]),
        ("add(1, |2)", ["add(a: number"]),
        ("orde|r.total", ["const order = { total: 5 }"]),
        ("order.tota|l", ["total: 5"]),
        ("const x: Ite|m = 1", ["interface Item", "A thing that is bought."]),
        ("new Ca|rt()", ["class Cart"]),
        ("const here = 1\nher|e", ["const here = 1"]),
        ("const s = '😀😀'; kv.pu|t", ["put(key: string"]),
    ],
)  # fmt: skip
def test_described(shell: Shell, body: str, parts: list[str]) -> None:
    text = about(shell, f"%%tana\n{body}")
    assert text is not None
    for part in parts:
        assert part in text


@pytest.mark.parametrize(
    "body", ["|", "// kv.pu|t", "'kv.pu|t'", "`kv.pu|t`", "unknow|n", "order.nothin|g", "con|st a = 1", "1|2", "(|)"]
)
def test_nothing_to_say(shell: Shell, body: str) -> None:
    assert about(shell, f"%%tana\n{body}") is None


@pytest.mark.parametrize(
    ("cell", "part"),
    [
        ("%%tana counter --call|er alice\nx", "Who calls: a name, a JSON object, or @VAR."),
        ("%%tana -|i rows\nx", "-i, --give VAR"),
        ("%tana key|s 'user:*'", "List keys and values as a table"),
        ("x = 1\n%tana keys --lim|it 5", "most rows (default: 10000)"),
        ("%tana keys 'us|er:*'", "%tana keys [--contract CONTRACT]"),
    ],
)
def test_magic_lines_are_explained(shell: Shell, cell: str, part: str) -> None:
    text = about(shell, cell)
    assert text is not None
    assert part in text


def test_the_first_line_of_a_long_declaration_is_enough(shell: Shell) -> None:
    text = about(shell, "%%tana\nconst table = {\n  a: 1,\n  b: 2,\n}\ntabl|e")
    assert text == "const table = {"


def test_many_overloads_are_cut(shell: Shell) -> None:
    text = about(shell, f"%%tana\n{KV}kv.getWithMetadata|('a')")
    assert text is not None
    assert len(text.split("\n\n")[0].split("\n")) <= 7


@pytest.mark.parametrize("cell", ["prin|t(1)", "%%timeit\nprin|t(1)", "%%tan|a\nx", "x = '%tana |'"])
def test_other_places_are_the_kernel_s(shell: Shell, cell: str) -> None:
    assert described(*cut(cell), shell.ip, shell.session) == (False, None)


def test_a_cursor_behind_the_end_is_at_the_end(shell: Shell) -> None:
    # JupyterLab's help beside the list of completions asks so.
    assert "put(key" in (described("%%tana\nkv.put", 99, shell.ip, shell.session)[1] or "")
