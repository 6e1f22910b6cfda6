"""What sending would do with a student's score, without doing it: the dry run."""

from enum import StrEnum

from lti_app.grading.passbacks.rules.reports import PassbackReport
from lti_app.grading.passbacks.rules.states import GradebookStanding


class Plan(StrEnum):
    """What would become of one student's score, in the order in which a dry run lists them."""

    SENDS = "sends"
    """It is queued and goes out by itself."""
    RETRIES = "retries"
    """It has failed, and goes out if failed grades are sent again."""
    REPLACES = "replaces"
    """The student is ticked: it replaces what the LMS shows."""
    CHANGED_THERE = "changed_there"
    """Not sent: somebody has changed the grade in the LMS, and the student is not ticked."""
    LOST_THERE = "lost_there"
    """Not sent: the LMS accepted it and does not show it, and the student is not ticked."""
    KEPT = "kept"
    """Not sent: an instructor has chosen the grade in the LMS."""
    ACCEPTED = "accepted"
    """Not sent: the LMS has accepted it, and what it shows has not been read or cannot be."""
    ARRIVED = "arrived"
    """Not sent: the gradebook shows it."""
    NOT_RELEASED = "not_released"
    """Not sent: no grade of this student is released."""


SENT_PLANS = (Plan.SENDS, Plan.RETRIES, Plan.REPLACES)
"""Those by which a score would go out."""
_BY_STANDING = {
    GradebookStanding.HELD: Plan.CHANGED_THERE,
    GradebookStanding.CHANGED: Plan.CHANGED_THERE,
    GradebookStanding.DIFFERENT: Plan.CHANGED_THERE,
    GradebookStanding.MISSING: Plan.LOST_THERE,
    GradebookStanding.NO_POINTS: Plan.LOST_THERE,
    GradebookStanding.KEPT: Plan.KEPT,
    GradebookStanding.CONFIRMED: Plan.ARRIVED,
    GradebookStanding.SENT: Plan.ACCEPTED,
    GradebookStanding.UNREADABLE: Plan.ACCEPTED,
    GradebookStanding.PENDING: Plan.SENDS,
    GradebookStanding.REFUSED: Plan.RETRIES,
}


def plan_of(report: PassbackReport | None, *, is_ticked: bool = False) -> Plan:
    """What sending would do with the score of this report, None before the first release."""
    if report is None:
        return Plan.NOT_RELEASED
    if is_ticked and report.can_be_sent_over:
        return Plan.REPLACES
    return Plan.RETRIES if report.has_failed else _BY_STANDING[report.standing]
