"""Puts a mutant into the modules that are already imported, as if they had been imported from the changed file."""

import functools
import sys
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tests.mutation.mutants import Mutant


class NotInserted(Exception):
    """The changed code is not where it can be exchanged."""


def insert(mutant: Mutant) -> None:
    """Exchange the code of one function, or the value of one name; raises NotInserted."""
    module = sys.modules[".".join(("lti_app", *mutant.path.removesuffix(".py").split("/")))]
    compiled = compile(mutant.source, str(module.__file__), "exec")
    if mutant.scope:
        _function_of(module, mutant.scope).__code__ = _code_in(compiled, mutant.scope.split("."))
    else:
        _exchange(module, mutant.name, compiled)


def _code_in(code: CodeType, path: list[str]) -> CodeType:
    for name in path:
        inner = [one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == name]
        if len(inner) != 1:
            raise NotInserted(name)
        code = inner[0]
    return code


def _function_of(module: ModuleType, scope: str) -> FunctionType:
    found: Any = module
    for name in scope.split("."):
        found = vars(found).get(name)
    if isinstance(found, property):
        found = found.fget
    if isinstance(found, functools.cached_property):
        found = found.func
    if isinstance(found, classmethod | staticmethod):
        found = found.__func__
    while hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    if not isinstance(found, FunctionType):
        raise NotInserted(scope)
    return found


def _exchange(module: ModuleType, name: str, compiled: CodeType) -> None:
    """The new value of a module's name, also where others have imported it."""
    before = vars(module)[name]
    by_name_alone = before is None or isinstance(
        before, bool | int | str
    )  # equal ones may be the same object by chance
    apart: dict[str, Any] = {
        "__name__": module.__name__,
        "__file__": module.__file__,
        "__package__": module.__package__,
    }
    exec(compiled, apart)
    for holder in [one for known, one in sys.modules.items() if known.startswith(("lti_app.", "tests."))]:
        for known, value in list(vars(holder).items()):
            if value is before and (known == name or not by_name_alone):
                setattr(holder, known, apart[name])
