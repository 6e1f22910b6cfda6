"""The versions of a discussion's rule, and the requirements that new discussions begin with."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.course.courses.queries import name_in_course
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import StoredRequirements, Structure
from lti_app.participation.requirements.base import Terms
from lti_app.participation.requirements.evaluation import Requirements
from lti_app.participation.versions.models import CourseRequirements, RequirementVersion
from lti_app.participation.versions.rules import rule_from_stored


def class_terms(discussion: DiscussionView) -> Terms:
    """The dates and readings by which participation of the class is counted, without reviews."""
    return Terms(
        discussion.class_calendar,
        tuple(reading for reading in discussion.readings if reading.required),
        class_calendar=discussion.class_calendar,
        assigned=discussion.readings,
        has_poll=discussion.stance is not None,
        is_q_and_a=discussion.structure is Structure.QUESTIONS,
    )


@dataclass(frozen=True)
class VersionLine:
    """One version of the rule."""

    number: int
    requirements: Requirements
    made_by: str
    """Empty for the rule before the first change that was recorded."""
    made_at: datetime | None


def list_versions(session: Session, actor: Actor, discussion: DiscussionView) -> list[VersionLine]:
    """The versions of a discussion's rule, the newest first (one statement)."""
    rows = session.execute(
        select(RequirementVersion, name_in_course(Person, actor.course_id))
        .outerjoin(Person, Person.id == RequirementVersion.made_by_id)
        .where(RequirementVersion.discussion_id == discussion.id)
        .order_by(RequirementVersion.number.desc())
    )
    return [
        VersionLine(row.number, rule_from_stored(row.rule, row.number), who or "", row.made_at) for row, who in rows
    ]


def get_course_requirements(session: Session, actor: Actor) -> StoredRequirements | None:
    """What new discussions of the actor's course begin with; None if nobody has set that (one statement)."""
    wanted = select(CourseRequirements.requirements).where(CourseRequirements.course_id == actor.course_id)
    found = session.scalar(wanted)
    return None if found is None else tuple(found)
