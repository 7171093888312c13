"""What Tab offers and Shift+Tab explains in a ``%%tana`` cell, without running anything.

* ``cells`` tells where the cursor is; ``lines`` knows magic lines, ``handles`` Python, ``offers`` the TypeScript.
* ``lexing`` and ``look`` read what is typed so far; ``syntax`` is its tree, ``blocks`` tells which names are around.
* ``types`` says what can be known of a value; ``annotations``, ``functions``, ``shapes`` and ``values`` find it out
  from types, signatures, bodies and expressions, ``declarations`` and ``library`` from statements and ``.d.ts`` files.
* ``keys`` looks into the store, ``inspection`` describes; ``kernel`` and this file hang it all into IPython.

Only this file is loaded with the extension; the rest, a parser among it, waits for the first Tab.
"""

import traceback
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from IPython.core.interactiveshell import InteractiveShell

if TYPE_CHECKING:
    from IPython.core.completer import CompletionContext

    from tana_jupyter.completion.offers import Offers
    from tana_jupyter.session import Session

IDENTIFIER = "tana"
# Before all others: it tells them to be silent, and they would look at TypeScript as Python.
PRIORITY = 1_000.0
Peek = Callable[[], "Session | None"]
"""The shell's session if there is one; a Tab makes none."""


class _Silence:
    """No completions, but of a length: IPython asks the other matchers where this one has found nothing."""

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[Any]:
        return iter(())


class Matcher:
    """A matcher of IPython's completer (API version 2): it sees the whole cell."""

    matcher_api_version = 2
    matcher_identifier = IDENTIFIER
    matcher_priority = PRIORITY

    def __init__(self, shell: InteractiveShell, peek: Peek) -> None:
        self.__qualname__ = IDENTIFIER  # IPython asks every matcher for it
        self.details: dict[str, str] = {}
        """The signatures of what was offered last."""
        self._shell = shell
        self._peek = peek

    def __call__(self, context: "CompletionContext") -> dict[str, Any]:
        """What Tab offers; nothing, and without a word to the others, where the cursor is in no place of ours."""
        self.details = {}
        text, line, column = context.full_text, context.cursor_line, context.cursor_position
        session = self._peek()
        if "tana" not in text and session is None:
            return {"completions": [], "suppress": False}
        offset = sum(len(each) + 1 for each in text.split("\n")[:line]) + column
        try:
            ours, found = self._offers(text, offset, session)
        except Exception:  # noqa: BLE001 # a key was pressed: that must not end in a traceback
            if session is not None:
                session.log(traceback.format_exc())
            ours_alone = text.lstrip().startswith("%%tana")
            return {"completions": _Silence() if ours_alone else [], "suppress": ours_alone, "matched_fragment": ""}
        if not ours or found is None:
            return {"completions": [], "suppress": False}
        from IPython.core.completer import SimpleCompletion

        self.details = {offer.text: offer.detail for offer in found.offers if offer.detail}
        completions = [SimpleCompletion(text=offer.text, type=offer.kind) for offer in found.offers]
        return {
            "completions": completions or _Silence(),
            "suppress": True,
            "matched_fragment": found.fragment,
            "ordered": True,
        }

    def _offers(self, text: str, offset: int, session: "Session | None") -> "tuple[bool, Offers | None]":
        """Whether the place is ours, and what can be typed there."""
        from tana_jupyter.completion.cells import Python, locate

        place = locate(text, offset)
        if isinstance(place, Python):
            if session is None:
                return False, None
            from tana_jupyter.completion import handles

            found = handles.offered(place.before, self._shell.user_ns, session)
            return found is not None and bool(found.offers), found
        from tana_jupyter.completion import answers

        return True, answers.offered(place, self._shell, session)


def attach(shell: InteractiveShell, peek: Peek) -> None:
    """Let a shell's Tab and Shift+Tab know ``%%tana`` cells."""
    detach(shell)
    matcher = Matcher(shell, peek)
    shell.Completer.custom_matchers.append(matcher)
    of_kernel = getattr(shell, "kernel", None)  # a terminal has none
    if of_kernel is not None:
        from tana_jupyter.completion import kernel

        kernel.attach(of_kernel, matcher, shell, peek)


def detach(shell: InteractiveShell) -> None:
    """Take it back."""
    matchers = shell.Completer.custom_matchers
    matchers[:] = [each for each in matchers if getattr(each, "matcher_identifier", None) != IDENTIFIER]
    of_kernel = getattr(shell, "kernel", None)
    if of_kernel is not None:
        from tana_jupyter.completion import kernel

        kernel.detach(of_kernel)
