"""A password that is typed on a line is saved with the notebook."""

from typing import TYPE_CHECKING

from tana_jupyter.storage import spells_password

if TYPE_CHECKING:
    from tana_jupyter.session import Session


def warn(session: "Session", typed: str) -> None:
    """Say so once, and how to do without."""
    if spells_password(typed):
        session.hint("this password is saved with the notebook: put the URL into a variable, and name it env:NAME")
