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
    holds_nul_text: bool = True  # U+0000 in the keys and text values of kv and data
    limited: bool = False  # obeys `limit`
    model_examples: int = 60  # how many random histories to try; servers get fewer

    def __str__(self) -> str:
        return self.name


def file_in_temporary_folder(scheme: str, name: str) -> Callable[[pytest.FixtureRequest], str]:
    return lambda request: f"{scheme}:///{request.getfixturevalue('tmp_path') / name}"


def fresh_schema(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue("postgres").fresh_schema()


def emptied(fixture: str) -> Callable[[pytest.FixtureRequest], str]:
    return lambda request: request.getfixturevalue(fixture).empty_place()


BACK_ENDS = (
    BackEnd("memory", lambda request: "memory:", limited=True),
    BackEnd("sqlite", file_in_temporary_folder("sqlite", "store.db")),
    BackEnd("json", file_in_temporary_folder("json", "store.json"), limited=True),
    BackEnd("postgresql", fresh_schema, holds_nul_text=False, model_examples=15),
    BackEnd("redis", emptied("valkey"), model_examples=20),
    BackEnd("redis-cluster", emptied("valkey_cluster"), model_examples=6),
)


def only(flag: str) -> pytest.MarkDecorator:
    """Run a test against the back ends that have a flag, and no others."""
    return pytest.mark.parametrize(
        "back_end", [each for each in BACK_ENDS if getattr(each, flag)], ids=str, indirect=True
    )
