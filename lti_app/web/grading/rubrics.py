"""The rubrics of a course: the library, what other courses share, and those that ship."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.grading.rubrics.access import RubricPermission, may, require
from lti_app.grading.rubrics.actions.library import create_rubric, delete_rubric, save_rubric, share_rubric
from lti_app.grading.rubrics.errors import LibraryFull, RubricChanged
from lti_app.grading.rubrics.queries import SHARED_AT_ONCE, get_library_rubric, list_library, list_shared
from lti_app.grading.rubrics.rules.plans import plan_of
from lti_app.grading.rubrics.rules.ready import READY
from lti_app.web.forms.rubrics import begun_from
from lti_app.web.grading.forms.rubric_files import downloads
from lti_app.web.grading.forms.rubrics import (
    RubricDraft,
    check,
    draft_of,
    edited,
    editor,
    read_draft,
    typed_version,
)
from lti_app.web.session import get_visitor
from lti_app.web.transactions import read_session, writing

blueprint = Blueprint("rubrics", __name__, url_prefix="/courses/<int:course_id>/rubrics")


@blueprint.get("")
def library() -> ResponseReturnValue:
    """The rubrics of the course, those that other courses share, and those that ship."""
    actor, session = get_visitor(), read_session()
    words = request.args.get("q", "").strip()[:100]
    return render_template(
        "grading/rubrics/library.html",
        own=list_library(session, actor),
        shared=list_shared(session, actor, words=words),
        ready={key: plan.translated(_).numbered() for key, plan in READY.items()},
        words=words,
        at_once=SHARED_AT_ONCE,
        may_edit=may(actor, RubricPermission.EDIT),
    )


@blueprint.get("/<int:rubric_id>")
def show(rubric_id: int) -> ResponseReturnValue:
    """A rubric of the library, or a shared one, as students would see it."""
    actor = get_visitor()
    found = get_library_rubric(read_session(), actor, rubric_id)
    return _shown(actor, found=found, rubric=found.rubric)


@blueprint.get("/ready/<ready_key>")
def ready(ready_key: str) -> ResponseReturnValue:
    """A rubric that ships."""
    actor = get_visitor()
    require(actor, RubricPermission.SEE)
    if ready_key not in READY:
        raise NotFound
    return _shown(actor, found=None, rubric=READY[ready_key].translated(_).numbered(), key=ready_key)


@blueprint.route("/new", methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """A new rubric: blank, or begun as a copy. Nothing is stored before it is saved."""
    actor = get_visitor()
    require(actor, RubricPermission.EDIT)
    if request.method == "GET":
        return _new_page(
            draft_of(begun) if (begun := begun_from(actor, request.args.get("from", ""))) else RubricDraft()
        )
    draft, action = read_draft(request.form), request.form.get("do", "save")
    if action != "save":
        return _new_page(edited(draft, action))
    if problems := check(draft):
        return _new_page(draft, problems=problems), 422
    try:
        with writing() as session:
            rubric_id = create_rubric(session, actor, draft.plan())
    except LibraryFull:
        return _new_page(draft, notice=_("The library of this course is full. Delete a rubric first.")), 422
    flash(_("Rubric saved to the library."))
    return redirect(url_for(".show", rubric_id=rubric_id), 303)


@blueprint.route("/<int:rubric_id>/edit", methods=["GET", "POST"])
def edit(rubric_id: int) -> ResponseReturnValue:
    """Change a rubric of the library. Discussions keep their copies."""
    actor = get_visitor()
    rubric = get_library_rubric(read_session(), actor, rubric_id, need=RubricPermission.EDIT).rubric
    if request.method == "GET":
        return _edit_page(rubric_id, draft_of(plan_of(rubric)), rubric.version)
    draft, action, version = read_draft(request.form), request.form.get("do", "save"), typed_version(request.form)
    if action != "save":
        return _edit_page(rubric_id, edited(draft, action), version)
    if problems := check(draft):
        return _edit_page(rubric_id, draft, version, problems=problems), 422
    try:
        with writing() as session:
            save_rubric(session, actor, rubric_id, draft.plan(), version=version)
    except RubricChanged:
        newest = get_library_rubric(read_session(), actor, rubric_id).rubric.version
        return _edit_page(rubric_id, draft, newest, is_stale=True), 409
    flash(_("Rubric saved. Discussions that already use it keep their own copy."))
    return redirect(url_for(".show", rubric_id=rubric_id), 303)


@blueprint.post("/<int:rubric_id>/share")
def share(rubric_id: int) -> ResponseReturnValue:
    """Let the other courses of the installation copy it, or no longer."""
    actor, wanted = get_visitor(), request.form.get("shared") == "yes"
    with writing() as session:
        share_rubric(session, actor, rubric_id, wanted=wanted)
    flash(
        _("Instructors of other courses can now copy this rubric.")
        if wanted
        else _("No longer shared. Copies in other courses stay.")
    )
    return redirect(url_for(".show", rubric_id=rubric_id), 303)


@blueprint.post("/<int:rubric_id>/delete")
def delete(rubric_id: int) -> ResponseReturnValue:
    """Delete it from the library."""
    actor = get_visitor()
    with writing() as session:
        title = delete_rubric(session, actor, rubric_id)
    flash(_("“%(title)s” deleted.", title=title))
    return redirect(url_for(".library"), 303)


def _shown(actor: Actor, **about: Any) -> str:
    may_edit = may(actor, RubricPermission.EDIT)
    files = downloads(about["rubric"])
    return render_template("grading/rubrics/show.html", **{"key": "", **about}, may_edit=may_edit, downloads=files)


def _new_page(draft: RubricDraft, **more: Any) -> str:
    return editor(draft, heading=_("New rubric"), version=0, back=url_for(".library"), **more)


def _edit_page(rubric_id: int, draft: RubricDraft, version: int, *, is_stale: bool = False, **more: Any) -> str:
    if is_stale:
        more["notice"] = _(
            "Someone else changed this rubric while you were editing. Your version is below and is not saved yet. Save "
            "again to replace theirs."
        )
    back = url_for(".show", rubric_id=rubric_id)
    return editor(draft, heading=_("Edit rubric"), version=version, back=back, **more)
