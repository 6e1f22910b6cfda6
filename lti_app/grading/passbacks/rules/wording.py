"""The sentences about scores in the gradebook: why one was not taken, and what to do. The pages and the command say the
same ones.
"""

from lti_app.core.wording import Phrase, phrase
from lti_app.grading.passbacks.rules.reports import PassbackReport
from lti_app.grading.passbacks.rules.states import GradebookStanding, PassbackState

PROBLEMS = {
    "no_gradebook": phrase(
        "The LMS did not offer a gradebook when this activity was opened. Turn on grading for the activity in the LMS,"
        " open it once from the course page, then send again."
    ),
    "no_scope": phrase(
        "The LMS does not allow this tool to send grades. Ask an administrator to turn on grade services for it."
    ),
    "no_columns": phrase(
        "The LMS does not allow this tool to add gradebook columns. Ask an administrator to allow it to manage columns,"
        " open the activity once from the course page, then send again."
    ),
    "unknown_user": phrase(
        "The LMS does not list this person as a student in the course. If they have left, nothing needs to be done;"
        " otherwise enroll them as a student there, then send again."
    ),
    "not_found": phrase(
        "The gradebook column is gone, and the LMS lets us create no other. Open the activity once from the course"
        " page, then send again."
    ),
    "stale": phrase("The LMS reports a newer grade. Check the gradebook; someone may have changed the grade there."),
    "locked": phrase("The grade is locked in the LMS. Unlock it there, then send again."),
    "concluded": phrase(
        "The course has ended in the LMS and takes no more grades. Reopen it there, then send again, or enter the grade"
        " there by hand."
    ),
    "attempts": phrase(
        "The LMS allows no more attempts for this student. Allow another attempt there, then send again."
    ),
    "forbidden": phrase(
        "The LMS does not allow this tool to write to this gradebook column. Open the activity once from the course"
        " page, then send again. If that does not help, ask an administrator to check the tool’s permissions."
    ),
    "unauthorized": phrase(
        "The LMS did not accept this tool’s signature. Ask an administrator to check the tool’s keys in the LMS."
    ),
    "rejected": phrase("The LMS did not accept this grade."),
    "unreachable_too_long": phrase(
        "The LMS could not be reached for three days. Check whether it is running, then send again."
    ),
    "timeout": phrase("The LMS took too long to answer."),
    "unreachable": phrase("The LMS could not be reached."),
    "server_error": phrase("The LMS reported an internal error."),
    "throttled": phrase("The LMS asked us to wait."),
    "bad_answer": phrase("The LMS sent an unexpected response."),
    "busy": phrase("The gradebook column is being created."),
}
"""By the code of the newest attempt (codes: passbacks.ports)."""
OTHER_PROBLEM = phrase("The LMS did not accept the grade (%(code)s).")

ADVICE = {
    GradebookStanding.HELD: phrase(
        "The LMS shows another grade than the one it was sent before, so your newer grade was not sent. Choose which"
        " one counts."
    ),
    GradebookStanding.CHANGED: phrase("Someone changed this grade in the LMS. Choose which one counts."),
    GradebookStanding.DIFFERENT: phrase(
        "The LMS accepted our grade but shows another one. If it was overridden in the gradebook, remove the override"
        " there and send ours again, or keep the LMS grade."
    ),
    GradebookStanding.KEPT: phrase("An instructor chose to keep the grade in the LMS."),
    GradebookStanding.MISSING: phrase(
        "The LMS accepted the grade but shows none for this student. It may have been deleted there. Send it again."
    ),
    GradebookStanding.NO_POINTS: phrase(
        "The LMS accepts grades for this column but keeps no points. In Moodle, set the activity’s grade type to Point;"
        " in Canvas, display the grade as points and give the assignment more than 0 points. Then send again."
    ),
    GradebookStanding.UNREADABLE: phrase(
        "The LMS accepted the grade but doesn’t let this tool read grades. Look in the gradebook, or ask an"
        " administrator to allow reading results."
    ),
}
"""By the standing of a score that was not refused: what to do about what the LMS shows."""
COMPLETE = phrase("This column is graded complete or incomplete: the LMS shows full points for any grade above zero.")
FULL = phrase(
    "The LMS accepted our grade but shows full points. If the column is graded complete or incomplete, keep the LMS"
    " grade. If the grade was overridden in the gradebook, remove the override there and send ours again, or keep the"
    " LMS grade."
)
"""What a single grade leaves open."""

DELIVERED = phrase("Sent to the gradebook %(when)s, confirmed.")
SENT = phrase("Sent to the gradebook %(when)s.")
SENDING = phrase("Being sent to the gradebook.")
DELAYED = phrase("Not in the gradebook yet. Your instructor can see why; you don’t need to do anything.")
OTHER_GRADE = phrase("The gradebook has a different grade. Your instructor can see this and decides which one counts.")
OTHER_GRADE_KEPT = phrase("Your instructor decided that the grade in the gradebook counts.")
NOT_SHOWN = phrase("Sent to the gradebook %(when)s, but it doesn’t show there. Your instructor can see this.")
_TO_STUDENTS = {
    GradebookStanding.CONFIRMED: DELIVERED,
    GradebookStanding.SENT: SENT,
    GradebookStanding.UNREADABLE: SENT,
    GradebookStanding.REFUSED: DELAYED,
    GradebookStanding.HELD: OTHER_GRADE,
    GradebookStanding.CHANGED: OTHER_GRADE,
    GradebookStanding.DIFFERENT: OTHER_GRADE,
    GradebookStanding.KEPT: OTHER_GRADE_KEPT,
    GradebookStanding.MISSING: NOT_SHOWN,
    GradebookStanding.NO_POINTS: NOT_SHOWN,
}


def delivery_of(report: PassbackReport) -> Phrase:
    """What a student is told of their released grade: where it is, without the points that the LMS shows in its place,
    which it may not have published yet.
    """
    if report.state is PassbackState.PENDING:
        return DELAYED if report.has_failed else SENDING
    return _TO_STUDENTS[report.standing].with_values(when=report.sent_at)


def advice_on(report: PassbackReport) -> Phrase | None:
    """What to do about what the LMS shows; None where there is nothing to say."""
    if report.is_complete:
        return COMPLETE
    if report.is_full and report.standing is GradebookStanding.DIFFERENT:
        return FULL
    return ADVICE.get(report.standing)


def problem_with(report: PassbackReport) -> Phrase | None:
    """Why a score is not where it should be: what the newest attempt met with, or what the LMS shows instead.

    None where an instructor need not do or know anything.
    """
    if report.state in (PassbackState.PENDING, PassbackState.REFUSED):
        return problem_of(report.error_code) if report.error_code else None
    return advice_on(report) if report.needs_attention else None


def problem_of(code: str) -> Phrase:
    """Why the newest attempt failed."""
    return PROBLEMS.get(code) or OTHER_PROBLEM.with_values(code=code)
