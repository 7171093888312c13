"""The keys a contract may use: 1 to 512 bytes of UTF-8, and neither ``.`` nor ``..``."""

from tana_jupyter import limits
from tana_jupyter.errors import GuestError
from tana_jupyter.guesttext import well_formed
from tana_jupyter.modules.kv.refusals import failed, key_too_long

SHORTEST_PLAIN = 3  # shorter ones may be empty, `.` or `..`
LONGEST = limits.KV_KEY
NAVIGATION = (b".", b"..")


def utf8(text: str) -> bytes:
    """A text of the contract as it is stored."""
    return well_formed(text).encode()


def checked(key: bytes, method: str) -> bytes:
    """Check a key as it arrives in the name of a call."""
    if SHORTEST_PLAIN <= len(key) <= LONGEST and key.isascii():
        return key  # nearly all of them, in one line
    if not key.isascii():
        try:
            key.decode()
        except UnicodeDecodeError:
            # The engine writes a lone surrogate as three bytes that no UTF-8 decoder takes.
            key = utf8(key.decode("utf-8", "surrogatepass"))
    if not key:
        raise GuestError("TypeError", "Key name cannot be empty.")
    if key in NAVIGATION:
        raise GuestError("TypeError", f'"{key.decode()}" is not allowed as a key name.')
    if len(key) > LONGEST:
        raise key_too_long(len(key), method)
    return key


def checked_member(text: str) -> bytes:
    """Check one key of a bulk get, which Cloudflare refuses in words of its own."""
    key = utf8(text)
    if not key:
        raise failed("GET_BULK", 400, "Key names must not be empty")
    if key in NAVIGATION:
        raise failed("GET_BULK", 400, f'Illegal key name "{text}". Please use a different name.')
    if len(key) > LONGEST:
        raise key_too_long(len(key), "GET_BULK")
    return key
