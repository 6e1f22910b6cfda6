"""Drafts: what is being written is kept as one types, or by a button of its own."""

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from lti_app.core.errors import Forbidden, NotFound, Refused
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.drafts.actions import discard_draft, save_draft
from lti_app.discussion.drafts.errors import DraftElsewhere, DraftTooLong, DraftTooSoon
from lti_app.discussion.drafts.queries import DraftView, find_draft
from lti_app.discussion.drafts.rules import FIRST_POST, DraftKind, DraftPlace, parse_place
from lti_app.discussion.posts.access import PostPermission
from lti_app.discussion.posts.queries.gate import get_post
from lti_app.discussion.posts.queries.referred import compose_written
from lti_app.discussion.posts.rules.formats import Format
from lti_app.web.discussion.forms.drafts import DraftForm
from lti_app.web.errors import error_page
from lti_app.web.forms.fields import ConfirmForm
from lti_app.web.session import get_visitor
from lti_app.web.templating import clock_time
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint("drafts", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/drafts")

STATUSES = {DraftElsewhere: 409, DraftTooSoon: 429, DraftTooLong: 422}


@blueprint.post("")
def save(discussion_id: int) -> ResponseReturnValue:
    """Keep what stands in a composer. Scripts learn the version; others come back to their composer."""
    actor, form = get_visitor(), DraftForm()
    place = parse_place(form.place.data or FIRST_POST.key)
    if place is None or not form.validate():
        raise BadRequest
    try:
        version = _save(actor, discussion_id, place, form)
    except (DraftElsewhere, DraftTooSoon, DraftTooLong) as error:
        return _not_saved(error)
    if _is_script():
        return jsonify(version=version, saved=clock_time(now()))
    flash(_("Draft saved."))
    return redirect(_address_of(discussion_id, place), 303)


@blueprint.get("/<int:draft_id>")
def resume(discussion_id: int, draft_id: int) -> ResponseReturnValue:
    """Go on with a draft; where its place is gone, its text to copy."""
    actor, session = get_visitor(), read_session()
    discussion = get_discussion(session, actor, discussion_id, now=now())
    draft = find_draft(session, actor, discussion, draft_id)
    if _can_go_on(actor, discussion, draft.place):
        return redirect(_address_of(discussion_id, draft.place), 303)
    kept = draft.drafted
    is_rich = kept.format is Format.HTML
    composed = compose_written(session, actor, discussion, kept.text, is_rich=is_rich, now=now())
    return render_template(
        "discussion/posts/draft.html",
        discussion=discussion,
        draft=draft,
        html=composed.html,
        base_url=_shown_at(discussion_id),
    )


@blueprint.post("/<int:draft_id>/discard")
def discard(discussion_id: int, draft_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    actor, form = get_visitor(), ConfirmForm()
    if not form.validate():
        raise BadRequest
    with writing() as session:
        discussion = get_discussion(session, actor, discussion_id, now=now())
        draft: DraftView = find_draft(session, actor, discussion, draft_id)
        discard_draft(session, actor, discussion_id, draft.place)
    flash(_("Draft discarded."))
    return redirect(_shown_at(discussion_id), 303)


def _save(actor: Actor, discussion_id: int, place: DraftPlace, form: DraftForm) -> str:
    with writing() as session:
        return save_draft(
            session,
            actor,
            get_discussion(session, actor, discussion_id, now=now()),
            place,
            form.to_draft_content(),
            base=form.draft.data or "",
            writer=form.draft_writer.data or "",
            now=now(),
        )


def _not_saved(error: DraftElsewhere | DraftTooSoon | DraftTooLong) -> ResponseReturnValue:
    status = STATUSES[type(error)]
    words = {
        "draft_elsewhere": _(
            "You are also writing this in another window. Nothing was overwritten. Copy the text you want to keep, "
            "then go back and reload the page to see the other version."
        ),
        "draft_too_soon": _("You saved a moment ago. Wait a moment, then go back and save again."),
        "draft_too_long": _("This text is longer than a post can be, so it was not saved. Shorten it and save again."),
    }
    if _is_script():
        return jsonify(code=error.code, message=words[error.code], version=error.data.get("version", "")), status
    return error_page(status, error.code, words[error.code])


def _is_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _can_go_on(actor: Actor, discussion: DiscussionView, place: DraftPlace) -> bool:
    if place.post_id is None:
        return True
    need = PostPermission.EDIT if place.is_edit else PostPermission.REPLY
    try:
        get_post(read_session(), actor, discussion, place.post_id, need=need)
    except (NotFound, Forbidden, Refused):
        return False
    return True


def _address_of(discussion_id: int, place: DraftPlace) -> str:
    """Where the composer of a place is."""
    if place.kind is DraftKind.FIRST:
        return url_for("discussions.show", discussion_id=discussion_id, _anchor="compose")
    endpoint = "posts.edit" if place.is_edit else "posts.reply"
    return url_for(endpoint, discussion_id=discussion_id, post_id=place.post_id)


def _shown_at(discussion_id: int) -> str:
    return url_for("discussions.show", discussion_id=discussion_id)
