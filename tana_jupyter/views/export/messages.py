"""What a page may say about an export. Requests and answers are made as in the key browser's messages.

export {}           -> {namespaces, query, store: {location, shared}, variables, state}
    namespaces as in the key browser, not counted; variables: names of environment variables that hold a PostgreSQL URL;
    query: {contract, api, prefix, mirror, variable}, where "" stands for all of them, or for none
plan {query, target?} -> {}
    target: a DSN, said once. Nothing ever says it again: not an answer, an error or the state of a widget. Without it
    the variable of the query is read, or, where that is "", the target of the plan before is taken.
plan_rows {kind}    -> {rows: [{contract, api, text}]}              the first of the rows that a count stands for
apply {confirm?}    -> {}                       confirm: the number of rows to delete, where there are any
cancel {}           -> {}                       what is under way ends soon, and nothing of it stays

Unasked the kernel says ``{event: "export", state}`` whenever the state changes, to all views alike:
    {serial, phase: "idle"|"planning"|"planned"|"exporting"|"done", target, query, counts, delete, notes, step, rows,
     total, rate, seconds, error, ending, stale}
    serial: counts the states, so that a late answer does not undo an event; target: where to, without user or password;
    query: what it was asked for; counts: by kind, null before there is a plan; delete: how many rows ``apply`` would
    delete; notes: what to know first; step, rows, total, rate: of what is under way; seconds: of what is done; error:
    why the last step ended early, which left nothing behind; ending: cancelled, not yet over; stale: what is in the
    store has changed since the plan was made.
"""

from typing import Final

from tana_jupyter import limits
from tana_jupyter.spaces import APIS
from tana_jupyter.views.browser.messages import Reader, Refused, Verb, choice, contract, fields, flag, text, whole

KINDS: Final = ("added", "changed", "unchanged", "deleted", "only_there")
NAME: Final = 128  # characters of a variable's name
TARGET: Final = 8192


def _or_empty(reader: Reader) -> Reader:
    return lambda value: "" if value == "" else reader(value)


def variable(value: object) -> str:
    """Read the name of an environment variable."""
    name: str = text(NAME)(value)
    if not all(character.isalnum() or character == "_" for character in name):
        raise Refused("must be the name of an environment variable")
    return name


QUERY: Final[dict[str, Reader]] = {
    "contract": _or_empty(contract),
    "api": choice("", *APIS),
    "prefix": text(limits.BROWSER_KEY_TEXT),
    "mirror": flag,
    "variable": variable,
}

VERBS: Final[dict[str, Verb]] = {
    "export": Verb(),
    "plan": Verb({"query": fields}, {"target": text(TARGET)}),
    "plan_rows": Verb({"kind": choice(*KINDS)}),
    "apply": Verb({}, {"confirm": whole(0, 2**53)}),
    "cancel": Verb(),
}


def query(before: dict[str, object], changed: object) -> dict[str, object]:
    """The query with some of its fields changed; Refused where one cannot be so."""
    found = dict(before)
    for name, value in fields(changed).items():
        if name in QUERY:
            try:
                found[name] = QUERY[name](value)
            except Refused as problem:
                raise Refused(f"query: {name} {problem}") from None
    return found
