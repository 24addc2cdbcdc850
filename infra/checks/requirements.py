"""Prints each requirement with the tests that carry its id, and those that have none."""

import ast
import re
import sys
from collections import defaultdict
from pathlib import Path

LINE = re.compile(r"^\| ([A-Z]+[A-Z0-9-]*-[A-Z0-9-]+) \| (.+?) \|", re.MULTILINE)


def required(document: Path) -> dict[str, str]:
    """Requirement id → its sentence, from the table of docs/requirements.md."""
    return dict(LINE.findall(document.read_text()))


def proofs(folder: Path) -> dict[str, list[str]]:
    """Requirement id → the tests, drills and benches marked with it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                for identifier in _marked(node.decorator_list):
                    found[identifier].append(f"{path}::{node.name}")
            elif isinstance(node, ast.Assign) and "pytestmark" in ast.unparse(node.targets[0]):
                for identifier in _marked([node.value]):
                    found[identifier].append(str(path))
    return found


def _marked(nodes: list[ast.expr]) -> list[str]:
    calls = (n for node in nodes for n in ast.walk(node) if isinstance(n, ast.Call))
    return [
        str(argument.value)
        for call in calls
        if ast.unparse(call.func) == "pytest.mark.requirement"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    ]


def main() -> int:
    sentences, found = required(Path("docs/requirements.md")), proofs(Path("tests"))
    for identifier, sentence in sorted(sentences.items()):
        print(f"{identifier:14} {sentence}")
        for test in found.get(identifier, ["— no test yet"]):
            print(f"{'':14} {test}")
    unknown = sorted(set(found) - set(sentences))
    if unknown:
        print(f"marked in tests but not written down: {', '.join(unknown)}")
    print(f"{len(sentences)} requirements, {len(set(sentences) & set(found))} with a test")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
