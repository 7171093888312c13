"""The picture in the README, taken of a real JupyterLab. ``TANA_PICTURES=notebooks/pictures`` takes it anew."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.lab import Server

KEPT = Path(__file__).parent.parent / "notebooks" / "pictures"

CELLS = [
    "%load_ext tana_jupyter\n%tana clock 2026-01-01T09:00:00Z",
    """%%tana shop
import { kv } from 'tana/kv'
import { data } from 'tana/data'

const people = ['ada', 'grace', 'linus', 'margaret']
for (const [id, name] of people.entries()) {
  const visits: number = 3 * id + 1
  await kv.put(`user:${id}`, { name, visits }, { metadata: { since: 2026 } })
}
await kv.put('session:7f3a', 'ada', { expirationTtl: 1800 })
data.set('total', { orders: 2, sum: 40 })
data.commit()
data.set('total', { orders: 3, sum: 55 })
data.set('last', 'ada')""",
    "%tana browse",
    "%tana staged --widget",
]


@pytest.mark.needs("browser")
def test_the_readme_shows_what_there_is(lab: Server, browser: Browser, tmp_path: Path) -> None:
    lab.write("shop.ipynb", CELLS)
    with lab.open(browser, "shop.ipynb") as notebook:
        notebook.page.set_viewport_size({"width": 1180, "height": 1330})
        notebook.run_all()
        cells = notebook.page.locator(".jp-Cell")
        cells.nth(2).get_by_role("rowheader", name="user:1", exact=True).click()
        notebook.page.wait_for_timeout(500)
        assert "margaret" in cells.nth(2).inner_text()
        assert "orders" in cells.nth(3).inner_text()
        folder = Path(os.environ.get("TANA_PICTURES", tmp_path)).resolve()
        picture = folder / "browser.png"
        notebook.page.locator(".jp-NotebookPanel-notebook").screenshot(path=picture)
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    # The one that is kept was taken the same way.
    width, _ = struct.unpack(">II", (KEPT / "browser.png").read_bytes()[16:24])
    assert width == struct.unpack(">II", picture.read_bytes()[16:24])[0]
