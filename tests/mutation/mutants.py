"""Small faults that are put into code on purpose, one at a time, to see whether a test notices."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KINDS = {"access", "queries", "actions", "rules"}
NOT_CHANGED = {"models", "__init__", "web", "frontend", "practice_lms", "lti"}
NARROWING = {"where", "and_", "filter", "having", "join", "outerjoin"}
"""Calls whose further arguments are conditions; without one of them more is found."""
OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}

SWAPPED: dict[type[ast.AST], Any] = {ast.And: ast.Or, ast.Or: ast.And, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}


@dataclass(frozen=True)
class Mutant:
    """One changed place in one file."""

    path: str
    """Of the file, from the root of the package."""
    scope: str
    """The function or method in which it is; empty for the module's own statements."""
    name: str
    """The name that such a statement defines."""
    before: str
    after: str
    nth: int
    """Which of the same changes in the same scope."""
    source: str
    """The whole file, changed."""

    @property
    def key(self) -> str:
        """Tells it apart from all others, whatever stands above it in the file."""
        more = f" #{self.nth}" if self.nth else ""
        return f"{self.path}:{self.scope or self.name}: {self.before} -> {self.after}{more}"


def files_of(root: Path) -> list[Path]:
    """What decides and what asks the database: the files to change."""
    found = (
        file for file in root.glob("*/*/**/*.py") if KINDS & {*file.parts, file.stem} or "visibility" in file.parts
    )
    return sorted(file for file in found if "models" not in {file.stem, *file.parts} and file.name != "__init__.py")


def mutants_of(path: str, source: str) -> Iterator[Mutant]:
    """All mutants of one file, in the order of their places."""
    tree, seen = ast.parse(source), dict[tuple[str, str, str, str], int]()
    for statement in tree.body:
        for scope, name, node in _places(statement):
            for after in _changes(node):
                before = ast.get_source_segment(source, node) or ""
                key = (scope, name, before, after)
                seen[key] = seen.get(key, -1) + 1
                changed = _replaced(source, node, after)
                shown = " ".join(before.split()), " ".join(after.split())
                yield Mutant(path, scope, name, *shown, seen[key], changed)


def _places(statement: ast.stmt, outer: str = "") -> Iterator[tuple[str, str, ast.AST]]:
    if isinstance(statement, ast.FunctionDef):
        for inner in statement.body:
            yield from ((outer + statement.name, "", node) for node in ast.walk(inner))
    elif isinstance(statement, ast.ClassDef):
        for inner in statement.body:
            if isinstance(inner, ast.FunctionDef):
                yield from _places(inner, f"{outer}{statement.name}.")
    elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None and not outer:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if isinstance(targets[0], ast.Name):
            name = targets[0].id
            yield from (("", name, node) for node in ast.walk(statement.value))


def _changes(node: ast.AST) -> Iterator[str]:
    """What may stand in the place of this node."""
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            yield ast.unparse(ast.Compare(left, [OPPOSITE[type(operator)]()], [right]))
        case ast.BoolOp(op=operator, values=values):
            yield f"({ast.unparse(ast.BoolOp(SWAPPED[type(operator)](), values))})"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield f"({ast.unparse(operand)})"
        case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr() as operator, right=right):
            yield f"({ast.unparse(ast.BinOp(left, SWAPPED[type(operator)](), right))})"
        case ast.Call() if _is_narrowing(node):
            yield from _without_a_condition(node)
        case ast.Constant(value=bool(value)):
            yield str(not value)
        case ast.Constant(value=int(value)):
            yield str(value + 1)
        case ast.Raise():
            yield "pass"
        case _:
            pass


def _without_a_condition(node: ast.Call) -> Iterator[str]:
    first = 1 if "join" in _called(node) else 0
    for left_out in range(first, len(node.args)):
        rest = node.args[:left_out] + node.args[left_out + 1 :]
        if rest or _called(node) == "where":
            yield ast.unparse(ast.Call(node.func, rest, node.keywords))


def _called(node: ast.Call) -> str:
    function = node.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def _is_narrowing(node: ast.Call) -> bool:
    return _called(node) in NARROWING and not any(isinstance(one, ast.Starred) for one in node.args)


def _replaced(source: str, node: ast.AST, after: str) -> str:
    assert isinstance(node, ast.expr | ast.stmt)
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    lines = source.encode().splitlines(keepends=True)
    begins = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
    ends = sum(map(len, lines[: node.end_lineno - 1])) + node.end_col_offset
    raw = source.encode()
    return (raw[:begins] + after.encode() + raw[ends:]).decode()
