"""Types erased as TypeScript erases them, nothing moved, and everything the engine can read."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tana_jupyter.compiler import Compiled, compile_cell
from tests.compiling import engine_problem, erase, programs, snippets

FAST = [*snippets("types"), *snippets("asi"), *snippets("classes"), *snippets("modules")]
LOWERED = snippets("lowered")

# What the compiler itself puts into a body.
INSERTED = re.compile(
    r"let \$value;|return \$value|\$value=(?:\(0,)?|=void 0|\b0;|\$tana\.(?:thrown|dynamic|meta)"
    r'|\$tana\.lock\("[^)]*\);|(?:[\w$]+=)?\$tana\.import\([^)]*\);'
    r"|[\w$]+=(?=async function|function| *class)|\$default=\{default:|\}\.default;|\$default="
)
WORD = re.compile(r"[\w$]+")


def words_that_moved(cell: Compiled) -> list[str]:
    """Words of the body that do not map to the same word in the source."""
    source = cell.source.split("\n")
    body = INSERTED.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), cell.body)
    moved = []
    for number, line in enumerate(body.split("\n"), start=1):
        for word in WORD.finditer(line):
            at, column = cell.locate(number, word.start() + 1)
            if not re.match(re.escape(word[0]) + r"(?![\w$])", source[at - 1][column - 1 :]):
                moved.append(f"{word[0]} at {number}:{word.start() + 1} came from {at}:{column}")
    return moved


def test_there_are_enough_snippets():
    assert len(FAST) > 450
    assert len(LOWERED) > 50


def test_the_fast_path_makes_the_program_typescript_makes():
    pairs = [(source, erase(source)) for source in FAST]
    for (source, erased), (theirs, ours) in zip(pairs, programs(pairs), strict=True):
        assert ours == theirs, f"{source!r} was erased to {erased!r}"


@pytest.mark.parametrize("source", FAST)
def test_erasing_moves_nothing(source):
    erased = erase(source)
    before, after = source.split("\n"), erased.split("\n")
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        if len(new) != len(old):
            # The one thing ever added is the bracket that closes `<T>{ a: 1 }`.
            assert ")" in new
            assert "<" in source
        else:
            assert [word[0] for word in WORD.finditer(new) if old[word.start() : word.end()] != word[0]] == []


@pytest.mark.parametrize("source", FAST)
def test_positions_of_a_body_lead_back_to_the_source(source):
    cell = compile_cell(source)
    assert not cell.by_typescript
    assert words_that_moved(cell) == []


@pytest.mark.parametrize("source", [*FAST, *LOWERED])
def test_the_engine_reads_every_body(source):
    cell = compile_cell(source)
    assert engine_problem(cell.body) is None
    assert cell.lines == cell.body.count("\n") + 1


@pytest.mark.parametrize("source", LOWERED)
def test_what_leaves_code_behind_goes_through_typescript(source):
    assert compile_cell(source).by_typescript


INSIDE_BLOCKS = [
    one
    for one in [*snippets("asi"), *snippets("types")]
    if not re.search(r"import|export|#!|declare (global|module)", one)
]


@given(st.lists(st.sampled_from(INSIDE_BLOCKS), min_size=1, max_size=6), st.data())
@settings(max_examples=60)
def test_positions_hold_whatever_surrounds_a_cell(chosen, data):
    # In blocks of their own the snippets may declare the same names; comments shift them by odd amounts.
    shift = data.draw(st.text("é漢😀 \n", max_size=5))
    cell = compile_cell("\n".join(f"/*{shift}*/ {{\n{one}\n}}" for one in chosen))
    if not cell.by_typescript:
        assert words_that_moved(cell) == []


def test_every_position_of_a_body_has_a_place_in_the_source():
    source = "import { kv } from 'tana/kv'\nfunction f() {\n  throw 1\n}\nconst é: string = '😀'; let z\nf() as T"
    cell = compile_cell(source)
    lines = source.split("\n")
    for number, line in enumerate(cell.body.split("\n"), start=1):
        for column in range(1, len(line) + 2):
            at, there = cell.locate(number, column)
            assert 1 <= at <= len(lines)
            assert 1 <= there <= len(lines[at - 1]) + 1
    assert cell.locate(999, 999) == (len(lines), len(lines[-1]) + 1)


@pytest.mark.parametrize(
    ("source", "word", "place"),
    [
        ("throw x", "x", (1, 7)),
        ("a\nfunction f() {\n  return g()\n}", "g", (3, 10)),
        ("const 変数: string = x", "x", (1, 20)),
        ("'😀'; const a: T = b", "b", (1, 19)),
        ("/* 😀 */ x as T; y", "y", (1, 17)),
        ("const { a }: T = f(\n  b as U)", "b", (2, 3)),
        ("if (a) {\r\n  b as T\r\n}", "b", (2, 3)),
        ("enum E { A }\nfoo(E.A)", "foo", (2, 1)),
        ("enum E { A }\n\nfunction f(x: number) {\n  '😀'; boom(x) }", "boom", (4, 8)),
        ("enum E { A }\nconst x: number = await kv.get('k')", "kv", (2, 25)),
    ],
)
def test_places_of_single_words(source, word, place):
    cell = compile_cell(source)
    (found,) = re.finditer(rf"(?<![\w$.]){word}\b(?!=|\")", INSERTED.sub(lambda f: " " * len(f[0]), cell.body))
    line = cell.body.count("\n", 0, found.start()) + 1
    column = found.start() - cell.body.rfind("\n", 0, found.start())
    assert cell.locate(line, column) == place


def test_deep_nesting_does_not_recurse():
    assert engine_problem(compile_cell("1" + " + 1" * 1000).body) is None
    assert not compile_cell("x as number" + " + 1" * 5000).by_typescript
    assert not compile_cell("[" * 5000 + "]" * 5000).by_typescript


def test_the_same_text_is_compiled_once():
    assert compile_cell("const once: number = 1") is compile_cell("const once: number = 1")


def test_nothing_is_loaded_before_the_first_cell():
    import subprocess
    import sys

    script = "import sys, tana_jupyter.compiler as c; print({'tree_sitter', 'dukpy'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"


def test_the_javascript_side_is_shipped():
    import tana_jupyter.compiler

    assert Path(tana_jupyter.compiler.__file__).with_name("transpile.js").is_file()
