"""What the page of a student on the grading desk tells of the reviews of their posts."""

from collections.abc import Sequence
from typing import Any

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.reviewing.queries.allocation import read_plan
from lti_app.grading.assessments.queries.grades import AssessmentView
from lti_app.grading.assessments.rules import StudentLine
from lti_app.grading.reviews.queries.overview import get_peer_spread, share_of
from lti_app.grading.reviews.rules.weighting import weighted_total
from lti_app.web.transactions import read_session


def peer_evidence(
    actor: Actor,
    discussion: DiscussionView,
    assessment: AssessmentView,
    lines: Sequence[StudentLine],
    person_id: int,
) -> dict[str, Any]:
    """The spread of the reviews, the names of reviewers as the grader sees them, and the weighted total."""
    rubric = assessment.rubric
    spread = get_peer_spread(read_session(), actor, discussion, person_id, rubric=rubric)
    own = share_of(assessment.total, rubric.maximum) if assessment.is_complete else None
    weights = read_plan(discussion).weights
    return {
        "peers": spread,
        "names": {line.person_id: line.name for line in lines},
        "weighted": weighted_total(weights, instructor=own, spread=spread, maximum=rubric.maximum),
    }
