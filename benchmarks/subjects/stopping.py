"""Contracts that never end: how long after its time limit a run is over, whatever the contract does about it.

No bar is set for it. A run may end by itself for 100 ms, at its next store operation; then the next of the ticks
50 ms apart ends it.
"""

from collections.abc import Iterator
from functools import partial

from benchmarks.effort import Effort, Sample, in_turns
from benchmarks.table import Row, time_row
from tana_jupyter import Session
from tana_jupyter.errors import ContractTimeout

LIMIT = 0.1
ENDLESS = {
    "a loop that awaits nothing": "while (true) {}",
    "a loop that awaits nothing new": "for (;;) await 0",
    "a loop that catches every error of kv.put": "for (;;) { try { await kv.put('a', 'b') } catch {} }",
    "a regular expression that backtracks for ever": "/^(a+)+$/.test('a'.repeat(50) + 'b')",
}


def rows(effort: Effort) -> Iterator[Row]:
    """Each of them, in turns."""
    session = Session()
    cases = {what: partial(_run, session, source) for what, source in ENDLESS.items()}
    for what, sample in in_turns(cases, effort.runs).items():
        yield time_row(f"{what}: ended, after its time limit", sample.above(Sample(LIMIT, LIMIT)))


def _run(session: Session, source: str, number: int) -> None:
    del number
    try:
        session.run(f"import {{ kv }} from 'tana/kv'; {source}", timeout=LIMIT)
    except ContractTimeout:
        return
    raise RuntimeError(f"this came to an end by itself: {source}")
