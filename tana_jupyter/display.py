"""What a contract may show in the page: untrusted mime bundles made harmless."""

import base64
import html
import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

from tana_jupyter.guesttext import well_formed
from tana_jupyter.limits import DISPLAY_BYTES

Bundle = dict[str, object]

# What front ends show without running anything. The types of DRAWN become text/html; all else is dropped.
PLAIN: Final = frozenset({"text/plain", "text/latex", "image/png", "image/jpeg", "application/json"})
DRAWN: Final = ("text/html", "text/markdown", "image/svg+xml")

# Makes links and styles of its own, or redefines commands for every other formula of the page.
LATEX_ACTS: Final = re.compile(
    r"\\(?:href|url|style|class|cssId|data|bbox|enclose|require|mmlToken|includegraphics|unicode|csname|let|[gex]?def|newcommand"
    r"|renewcommand|providecommand|newenvironment|renewenvironment|Declare\w+|definecolor)(?![A-Za-z])"
)
BASE64: Final = re.compile(r"[A-Za-z0-9+/\n]+={0,2}\n?")

# Comes before the contract's own: without scripts a frame could still fetch, and so tell what it shows.
RULES: Final = (
    '<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'; "
    'img-src data:; font-src data:; media-src data:">'
)
BLOCKS: Final = re.compile(r"<(?:h[1-6]|p|tr|li|div|br|hr|pre|section)\b", re.IGNORECASE)
LINE_HEIGHT: Final = 22
LOWEST, HIGHEST = 60, 480
NAME, NAMED = 60, 5  # characters of a mime type that are printed, and how many that are not shown are named


def safe_bundle(bundle: object, *, trust_html: bool = False) -> Bundle:
    """The part of a bundle that may be shown; what is left out is named in its text.

    >>> safe_bundle({"text/html": "<b>hi</b>", "application/javascript": "alert(1)"})["text/plain"]
    'text/html, shown in a frame without scripts (application/javascript is not shown)'
    """
    if not isinstance(bundle, Mapping):  # such as a list or a number: JSON of the contract
        return {"text/plain": "(a display bundle is an object: mime type -> data)"}
    shown: Bundle = {}
    drawn: dict[str, str] = {}
    dropped: list[str] = []
    room = DISPLAY_BYTES
    for name, data in bundle.items():
        mime = well_formed(name)
        text = _characters(mime, data)
        problem = _problem(mime, text)
        if text is None or problem is not None:
            dropped.append(f"{_name(mime)}{problem}")
        elif len(text) > room:
            dropped.append(f"{_name(mime)} past {DISPLAY_BYTES // 2**20} MiB")
        elif trust_html or mime in PLAIN:
            room -= len(text)
            shown[mime] = text if isinstance(data, str) else json.loads(text)
        elif mime in DRAWN:
            room -= len(text)
            drawn[mime] = text
        else:
            dropped.append(_name(mime))
    if drawn:
        mime = min(drawn, key=DRAWN.index)
        shown["text/html"] = picture(drawn[mime]) if mime == "image/svg+xml" else frame(drawn[mime], mime)
    shown["text/plain"] = _text(shown, drawn, dropped)
    return shown


def frame(document: str, mime: str = "text/html") -> str:
    """HTML inside a frame that runs no script, fetches nothing and shares nothing with the page."""
    # Without scripts the frame cannot tell its height: this is a guess, and its corner can be dragged.
    lines = max(document.count("\n"), 2 * len(BLOCKS.findall(document))) + 1
    if mime == "text/markdown":
        document = f'<pre style="margin: 0; white-space: pre-wrap; font: inherit">{html.escape(document)}</pre>'
    height = min(max(LOWEST, lines * LINE_HEIGHT), HIGHEST)
    # What stands between the tags is for viewers that take frames out, as GitHub does.
    return (
        f'<iframe sandbox srcdoc="{html.escape(RULES + document, quote=True)}" '
        f'style="width: 100%; height: {height}px; border: 0; background: white; resize: vertical" '
        'title="shown by a contract">'
        f"{mime} of a contract: run the cell to see it</iframe>"
    )


def picture(svg: str) -> str:
    """SVG as an image, in which no script runs. Some viewers make ``image/svg+xml`` part of their page."""
    start = svg.find("<svg")
    if start >= 0 and "xmlns=" not in svg[start : svg.find(">", start)]:
        svg = f'{svg[:start]}<svg xmlns="http://www.w3.org/2000/svg"{svg[start + 4 :]}'
    data = base64.b64encode(svg.encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" style="max-width: 100%" alt="SVG of a contract">'


def _characters(mime: str, data: object) -> str | None:
    """The data as text, of JSON types as JSON; None where it is of the wrong kind: front ends fail on it."""
    if isinstance(data, str):
        return well_formed(data)
    if not mime.endswith("json"):
        return None
    try:
        return well_formed(json.dumps(data, ensure_ascii=False))
    except RecursionError:
        return None


def _problem(mime: str, text: str | None) -> str | None:
    """Why an entry is not shown even where HTML is trusted."""
    if text is None:
        return " of the wrong kind"
    if mime in {"image/png", "image/jpeg"} and not BASE64.fullmatch(text):
        return " that is no base64"
    if mime == "text/latex" and (found := LATEX_ACTS.search(text)):
        return f" with {found[0]}"
    return None


def _text(shown: Bundle, drawn: Mapping[str, str], dropped: Iterable[str]) -> str:
    """What terminals and notebook checks read: the contract's own text or what is shown, and what is not."""
    names = sorted(set(dropped))
    left_out = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
    note = f" ({left_out} {'is' if len(names) == 1 else 'are'} not shown)" if names else ""
    if "text/plain" in shown:
        return f"{shown['text/plain']}{note}"
    kinds = [mime for mime in shown if mime != "text/html" or not drawn]
    kinds += [f"{mime}, shown in a frame without scripts" if mime != DRAWN[-1] else mime for mime in drawn]
    return f"{', '.join(kinds) or 'nothing that can be shown'}{note}"


def _name(mime: str) -> str:
    """A mime type as it may be printed: contracts choose it."""
    text = "".join(letter if letter.isprintable() else "?" for letter in mime[:NAME])
    return text if len(mime) <= NAME else f"{text}…"
