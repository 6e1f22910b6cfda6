"""Modules that only some processes need: loaded when they are first used, to keep the memory of the others small."""

from importlib import import_module
from typing import Any


class LaterModule:
    """A module by its name. Give type checkers the import itself, under TYPE_CHECKING."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)
