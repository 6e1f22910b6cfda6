"""Nothing is found or written by the id of something that is of another discussion, course or deployment.

Every action and query that takes an id is called with each of its ids in turn belonging elsewhere, all else being of
the instructor's own discussion. What is not NotFound is in a table here, with what it is instead and why.
"""

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import lti_app
from lti_app.core.db import Base
from lti_app.core.errors import ColloquyError, NotFound
from lti_app.exchange.exporting.queries import Selection, export_posts
from tests.cast import MONDAY, Cast
from tests.tenancy.calls import (
    AS_FOR_NOTHING,
    AS_STUDENT,
    BEYOND_A_GATE,
    CARRIED,
    FOUND,
    NO_IDS,
    OTHERWISE_CALLED,
    VALUES,
    WITHOUT,
)
from tests.tenancy.functions import ids_of, name_of, public_functions
from tests.tenancy.world import World, make_world

Call = tuple[str, Callable[..., Any], str]
TAKING_IDS = {name_of(function): function for function in public_functions() if ids_of(function)}
CALLS: list[Call] = [
    (name, function, parameter)
    for name, function in TAKING_IDS.items()
    for parameter in ids_of(function)
    if name not in BEYOND_A_GATE and f"{name}.{parameter}" not in NO_IDS
]
"""A function, and the parameter of it that gets an id from elsewhere."""


def arguments(world: World, name: str, function: Callable[..., Any], chosen: str) -> dict[str, Any]:
    """Everything of home, with `chosen` among the ids that are given."""
    actor = world.student if name in AS_STUDENT else world.instructor
    of_home = {
        "actor": actor,
        "discussion": world.home.discussion,
        "views": (world.home.discussion,),
        "now": MONDAY + timedelta(hours=1),
        "token": world.token,
    }
    left_out = WITHOUT.get(name, {}).get(chosen)
    found = {}
    for parameter in inspect.signature(function).parameters.values():
        key = parameter.name
        if key in ids_of(function):
            if f"{name}.{key}" not in NO_IDS:
                found[key] = None if key == left_out else as_taken(name, key, world.home.ids)
        elif key in of_home:
            found[key] = of_home[key]
        elif f"{name}.{key}" in VALUES or key in VALUES:
            found[key] = VALUES.get(f"{name}.{key}", VALUES.get(key))
        else:
            assert key == "session" or parameter.default is not parameter.empty, f"{name}: what is a good {key}?"
    return found


def as_taken(name: str, parameter: str, ids: Mapping[str, int]) -> Any:
    """An id as the parameter takes it."""
    if parameter in CARRIED:
        return CARRIED[parameter](ids)
    kind = OTHERWISE_CALLED.get(f"{name}.{parameter}", parameter.removesuffix("s"))
    return [ids[kind]] if parameter.endswith("_ids") else ids[kind]


def strays(world: World, call: Call) -> Iterator[tuple[str, dict[str, Any]]]:
    """The same call with the id of each other place, in which there is such a thing."""
    name, function, parameter = call
    for place, ids in world.foreign.items():
        with suppress(KeyError):  # a course's things are the same for another discussion of it
            yield place, {**arguments(world, name, function, parameter), parameter: as_taken(name, parameter, ids)}


def everything(session: Session) -> dict[str, list[Any]]:
    session.flush()
    tables = Base.metadata.sorted_tables
    return {table.name: list(session.execute(select(table).order_by(*table.primary_key))) for table in tables}


def outcome(session: Session, function: Callable[..., Any], given: dict[str, Any]) -> Any:
    """What a call answers, or the error that it raises; nothing of it stays."""
    point = session.begin_nested()
    try:
        answer = function(session, **given)
        return list(export_posts(session, answer)) if isinstance(answer, Selection) else answer
    except ColloquyError as error:
        return error
    finally:
        point.rollback()
        session.expire_all()


def is_right(session: Session, world: World, call: Call, answer: Any) -> bool:
    name, function, parameter = call
    if not {name, f"{name}.{parameter}"} & set(AS_FOR_NOTHING):
        return isinstance(answer, NotFound)
    nothing = as_taken(name, parameter, world.foreign["nowhere"])
    given = {**arguments(world, name, function, parameter), parameter: nothing}
    return not isinstance(answer, Exception) and bool(answer == outcome(session, function, given))


def test_the_tables_name_functions_that_there_are():
    by_parameter = {f"{name}.{parameter}" for name, _, parameter in CALLS}
    assert set(AS_FOR_NOTHING) <= {*TAKING_IDS, *by_parameter}
    assert {*BEYOND_A_GATE, *AS_STUDENT, *WITHOUT} <= set(TAKING_IDS)
    assert {name.rpartition(".")[0] for name in NO_IDS} <= set(TAKING_IDS)


def test_at_home_all_is_found(session: Session, cast: Cast):
    """So that what is not found elsewhere is not found because it is elsewhere."""
    world, missed = make_world(session, cast), []
    for call in CALLS:
        name, function, parameter = call
        answer = outcome(session, function, arguments(world, name, function, parameter))
        if isinstance(answer, NotFound) or (name in FOUND and is_right(session, world, call, answer)):
            missed.append(f"{name}({parameter}): {answer!r:.80}")
    assert missed == []


def test_what_is_elsewhere_is_not_found(session: Session, cast: Cast):
    world = make_world(session, cast)
    found = [
        f"{call[0]}({call[2]} of {place}): {answer!r:.80}"
        for call in CALLS
        for place, given in strays(world, call)
        if not is_right(session, world, call, answer := outcome(session, call[1], given))
    ]
    assert found == []


def test_nothing_is_written_for_what_is_elsewhere(session: Session, cast: Cast):
    world = make_world(session, cast)
    before, written = everything(session), []
    for call in CALLS:
        if ".actions" in call[1].__module__:
            for place, given in strays(world, call):
                point = session.begin_nested()
                with suppress(ColloquyError):
                    call[1](session, **given)
                if everything(session) != before:
                    written.append(f"{call[0]}({call[2]} of {place})")
                point.rollback()
                session.expire_all()
    assert written == []


def parsed_web() -> Iterator[ast.AST]:
    for file in (Path(lti_app.__file__).parent / "web").rglob("*.py"):
        yield from ast.walk(ast.parse(file.read_text(encoding="utf-8")))


def test_what_trusts_its_ids_is_out_of_the_webs_reach():
    """It takes ids that a gate, or the LMS's signed message, has answered for."""
    trusting = {(TAKING_IDS[name].__module__, TAKING_IDS[name].__name__) for name in BEYOND_A_GATE}
    imports = (node for node in parsed_web() if isinstance(node, ast.ImportFrom))
    assert [alias.name for node in imports for alias in node.names if (node.module, alias.name) in trusting] == []
