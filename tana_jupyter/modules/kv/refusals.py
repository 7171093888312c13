"""How kv says no: Cloudflare's texts, Tana's where Tana has its own, and the status of either."""

from tana_jupyter import limits
from tana_jupyter.errors import GuestError
from tana_jupyter.situation import Situation


def failed(method: str, status: int, text: str, **fields: object) -> GuestError:
    """A refusal in Cloudflare's words.

    >>> str(failed("PUT", 400, "Invalid expiration_ttl of 0. Please specify integer greater than 0."))
    'KV PUT failed: 400 Invalid expiration_ttl of 0. Please specify integer greater than 0.'
    """
    return GuestError("Error", f"KV {method} failed: {status} {text}", status=status, **fields)


def in_tanas_words(text: str, method: str, status: int, theirs: str) -> GuestError:
    """A refusal in Tana's words, with Cloudflare's as its cause."""
    return GuestError("Error", text, status=status, cause=f"KV {method} failed: {status} {theirs}")


def key_too_long(size: int, method: str) -> GuestError:
    """For keys, prefixes and the bounds of a range."""
    theirs = f"UTF-8 encoded length of {size} exceeds key length limit of {limits.KV_KEY}."
    return in_tanas_words(f"KV key too long: {size} bytes (max {limits.KV_KEY})", method, 414, theirs)


def value_too_large(size: int) -> GuestError:
    """For a value past its limit."""
    theirs = f"Value length of {size} exceeds limit of {limits.KV_VALUE}."
    return in_tanas_words(f"KV value too large: {size} bytes (max {limits.KV_VALUE})", "PUT", 413, theirs)


def read_only(situation: Situation) -> GuestError:
    """For a write in a handler that may only read."""
    return GuestError("Error", f"KV is read-only in {situation.role}(): use contract() to change state")


def check_cache_ttl(seconds: int | None, method: str) -> None:
    """Refuse what Cloudflare would; nothing is cached here, so no value is ever stale."""
    if seconds is not None and seconds < limits.KV_MIN_CACHE_TTL:
        least = limits.KV_MIN_CACHE_TTL
        raise failed(method, 400, f"Invalid cache_ttl of {seconds}. Cache TTL must be at least {least}.")
