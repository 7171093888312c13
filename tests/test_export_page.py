"""The page side of the export widget: what it asks, what it shows, and where the keyboard is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("playwright")

from tana_jupyter import Session
from tests.browser_harness import SHOP, opened, store
from tests.page_harness import View, comms, expect, shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.servers import Postgres

__all__ = ["comms"]

pytestmark = [pytest.mark.usefixtures("comms"), pytest.mark.needs("browser", "postgres")]

HOSTILE = "<img src=x onerror=alert(1)>\u202e"


@pytest.fixture
def session() -> Session:
    made = opened()
    store(made, {"user:1": "ada", "user:2": "bo", HOSTILE: "x"})
    store(made, {"user:9": "x"}, contract="other")
    return made


@pytest.fixture
def dsn(postgres: Postgres) -> str:
    return postgres.fresh_schema()


@pytest.fixture
def view(session: Session, browser: Browser) -> Iterator[View]:
    with shown(browser, session.export_view(contract=SHOP)) as made:
        expect(made.page.get_by_label("Contract")).to_have_value(SHOP)
        yield made


def settle(view: View) -> None:
    """Let the work end, and the page hear of it."""
    view.page.wait_for_timeout(50)
    view.widget._work.wait()
    view.hear()


def check(view: View, dsn: str = "") -> None:
    if dsn:
        view.page.get_by_label("PostgreSQL DSN").fill(dsn)
    view.page.get_by_role("button", name="Check").click()
    settle(view)


def press(view: View, name: str) -> None:
    view.page.get_by_role("button", name=name).click()
    settle(view)


def plans(view: View) -> list[dict[str, Any]]:
    return [message for message in view.asked if message.get("verb") == "plan"]


def test_a_plan_is_shown_and_then_its_result(view: View, dsn: str) -> None:
    check(view, dsn)
    expect(view["[data-kind=added]"]).to_contain_text("3")
    expect(view[".tana-plan-notes"]).to_contain_text("makes what is missing")
    press(view, "Keys added")
    expect(view[".tana-plan-key"]).to_have_count(3)
    expect(view[".tana-plan-key"].first).to_contain_text("<img src=x onerror=alert(1)>\\u202e")
    assert view["img"].count() == 0
    press(view, "Export 3 rows")
    expect(view[".tana-export-note"]).to_contain_text("Exported to postgresql:")
    check(view)
    expect(view[".tana-export-note"]).to_contain_text("Nothing to do")
    expect(view.page.get_by_role("button", name="Export 0 rows")).to_be_disabled()
    # The second time it was not said again.
    assert ["target" in message for message in plans(view)] == [True, False]


def test_another_wish_needs_another_plan(view: View, dsn: str) -> None:
    check(view, dsn)
    view.page.get_by_label("Prefix of the keys").fill("user:")
    expect(view[".tana-plan"]).to_be_hidden()
    expect(view.page.get_by_role("button", name="Export 3 rows")).to_be_hidden()
    expect(view[".tana-export-note"]).to_have_text("Check again: this is another export.")
    view.page.get_by_label("Contract").select_option("")
    check(view)
    expect(view["[data-kind=added]"]).to_contain_text("3")
    assert plans(view)[-1]["query"] == {"contract": "", "api": "", "prefix": "user:", "mirror": False, "variable": ""}
    assert view.widget.query == plans(view)[-1]["query"]
    # Least of all may it go to where the plan before was for.
    view.page.get_by_label("PostgreSQL DSN").fill("postgresql://elsewhere/tana")
    expect(view.page.get_by_role("button", name="Export 3 rows")).to_be_hidden()


def test_deleting_wants_the_number_typed(session: Session, view: View, dsn: str) -> None:
    check(view, dsn)
    press(view, "Export 3 rows")
    session.clear(SHOP, api="kv", yes=True)
    store(session, {"user:1": "ada"})
    view.page.get_by_label("Mirror").check()
    check(view)
    expect(view["[data-kind=deleted]"]).to_contain_text("2")
    press(view, "Export 0 rows, delete 2")
    expect(view["[role=alertdialog]"]).to_contain_text("Delete 2 rows there?")
    view["[role=alertdialog] input"].fill("20")
    view.press("Enter")
    expect(view["[role=alertdialog]"]).to_contain_text("That is not 2.")
    view["[role=alertdialog] input"].fill("2")
    view.press("Enter")
    settle(view)
    expect(view[".tana-export-note"]).to_contain_text("Exported to")
    assert [message.get("confirm") for message in view.asked if message.get("verb") == "apply"] == [None, 2]


def test_errors_stay_beside_the_form_and_what_was_typed_too(view: View, dsn: str) -> None:
    wrong = dsn.replace("/postgres?", "/nowhere?").replace("//tana@", "//tana:hunter2-and-more@")
    check(view, wrong)
    expect(view[".tana-exporting [role=alert]"]).to_contain_text("nowhere")
    expect(view.page.get_by_label("PostgreSQL DSN")).to_have_value(wrong)
    assert view.focused() == "Check"
    assert "hunter2" not in view["body"].inner_html()


def test_a_dsn_in_the_wrong_field_is_not_saved(view: View, dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    view.page.get_by_label("Variable", exact=True).check()
    view.page.get_by_label("Environment variable").fill(dsn)
    check(view)
    expect(view[".tana-exporting [role=alert]"]).to_contain_text("must be the name of an environment variable")
    assert all(dsn not in str(message) for message in view.asked if message.get("verb") != "plan")
    assert view.widget.query["variable"] == ""
    monkeypatch.setenv("SHOP_DATABASE", dsn)
    view.page.get_by_label("Environment variable").fill("SHOP_DATABASE")
    check(view)
    expect(view["[data-kind=added]"]).to_contain_text("3")
    assert view.widget.query["variable"] == "SHOP_DATABASE"
