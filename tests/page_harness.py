"""The page side of a widget in a real Chromium, with the real widget behind it and no Jupyter between the two.

    with shown(browser, session.browse(contract="shop")) as view:
        view.page.locator(".tana-line").first.click()

A message of the page is handed to the widget, and what the widget then sends is the page's answer.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import comm
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tana_jupyter import Session
from tests.browser_harness import Page as Comm

__all__ = ["expect"]

ADDRESS = "http://localhost/"

# What JupyterLab's own widget manager and anywidget do for a page, as far as ours uses it.
_HOST = """async ([esm, query, width]) => {
  const heard = new Map();
  const emit = (name, ...what) => { for (const listener of heard.get(name) ?? []) listener(...what); };
  const state = { query };
  const take = (messages) => {
    for (const data of messages) {
      if (data.method === "custom") emit("msg:custom", data.content);
      else if (data.method === "update" && data.state.query) { state.query = data.state.query; emit("change:query"); }
    }
  };
  const give = async (data) => {
    const answers = await window.deliver(data);
    if (!window.deaf) take(answers);
  };
  const ended = new Set();
  const model = {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; },
    save_changes: () => give({ method: "update", state: { query: state.query }, buffer_paths: [] }),
    send: (content) => {
      if (window.broken) throw new Error("Cannot send");
      give({ method: "custom", content });
    },
    on: (name, listener) => heard.set(name, [...(heard.get(name) ?? []), listener]),
    off: (name, listener) => heard.set(name, (heard.get(name) ?? []).filter((each) => each !== listener)),
    widget_manager: { kernel: { statusChanged: {
      connect: (listener) => ended.add(listener),
      disconnect: (listener) => ended.delete(listener),
    } } },
  };
  window.take = take;
  window.kernelIs = (status) => { for (const listener of ended) listener(null, status); };
  const element = document.createElement("div");
  element.style.width = `${width}px`;
  document.body.append(element);
  const { default: widget } = await import(URL.createObjectURL(new Blob([esm], { type: "text/javascript" })));
  window.remove = await widget.render({ model, el: element });
}"""


class View:
    """A widget on a page."""

    def __init__(self, page: Page, widget: Any, width: int) -> None:
        self.page = page
        self.widget = widget
        self.problems: list[str] = []
        """Errors and dialogs of the page; the end of the block looks at them."""
        self.asked: list[dict[str, Any]] = []
        """Every message of the page."""
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("dialog", lambda dialog: (self.problems.append(dialog.message), dialog.dismiss()))
        page.expose_function("deliver", self._deliver)
        # Only a page with an address of its own may use the clipboard.
        drawn = f"<!doctype html><meta charset=utf-8><style>{widget._css}</style>"
        page.route(ADDRESS, lambda route: route.fulfill(body=drawn, content_type="text/html"))
        page.goto(ADDRESS)
        page.evaluate(_HOST, [widget._esm, widget.query, width])

    def __getitem__(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def listed(self) -> list[str]:
        """The keys of the list, as they are shown."""
        return self[".tana-canvas .tana-key"].all_inner_texts()

    def line(self, key: str) -> Locator:
        """The line of a key."""
        return self[".tana-canvas > .tana-line"].filter(has=self.page.get_by_role("rowheader", name=key, exact=True))

    def focused(self) -> str:
        """What the keyboard acts on: a line's key, else an element's label."""
        return str(
            self.page.evaluate(
                """() => { const at = document.activeElement; return at.querySelector(".tana-key")?.textContent
                   ?? at.getAttribute("aria-label") ?? at.textContent; }"""
            )
        )

    def answer(self, label: str) -> None:
        """Press a button of the question that is asked."""
        self[".tana-dialog"].get_by_role("button", name=label, exact=True).click()

    def pages(self) -> list[dict[str, Any]]:
        """The queries of the pages that were asked for."""
        return [message for message in self.asked if message.get("verb") == "page"]

    def hear(self) -> None:
        """Let the page hear what the widget sent by itself since."""
        sent, self.widget.comm.sent[:] = list(self.widget.comm.sent), []
        self.page.evaluate("(messages) => window.take(messages)", sent)

    def _deliver(self, data: dict[str, Any]) -> list[dict[str, Any]]:
        self.asked.append(data.get("content", {}))
        before = len(self.widget.comm.sent)
        self.widget.comm.handle_msg({"content": {"data": data}, "buffers": []})
        sent: list[dict[str, Any]] = self.widget.comm.sent[before:]
        del self.widget.comm.sent[before:]
        return sent


@contextmanager
def shown(browser: Browser, widget: Any, width: int = 900) -> Iterator[View]:
    """A page with a widget, closed at the end of the block; nothing may have gone wrong in it by then."""
    context = browser.new_context(viewport={"width": width + 40, "height": 700})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    try:
        page = context.new_page()
        page.set_default_timeout(10_000)
        view = View(page, widget, width)
        yield view
        assert view.problems == []
    finally:
        context.close()


@contextmanager
def running(session: Session, contract: str = "shop") -> Iterator[None]:
    """The session as a message on another thread finds it in the middle of a cell."""
    started, done = threading.Event(), threading.Event()

    def run() -> None:
        with session._lock:
            session._running = contract
            started.set()
            done.wait()
            session._running = None

    thread = threading.Thread(target=run)
    thread.start()
    started.wait()
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.fixture
def comms(monkeypatch: pytest.MonkeyPatch) -> None:
    """Widgets get comms that keep what they send."""
    monkeypatch.setattr(comm, "create_comm", Comm)
