"""The page's files: they make one module each, and no name stands in two of them."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from tana_jupyter.spaces import APIS
from tana_jupyter.views import esm
from tana_jupyter.views.browser import messages
from tana_jupyter.views.export import messages as export_messages

ENTRIES = ("browser", "export", "staged")
FILES = sorted(path.stem for path in esm.STATIC.glob("*.js"))
TOP = re.compile(r"^(?:export )?(?:async )?(?:function\*?|class|const|let|var) (\w+)", re.MULTILINE)

TAKEN = re.compile(r'^import \{([^}]*)\} from "\./(\w+)\.js";', re.MULTILINE)
TYPED = re.compile(r'import\("\./(\w+)\.js"\)\.(\w+)')
SAID = re.compile(r'\.(?:read\("\w+", |write\()"(\w+)"')


def source(name: str) -> str:
    return (esm.STATIC / f"{name}.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_module_is_one_text(entry: str) -> None:
    text = esm.module(entry)
    assert not re.search(r"^\s*import\b(?!\()", text, re.MULTILINE)
    assert len(re.findall(r"^export ", text, re.MULTILINE)) == 1
    assert re.search(r"^export default \{ render \};?$", text, re.MULTILINE)


@pytest.mark.parametrize("entry", ENTRIES)
def test_what_a_file_imports_stands_before_it(entry: str) -> None:
    order = esm.order(entry)
    assert order[-1] == entry
    for name in order:
        for imported in esm.IMPORT.findall(source(name)):
            assert order.index(imported) < order.index(name)


@pytest.mark.parametrize("entry", ENTRIES)
def test_names_are_unique(entry: str) -> None:
    names = Counter(name for file in esm.order(entry) for name in TOP.findall(source(file)))
    assert [name for name, count in names.items() if count > 1] == []


def test_the_page_knows_the_apis_there_are() -> None:
    assert re.search(r"^export const APIS = (.*);$", source("query"), re.MULTILINE)[1] == json.dumps(APIS)


def test_every_file_is_used() -> None:
    assert set(FILES) == {name for entry in ENTRIES for name in esm.order(entry)}


@pytest.mark.parametrize("file", FILES)
def test_what_a_file_exports_another_one_takes(file: str) -> None:
    taken = {
        name.strip()
        for other in FILES
        for names, where in TAKEN.findall(source(other))
        for name in names.split(",")
        if where == file
    }
    types = {name for other in FILES for where, name in TYPED.findall(source(other)) if where == file}
    assert {
        *re.findall(r"^export (?:async )?(?:class|const|function) (\w+)", source(file), re.MULTILINE)
    } <= taken | types


def test_the_page_says_every_verb_and_no_other() -> None:
    said = {verb for file in FILES for verb in SAID.findall(source(file))}
    assert said == {*messages.VERBS, *export_messages.VERBS}


def test_every_class_of_the_styles_is_one_of_the_page() -> None:
    made = {name for file in FILES for name in re.findall(r"tana-[\w-]+", source(file))}
    made |= {f"tana-{column}" for column in re.findall(r'(?:textColumn\(\s*|id: )"(\w+)"', source("columns"))}
    made |= {f"tana-json-{kind}" for kind in re.findall(r'"(\w+)"', source("pretty").partition("@typedef")[2])}
    styled = set(re.findall(r"\.(tana-[\w-]+)", esm.styles()))
    assert styled - made == set()
    variables = re.findall(r"(--tana-[\w-]+)\s*:", esm.styles())
    assert set(variables) == set(re.findall(r"var\((--tana-[\w-]+)", esm.styles())) - {"--tana-depth"}


def test_styles_are_ours_alone() -> None:
    text = re.sub(r"/\*.*?\*/", "", esm.styles(), flags=re.DOTALL)
    assert "http" not in text
    assert "@import" not in text
    assert "url(" not in text


def test_no_file_makes_markup_of_text_or_fetches() -> None:
    for name in FILES:
        found = re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|new Function|(?<![#.\w])(?:eval|fetch)\(|XMLHttpRequest",
            source(name),
        )
        assert found is None, f"{name}.js uses {found and found[0]}"


def test_a_circle_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(esm, "STATIC", tmp_path)
    (tmp_path / "one.js").write_text('import { b } from "./two.js";\n')
    (tmp_path / "two.js").write_text('import {\n  a,\n} from "./one.js";\n')
    with pytest.raises(ImportError, match="one imports two imports one"):
        esm.order("one")
