"""When graders last did something for each student that the student sees or will see."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.models import Assessment, GradeEvent
from lti_app.grading.assessments.rules import GradeEventKind
from lti_app.participation.activity.rules.contact import Contact

_BY_HAND = (GradeEventKind.SAVED, GradeEventKind.COMMENTED, GradeEventKind.DECIDED)
"""What somebody does for one student: not what is done with a whole class at once."""


def list_gradings(session: Session, actor: Actor, views: Collection[DiscussionView]) -> list[Contact]:
    """The last time that each grader saved marks or a comment for each student in these discussions (one statement).

    Discussions in which names are hidden from the actor are left out, since a time would tell whose work it was. Raises
    Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    named = [view.id for view in views if not view.hides_names_from(actor)]
    rows = session.execute(
        select(Assessment.person_id, GradeEvent.by_id, func.max(GradeEvent.at))
        .join(GradeEvent, GradeEvent.assessment_id == Assessment.id)
        .where(Assessment.discussion_id.in_(named), GradeEvent.kind.in_(_BY_HAND))
        .group_by(Assessment.person_id, GradeEvent.by_id)
    )
    return [Contact(*row) for row in rows]
