"""``%tana export`` and ``%tana import`` in a real shell."""

import pytest

from tana_jupyter.errors import CommandError, TanaError
from tests.shell import open_shell

FILL = "%%tana shop\nimport { kv } from 'tana/kv'; await kv.put('a', '1'); await kv.put('b', '2'); undefined"


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open_shell() as opened:
        opened.run(FILL)
        yield opened


def test_a_plan_is_shown_and_nothing_written(shell, tmp_path):
    shown = shell.run("%tana export rows.jsonl --contract shop")
    assert repr(shown.result).startswith(
        "export of shop/all APIs: memory: -> rows.jsonl\n  added                      2\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_apply_does_it_and_says_so(shell):
    assert (
        shell.run("%tana export rows.jsonl --apply").stdout
        == "exported to rows.jsonl: 2 added, 0 changed, 0 deleted, 0 unchanged\n"
    )
    shell.run("%%tana shop\nawait kv.put('a', 'mine'); await kv.delete('b')")
    shown = shell.run("%tana import rows.jsonl --apply")
    assert isinstance(shown.error, TanaError)
    shown = shell.run("%tana import rows.jsonl --conflicts take --apply --quiet")
    assert shown.stdout == "imported from rows.jsonl: 1 added, 1 changed, 0 deleted, 0 unchanged\n"
    assert shell.session.get("a", "shop") == "1"


def test_mirror_wants_its_number(shell):
    shell.run("%tana export rows.jsonl --apply")
    shell.run("%%tana shop\nawait kv.delete('b')")
    assert "confirm_deletions=1" in str(shell.run("%tana export rows.jsonl --mirror --apply").error)
    done = shell.run("%tana export rows.jsonl --mirror --apply --confirm-deletions 1")
    assert done.stdout == "exported to rows.jsonl: 0 added, 0 changed, 1 deleted, 1 unchanged\n"


def test_filters(shell):
    assert shell.run("%tana export rows.jsonl --api kv --prefix a").result.counts.added == 1
    assert shell.run("%tana export rows.jsonl --api data").result.counts.added == 0


def test_a_password_on_the_line_is_told_of_and_never_repeated(shell):
    shown = shell.run("%tana export postgresql://ann:s3cret@no-such-host.invalid/tana")
    assert "this password is saved with the notebook" in shown.stderr
    assert "s3cret" not in f"{shown.error} {shown.stdout} {shown.stderr}"


def test_apply_needs_a_target(shell):
    assert isinstance(shell.run("%tana export --apply").error, CommandError)


def test_no_target_opens_the_widget(shell):
    assert type(shell.run("%tana export --contract shop").result).__name__ == "ExportView"
