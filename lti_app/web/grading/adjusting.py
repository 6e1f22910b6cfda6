"""What the desk changes of a grade besides its marks."""

from flask import request
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.actions.waiving import waive_late
from lti_app.grading.assessments.rules import MAX_REASON
from lti_app.web.transactions import now

LATE_WAIVED, LATE_WAS_WAIVED, LATE_REASON = "late_waived", "late_was_waived", "late_reason"


def decide_late(session: Session, actor: Actor, discussion: DiscussionView, person_id: int) -> None:
    """Waive the late reduction, or have it count again, where the grader changed the choice that the desk showed."""
    was_waived, is_waived = (request.form.get(name) for name in (LATE_WAS_WAIVED, LATE_WAIVED))
    if was_waived not in ("yes", "no") or (was_waived == "yes") == bool(is_waived):
        return
    reason = request.form.get(LATE_REASON, "")[:MAX_REASON]
    waive_late(session, actor, discussion, [person_id], is_waived=bool(is_waived), reason=reason, now=now())
