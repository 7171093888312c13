"""The browser and the staged view where they live: in a notebook of a real JupyterLab, and once in Notebook 7."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Locator, expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.lab import NotebookPage, Server

pytestmark = pytest.mark.needs("browser")

FILL = """
from tana_jupyter import session
s = session()
s.run('''
import { kv } from 'tana/kv'
import { data } from 'tana/data'
const parts = ["cart", "orders:1", "orders:2", "profile", "settings"];
const puts = [];
for (let at = 0; at < 1000; at++) {
  for (const part of parts) puts.push(kv.put(`user:${String(at).padStart(4, "0")}:${part}`, JSON.stringify({ at, part })));
}
await Promise.all(puts);
data.set("cart", "1"); data.set("old", "2"); await data.commit();
data.set("cart", '{"items":[1,2]}'); data.set("new", "4"); data.delete("old");
''', contract="shop")
"""

HOSTILE = """%%tana evil
import { kv } from 'tana/kv'
const mark = `<img src=x onerror="window.__pwned='browser'"><script>window.__pwned='script'</script>`;
await kv.put(mark, mark); await kv.put("\\u202e\\u0000", "$\\\\href{javascript:alert(1)}{x}$"); await kv.put("deep", "[".repeat(10000));
"""

CELLS = {
    "load": "%load_ext tana_jupyter",
    "fill": FILL,
    "keys": "s.browse(contract='shop')",
    "data": "%tana browse --contract shop --api data",
    "staged": "s.staging_view('shop')",
    "hostile": HOSTILE,
    "evil": "s.browse(contract='evil')",
    "change": "%%tana shop\nimport { kv } from 'tana/kv'\nawait kv.put('user:0000:cart', 'changed by a cell')",
    "python": "import time; time.sleep(2.5)",
    "contract": "%%tana shop\nawait new Promise((done) => setTimeout(done, 2500))",
}
LATER = ["change", "python", "contract"]


class Place:
    """A widget in the notebook, and the keyboard."""

    def __init__(self, notebook: NotebookPage, cell: str) -> None:
        self.notebook = notebook
        self.page = notebook.page
        self.root = self.page.locator(".jp-Cell").nth(at(cell)).locator(".tana-root")

    def __getitem__(self, selector: str) -> Locator:
        return self.root.locator(selector)

    def line(self, key: str) -> Locator:
        return self[".tana-canvas > .tana-line"].filter(has=self.page.get_by_role("rowheader", name=key, exact=True))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def answer(self, label: str) -> None:
        self[".tana-dialog"].get_by_role("button", name=label, exact=True).click()

    def top(self) -> None:
        """Show all keys again, from the first."""
        self[".tana-search input"].fill("")
        expect(self[".tana-position"]).to_contain_text("of ")
        self[".tana-search input"].press("ArrowDown")
        self.press("Home")
        self.line("user:0000:cart").click()
        expect(self[".tana-detail-title"]).to_have_text("user:0000:cart")


def at(cell: str) -> int:
    return list(CELLS).index(cell)


def run(notebook: NotebookPage, cell: str) -> None:
    """Run one cell without waiting for it."""
    notebook.page.evaluate(
        """(at) => {
          window.jupyterapp.shell.currentWidget.content.activeCellIndex = at;
          void window.jupyterapp.commands.execute("notebook:run-cell");
        }""",
        at(cell),
    )


def theme(notebook: NotebookPage, name: str) -> None:
    notebook.page.evaluate("(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", name)


@pytest.fixture(scope="module")
def notebook(lab: Server, browser: Browser) -> Iterator[NotebookPage]:
    """A notebook with every widget on the screen; the cells of LATER have not run."""
    lab.write("browse.ipynb", list(CELLS.values()))
    with lab.open(browser, "browse.ipynb") as opened:
        for cell in CELLS:
            if cell not in LATER:
                run(opened, cell)
        opened.wait_idle()
        expect(Place(opened, "evil")[".tana-canvas > .tana-line"]).to_have_count(3)
        yield opened
        assert opened.page_errors == []
        assert opened.dialogs == []


@pytest.fixture
def keys(notebook: NotebookPage) -> Place:
    place = Place(notebook, "keys")
    place.top()
    return place


def test_the_end_of_5000_keys(keys: Place) -> None:
    keys.press("End")
    expect(keys.line("user:0999:settings")).to_be_focused()
    assert keys[".tana-canvas > .tana-line"].count() < 60
    expect(keys[".tana-position"]).to_contain_text("of 5,000 keys")


def test_searching_and_editing_by_keyboard_alone(keys: Place) -> None:
    keys.press("/")
    keys.page.keyboard.type("user:0500:p")
    expect(keys[".tana-position"]).to_have_text("1 key")
    keys.press("Enter", "e")
    expect(keys[".tana-value-input"]).to_be_focused()
    keys.press("Control+A")
    keys.page.keyboard.type('{"by": "keyboard"}')
    keys.press("Control+Enter")
    expect(keys[".tana-dialog"]).to_contain_text("Save this value?")
    keys.press("Enter")
    expect(keys["[role=tabpanel]"]).to_contain_text('"by": "keyboard"')
    keys.press("Delete", "Tab", "Enter")
    expect(keys[".tana-nothing"]).to_contain_text("No keys start with")


def test_keys_do_nothing_to_the_notebook_around(keys: Place) -> None:
    count = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
    before = keys.page.evaluate(count)
    keys.press("d", "d", "a", "b", "x", "z", "m", "y", "i", "i", "0", "0", "Shift+Enter", "Control+Enter")
    assert keys.page.evaluate(count) == before
    assert keys.notebook.modals() == []
    expect(keys.line("user:0000:cart")).to_be_focused()


def test_saving_the_notebook_still_works_from_inside(keys: Place) -> None:
    dirty = "() => window.jupyterapp.shell.currentWidget.context.model.dirty"
    assert keys.page.evaluate(dirty)
    keys.press("Control+s")
    keys.page.wait_for_function(f"() => !({dirty})()")


def test_a_run_is_seen_at_once(keys: Place) -> None:
    run(keys.notebook, "change")
    expect(keys["[role=tabpanel]"]).to_have_text("changed by a cell")


def test_two_browsers_and_the_staged_view_agree(notebook: NotebookPage) -> None:
    data, staged = Place(notebook, "data"), Place(notebook, "staged")
    expect(staged[".tana-change[data-state]"]).to_have_count(3)
    data.line("cart").click()
    data.press("e")
    expect(data[".tana-value-input"]).to_be_focused()
    data[".tana-value-input"].fill('{"items":[1,2,3]}')
    data.press("Control+Enter")
    # What is out of sight asks nothing; it does once it is seen.
    staged.root.scroll_into_view_if_needed()
    expect(staged[".tana-change-body:visible"]).to_contain_text("3")
    staged.root.get_by_role("button", name="Unstage new").click()
    expect(data.line("new")).to_have_count(0)
    data[".tana-staging"].get_by_role("button", name="Commit 2").click()
    expect(staged[".tana-nothing"]).to_contain_text("Nothing is staged")
    expect(data.line("old")).to_have_count(0)
    data.line("cart").click()
    data.press("Delete")
    data.answer("Delete")
    expect(staged[".tana-change[data-state=deleted]"]).to_have_count(1)
    staged.root.get_by_role("button", name="Discard").click()
    staged.answer("Discard 1")
    expect(data.line("cart").locator(".tana-state")).to_have_text("committed")


def test_paging_and_editing_during_a_long_python_cell(keys: Place) -> None:
    run(keys.notebook, "python")
    keys[".tana-search input"].fill("user:0007:c")
    expect(keys.line("user:0007:cart")).to_be_visible()
    keys.line("user:0007:cart").click()
    keys.press("e")
    keys[".tana-value-input"].fill("77")
    keys.press("Control+Enter")
    keys.answer("Save")
    expect(keys["[role=tabpanel]"]).to_have_text("77")
    keys.notebook.wait_idle()


def test_paging_and_editing_while_a_contract_runs(keys: Place) -> None:
    keys.press("e")
    expect(keys[".tana-value-input"]).to_be_focused()
    keys[".tana-value-input"].fill("5")
    run(keys.notebook, "contract")
    keys.page.wait_for_timeout(500)
    keys[".tana-value-input"].press("Control+Enter")
    keys.answer("Save")
    # Refused where the message arrives during the run, done after it where messages wait for the cell.
    keys[".tana-search input"].fill("user:0008")
    expect(keys[".tana-status"]).not_to_be_empty()
    keys.notebook.wait_idle()
    expect(keys[".tana-status"]).to_be_empty()
    expect(keys.line("user:0008:cart")).to_be_visible()
    if keys[".tana-form"].count():
        expect(keys[".tana-form .tana-error"]).to_contain_text("nothing was written")
        keys[".tana-value-input"].press("Control+Enter")
        keys.answer("Save")
    expect(keys["[role=tabpanel]"]).to_have_text("5")


def test_what_contracts_wrote_is_harmless(notebook: NotebookPage) -> None:
    evil = Place(notebook, "evil")
    evil[".tana-canvas > .tana-line"].first.click()
    for _ in range(3):
        expect(evil[".tana-detail-title"]).to_be_visible()
        evil.press("ArrowDown")
    expect(evil.line("\\u202e\\u0000")).to_be_visible()
    assert evil["img, script, mjx-container, a"].count() == 0
    assert notebook.pwned() is None


def test_it_follows_the_theme(notebook: NotebookPage, keys: Place, tmp_path_factory: pytest.TempPathFactory) -> None:
    colour = "(root) => getComputedStyle(root).backgroundColor"
    keys.press("End")
    expect(keys.line("user:0999:settings")).to_be_focused()
    seen = {}
    for name in ["JupyterLab Light", "JupyterLab Dark"]:
        theme(notebook, name)
        notebook.page.wait_for_function(f"() => document.body.dataset.jpThemeName === '{name}'")
        notebook.page.wait_for_timeout(300)
        seen[name] = keys.root.evaluate(colour)
        expect(keys.line("user:0998:cart")).to_be_visible()
        notebook.screenshot(tmp_path_factory.mktemp("shots") / f"{name}.png")
    assert len(set(seen.values())) == 2


def test_a_restarted_kernel_leaves_a_view_that_says_so(notebook: NotebookPage) -> None:
    """The last test of this notebook: nothing answers after it."""
    notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    for cell in ["keys", "staged"]:
        place = Place(notebook, cell)
        expect(place[".tana-banner"]).to_contain_text("The kernel of this view has ended")
        expect(place["button:enabled"]).to_have_count(0)
    notebook.wait_idle()
    for cell in ["load", "fill", "keys"]:
        run(notebook, cell)
    expect(Place(notebook, "keys").line("user:0000:cart")).to_be_visible(timeout=15_000)


def test_in_notebook_7(notebook7: Server, browser: Browser) -> None:
    cells = [CELLS["load"], CELLS["fill"], CELLS["keys"], CELLS["staged"]]
    notebook7.write("browse.ipynb", cells)
    with notebook7.open(browser, "browse.ipynb") as opened:
        opened.run_all()
        keys = Place(opened, "keys")
        keys.line("user:0000:cart").click()
        keys.press("End")
        expect(keys.line("user:0999:settings")).to_be_focused()
        expect(keys["[role=tabpanel]"]).to_contain_text('"at": 999')
        opened.page.locator(".tana-staged").get_by_role("button", name="Commit 3").click()
        expect(opened.page.locator(".tana-staged .tana-nothing")).to_contain_text("Nothing is staged")
        assert opened.page_errors == []
