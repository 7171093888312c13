"""What comes with a value: when it expires, and its metadata."""

import json

import orjson

from tana_jupyter import limits
from tana_jupyter.errors import GuestError
from tana_jupyter.guesttext import well_formed
from tana_jupyter.modules.kv.refusals import failed

SECOND = 1_000_000  # microseconds
RANGE = "Value out of range. Must be between -2147483648 and 2147483647 (inclusive)."


def terms(now: int, ttl: object, expiration: object, metadata: bytes | None) -> tuple[int | None, bytes | None]:
    """What a row keeps of what a put came with: when it expires, and its metadata; all of it checked.

    Times are microseconds, but ``ttl`` and ``expiration`` seconds, as the contract gave them.

    >>> terms(1_700_000_000_700_000, 60, None, b'{"n":1}')
    (1700000060000000, b'{"n":1}')
    """
    return expires_at(now // SECOND, ttl, expiration), stored_metadata(metadata)


def expires_at(now: int, ttl: object, expiration: object) -> int | None:
    """Microseconds from seconds; a ttl wins over an expiration, which is then not even looked at."""
    if ttl is not None:
        ttl = _whole(ttl)
        if ttl <= 0:
            raise failed("PUT", 400, f"Invalid expiration_ttl of {ttl}. Please specify integer greater than 0.")
        if ttl < limits.KV_MIN_TTL:
            least = limits.KV_MIN_TTL
            raise failed("PUT", 400, f"Invalid expiration_ttl of {ttl}. Expiration TTL must be at least {least}.")
        return (now + ttl) * SECOND
    if expiration is None:
        return None
    expiration = _whole(expiration)
    if expiration <= now:
        rule = "Please specify integer greater than the current number of seconds since the UNIX epoch."
    elif expiration < now + limits.KV_MIN_TTL:
        rule = f"Expiration times must be at least {limits.KV_MIN_TTL} seconds in the future."
    else:
        return expiration * SECOND
    raise failed("PUT", 400, f"Invalid expiration of {expiration}. {rule}")


def stored_metadata(text: bytes | None) -> bytes | None:
    """Check metadata, which arrives as JSON; JSON's null is none at all."""
    if text is None or text == b"null":
        return None
    if len(text) > limits.KV_METADATA:
        raise failed("PUT", 413, f"Metadata length of {len(text)} exceeds limit of {limits.KV_METADATA}.")
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return _mended(text)
    return text


def _mended(text: bytes) -> bytes:
    """JSON whose strings hold lone surrogates, escaped; they become U+FFFD, as in values."""
    try:
        return well_formed(json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))).encode()
    except (ValueError, RecursionError):
        raise GuestError("TypeError", "Metadata crosses as JSON") from None


def _whole(seconds: object) -> int:
    if not isinstance(seconds, int) or not -limits.KV_MAX_TTL - 1 <= seconds <= limits.KV_MAX_TTL:
        raise GuestError("TypeError", RANGE)
    return seconds
