"""Magic lines that cannot be read: one short line, with the nearest name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from IPython.core.error import UsageError

from tana_jupyter.errors import CommandError
from tests.shell import Shell, open_shell


@pytest.fixture(scope="module")
def shell() -> Iterator[Shell]:
    with open_shell() as opened:
        yield opened


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("%tana kes", "%tana kes: no such verb; did you mean keys?"),
        ("%tana keys --contrct x", "%tana keys: there is no option --contrct; did you mean --contract?"),
        ("%tana keys --contrct=x", "%tana keys: there is no option --contrct; did you mean --contract?"),
        ("%tana keys --zzz", "%tana keys: there is no option --zzz; there are: --contract, --api, --limit, --all"),
        ("%tana keys --api kw", "%tana keys: --api kw: did you mean kv?"),
        ("%tana keys --api zzz", "%tana keys: --api zzz: there are: kv, data, deno"),
        ("%tana keys a b c", "%tana keys: 'b c' is too much; quote what belongs together"),
        ("%tana keys --limit x", "%tana keys: --limit: invalid int value: 'x'"),
        ("%tana keys --limit", "%tana keys: --limit: expected one argument"),
        ("%tana get", "%tana get: key is missing, as in: %tana get user:1 --contract shop"),
    ],
)
def test_lines(shell: Shell, line: str, text: str) -> None:
    error = shell.run(line).error
    assert isinstance(error, CommandError)
    assert str(error) == text


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("--calller alice", "%%tana: there is no option --calller; did you mean --caller?"),
        ("counter --tiemout 3", "%%tana: there is no option --tiemout; did you mean --timeout?"),
        ("a b", "%%tana: 'b' is too much; a contract's name is one word"),
        ("--timeout x", "%%tana: --timeout: invalid float value: 'x'"),
        ("--caller", "%%tana: --caller: expected one argument"),
    ],
)
def test_cells(shell: Shell, line: str, text: str) -> None:
    shown = shell.run(f"%%tana {line}\n1")
    assert isinstance(shown.error, UsageError)
    assert str(shown.error) == text
    assert shown.stderr.strip() == f"UsageError: {text}"


@pytest.mark.parametrize(
    "cell", ["# first\n%%tana\nconst n: number = 1", "x = 1\n%%tana counter --quiet\n1", "if True:\n    %%tana\n1"]
)
def test_a_cell_magic_below_the_first_line(shell: Shell, cell: str) -> None:
    shown = shell.run(cell)
    assert isinstance(shown.error, UsageError)
    assert str(shown.error).startswith("%%tana stands on the first line of a cell")


def test_a_text_may_hold_one(shell: Shell) -> None:
    assert shell.run('"""\n%%tana\n"""').result == "\n%%tana\n"


def test_code_on_a_line_is_told_where_it_belongs(shell: Shell) -> None:
    assert str(shell.run("%tana 1+1").error).endswith("; code stands in a cell that begins with %%tana")
