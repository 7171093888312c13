"""What is no TypeScript, or no cell: one clear problem, at its place."""

import pytest

from tana_jupyter.compiler import compile_cell, diagnose
from tana_jupyter.errors import SyntaxProblem
from tests.compiling import snippets


def problem(source: str) -> tuple[str, int, int, int]:
    with pytest.raises(SyntaxProblem) as caught:
        compile_cell(source)
    return caught.value.message, caught.value.line, caught.value.column, caught.value.length


@pytest.mark.parametrize("source", snippets("wrong"))
def test_what_is_no_typescript_is_refused(source):
    message, line, column, length = problem(source)
    assert message
    assert line == 1
    assert 1 <= column <= len(source) + 1
    assert length >= 1


@pytest.mark.parametrize(
    ("source", "message", "line", "column", "length"),
    [
        ("const x: number = ", "Expression expected.", 1, 18, 1),
        ("const é = '😀'; let x: number number", "',' expected.", 1, 30, 6),
        ("ok()\n\n  foo(", "')' expected.", 3, 7, 1),
        ("a\r\nb c", "Unexpected keyword or identifier.", 2, 1, 1),
        ("const x = 1\nconst x = 2", "Cannot redeclare block-scoped variable 'x'.", 2, 7, 1),
        ("let x; var x", "Cannot redeclare block-scoped variable 'x'.", 1, 12, 1),
        ("var x; let { a: [x] } = y", "Cannot redeclare block-scoped variable 'x'.", 1, 18, 1),
        ("let x; { var x }", "Cannot redeclare block-scoped variable 'x'.", 1, 14, 1),
        ("let f; function f() {}", "Cannot redeclare block-scoped variable 'f'.", 1, 17, 1),
        ("class Same {}\nclass Same {}", "Duplicate identifier 'Same'.", 2, 7, 4),
        ("class A {}; let A", "Duplicate identifier 'A'.", 1, 17, 1),
        ("import { a } from 'm'; import a from 'n'", "Duplicate identifier 'a'.", 1, 31, 1),
        ("import { a } from 'm'\nconst a = 1", "Duplicate identifier 'a'.", 2, 7, 1),
        ("const x", "'const' declarations must be initialized.", 1, 7, 1),
        ("const x: number", "'const' declarations must be initialized.", 1, 7, 1),
        ("let { a }", "A destructuring declaration must have an initializer.", 1, 5, 5),
        ("var [a]: T", "A destructuring declaration must have an initializer.", 1, 5, 3),
        ("export const", "Variable declaration list cannot be empty.", 1, 13, 1),
        ("export default 1; export default 2", "A module cannot have multiple default exports.", 1, 19, 16),
        ("const a = 1; export { a, a }", "Duplicate identifier 'a'.", 1, 26, 1),
        (
            "let undefined = 1",
            "'undefined' is reserved and cannot be declared. Choose another name.",
            1,
            5,
            9,
        ),
        ("var { $tana } = x", "'$tana' is reserved and cannot be declared. Choose another name.", 1, 7, 5),
        (
            "function call_python() {}",
            "'call_python' is reserved and cannot be declared. Choose another name.",
            1,
            10,
            11,
        ),
        ("class dukpy {}", "'dukpy' is reserved and cannot be declared. Choose another name.", 1, 7, 5),
        (
            "import { x as globalThis } from 'm'",
            "'globalThis' is reserved and cannot be declared. Choose another name.",
            1,
            15,
            10,
        ),
        (
            "for (var $value of x);",
            "'$value' is reserved and cannot be declared. Choose another name.",
            1,
            10,
            6,
        ),
        ("enum NaN {}", "'NaN' is reserved and cannot be declared. Choose another name.", 1, 6, 3),
        ("let \\u0061 = 1", "Write this name without a backslash.", 1, 5, 6),
        (
            "export * from 'm'",
            "Name what is exported: export { name } from ..., or export * as name from ...",
            1,
            1,
            17,
        ),
        ("enum E { A }\nlet x\nlet x", "Cannot redeclare block-scoped variable 'x'.", 3, 5, 1),
    ],
)
def test_problems(source, message, line, column, length):
    assert problem(source) == (message, line, column, length)


@pytest.mark.parametrize(
    ("source", "start"),
    [("export = x", "Export assignment"), ("import a = require('m')", "Import assignment")],
)
def test_what_only_commonjs_knows(source, start):
    message, line, column, length = problem(source)
    assert message.startswith(f"{start} cannot be used when targeting ECMAScript modules.")
    assert (line, column, length) == (1, 1, len(source))


@pytest.mark.parametrize(
    ("source", "message", "line", "column"),
    [
        (
            "function f() { await g() }",
            "'await' expressions are only allowed within async functions and at the top levels of modules.",
            1,
            16,
        ),
        (
            "break",
            "A 'break' statement can only be used within an enclosing iteration or switch statement.",
            1,
            1,
        ),
        (
            "continue",
            "A 'continue' statement can only be used within an enclosing iteration statement.",
            1,
            1,
        ),
        (
            "\n1 = 2",
            "The left-hand side of an assignment expression must be a variable or a property access.",
            2,
            1,
        ),
        ("function f() { let a; let a }", "Cannot redeclare block-scoped variable 'a'.", 1, 20),
        ("function f(a, a) {}", "Duplicate identifier 'a'.", 1, 12),
        ("try { }", "'catch' or 'finally' expected.", 1, 8),
        (
            "'😀'; break",
            "A 'break' statement can only be used within an enclosing iteration or switch statement.",
            1,
            6,
        ),
        (
            "class A { constructor() {} constructor() {} }",
            "Multiple constructor implementations are not allowed.",
            1,
            11,
        ),
    ],
)
def test_diagnose_knows_what_the_engine_refuses(source, message, line, column):
    found = diagnose(source)
    assert found is not None
    assert (found.message, found.line, found.column) == (message, line, column)


@pytest.mark.parametrize(
    "source",
    [
        "const x: string = 5",
        "unknown.thing(1)",
        "import { nothing } from 'nowhere'",
        "return 5",
        "await x; for await (const y of z);",
        "function f(x: string): void",
        "this",
    ],
)
def test_diagnose_says_nothing_about_types_and_names(source):
    assert diagnose(source) is None


def test_a_problem_is_found_again():
    assert problem("const x =") == problem("const x =")


def test_hopeless_nesting_is_a_problem_too():
    message, *_ = problem("enum E {}\n" + "[" * 20000 + "]" * 20000)
    assert message == "This cell is nested too deeply to be compiled."
    assert compile_cell("enum AfterAll { A }").by_typescript


def test_a_cell_that_fills_the_heap_of_typescript_is_a_problem_too():
    many = "\n".join(f"function f{n}(a: number, b: string): string {{ return `${{a}}${{b}}` }}" for n in range(8_000))
    message, *_ = problem(f"enum E {{}}\n{many}")
    assert message == "This cell is too large for TypeScript's own compiler: split it."
    assert compile_cell("enum AfterThat { A }").by_typescript


def test_the_typescript_interpreter_sees_nothing_of_the_machine():
    from tana_jupyter.compiler import typescript

    diagnose("1")
    script = "[typeof process, typeof require, typeof console, typeof module]"
    assert typescript._interpreter().evaljs(script) == ["undefined"] * 4


def test_text_no_encoding_can_hold_is_refused_or_compiled_but_never_breaks():
    assert problem("const x = '\ud800' +")[0] == "Expression expected."
    assert compile_cell("const lone = '\ud800'").declared[0].name == "lone"
    assert problem("const nul\0 = 1")[1:3] == (1, 10)
