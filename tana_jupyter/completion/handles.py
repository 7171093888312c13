"""Contract handles in Python: ``session["`` and ``counter.call("``. Names are looked up, nothing is evaluated."""

import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tana_jupyter.completion.offers import Offer, Offers

if TYPE_CHECKING:
    from tana_jupyter.session import Session

_WHO = r"""(?P<root>[A-Za-z_]\w*)(?P<made>(?:\.session)?\(\))?(?:\[\s*['"](?P<key>[\w-]+)['"]\s*\])?"""
_STRING = r"""(?P<quote>['"])(?P<typed>[\w-]*)\Z"""
_INDEX = re.compile(rf"(?<![\w.]){_WHO}\[\s*{_STRING}")
_CALL = re.compile(rf"""(?<![\w.]){_WHO}\.call\(\s*(?:['"](?P<first>[\w-]*)['"]\s*,\s*)?{_STRING}""")


def offered(before: str, namespace: Mapping[str, Any], session: "Session | None") -> Offers | None:
    """The contracts of a session, or what a contract exports; None for any other Python."""
    if session is None or before[-1:].isspace() or not ("[" in before or ".call(" in before):
        return None
    index, call = _INDEX.search(before), _CALL.search(before)
    found = index or call
    if found is None:
        return None
    held = _held(found, namespace, session)
    if index is not None:
        return _named(held, found) if _is(held, "session", "Session") else None
    if _is(held, "session", "Session"):
        first = found["first"]
        if first is None:
            return _named(held, found)
        held = _contract(held, first)
    if not _is(held, "contract", "Contract"):
        return None
    return Offers(found["typed"], [Offer(name, "function") for name in held.exports if name.startswith(found["typed"])])


def _held(found: re.Match[str], namespace: Mapping[str, Any], session: "Session") -> Any:
    held = namespace.get(found["root"])
    if found["made"] is not None:
        ours = sys.modules["tana_jupyter"] if found["made"] != "()" else sys.modules.get("tana_jupyter.session")
        held = session if held is ours else None
    if found["key"] is not None:
        held = _contract(held, found["key"])
    return held


def _contract(session: Any, name: str) -> Any:
    return session[name] if _is(session, "session", "Session") and name in session else None  # no dict


def _is(held: Any, module: str, name: str) -> bool:
    """Whether a value is of our class; asks its type alone, since a value of the user's may answer with code."""
    ours = getattr(sys.modules.get(f"tana_jupyter.{module}"), name, None)
    return ours is not None and issubclass(type(held), ours)


def _named(session: Any, found: re.Match[str]) -> Offers:
    return Offers(found["typed"], [Offer(name, "contract") for name in session if name.startswith(found["typed"])])
