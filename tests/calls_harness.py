"""Contracts for the tests of calls."""

from __future__ import annotations

from tana_jupyter import Contract, Session

NOW = 1_767_225_600_000
ECHO = """export function get(req) { return { ...req } }
export function post(req, body) { return [body, body === req.body, req.method] }"""


def frozen() -> Session:
    """A session whose clock stands at NOW."""
    made = Session()
    made.clock.freeze(NOW / 1000)
    return made


def contract(session: Session, source: str, name: str = "shop") -> Contract:
    """The contract after one cell."""
    session.run(source, contract=name)
    return session[name]
