"""``tana/data`` against a model: any sequence of its methods, of cells that fail and of Python commits."""

from __future__ import annotations

import json
import re
from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tana_jupyter import ContractError, TanaError, limits
from tests.data_harness import committed, shop, value

LETTERS = st.text(st.sampled_from('a1é\U0001f600\uff5e*"[]'), max_size=3)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), LETTERS, LETTERS),
        st.tuples(st.sampled_from(["get", "has", "delete"]), LETTERS),
        st.tuples(st.sampled_from(["keys", "entries", "clear", "commit"])),
        st.tuples(st.sampled_from(["throw", "python commit", "python rollback"])),
    ),
    max_size=30,
)
CELL = """
    steps.map(([method, ...args]) => {
      try {
        const result = data[method](...args)
        return result instanceof Promise ? 'done' : result
      } catch (error) {
        return { refused: error.message }
      }
    })
"""


class Model:
    """tana/data in two dicts; limits of 30 bytes and 4 keys."""

    def __init__(self) -> None:
        self.committed: dict[str, str] = {}
        self.staged: dict[str, str | None] = {}

    def view(self) -> dict[str, str]:
        both: dict[str, str | None] = {**self.committed, **self.staged}
        return {key: text for key, text in sorted(both.items()) if text is not None}

    def commit(self) -> str | None:
        size = sum(
            len((key + text).encode())
            for key, text in [*self.committed.items(), *self.staged.items()]
            if text is not None and not (key in self.staged and self.staged[key] is None)
        )
        if size > 30:
            return f"Storage limit exceeded: {size} bytes (max 30)"
        if len(self.view()) > 4:
            return f"Too many keys: {len(self.view())} (max 4)"
        self.committed, self.staged = self.view(), {}
        return None

    def step(self, method: str, *args: str) -> object:
        view = self.view()
        if method == "get":
            return read(view[args[0]]) if args[0] in view else None
        if method == "has":
            return args[0] in view
        if method == "keys":
            return list(view)
        if method == "entries":
            return {key: read(text) for key, text in view.items()}
        if method == "set":
            self.staged[args[0]] = args[1]
        elif method == "delete":
            self.staged[args[0]] = None
        elif method == "clear":
            self.committed, self.staged = {}, {}
        else:
            text = self.commit()
            return "done" if text is None else {"refused": text}
        return "done"


def read(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


@settings(max_examples=60)
@given(steps=STEPS)
def test_any_sequence_of_steps_does_what_the_model_does(steps: list[tuple[str, ...]]) -> None:
    session, model = shop(), Model()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "DATA_TOTAL", 30)
        patch.setattr(limits, "DATA_KEYS", 4)
        waiting: list[tuple[str, ...]] = []

        def cell(ending: str = "") -> None:
            found: Any = None
            try:
                found = value(session, f"globalThis.last = {CELL}; {ending}; last", steps=waiting)
            except ContractError:
                found = value(session, "last")
            assert found == [model.step(*step) for step in waiting]
            waiting.clear()

        for step in [*steps, ("keys",), ("entries",)]:
            if step[0] == "throw":
                cell("throw new Error('late')")
            elif step[0] == "python rollback":
                cell()
                session.rollback("shop")
                model.staged = {}
            elif step[0] == "python commit":
                cell()
                expected = model.commit()
                with nullcontext() if expected is None else pytest.raises(TanaError, match=re.escape(expected)):
                    session.commit("shop")
            else:
                waiting.append(step)
        cell()
    assert committed(session) == model.committed
    table = session.staged()
    assert dict(zip(table["key"], table["staged"], strict=True)) == model.staged
