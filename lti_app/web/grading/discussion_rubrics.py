"""The rubric of a discussion: editing its own copy, and what becomes of grades that are given already."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission
from lti_app.discussion.discussions.actions.pseudonyms import name_everybody
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.grading.assessments.actions.rescoring import Regrading, change_rubric, is_graded, preview_rescoring
from lti_app.grading.assessments.errors import RubricInUse
from lti_app.grading.rubrics.actions.library import create_rubric
from lti_app.grading.rubrics.errors import LibraryFull, RubricChanged
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.plans import plan_of
from lti_app.web.forms.rubrics import begun_from, rubric_choices
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
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint(
    "discussion_rubrics", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/rubric"
)
CHOICES = {each.value: each for each in Regrading}
STORING = {"save", "keep", *CHOICES}
"""The buttons that store something; all others only change what was typed."""


@blueprint.get("")
def edit(discussion_id: int) -> ResponseReturnValue:
    """The editor with the rubric of the discussion."""
    actor, discussion = _enter(discussion_id)
    rubric = get_rubric(read_session(), discussion)
    draft = draft_of(plan_of(rubric)) if rubric.criteria else RubricDraft()
    return _page(actor, discussion, draft, rubric.version)


@blueprint.post("")
def save(discussion_id: int) -> ResponseReturnValue:
    """Save it. If anybody is graded by it, ask first what becomes of their marks."""
    actor, discussion = _enter(discussion_id)
    draft, action, version = read_draft(request.form), request.form.get("do", "save"), typed_version(request.form)
    if action not in STORING:
        return _without_storing(actor, discussion, draft, version, action)
    if problems := check(draft):
        return _page(actor, discussion, draft, version, problems=problems), 422
    if action == "keep":
        return _kept(actor, discussion, draft, version)
    try:
        with writing() as session:
            plan, chosen = draft.plan(), CHOICES.get(action)
            change_rubric(session, actor, discussion, plan, version=version, regrading=chosen, now=now())
    except RubricInUse:
        return _ask(actor, discussion, draft, version)
    except RubricChanged:
        newest = get_rubric(read_session(), discussion).version
        return _page(actor, discussion, draft, newest, notice=_stale()), 409
    flash(_("Rubric saved."))
    return redirect(_back(discussion_id), 303)


def _without_storing(
    actor: Actor, discussion: DiscussionView, draft: RubricDraft, version: int, action: str
) -> ResponseReturnValue:
    """The editor again, with what a button changes in it."""
    if action == "fill":
        return _filled(actor, discussion, draft, version)
    return _page(actor, discussion, edited(draft, action), version)


def _kept(actor: Actor, discussion: DiscussionView, draft: RubricDraft, version: int) -> str:
    """Copy what was typed to the library of the course, and go on editing."""
    try:
        with writing() as session:
            create_rubric(session, actor, draft.plan())
    except LibraryFull:
        notice = _("The library of this course is full. Delete a rubric first.")
    else:
        notice = _("Saved to the library. The rubric of this discussion changes only when you save it.")
    return _page(actor, discussion, draft, version, notice=notice)


def _filled(actor: Actor, discussion: DiscussionView, draft: RubricDraft, version: int) -> str:
    """The editor with another rubric in place of what was typed."""
    try:
        begun = begun_from(actor, request.form.get("from", ""))
    except NotFound:
        notice = _("This rubric is no longer available. Choose another one.")
        return _page(actor, discussion, draft, version, notice=notice)
    return _page(actor, discussion, draft_of(begun) if begun else draft, version)


def _enter(discussion_id: int) -> tuple[Actor, DiscussionView]:
    actor = get_visitor()
    need = DiscussionPermission.EDIT_SETTINGS
    return actor, get_discussion(read_session(), actor, discussion_id, need=need, now=now())


def _back(discussion_id: int) -> str:
    """Where the editor was opened from."""
    endpoint = "grading.desk" if request.args.get("to") == "grading" else "discussions.settings"
    return url_for(endpoint, discussion_id=discussion_id)


def _stale() -> str:
    return _(
        "Someone else changed this rubric while you were editing. Your version is below and is not saved yet. Save "
        "again to replace theirs."
    )


def _ask(actor: Actor, discussion: DiscussionView, draft: RubricDraft, version: int) -> str:
    lines = preview_rescoring(read_session(), actor, discussion, draft.plan(), now=now())
    if not all(line.name for line in lines) and discussion.hides_names_from(actor):
        with writing() as session:
            name_everybody(session, actor, discussion)
        lines = preview_rescoring(read_session(), actor, discussion, draft.plan(), now=now())
    return render_template(
        "grading/rubrics/rescore.html",
        discussion=discussion,
        lines=[line for line in lines if not line.is_same],
        same=sum(line.is_same for line in lines),
        graded=len(lines),
        released=sum(line.is_released for line in lines),
        draft=draft,
        version=version,
        back=_back(discussion.id),
    )


def _page(actor: Actor, discussion: DiscussionView, draft: RubricDraft, version: int, **more: Any) -> str:
    return editor(
        draft,
        heading=_("Rubric"),
        version=version,
        back=_back(discussion.id),
        back_label=discussion.title,
        template="grading/rubrics/edit_discussion.html",
        discussion=discussion,
        is_graded=is_graded(read_session(), discussion),
        choices=rubric_choices(actor),
        **more,
    )
