"""Choosing a rubric to begin from: one of the course's library, one that ships, or one that another course shares."""

from flask_babel import gettext as _

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.grading.rubrics.queries import get_library_rubric, list_library, list_shared
from lti_app.grading.rubrics.rules.continuing import without_keys
from lti_app.grading.rubrics.rules.plans import RubricPlan, plan_of
from lti_app.grading.rubrics.rules.ready import READY
from lti_app.web.requests import is_number
from lti_app.web.transactions import read_session

READY_PREFIX, LIBRARY_PREFIX = "ready:", "library:"


def begun_from(actor: Actor, choice: str) -> RubricPlan | None:
    """The rubric that a choice names, to be copied; None where it names none. The actor must be on the staff.

    Raises NotFound for one that ships no longer, or that the actor cannot see.
    """
    key = choice.removeprefix(READY_PREFIX)
    if key != choice:
        if key not in READY:
            raise NotFound
        return READY[key].translated(_)
    number = choice.removeprefix(LIBRARY_PREFIX)
    if number == choice:
        return None
    if not is_number(number):
        raise NotFound
    return without_keys(plan_of(get_library_rubric(read_session(), actor, int(number)).rubric))


def rubric_choices(actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """All rubrics to choose from with their values, by the heading of their group; empty groups are left out.

    Four statements.
    """
    session = read_session()
    shared = [(each.id, f"{each.title} ({each.course_title})") for each in list_shared(session, actor)]
    groups = {
        _("Library of this course"): _of_library([(each.id, each.title) for each in list_library(session, actor)]),
        _("Ready to use"): [(f"{READY_PREFIX}{key}", _(plan.title)) for key, plan in READY.items()],
        _("Shared by other courses"): _of_library(shared),
    }
    return {heading: choices for heading, choices in groups.items() if choices}


def _of_library(rubrics: list[tuple[int, str]]) -> list[tuple[str, str]]:
    return [(f"{LIBRARY_PREFIX}{rubric_id}", title) for rubric_id, title in rubrics]
