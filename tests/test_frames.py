"""The store, what is staged and what a run changed, as pandas tables."""

from __future__ import annotations

import datetime as dt
import json
import pickle

import pandas as pd
import pytest

from tana_jupyter import Session, TanaError, denokey, limits
from tana_jupyter.engine.values import to_guest
from tana_jupyter.store.memory import MemoryStore
from tana_jupyter.store.protocol import Write

COLUMNS = ["contract", "api", "key", "value", "type", "bytes", "metadata", "version", "updated", "expires"]
TEXTS = str(pd.Series([""], dtype="str").dtype)  # "str" of pandas 3, "object" of pandas 2
DTYPES = {
    "contract": "category",
    "api": "category",
    "key": TEXTS,
    "value": "object",
    "type": "category",
    "bytes": "Int64",
    "metadata": "object",
    "version": TEXTS,
    "updated": "datetime64[us, UTC]",
    "expires": "datetime64[us, UTC]",
}


@pytest.fixture
def session() -> Session:
    made = Session()
    made.clock.freeze("2026-01-01T00:00:00Z")
    return made


def put(session: Session, key: str, value: bytes = b"v", space: str = "kv", contract: str = "shop", **fields: object):
    name = denokey.parse(key) if space == "deno" else key.encode()
    session.journal.commit([Write(space, contract, name, value, **fields)])


def dtypes(table: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(dtype) for name, dtype in table.dtypes.items()}


# keys()


def test_a_table_has_the_same_types_with_and_without_rows(session: Session) -> None:
    assert list(session.keys().columns) == COLUMNS
    assert dtypes(session.keys()) == DTYPES
    put(session, "a", metadata=b"{}", expires_at=session.clock.now_us() + 1)
    put(session, "b", encoding="bytes")
    assert dtypes(session.keys()) == DTYPES


def test_rows_have_types_versions_and_instants(session: Session) -> None:
    put(session, "a", b'{"n": 1}', expires_at=session.clock.now_us() + 90_000_000)
    put(session, "b", b"\xff\x00", encoding="bytes")
    put(session, "c", b"[not json")
    put(session, "d", b"")
    rows = session.keys().to_dict("records")
    assert [(row["key"], row["value"], row["type"], row["bytes"]) for row in rows] == [
        ("a", '{"n": 1}', "object", 8),
        ("b", b"\xff\x00", "bytes", 2),
        ("c", "[not json", "string", 9),
        ("d", "", "string", 0),
    ]
    assert rows[0]["version"] == "00000000000000010000"
    assert rows[0]["updated"] == dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert rows[0]["expires"] == dt.datetime(2026, 1, 1, 0, 1, 30, tzinfo=dt.UTC)
    assert pd.isna(rows[1]["expires"])


def test_rows_come_by_contract_then_api_then_key(session: Session) -> None:
    for contract, space, key in [("b", "kv", "1"), ("a", "kv", "2"), ("a", "data", "9"), ("a", "kv", "10")]:
        put(session, key, space=space, contract=contract)
    order = session.keys()[["contract", "api", "key"]].to_numpy().tolist()
    assert order == [["a", "data", "9"], ["a", "kv", "10"], ["a", "kv", "2"], ["b", "kv", "1"]]
    assert list(session.keys(contract="a", api="kv")["key"]) == ["10", "2"]


def test_metadata_is_there_to_filter_by(session: Session) -> None:
    put(session, "a", metadata=b'{"tag": "red", "n": 5}')
    put(session, "b", metadata=b'{"tag": "blue"}')
    put(session, "c", metadata=b'"text"')
    put(session, "d")
    put(session, "e", metadata=b"[" * 400)
    keys = session.keys()
    assert list(keys[keys["metadata"].map(lambda it: isinstance(it, dict) and it["tag"] == "red")]["key"]) == ["a"]
    assert list(keys[keys["metadata"].isna()]["key"]) == ["d"]
    assert keys["metadata"][2] == "text"
    assert keys["metadata"][4] == "[" * 400


def test_expired_rows_are_in_no_table(session: Session) -> None:
    put(session, "gone", expires_at=session.clock.now_us())
    assert len(session.keys()) == len(session.values()) == 0


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


DENO_VALUES: list[tuple[bytes, str, str, object]] = [
    (b'"ada"', "json", "string", "ada"),
    (b'""', "json", "string", ""),
    (b'{"n":1}', "json", "object", {"n": 1}),
    (b"null", "json", "null", None),
    ((7).to_bytes(8, "little"), "u64", "u64", 7),
    (b"\xff", "bytes", "bytes", b"\xff"),
    (to_guest(dt.datetime(2026, 1, 1, tzinfo=dt.UTC)).encode(), "clone", "date", dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
    (to_guest({1: "a"}).encode(), "clone", "map", {1: "a"}),
    (to_guest(2**70).encode(), "clone", "bigint", 2**70),
    (b'"a\\ud800b"', "json", "string", "a\ufffdb"),
    (b"[" * 10_000 + b"]" * 10_000, "json", "json-too-deep", "[" * 10_000 + "]" * 10_000),
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "encoding", "kind", "shown"), DENO_VALUES, ids=[kind for _, _, kind, _ in DENO_VALUES]
)
def test_values_of_deno_are_python_values(
    session: Session, value: bytes, encoding: str, kind: str, shown: object
) -> None:
    put(session, '["k"]', value, "deno", encoding=encoding)
    row = session.keys().to_dict("records")[0]
    assert (row["key"], row["type"], row["value"]) == ('["k"]', kind, shown)
    assert session.get('["k"]', "shop", "deno") == shown
    # What is shown can be sent.
    assert repr(session.keys()).encode()
    assert (session.keys()._repr_html_() or "").encode()


@pytest.mark.parametrize(
    ("pattern", "count"),
    [("*", 4), ('["users", *', 3), ('["users", 1*', 2), ('["users", 1n]', 1), ('["us*', 3), ("*profile*", 1), ("nonsense", 0)],
)  # fmt: skip
def test_deno_keys_are_searched_as_they_are_shown(session: Session, pattern: str, count: int) -> None:
    for key in ('["users", 1n]', '["users", 1n, "profile"]', '["users", 2n]', '["posts"]'):
        put(session, key, b"1", "deno", encoding="json")
    assert len(session.keys(pattern, api="deno")) == count


def test_a_cut_is_never_silent(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    session.journal.commit([Write("kv", "shop", f"k{number:05}".encode(), b"v") for number in range(10_001)])
    note = "cut at 10,000 rows: narrow the pattern or raise the limit"
    keys = session.keys()
    assert len(keys) == 10_000
    assert keys.attrs == {"cut": note}
    assert capsys.readouterr().err == f"{note}\n"
    # Who gave a limit is told where it is looked at.
    few = session.keys(limit=2)
    assert (len(few), capsys.readouterr().err) == (2, "")
    for table in (few, few[["key"]], few[few["bytes"] == 1]):
        assert repr(table).endswith("\n\n(cut at 2 rows: narrow the pattern or raise the limit)")
        assert (table._repr_html_() or "").endswith("<p>(cut at 2 rows: narrow the pattern or raise the limit)</p>")
    assert len(session.keys("*9", limit=100)) == 100
    assert len(session.keys("k0999*")) == 10


def test_what_is_not_cut_is_a_plain_table(session: Session) -> None:
    for number in range(3):
        put(session, f"k{number}")
    whole = session.keys(limit=3)
    assert type(whole) is pd.DataFrame
    assert whole.attrs == {}
    assert "cut" not in repr(whole)
    cut = pickle.loads(pickle.dumps(session.keys(limit=2)))
    assert cut.attrs["cut"].startswith("cut at 2 rows")


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_of_nothing_is_refused(session: Session, limit: int) -> None:
    with pytest.raises(TanaError, match="is no limit: at least 1 row"):
        session.keys(limit=limit)


def test_a_table_holds_no_more_than_the_kernel_can(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tana_jupyter.views.frames.rows.FRAME_BYTES", 3 * 2**20)
    for number in range(5):
        put(session, f"k{number}", b"x" * 2**20)
    keys = session.keys()
    assert len(keys) == 3
    assert keys.attrs["cut"] == "cut at 3 rows, 3 MiB of values: narrow the pattern"
    put(session, "k0", b"x" * 4 * 2**20)
    assert len(session.keys()) == 1  # one row is always shown


def test_large_rows_are_read_in_small_pages(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    pages: list[int] = []
    scan = MemoryStore.scan

    def counted(self: MemoryStore, *where: object, limit: int, **more: object) -> object:
        pages.append(limit)
        return scan(self, *where, limit=limit, **more)

    monkeypatch.setattr(MemoryStore, "scan", counted)
    session.journal.commit([Write("kv", "shop", b"k%04d" % number, b"v") for number in range(3000)])
    session.keys()
    assert pages[0] == 16
    assert max(pages) == 1000
    assert len(pages) <= 8
    pages.clear()
    session.journal.commit([Write("kv", "large", b"k%04d" % number, b"x" * 2**21) for number in range(40)])
    session.keys(contract="large")
    assert set(pages) == {16}


HOSTILE = [
    b"<script>alert(1)</script>",
    "\u202eesrever\u202c".encode(),
    b"\x00\x1b[31m\n\t",
    b"\xff\xfe",
    b"[" * 10_000,
    b"{" * 2000,
    b"\xf0\x9f\x98\x80" * 10,
    b"x" * 25_000_000,
]


@pytest.mark.parametrize("value", HOSTILE, ids=[repr(value[:12]) for value in HOSTILE])
def test_hostile_rows_are_shown_harmless(session: Session, value: bytes) -> None:
    session.journal.commit([Write("kv", "shop", value[:512], value, metadata=value[:1024])])
    for table in (session.keys(), session.values()):
        shown = table._repr_html_() or ""
        assert "<script>" not in shown
        assert len(shown) < 20_000
        assert shown.encode()
        assert repr(table).encode()


def test_messages_of_a_queue_are_shown_where_they_are_asked_for(session: Session) -> None:
    session.journal.commit([Write("queue", "shop", b"\x00\xff", b"1", "json"), Write("kv", "shop", b"a", b"1")])
    assert session.keys()["key"].tolist() == session.values().index.tolist() == ["a"]
    assert session.keys(api="queue")["key"].tolist() == ["00ff"]


def test_a_store_that_counts_later_has_its_tables_now(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    put(session, "a")
    put(session, "b", contract="bakery")
    monkeypatch.setattr(MemoryStore, "sizes", lambda *_: None)
    assert list(session.keys()["key"]) == ["b", "a"]
    assert session.clear("shop") == "would delete 1 row of shop/kv in memory:; with --yes (yes=True) it does"
    assert session.clear("shop", yes=True) == "deleted 1 row of shop/kv in memory:"
    assert "not yet counted" in session.status()


# get()


def test_get_reads_one_key(session: Session) -> None:
    put(session, "a", b"text")
    put(session, "b", b"\x00", encoding="bytes")
    assert session.get("a", "shop") == "text"
    assert session.get("b", "shop") == b"\x00"
    assert session.get("c", "shop") is None
    assert session.get("c", "shop", default="none") == "none"
    put(session, '["null"]', b"null", "deno", encoding="json")
    assert session.get('["null"]', "shop", "deno", default="none") is None
    with pytest.raises(TanaError, match="name one with contract="):
        session.get("a")


@pytest.mark.parametrize("look", ["get", "keys", "values", "clear"])
def test_an_api_that_does_not_exist_is_no_empty_one(session: Session, look: str) -> None:
    given = {"key": "a", "contract": "shop"} if look == "get" else {}
    with pytest.raises(TanaError, match="there is no API 'KV': it is one of kv, data, deno"):
        getattr(session, look)(api="KV", **given)


def test_an_empty_table_has_the_dtypes_of_a_full_one(session: Session) -> None:
    empty = session.keys(), session.staged()
    put(session, "a")
    session.run("import { data } from 'tana/data'; data.set('a', 1)", contract="shop")
    for before, after in zip(empty, (session.keys(), session.staged()), strict=True):
        assert [each.name for each in before.dtypes] == [each.name for each in after.dtypes]
        for name in before.select_dtypes("category"):
            assert before[name].cat.categories.dtype == after[name].cat.categories.dtype


# values()


def test_fields_become_columns_with_types_of_their_own(session: Session) -> None:
    put(session, "user:1", b'{"name": "Ada", "age": 36, "admin": true, "score": 1.5}')
    put(session, "user:2", b'{"name": "Bo", "age": null, "score": 2}')
    values = session.values("user:*")
    assert list(values.index) == ["user:1", "user:2"]
    assert values.index.name == "key"
    assert dtypes(values) == {"name": "string", "age": "Int64", "admin": "boolean", "score": "Float64"}
    assert values["age"].tolist() == [36, pd.NA]
    assert list(values.query("score > 1.6").index) == ["user:2"]


@pytest.mark.parametrize(
    ("numbers", "dtype"),
    [
        (["9007199254740993", "null"], "Int64"),
        (["9007199254740993", "-9223372036854775808", "9223372036854775807"], "Int64"),
        (["9007199254740993", "1.5"], "object"),
        (["9007199254740993", "null", '"text"'], "object"),
        (["18446744073709551615", "null"], "object"),
    ],
)
def test_large_whole_numbers_keep_every_digit(session: Session, numbers: list[str], dtype: str) -> None:
    for at, number in enumerate(numbers):
        put(session, str(at), f'{{"n": {number}}}'.encode())
    values = session.values()
    assert dtypes(values) == {"n": dtype}
    assert [None if item is pd.NA else item for item in values["n"]] == [json.loads(number) for number in numbers]


def test_objects_within_become_columns_so_far_as_no_name_is_taken(session: Session) -> None:
    put(session, "a", b'{"at": {"city": "Visby", "geo": {"x": 1}}, "tags": ["s"], "none": {}}')
    put(session, "b", b'{"at": {"city": "Lund"}, "at.city": "taken"}')
    values = session.values()
    assert list(values.columns) == ["at.city", "at.geo.x", "tags", "none", "at"]
    assert values.loc["a", "at.city"] == "Visby"
    assert values.loc["a", "tags"] == ["s"]
    assert values.loc["a", "none"] == {}
    assert values.loc["b", "at.city"] == "taken"
    assert values.loc["b", "at"] == {"city": "Lund"}


def test_what_is_no_object_stands_whole(session: Session) -> None:
    put(session, "a", b"5")
    put(session, "b", b"text")
    put(session, "c", b"[1, 2]")
    put(session, "d", b"\x01", encoding="bytes")
    assert session.values()["value"].tolist() == [5, "text", [1, 2], b"\x01"]
    assert dtypes(session.values("a")) == {"value": "Int64"}
    put(session, "e", b'{"value": 7}')
    values = session.values()
    assert values["(value)"].tolist()[:2] == [5, "text"]
    assert values.loc["e", "value"] == 7


def test_rows_of_several_contracts_are_told_apart_by_the_index(session: Session) -> None:
    put(session, "a", b'{"n": 1}')
    put(session, "a", b'{"n": 2}', "data")
    put(session, '["a"]', to_guest({"at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}).encode(), "deno", encoding="clone")
    values = session.values()
    assert values.index.names == ["contract", "api", "key"]
    assert values.loc[("shop", "data", "a"), "n"] == 2
    at = session.values(api="deno")["at"]
    assert str(at.dtype) in {"datetime64[us, UTC]", "datetime64[ns, UTC]"}  # of pandas 3, of pandas 2
    assert at.tolist() == [pd.Timestamp("2026-01-01T00:00:00Z")]


def test_a_table_has_no_more_columns_than_can_be_read(session: Session) -> None:
    fields = ", ".join(f'"f{number}": 1' for number in range(1000))
    put(session, "a", f"{{{fields}}}".encode())
    values = session.values()
    assert len(values.columns) == limits.FRAME_COLUMNS
    assert values.attrs["cut"] == "cut at 200 columns of 1,000: narrow the pattern"
    put(session, "b", b"1")
    assert session.values(limit=1).attrs["cut"] == (
        "cut at 1 row: narrow the pattern or raise the limit; cut at 200 columns of 1,000: narrow the pattern"
    )


@pytest.mark.parametrize("depth", [101, 1000, 10_000])
def test_deep_json_stays_text(session: Session, depth: int) -> None:
    text = '{"a":' * depth + "1" + "}" * depth
    put(session, "deep", text.encode())
    assert session.values()["value"].tolist() == [text]
    assert session.keys()["type"].tolist() == ["json-too-deep"]


def test_without_rows_there_is_an_empty_table(session: Session) -> None:
    assert session.values().empty


# changes()


def test_changes_of_the_last_run_and_of_any_other(session: Session) -> None:
    with pytest.raises(TanaError, match="nothing has run yet"):
        session.changes()
    first = session.run("import { kv } from 'tana/kv'; await kv.put('a', 1); await kv.put('b', 'x')", contract="shop")
    session.run("await kv.put('a', { n: 2 }, { metadata: 5 }); await kv.delete('b')", contract="shop")
    assert session.changes()[["contract", "api", "key", "state", "before", "after"]].to_numpy().tolist() == [
        ["shop", "kv", "a", "changed", "1", '{"n":2}'],
        ["shop", "kv", "b", "deleted", "x", None],
    ]
    assert session.changes()["bytes"].tolist() == [7, pd.NA]
    assert session.changes()["metadata"].tolist() == [5, None]
    assert session.changes(first)["state"].tolist() == ["added", "added"]
    assert session.changes(first)["version"].tolist() == ["00000000000000010000", "00000000000000020000"]


def test_changes_have_the_same_types_without_rows(session: Session) -> None:
    session.run("1")
    empty = dtypes(session.changes())
    session.run("import { kv } from 'tana/kv'; await kv.put('a', 1); await kv.put('b', 2); await kv.delete('a')")
    assert dtypes(session.changes()) == empty
    assert (empty["state"], empty["bytes"], empty["version"], empty["expires"]) == (
        "category", "Int64", TEXTS, "datetime64[us, UTC]",
    )  # fmt: skip


def test_a_receipt_that_kept_not_all_says_so(session: Session) -> None:
    session.run("import { kv } from 'tana/kv'; for (let i = 0; i < 1002; i++) await kv.put('k' + i, 'v')")
    assert len(session.changes()) == 1000
    note = "1,002 written, 0 deleted: too many to keep, these are the first 1,000 rows"
    assert session.changes().attrs["cut"] == note
    session.run("for (let i = 0; i < 9; i++) await kv.put('k' + i, 'v'.repeat(1_000_000))")
    assert len(session.changes()) == 0
    assert repr(session.changes()).endswith(
        "(9 written, 0 deleted: too large to keep their values, so there are counts only)"
    )


def test_letters_that_cannot_be_seen_are_shown_and_stay(session: Session) -> None:
    put(session, "user:\u202e1", "a\u200bb\n\x00".encode())
    for table in (session.keys()[["key", "value"]], session.values()):
        for shown in (repr(table), table._repr_html_() or ""):
            assert "a\\u200bb" in shown
            assert "user:\\u202e1" in shown
            assert "\u200b" not in shown
            assert "\u202e" not in shown
    assert session.keys()["key"].tolist() == ["user:\u202e1"]
    session.run("import { data } from 'tana/data'; data.set('\\u202e', '\\u200b')", contract="shop")
    assert "\u202e" not in repr(session.staged())
    session.rollback()
    put(session, "user:\u202e1", b"1")
    put(session, "plain", b"1", contract="bakery")
    assert "user:\\u202e1" in repr(session.values())
    put(session, "emoji", "\U0001f468\u200d\U0001f469\u200d\U0001f467 line\nline".encode())
    assert type(session.keys("emoji")) is pd.DataFrame


def test_a_table_that_shows_more_is_a_table_like_others(session: Session) -> None:
    for number in range(3):
        put(session, f"k{number}", b"%d" % number)
    table = session.keys(limit=2)
    assert table.groupby("type", observed=True)["bytes"].sum().to_dict() == {"number": 2}
    assert len(pd.concat([table, table])) == 4
    assert repr(table.head(0)).startswith("Empty DataFrame")
    assert table.T.shape == (10, 2)
    assert repr(table.T)
    assert repr(table.describe(include="all"))
    doubled = pd.concat([table[["key"]], table[["key"]]], axis=1)
    assert repr(doubled).count("k0") == 2
