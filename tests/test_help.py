"""Every verb of %tana, and every option of it and of %%tana, says what it does, with an example that can be read."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator

import pytest

from tana_jupyter.magics import line
from tana_jupyter.magics.cell import ARGUMENTS
from tests.shell import Shell, open_shell

VERBS = line.names()


@pytest.fixture
def shell() -> Iterator[Shell]:
    with open_shell() as opened:
        yield opened


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_explains_itself(shell: Shell, verb: str) -> None:
    module = line.verb(verb)
    summary = (module.__doc__ or "").strip()
    assert summary.splitlines()[0].endswith(".")
    explained = shell.run(f"%tana help {verb}").stdout
    assert summary.splitlines()[0] in explained
    assert module.EXAMPLE in explained
    assert f"%tana {verb} " in shell.run("%tana help").stdout


@pytest.mark.parametrize("verb", VERBS)
def test_the_example_of_a_verb_can_be_read(verb: str) -> None:
    magic, *words = shlex.split(line.verb(verb).EXAMPLE.splitlines()[0])
    assert magic == "%tana"
    assert words[:1] in ([verb], [])
    line.parser(verb).parse_args(words[1:], argparse.Namespace())


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_of_a_verb_says_what_it_does(verb: str) -> None:
    mute = [action.dest for action in line.parser(verb)._actions if not action.help]
    assert mute == []


def test_every_option_of_a_cell_says_what_it_does(shell: Shell) -> None:
    explained = shell.ip.find_cell_magic("tana").parser.format_help()
    assert len(ARGUMENTS) >= 7
    for option in ("--give", "--take", "--caller", "--input", "--timeout", "--quiet"):
        assert option in explained
    mute = [action.dest for action in shell.ip.find_cell_magic("tana").parser._actions if not action.help]
    assert mute == []
