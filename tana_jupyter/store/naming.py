"""Which URL a short word, an environment variable or nothing at all stands for."""

import os

from tana_jupyter.errors import StoreError

DEFAULT = "TANA_STORAGE"
# Word -> the variable that may hold its URL, and the URL where it does not.
WORDS: dict[str, tuple[str, str | None]] = {
    "memory": ("", "memory:"),
    "sqlite": ("", "sqlite:///tana.db"),
    "json": ("", "json:///storage.json"),
    "redis": ("REDIS_URL", "redis://localhost:6379"),
    "postgres": ("DATABASE_URL", None),
}


def url_of(asked: str | None = None) -> str:
    """Return the URL that was meant; what ``TANA_STORAGE`` says where nothing was asked for, else ``memory:``.

    >>> url_of("sqlite")
    'sqlite:///tana.db'
    >>> url_of("env:REDIS_URL")
    'redis://localhost:6379'

    :raises StoreError: the environment has no such variable.
    """
    if asked is None:
        asked = os.environ.get(DEFAULT, "").strip() or "memory:"
    asked = asked.strip()
    if asked.startswith("env:"):
        asked = _variable(asked.removeprefix("env:"))
    if asked.lower() not in WORDS:
        return asked
    variable, url = WORDS[asked.lower()]
    return _variable(variable) if url is None or os.environ.get(variable) else url


def _variable(name: str) -> str:
    name = name.strip()
    value = os.environ.get(name, "").strip()
    if not value and name and not name.isidentifier():  # a URL, maybe: what was typed is not repeated
        raise StoreError("env: takes the name of an environment variable that holds the URL, as in env:DATABASE_URL")
    if not value:
        raise StoreError(f"The environment variable {name or '(no name)'} is not set; it should hold the store's URL")
    return value
