"""The one function that takes passwords out of texts people will see."""

import re
from urllib.parse import unquote

_HIDDEN = "***"
_SECRET = r"(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|credentials?)"
_QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""

_WORD = re.compile(r"\S+")
_USER = re.compile(r"://[^:/@'\"]*:")
# password=..., ?password=...&, password='...' and PGPASSWORD=...
_ASSIGNED = re.compile(rf"({_SECRET}\s*=\s*)({_QUOTED}|[^\s&;,)'\"]+)", re.IGNORECASE)
# 'password': '...' as in a dict or JSON
_ENTRY = re.compile(rf"""({_SECRET}["']\s*:\s*b?)({_QUOTED})""", re.IGNORECASE)
# Redis repeats the command it refused.
_COMMAND = re.compile(r"\((AUTH|HELLO)\s[^)]*\)", re.IGNORECASE)


def redact(text: str, url: str = "") -> str:
    """Return ``text`` with every password in it replaced by ``***``.

    Give the store's own ``url`` where there is one: a driver that misread it repeats pieces of the password
    in places where no pattern would expect them.

    >>> redact("postgresql://ann:s3cret@db:5432/tana?sslmode=require")
    'postgresql://ann:***@db:5432/tana?sslmode=require'
    >>> redact("host=db user=ann password='s 3' port=5432")
    'host=db user=ann password=*** port=5432'
    >>> redact("no such host: cret@db", "postgresql://ann:s3@cret@db/tana")
    'no such host: ***@db'
    """
    for piece in _pieces(url):
        text = text.replace(piece, _HIDDEN)
    text = _WORD.sub(_without_password, text)
    text = _ASSIGNED.sub(rf"\1{_HIDDEN}", text)
    text = _ENTRY.sub(rf"\1'{_HIDDEN}'", text)
    return _COMMAND.sub(rf"(\1 {_HIDDEN})", text)


def is_ambiguous(url: str) -> bool:
    """Whether a password is not escaped, so that drivers would take a piece of it for the host or the database.

    >>> is_ambiguous("postgresql://ann:s/cret@db/tana"), is_ambiguous("postgresql://ann:s%2Fcret@db/tana")
    (True, False)
    """
    rest = url.partition("://")[2]
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in authority:
        return ":" in authority and authority.count("@") > 1
    port = authority.rpartition(":")[2] if ":" in authority else ""
    return bool(port) and not port.isdigit() and not authority.endswith("]") and "@" in rest


def _password(word: str) -> tuple[int, int] | None:
    """Where the password of scheme://user:password@host lies."""
    # Up to the last @, for it may hold @, / and : unescaped, which is exactly when a driver complains.
    end = word.rfind("@")
    user = _USER.search(word, 0, end) if end > 0 else None
    return (user.end(), end) if user else None


def _without_password(word: re.Match[str]) -> str:
    place = _password(word[0])
    return f"{word[0][: place[0]]}{_HIDDEN}{word[0][place[1] :]}" if place else word[0]


def _pieces(url: str) -> list[str]:
    """The passwords of a URL, raw and decoded, and what a driver may part them into."""
    given = [found[2] for found in _ASSIGNED.finditer(url)]
    if (place := _password(url)) is not None:
        given.append(url[slice(*place)])
    whole = {text for raw in given for text in (raw, unquote(raw))}
    parts = {part for text in whole for part in re.split(r"[@/?#:]", text)}
    return sorted((text for text in whole | parts if len(text) > 2), key=len, reverse=True)
