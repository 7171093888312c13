"""Errors are coloured where the shell shows colours, and plain where it does not."""

from __future__ import annotations

import re

from tana_jupyter.errors import BusyError, CommandError
from tests.shell import Shell, open_shell

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
FAILING = "%%tana\nfunction f(x) {\n  return x.y.z\n}\nf({})"


def shown(shell: Shell, cell: str, colours: str) -> str:
    shell.ip.colors = colours
    error = shell.run(cell).error
    assert error is not None
    return "\n".join(error._render_traceback_())


def test_a_code_frame_says_the_same_with_and_without_colour() -> None:
    with open_shell() as shell:
        plain, coloured = shown(shell, FAILING, "nocolor"), shown(shell, FAILING, "neutral")
        assert "\x1b" not in plain
        assert COLOUR.sub("", coloured) == plain.replace("notebook#1", "notebook#2")
        pointer = next(line for line in coloured.splitlines() if "TypeError" in line)
        assert pointer.endswith("\x1b[31m^ TypeError: cannot read property 'z' of undefined\x1b[0m")
        assert coloured.startswith("\x1b[1m❌ Runtime Error\x1b[0m")
        assert "\x1b" not in shell.session.last.receipt.summary()


def test_every_colour_ends_on_its_line() -> None:
    with open_shell() as shell:
        for cell in (
            FAILING,
            "%%tana\nimport { x } from 'tana/kv'",
            "%%tana\nconst = 1",
            "%tana keyz",
            "%tana reset nix",
        ):
            for line in shown(shell, cell, "neutral").splitlines():
                assert "\x1b" not in line or line.rfind("\x1b[0m") >= max(
                    line.rfind(c) for c in ("\x1b[31m", "\x1b[2m", "\x1b[34m")
                )


def test_one_line_errors() -> None:
    with open_shell() as shell:
        shell.ip.colors = "neutral"
        assert BusyError("a is running")._render_traceback_() == ["\x1b[31mBusyError: \x1b[0ma is running"]
        assert CommandError("no colon")._render_traceback_() == ["no colon"]
        shell.ip.colors = "nocolor"
        assert BusyError("a is running")._render_traceback_() == ["BusyError: a is running"]


def test_without_a_shell_all_is_plain() -> None:
    assert BusyError("a is running")._render_traceback_() == ["BusyError: a is running"]
