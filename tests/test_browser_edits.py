"""Edits from the page: by the API's own rules, over what the page has seen, in one commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tana_jupyter import Session, denokey, limits
from tana_jupyter.store.protocol import Row, Write
from tests.browser_harness import SHOP, ask, done, k, opened, pages, refused, store

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["pages"]

pytestmark = pytest.mark.usefixtures("pages")
KV, DATA, DENO = ({"contract": SHOP, "api": api} for api in ("kv", "data", "deno"))
LATER = 1_767_225_700_000_000
FIRST = "00000000000000010000"


def row(session: Session, key: str | bytes, api: str = "kv") -> Row | None:
    name = key if isinstance(key, bytes) else key.encode()
    return session.store.get(api, SHOP, name, session.clock.now_us())


def there(session: Session, key: str | bytes, api: str = "kv") -> Row:
    found = row(session, key, api)
    assert found is not None
    return found


def staged(session: Session) -> dict[bytes, bytes | None]:
    found = session.staging_of(SHOP)
    return {} if found is None else found.rows


@pytest.fixture
def session() -> Session:
    made = opened()
    store(made, {"a": '{"n":1}', "b": "two"}, expires_at=LATER, metadata=b'{"tag":"x"}')
    return made


@pytest.fixture
def browser(session: Session) -> Any:
    return session.browse(contract=SHOP)


@pytest.mark.parametrize(
    ("value", "form", "stored", "encoding"),
    [
        ('{"n": 1.00, "big": 12345678901234567890}', "json", b'{"n":1.00,"big":12345678901234567890}', "text"),
        ('"text"', "json", b'"text"', "text"),
        (" as it is ", "text", b" as it is ", "text"),
        ("", "text", b"", "text"),
        ("00 FF\n10", "bytes-hex", b"\x00\xff\x10", "bytes"),
        ("", "bytes-hex", b"", "bytes"),
        ("lone \ud800", "text", "lone \ufffd".encode(), "text"),
    ],
)
def test_a_new_value(session: Session, browser: Any, value: str, form: str, stored: bytes, encoding: str) -> None:
    answer = done(browser, "put", **KV, text="new", value=value, as_=form, overwrite=False)
    assert (answer["row"]["text"], answer["row"]["bytes"]) == ("new", len(stored))
    found = there(session, "new")
    assert (found.value, found.encoding, found.expires_at, found.metadata) == (stored, encoding, None, None)


def test_an_edit_keeps_metadata_and_expiry(session: Session, browser: Any) -> None:
    done(browser, "put", **KV, k=k("a"), value="1", as_="text", overwrite=True, expect=FIRST)
    found = there(session, "a")
    assert (found.value, found.expires_at, found.metadata) == (b"1", LATER, b'{"tag":"x"}')


def test_an_edit_may_change_them(session: Session, browser: Any) -> None:
    put = {**KV, "k": k("a"), "value": "1", "as_": "text", "overwrite": True}
    done(browser, "put", **put, ttl=60, metadata='{"tag": "y"}')
    found = there(session, "a")
    assert (found.expires_at, found.metadata) == (1_767_225_660_000_000, b'{"tag":"y"}')
    done(browser, "put", **put, ttl=None, metadata=None)
    assert there(session, "a")[6:] == found[6:]
    done(browser, "put", **put, ttl=0, metadata="")
    found = there(session, "a")
    assert (found.expires_at, found.metadata) == (None, None)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"text": ""}, "Key name cannot be empty."),
        ({"text": ".."}, '".." is not allowed as a key name.'),
        ({"text": "é" * 257}, "KV key too long: 514 bytes (max 512)"),
        ({"k": "ff"}, "keys of kv and data are texts: these bytes are none"),
        ({"ttl": 59}, "KV PUT failed: 400 Invalid expiration_ttl of 59. Expiration TTL must be at least 60."),
        ({"ttl": -1}, "KV PUT failed: 400 Invalid expiration_ttl of -1. Please specify integer greater than 0."),
        ({"metadata": "{"}, 'metadata is JSON, as in {"tags": ["new"]}'),
        ({"metadata": f'"{"x" * 1023}"'}, "KV PUT failed: 413 Metadata length of 1025 exceeds limit of 1024."),
        ({"value": "{'n': 1}", "as_": "json"}, "this is no JSON: names and texts stand in double quotes"),
        ({"value": "NaN", "as_": "json"}, "this is no JSON: "),
        ({"value": "[" * 100_000, "as_": "json"}, "this is no JSON: "),
        ({"value": "0", "as_": "bytes-hex"}, "bytes are written as hex digits, two for each: 00 ff 10"),
    ],
)
def test_the_rules_of_kv_hold(session: Session, browser: Any, fields: dict[str, Any], error: str) -> None:
    key = {} if "k" in fields else {"text": "new"}
    put = {**KV, **key, "value": "1", "as_": "text", "overwrite": True, **fields}
    assert refused(browser, "put", **put).startswith(error)
    assert session.store.head(SHOP) == 1


def test_an_existing_key_is_not_overwritten_unasked(session: Session, browser: Any) -> None:
    answer = ask(browser, "put", **KV, text="a", value="1", as_="text", overwrite=False)
    assert (answer["ok"], answer["exists"], answer["error"]) == (False, True, "there is a key a")
    assert there(session, "a").value == b'{"n":1}'


def test_an_expired_key_is_no_key(session: Session, browser: Any) -> None:
    session.clock.advance(1000)
    done(browser, "put", **KV, text="a", value="1", as_="text", overwrite=False)
    assert there(session, "a").expires_at is None


@pytest.mark.parametrize("verb", ["put", "rename", "delete"])
def test_what_somebody_else_changed_is_not_written_over(session: Session, browser: Any, verb: str) -> None:
    store(session, {"a": "theirs"})
    fields: dict[str, Any] = {
        "put": {"k": k("a"), "value": "1", "as_": "text", "overwrite": True, "expect": FIRST},
        "rename": {"k": k("a"), "to": "c", "overwrite": True, "expect": FIRST},
        "delete": {"keys": [k("b"), k("a")], "expect": {k("a"): FIRST, k("b"): None}},
    }[verb]
    answer = ask(browser, verb, **KV, **fields)
    assert (answer["ok"], answer["conflict"], answer["version"]) == (False, True, "00000000000000020000")
    assert answer["error"] == "a was changed meanwhile; nothing was written"
    assert (there(session, "a").value, there(session, "b").value, row(session, "c")) == (b"theirs", b"two", None)
    session.journal.commit([Write("kv", SHOP, b"a", None)])
    answer = ask(browser, verb, **KV, **fields)
    assert not answer["ok"]
    if verb != "rename":
        assert (answer["conflict"], answer["version"]) == (True, None)
        assert answer["error"] == "a was deleted meanwhile; nothing was written"


def test_rename_is_one_commit_and_keeps_all(session: Session, browser: Any) -> None:
    answer = done(browser, "rename", **KV, k=k("a"), to="c", overwrite=False)
    assert answer["row"]["text"] == "c"
    assert row(session, "a") is None
    assert there(session, "c")[1:4] + there(session, "c")[6:] == (b'{"n":1}', "text", 2, LATER, b'{"tag":"x"}')
    assert session.journal.receipt.summary() == "1 written, 1 deleted"
    assert done(browser, "rename", **KV, k=k("c"), to="c", overwrite=False)["row"]["text"] == "c"
    assert session.store.head(SHOP) == 2


def test_rename_asks_before_it_overwrites(session: Session, browser: Any) -> None:
    assert ask(browser, "rename", **KV, k=k("a"), to="b", overwrite=False)["exists"]
    assert session.store.head(SHOP) == 1
    done(browser, "rename", **KV, k=k("a"), to="b", overwrite=True)
    assert there(session, "b").value == b'{"n":1}'
    assert refused(browser, "rename", **KV, k=k("a"), to="c", overwrite=True).startswith("this key is gone")
    assert refused(browser, "rename", **KV, k=k("b"), to="..", overwrite=True) == '".." is not allowed as a key name.'


def test_many_are_deleted_in_one_commit(session: Session, browser: Any) -> None:
    assert done(browser, "delete", **KV, keys=[k("a"), k("gone"), k("b")], expect={k("a"): FIRST})["deleted"] == 2
    assert session.store.head(SHOP) == 2
    assert session.journal.receipt.summary() == "2 deleted"


# tana/data


def test_edits_of_data_are_staged(session: Session, browser: Any) -> None:
    answer = done(browser, "put", **DATA, text="cart", value='{"n": 1}', as_="json", overwrite=False)
    assert (answer["row"]["state"], answer["row"]["version"], answer["row"]["preview"]) == ("added", None, '{"n":1}')
    assert staged(session) == {b"cart": b'{"n":1}'}
    assert row(session, "cart", "data") is None
    session.run("import { data } from 'tana/data'", contract=SHOP)
    assert session.run("data.get('cart')", contract=SHOP).value == {"n": 1}
    done(browser, "commit", contract=SHOP)
    assert there(session, "cart", "data").value == b'{"n":1}'


def test_an_added_key_that_is_deleted_is_forgotten(session: Session, browser: Any) -> None:
    done(browser, "put", **DATA, text="cart", value="1", as_="text", overwrite=False)
    assert done(browser, "delete", **DATA, keys=[k("cart")])["deleted"] == 1
    assert staged(session) == {}


def test_deleting_and_renaming_committed_data(session: Session, browser: Any) -> None:
    store(session, {"x": "1", "y": "2"}, api="data")
    assert done(browser, "delete", **DATA, keys=[k("x"), k("none")])["deleted"] == 1
    assert staged(session) == {b"x": None}
    assert done(browser, "delete", **DATA, keys=[k("x")])["deleted"] == 0
    assert refused(browser, "rename", **DATA, k=k("x"), to="z", overwrite=False) == (
        "this key is staged to be deleted: unstage it first"
    )
    # A key that is to be deleted is free.
    done(browser, "rename", **DATA, k=k("y"), to="x", overwrite=False)
    assert staged(session) == {b"x": b"2", b"y": None}
    assert done(browser, "unstage", contract=SHOP, k=k("x"))["unstaged"] == 1
    assert done(browser, "unstage", contract=SHOP, k=k("x"))["unstaged"] == 0
    assert ask(browser, "put", **DATA, text="x", value="3", as_="text", overwrite=False)["exists"]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"text": "x" * 257}, "Key too large: 257 bytes (max 256)"),
        ({"value": "x" * 10_241}, "Value too large: 10241 bytes (max 10240)"),
        ({"value": "00", "as_": "bytes-hex"}, "data holds texts and JSON only"),
        ({"k": "ff"}, "keys of kv and data are texts: these bytes are none"),
    ],
)
def test_the_rules_of_data_hold(session: Session, browser: Any, fields: dict[str, Any], error: str) -> None:
    key = {} if "k" in fields else {"text": "new"}
    put = {**DATA, **key, "value": "1", "as_": "text", "overwrite": True, **fields}
    assert refused(browser, "put", **put) == error
    assert staged(session) == {}


def test_what_is_refused_leaves_no_contract_behind(session: Session, browser: Any) -> None:
    put = {"contract": "elsewhere", "api": "data", "as_": "json", "overwrite": False}
    assert refused(browser, "put", **put, text="x" * 300, value="1").startswith("Key too large")
    assert "elsewhere" not in session
    assert done(browser, "put", **put, text="x", value="1")
    assert refused(browser, "put", **put, text="y" * 300, value="1").startswith("Key too large")
    assert session.contracts() == ["elsewhere"]


def test_what_is_refused_leaves_a_contract_that_was_reset_its_handle(session: Session, browser: Any) -> None:
    session.run("1", SHOP)
    handle = session[SHOP]
    handle.reset()
    put = {**DATA, "as_": "json", "overwrite": False}
    assert refused(browser, "put", **put, text="x" * 300, value="1").startswith("Key too large")
    assert session[SHOP] is handle


def test_a_rename_that_is_refused_stages_nothing(session: Session, browser: Any) -> None:
    store(session, {"x": "1"}, api="data")
    session.host_of(SHOP).staging.put(b"w", b"0")
    assert refused(browser, "rename", **DATA, k=k("x"), to="x" * 300, overwrite=False).startswith("Key too large")
    assert staged(session) == {b"w": b"0"}


# Deno KV


@pytest.mark.parametrize(
    ("value", "form", "stored", "encoding"),
    [
        ('{"n": [1, null]}', "json", b'{"n":[1,null]}', "json"),
        ("ada", "text", b'"ada"', "json"),
        ("00ff", "bytes-hex", b"\x00\xff", "bytes"),
    ],
)
def test_a_deno_value(session: Session, browser: Any, value: str, form: str, stored: bytes, encoding: str) -> None:
    done(browser, "put", **DENO, text='["users", 1n]', value=value, as_=form, overwrite=False)
    found = there(session, denokey.pack(("users", 1)), "deno")
    assert (found.value, found.encoding) == (stored, encoding)


def test_deno_rows_are_renamed_and_deleted(session: Session, browser: Any) -> None:
    old, new = denokey.pack(("a",)), denokey.pack(("a", 1.5))
    session.journal.commit([Write("deno", SHOP, old, b'\x01[[1],["M"]]', "clone", LATER)])
    done(browser, "rename", **DENO, k=old.hex(), to='["a", 1.5]', overwrite=False)
    assert there(session, new, "deno")[1:3] == (b'\x01[[1],["M"]]', "clone")
    assert there(session, new, "deno").expires_at == LATER
    assert done(browser, "delete", **DENO, keys=[new.hex()])["deleted"] == 1


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"text": "users"}, "'users' is no key of Deno KV (at 'users'): write it as "),
        ({"text": "[]"}, "key cannot be empty"),
        ({"k": "ff00"}, "these bytes are no key of Deno KV: ff00"),
        ({"text": f'["{"x" * 2047}"]'}, "Key too large for write (max 2048 bytes)"),
        ({"value": "x" * 65_531, "as_": "text"}, "Value too large (max 65536 bytes)"),
        ({"value": f"[{'1.5,' * 9_000}1]", "as_": "json"}, "Value too large (max 65536 bytes)"),
        ({"value": "00" * 65_537, "as_": "bytes-hex"}, "Value too large (max 65536 bytes)"),
        ({"metadata": "1"}, "Deno KV keeps no metadata"),
        ({"ttl": 60}, "Deno KV keeps no metadata, and its expiry is set from a cell"),
    ],
)
def test_the_rules_of_deno_hold(session: Session, browser: Any, fields: dict[str, Any], error: str) -> None:
    key = {} if "k" in fields else {"text": '["new"]'}
    put = {**DENO, **key, "value": "1", "as_": "text", "overwrite": True, **fields}
    assert refused(browser, "put", **put).startswith(error)
    assert session.store.head(SHOP) == 1


def test_a_full_store_refuses_in_its_own_words(session: Session, browser: Any) -> None:
    session.store_limit = 10
    error = refused(browser, "put", **KV, text="new", value="1", as_="text", overwrite=False)
    assert error.startswith("The store memory: is full")
    assert row(session, "new") is None


@pytest.mark.parametrize("change", ["row", "staged", "store", "deleted"])
def test_an_edit_of_what_has_changed_since_it_was_opened_is_a_conflict(
    session: Session, tmp_path: Path, change: str
) -> None:
    """Versions are small numbers: in another store the same one means another row."""
    api = "data" if change == "staged" else "kv"
    store(session, {"a": "1"}, api=api)
    browser = session.browse(contract=SHOP)
    place = {"contract": SHOP, "api": api, "k": k("a")}
    seen = done(browser, "detail", **place)["seen"]
    if change == "store":
        session.use_store(f"json:///{tmp_path}/other.json")
        store(session, {"a": "1"}, api=api)
        assert done(browser, "detail", **place)["version"] == "00000000000000010000"
    elif change == "staged":
        session.host_of(SHOP).staging.put(b"a", b"theirs")
    elif change == "row":
        store(session, {"a": "theirs"}, api=api)
    else:
        session.journal.commit([Write("kv", SHOP, b"a", None)])
    new = {**place, "value": "mine", "as_": "text", "overwrite": True}
    answer = ask(browser, "put", **new, seen=seen)
    assert (answer["ok"], answer["conflict"]) == (False, True)
    assert done(browser, "put", **new)["row"]["preview"] == "mine"
    seen = done(browser, "detail", **place)["seen"]
    assert done(browser, "put", **new, seen=seen)["row"]["preview"] == "mine"


@pytest.mark.parametrize("verb", ["rename", "delete"])
def test_rows_of_another_store_are_not_touched(session: Session, tmp_path: Path, verb: str) -> None:
    browser = session.browse(contract=SHOP)
    before = done(browser, "page", query={})
    session.use_store(f"json:///{tmp_path}/other.json")
    store(session, {"a": "theirs", "b": "theirs"})
    assert done(browser, "page", query={})["rows"][0]["version"] == before["rows"][0]["version"]
    what: dict[str, Any] = {"rename": {"k": k("a"), "to": "z", "overwrite": False}, "delete": {"keys": [k("a")]}}[verb]
    answer = ask(browser, verb, **KV, **what, store=before["store"])
    assert (answer["ok"], answer["conflict"]) == (False, True)
    assert answer["error"].startswith("these are rows of memory:, and the session uses json:")
    assert there(session, "a").value == b"theirs"
    assert done(browser, verb, **KV, **what, store=done(browser, "page", query={})["store"])


def test_renaming_staged_data_asks_before_it_overwrites(session: Session, browser: Any) -> None:
    data = {"contract": SHOP, "api": "data"}
    session.run("import { data } from 'tana/data'; data.set('one', 1); data.set('two', 2)", SHOP)
    assert ask(browser, "rename", **data, k=k("one"), to="two", overwrite=False)["exists"]
    assert staged(session) == {b"one": b"1", b"two": b"2"}
    done(browser, "rename", **data, k=k("one"), to="two", overwrite=True)
    assert staged(session) == {b"two": b"1"}


def test_what_is_refused_halfway_stages_nothing(
    session: Session, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.run("import { data } from 'tana/data'; data.set('one', 1); data.set('two', 2); data.commit()", SHOP)
    monkeypatch.setattr(limits, "DATA_STAGED", limits.STORE_ROW + 10)
    answer = ask(browser, "delete", contract=SHOP, api="data", keys=[k("one"), k("two")])
    assert "Too much staged" in answer["error"]
    assert staged(session) == {}
