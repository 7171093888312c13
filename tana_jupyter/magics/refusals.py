"""One short line about a magic line that could not be read: what is wrong, and what was probably meant."""

import argparse
import difflib
import re
from collections.abc import Iterable, Sequence

_UNKNOWN = re.compile(r"unrecognized arguments: (?P<words>.+)", re.DOTALL)
_CHOICE = re.compile(r"argument (?P<name>[^:]+): invalid choice: (?P<value>'.*?'|\S+) ", re.DOTALL)
_MISSING = re.compile(r"the following arguments are required: (?P<names>.+)", re.DOTALL)
_ARGUMENT = re.compile(r"argument (?P<rest>.+)", re.DOTALL)


def refusal(parser: argparse.ArgumentParser, message: str, example: str = "") -> str:
    """Argparse's finding in our words.

    >>> parser = argparse.ArgumentParser()
    >>> _ = parser.add_argument("--contract")
    >>> refusal(parser, "unrecognized arguments: --contrct")
    'there is no option --contrct; did you mean --contract?'
    """
    found = _UNKNOWN.fullmatch(message)
    if found is not None:
        words = found["words"].split()
        option = next((word.partition("=")[0] for word in words if word.startswith("-")), None)
        if option is not None:
            return f"there is no option {option}; {nearest(option, _options(parser))}"
        what = "a contract's name is one word" if parser.prog == "%tana" else "quote what belongs together"
        return f"{found['words']!r} is too much; {what}"
    found = _CHOICE.match(message)
    if found is not None:
        value = found["value"].strip("'")
        return f"{found['name']} {value}: {nearest(value, _choices(parser, found['name']))}"
    found = _MISSING.fullmatch(message)
    if found is not None:
        return f"{found['names']} is missing{f', as in: {example}' if example else ''}"
    found = _ARGUMENT.fullmatch(message)
    return message if found is None else found["rest"]


def nearest(word: str, names: Sequence[str]) -> str:
    """``did you mean keys?``, or all there is."""
    # Short names are near with one letter of two.
    near = difflib.get_close_matches(word, names, 1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"there are: {', '.join(names)}"


def _options(parser: argparse.ArgumentParser) -> list[str]:
    return [option for action in parser._actions for option in action.option_strings]


def _choices(parser: argparse.ArgumentParser, name: str) -> list[str]:
    for action in parser._actions:
        if name in {"/".join(action.option_strings), action.dest, action.metavar}:
            choices: Iterable[object] = action.choices or ()
            return [str(choice) for choice in choices]
    return []
