"""``%config Tana``: what a user may change, validated."""

import functools
import re
from typing import Any

from traitlets import Bool, Float, Int, List, TraitError, Unicode, validate
from traitlets.config import Configurable

from tana_jupyter import limits
from tana_jupyter.network import DOMAINS

# Setting -> where a session keeps it.
PLACES = {
    "timeout": "timeout",
    "store_limit": "store_limit",
    "lab": "lab",
    "trust_html": "trust_html",
    "strict_handlers": "strict_handlers",
    "network": "network.enabled",
    "domains": "network.domains",
    "ports": "network.ports",
}


class Tana(Configurable):
    """Settings of the extension; ``%config Tana`` shows them, ``%config Tana.timeout = 5`` changes one."""

    timeout = Float(limits.RUN_SECONDS, min=0.1, max=limits.RUN_SECONDS_MOST, help="Seconds a cell may run.").tag(
        config=True
    )
    store_limit = Int(limits.STORE, min=1024, help="Bytes a memory: or json: store may hold.").tag(config=True)
    lab = Bool(False, help="Let contract code move the clock (tana/lab) on a shared store too.").tag(config=True)
    trust_html = Bool(False, help="Show HTML of contracts in the page itself, scripts and all.").tag(config=True)
    strict_handlers = Bool(False, help="Let get and post handlers read only, as Tana does.").tag(config=True)
    network = Bool(False, help="Let contract code fetch from the network (tana/utils).").tag(config=True)
    domains = List(
        Unicode(), list(DOMAINS), help="Host names contracts may fetch from, their subdomains included."
    ).tag(config=True)
    ports = List(Int(min=1, max=65535), help="Ports of this machine contracts may fetch from, as localhost.").tag(
        config=True
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._handed = {name: self.traits()[name].default() for name in PLACES}

    @validate("domains")
    def _host_names(self, proposal: Any) -> list[str]:
        for name in proposal["value"]:
            if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[::1\]", name):
                raise TraitError(f"{name!r} is no host name: write it as in 'tana.dev', in lower case")
        return list(proposal["value"])

    def apply(self, session: Any) -> None:
        """Hand to a session what was changed here; what was set on the session itself stays as it is."""
        for name, place in PLACES.items():
            value = getattr(self, name)
            if value != self._handed[name]:
                *path, last = place.split(".")
                setattr(functools.reduce(getattr, path, session), last, value)
                self._handed[name] = list(value) if isinstance(value, list) else value
