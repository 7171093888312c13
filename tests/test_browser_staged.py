"""What is staged beside what is committed: rows, differences, totals, and the ends of staging."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter import Session
from tana_jupyter.views.browser.diff import LINES, diff, lines
from tests.browser_harness import SHOP, ask, done, k, opened, pages, refused, store

__all__ = ["pages"]


@pytest.fixture
def session(pages: None) -> Session:
    made = opened()
    store(made, {"a": '{"n":1,"keep":true}', "b": "two", "c": ""}, api="data")
    return made


def stage(session: Session, rows: dict[str, str | None], contract: str = SHOP) -> None:
    for key, value in rows.items():
        session.host_of(contract).staging.put(key.encode(), None if value is None else value.encode())


def test_rows_and_their_differences(session: Session) -> None:
    stage(session, {"d": "new", "a": '{"n":2,"keep":true}', "b": None, "e": ""})
    answer = done(session.staging_view(), "staged", contract=SHOP)
    assert [(row["text"], row["state"], row["committed"], row["staged"]) for row in answer["rows"]] == [
        ("a", "changed", '{"n":1,"keep":true}', '{"n":2,"keep":true}'),
        ("b", "deleted", "two", None),
        ("d", "added", None, "new"),
        ("e", "added", None, ""),
    ]
    assert [[(line["op"], line["text"]) for line in row["diff"]] for row in answer["rows"]] == [
        [(" ", "{"), ("-", '  "n": 1,'), ("+", '  "n": 2,'), (" ", '  "keep": true'), (" ", "}")],
        [("-", "two")],
        [("+", "new")],
        [("+", "(empty)")],
    ]
    assert (answer["contract"], answer["more"]) == (SHOP, 0)


def test_totals_are_those_a_commit_is_measured_by(session: Session) -> None:
    stage(session, {"a": "x", "b": None})
    totals = done(session.staging_view(), "staged", contract=SHOP)["totals"]
    # Old and new value of a changed key both count, as they do for Tana.
    assert totals == {"bytes": 23, "limit_bytes": 102_400, "keys": 2, "limit_keys": 1000, "exact": True}
    stage(session, {f"k{number}": "x" * 10_000 for number in range(11)})
    totals = done(session.staging_view(), "staged", contract=SHOP)["totals"]
    error = refused(session.staging_view(), "commit", contract=SHOP)
    assert error == f"Storage limit exceeded: {totals['bytes']} bytes (max 102400)"


def test_a_refused_commit_keeps_all_that_is_staged(session: Session) -> None:
    stage(session, {f"k{number}": "x" for number in range(1000)})
    browser = session.browse()
    assert refused(browser, "commit", contract=SHOP) == "Too many keys: 1003 (max 1000)"
    assert len(session.host_of(SHOP).staging) == 1000
    assert done(browser, "unstage", contract=SHOP, k=k("k1"))["unstaged"] == 1
    assert done(browser, "discard", contract=SHOP)["discarded"] == 999
    assert done(browser, "commit", contract=SHOP)["committed"] == 0
    assert session.store.head(SHOP) == 1


def test_commit_writes_and_ends_the_staging(session: Session) -> None:
    stage(session, {"a": "1", "b": None})
    stage(session, {"other": "1"}, "elsewhere")
    assert done(session.browse(), "commit", contract=SHOP)["committed"] == 2
    assert session.keys(contract=SHOP)["key"].tolist() == ["a", "c"]
    assert len(session.host_of("elsewhere").staging) == 1


def test_a_contract_that_never_ran_has_nothing_staged(session: Session) -> None:
    view = session.staging_view("never")
    answer = done(view, "staged", contract="never")
    assert (answer["rows"], answer["totals"]["keys"]) == ([], 0)
    assert done(view, "commit", contract="never")["committed"] == 0
    assert done(view, "discard", contract="never")["discarded"] == 0
    assert done(view, "unstage", contract="never", k="61")["unstaged"] == 0
    assert "never" not in session


def test_a_long_list_is_cut_and_says_so(session: Session) -> None:
    stage(session, {f"k{number:04}": "x" * 9000 for number in range(1000)})
    answer = done(session.staging_view(), "staged", contract=SHOP)
    assert (len(answer["rows"]), answer["more"]) == (200, 800)
    assert len(json.dumps(answer)) < 400_000


def test_far_too_many_committed_keys_are_not_counted(session: Session) -> None:
    store(session, {f"k{number:05}": "x" for number in range(12_000)}, api="data")
    totals = done(session.staging_view(), "staged", contract=SHOP)["totals"]
    assert (totals["keys"], totals["exact"]) == (10_000, False)


values = (
    st.none()
    | st.text(max_size=30).map(str.encode)
    | st.builds(
        lambda value: json.dumps(value).encode(),
        st.recursive(st.none() | st.integers() | st.text(max_size=3), st.lists, max_leaves=9),
    )
)


@given(before=values, after=values)
def test_a_diff_tells_both_sides(before: bytes | None, after: bytes | None) -> None:
    found = diff(before, after)
    old, new = lines(before), lines(after)
    gone = {line["text"] for line in found if line["op"] == "-"}
    assert gone >= set(old) - set(new)
    kept = sum(line["op"] == " " for line in found)
    assert sum(line["op"] == "-" for line in found) <= len(old)
    assert sum(line["op"] == "+" for line in found) <= len(new)
    if old == new:
        assert found == []
    elif kept == 0:
        assert [line["text"] for line in found] == [*old, *new]


@pytest.mark.parametrize(
    ("before", "after", "most"),
    [
        (json.dumps(list(range(5000))), json.dumps(list(range(1, 5001))), 13),
        (json.dumps([0] * 3000), json.dumps([1] * 3000), LINES + 1),
        ("x" * 70_000, "y", 1),
        ("[" * 9000 + "]" * 9000, "{}", 10),
        ("a" * 10_000, "b" * 10_000, 2),
    ],
)
def test_a_diff_stays_small(before: str, after: str, most: int) -> None:
    found = diff(before.encode(), after.encode())
    assert 0 < len(found) <= most
    assert max(len(line["text"]) for line in found) <= 501


def test_unchanged_stretches_are_left_out() -> None:
    before, after = [json.dumps([*range(50), last]).encode() for last in ("x", "y")]
    assert [line["text"].strip() for line in diff(before, after)] == ["47,", "48,", "49,", '"x"', '"y"', "]"]


@pytest.mark.parametrize("verb", ["staged", "page"])
def test_hostile_values_are_staged_and_shown(session: Session, verb: str) -> None:
    stage(
        session,
        {"<script>": "<img onerror=alert(1)>", "\u202ertl": "[" * 5000, "half": '"\\ud800"', "🎉": "\0\x1b[31m"},
    )
    fields: dict[str, Any] = {"contract": SHOP} if verb == "staged" else {"query": {"api": "data", "layer": "staged"}}
    answer = ask(session.browse(contract=SHOP), verb, **fields)
    assert answer["ok"]
    json.dumps(answer).encode()
    assert [row["text"] for row in answer["rows"]] == ["<script>", "half", "\u202ertl", "🎉"]
