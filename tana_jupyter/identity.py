"""Who calls a contract, and who owns it."""

import hashlib
import json
from collections.abc import Mapping
from typing import TypeAlias

from tana_jupyter.errors import TanaError

Identity: TypeAlias = dict[str, object]
Caller: TypeAlias = str | Mapping[str, object] | None


def identity(who: Caller) -> Identity | None:
    """The object a contract sees for a caller; a name gives the same one each time.

    >>> identity("alice")["id"], identity("alice")["nonce"]
    ('usr_alice', 0)
    """
    if who is None:
        return None
    if isinstance(who, str):
        name = who.removeprefix("@")
        if not name.strip():
            raise TanaError("a caller's name is empty: give a name, an object, or nobody at all")
        key = hashlib.sha256(f"tana-jupyter:{name}".encode()).hexdigest()
        return {"id": f"usr_{name}", "username": name, "publicKey": f"ed25519_{key}", "nonce": 0}
    if not isinstance(who, Mapping) or not all(isinstance(key, str) for key in who):
        raise TanaError(f"{who!r} is no caller: give a name, or an object with id, username and publicKey")
    missing = [field for field in ("id", "username", "publicKey") if field not in who]
    if missing:
        raise TanaError(f"this caller lacks {', '.join(missing)}: an object needs id, username and publicKey")
    try:
        json.dumps(dict(who), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise TanaError(f"this caller is no JSON: {error}") from None
    return {"nonce": 0, **who}
