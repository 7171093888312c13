"""README's session prints what it says, and what README names exists."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tana_jupyter.magics import line
from tests.shell import Shell, open_shell

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SESSION = re.search(r"<!-- session -->\n```ipython\n(.*?)```", README, re.DOTALL)
INPUT = re.compile(r"^(?:In \[\d+\]| +\.\.\.): ?(.*)$")


def cells() -> list[tuple[str, str]]:
    """Each input of the session and what follows it."""
    assert SESSION is not None
    found: list[tuple[list[str], list[str]]] = []
    for text in SESSION[1].splitlines():
        entered = INPUT.match(text)
        if entered and text.startswith("In"):
            found.append(([entered[1]], []))
        elif entered:
            found[-1][0].append(entered[1])
        elif text:
            found[-1][1].append(text)
    return [("\n".join(given), "\n".join(shown)) for given, shown in found]


def output(shell: Shell, number: int, cell: str) -> str:
    """What a terminal would show for a cell."""
    shown = shell.run(cell)
    assert shown.error is None
    result = "" if shown.result is None else f"Out[{number}]: {shown.result!r}"
    printed = re.sub(r"^Out\[\d+\]: .*\n?", "", shown.stdout, flags=re.MULTILINE)
    below = [each.data["text/plain"] for each in shown.outputs]
    return "\n".join(text for text in [printed.strip(), result, *below] if text)


def test_the_session_prints_what_it_says() -> None:
    with open_shell(load=False) as shell:
        found = cells()
        assert 4 <= len(found) <= 8
        for number, (cell, expected) in enumerate(found, start=1):
            assert output(shell, number, cell) == expected


def test_readme_opens_with_one_sentence() -> None:
    first = README.split("\n\n")[1]
    assert first.count(".") == 1
    assert first.endswith(".")


def test_verbs_named_in_readme_exist() -> None:
    listed = re.search(r"lists what\s+else there is \(([^)]*)\)", README)
    assert listed is not None
    assert set(re.findall(r"`(\w+)`", listed[1])) <= set(line.names())


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!http)([^)#]+)\)", README))))
def test_links_lead_somewhere(target: str) -> None:
    assert (Path(__file__).parent.parent / target).exists()


def test_modules_named_in_readme_exist() -> None:
    from tana_jupyter.modules import specifiers

    row = next(text for text in README.splitlines() if text.startswith("| `import { kv }"))
    names = re.findall(r"`([a-z]+)`|`tana/([a-z]+)`", row)
    for plain, with_slash in names:
        name = plain or with_slash
        assert f"tana/{name}" in specifiers() or name in specifiers(), name


def test_the_versions_it_names_are_the_lower_bounds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needs = [*project["dependencies"], *project["optional-dependencies"]["lab"]]
    bounds = {name.lower(): version for name, version in (need.split(",")[0].split(">=") for need in needs)}
    named = re.findall(r"(IPython|JupyterLab|Notebook|ipykernel|pandas) (\d+(?:\.\d+)+)", README)
    assert len(named) == 5
    assert {name.lower(): version for name, version in named} == {
        name.lower(): bounds[name.lower()] for name, _ in named
    }
    assert f"Python {project['requires-python'].removeprefix('>=')} to " in README
