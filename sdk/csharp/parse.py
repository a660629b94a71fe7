"""Parses C# files and fails where the syntax is wrong:  parse.py FOLDER"""

import sys
from pathlib import Path

import tree_sitter_c_sharp
from tree_sitter import Language, Node, Parser

parser = Parser(Language(tree_sitter_c_sharp.language()))


def errors(node: Node) -> list[Node]:
    """What of a tree could not be parsed."""
    if node.is_error or node.is_missing:
        return [node]
    return [found for child in node.children if child.has_error for found in errors(child)]


files = sorted(Path(sys.argv[1]).rglob("*.cs"))
lines = [
    f"{file}:{node.start_point.row + 1}: {node.text.decode()[:80]!r}"
    for file in files
    for node in errors(parser.parse(file.read_bytes()).root_node)
]
print("\n".join([*lines, f"{len(files)} files, {len(lines)} errors"]))
sys.exit(bool(lines) or not files)
