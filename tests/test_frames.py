"""The store as pandas tables."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from tana_jupyter import Session
from tana_jupyter.store.protocol import Write


@pytest.fixture
def session() -> Session:
    made = Session()
    made.clock.freeze("2026-01-01T00:00:00Z")
    return made


def put(session: Session, key: str, value: bytes = b"v", **fields: object) -> None:
    session.journal.commit([Write("kv", "shop", key.encode(), value, **fields)])  # type: ignore[arg-type]


def test_an_empty_store_gives_an_empty_table_with_its_types(session: Session) -> None:
    table = session.keys()
    assert len(table) == 0
    assert list(table.columns) == [
        "contract",
        "api",
        "key",
        "value",
        "type",
        "bytes",
        "version",
        "updated",
        "expires",
    ]
    assert str(table["updated"].dtype) == "datetime64[us, UTC]"
    assert str(table["bytes"].dtype) == "int64"


def test_rows_have_types_versions_and_instants(session: Session) -> None:
    put(session, "a", b'{"n": 1}', expires_at=session.clock.now_us() + 90_000_000)
    put(session, "b", b"\xff\x00", encoding="bytes")
    put(session, "c", b"[not json")
    rows = session.keys().to_dict("records")
    assert [(row["key"], row["value"], row["type"], row["bytes"]) for row in rows] == [
        ("a", '{"n": 1}', "json", 8),
        ("b", b"\xff\x00", "bytes", 2),
        ("c", "[not json", "text", 9),
    ]
    assert rows[0]["version"] == "00000000000000010000"
    assert rows[0]["updated"] == dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert rows[0]["expires"] == dt.datetime(2026, 1, 1, 0, 1, 30, tzinfo=dt.UTC)
    assert pd.isna(rows[1]["expires"])


@pytest.mark.parametrize(
    ("pattern", "keys"),
    [
        (None, ["user:1", "user:1:name", "user:2", "xuser:1"]),
        ("user:*", ["user:1", "user:1:name", "user:2"]),
        ("user:1", ["user:1"]),
        ("*:1", ["user:1", "xuser:1"]),
        ("*1*", ["user:1", "user:1:name", "xuser:1"]),
        ("user:?", []),
        ("[a-z]*", []),
    ],
)
def test_only_the_star_is_special(session: Session, pattern: str | None, keys: list[str]) -> None:
    for key in ["user:1", "user:2", "user:1:name", "xuser:1"]:
        put(session, key)
    assert list(session.keys(pattern)["key"]) == keys


def test_a_cut_is_never_silent(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(2500):
        put(session, f"k{number:04}")
    assert len(session.keys(limit=2499)) == 2499
    assert "cut at 2,499 rows" in capsys.readouterr().err
    assert len(session.keys(limit=2500)) == 2500
    assert capsys.readouterr().err == ""
    assert len(session.keys("*9", limit=100)) == 100
    assert "cut" in capsys.readouterr().err
    assert len(session.keys("k249*")) == 10


def test_bytes_that_are_no_text_do_not_break_a_table(session: Session) -> None:
    session.journal.commit([Write("kv", "shop", b"\xff", b"\xfe")])
    assert session.keys().to_dict("records")[0]["value"] == "\ufffd"


def test_get_reads_one_key(session: Session) -> None:
    put(session, "a", b"text")
    put(session, "b", b"\x00", encoding="bytes")
    assert session.get("a", "shop") == "text"
    assert session.get("b", "shop") == b"\x00"
    assert session.get("c", "shop") is None
