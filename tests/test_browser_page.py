"""The browser and the staged view on a page, used with mouse and keyboard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tana_jupyter import Session
from tests.browser_harness import SHOP, opened, store

pytest.importorskip("playwright")

from playwright.sync_api import expect

from tests.page_harness import comms, running, shown

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

__all__ = ["comms"]

pytestmark = [pytest.mark.needs("browser"), pytest.mark.usefixtures("comms")]

EVIL = "<img src=x onerror=\"alert('key')\">"
PARTS = ["cart", "orders:1", "orders:2", "profile", "settings"]


@pytest.fixture(scope="module")
def many() -> Session:
    """A session with 5,000 keys."""
    made = opened()
    store(made, {f"user:{number:04}:{part}": f'{{"id":{number}}}' for number in range(1000) for part in PARTS})
    return made


@pytest.fixture
def few() -> Session:
    made = opened()
    store(made, {"user:1": '{"name":"ada","score":1.50}', "user:2": "", "user:3": "null", "item:1": "<b>bold</b>"})
    return made


@pytest.fixture
def staged() -> Session:
    made = opened()
    store(made, {"cart": "1", "old": "2", "same": "3"}, api="data")
    staging = made.host_of(SHOP).staging
    staging.put(b"cart", b'{"items":[1,2]}')
    staging.put(b"new", b'"4"')
    staging.put(b"old", None)
    return made


def value(session: Session, key: str, api: str = "kv") -> str | None:
    row = session.store.get(api, SHOP, key.encode(), now=session.clock.now_us())
    return None if row is None else row.value.decode()


# Reading


def test_the_end_of_5000_keys_is_reached_with_few_elements(browser: Browser, many: Session) -> None:
    with shown(browser, many.browse(contract=SHOP)) as view:
        view.line("user:0000:cart").click()
        view.press("End")
        expect(view.line("user:0999:settings")).to_be_focused()
        assert view[".tana-canvas > .tana-line"].count() < 60
        expect(view[".tana-grid"]).to_have_attribute("aria-rowcount", "5001")
        expect(view[".tana-position"]).to_contain_text("of 5,000 keys")
        view.press("Home")
        expect(view.line("user:0000:cart")).to_be_focused()
        view.press("PageDown", "ArrowDown", "ArrowUp", "ArrowUp")
        assert view.focused() > "user:0000:settings"


def test_scrolling_fetches_what_comes_into_sight(browser: Browser, many: Session) -> None:
    with shown(browser, many.browse(contract=SHOP)) as view:
        expect(view.line("user:0000:cart")).to_be_visible()
        for _ in range(8):
            view[".tana-grid"].evaluate("(grid) => { grid.scrollTop = grid.scrollHeight; }")
            view.page.wait_for_timeout(60)
        expect(view[".tana-pending"]).to_have_count(0)
        view[".tana-grid"].evaluate("(grid) => { grid.scrollTop = 0; }")
        expect(view.line("user:0000:cart")).to_be_visible()
        limits = {message["limit"] for message in view.pages()}
        assert max(limits) <= 500


def test_a_search_asks_less_often_than_keys_are_typed(browser: Browser, many: Session) -> None:
    with shown(browser, many.browse(contract=SHOP)) as view:
        view.line("user:0000:cart").click()
        view.press("/")
        view.page.keyboard.type("user:0123:c", delay=10)
        expect(view[".tana-position"]).to_have_text("1 key")  # no shorter prefix finds as few
        prefixes = [message["query"]["prefix"] for message in view.pages()]
        assert prefixes[-1] == "user:0123:c"
        assert len(prefixes) < len("user:0123:c")
        assert view.widget.query["prefix"] == "user:0123:c"
        view.press("Escape")
        expect(view[".tana-position"]).to_contain_text("5,000 keys")
        view[".tana-search input"].fill("nobody")
        expect(view[".tana-nothing"]).to_contain_text("No keys start with nobody")
        view[".tana-nothing button"].click()
        expect(view.line("user:0000:cart")).to_be_visible()


def test_the_newest_question_replaces_those_that_wait(browser: Browser, many: Session) -> None:
    with shown(browser, many.browse(contract=SHOP)) as view:
        # The counts are the last that is asked for.
        expect(view["[aria-label^='kv, 5,000 keys']"]).to_have_count(1)
        view.page.evaluate("() => { window.deaf = true; }")
        for prefix in ["user:01", "user:02", "user:03"]:
            view[".tana-search input"].fill(prefix)
            view.page.wait_for_timeout(200)
        assert [message["query"]["prefix"] for message in view.pages()][-1] == "user:01"
        expect(view[".tana-status"]).to_have_text("Waiting for the kernel…")
        view.page.wait_for_timeout(700)
        view.page.evaluate("() => { window.deaf = false; }")
        many.clock.freeze("2026-01-01T00:00:01Z")
        view.hear()
        expect(view.line("user:0300:cart")).to_be_visible()
        expect(view[".tana-status"]).to_have_text("")
        assert "user:02" not in [message["query"]["prefix"] for message in view.pages()]


def test_the_tree_opens_branch_by_branch(browser: Browser, many: Session) -> None:
    with shown(browser, many.browse(contract=SHOP)) as view:
        view["[aria-label='Tree by :']"].check(force=True)
        expect(view[".tana-grid"]).to_have_attribute("role", "treegrid")
        view[".tana-canvas > .tana-line"].first.click()
        expect(view[".tana-canvas > [aria-level='2']"].first).to_contain_text("0000:5")
        view.press("ArrowDown", "ArrowRight", "ArrowRight")
        expect(view[".tana-canvas > [aria-level='3']"].first).to_have_text(re.compile("^cart"))
        assert view.focused() == "cart"
        view.press("ArrowDown", "ArrowRight", "ArrowDown")
        assert view.focused() == "1"
        view.press("Enter")
        expect(view[".tana-detail-title"]).to_have_text("user:0000:orders:1")
        view.press("ArrowLeft", "ArrowLeft")
        expect(view[".tana-canvas > [aria-level='4']"]).to_have_count(0)
        view.press("ArrowLeft", "ArrowLeft")
        expect(view[".tana-canvas > [aria-expanded='true']"]).to_have_count(1)


def test_keys_sort_both_ways(browser: Browser, many: Session) -> None:
    with shown(browser, many.browse(contract=SHOP)) as view:
        view[".tana-sort"].click()
        expect(view.line("user:0999:settings")).to_be_visible()
        expect(view["[aria-sort]"]).to_have_attribute("aria-sort", "descending")
        assert view.listed() == sorted(view.listed(), reverse=True)


def test_values_are_shown_as_they_are_stored(browser: Browser, few: Session) -> None:
    with shown(browser, few.browse(contract=SHOP)) as view:
        expect(view.line("user:2")).to_contain_text("(empty)")
        expect(view.line("user:3")).to_contain_text("null")
        view.line("user:1").click()
        expect(view["[role=tabpanel]"]).to_have_text('{\n  "name": "ada",\n  "score": 1.50\n}')
        view["[role=tab]"].get_by_text("Hex").click()
        expect(view["[role=tabpanel]"]).to_contain_text("7b 22 6e 61")
        view["[role=tab]"].get_by_text("TypeScript").click()
        expect(view["[role=tabpanel]"]).to_contain_text("kv.put(")
        view.line("item:1").click()
        expect(view["[role=tabpanel]"]).to_contain_text("kv.put(")
        view["[role=tab]"].get_by_text("Text").click()
        expect(view["[role=tabpanel]"]).to_have_text("<b>bold</b>")


def test_it_follows_runs(browser: Browser, few: Session) -> None:
    with shown(browser, few.browse(contract=SHOP)) as view:
        view.line("user:1").click()
        expect(view["[role=tabpanel]"]).to_contain_text("ada")
        few.run("import { kv } from 'tana/kv'; await kv.put('user:1', 'eve'); await kv.put('a', 'b')", contract=SHOP)
        view.hear()
        expect(view["[role=tabpanel]"]).to_have_text("eve")
        expect(view.line("a")).to_be_visible()
        expect(view.line("user:1")).to_be_focused()


def test_the_query_can_be_set_from_python(browser: Browser, few: Session) -> None:
    browse = few.browse(contract=SHOP)
    with shown(browser, browse) as view:
        expect(view.line("user:1")).to_be_visible()
        browse.query = {"prefix": "item"}
        view.hear()
        expect(view[".tana-position"]).to_have_text("1 key")
        expect(view[".tana-search input"]).to_have_value("item")


# Writing


def test_a_key_is_added_after_a_question(browser: Browser, few: Session) -> None:
    with shown(browser, few.browse(contract=SHOP)) as view:
        view.line("user:1").click()
        view.press("n")
        view.page.keyboard.type("user:9")
        view[".tana-value-input"].fill('{"a": 1')
        expect(view[".tana-hint"]).to_contain_text("Not JSON yet")
        view.press("Control+Enter")
        view.answer("Add")
        expect(view[".tana-form .tana-error"]).not_to_be_empty()
        assert value(few, "user:9") is None
        view[".tana-value-input"].fill('{"a": 1}')
        view.press("Control+Enter")
        expect(view[".tana-dialog"]).to_contain_text("Add this key?")
        view.press("Enter")
        expect(view.line("user:9")).to_be_focused()
        assert value(few, "user:9") == '{"a":1}'


def test_adding_a_key_that_is_there_asks_again(browser: Browser, few: Session) -> None:
    with shown(browser, few.browse(contract=SHOP)) as view:
        view.line("user:1").click()
        view.press("n")
        view.page.keyboard.type("user:2")
        view[".tana-value-input"].fill("7")
        view.press("Control+Enter")
        view.answer("Add")
        expect(view[".tana-dialog"]).to_contain_text("There is already a key")
        view.press("Escape")
        assert value(few, "user:2") == ""
        expect(view[".tana-value-input"]).to_have_value("7")
        view.press("Control+Enter")
        view.answer("Add")
        view.answer("Overwrite")
        expect(view[".tana-form"]).to_have_count(0)
        assert value(few, "user:2") == "7"


def test_an_edit_is_kept_until_it_is_saved_or_given_up(browser: Browser, few: Session) -> None:
    with shown(browser, few.browse(contract=SHOP)) as view:
        view.line("user:1").click()
        view.press("e")
        view[".tana-value-input"].fill("5")
        view.press("Escape")
        view.answer("Keep editing")
        expect(view[".tana-value-input"]).to_be_focused()
        view.line("item:1").click()
        view.answer("Keep editing")
        expect(view[".tana-value-input"]).to_be_focused()
        view.press("Control+Enter")
        view.answer("Save")
        expect(view["[role=tabpanel]"]).to_have_text("5")
        assert value(few, "user:1") == "5"
        view.press("e")
        view.press("Escape")
        expect(view[".tana-form"]).to_have_count(0)
        expect(view.line("user:1")).to_be_focused()


def test_a_change_meanwhile_is_not_overwritten_by_accident(browser: Browser, few: Session) -> None:
    with shown(browser, few.browse(contract=SHOP)) as view:
        view.line("user:1").click()
        view.press("e")
        view[".tana-value-input"].fill("mine")
        view.page.get_by_role("radio", name="Text").check(force=True)
        store(few, {"user:1": "theirs"})
        view[".tana-value-input"].press("Control+Enter")
        view.answer("Save")
        expect(view[".tana-dialog"]).to_contain_text("has changed since you opened it")
        view.press("Escape")
        assert value(few, "user:1") == "theirs"
        expect(view[".tana-value-input"]).to_have_value("mine")
        view[".tana-value-input"].press("Control+Enter")
        view.answer("Save")
        view.answer("Save anyway")
        expect(view[".tana-form"]).to_have_count(0)
        assert value(few, "user:1") == "mine"


def test_an_edit_of_a_staged_value_that_another_view_staged_meanwhile_asks(browser: Browser, staged: Session) -> None:
    with shown(browser, staged.browse(contract=SHOP, api="data")) as view:
        view.line("cart").click()
        view.press("e")
        view[".tana-value-input"].fill("7")
        staged.host_of(SHOP).staging.put(b"cart", b"8")
        view[".tana-value-input"].press("Control+Enter")
        expect(view[".tana-dialog"]).to_contain_text("has changed since you opened it")
        view.press("Escape")
        assert staged.host_of(SHOP).staging.rows[b"cart"] == b"8"
        view[".tana-value-input"].press("Control+Enter")
        view.answer("Save anyway")
        expect(view[".tana-form"]).to_have_count(0)
        assert staged.host_of(SHOP).staging.rows[b"cart"] == b"7"


def test_metadata_that_was_typed_is_not_given_up_without_a_question(browser: Browser, few: Session) -> None:
    with shown(browser, few.browse(contract=SHOP)) as view:
        view.line("user:1").click()
        view.press("e")
        view.page.get_by_label("Metadata, JSON").fill("[1]")
        view.press("Escape")
        view.answer("Keep editing")
        expect(view.page.get_by_label("Metadata, JSON")).to_have_value("[1]")


@pytest.mark.parametrize(
    ("before", "typed", "after"),
    [
        ("a\r\nb\rc\n", None, "a\r\nb\rc\n"),
        ("a\r\nb", "a\nc\nd", "a\r\nc\r\nd"),
        ("a\nb", "a\nc", "a\nc"),
    ],
)
def test_line_ends_outlive_an_edit(browser: Browser, before: str, typed: str | None, after: str) -> None:
    session = opened()
    store(session, {"a": before})
    with shown(browser, session.browse(contract=SHOP)) as view:
        view.line("a").click()
        view.press("e")
        if typed is not None:
            view[".tana-value-input"].fill(typed)
        view[".tana-value-input"].press("Control+Enter")
        view.answer("Save")
        expect(view[".tana-form"]).to_have_count(0)
        assert value(session, "a") == after


def test_a_key_with_line_ends_that_is_renamed_to_itself_stays(browser: Browser) -> None:
    session = opened()
    store(session, {"a\nb": "1"})
    with shown(browser, session.browse(contract=SHOP)) as view:
        view[".tana-canvas > .tana-line"].first.click()
        view.press("F2")
        view.answer("Rename")
        expect(view[".tana-dialog"]).to_have_count(0)
        assert value(session, "a\nb") == "1"


def test_an_expiry_is_asked_for_only_where_it_can_be_set(browser: Browser) -> None:
    session = opened()
    session.run("const kv = await Deno.openKv(); await kv.set(['a'], 1)", contract=SHOP)
    with shown(browser, session.browse(contract=SHOP, api="deno")) as view:
        view.line('["a"]').click()
        view.press("e")
        expect(view[".tana-value-input"]).to_be_focused()
        expect(view["input[type=number]"]).to_have_count(0)


def test_deleting_asks_and_enter_is_no(browser: Browser, few: Session) -> None:
    with shown(browser, few.browse(contract=SHOP)) as view:
        view.line("user:1").click()
        view.press("Delete")
        expect(view[".tana-dialog"]).to_contain_text("Delete this key?")
        view.press("Enter")
        expect(view[".tana-dialog"]).to_have_count(0)
        assert value(few, "user:1") is not None
        view.press("Shift+ArrowDown", "Delete")
        expect(view[".tana-dialog"]).to_contain_text("Delete 2 keys?")
        view.press("Tab", "Enter")
        expect(view[".tana-position"]).to_have_text("2 keys")
        assert (value(few, "user:1"), value(few, "user:2")) == (None, None)


def test_a_question_about_one_store_is_no_answer_for_another(browser: Browser, few: Session, tmp_path: Path) -> None:
    with shown(browser, few.browse(contract=SHOP)) as view:
        view.line("user:1").click()
        view.press("Delete")
        expect(view[".tana-dialog"]).to_contain_text("Delete this key?")
        few.use_store(f"json:///{tmp_path}/other.json")
        store(few, {"user:1": "theirs"})
        view.answer("Delete")
        expect(view[".tana-dialog"]).to_contain_text("these are rows of memory:")
        assert value(few, "user:1") == "theirs"


def test_the_list_is_what_its_keys_act_on(browser: Browser, few: Session) -> None:
    """Not the pane beside it, which may show another row."""
    with shown(browser, few.browse(contract=SHOP)) as view:
        view.line("user:3").click()
        view[".tana-search input"].fill("item")
        expect(view[".tana-position"]).to_have_text("1 key")
        view.press("ArrowDown", "Delete")
        expect(view[".tana-dialog code"]).to_have_text("item:1")


def test_renaming_moves_metadata_and_expiry(browser: Browser, few: Session) -> None:
    few.run(
        "import { kv } from 'tana/kv'; await kv.put('user:1', 'x', {metadata: {a: 1}, expirationTtl: 600})",
        contract=SHOP,
    )
    with shown(browser, few.browse(contract=SHOP)) as view:
        view.line("user:1").click()
        view.press("F2")
        view.page.keyboard.type("user:2")
        view.press("Enter")
        view.answer("Overwrite")
        view.press("Escape")
        expect(view.line("user:1")).to_have_count(0)
        expect(view[".tana-position"]).to_have_text("3 keys")
        expect(view.line("user:2")).to_be_focused()
        view.press("Enter")
        expect(view[".tana-facts"]).to_contain_text('{"a":1}')
        expect(view[".tana-facts"]).to_contain_text("10 min 00 s")


def test_copying(browser: Browser, few: Session) -> None:
    with shown(browser, few.browse(contract=SHOP)) as view:
        view.line("user:1").click()
        for key, text in {"c": "user:1", "v": '{"name":"ada","score":1.50}', "t": "kv.put("}.items():
            view.press(key)
            expect(view[".tana-told"]).to_contain_text("Copied")
            assert text in view.page.evaluate("() => navigator.clipboard.readText()")
        view.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
        view.press("c")
        view.page.wait_for_timeout(100)
        assert view.page.evaluate("() => navigator.clipboard.readText()") == "user:1"


# Staging


def test_staged_keys_stand_out_and_show_their_difference(browser: Browser, staged: Session) -> None:
    with shown(browser, staged.browse(contract=SHOP, api="data")) as view:
        for key, sign in {"cart": "~", "new": "+", "old": "\u2212", "same": ""}.items():
            expect(view.line(key).locator(".tana-state")).to_contain_text(sign)
        expect(view[".tana-staging"]).to_contain_text("3 staged")
        view.line("cart").click()
        expect(view["[role=tab][aria-selected=true]"]).to_have_text("Diff")
        expect(view[".tana-minus"]).to_contain_text("1")
        view[".tana-staging"].get_by_text("Review").click()
        expect(view.line("same")).to_have_count(0)


def test_editing_data_stages_without_a_question(browser: Browser, staged: Session) -> None:
    with shown(browser, staged.browse(contract=SHOP, api="data")) as view:
        view.line("same").click()
        view.press("e")
        view[".tana-value-input"].fill("33")
        view.press("Control+Enter")
        expect(view[".tana-staging"]).to_contain_text("4 staged")
        assert value(staged, "same", "data") == "3"
        view[".tana-staging"].get_by_text("Commit 4").click()
        expect(view[".tana-staging"]).to_be_hidden()
        assert value(staged, "same", "data") == "33"
        assert value(staged, "old", "data") is None


def test_the_staged_view_commits_unstages_and_discards(browser: Browser, staged: Session) -> None:
    with shown(browser, staged.staging_view(SHOP)) as view:
        expect(view[".tana-meters"]).to_contain_text("/ 102,400 bytes")
        expect(view[".tana-meters"]).to_contain_text("/ 1,000 keys")
        expect(view[".tana-change[data-state]"]).to_have_count(3)
        view[".tana-turn"].filter(has_text="old").click()
        expect(view[".tana-change-body:visible .tana-minus"].last).to_contain_text("2")
        view.page.get_by_role("button", name="Unstage new").click()
        expect(view[".tana-change[data-state]"]).to_have_count(2)
        view.page.get_by_role("button", name="Discard").click()
        view.press("Escape")
        expect(view[".tana-change[data-state]"]).to_have_count(2)
        view.page.get_by_role("button", name="Discard").click()
        view.answer("Discard 2")
        expect(view[".tana-nothing"]).to_contain_text("Nothing is staged")
        assert value(staged, "cart", "data") == "1"


def test_a_commit_that_fails_says_why_and_keeps_the_staging(browser: Browser, staged: Session) -> None:
    staging = staged.host_of(SHOP).staging
    for number in range(12):
        staging.put(b"big%d" % number, b"x" * 10_000)
    with shown(browser, staged.staging_view(SHOP)) as view:
        view.page.get_by_role("button", name="Commit 15").click()
        expect(view[".tana-staging .tana-error"]).to_contain_text("Storage limit exceeded")
        expect(view[".tana-meter[data-state=over]"]).to_have_count(1)
        expect(view[".tana-change[data-state]"]).to_have_count(15)


# A kernel that is busy, slow or gone


def test_in_the_middle_of_a_cell_reading_waits_and_writing_is_refused(browser: Browser, few: Session) -> None:
    with shown(browser, few.browse(contract=SHOP)) as view:
        view.line("user:1").click()
        view.press("e")
        view[".tana-value-input"].fill("5")
        with running(few):
            view.press("Control+Enter")
            view.answer("Save")
            expect(view[".tana-form .tana-error"]).to_contain_text("nothing was written")
            expect(view[".tana-value-input"]).to_have_value("5")
            view[".tana-search input"].fill("item")
            expect(view[".tana-status"]).to_contain_text("running a cell")
            expect(view.line("user:1")).to_be_visible()
        view.widget.changed()
        view.hear()
        expect(view[".tana-status"]).to_have_text("")
        expect(view[".tana-position"]).to_have_text("1 key")


@pytest.mark.parametrize("how", ["restarting", "dead", "broken"])
def test_a_view_whose_kernel_ended_says_so(browser: Browser, few: Session, how: str) -> None:
    with shown(browser, few.browse(contract=SHOP)) as view:
        view.line("user:1").click()
        expect(view[".tana-detail-title"]).to_be_visible()
        if how == "broken":
            view.page.evaluate("() => { window.broken = true; }")
            view.page.get_by_role("button", name="Ask the kernel again").click()
        else:
            view.page.evaluate("(how) => window.kernelIs(how)", how)
        expect(view[".tana-banner"]).to_contain_text("The kernel of this view has ended")
        expect(view["button:enabled"]).to_have_count(0)
        expect(view.line("user:1")).to_be_visible()


# What others wrote


def test_hostile_keys_and_values_are_shown_harmless(browser: Browser) -> None:
    session = opened()
    rows = {
        EVIL: EVIL,
        "a\u202eb\u0000\n": "\u2066x\u0007",
        "deep": "[" * 10_000 + "]" * 10_000,
        "k" * 512: "v" * 100_000,
    }
    store(session, {**rows, "שלום:עולם": "مرحبا", "😀": "👩‍👩‍👧", "bytes": bytes(range(256)), "huge": "x" * 25 * 2**20})
    with shown(browser, session.browse(contract=SHOP)) as view:
        expect(view.line("huge")).to_be_visible()
        assert "a\\u202eb\\u0000\\n" in view.listed()
        assert view["img, script"].count() == 0
        view[".tana-canvas > .tana-line"].first.click()
        for _ in range(8):
            view.press("ArrowDown", "Enter")
            expect(view[".tana-detail-title"]).to_be_visible()
            view.page.wait_for_timeout(50)
            assert view["img, script"].count() == 0
        view.line("huge").click()
        expect(view[".tana-note"]).to_contain_text("of 25 MB")
        expect(view["[data-name=edit]"]).to_be_disabled()
        view.line("deep").click()
        expect(view["[role=tabpanel]"]).to_contain_text("[[[[")
        view["[aria-label='Tree by :']"].check(force=True)
        expect(view[".tana-canvas > [aria-expanded]"].first).to_be_visible()
        assert view["img, script"].count() == 0


@pytest.mark.parametrize("width", [320, 480, 700])
def test_narrow_places_lose_columns_but_not_what_matters(browser: Browser, staged: Session, width: int) -> None:
    with shown(browser, staged.browse(contract=SHOP, api="data"), width) as view:
        view.line("cart").click()
        expect(view[".tana-detail-title"]).to_be_visible()
        for cell in [".tana-key", ".tana-value", ".tana-state .tana-sign"]:
            expect(view.line("cart").locator(cell)).to_be_visible()
        assert view[".tana-root"].evaluate("(root) => root.scrollWidth <= root.clientWidth")


@pytest.mark.parametrize("width", [320, 420, 500])
@pytest.mark.parametrize("api", ["kv", "data"])
def test_a_narrow_toolbar_has_two_lines_and_its_editor_a_button(
    browser: Browser, staged: Session, width: int, api: str
) -> None:
    store(staged, {"cart": "1"})
    with shown(browser, staged.browse(contract=SHOP, api=api), width) as view:
        view.line("cart").click()
        assert view['.tana-toolbar[aria-label="Browse"]'].evaluate("(bar) => bar.clientHeight") < (
            80 if width > 320 else 110
        )
        view.press("e")
        box = view.page.get_by_role("button", name="Save").bounding_box()
        body = view[".tana-body"].bounding_box()
        assert box
        assert body
        assert box["y"] + box["height"] <= body["y"] + body["height"]


@pytest.mark.parametrize("width", [320, 400, 560, 900])
def test_buttons_that_belong_together_stay_in_one_line(browser: Browser, staged: Session, width: int) -> None:
    with shown(browser, staged.browse(contract=SHOP, api="data"), width) as view:
        view[".tana-staging-ends"].wait_for()
        for group in [".tana-tools > *", ".tana-staging-ends > *"]:
            boxes = view[group].evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().toJSON())")
            assert len({round(box["y"] + box["height"] / 2) for box in boxes}) == 1
        assert boxes[-1]["right"] > view[".tana-staging"].bounding_box()["width"] - 20


def test_a_title_that_scrolls_is_reached_by_the_keyboard(browser: Browser) -> None:
    session = opened()
    store(session, {"long" * 100: "1", "short": "2"})
    with shown(browser, session.browse(contract=SHOP)) as view:
        for key, tabindex in [("long" * 100, 0), ("short", -1)]:
            view.line(key).click()
            expect(view[".tana-detail-title"]).to_have_text(key)
            title = view[".tana-detail-title"]
            assert title.evaluate("(title) => title.tabIndex") == tabindex
            assert title.evaluate("(title) => title.scrollHeight > title.clientHeight") == (tabindex == 0)


def test_what_a_screen_reader_is_told_of_an_empty_list_and_of_its_place(browser: Browser, few: Session) -> None:
    with shown(browser, few.browse("nothing", contract=SHOP)) as view:
        expect(view[".tana-nothing"]).to_be_visible()
        assert view[".tana-root"].get_attribute("aria-label") == "Keys of shop, kv"
        assert view[".tana-canvas"].get_attribute("role") is None, "a group of rows must have some"
        view.page.get_by_role("button", name="Clear the search").first.click()
        expect(view[".tana-canvas"]).to_have_attribute("role", "rowgroup")


def test_each_column_of_the_staged_view_has_a_name(browser: Browser, staged: Session) -> None:
    with shown(browser, staged.staging_view(SHOP)) as view:
        heads = view.page.get_by_role("columnheader")
        expect(heads).to_have_text(["Change", "Key", "Committed", "Staged", "Unstage"])


def test_fields_can_be_seen_before_they_are_used(browser: Browser, few: Session) -> None:
    with shown(browser, few.browse(contract=SHOP)) as view:
        view.line("user:1").click()
        view.press("n")
        for field in [".tana-value-input", ".tana-form .tana-input[type=text]"]:
            assert view[field].first.evaluate("(field) => getComputedStyle(field).borderTopWidth") == "1px"


def test_a_line_of_bytes_is_one_line(browser: Browser) -> None:
    session = opened()
    store(session, {"a": bytes(range(64))})
    with shown(browser, session.browse(contract=SHOP)) as view:
        view.line("a").click()
        view.press("Enter")
        expect(view[".tana-hex"]).to_contain_text("0038  38 39 3a 3b 3c 3d 3e 3f  89:;<=>?")
        assert view[".tana-text"].evaluate("(text) => text.scrollWidth <= text.clientWidth")
        tops = view[".tana-hex"].evaluate("(hex) => [...hex.getClientRects()].map(({ top }) => top)")
        assert len(set(tops)) == 8


def test_a_page_without_a_kernel_says_what_to_do(browser: Browser, few: Session) -> None:
    with shown(browser, few.browse(contract=SHOP)) as view:
        expect(view.line("user:1")).to_be_visible()
        view.page.evaluate("() => { window.deaf = true; }")
        view.page.get_by_title("Ask the kernel again").click()
        expect(view[".tana-status"]).to_have_text("Waiting for the kernel…")
        expect(view[".tana-status"]).to_contain_text("Without one, run this cell again", timeout=9000)
        view.page.evaluate("() => { window.deaf = false; }")
        few.rollback()
        view.hear()
        expect(view[".tana-status"]).to_have_text("")


def test_everything_can_be_reached_with_tab(browser: Browser, few: Session) -> None:
    with shown(browser, few.browse(contract=SHOP)) as view:
        view.line("user:1").click()
        expect(view["[role=tabpanel]"]).to_be_visible()
        view["select"].first.focus()
        reached = []
        for _ in range(20):
            reached.append(view.focused())
            view.press("Tab")
        wanted: list[Any] = [
            "Contract",
            "Prefix of the keys",
            "List",
            "Ask the kernel again",
            "user:1",
            "Edit",
            "Copy Key",
            "JSON",
            "Keyboard",
        ]
        places = [next((at for at, name in enumerate(reached) if name.startswith(want)), want) for want in wanted]
        assert places == sorted(places, key=str) or places == sorted(places)
        assert all(isinstance(place, int) for place in places), (places, reached)


def test_a_key_that_expires_goes_by_itself(browser: Browser) -> None:
    session = Session()
    now = session.clock.now_us()
    store(session, {"stays": "1"})
    store(session, {"soon": "2"}, expires_at=now + 2_500_000)
    store(session, {"later": "3"}, expires_at=now + 7_200_000_000)
    with shown(browser, session.browse(contract=SHOP)) as view:
        expect(view.line("soon").locator(".tana-expires")).to_contain_text(" s")
        expect(view.line("later").locator(".tana-expires")).to_contain_text("h")
        expect(view.line("soon")).to_have_count(0)
        expect(view.line("stays")).to_be_visible()


@pytest.mark.parametrize("name", ["--jp-layout-color1", "--vscode-editor-background"])
def test_colours_are_those_of_the_place(browser: Browser, few: Session, name: str) -> None:
    with shown(browser, few.browse(contract=SHOP)) as view:
        colour = "(root) => getComputedStyle(root).backgroundColor"
        assert view[".tana-root"].evaluate(colour) == "rgb(255, 255, 255)"
        view.page.evaluate("(name) => document.documentElement.style.setProperty(name, 'rgb(1, 2, 3)')", name)
        assert view[".tana-root"].evaluate(colour) == "rgb(1, 2, 3)"


def test_an_answer_to_another_view_is_not_taken(browser: Browser, few: Session) -> None:
    with shown(browser, few.browse(contract=SHOP)) as view:
        expect(view[".tana-position"]).to_have_text("4 keys")
        view.page.evaluate("() => window.take([{method: 'custom', content: {id: 1, ok: true, rows: [], next: null}}])")
        view.page.evaluate("() => window.take([{method: 'custom', content: null}, {method: 'custom', content: 'x'}])")
        view[".tana-search input"].fill("user:")
        expect(view[".tana-position"]).to_have_text("3 keys")
        assert all(message["id"] < 2**53 for message in view.asked if "id" in message)


def test_a_view_that_is_taken_away_leaves_nothing(browser: Browser, few: Session) -> None:
    with shown(browser, few.browse(contract=SHOP)) as view:
        expect(view.line("user:1")).to_be_visible()
        view.page.evaluate("() => window.remove()")
        expect(view[".tana-root"]).to_have_count(0)
        asked = len(view.asked)
        view.widget.changed()
        view.hear()
        view.page.wait_for_timeout(200)
        assert len(view.asked) == asked
