"""URLs by the WHATWG parser: what ``new URL`` and its setters ask for."""

from tana_jupyter.errors import GuestError

PARTS = (
    *("href", "origin", "protocol", "username", "password", "host"),
    *("hostname", "port", "pathname", "search", "hash"),
)
SETTERS = frozenset(PARTS) - {"origin"}
MOST_CHARACTERS = 1024 * 1024

Parts = dict[str, str]


def parse_url(url: object = None, base: object = None, *_: object) -> Parts | None:
    """The parts of a URL, or None where it is not valid.

    >>> parse_url("../b?q=1", "https://example.org:8443/x/a")["href"]
    'https://example.org:8443/b?q=1'
    """
    try:
        return _parts(_parse(_text(url), None if base is None else _text(base)))
    except ValueError:
        return None


def set_part(url: object = None, part: object = None, value: object = None, *_: object) -> Parts | None:
    """The parts of a URL after one of them was set, or None where the standard ignores the value.

    >>> set_part("http://example.org/", "port", "8080")["host"]
    'example.org:8080'
    """
    if not isinstance(part, str) or part not in SETTERS:
        raise GuestError("TypeError", "A URL has no such part to set")
    try:
        parsed = _parse(_text(url))
        setattr(parsed, part, _text(value))
    except ValueError:
        return None
    return _parts(parsed)


def _parse(url: str, base: str | None = None) -> object:
    from ada_url import URL  # 12 ms that most cells need not spend

    return URL(url, base)


def _parts(parsed: object) -> Parts:
    return {part: getattr(parsed, part) for part in PARTS}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise GuestError("TypeError", "A URL is made of text")
    if len(value) > MOST_CHARACTERS:
        raise GuestError("TypeError", f"Invalid URL: it is longer than {MOST_CHARACTERS} characters")
    return value
