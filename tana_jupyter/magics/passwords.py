"""Passwords that are typed on a line: saved with the notebook by whoever types them, and never repeated by us.

What knows them is imported late, since loading the extension needs none of it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tana_jupyter.session import Session


def warn(session: "Session", typed: str) -> None:
    """Say once that a password is saved here, and how to do without."""
    from tana_jupyter.storage import spells_password

    if spells_password(typed):
        session.hint("this password is saved with the notebook: put the URL into a variable, and name it env:NAME")


def hidden(typed: str) -> str:
    """What may be shown of a line."""
    from tana_jupyter.storage import without_password

    return without_password(typed)
