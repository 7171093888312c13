"""Contracts as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tana_jupyter import Session, TanaError
from tana_jupyter.compiler.outline import outline
from tests.shell import open_shell


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "const a = 1, b: number = 2",
            [("value", ("a",), "const a = 1"), ("value", ("b",), "const b: number = 2")],
        ),
        ("export const { a, b: [c] } = x", [("value", ("a", "c"), "export const { a, b: [c] } = x")]),
        ("// why\nfunction f() {}\n", [("value", ("f",), "// why\nfunction f() {}")]),
        ("export default class C {}", [("value", ("C",), "export default class C {}")]),
        ("interface A {}\ntype B = 1", [("type", ("A",), "interface A {}"), ("type", ("B",), "type B = 1")]),
        ("export { a }", [("export", (), "export { a }")]),
        ("f()\nawait g()", [("statement", (), "f()"), ("statement", (), "await g()")]),
        ("enum E { A }", [("value", ("E",), "enum E { A }")]),
        ("", []),
    ],
)
def test_the_outline_of_a_cell(source: str, expected: list[object]) -> None:
    assert [(item.kind, item.names, item.text) for item in outline(source)] == expected


def saved(session: Session, tmp_path: Path, *cells: str, **options: bool) -> str:
    for cell in cells:
        session.run(cell, "shop")
    path = session.save("shop", tmp_path / "shop.ts", force=True, **options)
    return path.read_text().partition("\n")[2]


def test_the_last_text_in_the_first_place(session: Session, tmp_path: Path) -> None:
    text = saved(
        session,
        tmp_path,
        "import { kv } from 'tana/kv'\nconst rate = 1\nexport function get() { return price() }\nawait kv.put('a', 1)",
        "// twice as dear\nfunction price() { return 2 * rate }",
        "import { console, version } from 'tana/core'; const rate: number = 5",
        "export { price as post }",
    )
    assert text == (
        "import { kv } from 'tana/kv'\nimport { console, version } from 'tana/core'\n\nconst rate: number = 5\n\n"
        "export function get() { return price() }\n\n// twice as dear\nfunction price() { return 2 * rate }\n\n"
        "export { price as post }\n"
    )


def test_a_saved_contract_opens_as_the_same_contract(session: Session, tmp_path: Path) -> None:
    saved(session, tmp_path, "export function get() { return twice(2) }", "const twice = (n: number) => n * 2")
    other = Session()
    other.open(tmp_path / "shop.ts")
    assert dict(other["shop"].exports) == {"get": "get"}
    assert other["shop"].get().value == 4
    other.open(tmp_path / "shop.ts", "copy")
    assert other["copy"].get().value == 4


def test_a_function_that_lost_its_export_word_is_still_exported(session: Session, tmp_path: Path) -> None:
    text = saved(session, tmp_path, "export function get() { return 1 }", "function get() { return 2 }")
    assert text == "function get() { return 2 }\n\nexport { get }\n"


def test_default_exports(session: Session, tmp_path: Path) -> None:
    text = saved(session, tmp_path, "export default function handler() { return 1 }")
    assert text == "export default function handler() { return 1 }\n"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("export default () => 1", "export default () => 1\n"),
        ("const f = () => 1\nexport default f", "const f = () => 1\n\nexport { f as default }\n"),
    ],
)
def test_default_expressions(session: Session, tmp_path: Path, cell: str, expected: str) -> None:
    assert saved(session, tmp_path, cell) == expected
    other = Session()
    other.open(tmp_path / "shop.ts")
    assert other["shop"].get().value == 1


def test_statements_are_kept_on_request(session: Session, tmp_path: Path) -> None:
    text = saved(session, tmp_path, "let n = 1", "n += 1", "let n = 5", statements=True)
    assert text == "let n = 5\n\nn += 1\n"


def test_types_and_values_of_one_name_live_side_by_side(session: Session, tmp_path: Path) -> None:
    text = saved(session, tmp_path, "interface User { id: number }\nconst User = 1", "interface User { name: string }")
    assert text == "interface User { name: string }\n\nconst User = 1\n"


def test_a_failed_cell_is_not_saved(session: Session, tmp_path: Path) -> None:
    session.run("const a = 1", "shop")
    with pytest.raises(TanaError):
        session.run("const b = 2; null.x", "shop")
    assert saved(session, tmp_path) == "const a = 1\n"


def test_half_a_pattern_cannot_be_saved(session: Session, tmp_path: Path) -> None:
    with pytest.raises(TanaError, match="a was declared again"):
        saved(session, tmp_path, "const { a, b } = { a: 1, b: 2 }", "const a = 3")
    assert not (tmp_path / "shop.ts").exists()


def test_only_our_own_unchanged_files_are_overwritten(session: Session, tmp_path: Path) -> None:
    session.run("const a = 1", "shop")
    path = tmp_path / "shop.ts"
    path.write_text("mine")
    with pytest.raises(TanaError, match="was not saved from here"):
        session.save("shop", path)
    assert path.read_text() == "mine"
    session.save("shop", path, force=True)
    session.save("shop", path)
    path.write_text(path.read_text() + "// by hand\n")
    with pytest.raises(TanaError, match="was changed since"):
        session.save("shop", path)
    assert path.read_text().endswith("// by hand\n")


def test_files_that_cannot_be_read_or_written(session: Session, tmp_path: Path) -> None:
    session.run("const a = 1", "shop")
    latin = tmp_path / "latin.ts"
    latin.write_bytes(b"const caf\xe9 = 1")
    with pytest.raises(TanaError, match=r"latin.ts cannot be read: it is no UTF-8 text"):
        session.open(latin)
    with pytest.raises(TanaError, match=r"latin.ts was not saved from here"):
        session.save("shop", latin)
    with pytest.raises(TanaError, match=r"shop was not saved: .*/nowhere/shop.ts: No such file or directory"):
        session.save("shop", tmp_path / "nowhere" / "shop.ts")
    for force in (False, True):
        with pytest.raises(TanaError, match=r"shop was not saved: .*: Is a directory"):
            session.save("shop", tmp_path, force=force)
    assert list(tmp_path.iterdir()) == [latin]


def test_a_byte_order_mark_is_no_part_of_a_contract(session: Session, tmp_path: Path) -> None:
    (tmp_path / "marked.ts").write_bytes(b"\xef\xbb\xbfexport const get = () => 1")
    session.open(tmp_path / "marked.ts")
    assert session["marked"].sources[0].text == "export const get = () => 1"


def test_the_verbs(tmp_path: Path) -> None:
    with open_shell() as shell:
        shell.run("%%tana shop\nexport function get() { return { ok: 1 } }")
        assert shell.run(f"%tana save shop {tmp_path}/s.ts").stdout == f"saved shop to {tmp_path}/s.ts\n"
        shell.run(f"%tana open {tmp_path}/s.ts --as other")
        assert shell.run("other.get().body").result == {"ok": 1}
        assert "there is no file" in shell.run("%tana open /nowhere.ts").stdout
        assert "no contract 'ghost'" in shell.run(f"%tana save ghost {tmp_path}/g.ts").stdout


def test_reexports_are_kept(session: Session, tmp_path: Path) -> None:
    text = saved(session, tmp_path, "export { kv as store } from 'tana/kv'", "export const a = 1")
    assert text == "export const a = 1\n\nexport { kv as store } from 'tana/kv'\n"
    other = Session()
    other.open(tmp_path / "shop.ts")
    assert set(other["shop"].exports) == {"a", "store"}


def test_another_contracts_file_is_not_overwritten(session: Session, tmp_path: Path) -> None:
    session.run("const a = 1", "shop")
    session.run("const b = 1", "bakery")
    session.save("shop", tmp_path / "shop.ts")
    with pytest.raises(TanaError, match="holds contract shop; --force"):
        session.save("bakery", tmp_path / "shop.ts")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shop.ts"]
