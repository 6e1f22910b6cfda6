"""The page of one student on the grading desk: posts, evidence, rubric and grade."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, may
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.threads.rules import DiffPart, compare_words
from lti_app.grading.assessments.queries.context import PostInContext, collect_edited_texts, list_posts_in_context
from lti_app.grading.assessments.queries.given import given_now
from lti_app.grading.assessments.queries.grades import AssessmentView, get_assessment
from lti_app.grading.assessments.queries.history import list_looks
from lti_app.grading.assessments.queries.points import get_points
from lti_app.grading.assessments.rules import (
    MAX_CRITERION_COMMENT,
    MAX_REASON,
    ClassLines,
    StudentLine,
    events_after,
    suggested_level,
)
from lti_app.grading.graders.errors import MarkedIndependently
from lti_app.grading.rubrics.queries import list_versions
from lti_app.grading.rubrics.rules.criteria import CriterionMark, RubricView
from lti_app.participation.progress.queries import Participation, get_participation
from lti_app.participation.requirements.evaluation import Verdicts
from lti_app.web.grading.class_list import (
    filter_of,
    grades_of,
    list_class,
    narrowed,
    neighbours,
    next_ungraded,
    with_open,
)
from lti_app.web.grading.class_rows import names_beside
from lti_app.web.grading.forms.desk import AssessmentForm, RubricRow, chosen_marks
from lti_app.web.grading.forms.desk_edits import Work, comments_about
from lti_app.web.grading.peer_evidence import peer_evidence
from lti_app.web.grading.result import result_of
from lti_app.web.transactions import now, read_session


@dataclass(frozen=True)
class OpenedWork:
    """A student on the desk, with what the parts of the page need."""

    actor: Actor
    discussion: DiscussionView
    line: StudentLine
    posts: list[PostInContext]
    participation: Participation
    assessment: AssessmentView
    form: AssessmentForm | None
    """What was entered, if it is not saved."""
    typed: Mapping[str, str] | None
    """The same as it came; None where the page shows what is saved."""


def student_page(
    actor: Actor,
    discussion: DiscussionView,
    person_id: int,
    form: AssessmentForm | None = None,
    *,
    is_conflict: bool = False,
    typed: Mapping[str, str] | None = None,
    everybody: ClassLines | None = None,
) -> str:
    """The page of a student on the desk: with what is saved, or with what was entered, and is not.

    `is_conflict` if somebody else has saved meanwhile; `typed` where a button changed what was entered; `everybody` is
    the class list where it is known. Raises NotFound for a person who is not in it, and MarkedIndependently while
    graders mark the student independently: the page would tell what another one wrote at the posts.
    """
    everybody, session = everybody or list_class(actor, discussion), read_session()
    line = line_of(everybody, person_id)
    if line.is_blind:
        raise MarkedIndependently
    versions = list_versions(session, discussion)
    assessment = get_assessment(session, actor, discussion, person_id, versions=versions)
    if form is not None and is_conflict:
        _renew(form, assessment)
    work = OpenedWork(
        actor=actor,
        discussion=discussion,
        line=line,
        posts=list_posts_in_context(session, actor, discussion, person_id),
        participation=get_participation(session, actor, discussion, person_id, now=now()),
        assessment=assessment,
        form=form,
        typed=None if form is None else typed or request.form,
    )
    return render_template(
        "grading/student.html",
        discussion=discussion,
        student=work.line,
        blind=discussion.hides_names_from(actor),
        base_url=url_for("discussions.show", discussion_id=discussion.id),
        conflict=is_conflict,
        max_reason=MAX_REASON,
        max_criterion_comment=MAX_CRITERION_COMMENT,
        **_class_beside(work, everybody, versions),
        **_work_shown(work),
        **_marks_shown(work),
        **comments_about(
            Work(actor, discussion, work.line, assessment, tuple(work.posts), work.participation.facts),
            typed=work.typed,
        ),
        **peer_evidence(actor, discussion, assessment, everybody, person_id),
    )


def line_of(lines: ClassLines, person_id: int) -> StudentLine:
    """A student in the class list. Raises NotFound."""
    if line := lines.by_person.get(person_id):
        return line
    raise NotFound


def _class_beside(work: OpenedWork, everybody: ClassLines, versions: Mapping[int, RubricView]) -> dict[str, Any]:
    """The class list as it is filtered, with the ways to other students."""
    actor, discussion, person_id = work.actor, work.discussion, work.line.person_id
    wanted, grades = filter_of(actor, everybody), grades_of(actor, discussion, everybody, versions=versions)
    lines = with_open(work.line, everybody, narrowed(actor, discussion, everybody, wanted, grades=grades))
    before, after = neighbours(lines, person_id)
    return {
        "beside": names_beside(discussion, lines, query=wanted.query, grades=grades, open_id=person_id),
        "wanted": wanted,
        "ungraded_key": next_ungraded(lines, person_id),
        "previous_key": before.key if before else None,
        "next_key": after.key if after else None,
        "graded_count": everybody.graded_count,
        "total_count": len(everybody),
    }


def _work_shown(work: OpenedWork) -> dict[str, Any]:
    """The posts with what was counted of them, and what happened to them after the marks were saved."""
    verdicts = work.participation.verdicts
    changes = [change for post in work.posts for change in post.events]
    return {
        "posts": work.posts,
        "verdicts": verdicts,
        "points": get_points(read_session(), work.actor, work.discussion, work.line.person_id, verdicts),
        "post_verdicts": verdicts.posts,
        "own": work.participation.calendar,
        "changes": events_after(work.assessment.assessed_at, changes),
        "edits": _edits_since(work),
    }


def _marks_shown(work: OpenedWork) -> dict[str, Any]:
    """The form with the rubric, what stands between the marks and the grade, and what became of the grade."""
    person_id, basis = work.line.person_id, work.assessment.basis
    asked = list_looks(read_session(), work.actor, work.discussion, person_id) if work.line.asks_again else []
    verdicts = work.participation.verdicts
    return {
        "assessment": work.assessment,
        "rubric": work.assessment.rubric,
        "rows": _rows(work.assessment, verdicts, work.typed),
        "form": work.form or _filled(work.assessment),
        "looks": asked,
        "passback": work.line.passback,
        "own_grade": given_now(work.discussion, basis, work.assessment.rubric, verdicts),
        "result": result_of(work.discussion, work.assessment, verdicts, work.typed),
        "may_edit_rubric": may(work.actor, DiscussionPermission.EDIT_SETTINGS),
    }


def _filled(assessment: AssessmentView) -> AssessmentForm:
    """The form with what is saved."""
    return AssessmentForm(
        formdata=None,
        comment=assessment.comment,
        note=assessment.note,
        version=assessment.version,
        marked_with=assessment.rubric.id,
    )


def _renew(form: AssessmentForm, assessment: AssessmentView) -> None:
    """After a conflict: saving again is a choice between both, which the page shows."""
    form.version.data, form.version.raw_data = assessment.version, None
    form.marked_with.data, form.marked_with.raw_data = assessment.rubric.id, None


def _edits_since(work: OpenedWork) -> dict[str, tuple[DiffPart, ...]]:
    """What was changed in the student's posts after the marks were saved, by address."""
    since = work.assessment.assessed_at
    if since is None or not any(post.edited_at and post.edited_at > since for post in work.posts):
        return {}
    texts = collect_edited_texts(read_session(), work.actor, work.discussion, work.line.person_id, since)
    return {address: compare_words(text.before, text.now) for address, text in texts.items()}


def _rows(assessment: AssessmentView, verdicts: Verdicts, typed: Mapping[str, str] | None) -> list[RubricRow]:
    """The criteria with their marks: as typed if they are not saved, else as stored."""
    rubric = assessment.rubric
    marks = assessment.marks if typed is None else chosen_marks(rubric, typed)
    return [
        RubricRow(criterion, marks.get(criterion.id, CriterionMark()), suggested_level(criterion, verdicts))
        for criterion in rubric.criteria
    ]
