"""The grading desk."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from lti_app.core.made_once import MadeOnce
from lti_app.course.courses.rules import Actor
from lti_app.course.groups.queries import list_groups
from lti_app.discussion.discussions.access import DiscussionPermission, may
from lti_app.discussion.discussions.actions.pseudonyms import reveal_names
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.queries.lineage import get_lineage
from lti_app.grading.assessments.actions.grading import assess, release, release_all
from lti_app.grading.assessments.errors import AssessmentChanged, AssessmentIncomplete
from lti_app.grading.assessments.queries.desk import MOST_LINES
from lti_app.grading.assessments.queries.given import VerdictsOf
from lti_app.grading.assessments.queries.grades import get_assessment
from lti_app.grading.assessments.queries.points import collect_points
from lti_app.grading.assessments.rules import ClassLines, GradingStatus, StudentLine
from lti_app.grading.graders.errors import MarkedIndependently
from lti_app.grading.graders.queries.assignments import list_graders
from lti_app.grading.passbacks.actions.queueing import keep_shown, send_over
from lti_app.grading.passbacks.rules.states import GradebookStanding
from lti_app.grading.points.rules import PointsLine
from lti_app.participation.progress.queries import collect_class_results, requirements_of
from lti_app.web.forms.fields import ConfirmForm
from lti_app.web.grading.adjusting import decide_late
from lti_app.web.grading.class_list import (
    chosen_words,
    enter,
    filter_of,
    grades_of,
    list_class,
    narrowed,
    neighbours,
    read_filter,
    standings_by,
    whom,
    with_open,
)
from lti_app.web.grading.class_rows import class_rows
from lti_app.web.grading.forms.annotations import REFUSALS, annotate_typed
from lti_app.web.grading.forms.desk import RESULT, AssessmentForm, chosen_marks
from lti_app.web.grading.forms.desk_edits import desk_edit
from lti_app.web.grading.prefetch import fetch_next_ahead
from lti_app.web.grading.result import result_fragment
from lti_app.web.grading.student_page import line_of, student_page
from lti_app.web.transactions import now, read_session, ring, ring_notices, writing

blueprint = Blueprint(
    "grading", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/grading"
)

MOST_NAMES = 10
"""So many students are named in one sentence."""


@blueprint.get("")
def desk(discussion_id: int) -> ResponseReturnValue:
    """The class list: posts, grading status and gradebook status of each student."""
    actor, discussion = enter(discussion_id)
    lines = list_class(actor, discussion)
    wanted = filter_of(actor, lines)
    results = collect_class_results(read_session(), actor, discussion, now=now())
    standings = standings_by(discussion, results, lines)
    grades = grades_of(actor, discussion, lines, results.of)
    shown = narrowed(actor, discussion, lines, wanted, standings=standings, grades=grades)
    told = {"points": _points(actor, discussion, lines, results.of), **_graders(actor, discussion, lines)}
    blind = discussion.hides_names_from(actor)
    return render_template(
        "grading/desk.html",
        discussion=discussion,
        lines=shown,
        rows=class_rows(discussion, shown, query=wanted.query, standings=standings, grades=grades, **told),
        wanted=wanted,
        groups=[] if blind else list_groups(read_session(), actor),
        **told,
        **_totals(discussion, lines),
        blind=blind,
        **_around(actor, discussion),
    )


@blueprint.get("/<int:person_id>")
@blueprint.get("/b<int:pseudonym_id>")
def student(discussion_id: int, person_id: int = 0, pseudonym_id: int = 0) -> ResponseReturnValue:
    """One student's posts in their context beside the rubric."""
    actor, discussion = enter(discussion_id)
    person_id = whom(actor, discussion, person_id, pseudonym_id)
    everybody = list_class(actor, discussion)
    if (line := everybody.by_person.get(person_id)) and line.is_blind:
        return redirect(_marking_url(), 303)
    fetch_next_ahead()
    return student_page(actor, discussion, person_id, everybody=everybody)


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
    try:
        if (answer := _without_saving(actor, discussion, person_id, form, action)) is not None:
            return answer
        if not form.validate():
            return student_page(actor, discussion, person_id, form), 422
        is_released = _store(actor, discussion, person_id, form, action)
    except REFUSALS:
        return student_page(actor, discussion, person_id, form), 422
    except MarkedIndependently:
        return redirect(_marking_url(), 307)  # what was entered goes along, and becomes the grader's own marks
    except AssessmentChanged:
        return student_page(actor, discussion, person_id, form, is_conflict=True), 409
    if is_released:
        ring()
        ring_notices()
    elif action != "release":
        flash(_("Saved. The student can’t see it until you release it."))
    return redirect(_onward(actor, discussion, person_id, is_next=action == "save_next"), 303)


def _without_saving(
    actor: Actor, discussion: DiscussionView, person_id: int, form: AssessmentForm, action: str
) -> ResponseReturnValue | None:
    """The answer to a button that saves no marks; None for one that does."""
    if action == RESULT:
        line = line_of(list_class(actor, discussion), person_id)
        return result_fragment(actor, discussion, line, request.form)
    edit = desk_edit(actor, discussion, person_id, form, action)
    if edit is None:
        return None
    return student_page(actor, discussion, person_id, form, typed=edit.typed), edit.status


def _onward(actor: Actor, discussion: DiscussionView, person_id: int, *, is_next: bool) -> str:
    """The student on the desk again, or the next one of the class list as it is filtered."""
    lines = list_class(actor, discussion)
    wanted, here = filter_of(actor, lines), line_of(lines, person_id)
    shown = with_open(here, lines, narrowed(actor, discussion, lines, wanted))
    onward = neighbours(shown, person_id)[1] if is_next else None
    return f"{url_for('.desk', discussion_id=discussion.id)}/{(onward or here).key}{wanted.query}"


def _marking_url() -> str:
    """Where the student of this request is marked independently."""
    return f"{request.path}/marking{read_filter().query}"


def _store(actor: Actor, discussion: DiscussionView, person_id: int, form: AssessmentForm, action: str) -> bool:
    """Save what was entered, and release it if the button says so; whether it was released."""
    with writing() as session:
        seen = annotate_typed(session, actor, discussion, person_id, seen=form.version.data or 0)
        _assess(session, actor, discussion, person_id, form, version=seen)
        decide_late(session, actor, discussion, person_id)
        return action == "release" and _release(session, actor, discussion, person_id)


def _assess(
    session: Session, actor: Actor, discussion: DiscussionView, person_id: int, form: AssessmentForm, *, version: int
) -> None:
    rubric = get_assessment(session, actor, discussion, person_id).rubric
    assess(
        session,
        actor,
        discussion,
        person_id,
        marks=chosen_marks(rubric, request.form),
        comment=form.comment.data or "",
        note=form.note.data or "",
        version=version,
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
    ring_notices()
    flash(
        ngettext(
            "%(num)d grade released. It is being sent to the gradebook.",
            "%(num)d grades released. They are being sent to the gradebook.",
            count,
        )
    )
    if waiting := [line.name or _("Name not available") for line in list_class(actor, discussion) if line.is_blind]:
        flash(
            ngettext(
                "%(num)d grade not released, because second marking or calibration is not settled: %(names)s.",
                "%(num)d grades not released, because second marking or calibration is not settled: %(names)s.",
                len(waiting),
                names=", ".join(waiting[:MOST_NAMES]) + (" …" if len(waiting) > MOST_NAMES else ""),
            ),
            "warning",
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


def _last_read(lines: Sequence[StudentLine]) -> datetime | None:
    """When the gradebook was last read; None for never."""
    return max((at for line in lines if line.passback and (at := line.passback.checked_at)), default=None)


def _around(actor: Actor, discussion: DiscussionView) -> dict[str, object]:
    """What the page of the class list has beside its students."""
    return {
        "lineage": get_lineage(read_session(), actor, discussion),
        "may_edit_rubric": may(actor, DiscussionPermission.EDIT_SETTINGS),
        "base_url": url_for("discussions.show", discussion_id=discussion.id),
    }


def _points(
    actor: Actor, discussion: DiscussionView, lines: Sequence[StudentLine], verdicts_of: VerdictsOf
) -> dict[int, PointsLine]:
    """The points for participation by person id, where they have a gradebook column."""
    if not requirements_of(discussion, discussion.class_calendar).use.column:
        return {}
    points_of = collect_points(read_session(), actor, discussion, verdicts_of=verdicts_of, now=now())
    return {
        line.person_id: replace(points_of(line.person_id), is_excused=line.status is GradingStatus.EXCUSED)
        for line in lines
    }


def _graders(actor: Actor, discussion: DiscussionView, lines: ClassLines) -> dict[str, Any]:
    """The names of the graders of the course by id, if students have graders, else the list needs no names; and whether
    it matters who graded: students have graders, or more than one person grades.
    """
    known = list_graders(read_session(), actor, discussion) if lines.has_graders else []
    shows = lines.has_graders or len(lines.graded_by) > 1
    return {"graders": {each.person_id: each.name for each in known}, "shows_graders": shows}


def _totals(discussion: DiscussionView, lines: ClassLines) -> Mapping[str, object]:
    """How many students have each status, and when their scores were last read from the gradebook."""

    def counted() -> dict[str, object]:
        return {"counts": _counts(lines), "checked_at": _last_read(lines)}

    return _known_totals.of(discussion.id, (lines,), counted, size=len(lines))


_known_totals: MadeOnce[int, Mapping[str, object]] = MadeOnce(MOST_LINES)
"""By discussion id."""


def _counts(lines: Sequence[StudentLine]) -> dict[str, int]:
    statuses = Counter(line.status for line in lines)
    reports = [line.passback for line in lines if line.passback]
    standings = Counter(report.standing for report in reports)
    return {
        "total": len(lines),
        "graded": statuses[GradingStatus.RELEASED],
        "ready": sum(line.is_ready for line in lines),
        "held": sum(line.is_held for line in lines),
        "pending": standings[GradebookStanding.PENDING],
        "refused": standings[GradebookStanding.REFUSED],
        "shown": sum(
            standings[each] for each in (GradebookStanding.HELD, GradebookStanding.CHANGED, GradebookStanding.DIFFERENT)
        ),
        "lost": standings[GradebookStanding.MISSING] + standings[GradebookStanding.NO_POINTS],
        "accepted": sum(report.is_accepted for report in reports),
    }
