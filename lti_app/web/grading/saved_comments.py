"""The comments that a grader has saved to use again."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.course.courses.rules import Actor
from lti_app.grading.comments.actions import change_comment, delete_comment, save_comment
from lti_app.grading.comments.queries import get_saved_comment, list_criterion_titles, list_saved_comments
from lti_app.grading.comments.rules.saved import MAX_SAVED
from lti_app.web.grading.forms.bank import PROBLEMS, problem_words
from lti_app.web.grading.forms.saved_comments import PLACEHOLDERS, SavedCommentForm
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint("saved_comments", __name__, url_prefix="/courses/<int:course_id>/comments")


@blueprint.get("")
def show() -> ResponseReturnValue:
    """The grader's saved comments, and a form for one more."""
    return _list_page(get_visitor(), SavedCommentForm(formdata=None))


@blueprint.post("")
def add() -> ResponseReturnValue:
    """Save a comment to use again."""
    actor, form = get_visitor(), SavedCommentForm()
    if not form.validate():
        return _list_page(actor, form), 422
    try:
        with writing() as session:
            save_comment(session, actor, **_written(form), now=now())
    except PROBLEMS as problem:
        form.text.errors = [problem_words(problem)]
        return _list_page(actor, form), 422
    flash(_("Comment saved. You can insert it when you grade."))
    return redirect(url_for(".show"), 303)


@blueprint.get("/<int:comment_id>")
def edit(comment_id: int) -> ResponseReturnValue:
    """One saved comment, to be changed or deleted."""
    actor = get_visitor()
    found = get_saved_comment(read_session(), actor, comment_id)
    about = {"text": found.text, "criterion": found.criterion, "level": found.level}
    return _edit_page(actor, comment_id, SavedCommentForm(formdata=None, **about))


@blueprint.post("/<int:comment_id>")
def change(comment_id: int) -> ResponseReturnValue:
    """Change a saved comment."""
    actor, form = get_visitor(), SavedCommentForm()
    get_saved_comment(read_session(), actor, comment_id)
    if not form.validate():
        return _edit_page(actor, comment_id, form), 422
    try:
        with writing() as session:
            change_comment(session, actor, comment_id, **_written(form))
    except PROBLEMS as problem:
        form.text.errors = [problem_words(problem)]
        return _edit_page(actor, comment_id, form), 422
    flash(_("Comment saved. Grades that use it stay as they are."))
    return redirect(url_for(".show"), 303)


@blueprint.post("/<int:comment_id>/delete")
def delete(comment_id: int) -> ResponseReturnValue:
    """Delete a saved comment."""
    actor = get_visitor()
    with writing() as session:
        delete_comment(session, actor, comment_id)
    flash(_("Comment deleted. Grades that use it stay as they are."))
    return redirect(url_for(".show"), 303)


def _written(form: SavedCommentForm) -> dict[str, str]:
    return {"text": form.text.data or "", "criterion": form.criterion.data or "", "level": form.level.data or ""}


def _list_page(actor: Actor, form: SavedCommentForm) -> str:
    session, words = read_session(), request.args.get("q", "").strip()[:100]
    return render_template(
        "grading/comments/list.html",
        comments=list_saved_comments(session, actor, words=words),
        titles=list_criterion_titles(session, actor),
        placeholders=PLACEHOLDERS,
        words=words,
        form=form,
        most=MAX_SAVED,
    )


def _edit_page(actor: Actor, comment_id: int, form: SavedCommentForm) -> str:
    return render_template(
        "grading/comments/edit.html",
        comment_id=comment_id,
        titles=list_criterion_titles(read_session(), actor),
        placeholders=PLACEHOLDERS,
        form=form,
    )
