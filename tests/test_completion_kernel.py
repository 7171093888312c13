"""Tab and Shift+Tab through the messages of a real kernel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

pytest.importorskip("jupyter_client", reason="pip install -e '.[test]'")

from tests.completion_harness import cut
from tests.kernel import Kernel

pytestmark = pytest.mark.needs("kernel")

PATIENCE = 90.0
HOOKS = "[name for name in ('do_inspect', 'do_complete') if name in vars(get_ipython().kernel)]"
OURS = "[each.matcher_identifier for each in get_ipython().Completer.custom_matchers]"


@pytest.fixture(scope="module")
def tana(kernel: Kernel) -> Kernel:
    cell = "%%tana counter\nimport { kv } from 'tana/kv'\nawait kv.put('user:😀', 1); await kv.put('user:b', 1)"
    kernel.execute("%load_ext tana_jupyter", timeout=PATIENCE)
    assert kernel.execute(cell, timeout=PATIENCE).status == "ok"
    return kernel


def complete(kernel: Kernel, cell: str) -> Mapping[str, Any]:
    return kernel.complete(*cut(cell))


def inspect(kernel: Kernel, cell: str) -> str:
    reply = kernel.inspect(*cut(cell))
    assert reply["status"] == "ok"
    assert reply["found"] == bool(reply["data"])
    return str(reply["data"].get("text/plain", ""))


@pytest.mark.parametrize(
    ("cell", "match", "replaced"),
    [
        ("%%tana counter\nconst a = 1\nkv.ge|\nconst b = 2", "get", "ge"),
        ("%%tana counter\nconst s = '😀😀'; kv.ge|; const t = '😀'", "get", "ge"),
        ("%%tana counter\n// 😀\nkv.get('user:|')", "user:😀", "user:"),
        ("%%tana counter\nkv.get('user:😀|')", "user:😀", "user:😀"),
        ("%%tana cou|\nkv", "counter", "cou"),
        ("x = '😀'\n%tana key|\ny = 2", "keys", "key"),
        ("%%tana\nimport { kv } from '|'", "tana/kv", ""),
    ],
)
def test_completion_in_the_middle_of_a_cell(tana: Kernel, cell: str, match: str, replaced: str) -> None:
    text, _ = cut(cell)
    reply = complete(tana, cell)
    assert match in reply["matches"]
    # Code points, as the protocol says, however many units of UTF-16 they take in the page.
    assert text[reply["cursor_start"] : reply["cursor_end"]] == replaced
    assert not [name for name in reply["matches"] if name.startswith(("%", "print"))]


def test_signatures_come_with_the_matches(tana: Kernel) -> None:
    entries = complete(tana, "%%tana counter\nkv.pu|")["metadata"]["_jupyter_types_experimental"]
    (put,) = [entry for entry in entries if entry["text"] == "put"]
    assert put["type"] == "function"
    assert put["signature"].startswith("put(key: string, value: KvValue")


@pytest.mark.parametrize("cell", ["%%tana\n// kv.|", "%%tana\n`kv.|`", "%%tana\nnothing.|"])
def test_silence(tana: Kernel, cell: str) -> None:
    assert complete(tana, cell)["matches"] == []


def test_python_cells_are_completed_and_inspected_as_ever(tana: Kernel) -> None:
    tana.execute("import os\ntanager = 1")
    assert any(name.endswith("getcwd") for name in complete(tana, "os.getc|")["matches"])
    assert "Return a unicode string" in inspect(tana, "# tana\nos.getcw|d()")
    assert "%%tana" in complete(tana, "%%tan|")["matches"]


def test_inspection_in_the_middle_of_a_cell(tana: Kernel) -> None:
    text = inspect(tana, "%%tana counter\nconst s = '😀😀'; kv.pu|t('a', 1)\nconst b = 2")
    assert text.startswith("put(key: string, value: KvValue")
    assert "Stores a value of at most 25 MiB" in text
    assert inspect(tana, "%%tana counter\nunknow|n") == ""
    assert "Who calls" in inspect(tana, "%%tana counter --call|er alice\nx")


def test_an_error_of_ours_leaves_the_kernel_s_own_answer(tana: Kernel) -> None:
    tana.execute("from tana_jupyter.completion import answers\nkept, answers.described = answers.described, None")
    try:
        assert "Return a unicode string" in inspect(tana, "# tana\nos.getcw|d()")
        assert inspect(tana, "%%tana counter\nkv.pu|t") == ""
        assert "TypeError" in tana.execute("%tana log 1").stdout
    finally:
        tana.execute("answers.described = kept")


def test_load_twice_reload_unload(fresh_kernel: Kernel) -> None:
    kernel = fresh_kernel
    kernel.execute("%load_ext tana_jupyter\n%load_ext tana_jupyter", timeout=PATIENCE)
    assert kernel.execute(f"{OURS}, {HOOKS}").text == "(['tana'], ['do_inspect', 'do_complete'])"
    kernel.execute("%reload_ext tana_jupyter")
    assert kernel.execute(f"{OURS}, {HOOKS}").text == "(['tana'], ['do_inspect', 'do_complete'])"
    assert "put" in complete(kernel, "%%tana\nimport { kv } from 'tana/kv'\nkv.|")["matches"]
    kernel.execute("%unload_ext tana_jupyter")
    assert kernel.execute(f"{OURS}, {HOOKS}").text == "([], [])"
    assert "put" not in complete(kernel, "%%tana\nimport { kv } from 'tana/kv'\nkv.|")["matches"]
    kernel.execute("import os")
    assert "Return a unicode string" in inspect(kernel, "os.getcw|d()")


def test_a_wrapper_that_somebody_wrapped_lets_go(fresh_kernel: Kernel) -> None:
    kernel = fresh_kernel
    kernel.execute(
        "%load_ext tana_jupyter\nours = get_ipython().kernel.do_inspect\n"
        "get_ipython().kernel.do_inspect = lambda *args, **options: ours(*args, **options)\n%unload_ext tana_jupyter",
        timeout=PATIENCE,
    )
    assert inspect(kernel, "%%tana\nsetTime|out(f)") == ""
    kernel.execute("import os")
    assert "Return a unicode string" in inspect(kernel, "os.getcw|d()")
