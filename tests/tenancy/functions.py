"""Every public action and query of the domain, found by looking, and which of its parameters are ids."""

import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import lti_app

NEIGHBOURHOODS = ("course", "library", "discussion", "participation", "grading", "notices", "exchange")
KINDS = {"actions", "queries"}
CARRIES_IDS = ("place", "moved")
"""Parameters that are no id themselves but have one in them."""


def public_functions() -> Iterator[Callable[..., Any]]:
    """What the modules and folders named actions and queries define."""
    root = Path(lti_app.__file__).parent
    for file in sorted(root.glob("*/*/**/*.py")):
        parts = file.relative_to(root).with_suffix("").parts
        if parts[0] not in NEIGHBOURHOODS or not KINDS & set(parts):
            continue
        module = import_module(".".join(("lti_app", *parts)).removesuffix(".__init__"))
        for name, found in vars(module).items():
            if inspect.isfunction(found) and found.__module__ == module.__name__ and not name.startswith("_"):
                yield found


def ids_of(function: Callable[..., Any]) -> list[str]:
    """The parameters of a function that are ids."""
    names = inspect.signature(function).parameters
    return [name for name in names if name.endswith(("_id", "_ids")) or name in CARRIES_IDS]


def name_of(function: Callable[..., Any]) -> str:
    """Neighbourhood, room and function: a function may move to another file of its room."""
    _, neighbourhood, room, *_ = function.__module__.split(".")
    return f"{neighbourhood}.{room}.{function.__name__}"
