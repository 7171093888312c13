"""What of an untrusted mime bundle may be shown."""

from __future__ import annotations

import base64
import html
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter import Session
from tana_jupyter.display import RULES, frame, picture, safe_bundle
from tana_jupyter.errors import ContractError
from tana_jupyter.limits import DISPLAY_BYTES, DISPLAYS, DISPLAYS_BYTES

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SHOWN = {"text/plain", "text/html", "text/latex", "image/png", "image/jpeg", "application/json"}


class Tags(HTMLParser):
    """The tags of a text, and the texts between them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


PASSES = [
    ({"text/plain": "hi"}, {"text/plain": "hi"}),
    ({"text/latex": "$x^2$"}, {"text/latex": "$x^2$", "text/plain": "text/latex"}),
    ({"image/png": PIXEL}, {"image/png": PIXEL, "text/plain": "image/png"}),
    ({"image/jpeg": "/9j/4AA="}, {"image/jpeg": "/9j/4AA=", "text/plain": "image/jpeg"}),
    ({"application/json": [1, None]}, {"application/json": [1, None], "text/plain": "application/json"}),
    ({"application/json": None}, {"application/json": None, "text/plain": "application/json"}),
    ({"application/json": "x"}, {"application/json": "x", "text/plain": "application/json"}),
]


@pytest.mark.parametrize(("bundle", "shown"), PASSES)
def test_what_runs_nothing_passes(bundle: dict[str, object], shown: dict[str, object]) -> None:
    assert safe_bundle(bundle) == shown


NOTES = [
    ({"application/javascript": "alert(1)"}, "(application/javascript is not shown)"),
    ({"text/javascript": "alert(1)"}, "(text/javascript is not shown)"),
    (
        {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}},
        "(application/vnd.jupyter.widget-view+json is not shown)",
    ),
    ({"application/vnd.vegalite.v5+json": {}}, "(application/vnd.vegalite.v5+json is not shown)"),
    ({"application/geo+json": {}}, "(application/geo+json is not shown)"),
    ({"application/pdf": "JVBERi0="}, "(application/pdf is not shown)"),
    ({"image/gif": "R0lGODdh"}, "(image/gif is not shown)"),
    ({"text/HTML": "<b>"}, "(text/HTML is not shown)"),
    ({"text/html;charset=utf-8": "<b>"}, "(text/html;charset=utf-8 is not shown)"),
    ({"text/html ": "<b>"}, "(text/html  is not shown)"),
    ({"__proto__": {"text/html": "<b>"}}, "(__proto__ of the wrong kind is not shown)"),
    ({"constructor": "x", "toString": "y"}, "(constructor, toString are not shown)"),
    ({"": "x"}, "( is not shown)"),
    ({"a\nb\x1b[31m/c": "x"}, "(a?b?[31m/c is not shown)"),
    ({"x" * 500: "x"}, f"({'x' * 60}… is not shown)"),
    ({f"x/{n}": "x" for n in range(9)}, "(x/0, x/1, x/2, x/3, x/4 and 4 more are not shown)"),
    ({"text/html": 5}, "(text/html of the wrong kind is not shown)"),
    ({"text/html": None}, "(text/html of the wrong kind is not shown)"),
    ({"text/html": ["<b>", "</b>"]}, "(text/html of the wrong kind is not shown)"),
    ({"text/markdown": {"a": {"b": []}}}, "(text/markdown of the wrong kind is not shown)"),
    ({"text/plain": 5}, "(text/plain of the wrong kind is not shown)"),
    ({"text/plain": {"toString": 1}}, "(text/plain of the wrong kind is not shown)"),
    ({"image/svg+xml": []}, "(image/svg+xml of the wrong kind is not shown)"),
    ({"image/png": {"src": "x"}}, "(image/png of the wrong kind is not shown)"),
    ({"image/png": '" onerror="alert(1)'}, "(image/png that is no base64 is not shown)"),
    ({"image/png": ""}, "(image/png that is no base64 is not shown)"),
    ({"image/jpeg": "javascript:alert(1)"}, "(image/jpeg that is no base64 is not shown)"),
    ({"text/html": "x" * (DISPLAY_BYTES + 1)}, "(text/html past 16 MiB is not shown)"),
    ({"application/json": ["x" * DISPLAY_BYTES]}, "(application/json past 16 MiB is not shown)"),
    ({}, ""),
]


@pytest.mark.parametrize(("bundle", "note"), NOTES, ids=[note[:40] for _, note in NOTES])
def test_everything_else_is_dropped_with_one_line(bundle: dict[str, object], note: str) -> None:
    shown = safe_bundle(bundle)
    assert shown == {"text/plain": f"nothing that can be shown {note}".rstrip()}
    beside = safe_bundle({**bundle, "text/plain": "own words"}) if "text/plain" not in bundle else shown
    assert str(beside["text/plain"]).endswith(note)
    assert "\n" not in str(beside["text/plain"])


@pytest.mark.parametrize("bundle", [None, 5, "text/html", ["text/html"], True, 1.5])
def test_what_is_no_bundle_shows_a_line(bundle: object) -> None:
    for trust in (False, True):
        assert safe_bundle(bundle, trust_html=trust) == {
            "text/plain": "(a display bundle is an object: mime type -> data)"
        }


def test_all_entries_share_one_limit() -> None:
    half = "x" * (DISPLAY_BYTES // 2)
    shown = safe_bundle({"text/latex": half, "text/plain": half, "application/json": {}})
    assert set(shown) == {"text/latex", "text/plain"}
    assert str(shown["text/plain"]).endswith("x (application/json past 16 MiB is not shown)")


LATEX = [
    r"$\href{javascript:alert(1)}{x}$",
    r"$\href {javascript:alert(1)}{x}$",
    r"\[\style{position:fixed;inset:0}{x}\]",
    r"$\class{jp-Dialog}{x}$",
    r"$\cssId{main}{x}$",
    r"$\require{html}$",
    r"$\def\sum{\prod}$",
    r"$\gdef\sum{\prod}$",
    r"$\let\sum\prod$",
    r"$\newcommand{\sum}{x}$",
    r"$\csname href\endcsname{javascript:alert(1)}{x}$",
    r"$\mmlToken{mi}[href='javascript:alert(1)']{x}$",
    r"$\bbox[position:fixed]{x}$",
    r"$\DeclareMathOperator{\sum}{x}$",
]


@pytest.mark.parametrize("latex", LATEX)
def test_latex_that_acts_is_dropped(latex: str) -> None:
    shown = safe_bundle({"text/latex": latex, "text/plain": "own"})
    assert set(shown) == {"text/plain"}
    assert re.fullmatch(r"own \(text/latex with \\\w+ is not shown\)", str(shown["text/plain"]))


@pytest.mark.parametrize(
    "latex", [r"$\frac{1}{2}$", r"\begin{align}a&=b\end{align}", r"$\left(\delta\right)$", r"$\defas$"]
)
def test_latex_that_only_shows_passes(latex: str) -> None:
    assert safe_bundle({"text/latex": latex})["text/latex"] == latex


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "'><script>alert(1)</script>",
    "</iframe><script>alert(1)</script>",
    '" onload="alert(1)',
    "&quot; onload=&quot;alert(1)",
    "&#34;><script>alert(1)</script>",
    "--><script>",
    "]]></textarea></title></style></script><script>alert(1)</script>",
    "\x00<script>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
]


@pytest.mark.parametrize("mime", ["text/html", "text/markdown", "image/svg+xml"])
@pytest.mark.parametrize("document", HOSTILE)
def test_a_document_cannot_leave_its_frame(mime: str, document: str) -> None:
    _check_drawn(mime, document)


@given(
    st.sampled_from(["text/html", "text/markdown", "image/svg+xml"]),
    st.text() | st.text("<>\"'&;#/=svg xmlns-![]`\n\x00"),
)
def test_no_document_at_all_can_leave_its_frame(mime: str, document: str) -> None:
    _check_drawn(mime, document)


def _check_drawn(mime: str, document: str) -> None:
    """The HTML is one tag of ours, and what is inside is the document, exactly."""
    shown = safe_bundle({mime: document})
    assert set(shown) == {"text/html", "text/plain"}
    parsed = Tags(str(shown["text/html"]))
    ((tag, attributes),) = parsed.tags
    if mime == "image/svg+xml":
        assert (tag, set(attributes)) == ("img", {"src", "style", "alt"})
        kind, _, data = str(attributes["src"]).partition(",")
        assert kind == "data:image/svg+xml;base64"
        inside = base64.b64decode(data).decode()
        assert inside.replace('<svg xmlns="http://www.w3.org/2000/svg"', "<svg", 1) == document.replace(
            '<svg xmlns="http://www.w3.org/2000/svg"', "<svg", 1
        )
        return
    assert (tag, set(attributes)) == ("iframe", {"sandbox", "srcdoc", "style", "title"})
    assert not attributes["sandbox"]
    assert parsed.texts == [f"{mime} of a contract: run the cell to see it"]
    inside = str(attributes["srcdoc"])
    assert inside.startswith(RULES)
    inside = inside[len(RULES) :]
    if mime == "text/html":
        assert inside == document
    else:
        assert re.fullmatch(r"<pre style=\"[^\"<>]*\">[^<>]*</pre>", inside)
        assert html.unescape(inside[inside.index(">") + 1 : -len("</pre>")]) == html.unescape(html.escape(document))


def test_html_comes_before_markdown_and_markdown_before_svg() -> None:
    shown = safe_bundle({"image/svg+xml": "<svg/>", "text/markdown": "*m*", "text/html": "<b>h</b>"})
    assert shown["text/html"] == frame("<b>h</b>")
    assert safe_bundle({"image/svg+xml": "<svg/>", "text/markdown": "*m*"})["text/html"] == frame(
        "*m*", "text/markdown"
    )


def test_svg_without_a_namespace_is_given_one() -> None:
    def drawn(svg: str) -> str:
        (_, attributes) = Tags(picture(svg)).tags[0]
        return base64.b64decode(str(attributes["src"]).partition(",")[2]).decode()

    assert drawn("<svg width='1'><svg/></svg>") == ("<svg xmlns=\"http://www.w3.org/2000/svg\" width='1'><svg/></svg>")
    assert drawn("<?xml version='1.0'?><svg/>") == "<?xml version='1.0'?><svg xmlns=\"http://www.w3.org/2000/svg\"/>"
    whole = '<svg xmlns="http://www.w3.org/2000/svg"/>'
    assert drawn(whole) == whole


def test_a_frame_grows_with_its_lines_up_to_a_limit() -> None:
    heights = [re.search(r"height: (\d+)px", frame("\n" * lines)) for lines in (0, 9, 10_000)]
    assert [found and int(found[1]) for found in heights] == [60, 220, 480]


def test_trust_lets_everything_through_that_front_ends_can_read() -> None:
    bundle = {
        "text/html": "<script>1</script>",
        "application/javascript": "1",
        "image/svg+xml": "<svg/>",
        "application/vnd.x+json": {"a": 1},
    }
    shown = safe_bundle(bundle, trust_html=True)
    assert {name: shown[name] for name in bundle} == bundle
    assert set(safe_bundle({"\ud800/x": "a"}, trust_html=True)) == {"\ufffd/x", "text/plain"}
    assert safe_bundle({"text/html": 5, "text/plain": "x"}, trust_html=True) == {
        "text/plain": "x (text/html of the wrong kind is not shown)"
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
MIMES = st.sampled_from(sorted(SHOWN | {"text/markdown", "image/svg+xml", "__proto__"})) | st.text(st.characters())


@given(st.dictionaries(MIMES, JSON, max_size=6) | JSON, st.booleans())
def test_any_bundle_becomes_one_that_can_be_sent_and_saved(bundle: object, trust: bool) -> None:
    shown = safe_bundle(bundle, trust_html=trust)
    json.dumps(shown, ensure_ascii=False).encode()
    assert isinstance(shown["text/plain"], str)
    assert trust or set(shown) <= SHOWN
    assert all(isinstance(data, str) for mime, data in shown.items() if not mime.endswith("json"))


DISPLAY = '({{[Symbol.for("Jupyter.display")]: () => ({})}})'


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def displayed(session: Session) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    session.display = shown.append
    return shown


VALUES = [
    ('{"text/plain": "hi"}', "hi"),
    ('{"text/html": "<b>"}', "text/html, shown in a frame without scripts"),
    ('{"text/plain": 5}', "nothing that can be shown (text/plain of the wrong kind is not shown)"),
    ('{["__proto__"]: 1, "text/plain": "p"}', "p (__proto__ of the wrong kind is not shown)"),
    ('{"text/plain": "a\\ud800b"}', "a\ufffdb"),
    ('{"\\ud800/x": "a"}', "nothing that can be shown (\ufffd/x is not shown)"),
]


@pytest.mark.parametrize(("bundle", "text"), VALUES)
def test_the_value_of_a_cell_shows_its_bundle(session: Session, bundle: str, text: str) -> None:
    outcome = session.run(DISPLAY.format(bundle))
    assert outcome._repr_mimebundle_()["text/plain"] == text


@pytest.mark.parametrize(
    "bundle",
    [
        "5",
        "null",
        "[1]",
        "'x'",
        "undefined",
        "{a: 1n}",
        "(() => { throw 1 })()",
        "(() => { let a = []; for (let i = 0; i < 3000; i++) a = [a]; return {'application/json': a} })()",
        "(() => { let a = []; for (let i = 0; i < 100000; i++) a = [a]; return {'application/json': a} })()",
        "{toJSON() { throw null }}",
        "new Proxy({}, {ownKeys() { throw new Error('no') }})",
    ],
)
def test_a_bundle_that_is_none_shows_one_line(session: Session, bundle: str) -> None:
    shown = session.run(DISPLAY.format(bundle))._repr_mimebundle_()
    assert set(shown) == {"text/plain"}
    assert "\n" not in str(shown["text/plain"])
    assert session.run("1 + 1").value == 2


def test_a_bundle_may_be_awaited(session: Session) -> None:
    """As in Deno: the method may be asynchronous."""
    outcome = session.run('({[Symbol.for("Jupyter.display")]: async () => ({"text/plain": "later"})})')
    assert outcome._repr_mimebundle_()["text/plain"] == "later"
    failed = session.run('({[Symbol.for("Jupyter.display")]: async () => { throw new Error("no") }})')
    assert failed._repr_mimebundle_() == {"text/plain": "Jupyter.display failed: Error: no"}
    with pytest.raises(ContractError, match="awaits something that nothing can resolve"):
        session.run('({[Symbol.for("Jupyter.display")]: () => new Promise(() => 1)})')


def test_display_helpers(session: Session, displayed: list[dict[str, Any]]) -> None:
    session.run(
        "await Deno.jupyter.display(Deno.jupyter.html`<b>${1 + 1}</b>`)\n"
        "await Deno.jupyter.display(Deno.jupyter.md('*x*'))\n"
        "await Deno.jupyter.display(Deno.jupyter.svg`<svg/>`)\n"
        "await Deno.jupyter.display({a: [1]})\n"
        "await Deno.jupyter.display({'text/plain': 'raw'}, {raw: true})\n"
        "await Deno.jupyter.display({[Deno.jupyter.$display]: async () => ({'text/plain': 'later'})})\n"
    )
    assert [bundle.get("text/html") for bundle in displayed] == [
        frame("<b>2</b>"),
        frame("*x*", "text/markdown"),
        picture("<svg/>"),
        None,
        None,
        None,
    ]
    assert [bundle["text/plain"] for bundle in displayed[3:]] == ["{ a: [ 1 ] }", "raw", "later"]


@pytest.mark.parametrize("value", ["undefined", "null", "5", "'x'", "[]", "1n"])
def test_display_refuses_what_is_no_bundle(session: Session, displayed: list[dict[str, Any]], value: str) -> None:
    with pytest.raises(ContractError, match="TypeError"):
        session.run(f"await Deno.jupyter.display({value}, {{raw: true}})")
    assert displayed == []


def test_a_run_cannot_flood_the_page(session: Session, displayed: list[dict[str, Any]]) -> None:
    with pytest.raises(ContractError, match="A run shows at most 100 displays and 32 MiB"):
        session.run("for (;;) await Deno.jupyter.display(5)")
    assert len(displayed) == DISPLAYS
    displayed.clear()
    session.run("await Deno.jupyter.display(5)")
    assert len(displayed) == 1
    displayed.clear()
    with pytest.raises(ContractError, match="A run shows at most 100 displays and 32 MiB"):
        session.run("for (;;) await Deno.jupyter.display({'text/plain': 'x'.repeat(5e6)}, {raw: true})")
    assert 0 < sum(len(bundle["text/plain"]) for bundle in displayed) <= DISPLAYS_BYTES


def test_displays_and_console_keep_their_order(session: Session, displayed: list[dict[str, Any]]) -> None:
    seen: list[str] = []
    session.show = lambda _, text: seen.append(text)
    session.display = lambda bundle: seen.append(str(bundle["text/plain"]))
    session.run("for (let i = 0; i < 40; i++) { console.log(i); await Deno.jupyter.display(100 + i) }")
    assert "".join(seen) == "".join(f"{i}\n{100 + i}" for i in range(40))
    assert displayed == []


def test_trust_reaches_the_page(session: Session) -> None:
    session.trust_html = True
    shown = session.run(DISPLAY.format("{'text/html': '<b>x</b>'}"))._repr_mimebundle_()
    assert shown["text/html"] == "<b>x</b>"
