"""A student whom graders mark independently: one's own marks, and the comparison once all are in."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.errors import AssessmentIncomplete, CommentTooLong
from lti_app.grading.assessments.queries.context import list_posts_in_context
from lti_app.grading.assessments.rules import MAX_CRITERION_COMMENT, StudentLine, suggested_level
from lti_app.grading.comments.errors import PlaceholderLeft
from lti_app.grading.graders.queries.blind import list_blind
from lti_app.grading.graders.rules.blind import BlindPurpose
from lti_app.grading.graders.rules.given import joined
from lti_app.grading.marking.actions.deciding import decide_marking, end_marking, may_decide
from lti_app.grading.marking.actions.submitting import save_marking
from lti_app.grading.marking.errors import DecisionChanged, MarkingChanged, MarkingClosed
from lti_app.grading.marking.queries.compare import BlindMarkingView, get_marking
from lti_app.grading.rubrics.rules.criteria import CriterionMark
from lti_app.participation.progress.queries import get_participation
from lti_app.participation.requirements.evaluation import Verdicts
from lti_app.web.grading.class_list import (
    ClassFilter,
    enter,
    filter_of,
    list_class,
    narrowed,
    neighbours,
    next_ungraded,
    whom,
    with_open,
)
from lti_app.web.grading.forms.bank import bank_of
from lti_app.web.grading.forms.desk import AssessmentForm, RubricRow, chosen_marks
from lti_app.web.grading.forms.desk_edits import BANK_ACTIONS, INSERT, bank_edit
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint(
    "marking", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/grading"
)


@blueprint.get("/<int:person_id>/marking")
@blueprint.get("/b<int:pseudonym_id>/marking")
def show(discussion_id: int, person_id: int = 0, pseudonym_id: int = 0) -> ResponseReturnValue:
    """The student's posts beside one's own marks; once all are in, the marks of both graders side by side."""
    actor, discussion = enter(discussion_id)
    person_id = whom(actor, discussion, person_id, pseudonym_id)
    if list_blind(read_session(), actor, discussion).of(person_id) is None:
        return redirect(_desk_of(actor, discussion, person_id), 303)
    return _page(actor, discussion, person_id)


@blueprint.post("/<int:person_id>/marking")
@blueprint.post("/b<int:pseudonym_id>/marking")
def save(discussion_id: int, person_id: int = 0, pseudonym_id: int = 0) -> ResponseReturnValue:
    """Save one's own marks as a draft, or submit them."""
    actor, discussion = enter(discussion_id)
    person_id = whom(actor, discussion, person_id, pseudonym_id)
    form, action = AssessmentForm(), request.form.get("action", "save")
    if action in BANK_ACTIONS:
        rubric = get_marking(read_session(), actor, discussion, person_id).rubric
        return _page(actor, discussion, person_id, form, typed=bank_edit(actor, rubric, form, action).typed)
    if not form.validate():
        return _page(actor, discussion, person_id, form), 422
    try:
        is_submitted = _save(actor, discussion, person_id, form, is_submitted=action.startswith("submit"))
    except (CommentTooLong, PlaceholderLeft):
        return _page(actor, discussion, person_id, form), 422
    except (MarkingChanged, MarkingClosed) as problem:
        return _page(actor, discussion, person_id, form, problem=problem.code), 409
    if is_submitted:
        flash(_("Marks submitted."))
    elif action.startswith("submit"):
        flash(_("Saved, but not submitted. Choose a level for every criterion first."), "warning")
    else:
        flash(_("Saved as a draft that only you can see."))
    here, shown, wanted = _place(actor, discussion, person_id)
    after = neighbours(shown, person_id)[1]
    if is_submitted and action == "submit_next" and after:
        return redirect(f"{url_for('grading.desk', discussion_id=discussion_id)}/{after.key}{wanted.query}", 303)
    return redirect(f"{_url(discussion, here)}{wanted.query}", 303)


def _save(
    actor: Actor, discussion: DiscussionView, person_id: int, form: AssessmentForm, *, is_submitted: bool
) -> bool:
    rubric = get_marking(read_session(), actor, discussion, person_id).rubric
    with writing() as session:
        return save_marking(
            session,
            actor,
            discussion,
            person_id,
            marks=chosen_marks(rubric, request.form),
            comment=form.comment.data or "",
            note=form.note.data or "",
            version=form.version.data or 0,
            is_submitted=is_submitted,
            now=now(),
        )


@blueprint.post("/<int:person_id>/marking/decide")
@blueprint.post("/b<int:pseudonym_id>/marking/decide")
def decide(discussion_id: int, person_id: int = 0, pseudonym_id: int = 0) -> ResponseReturnValue:
    """Decide between the marks of two graders."""
    actor, discussion = enter(discussion_id)
    person_id = whom(actor, discussion, person_id, pseudonym_id)
    form, rubric = AssessmentForm(), get_marking(read_session(), actor, discussion, person_id).rubric
    if not form.validate():
        return _page(actor, discussion, person_id, form), 422
    try:
        with writing() as session:
            decide_marking(
                session,
                actor,
                discussion,
                person_id,
                marks=chosen_marks(rubric, request.form),
                comment=form.comment.data or "",
                note=form.note.data or "",
                marked_with=form.marked_with.data or 0,
                now=now(),
            )
    except (AssessmentIncomplete, CommentTooLong, PlaceholderLeft) as problem:
        return _page(actor, discussion, person_id, form, problem=problem.code), 422
    except DecisionChanged as problem:
        return _page(actor, discussion, person_id, form, problem=problem.code), 409
    flash(_("Decided. The student can’t see the grade until you release it."))
    return redirect(_desk_of(actor, discussion, person_id), 303)


@blueprint.post("/<int:person_id>/marking/end")
@blueprint.post("/b<int:pseudonym_id>/marking/end")
def end(discussion_id: int, person_id: int = 0, pseudonym_id: int = 0) -> ResponseReturnValue:
    """End second marking for one student."""
    actor, discussion = enter(discussion_id)
    person_id = whom(actor, discussion, person_id, pseudonym_id)
    try:
        with writing() as session:
            end_marking(session, actor, discussion, person_id, now=now())
    except DecisionChanged as problem:
        return _page(actor, discussion, person_id, problem=problem.code), 409
    flash(_("Second marking has ended for this student."))
    return redirect(_desk_of(actor, discussion, person_id), 303)


def _place(
    actor: Actor, discussion: DiscussionView, person_id: int
) -> tuple[StudentLine, list[StudentLine], ClassFilter]:
    """The student, the class list as the filter shows it, and the filter. Raises NotFound."""
    everybody = list_class(actor, discussion)
    wanted = filter_of(actor, everybody)
    here = next((line for line in everybody if line.person_id == person_id), None)
    if here is None:
        raise NotFound
    return here, with_open(here, everybody, narrowed(actor, discussion, everybody, wanted)), wanted


def _desk_of(actor: Actor, discussion: DiscussionView, person_id: int) -> str:
    here, _shown, wanted = _place(actor, discussion, person_id)
    return f"{url_for('grading.desk', discussion_id=discussion.id)}/{here.key}{wanted.query}"


def _url(discussion: DiscussionView, line: StudentLine) -> str:
    return f"{url_for('grading.desk', discussion_id=discussion.id)}/{line.key}/marking"


def _page(
    actor: Actor,
    discussion: DiscussionView,
    person_id: int,
    form: AssessmentForm | None = None,
    *,
    problem: str = "",
    typed: Mapping[str, str] | None = None,
) -> str:
    view, session = get_marking(read_session(), actor, discussion, person_id), read_session()
    here, shown, wanted = _place(actor, discussion, person_id)
    before, after = neighbours(shown, person_id)
    participation = get_participation(session, actor, discussion, person_id, now=now())
    verdicts, posts = participation.verdicts, list_posts_in_context(session, actor, discussion, person_id)
    is_compared = bool(view.shown) or not view.state.is_open
    is_decision = is_compared and view.state.is_open and _may_decide(actor, view)
    if form is not None and problem in (MarkingChanged.code, DecisionChanged.code):
        form.version.data, form.version.raw_data = view.own.version if view.own else 0, None
        form.marked_with.data, form.marked_with.raw_data = view.rubric.id, None
    return render_template(
        "grading/marking/compare.html" if is_compared else "grading/marking/mark.html",
        discussion=discussion,
        student=here,
        wanted=wanted,
        view=view,
        problem=problem,
        rows=_rows(view, verdicts, typed or (request.form if form else None), is_decision=is_decision),
        form=form or _form(view, is_decision=is_decision),
        is_decision=is_decision,
        is_instructor=actor.role is Role.INSTRUCTOR,
        here=_url(discussion, here),
        previous_key=before.key if before else None,
        next_key=after.key if after else None,
        ungraded_key=next_ungraded(shown, person_id),
        posts=posts,
        bank=[]
        if is_compared
        else bank_of(actor, discussion, here, rubric=view.rubric, posts=posts, facts=participation.facts),
        inserted_into=(typed or {}).get("into", "") if request.form.get("action") == INSERT else "",
        verdicts=verdicts,
        post_verdicts=verdicts.posts,
        blind=discussion.hides_names_from(actor),
        max_criterion_comment=MAX_CRITERION_COMMENT,
        base_url=url_for("discussions.show", discussion_id=discussion.id),
    )


def _may_decide(actor: Actor, view: BlindMarkingView) -> bool:
    if view.state.purpose is BlindPurpose.CALIBRATION:
        return actor.role is Role.INSTRUCTOR
    return view.state.is_to_decide and may_decide(actor, view.marked_by)


def _form(view: BlindMarkingView, *, is_decision: bool) -> AssessmentForm:
    """The reader's own words; of a decision, those of both graders to choose from."""
    own, rubric_id = view.own, view.rubric.id
    if is_decision and view.state.purpose is BlindPurpose.CALIBRATION:
        return AssessmentForm(formdata=None, comment="", note="", version=0, marked_with=rubric_id)
    if is_decision:
        first, second = view.shown[:2]
        words = {"comment": joined(first.comment, second.comment), "note": joined(first.note, second.note)}
        return AssessmentForm(formdata=None, **words, version=0, marked_with=rubric_id)
    if own is None:
        return AssessmentForm(formdata=None, comment="", note="", version=0, marked_with=rubric_id)
    return AssessmentForm(formdata=None, comment=own.comment, note=own.note, version=own.version, marked_with=rubric_id)


def _rows(
    view: BlindMarkingView, verdicts: Verdicts, typed: Mapping[str, str] | None, *, is_decision: bool
) -> list[RubricRow]:
    """The criteria with their marks: as entered if they are not saved, else one's own; of a decision, where both
    graders agree.
    """
    if typed is not None:
        marks: Mapping[int, CriterionMark] = chosen_marks(view.rubric, typed)
    elif is_decision:
        marks = {row.criterion.id: row.marks[0] for row in view.rows if row.is_unanimous}
    else:
        marks = view.own.marks if view.own else {}
    return [
        RubricRow(each, marks.get(each.id, CriterionMark()), suggested_level(each, verdicts))
        for each in view.rubric.criteria
    ]
