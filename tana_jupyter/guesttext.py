"""Text as JavaScript writes it: JSON, and strings that may hold half a surrogate pair."""

import json
from typing import Any

import orjson


def loads(text: bytes) -> Any:
    """Read JSON as the engine writes it, lone surrogates and deep nesting included.

    >>> loads(b'["user:1", null]')
    ['user:1', None]
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        # orjson refuses escaped lone surrogates, which JavaScript strings may hold.
        return json.loads(text)


def well_formed(text: str) -> str:
    r"""Replace lone surrogates by U+FFFD, as JavaScript's ``toWellFormed`` does.

    >>> well_formed("a\ud800b")
    'a\ufffdb'
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        # Halves that JSON escapes one by one belong together again after the round trip.
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
