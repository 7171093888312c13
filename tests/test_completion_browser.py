"""Tab and Shift+Tab in a real JupyterLab: what the page makes of our answers."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.lab import NotebookPage, Server

pytestmark = pytest.mark.needs("browser")

CELLS = [
    "%load_ext tana_jupyter",
    "%%tana counter\nimport { kv } from 'tana/kv'\nawait kv.put('user:ada', 1)\nawait kv.put('user:bob', 1)",
    "%%tana counter\nconst s = '😀'; kv.\nconst after = 1",
    "null.x",
]


@pytest.fixture(scope="module")
def page(lab: Server, browser: Browser) -> Iterator[NotebookPage]:
    name = f"{secrets.token_hex(4)}.ipynb"
    lab.write(name, CELLS)
    with lab.open(browser, name) as opened:
        opened.run_all()
        yield opened


def write(page: NotebookPage, text: str) -> None:
    """Give the third cell this text, with the cursor where the bar is."""
    before, _, after = text.rpartition("|")
    page.page.evaluate(
        """([text, before]) => {
          const notebook = window.jupyterapp.shell.currentWidget.content;
          notebook.activeCellIndex = 2;
          notebook.mode = 'edit';
          const editor = notebook.activeCell.editor;
          editor.model.sharedModel.setSource(text);
          editor.focus();
          editor.setCursorPosition(editor.getPositionAt(before.length));
        }""",
        [before + after, before],
    )


def _jupyterlab() -> tuple[int, ...]:
    return tuple(map(int, version("jupyterlab").split(".")[:2]))


def source(page: NotebookPage) -> str:
    return str(
        page.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.source")
    )


def offered(page: NotebookPage) -> list[str]:
    """Press Tab and read the list."""
    page.page.keyboard.press("Tab")
    items = page.page.locator(".jp-Completer:not(.lm-mod-hidden) .jp-Completer-item .jp-Completer-match")
    items.first.wait_for()
    found = items.all_inner_texts()
    page.page.keyboard.press("Escape")
    return found


def test_members_stand_in_the_list(page: NotebookPage) -> None:
    write(page, "%%tana counter\nconst s = '😀'; kv.|\nconst after = 1")
    found = offered(page)
    assert found[:3] == ["get", "list", "put"]
    assert "print" not in found


@pytest.mark.parametrize("before", ["/* é */", "/* 😀 */"])
def test_a_key_is_put_in_where_the_cursor_is(page: NotebookPage, before: str) -> None:
    if max(before) > "\uffff" and _jupyterlab() < (4, 6):
        pytest.skip("this JupyterLab counts an emoji before the cursor as two: pip install 'jupyterlab>=4.6'")
    write(page, f"%%tana counter\n{before} await kv.get('user:a|')\nconst after = '😀'")
    page.page.keyboard.press("Tab")
    page.page.locator(".jp-Completer:not(.lm-mod-hidden) .jp-Completer-item").first.wait_for()
    page.page.keyboard.press("Enter")
    page.page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.source.includes('user:ada')"
    )
    assert source(page) == f"%%tana counter\n{before} await kv.get('user:ada')\nconst after = '😀'"


def test_shift_tab_shows_the_signature(page: NotebookPage) -> None:
    write(page, "%%tana counter\nconst s = '😀'; kv.put|('a', 1)")
    page.page.keyboard.press("Shift+Tab")
    tooltip = page.page.locator(".jp-Tooltip")
    tooltip.wait_for()
    page.page.wait_for_function("() => document.querySelector('.jp-Tooltip')?.innerText.includes('KvValue')")
    text = tooltip.inner_text()
    page.page.keyboard.press("Escape")
    assert "put(key: string, value: KvValue" in text
    assert "Stores a value of at most 25 MiB" in text


def test_an_error_is_coloured(page: NotebookPage) -> None:
    write(page, "%%tana counter\nnull.x|")
    page.run_all()
    html = page.output_html(2)
    assert "Runtime Error" in html
    assert "ansi-red-fg" in html
    assert "\x1b" not in page.output_text(2)
