"""The .d.ts of each module and the module itself: what one has, the other has."""

from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tana_jupyter import modules
from tana_jupyter.session import Session
from tests.typings import Declared, declared

PACKAGE = Path(modules.__file__).parent
FOLDERS = modules.folders()
TYPINGS = {folder: sorted((PACKAGE / folder).glob("*.d.ts")) for folder in FOLDERS}

SPECIFIERS = sorted((specifier, path) for specifier, path in modules.specifiers().items())
GLOBALS = sorted(
    (folder, name) for folder, module in FOLDERS.items() for names in getattr(module, "GLOBALS", {}).values() for name in names
)  # fmt: skip
# How to make one, where the properties of an instance are set by its constructor's argument.
MADE = {"Request": "new Request({ url: '', tana: {} })", "KvU64": "new Deno.KvU64(1n)"}

NAMES = """
const names = (value) => {
  const found = new Set();
  const plain = new Set([Object.prototype, Function.prototype, Array.prototype, null]);
  for (let at = value; !plain.has(at); at = Object.getPrototypeOf(at)) {
    for (const key of Reflect.ownKeys(at)) found.add(typeof key === "symbol" ? key.description : key);
  }
  for (const name of ["constructor", "Symbol.toStringTag", "Deno.customInspect"]) found.delete(name);
  return [...found];
};
const statics = (value) => names(value).filter((name) => !["length", "name", "prototype"].includes(name));
"""


@cache
def session() -> Session:
    made = Session()
    made.run(NAMES)
    return made


def run(source: str) -> Any:
    return session().run(f"{{ globalThis.found = await (async () => {{ {source} }})() }}; found").value


@cache
def all_types() -> dict[str, Declared]:
    """Classes and types of all files, by name."""
    return {
        entry.name: entry
        for paths in TYPINGS.values()
        for path in paths
        for entry in declared(path)
        if entry.kind in {"class", "type"}
    }


def members(entry: Declared, *, static: bool) -> tuple[set[str], set[str]]:
    """Names that must be there and names that may, those of base classes included."""
    must: set[str] = set()
    may: set[str] = set()
    at: Declared | None = entry
    while at is not None:
        for member in at.members or ():
            if member.static == static:
                (may if member.optional else must).add(member.name)
        at = all_types().get(at.base or "")
    return must, must | may


def exports_of(specifier: str, path: str) -> dict[str, Declared]:
    file = PACKAGE.parent / path.replace(".js", ".d.ts")
    assert file.exists(), f"{specifier} has no {file.name}"
    entries = declared(file)
    in_block = [entry for entry in entries if entry.module == specifier]
    chosen = in_block or [entry for entry in entries if entry.exported and entry.module is None]
    return {entry.name: entry for entry in chosen if entry.kind != "type"}


def check(entry: Declared, value: str) -> None:
    """Compare the members of a value, and of a class's instances."""
    if entry.kind == "class":
        must, may = members(entry, static=True)
        there = set(run(f"return statics({value})"))
        assert must <= there, f"{entry.name} has no static {sorted(must - there)}"
        assert there <= may, f"{entry.name} does not declare static {sorted(there - may)}"
        must, may = members(entry, static=False)
        methods = set(run(f"return names({value}.prototype)"))
        made = (
            set()
            if entry.private
            else set(run(MADE_OR_NOTHING.replace("MADE", MADE.get(entry.name, f"new ({value})()"))))
        )
        assert must <= methods | made, f"{entry.name} has no {sorted(must - methods - made)}"
        assert methods | made <= may, f"{entry.name} does not declare {sorted((methods | made) - may)}"
    elif entry.inside:
        there = set(run(f"return names({value})"))
        values = {inner.name for inner in entry.inside if inner.kind != "type"}
        assert there == values
        for inner in entry.inside:
            if inner.kind != "type":
                check(inner, f"{value}.{inner.name}")
    else:
        described = entry if entry.members is not None else all_types().get(entry.base or "")
        if described is None or described.members is None:
            return
        must, may = members(described, static=False)
        there = set(run(f"return names({value})"))
        assert must <= there, f"{entry.name} has no {sorted(must - there)}"
        assert there <= may, f"{entry.name} does not declare {sorted(there - may)}"


MADE_OR_NOTHING = "try { return names(MADE) } catch { return [] }"


@pytest.mark.parametrize(("specifier", "path"), SPECIFIERS)
def test_a_module_exports_what_it_declares(specifier: str, path: str) -> None:
    there = set(run(f"return Object.keys(await import('{specifier}'))"))
    assert there == set(modules.exports()[specifier])
    assert there == set(exports_of(specifier, path))


@pytest.mark.parametrize(("specifier", "path"), SPECIFIERS)
def test_what_a_module_exports_has_the_members_it_declares(specifier: str, path: str) -> None:
    for name, entry in exports_of(specifier, path).items():
        check(entry, f"(await import('{specifier}')).{name}")


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_folder_declares_its_globals(folder: str) -> None:
    module: ModuleType = FOLDERS[folder]
    there = {name for names in getattr(module, "GLOBALS", {}).values() for name in names}
    entries = [entry for path in TYPINGS[folder] for entry in declared(path) if entry.kind != "type"]
    ambient = {entry.name for entry in entries if not entry.exported}
    # A name that is exported and a global too is declared once, and so is what a default export stands for.
    exported = {entry.name for entry in entries if entry.exported}
    behind_default = {"crypto"} if folder == "crypto" else set()
    assert there <= ambient | exported, f"not declared: {sorted(there - ambient - exported)}"
    for name in ambient - behind_default - there:
        assert run(f"return typeof {name}") != "undefined", (
            f"{name} is not there"
        )  # the engine's own, such as DOMException


@pytest.mark.parametrize(("folder", "name"), GLOBALS)
def test_a_global_has_the_members_it_declares(folder: str, name: str) -> None:
    entries = [entry for path in TYPINGS[folder] for entry in declared(path) if entry.kind != "type"]
    entry = next(entry for entry in entries if entry.name == name)
    assert run(f"return {name} !== undefined") is True
    check(entry, f"globalThis.{name}")


@pytest.mark.parametrize("name", ["Number", "BigInt", "Date"])
def test_what_is_declared_of_the_languages_own_classes_is_there(name: str) -> None:
    must, _ = members(all_types()[name], static=False)
    assert must
    assert must <= set(run(f"return names({name}.prototype)"))


def test_every_specifier_has_its_exports_and_no_module_is_a_global_only() -> None:
    assert set(modules.exports()) == set(modules.specifiers())
    assert set(modules.aliases().values()) <= set(modules.specifiers())


def test_the_reader_sees_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "sample.d.ts"
    path.write_text(
        "export declare class A<T> extends B { private constructor(); static of(): A; go(x: number): void; go(): void;\n"
        "  readonly size?: number; [Symbol.iterator](): void }\n"
        "export interface I { m(): void } export type T = 1\n"
        "declare const c: I, d: { e: 1 }\n"
        "declare function f(): void\ndeclare function f(x: 1): void\n"
        'declare module "m" { export const g: any }\n'
        "export default c\n"
    )
    found = {entry.name: entry for entry in declared(path)}
    assert [*found] == ["A", "I", "T", "c", "d", "f", "g", "default"]
    assert [entry.name for entry in found.values() if entry.exported] == ["A", "I", "T", "g", "default"]
    assert [(m.name, m.static, m.optional) for m in found["A"].members or ()] == [
        ("of", True, False), ("go", False, False), ("size", False, True), ("Symbol.iterator", False, False),
    ]  # fmt: skip
    assert (found["A"].base, found["A"].private, found["c"].base, found["g"].module) == ("B", True, "I", "m")
    assert [m.name for m in found["d"].members or ()] == ["e"]
