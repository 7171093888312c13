"""What completion reads of the ``.d.ts`` files is all that is in them, and what it says of JavaScript itself is so."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tana_jupyter import modules
from tana_jupyter.completion.library import LANGUAGE, ambient, module
from tana_jupyter.completion.types import Member
from tana_jupyter.session import Session
from tests.typings import Declared, declared

FOLDER = Path(modules.__file__).parent
FILES = sorted(FOLDER.glob("*/*.d.ts"))
# What is no name of a member: it is looked for by the engine, not typed.
SYMBOLS = "Symbol."


def stem(path: Path) -> str:
    return path.name.removesuffix(".d.ts")


def check(entry: Declared, held: Member | None) -> None:
    """All members of a declaration are known, static ones of the value, others of what is made."""
    assert held is not None, entry.name
    assert held.type is not None or entry.members is None, entry.name
    if entry.inside and held.type is not None:
        for inner in entry.inside:
            name = f"type {inner.name}" if inner.kind == "type" else inner.name
            assert name in held.type.members, f"{entry.name}.{inner.name}"
    for member in entry.members or ():
        on = (
            held.type if member.static or entry.kind == "value" else held.type and held.type.make and held.type.make(())
        )
        assert on is not None
        assert member.name in on.members, f"{entry.name}.{member.name}"


@pytest.mark.parametrize("specifier", sorted(modules.specifiers()))
def test_a_module_has_all_it_exports(specifier: str) -> None:
    found = module(specifier)
    assert found is not None
    assert set(found.listed()) | {"default"} == {*modules.exports()[specifier], "default"}
    if specifier.startswith("tana/"):
        assert {*modules.types(specifier)} <= {*found.listed_types()}
        assert set(module(specifier.replace("tana/", "tana:")).listed()) == set(found.listed())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_all_declared_members_are_known(path: Path) -> None:
    entries = declared(path)
    specifier = next((name for name, file in modules.specifiers().items() if file.endswith(f"/{stem(path)}.js")), "")
    of_module = module(specifier) if specifier else None
    for entry in entries:
        scope = of_module if entry.exported and of_module is not None else ambient()
        if entry.kind == "type":
            made = scope.type(entry.name)
            for member in entry.members or ():
                assert made is not None
                assert member.name in made.members, f"{entry.name}.{member.name}"
        elif entry.exported or (stem(path), entry.name) != ("crypto", "crypto"):
            check(entry, scope.value(entry.name))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_value_says_what_it_is(path: Path) -> None:
    specifier = next((name for name, file in modules.specifiers().items() if file.endswith(f"/{stem(path)}.js")), "")
    for name, member in (module(specifier).listed() if specifier else {}).items():
        assert member.detail, name
        assert member.doc or name == "default", f"{specifier}: {name} has no sentence"


@cache
def session() -> Session:
    return Session()


LANGUAGE_ENTRIES = [entry for entry in declared(LANGUAGE) if entry.members]


@pytest.mark.parametrize("entry", LANGUAGE_ENTRIES, ids=lambda entry: f"{entry.kind} {entry.name}")
def test_what_is_said_of_the_language_is_so(entry: Declared) -> None:
    for static in (True, False):
        names = [
            member.name
            for member in entry.members or ()
            if member.static == static and not member.name.startswith(SYMBOLS)
        ]
        # What only an instance has of its own.
        names = [
            name
            for name in names
            if (entry.name, name) not in {("Error", "stack"), ("Error", "cause"), ("RegExp", "lastIndex")}
        ]
        if entry.name in {"IterableIterator", "AsyncIterableIterator", "Iterable", "AsyncIterable"}:
            continue
        on = f"globalThis.{entry.name}"
        if entry.kind == "type" or (entry.kind == "class" and not static):
            on += ".prototype"
        source = f"{names!r}.filter((name) => !(name in Object({on})))"
        assert session().run(source).value == []


def test_every_global_is_offered() -> None:
    there = {name for names in modules.lazy_globals().values() for name in names}
    listed = ambient().listed()
    assert there <= set(listed)
    assert [name for name in listed if session().run(f"typeof {name}").value == "undefined"] == []
