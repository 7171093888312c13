"""Reading HTML tables in tests."""

from __future__ import annotations

import html.parser


class Cells(html.parser.HTMLParser):
    """The texts of a table's cells, and every tag there is."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.notes: list[str] = []
        self._into: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self._into = self.rows[-1]
            self._into.append("")
        elif tag == "div":
            self._into = self.notes
            self._into.append("")

    def handle_endtag(self, tag: str) -> None:
        self._into = None if tag in {"td", "th", "div"} else self._into

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into[-1] += data
