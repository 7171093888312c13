"""Where a text ends: in code, a string, a template literal, a comment or a regex."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tana_jupyter.completion.lexing import place


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "code"),
        ("a", "code"),
        ("'a", "string"),
        ("'a'", "code"),
        ("'", "string"),
        ("\"a'", "string"),
        (r"'a\'", "string"),
        (r"'a\\'", "code"),
        ("'a\n", "code"),
        ("'a\nb", "code"),
        ("`", "template"),
        ("`a`", "code"),
        (r"`a\`", "template"),
        ("`${", "code"),
        ("`${a}", "template"),
        ("`${`", "template"),
        ("`${`${x}` + ", "code"),
        ("`${{a: 1}", "code"),
        ("`${{a: 1}}", "template"),
        ("`$", "template"),
        ("`'", "template"),
        ("//", "comment"),
        ("// a", "comment"),
        ("// a\n", "code"),
        ("/*", "comment"),
        ("/*/", "comment"),
        ("/* a *", "comment"),
        ("/* a */", "code"),
        ("/**/", "code"),
        ("a / b", "code"),
        ("a / b / c '", "string"),
        ("x = /a", "regex"),
        ("x = /a/", "code"),
        ("x = /[/]", "regex"),
        ("x = /[/'\"]/g; '", "string"),
        (r"x = /\//", "code"),
        ("return /a", "regex"),
        ("f(/'/, '", "string"),
        ("(a) / 2; '", "string"),
        ("a[0] / 2; '", "string"),
        ("'// no comment'", "code"),
        ('"`" + \'', "string"),
    ],
)
def test_places(text: str, kind: str) -> None:
    assert place(text).kind == kind


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("f({ a: [", "f({ a: [x]})"),
        ("f('", "f('x')"),
        ("`${a(", "`${a(x)}`"),
        ("f(')", "f(')x')"),
        ("(a) }", "(a) }x"),
    ],
)
def test_all_that_is_open_is_closed(text: str, closed: str) -> None:
    assert place(text).closed(text + "x") == closed


@given(st.text(alphabet="ab'\"`$\\{}()[]/*\n 1.😀é", max_size=40))
def test_any_text_ends_somewhere(text: str) -> None:
    found = place(text)
    assert found.kind in {"code", "string", "template", "comment", "regex"}
    assert 0 <= found.start <= len(text)
    assert (found.quote != "") == (found.kind == "string")
