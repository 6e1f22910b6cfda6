"""The comments that a grader can insert on the desk: saved ones, and what they typed before."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from sqlalchemy import CompoundSelect, String, bindparam, case, false, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from lti_app.core.statements import fetch_rows
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.models import Pseudonym
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.models import Assessment, Mark
from lti_app.grading.comments.models import SavedComment
from lti_app.grading.comments.rules.saved import BankComment, Values, fill, generalized, most_typed
from lti_app.grading.rubrics.models import Criterion, Level

MOST_TYPED = 300
"""Of the comments on criteria, the newest so many are looked at."""
LEAST_NAME = 3
"""A part of a name with fewer letters may well be another word."""


def list_bank(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    person_id: int,
    *,
    titles: Collection[str],
    values: Values,
) -> list[BankComment]:
    """The actor's saved comments in the course, and what they typed before for criteria with these titles, filled in
    for a student with these values (one statement).

    What they typed for this student here is left out. Where a comment names the student that it was for, the name gives
    way to that of this one. Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    bound = {
        "course_id": actor.course_id,
        "actor_id": actor.person_id,
        "discussion_id": discussion.id,
        "person_id": person_id,
        **{f"title_{nth}": title for nth, title in enumerate(titles)},
    }
    rows = fetch_rows(session, _offered(len(titles)), bound)
    saved = [BankComment(row.text, row.criterion, row.level, row.id) for row in rows if row.id]
    typed = [BankComment(_reusable(row), row.criterion, row.level) for row in rows if not row.id]
    found = [*saved, *most_typed(typed, known={each.text for each in saved})]
    return [_filled(each, values) for each in found]


@lru_cache(maxsize=64)
def _offered(count: int) -> CompoundSelect[Any]:
    """What the actor saved, and what they typed in the newest marks of others, for criteria with so many titles."""
    titles = [bindparam(f"title_{nth}", type_=String) for nth in range(count)]
    saved = select(
        SavedComment.id.label("id"),
        SavedComment.text.label("text"),
        SavedComment.criterion.label("criterion"),
        SavedComment.level.label("level"),
        literal("").label("name"),
        literal("").label("pseudonym"),
    ).where(SavedComment.course_id == bindparam("course_id"), SavedComment.person_id == bindparam("actor_id"))
    newest = (
        select(
            literal(0).label("id"),
            Mark.comment.label("text"),
            Criterion.title.label("criterion"),
            func.coalesce(case((Level.name != "", Level.name), else_=Level.description), "").label("level"),
            Person.name,
            func.coalesce(Pseudonym.name, "").label("pseudonym"),
        )
        .join(Assessment, Assessment.id == Mark.assessment_id)
        .join(Criterion, Criterion.id == Mark.criterion_id)
        .join(Person, Person.id == Assessment.person_id)
        .outerjoin(Level, Level.id == Mark.level_id)
        .outerjoin(
            Pseudonym,
            (Pseudonym.discussion_id == Assessment.discussion_id) & (Pseudonym.person_id == Assessment.person_id),
        )
        .where(Assessment.course_id == bindparam("course_id"), Assessment.assessed_by_id == bindparam("actor_id"))
        .where(
            (Assessment.discussion_id != bindparam("discussion_id")) | (Assessment.person_id != bindparam("person_id"))
        )
        .where(Mark.comment != "", or_(*(Criterion.title == title for title in titles), false()))
        .order_by(Assessment.assessed_at.desc(), Mark.id)
        .limit(MOST_TYPED)
        .subquery()
    )
    return union_all(saved, select(*newest.c))


def _reusable(row: Any) -> str:
    given = row.name.partition(" ")[0]
    return generalized(row.text, (row.name, row.pseudonym, given if len(given) >= LEAST_NAME else ""))


def _filled(each: BankComment, values: Values) -> BankComment:
    return BankComment(fill(each.text, values), each.criterion, each.level, each.saved_id, each.times)
