"""Changing the library of a course."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.grading.rubrics.access import RubricPermission, require
from lti_app.grading.rubrics.actions.store import delete_criteria, store_criteria, store_rubric
from lti_app.grading.rubrics.errors import LibraryFull, RubricChanged, RubricInvalid
from lti_app.grading.rubrics.models import Rubric
from lti_app.grading.rubrics.queries import count_library, get_library_rubric
from lti_app.grading.rubrics.rules.continuing import settled, without_keys
from lti_app.grading.rubrics.rules.plans import RubricPlan
from lti_app.grading.rubrics.rules.validation import problems_in

MAX_LIBRARY = 200
"""Rubrics of one course: lists show them all."""


def valid(plan: RubricPlan) -> RubricPlan:
    """The rubric as it is stored. Raises RubricInvalid."""
    plan = settled(plan)
    if problems := problems_in(plan):
        raise RubricInvalid(problems=problems)
    return plan


def create_rubric(session: Session, actor: Actor, plan: RubricPlan) -> int:
    """Add a rubric to the library of the actor's course; returns its id.

    Raises RubricInvalid, LibraryFull, Forbidden for all but instructors.
    """
    require(actor, RubricPermission.EDIT)
    plan = valid(plan)
    if count_library(session, actor) >= MAX_LIBRARY:
        raise LibraryFull
    return store_rubric(session, without_keys(plan), course_id=actor.course_id)


def save_rubric(session: Session, actor: Actor, rubric_id: int, plan: RubricPlan, *, version: int) -> None:
    """Change a rubric of the library; discussions that were set up with it keep their copies.

    `version` is that of the rubric the instructor saw. Raises RubricChanged if it was changed since, RubricInvalid,
    NotFound, Forbidden.
    """
    get_library_rubric(session, actor, rubric_id, need=RubricPermission.EDIT)
    plan = valid(plan)
    row = _locked(session, rubric_id)
    if row.version != version:
        raise RubricChanged
    row.version += 1
    row.title, row.scoring, row.pass_mark = plan.title, plan.scoring, plan.pass_mark
    delete_criteria(session, rubric_id)
    store_criteria(session, row, without_keys(plan).criteria)


def delete_rubric(session: Session, actor: Actor, rubric_id: int) -> str:
    """Delete a rubric from the library; returns its title. Copies in discussions stay. Raises NotFound, Forbidden."""
    found = get_library_rubric(session, actor, rubric_id, need=RubricPermission.EDIT)
    delete_criteria(session, rubric_id)
    session.execute(delete(Rubric).where(Rubric.id == rubric_id))
    return found.rubric.title


def share_rubric(session: Session, actor: Actor, rubric_id: int, *, wanted: bool) -> None:
    """Let other courses of the tenant copy a rubric of the library, or no longer. Raises NotFound, Forbidden."""
    get_library_rubric(session, actor, rubric_id, need=RubricPermission.EDIT)
    _locked(session, rubric_id).is_shared = wanted
    session.flush()


def _locked(session: Session, rubric_id: int) -> Rubric:
    held = select(Rubric).where(Rubric.id == rubric_id).with_for_update()
    row = session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise RubricChanged  # it was deleted a moment ago
    return row
