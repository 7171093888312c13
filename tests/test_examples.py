"""Every ``>>>`` example in a docstring runs and prints what stands under it; what is public is explained by one."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
from traitlets import BaseDescriptor

import tana_jupyter
from tana_jupyter import Chance, Clock, Contract, Outcome, Receipt, Session
from tana_jupyter.transfer.plan import Plan
from tana_jupyter.views.browser.widget import KeyBrowser, StagedView

PACKAGE = Path(tana_jupyter.__file__).parent
DATABASE = "env:DATABASE_URL"
DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
PROMPT = re.compile(r"^ *>>> ", re.MULTILINE)
SOURCES = {
    path: text for path in sorted(PACKAGE.rglob("*.py")) if PROMPT.search(text := path.read_text(encoding="utf-8"))
}

COUNTER = """
import { context } from 'tana/context'
import { kv } from 'tana/kv'
export async function get(request) { return { count: Number(await kv.get('count') ?? 0) } }
export async function post(request, body) {
  const count = Number(await kv.get('count') ?? 0) + (body?.by ?? 1)
  await kv.put('count', String(count))
  return { count }
}
export async function init() { await kv.put('count', '0') }
export async function contract() { return { did: (await context.input()).action } }
"""
USERS = """
const kv = await Deno.openKv()
await kv.set(['users', 1], { name: 'ada' })
await kv.set(['users', 2], { name: 'bob' })
"""
SHOP = """
import { kv } from 'tana/kv'
import { data } from 'tana/data'
await kv.put('user:1', JSON.stringify({ name: 'ada', age: 36, city: 'London' }))
await kv.put('user:2', JSON.stringify({ name: 'bob', age: 19, city: 'Paris' }))
await kv.put('greeting', 'hello', { metadata: { lang: 'en' } })
await data.set('price', 5)
await data.commit()
await data.set('price', 6)
await data.set('stock', 12)
const name = 'ada'
"""


class Text(NamedTuple):
    """A string that stands as a statement: a docstring, or what explains an attribute."""

    module: str
    name: str
    line: int
    text: str


def texts(module: str, node: ast.AST, name: str = "") -> Iterator[Text]:
    """The strings with examples below a node."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            text = child.value.value
            if isinstance(text, str) and PROMPT.search(text):
                yield Text(module, name, child.lineno, text)
        inner = f"{name}.{child.name}".lstrip(".") if isinstance(child, DEFINITIONS) else name
        yield from texts(module, child, inner)


def examples() -> Iterator[Text]:
    """All of the package, read from its files: nothing is imported before its test."""
    for path, source in SOURCES.items():
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        yield from texts(".".join(parts).removesuffix(".__init__"), ast.parse(source))


def case(example: Text) -> Any:
    """Its test; the few that need a real PostgreSQL are skipped where there is none."""
    marks = [pytest.mark.needs("postgres")] if DATABASE in example.text else []
    return pytest.param(example, id=f"{example.module.partition('.')[2]}:{example.name}", marks=marks)


EXAMPLES = list(examples())


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """What examples find: contracts counter, users and shop, which ran last; and a folder of their own, with files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TANA_STORAGE", raising=False)
    monkeypatch.setenv("REDIS_URL", "redis://localhost:6379")
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "greeter.ts").write_text("export function get() { return 'hello' }", encoding="utf-8")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "prices.js").write_text("export const vat = 0.2", encoding="utf-8")
    (tmp_path / "storage.json").write_text("{}", encoding="utf-8")
    with Session() as made:
        made.clock.freeze("2026-01-01T00:00:00Z")
        made.chance.seed(7)
        for contract, source in (("counter", COUNTER), ("users", USERS), ("shop", SHOP)):
            made.run(source, contract)
        yield made


# Wide enough that no frame is folded, whatever terminal the tests run in.
WIDE = (
    *("display.width", 200, "display.max_columns", 20, "display.max_colwidth", 60, "display.max_rows", 60),
    *("display.expand_frame_repr", False),
)


@pytest.mark.parametrize("example", [case(each) for each in EXAMPLES])
def test_the_example_holds(
    example: Text, session: Session, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if DATABASE in example.text:
        monkeypatch.setenv("DATABASE_URL", request.getfixturevalue("postgres").fresh_schema())
    module = importlib.import_module(example.module)
    public = {name: getattr(tana_jupyter, name) for name in tana_jupyter.__all__ if name != "session"}
    names = {**public, **vars(module), "session": session}
    title = f"{example.module}.{example.name}"
    test = doctest.DocTestParser().get_doctest(example.text, names, title, module.__file__, example.line - 1)
    said: list[str] = []
    with pd.option_context(*WIDE):
        result = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS).run(test, out=said.append)
    assert result.failed == 0, "".join(said)
    assert result.attempted > 0


def test_no_example_is_left_out() -> None:
    found = sum(len(PROMPT.findall(each.text)) for each in EXAMPLES)
    assert found == sum(len(PROMPT.findall(source)) for source in SOURCES.values())
    assert found > 200
    assert [each for each in EXAMPLES if "+SKIP" in each.text] == []


# What the rooms of the house ask a session for, and nobody who writes a notebook does; their docstrings say for whom.
FOR_THE_HOUSE = {
    "at_rest": "views, to look between runs",
    "at_work": "exports, to hold the session",
    "beside": "receipts",
    "forget_unused": "views, after host_of",
    "glimpse": "completion",
    "hint": "magics",
    "host_of": "views",
    "limit": "runs",
    "log": "hosts and views",
    "situation": "runs",
    "staging_of": "views",
}
PUBLIC = (Session, Contract, Outcome, Receipt, Clock, Chance, Plan, KeyBrowser, StagedView)


def explained(kind: type) -> dict[str, str]:
    """What ``help()`` says of the public methods and properties that a class has of ours."""
    found = {}
    for name, member in inspect.getmembers_static(kind):
        owner = next(each for each in kind.__mro__ if name in vars(each))
        ours = owner.__module__.partition(".")[0] == tana_jupyter.__name__ and not isinstance(member, BaseDescriptor)
        if ours and not name.startswith("_"):
            found[name] = inspect.getdoc(member) or ""
    return found


def is_sentence(text: str) -> bool:
    """Whether a docstring opens with a sentence, or with one that an example or a list ends."""
    return text.split("\n\n", maxsplit=1)[0].rstrip().endswith((".", ":"))


@pytest.mark.parametrize("kind", PUBLIC)
def test_what_is_public_is_explained(kind: type) -> None:
    found = {"": inspect.getdoc(kind) or "", **explained(kind)}
    assert len(found) > 3
    assert [name for name, text in found.items() if not is_sentence(text)] == []
    assert [name for name, text in found.items() if re.search(r":(meth|class|func|mod):`", text)] == []


@pytest.mark.parametrize("kind", [Session, Contract])
def test_what_is_called_has_an_example(kind: type) -> None:
    methods = {name: text for name, text in explained(kind).items() if callable(getattr(kind, name))}
    entered = {name: "".join(re.findall(r"^(?:>>>|\.\.\.) .*", text, re.MULTILINE)) for name, text in methods.items()}
    without = {name for name, lines in entered.items() if f".{name}(" not in lines}
    assert without == (FOR_THE_HOUSE.keys() if kind is Session else set())


@pytest.mark.parametrize("name", sorted(FOR_THE_HOUSE))
def test_what_is_for_the_house_says_so(name: str) -> None:
    assert explained(Session)[name].startswith("For ")


@pytest.mark.parametrize("name", [name for name in tana_jupyter.__all__ if name != "__version__"])
def test_what_is_exported_is_explained(name: str) -> None:
    assert is_sentence(inspect.getdoc(getattr(tana_jupyter, name)) or "")
