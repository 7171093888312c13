"""Where in the text of a cell the cursor stands: in code, a string, a template literal, a comment or a regex."""

import re
from typing import NamedTuple

CURSOR = "tanaCursor"
"""Stands for what is not typed yet, so that a cell that ends in ``kv.`` has a tree."""

# Words after which a slash begins a regex and does not divide.
_BEFORE_REGEX = frozenset(
    "return typeof instanceof in of new delete void throw case do else await yield".split()  # noqa: SIM905 # a list of words is a line to read
)
_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*(?:.*?\*/|.*))
    |(?P<string>'(?:[^'\\\n]|\\.)*'?|"(?:[^"\\\n]|\\.)*"?)
    |(?P<template>`)|(?P<bracket>[()\[\]{}])|(?P<slash>/)
    |(?P<word>[\w$]+)|(?P<space>\s+)|(?P<other>.)""",
    re.DOTALL | re.VERBOSE,
)
_REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\]?)*(/[a-z]*)?")
_TEMPLATE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(`|\$\{)?", re.DOTALL)
_CLOSING = {"(": ")", "[": "]", "{": "}", "${": "}"}


class Place(NamedTuple):
    """Where a text ends: in ``code``, ``string``, ``template``, ``comment`` or ``regex``, and what is open there."""

    kind: str
    start: int
    """Where the content of the string begins."""
    quote: str
    opened: tuple[str, ...]

    def closed(self, text: str) -> str:
        """The text with a name at its end, and all that is open in it closed."""
        closers = (_CLOSING.get(mark, mark) for mark in reversed(self.opened))
        return f"{text}{self.quote}{''.join(closers)}"


def place(text: str) -> Place:
    """Where a text ends.

    >>> place("kv.get('user:").kind, place("`${kv.").opened
    ('string', ('`', '${'))
    """
    opened: list[str] = []
    at, before = 0, ""
    while at < len(text):
        if opened and opened[-1] == "`":
            found = _TEMPLATE.match(text, at)
            at = len(text) if found is None else found.end()
            mark = None if found is None else found[1]
            if mark is None:
                return Place("template", at, "", tuple(opened))
            if mark == "`":
                opened.pop()
                before = ")"
            else:
                opened.append(mark)
                before = mark
            continue
        token = _TOKEN.match(text, at)
        if token is None:
            break
        kind, word, at = token.lastgroup, token[0], token.end()
        if kind == "comment":
            ended = word.endswith("*/") and len(word) > 3 if word.startswith("/*") else False
            if at == len(text) and not ended:
                return Place("comment", at, "", tuple(opened))
        elif kind == "string":
            if at == len(text) and not _ends(word):
                return Place("string", token.start() + 1, word[0], tuple(opened))
            before = ")"
        elif kind == "template":
            opened.append("`")
        elif kind == "slash" and _begins_regex(before):
            regex = _REGEX.match(text, token.start())
            if regex is not None and regex[1] is not None:
                at, before = regex.end(), ")"
            elif regex is not None and regex.end() == len(text):
                return Place("regex", at, "", tuple(opened))
        elif kind == "bracket":
            if word in _CLOSING:
                opened.append(word)
            elif opened and _CLOSING.get(opened[-1]) == word:
                opened.pop()
            before = word
        elif kind != "space":
            before = word
    if opened and opened[-1] == "`":
        return Place("template", len(text), "", tuple(opened))
    return Place("code", len(text), "", tuple(opened))


def _ends(string: str) -> bool:
    # Told by the backslashes before the last quote: '\' goes on.
    if len(string) < 2 or string[-1] != string[0]:
        return False
    stem = string[:-1]
    return (len(stem) - len(stem.rstrip("\\"))) % 2 == 0


def _begins_regex(before: str) -> bool:
    last = before[-1:]
    return before in _BEFORE_REGEX or not (last.isalnum() or last in {"_", "$", ")", "]"}) or before == ""
