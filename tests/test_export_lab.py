"""The export widget in a real JupyterLab, against a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.lab import NotebookPage, Server
    from tests.servers import Postgres

pytestmark = pytest.mark.needs("browser", "postgres")

SECRET = "hunter2-and-more"
FILL = """
from tana_jupyter import session
from tana_jupyter.store.protocol import Write
s = session()
_ = s.journal.commit([Write("kv", "shop", b"n:%06d" % n, b"%d" % n, encoding="text") for n in range(60_000)])
"""
CELLS = ["%load_ext tana_jupyter", FILL, "%tana export --contract shop", "s.browse('n:00000', contract='shop')"]


@pytest.fixture(scope="module")
def notebook(lab: Server, browser: Browser) -> Iterator[NotebookPage]:
    lab.write("export.ipynb", CELLS)
    with lab.open(browser, "export.ipynb") as opened:
        opened.run_all()
        yield opened
        assert opened.page_errors == []


def test_check_cancel_export_and_keep_the_secret(notebook: NotebookPage, postgres: Postgres) -> None:
    dsn = postgres.fresh_schema()
    tables = f"SELECT count(*) FROM pg_tables WHERE schemaname = '{dsn.rpartition('%3D')[2]}'"
    view = notebook.page.locator(".tana-export")
    view.get_by_label("PostgreSQL DSN").fill(dsn.replace("//tana@", f"//tana:{SECRET}@"))
    notebook.page.keyboard.press("Enter")
    expect(view.locator("[data-kind=added]")).to_contain_text("60,000", timeout=30_000)
    expect(view.get_by_label("PostgreSQL DSN")).to_have_value("")
    view.get_by_role("button", name="Keys added").click()
    expect(view.locator(".tana-plan-key").first).to_have_text("shop/kv n:000000")
    assert postgres.query(tables) == "0"
    view.get_by_role("button", name="Export 60,000 rows").click()
    expect(view.get_by_role("progressbar")).to_be_visible()
    # The keyboard is where it is needed.
    expect(view.get_by_role("button", name="Cancel")).to_be_focused()
    notebook.page.keyboard.press("Enter")
    expect(view.get_by_role("alert")).to_contain_text(["Cancelled: nothing was written."], timeout=30_000)
    assert postgres.query(tables) == "0"
    view.get_by_role("button", name="Export 60,000 rows").click()
    expect(view.locator(".tana-export-note")).to_contain_text("rows/s.", timeout=30_000)
    assert postgres.query(f"SELECT count(*) FROM {dsn.rpartition('%3D')[2]}.kv_storage") == "60000"
    saved = notebook.page.evaluate(
        """async () => {
          const { context, content } = window.jupyterapp.shell.currentWidget;
          return JSON.stringify(context.model.toJSON()) + content.node.outerHTML;
        }"""
    )
    assert "60,000" in saved
    assert SECRET not in saved


def test_from_the_key_browser_and_back(notebook: NotebookPage, postgres: Postgres) -> None:
    view = notebook.page.locator(".tana-browser")
    view.get_by_role("button", name="Export to PostgreSQL").click()
    expect(view.get_by_label("PostgreSQL DSN")).to_be_focused()
    expect(view.get_by_label("Prefix of the keys").last).to_have_value("n:00000")
    notebook.page.keyboard.type(postgres.fresh_schema())
    notebook.page.keyboard.press("Enter")
    expect(view.locator("[data-kind=added]")).to_contain_text("10", timeout=30_000)
    notebook.page.keyboard.press("Escape")
    expect(view.locator(".tana-canvas > .tana-line")).to_have_count(10)
    expect(view.get_by_role("button", name="Export to PostgreSQL")).to_be_focused()
