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
        ("a b", "%%tana: 'b' is too much; quote what belongs together"),
        ("--timeout x", "%%tana: --timeout: invalid float value: 'x'"),
        ("--caller", "%%tana: --caller: expected one argument"),
    ],
)
def test_cells(shell: Shell, line: str, text: str) -> None:
    shown = shell.run(f"%%tana {line}\n1")
    assert isinstance(shown.error, UsageError)
    assert str(shown.error) == text
    assert shown.stderr.strip() == f"UsageError: {text}"
