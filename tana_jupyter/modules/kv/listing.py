"""Pages of keys: prefix and range, order, and cursors that survive what happens between two pages."""

import base64
import binascii
import re
from operator import itemgetter

import orjson

from tana_jupyter import limits
from tana_jupyter.errors import GuestError
from tana_jupyter.modules.host import Host
from tana_jupyter.modules.kv.keys import utf8
from tana_jupyter.modules.kv.refusals import in_tanas_words, key_too_long
from tana_jupyter.modules.kv.terms import SECOND
from tana_jupyter.spaces import KV
from tana_jupyter.store.keys import after, prefix_end
from tana_jupyter.store.protocol import Row

# By index, for a list goes over a thousand rows.
_expires_at = itemgetter(Row._fields.index("expires_at"))
_metadata = itemgetter(Row._fields.index("metadata"))
CURSOR = re.compile(r"offset:(\d{1,15}):([\w=-]+)", re.ASCII)


class Listing:
    """``kv.list`` of one contract."""

    def __init__(self, host: Host) -> None:
        self._journal = host.journal
        self._contract = host.contract

    def page(
        self,
        prefix: str,
        limit: int,
        cursor: str,
        start: str | None = None,
        start_after: str | None = None,
        end: str | None = None,
        reverse: bool = False,
    ) -> bytes:
        """Columns of a page as JSON: names, the cursor or null, and expiration and metadata where a key has any."""
        low = _bound(prefix)
        high = prefix_end(low)
        if start is not None and start_after is not None:
            raise GuestError("TypeError", "list() cannot be called with both start and startAfter values.")
        if start is not None:
            low = max(low, _bound(start))
        if start_after is not None:
            low = max(low, after(_bound(start_after)))
        if end is not None:
            bound = _bound(end)
            high = bound if high is None else min(high, bound)
        count, last = _read_cursor(cursor)
        if last is not None and reverse:
            high = last if high is None else min(high, last)
        elif last is not None:
            low = max(low, after(last))
        limit = max(1, min(limit, limits.KV_LIST))
        rows = self._journal.scan(KV, self._contract, low, high, limit=limit + 1, reverse=reverse, keys_only=True)
        more = len(rows) > limit
        del rows[limit:]
        columns: dict[str, object] = {
            "names": [row.key.decode("utf-8", "replace") for row in rows],
            "cursor": _write_cursor(count + limit, rows[-1]) if more else None,
        }
        # Most pages have neither, and then the contract makes its keys in a third of the time.
        if any(map(_expires_at, rows)):
            columns["expiration"] = [None if at is None else at // SECOND for at in map(_expires_at, rows)]
        if any(map(_metadata, rows)):
            columns["metadata"] = [None if text is None else orjson.Fragment(text) for text in map(_metadata, rows)]
        return orjson.dumps(columns)


def _bound(text: str) -> bytes:
    bound = utf8(text)
    if len(bound) > limits.KV_LIST_PREFIX:
        raise key_too_long(len(bound), "GET")
    return bound


def _write_cursor(count: int, last: Row) -> str:
    """Opaque to contracts. It resumes behind a key, so that inserts and deletes between pages do no harm."""
    return f"offset:{count}:{base64.urlsafe_b64encode(last.key).decode()}"


def _read_cursor(cursor: str) -> tuple[int, bytes | None]:
    if not cursor:
        return 0, None
    parts = CURSOR.fullmatch(cursor)
    try:
        key = base64.urlsafe_b64decode(parts[2]) if parts else b""
    except (ValueError, binascii.Error):
        key = b""
    # Written again it must be the same text: the decoder skips what it does not know.
    if parts is None or not key or base64.urlsafe_b64encode(key).decode() != parts[2]:
        text = "Invalid cursor: pass the cursor that list() returned"
        raise in_tanas_words(text, "GET", 400, "Invalid cursor")
    return int(parts[1]), key
