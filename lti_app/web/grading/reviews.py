"""Reviews as students write and receive them."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.reviewing.actions.assigning import assign_when_due
from lti_app.discussion.reviewing.queries.allocation import is_unassigned, read_plan
from lti_app.discussion.reviewing.queries.tasks import ReviewTask, get_task, list_reviewed_posts, list_tasks
from lti_app.discussion.reviewing.rules.plans import is_due_to_assign
from lti_app.grading.reviews.actions import MAX_MARK_COMMENT, mark_helpful, report_review, save_review
from lti_app.grading.reviews.errors import ReviewChanged, ReviewClosed, ReviewIncomplete, ReviewWordsInvalid
from lti_app.grading.reviews.queries.writing import ReviewDraft, are_readable, get_review, list_received
from lti_app.grading.reviews.rules.events import MAX_REVIEW_COMMENT, MAX_REVIEW_REASON
from lti_app.grading.rubrics.rules.criteria import CriterionMark
from lti_app.web.grading.forms.desk import AssessmentForm, RubricRow, chosen_marks
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint(
    "reviews", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/reviews"
)


@blueprint.get("")
def own(discussion_id: int) -> ResponseReturnValue:
    """The reviews that the reader is to write, and those that they have received."""
    actor, discussion = _enter(discussion_id)
    if actor.is_staff:
        return redirect(url_for("review_overview.show", discussion_id=discussion_id), 303)
    _assign_if_due(actor, discussion)
    session, plan = read_session(), read_plan(discussion)
    return render_template(
        "grading/reviews/own.html",
        discussion=discussion,
        plan=plan,
        tasks=list_tasks(session, actor, discussion, now=now()),
        received=list_received(session, actor, discussion, now=now()),
        are_readable=are_readable(discussion, now=now()),
        may_review=actor.role is Role.STUDENT,
        max_reason=MAX_REVIEW_REASON,
        base_url=url_for("discussions.show", discussion_id=discussion_id),
    )


@blueprint.get("/write/<review_key>")
def write(discussion_id: int, review_key: str) -> ResponseReturnValue:
    """The posts of a classmate, or one's own, beside the rubric."""
    actor, discussion = _enter(discussion_id)
    return _page(actor, discussion, get_task(read_session(), actor, discussion, review_key, now=now()))


@blueprint.post("/write/<review_key>")
def save(discussion_id: int, review_key: str) -> ResponseReturnValue:
    """Save a draft of a review, or submit it."""
    actor, discussion = _enter(discussion_id)
    task = get_task(read_session(), actor, discussion, review_key, now=now())
    form, submits = AssessmentForm(), request.form.get("action") == "submit"
    if not form.validate():
        return _page(actor, discussion, task, form), 422
    try:
        _save(actor, discussion, task, form, submits=submits)
    except (ReviewIncomplete, ReviewWordsInvalid, ReviewClosed) as error:
        return _page(actor, discussion, task, form, problem=error.code), 422
    except ReviewChanged as error:
        return _page(actor, discussion, task, form, problem=error.code), 409
    flash(_saved_words(task, submits=submits))
    if submits or task.submitted_at:
        return redirect(url_for(".own", discussion_id=discussion_id), 303)
    return redirect(url_for(".write", discussion_id=discussion_id, review_key=review_key), 303)


@blueprint.post("/received/<review_key>/helpful")
def helpful(discussion_id: int, review_key: str) -> ResponseReturnValue:
    """Mark a review as helpful, or no longer."""
    actor, discussion = _enter(discussion_id)
    with writing() as session:
        mark_helpful(session, actor, discussion, review_key, wanted=request.form.get("wanted") == "1", now=now())
    return redirect(url_for(".own", discussion_id=discussion_id) + f"#received-{review_key}", 303)


@blueprint.post("/received/<review_key>/report")
def report(discussion_id: int, review_key: str) -> ResponseReturnValue:
    """Report a review to the instructors."""
    actor, discussion = _enter(discussion_id)
    try:
        with writing() as session:
            report_review(session, actor, discussion, review_key, words=request.form.get("words", ""), now=now())
        flash(_("Reported. Your instructor will look at this review."))
    except ReviewWordsInvalid:
        flash(_("Say what is wrong with the review, in up to %(max)d characters.", max=MAX_REVIEW_REASON), "warning")
    return redirect(url_for(".own", discussion_id=discussion_id) + f"#received-{review_key}", 303)


def _enter(discussion_id: int) -> tuple[Actor, DiscussionView]:
    actor = get_visitor()
    return actor, get_discussion(read_session(), actor, discussion_id, now=now())


def _assign_if_due(actor: Actor, discussion: DiscussionView) -> None:
    """The first student who looks after the date need not wait for the worker."""
    is_due = is_due_to_assign(read_plan(discussion), discussion.class_calendar, now())
    if actor.role is Role.STUDENT and is_due and is_unassigned(read_session(), discussion):
        with writing() as session:
            assign_when_due(session, discussion, now=now())


def _save(actor: Actor, discussion: DiscussionView, task: ReviewTask, form: AssessmentForm, *, submits: bool) -> None:
    with writing() as session:
        rubric = get_review(session, actor, discussion, task).rubric
        save_review(
            session,
            actor,
            discussion,
            task.key,
            marks=chosen_marks(rubric, request.form),
            comment=form.comment.data or "",
            version=form.version.data or 0,
            marked_with=form.marked_with.data or 0,
            submit=submits,
            now=now(),
        )


def _saved_words(task: ReviewTask, *, submits: bool) -> str:
    if task.submitted_at:
        return _("Changes saved.")
    if not submits:
        return _("Draft saved. Only you can see it until you submit it.")
    if task.is_late:
        return _("Review submitted. It was due before, so it is marked late.")
    return _("Review submitted. You can change it until the due date.")


def _page(
    actor: Actor, discussion: DiscussionView, task: ReviewTask, form: AssessmentForm | None = None, problem: str = ""
) -> str:
    session = read_session()
    draft = get_review(session, actor, discussion, task)
    if form is not None and problem == ReviewChanged.code:
        form.version.data, form.version.raw_data = draft.version, None
        form.marked_with.data, form.marked_with.raw_data = draft.rubric.id, None
    return render_template(
        "grading/reviews/write.html",
        discussion=discussion,
        plan=read_plan(discussion),
        task=task,
        posts=list_reviewed_posts(session, actor, discussion, task),
        rubric=draft.rubric,
        rows=_rows(draft, form),
        form=form or AssessmentForm(formdata=None, **_begun(draft)),
        problem=problem,
        max_comment=MAX_REVIEW_COMMENT,
        max_criterion_comment=MAX_MARK_COMMENT,
        total=draft.rubric.total(draft.marks),
        base_url=url_for("discussions.show", discussion_id=discussion.id),
    )


def _begun(draft: ReviewDraft) -> dict[str, object]:
    return {"comment": draft.comment, "version": draft.version, "marked_with": draft.rubric.id}


def _rows(draft: ReviewDraft, form: AssessmentForm | None) -> list[RubricRow]:
    """The criteria with their marks: as entered if a save was refused, else as stored."""
    marks = draft.marks if form is None else chosen_marks(draft.rubric, request.form)
    return [RubricRow(each, marks.get(each.id, CriterionMark()), None) for each in draft.rubric.criteria]
