"""``%tana call`` in a real InteractiveShell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.calls_harness import ECHO
from tests.shell import Shell, open_shell


@pytest.fixture
def shell() -> Iterator[Shell]:
    with open_shell() as opened:
        yield opened


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("shop", "write contract and handler, as counter.get"),
        ("shop.", "write contract and handler"),
        (".get", "write contract and handler"),
        ("ghost.get", "no contract 'ghost'; there are: shop"),
        ("shop.contract", "shop exports no contract(); it exports get, post"),
        ("shop.other", "'other' is no handler"),
        ("shop.get items", "'items' is no address"),
        ("shop.get http://[bad/", "is no address"),
        ("shop.get --method FETCH", "'FETCH' is no method"),
        ("shop.get --header novalue", "--header novalue: write NAME=VALUE"),
        ("shop.get --header =5", "--header =5: write NAME=VALUE"),
        ("shop.get --header 'a b=5'", "'a b' is no name of a header"),
        ("shop.post --body {bad", "--body {bad: not JSON"),
        ("shop.post --body @nowhere", "there is no Python variable 'nowhere'"),
        ("shop.post --body NaN", "the body is no JSON"),
        ("shop.get --caller ''", "a caller's name is empty"),
        ("shop.get --caller '{\"id\": 1}'", "this caller lacks username, publicKey"),
        ("shop.get --caller '{bad'", "not JSON"),
        ("shop.get --input {bad", "--input {bad: not JSON"),
        ("shop.get --timeout soon", "invalid float value"),
    ],
)
def test_a_bad_line_gets_one_clear_error(shell: Shell, line: str, text: str) -> None:
    shell.run(f"%%tana shop\n{ECHO}")
    shown = shell.run(f"%tana call {line}")
    assert shown.error is not None
    assert text in shown.stdout
    assert "Traceback" not in shown.stdout


def test_calls_from_the_line(shell: Shell) -> None:
    shell.run(
        f"%%tana shop\nimport {{ context }} from 'tana/context'\n{ECHO}\nexport const contract = () => [context.caller()?.username ?? null, context.input()]"
    )
    assert shell.run("%tana call shop.contract --caller @bob --input '{\"n\": 1}'").error is not None
    assert shell.run("%tana call shop.contract --caller bob --input '{\"n\": 1}'").result.value == ["bob", {"n": 1}]
    shell.run("who = {'id': 'u', 'username': 'ada', 'publicKey': 'k'}; order = [1]")
    assert shell.run("%tana call shop.contract --caller @who --input @order --fresh").result.value == ["ada", [1]]
    shown = shell.run("%tana call shop.get '/x?y=a b' --header 'X-A=b=c' --header Accept=text")
    assert (shown.result.value["query"], shown.result.value["headers"]) == (
        {"y": "a b"},
        {"x-a": "b=c", "accept": "text"},
    )
    assert shell.run("%tana call shop.post --body '{\"n\": null}' --method put").result.value == [
        {"n": None},
        True,
        "PUT",
    ]
