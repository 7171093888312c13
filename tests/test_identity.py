"""Who calls: names, objects, nobody."""

from __future__ import annotations

import pytest

from tana_jupyter import Session, TanaError
from tana_jupyter.identity import identity


def test_a_name_becomes_the_same_user_each_time() -> None:
    alice = identity("alice")
    assert alice is not None
    assert (alice["id"], alice["username"], alice["nonce"]) == ("usr_alice", "alice", 0)
    assert str(alice["publicKey"]).startswith("ed25519_")
    assert identity("alice") == identity("@alice") == alice
    assert identity("bob") != alice
    assert identity(None) is None


@pytest.mark.parametrize("who", ["", " ", "@", 5, ["a"], {"id": 1}, {1: 2}, {"id": "a", "username": "b"}])
def test_what_is_no_caller(who: object) -> None:
    with pytest.raises(TanaError):
        identity(who)
    with pytest.raises(TanaError):
        Session().run("1", caller=who)


def test_an_object_keeps_what_it_says() -> None:
    who = {"id": "u1", "username": "ada", "publicKey": "ed25519_1", "role": "staff"}
    assert identity(who) == {**who, "nonce": 0}
