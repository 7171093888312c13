"""Run JavaScript with the web platform basics in the real engine, by a session of its own."""

import json
from functools import cache
from typing import Any

import pytest

from tana_jupyter.errors import ContractError
from tana_jupyter.session import Session

# The answer is ASCII, so that lone surrogates and U+0000 arrive as they are.
PROGRAM = """
await (async () => {
  const { NAMES } = JSON.parse(GIVEN);
  BODY
})()
  .catch((error) => `!${error.name}: ${error.message}`)
  .then((value) => {
    const escaped = (unit) => `\\\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
    return (JSON.stringify(value) ?? "null").replace(/[\\0\\u007f-\\uffff]/g, escaped);
  })
"""


def session(seed: int = 7) -> Session:
    """A session whose clock stands still and whose random numbers follow ``seed``."""
    made = Session()
    made.clock.freeze("2026-01-01T00:00:00Z")
    made.chance.seed(seed)
    made.run("globalThis.elapse = (delay) => new Promise((resolve) => setTimeout(resolve, delay))")
    return made


@cache
def _shared() -> Session:
    return session()


def evaluate(js: str, *, fresh: bool = False, **names: object) -> Any:
    """What the body of an async function returns, as JSON; ``names`` are constants it may use.

    An error that it throws is returned as ``"Name: message"`` behind an exclamation mark.
    """
    text = json.dumps(json.dumps(names))
    program = PROGRAM.replace("NAMES", ", ".join(names)).replace("GIVEN", text).replace("BODY", js)
    return json.loads((session() if fresh else _shared()).run(program).value)


def unhandled(js: str) -> str:
    """What makes a whole run fail although the code itself went on: a rejection that nobody handles."""
    with pytest.raises(ContractError) as caught:
        evaluate(js, fresh=True)
    return str(caught.value)
