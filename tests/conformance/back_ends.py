"""The back ends that the suite runs against. Adding one = adding an entry to BACK_ENDS.

The suite checks what tana_jupyter/store/protocol.py promises, sentence by sentence. The flags are the places
where the protocol leaves a back end a choice, and nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class BackEnd:
    """One back end, and where a fresh store of it can be made."""

    name: str
    place: Callable[[pytest.FixtureRequest], str]  # the URL of an empty store; may ask for tmp_path or a server
    steps_by_one: bool = True  # no other writer moves the counter
    holds_nul_text: bool = True  # U+0000 in the keys and text values of kv and data
    keeps_expired: bool = True  # an expired row is there until it is swept, and visible if time goes back
    counts_at_once: bool = True  # sizes() is never None
    limited: bool = False  # obeys `limit`
    model_examples: int = 60  # how many random histories to try; servers get fewer


BACK_ENDS = (BackEnd("memory", lambda request: "memory:", limited=True),)
