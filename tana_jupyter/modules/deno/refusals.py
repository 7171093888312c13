"""How Deno KV says no where the rule is this project's own."""

from tana_jupyter.errors import GuestError
from tana_jupyter.modules.host import Host
from tana_jupyter.situation import Situation

CLASSES = 20  # classes named in one run


def read_only(situation: Situation) -> GuestError:
    """For a write in a handler that may only read."""
    return GuestError("Error", f"Deno KV is read-only in {situation.role}(): use contract() to change state")


def cannot_open(path: str) -> GuestError:
    """For a database that is a file or a server: the isolate opens neither."""
    text = (
        f"Contracts open no database of their own: {path[:100]!r}. Deno.openKv() is this contract's part of the"
        " notebook's store; to keep that in a file, run %tana store sqlite:///notebook.db"
    )
    return GuestError("Error", text)


class Flattening:
    """Tells once a run which classes lost their type, as plain objects are all that comes back of them."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._receipt: object = None
        self._told: set[str] = set()

    def note(self, name: str) -> None:
        """An instance of this class was stored."""
        receipt = self._host.journal.receipt
        if receipt is not self._receipt:  # a new run
            self._receipt, self._told = receipt, set()
        name = name[:100]
        if name not in self._told and len(self._told) < CLASSES:
            self._told.add(name)
            self._host.write("warn", f"Deno KV stores an instance of {name} as a plain object: its class is lost")
