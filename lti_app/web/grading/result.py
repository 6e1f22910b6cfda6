"""What unsaved marks and comments come to: the grade, and the comments as students read them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import render_template, url_for

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.adjustments.rules.given import GivenGrade, GradeBasis
from lti_app.grading.assessments.queries.given import given_now
from lti_app.grading.assessments.queries.grades import AssessmentView, get_assessment
from lti_app.grading.assessments.rules import MAX_REASON, StudentLine
from lti_app.grading.rubrics.rules.criteria import CriterionMark
from lti_app.participation.progress.queries import get_participation
from lti_app.participation.requirements.evaluation import Verdicts
from lti_app.web.grading.adjusting import LATE_WAIVED, LATE_WAS_WAIVED
from lti_app.web.grading.forms.desk import COMMENT, PREVIEW, RESULT, chosen_marks
from lti_app.web.headers import keep_fetched
from lti_app.web.transactions import now, read_session


@dataclass(frozen=True)
class Result:
    """What a page of the desk shows below the rubric."""

    grade: GivenGrade
    is_complete: bool
    """Whether every criterion that counts has a level."""
    late_waived: bool
    comments: tuple[tuple[str, str], ...] = ()
    """The comments to preview: the criterion, empty for the one on the whole work, and the text."""


def result_of(
    discussion: DiscussionView,
    assessment: AssessmentView,
    verdicts: Verdicts,
    typed: Mapping[str, str] | None,
) -> Result:
    """What is typed comes to; what is saved where nothing is typed."""
    basis, rubric = assessment.basis, assessment.rubric
    if typed is None:
        grade = given_now(discussion, basis, rubric, verdicts)
        return Result(grade, assessment.is_complete, late_waived=basis.is_waived)
    basis = _typed_basis(assessment, typed)
    marked = [key for key, mark in _typed_marks(assessment, typed).items() if mark.points is not None]
    return Result(
        given_now(discussion, basis, rubric, verdicts),
        rubric.is_complete(marked),
        late_waived=basis.is_waived,
        comments=_comments(assessment, typed) if typed.get("action") in (PREVIEW, RESULT) else (),
    )


def result_fragment(actor: Actor, discussion: DiscussionView, student: StudentLine, typed: Mapping[str, str]) -> str:
    """The part of the desk that changes while one types. Raises NotFound, also while graders mark
    independently, and Forbidden.
    """
    if student.is_blind:
        raise NotFound
    keep_fetched()
    session = read_session()
    assessment = get_assessment(session, actor, discussion, student.person_id)
    verdicts = get_participation(session, actor, discussion, student.person_id, now=now()).verdicts
    return render_template(
        "grading/_result.html",
        discussion=discussion,
        assessment=assessment,
        rubric=assessment.rubric,
        result=result_of(discussion, assessment, verdicts, typed),
        max_reason=MAX_REASON,
        base_url=url_for("discussions.show", discussion_id=discussion.id),
    )


def _typed_marks(assessment: AssessmentView, typed: Mapping[str, str]) -> dict[int, CriterionMark]:
    marks = chosen_marks(assessment.rubric, typed)
    return {each.id: each.settled(marks[each.id]) for each in assessment.rubric.criteria}


def _typed_basis(assessment: AssessmentView, typed: Mapping[str, str]) -> GradeBasis:
    basis = assessment.basis
    waived = bool(typed.get(LATE_WAIVED)) if LATE_WAS_WAIVED in typed else basis.is_waived
    return replace(basis, total=assessment.rubric.total(_typed_marks(assessment, typed)), is_waived=waived)


def _comments(assessment: AssessmentView, typed: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The comments that are not empty, the one on the whole work first."""
    found = [("", typed.get("comment", ""))]
    found += [(each.title, typed.get(f"{COMMENT}{each.key}", "")) for each in assessment.rubric.criteria]
    return tuple((title, text.strip()) for title, text in found if text.strip())
