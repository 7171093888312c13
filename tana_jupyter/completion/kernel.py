"""The kernel's answers to Tab and Shift+Tab: its own, with ours in ``%%tana`` cells.

A kernel hands its inspector a Python name and no cell, and leaves signatures of matchers away. So two of its methods
are wrapped; where anything goes wrong here, its own answer is the answer.
"""

import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from IPython.core.interactiveshell import InteractiveShell

if TYPE_CHECKING:
    from tana_jupyter.completion import Matcher, Peek

_TYPES = "_jupyter_types_experimental"
_WRAPPED = ("do_inspect", "do_complete")


class _Wrapper:
    """Stands in the place of a kernel's method."""

    def __init__(self, own: Callable[..., Any], answer: Callable[..., Any]) -> None:
        self.own = own
        self._answer = answer
        self.active = True
        """False once it was taken back; somebody else's wrapper may still hold it."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        """The kernel's answer, or ours."""
        return self._answer(self.own, *args, **options) if self.active else self.own(*args, **options)


def attach(kernel: Any, matcher: "Matcher", shell: InteractiveShell, peek: "Peek") -> None:
    """Wrap the two methods of this one kernel."""
    detach(kernel)

    def inspect(own: Callable[..., Any], code: str, cursor_pos: int, *args: Any, **options: Any) -> Any:
        if "tana" in code:
            session = peek()
            try:
                from tana_jupyter.completion.answers import described

                ours, text = described(code, cursor_pos, shell, session)
            except Exception:  # noqa: BLE001 # as with Tab
                ours, text = False, None
                if session is not None:
                    session.log(traceback.format_exc())
            if ours:
                data = {} if text is None else {"text/plain": text}
                return {"status": "ok", "found": text is not None, "data": data, "metadata": {}}
        return own(code, cursor_pos, *args, **options)

    def complete(own: Callable[..., Any], *args: Any, **options: Any) -> Any:
        reply = own(*args, **options)
        details = matcher.details
        if details and isinstance(reply, dict):
            for entry in reply.get("metadata", {}).get(_TYPES, ()):
                entry["signature"] = details.get(entry["text"], "").partition("\n")[0]
        return reply

    kernel.do_inspect = _Wrapper(kernel.do_inspect, inspect)
    kernel.do_complete = _Wrapper(kernel.do_complete, complete)


def detach(kernel: Any) -> None:
    """Give the kernel its own methods back."""
    for name in _WRAPPED:
        wrapper = vars(kernel).get(name)
        if isinstance(wrapper, _Wrapper):
            wrapper.active = False
            delattr(kernel, name)
