"""What changes between two values, line by line."""

from difflib import SequenceMatcher
from itertools import islice

from tana_jupyter import limits
from tana_jupyter.views.browser.jsontext import pretty, valid
from tana_jupyter.views.preview import too_deep

CONTEXT = 3
LINES = 400
LINE = 500  # characters
Line = dict[str, str]


def diff(before: bytes | None, after: bytes | None) -> list[Line]:
    """Lines with ``-`` for what goes, ``+`` for what comes and blank for what stays near them.

    >>> diff(b'{"n":1}', b'{"n":2}')[1:3]
    [{'op': '-', 'text': '  "n": 1'}, {'op': '+', 'text': '  "n": 2'}]
    """
    if max(len(before or b""), len(after or b"")) > limits.BROWSER_VALUE:
        return [_line(" ", "(too large to compare line by line)")]
    old, new = lines(before), lines(after)
    found: list[Line] = []
    for number, group in enumerate(SequenceMatcher(a=old, b=new).get_grouped_opcodes(CONTEXT)):
        if number:
            found.append(_line(" ", "…"))
        for op, a, b, c, d in group:
            if op == "equal":
                found += [_line(" ", text) for text in old[a:b]]
            else:
                found += [_line("-", text) for text in old[a:b]]
                found += [_line("+", text) for text in new[c:d]]
    if len(found) > LINES:
        rest = len(found) - LINES
        found = [*islice(found, LINES), _line(" ", f"… {rest:,} more lines")]
    return found


def lines(value: bytes | None) -> list[str]:
    """A value as lines: JSON objects and arrays indented, other texts as they are, none where there is no value."""
    if value is None:
        return []
    text = value.decode("utf-8", "replace")
    if text[:1] in {"{", "["} and not too_deep(value) and valid(value):
        return pretty(text)
    return text.splitlines() or ["(empty)"]


def _line(op: str, text: str) -> Line:
    return {"op": op, "text": text if len(text) <= LINE else f"{text[:LINE]}…"}
