"""The grading desk."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.course.groups.queries import list_groups
from lti_app.discussion.discussions.access import DiscussionPermission, may
from lti_app.discussion.discussions.actions.pseudonyms import reveal_names
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.queries.lineage import get_lineage
from lti_app.discussion.threads.rules import DiffPart, compare_words
from lti_app.grading.assessments.actions.grading import assess, release, release_all
from lti_app.grading.assessments.errors import AssessmentChanged, AssessmentIncomplete, CommentTooLong
from lti_app.grading.assessments.queries.context import PostInContext, collect_edited_texts, list_posts_in_context
from lti_app.grading.assessments.queries.grades import AssessmentView, get_assessment
from lti_app.grading.assessments.queries.history import list_looks
from lti_app.grading.assessments.rules import (
    MAX_CRITERION_COMMENT,
    MAX_REASON,
    GradingStatus,
    StudentLine,
    events_after,
    suggested_level,
)
from lti_app.grading.passbacks.actions.queueing import keep_shown, send_over
from lti_app.grading.passbacks.queries import get_passback
from lti_app.grading.passbacks.rules.states import GradebookStanding
from lti_app.grading.rubrics.queries import list_versions
from lti_app.grading.rubrics.rules.criteria import NO_RUBRIC, CriterionMark
from lti_app.participation.progress.queries import get_participation
from lti_app.participation.requirements.evaluation import Verdicts
from lti_app.web.forms.fields import ConfirmForm
from lti_app.web.grading.class_list import (
    chosen_words,
    enter,
    list_class,
    narrowed,
    read_filter,
    standings_of,
    whom,
)
from lti_app.web.grading.forms.desk import AssessmentForm, RubricRow, chosen_marks
from lti_app.web.grading.prefetch import fetch_next_ahead
from lti_app.web.transactions import now, read_session, ring, writing

blueprint = Blueprint(
    "grading", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/grading"
)


@blueprint.get("")
def desk(discussion_id: int) -> ResponseReturnValue:
    """The class list: posts, grading status and gradebook status of each student."""
    actor, discussion = enter(discussion_id)
    lines, wanted = list_class(actor, discussion), read_filter()
    standings = standings_of(actor, discussion, lines)
    blind = discussion.hides_names_from(actor)
    return render_template(
        "grading/desk.html",
        discussion=discussion,
        lines=narrowed(actor, discussion, lines, wanted, standings=standings),
        drafts=_drafts(discussion, lines),
        standings=standings,
        wanted=wanted,
        groups=[] if blind else list_groups(read_session(), actor),
        tick=request.args.get("tick", ""),
        counts=_counts(lines),
        lineage=get_lineage(read_session(), actor, discussion),
        release_form=ConfirmForm(),
        checked_at=max((at for line in lines if line.passback and (at := line.passback.checked_at)), default=None),
        blind=blind,
        may_edit_rubric=may(actor, DiscussionPermission.EDIT_SETTINGS),
        base_url=url_for("discussions.show", discussion_id=discussion_id),
    )


@blueprint.get("/<int:person_id>")
@blueprint.get("/b<int:pseudonym_id>")
def student(discussion_id: int, person_id: int = 0, pseudonym_id: int = 0) -> ResponseReturnValue:
    """One student's posts in their context beside the rubric."""
    actor, discussion = enter(discussion_id)
    fetch_next_ahead()
    return _student_page(actor, discussion, whom(actor, discussion, person_id, pseudonym_id))


@blueprint.get("/review/<int:person_id>")
def review(discussion_id: int, person_id: int) -> ResponseReturnValue:
    """The LMS's link to one student's work; it opens the class list if it would reveal who is behind a pseudonym."""
    actor, discussion = enter(discussion_id)
    if discussion.hides_names_from(actor):
        flash(_("Names are hidden in this discussion until grades are released."))
        return redirect(url_for(".desk", discussion_id=discussion_id), 303)
    return redirect(url_for(".student", discussion_id=discussion_id, person_id=person_id), 303)


@blueprint.post("/<int:person_id>")
@blueprint.post("/b<int:pseudonym_id>")
def save(discussion_id: int, person_id: int = 0, pseudonym_id: int = 0) -> ResponseReturnValue:
    """Save the marks; the buttons say whether to stay, to go on to the next student, or to release."""
    actor, discussion = enter(discussion_id)
    person_id = whom(actor, discussion, person_id, pseudonym_id)
    form = AssessmentForm()
    action = request.form.get("action", "save")
    if not form.validate():
        return _student_page(actor, discussion, person_id, form), 422
    try:
        with writing() as session:
            _assess(session, actor, discussion, person_id, form)
            is_released = action == "release" and _release(session, actor, discussion, person_id)
    except CommentTooLong:
        return _student_page(actor, discussion, person_id, form), 422
    except AssessmentChanged:
        return _student_page(actor, discussion, person_id, form, is_conflict=True), 409
    if is_released:
        ring()
    elif action != "release":
        flash(_("Saved. The student can’t see it until you release it."))
    lines, wanted = list_class(actor, discussion), read_filter()
    here = next(line for line in lines if line.person_id == person_id)
    shown = _with(here, lines, narrowed(actor, discussion, lines, wanted))
    onward = _neighbours(shown, person_id)[1] if action == "save_next" else None
    return redirect(f"{url_for('.desk', discussion_id=discussion_id)}/{(onward or here).key}{wanted.query}", 303)


def _assess(session: Session, actor: Actor, discussion: DiscussionView, person_id: int, form: AssessmentForm) -> None:
    rubric = get_assessment(session, actor, discussion, person_id).rubric
    assess(
        session,
        actor,
        discussion,
        person_id,
        marks=chosen_marks(rubric, request.form),
        comment=form.comment.data or "",
        note=form.note.data or "",
        version=form.version.data or 0,
        marked_with=form.marked_with.data or 0,
        now=now(),
    )


@blueprint.post("/release")
def release_class(discussion_id: int) -> ResponseReturnValue:
    """Release every finished grade."""
    actor, discussion = enter(discussion_id)
    with writing() as session:
        count = release_all(session, actor, discussion, now=now())
    ring()
    flash(
        ngettext(
            "%(num)d grade released. It is being sent to the gradebook.",
            "%(num)d grades released. They are being sent to the gradebook.",
            count,
        )
    )
    return redirect(url_for(".desk", discussion_id=discussion_id), 303)


@blueprint.route("/names", methods=["GET", "POST"])
def names(discussion_id: int) -> ResponseReturnValue:
    """Ask, then show staff the names of a blind discussion for good."""
    actor, discussion = enter(discussion_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        with writing() as session:
            reveal_names(session, actor, discussion, now=now())
        flash(_("Instructors now see names. Classmates still see pseudonyms."))
    if not discussion.hides_names_from(actor) or request.method == "POST":
        return redirect(url_for(".desk", discussion_id=discussion_id), 303)
    base_url = url_for("discussions.show", discussion_id=discussion_id)
    return render_template("grading/names.html", discussion=discussion, form=form, base_url=base_url)


@blueprint.post("/<int:person_id>/gradebook")
@blueprint.post("/b<int:pseudonym_id>/gradebook")
def choose_grade(discussion_id: int, person_id: int = 0, pseudonym_id: int = 0) -> ResponseReturnValue:
    """Where the LMS shows another grade of a student: send ours, or let that one count."""
    actor, discussion = enter(discussion_id)
    people = [whom(actor, discussion, person_id, pseudonym_id)]
    keeps = request.form.get("choice") == "keep"
    with writing() as session:
        if keeps:
            count = keep_shown(session, actor, discussion_id=discussion.id, person_ids=people)
        else:
            count = send_over(session, actor, discussion_id=discussion.id, person_ids=people, now=now())
    ring()
    flash(chosen_words(count, keeps=keeps))
    key = f"b{pseudonym_id}" if pseudonym_id else person_id
    return redirect(f"{url_for('.desk', discussion_id=discussion_id)}/{key}", 303)


def _release(session: Session, actor: Actor, discussion: DiscussionView, person_id: int) -> bool:
    """Release the marks that were just saved, in the same transaction, so that no other grader's marks come between."""
    try:
        release(session, actor, discussion, person_id, now=now())
    except AssessmentIncomplete:
        flash(_("Saved, but not released. Choose a level for every criterion first."), "warning")
        return False
    flash(_("Released. The student can see the grade, and it is being sent to the gradebook."))
    return True


def _student_page(
    actor: Actor,
    discussion: DiscussionView,
    person_id: int,
    form: AssessmentForm | None = None,
    *,
    is_conflict: bool = False,
) -> str:
    everybody, session, wanted = list_class(actor, discussion), read_session(), read_filter()
    chosen = next((line for line in everybody if line.person_id == person_id), None)
    if chosen is None:
        raise NotFound
    lines = _with(chosen, everybody, narrowed(actor, discussion, everybody, wanted))
    posts = list_posts_in_context(session, actor, discussion, person_id)
    participation = get_participation(session, actor, discussion, person_id, now=now())
    verdicts = participation.verdicts
    assessment = get_assessment(session, actor, discussion, person_id)
    if form is not None and is_conflict:
        form.version.data = assessment.version  # saving again is a choice between both, which the page shows
        form.version.raw_data = None
        form.marked_with.data, form.marked_with.raw_data = assessment.rubric.id, None
    before, after = _neighbours(lines, person_id)
    return render_template(
        "grading/student.html",
        discussion=discussion,
        lines=lines,
        wanted=wanted,
        drafts=_drafts(discussion, lines),
        student=chosen,
        posts=posts,
        verdicts=verdicts,
        post_verdicts=verdicts.posts,
        rubric=assessment.rubric,
        rows=_rows(assessment, verdicts, form),
        conflict=is_conflict,
        looks=list_looks(session, actor, discussion, person_id) if chosen.asks_again else [],
        look_form=ConfirmForm(),
        max_reason=MAX_REASON,
        max_criterion_comment=MAX_CRITERION_COMMENT,
        ungraded_key=_next_ungraded(lines, person_id),
        assessment=assessment,
        form=form
        or AssessmentForm(
            formdata=None,
            comment=assessment.comment,
            note=assessment.note,
            version=assessment.version,
            marked_with=assessment.rubric.id,
        ),
        passback=get_passback(session, actor, discussion, person_id),
        changes=events_after(assessment.assessed_at, [change for post in posts for change in post.events]),
        edits=_edits_since(actor, discussion, person_id, assessment, posts),
        blind=discussion.hides_names_from(actor),
        own=participation.calendar,
        previous_key=before.key if before else None,
        next_key=after.key if after else None,
        graded_count=sum(not line.needs_grading for line in everybody),
        total_count=len(everybody),
        base_url=url_for("discussions.show", discussion_id=discussion.id),
    )


def _edits_since(
    actor: Actor, discussion: DiscussionView, person_id: int, assessment: AssessmentView, posts: list[PostInContext]
) -> dict[str, tuple[DiffPart, ...]]:
    """What was changed in the student's posts after the marks were saved, by address."""
    since = assessment.assessed_at
    if since is None or not any(post.edited_at and post.edited_at > since for post in posts):
        return {}
    texts = collect_edited_texts(read_session(), actor, discussion, person_id, since)
    return {address: compare_words(text.before, text.now) for address, text in texts.items()}


def _rows(assessment: AssessmentView, verdicts: Verdicts, form: AssessmentForm | None) -> list[RubricRow]:
    """The criteria with their marks: as entered if a save was refused, else as stored."""
    rubric = assessment.rubric
    marks = assessment.marks if form is None else chosen_marks(rubric, request.form)
    return [
        RubricRow(criterion, marks.get(criterion.id, CriterionMark()), suggested_level(criterion, verdicts))
        for criterion in rubric.criteria
    ]


def _neighbours(lines: list[StudentLine], person_id: int) -> tuple[StudentLine | None, StudentLine | None]:
    """The students before and after one in the class list."""
    at = [line.person_id for line in lines].index(person_id)
    return (lines[at - 1] if at else None), (lines[at + 1] if at + 1 < len(lines) else None)


def _with(here: StudentLine, everybody: Sequence[StudentLine], shown: list[StudentLine]) -> list[StudentLine]:
    """The students that a filter shows, and the one who is open even if it does not show them any more."""
    if any(line.person_id == here.person_id for line in shown):
        return shown
    order = {line.person_id: at for at, line in enumerate(everybody)}
    at = next((n for n, line in enumerate(shown) if order[line.person_id] > order[here.person_id]), len(shown))
    return [*shown[:at], here, *shown[at:]]


def _drafts(discussion: DiscussionView, lines: Sequence[StudentLine]) -> dict[int, Decimal]:
    """The points of the gradebook column that each student's marks come to, by the rubric they were given by."""
    versions = list_versions(read_session(), discussion)
    newest = next(reversed(versions.values()), NO_RUBRIC)

    @cache
    def given(rubric_id: int | None, total: Decimal) -> Decimal:  # many have the same
        return versions.get(rubric_id or 0, newest).given(total, possible=discussion.points)

    return {line.person_id: given(line.rubric_id, line.total) for line in lines if line.total is not None}


def _next_ungraded(lines: list[StudentLine], person_id: int) -> str | None:
    """The key of the next student in the class list who needs grading, from the top again after the last."""
    at = [line.person_id for line in lines].index(person_id)
    return next((line.key for line in [*lines[at + 1 :], *lines[:at]] if line.needs_marks), None)


def _counts(lines: list[StudentLine]) -> dict[str, int]:
    statuses = Counter(line.status for line in lines)
    reports = [line.passback for line in lines if line.passback]
    standings = Counter(report.standing for report in reports)
    return {
        "total": len(lines),
        "graded": statuses[GradingStatus.RELEASED],
        "ready": sum(line.is_ready for line in lines),
        "pending": standings[GradebookStanding.PENDING],
        "refused": standings[GradebookStanding.REFUSED],
        "shown": sum(
            standings[each] for each in (GradebookStanding.HELD, GradebookStanding.CHANGED, GradebookStanding.DIFFERENT)
        ),
        "lost": standings[GradebookStanding.MISSING] + standings[GradebookStanding.NO_POINTS],
        "accepted": sum(report.is_accepted for report in reports),
    }
