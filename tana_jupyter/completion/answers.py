"""From a place in a cell to what is known there: what can be typed, and what the name under the cursor is."""

from typing import TYPE_CHECKING

from IPython.core.interactiveshell import InteractiveShell

from tana_jupyter.completion import inspection, lines, offers
from tana_jupyter.completion.cells import Body, Line, Python, locate
from tana_jupyter.completion.look import Surroundings

if TYPE_CHECKING:
    from tana_jupyter.session import Session


def offered(place: Body | Line, shell: InteractiveShell, session: "Session | None") -> offers.Offers | None:
    """What Tab offers; None where others may know more."""
    surroundings = _surroundings(place, shell, session)
    if isinstance(place, Body):
        return offers.offered(place.text, place.offset, surroundings)
    return lines.offered(place, shell, surroundings)


def described(text: str, offset: int, shell: InteractiveShell, session: "Session | None") -> tuple[bool, str | None]:
    """Whether the place is ours to explain, and what Shift+Tab shows there."""
    place = locate(text, offset)
    if isinstance(place, Python):
        return False, None
    if isinstance(place, Line):
        return True, lines.explained(place, shell)
    return True, inspection.described(place.text, place.offset, _surroundings(place, shell, session))


def _surroundings(place: Body | Line, shell: InteractiveShell, session: "Session | None") -> Surroundings:
    if isinstance(place, Body):
        return Surroundings(session, lines.contract_of(place.line, shell), lines.given(place.line, shell))
    if place.body is not None:
        return Surroundings(session, lines.contract_of(f"{place.before}{place.after}", shell))
    return Surroundings(session, (session.latest if session is not None else None) or "notebook")
