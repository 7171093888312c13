"""What Tab offers on magic lines and for handles in Python."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tana_jupyter.completion import IDENTIFIER
from tests.completion_harness import tab
from tests.shell import Shell, open_shell

VERBS = ["add", "call", "clear", "clock", "get", "help", "keys", "reset", "status"]


@pytest.fixture(scope="module")
def shell() -> Iterator[Shell]:
    with open_shell() as opened:
        opened.run(
            "%%tana counter\nimport { kv } from 'tana/kv'\nconst total = 1\n"
            "export function get() { return { ok: true } }\nexport function init() {}\n"
            "await kv.put('user:ada', 1); await kv.put('two words', 2)"
        )
        opened.run("%%tana counts\nconst other = 1")
        opened.run("rows = [1]; ready = True; import os as roses; session = __import__('tana_jupyter').session()")
        opened.run(
            "import tana_jupyter\nclass Trap:\n    def __getattr__(self, name): raise SystemExit(name)\ntrap = Trap()"
        )
        yield opened


@pytest.mark.parametrize(
    ("cell", "texts"),
    [
        ("%%tana cou|", ["counter", "counts"]),
        (
            "%%tana |\nbody",
            ["counter", "counts", "-i", "--give", "-o", "--take", "--caller", "--input", "--timeout", "--quiet"],
        ),
        ("%tana reset --|", []),
        ("\n  %%tana counte|", ["counter"]),
        ("%%tana counter --c|\nbody", ["--caller"]),
        ("%%tana --q|", ["--quiet"]),
        ("%%tana counter -i r|\nbody", ["rows", "ready"]),
        ("%%tana counter --give r|\nbody", ["rows", "ready"]),
        ("%%tana counter -i rows -i re|\nbody", ["ready"]),
        ("%%tana counter -o |\nconst mine = 1", ["mine", "kv", "total", "get", "init"]),
        ("%%tana counter -o t|\n", ["total"]),
        ("%%tana counter --caller @r|\nbody", ["@rows", "@ready"]),
        ("%%tana counter --timeout |\nbody", []),
        ("%%tana counter xyz|\nbody", []),
        ("%tana c|", ["call", "clear", "clock", "commit"]),
        ("x = 1\n%tana hel|\ny = 2", ["help"]),
        ("table = %tana ke|", ["keys"]),
        ("%tana help cle|", ["clear"]),
        ("%tana keys --|", ["--contract", "--api", "--limit", "--all"]),
        ("%tana keys --contract cou|", ["counter", "counts"]),
        ("%tana keys --contract counter --|", ["--api", "--limit", "--all"]),
        ("%tana keys --api |", ["kv", "data", "deno"]),
        ("%tana call cou|", ["counter.get", "counter.init"]),
        ("%tana call counter.get '/?x=|", []),
        ("%tana reset coun|", ["counter", "counts"]),
        ("%tana get user|", []),
        ("%tana get --contract counter user|", ["user:ada"]),
        ("%tana get --contract counter tw|", ["'two words"]),
        ("%tana get --contract counter 'tw|", ["'two words"]),
        ("%tana nosuchverb --|", []),
        # Python
        ("session['cou|']", ["counter", "counts"]),
        ('x = session["counte|"]', ["counter"]),
        ("tana_jupyter.session()['|']", ["counter", "counts"]),
        ("counter.call('|')", ["get", "init"]),
        ("counter.call('g|", ["get"]),
        ("session['counter'].call(\"in|\")", ["init"]),
        ("session.call('cou|')", ["counter", "counts"]),
        ("session.call('counter', 'i|')", ["init"]),
        ("if True:\n    counter.call('g|')", ["get"]),
    ],
)
def test_offered(shell: Shell, cell: str, texts: list[str]) -> None:
    assert tab(shell, cell).texts == texts


@pytest.mark.parametrize("cell", ["%%tana |", "%tana keys |", "%tana |"])
def test_a_verb_or_an_option_may_come(shell: Shell, cell: str) -> None:
    assert tab(shell, cell).texts


def test_every_verb_is_offered(shell: Shell) -> None:
    assert set(VERBS) <= set(tab(shell, "%tana |").texts)


def test_what_is_replaced_ends_at_blanks(shell: Shell) -> None:
    assert tab(shell, "%%tana counter --cal|").replaced == "--cal"
    assert tab(shell, "%tana get --contract counter 'two w|").replaced == "'two w"


def test_files_are_for_ipython(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "contract.ts").write_text("")
    assert "contract.ts" in tab(shell, "%tana open con|")


@pytest.mark.parametrize(
    "cell", ["trap['|']", "trap.call('|')", "nothing['|']", "rows['|']", "session[0]['|']", "x = '|'"]
)
def test_other_python_is_left_alone(shell: Shell, cell: str) -> None:
    assert not {"counter", "get"} & set(tab(shell, cell).texts)


def ours(shell: Shell) -> int:
    matchers = shell.ip.Completer.custom_matchers
    return sum(getattr(each, "matcher_identifier", None) == IDENTIFIER for each in matchers)


def test_loading_again_and_unloading_leave_one_matcher_or_none() -> None:
    with open_shell(load=False) as shell:
        assert ours(shell) == 0
        for magic in ("load_ext", "load_ext", "reload_ext"):
            shell.ip.run_line_magic(magic, "tana_jupyter")
            assert ours(shell) == 1
        shell.ip.extension_manager.load_extension("tana_jupyter")
        import tana_jupyter

        tana_jupyter.load_ipython_extension(shell.ip)
        assert ours(shell) == 1
        shell.ip.run_line_magic("unload_ext", "tana_jupyter")
        assert ours(shell) == 0
        assert "counter" not in tab(shell, "%%tana cou|")


def test_all_that_needs_no_session_is_there_before_the_first_cell() -> None:
    with open_shell() as shell:
        assert "put" in tab(shell, "%%tana\nimport { kv } from 'tana/kv'\nkv.|")
        assert "tana/kv" in tab(shell, "%%tana\nimport { kv } from '|'")
        assert tab(shell, "%%tana cou|").texts == []
        assert "keys" in tab(shell, "%tana k|")
        from tana_jupyter import ipython

        assert shell.ip not in ipython._sessions


def test_loading_imports_no_parser() -> None:
    import subprocess
    import sys

    script = (
        "import sys; from IPython.core.interactiveshell import InteractiveShell; shell = InteractiveShell.instance(); "
        "shell.run_line_magic('load_ext', 'tana_jupyter'); "
        "print({'tree_sitter', 'dukpy', 'tana_jupyter.completion.offers', 'tana_jupyter.modules'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
