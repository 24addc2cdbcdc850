import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
ROOTS = ("services", "shared", "gateway", "infra", "tests")
FILE_LINES = 300
TEST_FILE_LINES = 400
TEMPLATE_LINES = 120
FUNCTION_LINES = 40
PARAMETERS = 6
DECISION_LINES = 40


def sources(suffix: str) -> Iterator[Path]:
    for root in ROOTS:
        for path in sorted((CHECKOUT / root).rglob(f"*{suffix}")):
            if "versions" not in path.parts:
                yield path


def lines(path: Path) -> int:
    return path.read_text().count("\n")


def functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in sources(".py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def place(path: Path, name: str = "") -> str:
    return f"{path.relative_to(CHECKOUT)} {name}".strip()


@pytest.mark.requirement("PF-SHAPE-1")
def test_no_file_is_longer_than_a_few_screens() -> None:
    too_long = [
        place(path)
        for path in sources(".py")
        if lines(path) > (TEST_FILE_LINES if "tests" in path.parts else FILE_LINES)
    ]
    assert too_long == []


@pytest.mark.requirement("PF-SHAPE-1")
def test_no_template_is_longer_than_two_screens() -> None:
    assert [place(path) for path in sources(".html") if lines(path) > TEMPLATE_LINES] == []


@pytest.mark.requirement("PF-SHAPE-1")
def test_no_function_is_longer_than_a_screen() -> None:
    too_long = [
        place(path, node.name)
        for path, node in functions()
        if (node.end_lineno or node.lineno) - node.lineno + 1 > FUNCTION_LINES
    ]
    assert too_long == []


@pytest.mark.requirement("PF-SHAPE-1")
def test_no_function_takes_more_parameters_than_one_can_hold_in_mind() -> None:
    def count(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
        named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        return len([a for a in named if a.arg not in {"self", "cls"}])

    too_many = [
        place(path, node.name)
        for path, node in functions()
        if count(node) > PARAMETERS and not path.read_text().startswith("# kernel")
    ]
    assert too_many == []


@pytest.mark.requirement("PF-SHAPE-1")
def test_a_decision_is_written_on_one_page() -> None:
    decisions = sorted((CHECKOUT / "docs/adr").glob("*.md"))
    assert decisions
    assert [place(path) for path in decisions if lines(path) > DECISION_LINES] == []


@pytest.mark.requirement("PF-SHAPE-1")
def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in sorted((CHECKOUT / "docs/adr").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
