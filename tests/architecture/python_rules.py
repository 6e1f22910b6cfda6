"""Rules about Python files. Each takes a file and yields its findings as `path:line: what is wrong`."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from tests.architecture.tree import Source

VISIBILITY_COLUMNS = {"held_at", "hidden_at", "private_to_id", "group_id", "deleted_at"}
NO_POSTS = ("lti_app/core/", "lti_app/course/", "lti_app/library/", "lti_app/discussion/discussions/", "lti_app/lti/")
"""Below the table of posts, or beside it: what is called so there is no column of a post."""
OTHER_TABLES = {"File", "Extension", "GroupMember"}
"""Have columns of the same names."""
OPERATORS = {"is_", "is_not", "in_", "not_in", "between", "any_"}
Function = ast.FunctionDef | ast.AsyncFunctionDef
FILE_LINES = 500
TEST_FILE_LINES = 400
FUNCTION_LINES = 60
VIEW_LINES = 25
POSITIONAL_PARAMETERS = 5
NAMELESS = {"utils", "util", "helpers", "helper", "misc", "common"}
KINDS = {"__init__", "rules", "models", "access", "queries", "actions", "ports", "errors"}
VARIANTS = {"exchange.formats", "participation.requirements"}
"""Rooms whose files are one for each variant of a thing, not one for each kind."""
ROUTE_DECORATORS = {"route", "get", "post", "put", "patch", "delete"}
CLOCK_CALLS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "datetime.datetime.now"}


def functions(source: Source) -> list[Function]:
    """Every function and method of a file, nested ones too."""
    return [node for node in ast.walk(source.tree) if isinstance(node, Function)]


def length(function: Function) -> int:
    """Lines from `def` to the end, docstring in, decorators out."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def too_long_file(source: Source) -> Iterator[str]:
    """A file beyond its budget holds more than one subject."""
    budget = TEST_FILE_LINES if source.path.startswith("tests/") else FILE_LINES
    if source.line_count > budget:
        yield source.at(budget, f"{source.line_count} lines; at most {budget}")


def too_long_functions(source: Source) -> Iterator[str]:
    """No function over the limit; the median and the 95th percentile are of the whole package."""
    for function in functions(source):
        if length(function) > FUNCTION_LINES:
            yield source.at(function.lineno, f"{function.name} has {length(function)} lines; at most {FUNCTION_LINES}")


def too_long_views(source: Source) -> Iterator[str]:
    """A view parses, calls one query or action, and answers."""
    for function in functions(source):
        lines = body_length(function)
        if _is_view(function) and lines > VIEW_LINES:
            yield source.at(
                function.lineno, f"the body of view {function.name} has {lines} lines; at most {VIEW_LINES}"
            )


def too_many_parameters(source: Source) -> Iterator[str]:
    """What is more than a handful is keyword-only, or a value object."""
    for function in functions(source):
        names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
        count = len([name for name in names if name not in {"self", "cls"}])
        if count > POSITIONAL_PARAMETERS:
            yield source.at(
                function.lineno, f"{function.name} takes {count} positional parameters; at most {POSITIONAL_PARAMETERS}"
            )


def untyped_returns(source: Source) -> Iterator[str]:
    """Every function says what it answers."""
    for function in functions(source):
        if function.returns is None:
            yield source.at(function.lineno, f"{function.name} does not say what it returns")


def lazy_imports(source: Source) -> Iterator[str]:
    """An import inside a function hides a dependency, mostly a circular one."""
    for function in functions(source):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield source.at(node.lineno, f"import inside {function.name}; imports stand at the top")


def unsafe_aliases(source: Source) -> Iterator[str]:
    """An alias that threads share gets its columns before they do; `alias_of` sees to it, and it is the one way."""
    for node in ast.walk(source.tree):
        names = [name.name for name in node.names] if isinstance(node, ast.ImportFrom) else []
        if "aliased" in names and source.path != "lti_app/core/db.py":
            yield source.at(node.lineno, "aliased; use alias_of of lti_app.core.db")


def bare_silencers(source: Source) -> Iterator[str]:
    """A silenced check names the rule it silences."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if re.search(r"#\s*noqa(?!:)|#\s*type:\s*ignore(?!\[)|#\s*ruff:\s*noqa(?!:)", line):
            yield source.at(number, "a silenced check without the name of the rule")


def silencers(source: Source) -> Iterator[str]:
    """Every check silenced for one line; the whole project has a budget of them."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if re.search(r"#\s*noqa", line):
            yield source.at(number, "a silenced check")


def named_foreign_keys(source: Source) -> Iterator[str]:
    """A foreign key names the column itself, so that the import contracts see it; a table refers to itself by name."""
    for table in [node for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef)]:
        own_name = next((name for name in map(_table_name, table.body) if name), "")
        for call in [node for node in ast.walk(table) if isinstance(node, ast.Call) and node.args]:
            target = call.args[0]
            if ast.unparse(call.func) != "ForeignKey" or not isinstance(target, ast.Constant):
                continue
            if not str(target.value).startswith(f"{own_name}."):
                yield source.at(call.lineno, f"ForeignKey({target.value!r}); name the column: ForeignKey(Model.id)")


def visibility_conditions(source: Source) -> Iterator[str]:
    """Which posts exist for whom is decided in one room; others may write its columns, but not ask for them."""
    if source.path.startswith(("lti_app/discussion/visibility/", *NO_POSTS)):
        return
    writes = "actions" in source.path  # passes on what one post says to another
    for node in ast.walk(source.tree):
        for asked in _asked(node) if not writes or isinstance(node, ast.Compare | ast.Call) else ():
            if asked.attr in VISIBILITY_COLUMNS and ast.unparse(asked.value) not in OTHER_TABLES:
                yield source.at(node.lineno, f"{ast.unparse(node)}; a condition of lti_app.discussion.visibility")


def _asked(node: ast.AST) -> list[ast.Attribute]:
    """The attributes on which a condition depends."""
    found: list[ast.AST] = []
    if isinstance(node, ast.Compare):
        found = [node.left, *node.comparators]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in OPERATORS:
        found = [node.func.value]
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        found = [node.test]
    elif isinstance(node, ast.BoolOp):
        found = list(node.values)
    elif isinstance(node, ast.UnaryOp):
        found = [node.operand]
    return [each for each in found if isinstance(each, ast.Attribute)]


def shared_class_names(sources: Iterable[Source]) -> dict[str, list[str]]:
    """The names of public classes that several files define, with those files."""
    homes: dict[str, list[str]] = {}
    for source in sources:
        for node in source.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(source.path)
    return {name: paths for name, paths in homes.items() if len(paths) > 1}


def nameless_modules(source: Source) -> Iterator[str]:
    """A module that could hold anything will."""
    for part in PurePath(source.path).with_suffix("").parts:
        if part in NAMELESS:
            yield source.at(1, f"'{part}' does not say what is in it")


def unknown_kinds(source: Source, rooms: list[str]) -> Iterator[str]:
    """In a room the name of a file, or of the folder that it has grown into, says its kind."""
    path = PurePath(source.path).with_suffix("")
    room = next((room for room in rooms if source.path.startswith(f"lti_app/{room.replace('.', '/')}/")), None)
    if room is None or room in VARIANTS:
        return
    below = path.parts[room.count(".") + 2 :]
    if below[0] not in KINDS or len(below) > 2 or (len(below) == 2 and below[0] == "__init__"):
        yield source.at(1, f"no kind of file of a room; those are {', '.join(sorted(KINDS - {'__init__'}))}")


def clock_readings(source: Source) -> Iterator[str]:
    """The clock is an argument: a rule that reads it itself cannot be asked about another day."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CLOCK_CALLS:
            yield source.at(node.lineno, f"{ast.unparse(node.func)}() in the domain; take the moment as an argument")


def sleeping(source: Source) -> Iterator[str]:
    """A test that sleeps is slow when it is right and wrong when the machine is slow."""
    for node in ast.walk(source.tree):
        is_import = isinstance(node, ast.ImportFrom) and node.module == "time"
        if is_import and any(name.name == "sleep" for name in node.names):
            yield source.at(node.lineno, "a test imports sleep")
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "time.sleep":
            yield source.at(node.lineno, "a test sleeps; wait for the event, or move the clock")


def _table_name(statement: ast.stmt) -> str | None:
    if not isinstance(statement, ast.Assign) or ast.unparse(statement.targets[0]) != "__tablename__":
        return None
    return str(ast.literal_eval(statement.value))


def _is_view(function: Function) -> bool:
    calls = [decorator.func for decorator in function.decorator_list if isinstance(decorator, ast.Call)]
    return any(isinstance(call, ast.Attribute) and call.attr in ROUTE_DECORATORS for call in calls)


def body_length(function: Function) -> int:
    body = function.body[1:] if ast.get_docstring(function) and len(function.body) > 1 else function.body
    return (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1
