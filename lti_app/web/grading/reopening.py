"""What happens to a grade after its release: history, taking it back, and second looks."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.core.errors import NotFound
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.grading.assessments.actions.reopening import answer_second_look, ask_second_look, take_back
from lti_app.grading.assessments.errors import AlreadyAsked, CommentTooLong, WordsMissing
from lti_app.grading.assessments.queries.history import list_history, list_looks
from lti_app.grading.assessments.rules import MAX_REASON
from lti_app.web.grading.class_list import enter, list_class, read_filter, whom
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint("reopening", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>")


@blueprint.get("/grading/<int:person_id>/history")
@blueprint.get("/grading/b<int:pseudonym_id>/history")
def history(discussion_id: int, person_id: int = 0, pseudonym_id: int = 0) -> ResponseReturnValue:
    """Who did what with a student's grade, and when."""
    actor, discussion = enter(discussion_id)
    person_id = whom(actor, discussion, person_id, pseudonym_id)
    student = next((line for line in list_class(actor, discussion) if line.person_id == person_id), None)
    if student is None:
        raise NotFound
    return render_template(
        "grading/history.html",
        discussion=discussion,
        student=student,
        events=list_history(read_session(), actor, discussion, person_id),
        looks=list_looks(read_session(), actor, discussion, person_id),
        base_url=url_for("discussions.show", discussion_id=discussion_id),
    )


@blueprint.post("/grading/<int:person_id>/take-back")
@blueprint.post("/grading/b<int:pseudonym_id>/take-back")
def withdraw(discussion_id: int, person_id: int = 0, pseudonym_id: int = 0) -> ResponseReturnValue:
    """Hide a released grade from its student again."""
    actor, discussion = enter(discussion_id)
    student_id = whom(actor, discussion, person_id, pseudonym_id)
    with writing() as session:
        was_released = take_back(session, actor, discussion, student_id, now=now())
    if was_released:
        flash(
            _(
                "Taken back. The student can’t see the grade any more. If the LMS has accepted it already, its "
                "gradebook shows it until you release again."
            )
        )
    return redirect(_desk(discussion_id, person_id, pseudonym_id), 303)


@blueprint.post("/grading/<int:person_id>/answer")
@blueprint.post("/grading/b<int:pseudonym_id>/answer")
def answer(discussion_id: int, person_id: int = 0, pseudonym_id: int = 0) -> ResponseReturnValue:
    """Answer a student who asks for a second look."""
    actor, discussion = enter(discussion_id)
    student_id = whom(actor, discussion, person_id, pseudonym_id)
    words = request.form.get("answer", "")
    try:
        with writing() as session:
            answer_second_look(session, actor, discussion, student_id, answer=words, now=now())
        flash(_("Answer sent. The student can read it now."))
    except WordsMissing:
        flash(_("Write an answer first."), "warning")
    except CommentTooLong:
        flash(_("An answer can have up to %(max)d characters. Shorten it.", max=MAX_REASON), "warning")
    return redirect(_desk(discussion_id, person_id, pseudonym_id), 303)


@blueprint.post("/second-look")
def ask(discussion_id: int) -> ResponseReturnValue:
    """A student asks for a second look at their own grade."""
    actor = get_visitor()
    discussion = get_discussion(read_session(), actor, discussion_id, now=now())
    try:
        with writing() as session:
            ask_second_look(session, actor, discussion, reason=request.form.get("reason", ""), now=now())
        flash(_("Your instructor will see your request and answer it here."))
    except WordsMissing:
        flash(_("Write your reason first."), "warning")
    except CommentTooLong:
        flash(_("A reason can have up to %(max)d characters. Shorten it.", max=MAX_REASON), "warning")
    except AlreadyAsked:
        flash(_("You have asked already. Your instructor has not answered yet."), "warning")
    return redirect(url_for("discussions.show", discussion_id=discussion_id) + "#grade-title", 303)


def _desk(discussion_id: int, person_id: int, pseudonym_id: int) -> str:
    """The student on the desk, by the key that the address had."""
    key = f"b{pseudonym_id}" if pseudonym_id else f"{person_id}"
    return f"{url_for('grading.desk', discussion_id=discussion_id)}/{key}{read_filter().query}"
