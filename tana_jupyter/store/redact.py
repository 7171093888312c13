"""Passwords in URLs: how they stay out of texts people will see, and where a driver would not find them."""

import re
from urllib.parse import unquote

_UNESCAPED = "The user or password in this URL holds / ? # or @: write %2F, %3F, %23 or %40 for it there"
_NO_HOST = "User and password stand behind two slashes: postgresql://user:password@host:port/database"
_NO_PORT = "The port in this URL is no number; a password stands before the host: user:password@host:port"

_HIDDEN = "***"
_SECRET = r"(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|credentials?)"
_QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""

_WORD = re.compile(r"\S+")
# Of a server: behind three slashes stands the name of a file, in which all letters are alike.
_SERVER = r"\b(?:postgres|redis)\w*:/{3,}"
_USER = re.compile(rf"(?:://|{_SERVER})[^:/@'\"]*:", re.IGNORECASE)
# A port is a number: anything else is a password that went astray.
_HOST = r"(?:\[[\w:.%]*\]|[^/?#\s:,@\[\]]*)"
_END = r"""/?#\s,'")@"""
_PORT = re.compile(rf"(://(?:[^/?#\s]*@)?(?:{_HOST}(?::\d*)?,)*{_HOST}:)[^{_END}]*[^\W\d_][^{_END}]*(?=[/?#\s,'\")]|$)")
_ADDRESS = re.compile(r"(?:\[[^\[\]]*\]|[^:]*)(?::\d*)?")
_ASTRAY = re.compile(rf"{_SERVER}[^/@?#]*:.*@", re.IGNORECASE)
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
    text = _PORT.sub(rf"\1{_HIDDEN}", text)
    text = _ASSIGNED.sub(rf"\1{_HIDDEN}", text)
    text = _ENTRY.sub(rf"\1'{_HIDDEN}'", text)
    return _COMMAND.sub(rf"(\1 {_HIDDEN})", text)


def misread(url: str) -> str | None:
    """What to mend in a URL of which a driver would take a piece of the password for something else.

    >>> misread("postgresql://ann:s/cret@db/tana")
    'The user or password in this URL holds / ? # or @: write %2F, %3F, %23 or %40 for it there'
    >>> misread("postgresql://ann:pw@db:s3cret/tana")
    'The port in this URL is no number; a password stands before the host: user:password@host:port'
    >>> misread("postgresql://ann:s%2Fcret@db:5432/tana") is None
    True
    """
    rest = url.partition("://")[2]
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if not authority and _ASTRAY.match(url):
        return _NO_HOST
    credentials, at, hosts = authority.rpartition("@")
    numbered = all(map(_ADDRESS.fullmatch, hosts.split(",")))
    if ("@" in credentials and ":" in authority) or (not numbered and not at and "@" in rest):
        return _UNESCAPED
    return None if numbered else _NO_PORT


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
    assigned = list(_ASSIGNED.finditer(url))
    given = [found[2] for found in assigned]
    if assigned:  # one that holds a space or a & goes on behind it
        given += [word for word in re.split(r"[\s&;,]", url[assigned[0].end() :]) if "=" not in word]
    if (place := _password(url)) is not None:
        given.append(url[slice(*place)])
    whole = {text for raw in given for text in (raw, unquote(raw))}
    parts = {part for text in whole for part in re.split(r"[@/?#:\[\]]", text)}
    return sorted((text for text in whole | parts if len(text) > 2), key=len, reverse=True)
