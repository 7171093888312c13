"""What contracts show, in a real JupyterLab, a real Notebook 7 and nbconvert: no script of theirs runs in a page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.lab import NotebookPage, Server

pytestmark = pytest.mark.needs("browser")

PATIENCE = 240.0

# Marks the page, and every page around it that it can reach.
MARK = "for (const w of [window, parent, top]) try { w.__pwned = NAME } catch {}"


def mark(name: str) -> str:
    return MARK.replace("NAME", f"'{name}'")


HOSTILE_HTML = {
    "script": f"<b>before</b><script>{mark('script')}</script>",
    "onerror": f'<img src="data:no" onerror="{mark("onerror")}">',
    "svg-onload": f'<svg onload="{mark("svg-onload")}"><animate onbegin="{mark("begin")}" dur="1s"/></svg>',
    "iframe-srcdoc": f'<iframe srcdoc="<script>{mark("srcdoc")}</script>"></iframe>',
    "iframe-javascript": f'<iframe src="javascript:{mark("iframe-javascript")}"></iframe>',
    "object": f'<object data="data:text/html,<script>{mark("object")}</script>"></object>',
    "link": f'<a id="link" href="javascript:{mark("link")}">click me</a>',
    "link-top": f'<a id="link" target="_top" href="javascript:{mark("link-top")}">click me</a>',
    "refresh": f'<meta http-equiv="refresh" content="0;url=javascript:{mark("refresh")}">',
    "refresh-away": '<meta http-equiv="refresh" content="0;url=/api/status?away">',
    "form": (
        f'<form target="_top" action="javascript:{mark("form")}"><button id="link">send</button></form>'
        '<form target="_top" action="/api/shutdown" method="post"><input type="submit"></form>'
    ),
    "cover": "<style>* { position: fixed; inset: 0; z-index: 99999; background: red }</style><div>cover</div>",
    "fetch": '<img src="/api/status?fetched"><link rel="stylesheet" href="/api/status?fetched">'
    '<style>body { background: url("/api/status?fetched") }</style><base href="/api/"><video src="status?fetched">',
    "breakout-iframe": f"</iframe><script>{mark('breakout-iframe')}</script>",
    "breakout-quote": f'"><script>{mark("breakout-quote")}</script>',
    "breakout-apostrophe": f"'><script>{mark('breakout-apostrophe')}</script>",
    "breakout-attribute": f'" onload="{mark("breakout-attribute")}" x="',
    "breakout-entity": f"&quot;><script>{mark('breakout-entity')}</script>",
    "breakout-twice": f"&amp;quot;&gt;&lt;script&gt;{mark('breakout-twice')}&lt;/script&gt;",
    "autofocus": f'<input autofocus onfocus="{mark("autofocus")}"><details open ontoggle="{mark("toggle")}">',
    "dialog": "<script>alert('dialog')</script><a id='link' href='javascript:alert(1)'>x</a>",
    "template": f'<template shadowrootmode="open"><script>{mark("template")}</script></template>',
    "mathjax": rf"$\href{{javascript:{mark('mathjax')}}}{{x}}$ \(\def\sum{{x}}\)",
}

SVG = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
HOSTILE_SVG = {
    "svg": f'<svg {SVG} onload="{mark("svg")}"><script>{mark("svg-script")}</script></svg>',
    "svg-foreign": (
        f'<svg {SVG}><foreignObject width="9" height="9"><body xmlns="http://www.w3.org/1999/xhtml">'
        f'<img src="x" onerror="{mark("svg-foreign")}"/><iframe srcdoc="x" onload="{mark("svg-frame")}"/></body>'
        "</foreignObject></svg>"
    ),
    "svg-link": f'<svg {SVG}><a xlink:href="javascript:{mark("svg-link")}"><text y="9">x</text></a></svg>',
    "svg-html": f"</svg><img src=x onerror='{mark('svg-html')}'><svg>",
    "svg-quote": f'"><img src=x onerror="{mark("svg-quote")}">',
    "svg-doctype": f'<!DOCTYPE svg [<!ENTITY x "<script>{mark("svg-doctype")}</script>">]><svg {SVG}>&x;</svg>',
    "svg-fetch": f'<svg {SVG}><image href="/api/status?fetched" width="9" height="9"/></svg>',
}

LATEX_LINK = r"$\href{javascript:parent.__pwned='latex'}{\text{click}}$"

DROPPED: dict[str, object] = {
    "application/javascript": mark("javascript"),
    "text/javascript": mark("text-javascript"),
    "application/vnd.jupyter.widget-view+json": {"model_id": "x", "version_major": 2, "version_minor": 0},
    "application/vnd.vegalite.v5+json": {"mark": "bar", "data": {"values": [{"a": 1}]}},
    "application/vnd.plotly.v1+json": {"data": [], "layout": {}},
    "application/vnd.jupyter.stdin": "x",
    "application/geo+json": {"type": "Point"},
    "application/pdf": "JVBERi0=",
    "application/x-unknown": "x",
    "text/HTML": f"<script>{mark('upper')}</script>",
    "text/html; charset=utf-8": f"<script>{mark('charset')}</script>",
    "__proto__": {"text/html": f"<script>{mark('proto')}</script>"},
    "constructor": f"<script>{mark('constructor')}</script>",
    "image/svg": f'<svg onload="{mark("image-svg")}"/>',
    "image/gif": "R0lGODdh",
    "text/latex": LATEX_LINK,
    "image/png": f'" onerror="{mark("png")}" x="',
    "text/html": 5,
    "text/markdown": None,
    "image/svg+xml": ["<svg/>"],
    "text/plain": {"toString": 1},
}


def value_cell(bundle: dict[str, object]) -> str:
    """A cell whose value is shown as the bundle."""
    text = json.dumps(json.dumps(bundle))
    return f'%%tana hostile\n({{ [Symbol.for("Jupyter.display")]: () => JSON.parse({text}) }})'


def display_cell(bundle: dict[str, object]) -> str:
    """A cell that shows the bundle while it runs."""
    text = json.dumps(json.dumps(bundle))
    return f"%%tana hostile\nawait Deno.jupyter.display(JSON.parse({text}), {{ raw: true }})"


def hostile_cells() -> dict[str, str]:
    """The hostile notebook, cell by cell."""
    cells = {f"html {name}": value_cell({"text/html": text}) for name, text in HOSTILE_HTML.items()}
    cells |= {f"svg {name}": display_cell({"image/svg+xml": text}) for name, text in HOSTILE_SVG.items()}
    every = "\n\n".join([*HOSTILE_HTML.values(), f"[link](javascript:{mark('md')})", "![x](javascript:alert(1))"])
    cells["markdown"] = f"%%tana hostile\nDeno.jupyter.md({json.dumps(every)})"
    cells["html helper"] = f"%%tana hostile\nDeno.jupyter.html`${{{json.dumps(HOSTILE_HTML['script'])}}}`"
    cells["svg helper"] = f"%%tana hostile\nDeno.jupyter.svg`${{{json.dumps(HOSTILE_SVG['svg'])}}}`"
    cells |= {f"dropped {name}": value_cell({name: data}) for name, data in DROPPED.items()}
    cells["dropped all"] = display_cell(DROPPED)
    cells["huge html"] = "%%tana hostile\nDeno.jupyter.html('x'.repeat(17 * 2**20))"
    cells["json"] = display_cell({"application/json": {"__proto__": "<img src=x onerror=alert(1)>", "a": [None]}})
    cells["json text"] = display_cell({"application/json": "<img src=x onerror=alert(1)>"})
    cells["latex"] = display_cell({"text/latex": r"$\frac{1}{2}$"})
    script = f'<script>{mark("text")}</script><img src=x onerror="{mark("text-image")}">{LATEX_LINK}'
    cells["plain"] = value_cell({"text/plain": f"{script}\x1b[31m javascript:alert(1)"})
    cells["value"] = f"%%tana hostile\n({{ text: {json.dumps(script)} }})"
    cells["console"] = f"%%tana hostile\nconsole.log({json.dumps(script)}); console.error({json.dumps(script)})"
    cells["error"] = f"%%tana hostile\nthrow new Error({json.dumps(script)})"
    cells["store"] = (
        "%%tana hostile\nimport { kv } from 'tana/kv'\n"
        f"await kv.put({json.dumps(script)}, {json.dumps(script)}); await kv.put('k', {json.dumps(LATEX_LINK)})"
    )
    cells["table"] = "%tana keys"
    return cells


CELLS = hostile_cells()


def check_page(page: NotebookPage, first: int) -> None:
    """Click whatever a contract offers to click; nothing may have happened to the page."""
    for frame in page.page.frames:
        if frame.parent_frame is page.page.main_frame and frame.locator("#link").count():
            frame.locator("#link").first.click(timeout=5000, force=True, no_wait_after=True)
    for link in page.page.locator(".jp-OutputArea-output a[href]").all():
        link.click(timeout=5000, force=True, no_wait_after=True)
    assert page.pwned() is None
    assert page.dialogs == []
    assert page.modals() == []
    assert page.page_errors == []
    assert page.page.url.startswith(page.server.url)
    assert "shutdown" not in page.page.url
    assert len(page.outputs(first + len(CELLS) - 1)) == 1


@pytest.fixture(scope="module")
def ran(lab: Server, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NotebookPage]:
    """The hostile notebook, run and drawn once for all tests here, with what the page fetched."""
    lab.write("hostile-tana.ipynb", ["%load_ext tana_jupyter", *CELLS.values()])
    with lab.open(browser, "hostile-tana.ipynb") as page:
        # What left the browser, answered or not; of a request that the frame's rules refuse it may tell as well.
        fetched: list[str] = []
        page.page.on("response", lambda got: fetched.append(got.url))
        page.page.on("requestfailed", lambda got: got.failure == "csp" or fetched.append(got.url))
        page.fetched = fetched
        page.run_all(PATIENCE)
        page.screenshot(tmp_path_factory.mktemp("shots") / "hostile.png")
        yield page


def at(name: str) -> int:
    """The place of a cell in the notebook."""
    return list(CELLS).index(name) + 1


def text_of(page: NotebookPage, name: str) -> str:
    """The ``text/plain`` that a cell leaves in the notebook."""
    (output,) = page.outputs(at(name))
    text = output["data"]["text/plain"]
    return text if isinstance(text, str) else "".join(text)


def test_nothing_runs_in_the_page(ran: NotebookPage) -> None:
    check_page(ran, 1)


def test_nothing_is_fetched(ran: NotebookPage) -> None:
    asked = [url for url in ran.fetched if "fetched" in url or "away" in url]
    assert asked == []


@pytest.mark.parametrize("name", [name for name in CELLS if name.startswith("html ")])
def test_html_stands_in_a_sandboxed_frame(ran: NotebookPage, name: str) -> None:
    output = ran.output_html(at(name))
    frames = re.findall(r"<iframe [^>]*>", output)
    assert len(frames) == 1
    assert ' sandbox=""' in frames[0]
    assert "<script" not in output.replace(frames[0], "")
    assert text_of(ran, name) == "text/html, shown in a frame without scripts"


@pytest.mark.parametrize("name", [name for name in CELLS if name.startswith("dropped ")])
def test_other_types_are_dropped_with_one_line(ran: NotebookPage, name: str) -> None:
    shown = ran.output_text(at(name)).strip()
    assert re.search(r"nothing that can be shown \(.* (is|are) not shown\)", shown)
    if name != "dropped all":
        assert name.removeprefix("dropped ") in shown
    assert not re.search(r"<(iframe|img|script|a|canvas|embed|object)\b", ran.output_html(at(name)))


def test_svg_is_an_image(ran: NotebookPage) -> None:
    for name in [name for name in CELLS if name.startswith("svg ")]:
        output = ran.output_html(at(name))
        assert len(re.findall(r'<img src="data:image/svg\+xml;base64,', output)) == 1, name
        assert len(re.findall("<svg", output)) == len(re.findall("<svg[^>]* data-icon=", output)), name


def test_texts_are_shown_as_they_are(ran: NotebookPage) -> None:
    for name in ["plain", "value", "console", "error", "table"]:
        assert "<script>" in ran.output_text(at(name)), name
        assert "<script" not in ran.output_html(at(name)), name
    assert ran.output_text(at("huge html")).strip().endswith("(text/html past 16 MiB is not shown)")


def test_formulas_of_a_contract_are_drawn(ran: NotebookPage) -> None:
    assert "mjx-" in ran.output_html(at("latex"))


def test_data_is_no_formula(ran: NotebookPage) -> None:
    """What lies in the store must not become a link, or a new meaning of a command, by standing between dollars."""
    for name in ["table", "value", "plain", "console", "error"]:
        assert "mjx-" not in ran.output_html(at(name)), name


def test_the_page_stays_usable(ran: NotebookPage) -> None:
    """Nothing covers the page: the top bar can be clicked."""
    ran.page.locator("text=File").first.click(timeout=10_000)
    ran.page.keyboard.press("Escape")
    assert ran.modals() == []


def test_saved_and_opened_again(ran: NotebookPage, browser: Browser) -> None:
    ran.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    path = ran.server.root / "hostile-tana.ipynb"
    saved = nbformat.read(path, 4)
    assert sum(bool(cell.outputs) for cell in saved.cells) >= len(CELLS) - 2
    strangers = "strangers.ipynb"
    # Changed outside of Jupyter, so that its signature is gone and it is trusted no longer.
    saved.cells.append(nbformat.v4.new_code_cell("'added'"))
    nbformat.write(saved, ran.server.root / strangers)
    for name in ["hostile-tana.ipynb", strangers]:
        with ran.server.open(browser, name) as page:
            check_page(page, 1)
            if name == strangers:
                assert "iframe" not in page.output_html(at("html script"))
                assert "text/html of a contract: run the cell" in page.output_text(at("html script"))


class Live(HTMLParser):
    """What of a page could run, other than what nbconvert itself brings along."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.frames = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "iframe":
            self.frames += 1
            if named.get("sandbox", "none"):
                self.found.append("an open frame")
        if tag in {"svg", "object", "embed", "form", "meta"} and "http-equiv" not in named:
            self.found += [tag] if tag != "meta" else []
        for name, value in attrs:
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"{tag} {name}={value}")
            if name != "srcdoc" and "__pwned" in (value or "") and tag != "a":
                self.found.append(f"{tag} {name}={value}")


def exported(path: Path, template: str) -> str:
    from nbconvert import HTMLExporter

    body, _ = HTMLExporter(template_name=template).from_filename(str(path))
    return str(body)


@pytest.mark.parametrize("template", ["lab", "classic", "basic"])
def test_nbconvert_writes_no_live_script(ran: NotebookPage, template: str) -> None:
    path = ran.server.root / "hostile-tana.ipynb"
    ran.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    empty = ran.server.root / "empty.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]), empty)
    page, none = exported(path, template), exported(empty, template)
    assert page.count("<script") == none.count("<script")
    live, own = Live(page), Live(none)
    assert live.found == own.found
    assert live.frames == len(HOSTILE_HTML) + 2


def test_an_exported_page_runs_nothing(ran: NotebookPage, browser: Browser, tmp_path: Path) -> None:
    ran.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    path = tmp_path / "exported.html"
    path.write_text(exported(ran.server.root / "hostile-tana.ipynb", "lab"), encoding="utf-8")
    page = browser.contexts[0].new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    # Its MathJax comes from elsewhere.
    page.route("http*://**", lambda route: route.abort())
    page.goto(path.as_uri())
    page.wait_for_timeout(500)
    found = [frame.evaluate("() => window.__pwned ?? null") for frame in page.frames if frame.url]
    page.close()
    assert set(found) == {None}
    assert dialogs == []


def test_trusted_html_runs(lab: Server, browser: Browser) -> None:
    """The setting lifts the rule, and shows that the tests above would see a script that runs."""
    cells = [
        "%load_ext tana_jupyter",
        "%config Tana.trust_html = True",
        value_cell({"text/html": HOSTILE_HTML["script"]}),
    ]
    assert lab.pwned(browser, cells) == "script"


def test_in_notebook_7_nothing_runs_either(notebook7: Server, browser: Browser) -> None:
    notebook7.write("hostile-tana.ipynb", ["%load_ext tana_jupyter", *CELLS.values()])
    with notebook7.open(browser, "hostile-tana.ipynb") as page:
        page.run_all(PATIENCE)
        check_page(page, 1)
