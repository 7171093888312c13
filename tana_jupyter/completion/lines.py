"""What can be typed on a magic line: options, verbs, contracts, variables, keys; and what they mean."""

import argparse
import re
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any, NamedTuple

from IPython.core.interactiveshell import InteractiveShell

from tana_jupyter.completion.cells import Line
from tana_jupyter.completion.declarations import Declarations
from tana_jupyter.completion.keys import below
from tana_jupyter.completion.look import Surroundings
from tana_jupyter.completion.offers import NOTHING, Offer, Offers
from tana_jupyter.completion.syntax import read
from tana_jupyter.magics import line as verbs

_WORDS = re.compile(r"""(?:[^\s"']|"[^"]*"?|'[^']*'?)+""")
_NAME = re.compile(r"[\w-]*\Z")


class Typed(NamedTuple):
    """A magic line up to the cursor."""

    words: list[str]
    fragment: str
    """The word that is being typed."""

    @classmethod
    def of(cls, text: str) -> "Typed":
        """Split as a shell would."""
        found = list(_WORDS.finditer(text))
        if found and found[-1].end() == len(text):
            return cls([word[0] for word in found[:-1]], found[-1][0])
        return cls([word[0] for word in found], "")


def contract_of(line: str, shell: InteractiveShell) -> str:
    """The contract a ``%%tana`` line names."""
    typed = Typed.of(f"{line} ")
    words = _read(typed.words, _cell_actions(shell))
    return words.positionals[0] if words.positionals else "notebook"


def given(line: str, shell: InteractiveShell) -> list[str]:
    """The Python variables that a ``%%tana`` line brings in."""
    words = Typed.of(f"{line} ").words
    return _read(words, _cell_actions(shell)).values.get("give", [])


def offered(line: Line, shell: InteractiveShell, surroundings: Surroundings) -> Offers | None:
    """What Tab offers on a magic line; None where others may know more, as of file names."""
    typed = Typed.of(line.before)
    if line.body is not None:
        return _of_actions(_cell_actions(shell), typed, _Values(shell, surroundings, line.body))
    if not typed.words:
        return Offers(
            typed.fragment, [Offer(name, "verb") for name in verbs.names() if name.startswith(typed.fragment)]
        )
    if typed.words[0] not in verbs.names():
        return NOTHING
    actions = verbs.parser(typed.words[0])._actions
    named = _read(typed.words[1:], actions).values.get("contract", [])
    latest = surroundings._replace(contract=named[0]) if named else surroundings
    return _of_actions(actions, Typed(typed.words[1:], typed.fragment), _Values(shell, latest, None))


def explained(line: Line, shell: InteractiveShell) -> str | None:
    """What the word under the cursor means: an option or a verb."""
    start = re.search(r"\S*\Z", line.before)
    end = re.match(r"\S*", line.after)
    word = (start[0] if start is not None else "") + (end[0] if end is not None else "")
    words = Typed.of(line.before).words
    if line.body is None and not words:
        return _summary(word) if word in verbs.names() else None
    if line.body is None and words[0] not in verbs.names():
        return None
    actions = _cell_actions(shell) if line.body is not None else verbs.parser(words[0])._actions
    for action in actions:
        if word in action.option_strings:
            return f"{_usage(action)}\n\n{(action.help or '') % {'default': action.default}}"
    return None if line.body is not None else _summary(words[0])


def _summary(name: str) -> str:
    module: ModuleType = verbs.verb(name)
    return f"{verbs.parser(name).format_usage().removeprefix('usage: ').strip()}\n\n{(module.__doc__ or '').strip()}"


def _usage(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else f" {action.metavar or action.dest.upper()}"
    return f"{', '.join(action.option_strings)}{value}"


def _cell_actions(shell: InteractiveShell) -> Sequence[argparse.Action]:
    magic: Any = shell.find_cell_magic("tana")
    actions: Sequence[argparse.Action] = magic.parser._actions
    return actions


class _Read(NamedTuple):
    positionals: list[str]
    values: dict[str, list[str]]
    used: set[str]
    waiting: argparse.Action | None
    """The option whose value comes next."""


def _read(words: Iterable[str], actions: Sequence[argparse.Action]) -> _Read:
    found = _Read([], {}, set(), None)
    for word in words:
        action = next((action for action in actions if word in action.option_strings), None)
        if found.waiting is not None:
            found.values.setdefault(found.waiting.dest, []).append(word)
            found = found._replace(waiting=None)
        elif action is not None:
            found.used.update([] if isinstance(action, argparse._AppendAction) else action.option_strings)
            found = found._replace(waiting=None if action.nargs == 0 else action)
        elif not word.startswith("-"):
            found.positionals.append(word)
    return found


def _of_actions(actions: Sequence[argparse.Action], typed: Typed, values: "_Values") -> Offers | None:
    words = _read(typed.words, actions)
    fragment = typed.fragment
    if words.waiting is not None:
        return values.of(words.waiting, fragment)
    options = [option for action in actions for option in action.option_strings if option not in words.used]
    offers = [Offer(option, "option") for option in options if option.startswith(fragment)]
    positionals = [action for action in actions if not action.option_strings]
    if fragment.startswith("-") or len(words.positionals) >= len(positionals):
        return Offers(fragment, offers)
    found = values.of(positionals[len(words.positionals)], fragment)
    return None if found is None else Offers(fragment, [*found.offers, *(offers if not fragment else ())])


class _Values:
    """The values that arguments can have here."""

    def __init__(self, shell: InteractiveShell, surroundings: Surroundings, body: str | None) -> None:
        self.shell = shell
        self.surroundings = surroundings
        self.body = body

    def of(self, action: argparse.Action, fragment: str) -> Offers | None:
        """What an argument can be; None where that is not for us to say."""
        if action.choices is not None:
            return _starting([str(choice) for choice in action.choices], fragment, "value")
        match action.dest:
            case "contract" | "name":
                return _starting(self._contracts(), fragment, "contract")
            case "verb":
                return _starting(verbs.names(), fragment, "verb")
            case "target":
                return _starting(self._handlers(), fragment, "function")
            case "give":
                return _starting(self._variables(), fragment, "variable")
            case "take":
                return _starting(self._names(), fragment, "variable")
            case "caller" | "input" | "body":
                return _starting([f"@{name}" for name in self._variables()], fragment, "variable")
            case "key" | "pattern":
                return self._keys(fragment)
            case "path" | "file":
                return None
        return NOTHING._replace(fragment=fragment)

    def _contracts(self) -> list[str]:
        session = self.surroundings.session
        return list(session) if session is not None else []

    def _handlers(self) -> list[str]:
        session = self.surroundings.session
        return [f"{name}.{export}" for name in self._contracts() for export in session[name].exports] if session else []

    def _variables(self) -> list[str]:
        """Python variables of the user that hold values."""
        hidden = self.shell.user_ns_hidden
        return [
            name
            for name, value in self.shell.user_ns.items()
            if not name.startswith("_") and name not in hidden and not isinstance(value, ModuleType | type)
        ]

    def _names(self) -> Iterator[str]:
        if self.body is not None:
            scope = Declarations(None)
            scope.add(read(self.body).parts)
            yield from scope.listed()
        found = self.surroundings.found
        for source in reversed(found.sources) if found is not None else ():
            yield from source.declared

    def _keys(self, fragment: str) -> Offers:
        quote = fragment[:1] if fragment[:1] in {"'", '"'} else ""
        found = below(self.surroundings, "kv", fragment.removeprefix(quote), quote or "'")
        # A word of the line ends at a blank: such keys need quotes.
        found = [f"{quote}{key}" if quote or not re.search(r"[\s'\"]", key) else f"'{key}" for key in found]
        return Offers(fragment, [Offer(key, "key") for key in found])


def _starting(names: Iterable[str], fragment: str, kind: str) -> Offers:
    unique = dict.fromkeys(name for name in names if name.startswith(fragment))
    return Offers(fragment, [Offer(name, kind) for name in unique])
