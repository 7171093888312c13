"""The words a page may say, and all that it may not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter import limits
from tana_jupyter.views.browser.messages import VERBS, Refused, identifier, read
from tests.browser_harness import ask, deliver, k, opened, pages, store, tell

__all__ = ["pages"]

PLACE = {"contract": "shop", "api": "kv"}
PUT = {**PLACE, "text": "a", "value": "1", "as": "text", "overwrite": True}


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (None, "a message is an object with id and verb"),
        ([], "a message is an object with id and verb"),
        ("hello", "a message is an object with id and verb"),
        ({}, "a message needs an id: a whole number"),
        ({"verb": "hello"}, "a message needs an id: a whole number"),
        ({"id": True, "verb": "hello"}, "a message needs an id: a whole number"),
        ({"id": "1", "verb": "hello"}, "a message needs an id: a whole number"),
        ({"id": 1.5, "verb": "hello"}, "a message needs an id: a whole number"),
        ({"id": float("nan"), "verb": "hello"}, "a message needs an id: a whole number"),
        ({"id": 2**53 + 1, "verb": "hello"}, "a message needs an id: a whole number"),
        ({"id": 1}, "no such verb: 'NoneType'; there are hello, namespaces, "),
        ({"id": 1, "verb": "eval"}, "no such verb: 'eval'; there are hello, namespaces, "),
        ({"id": 1, "verb": "__init__"}, "no such verb: '__init__'; there are "),
        ({"id": 1, "verb": ["page"]}, "no such verb: 'list'; there are "),
        ({"id": 1, "verb": "x" * 1_000_000}, f"no such verb: '{'x' * 60}'; there are "),
        ({"id": 1, "verb": "\ud800"}, "no such verb: '\\ud800'; there are "),
    ],
)
def test_what_is_no_message_is_refused(message: object, error: str) -> None:
    with pytest.raises(Refused) as caught:
        read(message)
    assert str(caught.value).startswith(error)


@pytest.mark.parametrize(
    ("verb", "fields", "error"),
    [
        ("page", {}, "page: query is missing"),
        ("page", {"query": []}, "page: query must be an object"),
        ("page", {"query": {}, "limit": 0}, "page: limit must be a whole number from 1 to 500"),
        ("page", {"query": {}, "limit": 501}, "page: limit must be a whole number from 1 to 500"),
        ("page", {"query": {}, "limit": True}, "page: limit must be a whole number from 1 to 500"),
        ("page", {"query": {}, "limit": float("nan")}, "page: limit must be a whole number from 1 to 500"),
        ("page", {"query": {}, "after": "0"}, "page: after must be hex digits, two for each of at most 4,096 bytes"),
        (
            "page",
            {"query": {}, "after": "00" * 4097},
            "page: after must be hex digits, two for each of at most 4,096 bytes",
        ),
        ("page", {"query": {}, "path": "zz"}, "page: path must be hex digits, two for each of at most 4,096 bytes"),
        ("page", {"query": {}, "path": None}, "page: path must be hex digits, two for each of at most 4,096 bytes"),
        ("detail", {"contract": "a b", "api": "kv", "k": ""}, "detail: contract must be the name of a contract"),
        ("detail", {"contract": "shop\n", "api": "kv", "k": ""}, "detail: contract must be the name of a contract"),
        ("detail", {"contract": "shop", "api": "queue", "k": ""}, "detail: api must be one of kv, data, deno"),
        ("detail", {"contract": "shop", "api": ["kv"], "k": ""}, "detail: api must be one of kv, data, deno"),
        ("detail", {"contract": "shop", "api": "kv"}, "detail: k is missing"),
        ("put", {**PUT, "k": "61"}, "put: give one of k and text"),
        ("put", {name: PUT[name] for name in PUT if name != "text"}, "put: give one of k and text"),
        ("put", {**PUT, "value": 5}, "put: value must be a text"),
        ("put", {**PUT, "value": "x" * (2**20 + 1)}, "put: value is longer than 1,048,576 characters"),
        ("put", {**PUT, "as": "clone"}, "put: as must be one of json, text, bytes-hex"),
        ("put", {**PUT, "overwrite": 1}, "put: overwrite must be true or false"),
        ("put", {**PUT, "ttl": "60"}, "put: ttl must be a whole number from -2,147,483,647 to 2,147,483,647"),
        ("put", {**PUT, "expect": 5}, "put: expect must be the version of a row"),
        ("put", {**PUT, "expect": "0" * 19 + "g"}, "put: expect must be the version of a row"),
        ("delete", {**PLACE, "keys": []}, "delete: keys must be a list of 1 to 1,000 keys"),
        ("delete", {**PLACE, "keys": ["61"] * 1001}, "delete: keys must be a list of 1 to 1,000 keys"),
        ("delete", {**PLACE, "keys": [5]}, "delete: keys must be hex digits, two for each of at most 4,096 bytes"),
        ("delete", {**PLACE, "keys": ["61"], "expect": {"x": "0" * 20}}, "delete: expect must be hex digits, "),
        ("copy", {**PLACE, "form": "key"}, "copy: give one of k and keys"),
        ("copy", {**PLACE, "k": "61", "form": "html"}, "copy: form must be one of key, value, typescript"),
        ("commit", {}, "commit: contract is missing"),
        ("staged", {"contract": None}, "staged: contract must be the name of a contract"),
    ],
)
def test_fields_have_types(verb: str, fields: dict[str, Any], error: str) -> None:
    with pytest.raises(Refused) as caught:
        read({"id": 1, "verb": verb, **fields})
    assert str(caught.value).startswith(error)


def test_what_is_understood() -> None:
    request = read({"id": 1, "verb": "put", **PUT, "value": "a\ud800b", "ttl": 0, "metadata": None, "colour": "red"})
    assert request.fields == {**PUT, "value": "a\ufffdb", "ttl": 0, "metadata": None}
    assert read({"id": 1, "verb": "delete", **PLACE, "keys": ["61", "62", "61"]}).fields["keys"] == [b"a", b"b"]
    expect = {"61": "0" * 20, "62": None}
    assert read({"id": 1, "verb": "delete", **PLACE, "keys": ["61"], "expect": expect}).fields["expect"] == {
        b"a": "0" * 20
    }


def test_only_a_usable_id_is_repeated() -> None:
    assert [identifier({"id": number}) for number in (0, -1, 2**53, 2**53 + 1, True, "1", None)] == [
        0,
        -1,
        2**53,
        None,
        None,
        None,
        None,
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = sorted({name for verb in VERBS.values() for name in {**verb.required, **verb.optional}})
likely = st.sampled_from(
    ["shop", "kv", "data", "deno", "61", "", "text", "json", "key", "value", "both", True, False, 1, None, {}, ["61"]]
)
hostile = st.fixed_dictionaries(
    {"id": st.integers(0, 5) | json_values, "verb": st.sampled_from(sorted(VERBS)) | json_values},
    optional=dict.fromkeys(NAMES, likely | json_values),
)


@given(message=hostile | json_values)
def test_no_message_raises_or_writes_more_than_it_says(message: Any) -> None:
    session = opened()
    store(session, {"a": "1"})
    browser = session.browse()
    answer = browser._answers.to(message)
    assert set(answer) >= {"id", "ok"}
    json.dumps(answer, allow_nan=False).encode()
    if not answer["ok"]:
        assert "internal" not in answer["error"], session.failures
        assert "\n" not in answer["error"]
        assert session.get("a", contract="shop") == "1"
        assert session.store.head("shop") == 1


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "custom",
        {},
        {"method": "custom"},
        {"method": ["custom"], "content": {}},
        {"method": "update", "state": None},
        {"method": "update", "state": []},
        {"method": "update", "state": {"query": None}},
        {"method": "update", "state": {"query": {"contract": "no name"}}},
        {"method": "update", "state": {"query": {"prefix": 5}}},
        {"method": "update", "state": {"query": {"order": float("nan")}}},
        {"method": "update", "state": {"_esm": "alert(1)", "_css": "x", "layout": None}},
        {"method": "update", "state": {"query": {}}, "buffer_paths": [["query", "x", 9]]},
        {"method": "dance"},
    ],
)
def test_a_comm_message_that_no_page_of_ours_sends_changes_nothing(data: object) -> None:
    browser = opened().browse("user:", contract="shop")
    before, esm = dict(browser.query), browser._esm
    deliver(browser, data)
    assert browser.query == before
    assert browser._esm == esm
    assert ask(browser, "hello")["ok"]


@pytest.mark.usefixtures("pages")
def test_a_failure_inside_is_one_line_and_is_kept_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened()
    store(session, {"a": "1"})
    browser = session.browse()
    session.store.close()
    answer = ask(browser, "page", query={})
    assert answer["error"].startswith("The store memory: is closed")
    monkeypatch.setattr(session.journal, "store", None)
    answer = ask(browser, "detail", contract="shop", api="kv", k=k("a"))
    assert answer["error"] == "internal error (see %tana log)"
    assert "AttributeError" in session.failures[-1]


@pytest.mark.usefixtures("pages")
def test_a_huge_message_is_answered() -> None:
    browser = opened().browse()
    answer = tell(browser, {"id": 1, "verb": "put", **PUT, "value": "x" * 30_000_000})
    assert answer == {"id": 1, "ok": False, "error": "put: value is longer than 1,048,576 characters"}
    answer = tell(browser, {"id": 2, "verb": "page", "query": {"prefix": "x" * (limits.BROWSER_KEY_TEXT + 1)}})
    assert answer["error"] == "query: prefix is longer than 65,536 characters"


def test_the_longest_key_passes() -> None:
    fields = {"id": 1, "verb": "unstage", "contract": "shop"}
    assert read(fields | {"k": "6e" * limits.BROWSER_KEY}).fields["k"] == b"n" * limits.BROWSER_KEY
    with pytest.raises(Refused, match="two for each of at most 4,096 bytes"):
        read(fields | {"k": "6e" * (limits.BROWSER_KEY + 1)})


def test_lists_and_texts_of_just_the_largest_size() -> None:
    most = [f"{number:04x}" for number in range(limits.BROWSER_KEYS)]
    fields = {"id": 1, "verb": "delete", "contract": "shop", "api": "kv"}
    version = "0" * 20
    whole = read(fields | {"keys": most, "expect": dict.fromkeys(most, version)}).fields
    assert (len(whole["keys"]), len(whole["expect"])) == (limits.BROWSER_KEYS, limits.BROWSER_KEYS)
    for more in ({"keys": [*most, "ffff"]}, {"keys": most, "expect": dict.fromkeys([*most, "ffff"], version)}):
        with pytest.raises(Refused, match="1,000"):
            read(fields | more)
    put = {"id": 1, "verb": "put", "contract": "shop", "api": "kv", "k": "6e", "as": "text", "overwrite": True}
    assert len(read(put | {"value": "x" * limits.BROWSER_TEXT}).fields["value"]) == limits.BROWSER_TEXT
