"""``set`` and ``delete``."""

from tana_jupyter import limits
from tana_jupyter.errors import GuestError
from tana_jupyter.guesttext import loads
from tana_jupyter.modules.deno.databases import Databases
from tana_jupyter.modules.deno.keys import LONGEST_WRITE, checked_write, key_of
from tana_jupyter.modules.deno.refusals import read_only
from tana_jupyter.modules.deno.values import CONTROL, SURE, U64_END, checked, stored
from tana_jupyter.modules.deno.watching import Watching
from tana_jupyter.modules.host import Host
from tana_jupyter.spaces import DENO
from tana_jupyter.store.protocol import Write

MILLISECOND = 1000  # microseconds

_named = tuple.__new__  # makes a Write in half the time of Write(...)


class Writing:
    """Single writes of one contract."""

    def __init__(self, host: Host, databases: Databases, watching: Watching) -> None:
        self._host = host
        self._databases = databases
        self._watching = watching

    def set_packed(self, name: bytes, arguments: bytes) -> bytes:
        """Store a value: handle, key and value lie in the name, an argument says in how many milliseconds it ends."""
        database = self._databases.of(name[:4])
        end = name.find(b"\x01\x01") + 1
        key = key_of(name[4:end])
        if not 0 < len(key) <= LONGEST_WRITE:
            checked_write(key)
        value, encoding = name[end + 1 :], "json"
        if len(value) > SURE or value[:1] <= CONTROL:
            value, encoding = checked(stored(value))
        if self._host.situation.read_only:
            raise read_only(self._host.situation)
        until = None if arguments == b"[]" else expires_at(self._host.clock.now_us(), loads(arguments)[0])
        write = _named(Write, (DENO, database[1], key, value, encoding, until, None))
        done = database[0].commit((write,))
        assert done is not None  # nothing was checked
        if self._watching.raw:
            self._watching.touched(database, key)
        return b'"%016x0000"' % done[0]

    def delete_packed(self, name: bytes, _arguments: bytes) -> None:
        """Delete a key; handle and key lie in the name."""
        database = self._databases.of(name[:4])
        key = key_of(name[4:])
        if not 0 < len(key) <= LONGEST_WRITE:
            checked_write(key)
        if self._host.situation.read_only:
            raise read_only(self._host.situation)
        database[0].commit((_named(Write, (DENO, database[1], key, None, "json", None, None)),))
        if self._watching.raw:
            self._watching.touched(database, key)


def expires_at(now: int, milliseconds: object) -> int:
    """Microseconds of the end of a value that ends in so many milliseconds."""
    if isinstance(milliseconds, float) and milliseconds.is_integer():  # JavaScript writes 1e21
        milliseconds = min(int(milliseconds), U64_END - 1)
    if not isinstance(milliseconds, int) or isinstance(milliseconds, bool) or milliseconds < 0:
        shown = str(milliseconds)[:100]
        raise GuestError("TypeError", f"expireIn must be a non-negative integer: received {shown}")
    if milliseconds >= limits.DENO_EXPIRE_IN:
        raise GuestError("TypeError", f"Invalid mutation: expireIn is too large: {milliseconds}")
    return now + milliseconds * MILLISECOND
