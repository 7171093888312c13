"""Array.fromAsync gives an array like any other."""

from __future__ import annotations

from typing import Any

import pytest

from tana_jupyter import ContractError, Session

MADE: list[tuple[str, object]] = [
    ("await Array.fromAsync([{ a: 1 }, Promise.resolve(2)])", [{"a": 1}, 2]),
    ("await Array.fromAsync((async function* () { yield 1; yield 2 })(), (each) => each * 2)", [2, 4]),
    ("await Array.fromAsync({ length: 2, 0: 'a' })", ["a", None]),
    ("await Array.fromAsync([])", []),
    ("Object.keys(await Array.fromAsync('ab'))", ["0", "1"]),
    ("JSON.stringify(await Array.fromAsync([1]))", "[1]"),
    ("(await (class Rows extends Array {}).fromAsync([1])).constructor.name", "Rows"),
    ("[Array.fromAsync.name, Array.fromAsync.length]", ["fromAsync", 1]),
]


@pytest.mark.parametrize(("code", "found"), MADE, ids=[code for code, _ in MADE])
def test_what_it_makes(code: str, found: Any) -> None:
    assert Session().run(code).value == found


def test_what_fails_rejects() -> None:
    with pytest.raises(ContractError, match="TypeError"):
        Session().run("await Array.fromAsync(null)")
