"""The TypeScript grammar of tree-sitter: parsing, and node kinds as small integers."""

import re

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser, Tree


class NeedsTypeScript(Exception):
    """The cell holds something only the TypeScript compiler itself can turn into JavaScript."""


class _Shadow(dict[int, str]):
    """Maps every character to one ASCII character that means the same to the grammar."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if "\0" < character <= "\x7f":
            shadow = character
        elif character.isspace() or code == 0xFEFF:
            shadow = " "
        elif ("_" + character).isidentifier() or code in {0x200C, 0x200D}:
            # Not a letter: "ìf" must not become the keyword "if".
            shadow = "_"
        else:
            shadow = "\x01"
        self[code] = shadow
        return shadow


_shadow = _Shadow()
_WORDS = re.compile(
    r"\b(?:abstract|accessor|as|asserts|declare|global|implements|infer|interface|is|keyof|module|namespace"
    r"|override|private|protected|public|readonly|satisfies|type|unique)\b"
)
_language = Language(tree_sitter_typescript.language_typescript())
_parser = Parser(_language)
_ids: dict[str, set[int]] = {}
for _kind in range(_language.node_kind_count):
    _ids.setdefault(_language.node_kind_for_id(_kind) or "", set()).add(_kind)


def parse(source: str) -> Tree:
    """Parse a cell; every offset in the tree counts code points of ``source``.

    >>> parse("let é = 1").root_node.children[0].end_byte
    9
    """
    shadow = source if source.isascii() and "\0" not in source else source.translate(_shadow)
    return _parser.parse(shadow.encode("ascii"))


def parse_javascript(source: str) -> Tree:
    """Parse what is known to be JavaScript, where words of TypeScript are plain names.

    The grammar stumbles over some of them: ``abstract = 1``, or a field named ``declare``.
    """
    lines = [
        line if line.startswith(("import ", "export ")) else _WORDS.sub(lambda word: "_" * len(word[0]), line)
        for line in source.split("\n")
    ]
    return parse("\n".join(lines))


def without_comments(node: Node) -> list[Node]:
    """The direct children that are code."""
    return [child for child in node.children if child.kind_id not in COMMENT]


def kinds(*names: str) -> frozenset[int]:
    """The ids of all node kinds with these names; one name can have several ids."""
    return frozenset().union(*[_ids[name] for name in names])


KIND_COUNT = _language.node_kind_count

# What never holds anything to change: tokens, names, literals, comments.
LEAVES = frozenset(kind for kind in range(KIND_COUNT) if not _language.node_kind_is_named(kind)) | kinds(
    "identifier",
    "property_identifier",
    "private_property_identifier",
    "shorthand_property_identifier",
    "shorthand_property_identifier_pattern",
    "statement_identifier",
    "type_identifier",
    "string",
    "number",
    "regex",
    "comment",
    "html_comment",
    "this",
    "super",
    "true",
    "false",
    "null",
    "undefined",
    "empty_statement",
    "break_statement",
    "continue_statement",
    "debugger_statement",
    "optional_chain",
)
COMMENT = kinds("comment", "html_comment")
