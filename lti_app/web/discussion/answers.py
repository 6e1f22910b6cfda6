"""Unanswered posts, and reserving one to reply to it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from lti_app.discussion.answers.actions import claim_answer, release_answer
from lti_app.discussion.answers.queries import list_unanswered
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.posts.access import PostPermission, may, require
from lti_app.discussion.posts.queries.gate import circumstances_of
from lti_app.web.forms.fields import ConfirmForm
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint(
    "answers", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/unanswered"
)


@blueprint.get("")
def unanswered(discussion_id: int) -> ResponseReturnValue:
    """The first posts that nobody has answered, those first that nobody is at."""
    actor, session = get_visitor(), read_session()
    discussion = get_discussion(session, actor, discussion_id, now=now())
    circumstances = circumstances_of(session, actor, discussion)
    require(actor, PostPermission.READ, circumstances)
    return render_template(
        "discussion/discussions/unanswered.html",
        discussion=discussion,
        unanswered=list_unanswered(session, actor, discussion, now=now()),
        can_reply=may(actor, PostPermission.REPLY, circumstances),
        base_url=_shown_at(discussion_id),
    )


@blueprint.post("/<int:post_id>")
def claim(discussion_id: int, post_id: int) -> ResponseReturnValue:
    """Tell others, for half an hour, that one is answering a post, and go to answer it."""
    actor, form = get_visitor(), ConfirmForm()
    if not form.validate():
        raise BadRequest
    with writing() as session:
        discussion = get_discussion(session, actor, discussion_id, now=now())
        claim_answer(session, actor, discussion, post_id, now=now())
    return redirect(url_for("posts.reply", discussion_id=discussion_id, post_id=post_id), 303)


@blueprint.post("/<int:post_id>/release")
def release(discussion_id: int, post_id: int) -> ResponseReturnValue:
    """Leave it to others."""
    actor, form = get_visitor(), ConfirmForm()
    if not form.validate():
        raise BadRequest
    with writing() as session:
        get_discussion(session, actor, discussion_id, now=now())
        release_answer(session, actor, post_id)
    flash(_("Released. The post is no longer reserved for you."))
    return redirect(url_for(".unanswered", discussion_id=discussion_id), 303)


def _shown_at(discussion_id: int) -> str:
    return url_for("discussions.show", discussion_id=discussion_id)
