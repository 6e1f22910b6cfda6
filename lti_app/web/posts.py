"""Writing: first posts, replies, edits and deletions. A post that is refused comes back with its text."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.core.errors import Conflict, Refused
from lti_app.courses.rules import Actor, Role
from lti_app.discussions.queries import DiscussionView, get_discussion
from lti_app.participation.queries import get_progress
from lti_app.posts.access import Permission
from lti_app.posts.actions import create_post, delete_post, edit_post
from lti_app.posts.errors import AlreadyPosted
from lti_app.posts.queries import PostView, get_post, get_text
from lti_app.web.errors import error_page, status_of
from lti_app.web.forms.posts import ConfirmForm, EditForm, PostForm
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint("posts", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/posts")


@blueprint.post("")
def create(discussion_id: int) -> ResponseReturnValue:
    """Post a first post, or a reply when the form names what it answers."""
    actor, form = get_visitor(), PostForm()
    if not form.validate():
        return _composer(actor, discussion_id, form), 422
    try:
        with writing() as session:
            discussion = get_discussion(session, actor, discussion_id, now=now())
            address = create_post(
                session, actor, discussion, text=form.text.data or "", parent_id=form.parent_id.data, now=now()
            )
    except AlreadyPosted as error:
        address = str(error.data["address"])
    except Refused as error:
        form.text.errors = [refusal_words(error)]
        return _composer(actor, discussion_id, form), status_of(error)
    flash(_("Your post is in the discussion."))
    return _to_post(discussion_id, address)


@blueprint.get("/<int:post_id>/reply")
def reply(discussion_id: int, post_id: int) -> ResponseReturnValue:
    """The page to answer a post."""
    actor = get_visitor()
    discussion = get_discussion(read_session(), actor, discussion_id, now=now())
    parent = get_post(read_session(), actor, discussion, post_id, need=Permission.REPLY)
    return _composer_page(actor, discussion, PostForm(formdata=None, parent_id=post_id), parent)


@blueprint.route("/<int:post_id>/edit", methods=["GET", "POST"])
def edit(discussion_id: int, post_id: int) -> ResponseReturnValue:
    """Change one's own post; what it said before is kept."""
    actor = get_visitor()
    discussion = get_discussion(read_session(), actor, discussion_id, now=now())
    post = get_text(read_session(), actor, discussion, post_id)
    form = EditForm(data={"text": post.text, "version": post.version})
    status = 200 if request.method == "GET" else 422
    if form.validate_on_submit():
        try:
            with writing() as session:
                address = edit_post(
                    session,
                    actor,
                    discussion,
                    post_id,
                    text=form.text.data or "",
                    version=form.version.data or 0,
                    now=now(),
                )
            return _to_post(discussion_id, address)
        except (Refused, Conflict) as error:
            form.text.errors = [refusal_words(error)]
            status = status_of(error)
    return render_template(
        "posts/edit.html", form=form, post=post, discussion=discussion, base_url=_base_url(discussion_id)
    ), status


@blueprint.route("/<int:post_id>/delete", methods=["GET", "POST"])
def delete(discussion_id: int, post_id: int) -> ResponseReturnValue:
    """Ask, then leave a tombstone in the post's place."""
    actor = get_visitor()
    discussion = get_discussion(read_session(), actor, discussion_id, now=now())
    post = get_post(read_session(), actor, discussion, post_id, need=Permission.DELETE)
    form = ConfirmForm()
    if form.validate_on_submit():
        with writing() as session:
            address = delete_post(session, actor, discussion, post_id, now=now())
        flash(_("The post is deleted."))
        return _to_post(discussion_id, address)
    return render_template(
        "posts/delete.html", form=form, post=post, discussion=discussion, base_url=_base_url(discussion_id)
    )


@blueprint.errorhandler(Refused)
def refused(error: Refused) -> ResponseReturnValue:
    """Where there is no page to come back to: why not, and the text that was sent."""
    return error_page(status_of(error), error.code, refusal_words(error))


def refusal_words(error: Refused | Conflict) -> str:
    """Why a post was not accepted, in words for the person who wrote it."""
    shut = {
        "closed": _("The discussion has closed meanwhile. Copy what you have written if you want to keep it."),
        "scheduled": _("The discussion is not open yet."),
    }
    words = {
        "post_empty": _("Write something first."),
        "post_too_long": _("A post has at most 20,000 characters. Shorten it, or make two."),
        "discussion_shut": shut.get(str(error.data.get("state")), _("The discussion is not open for writing.")),
        "post_first": _("Write your own first post before you reply."),
        "parent_gone": _("The post you are answering has been deleted meanwhile."),
        "too_deep": _("This thread is as deep as threads can be. Answer a post further up."),
        "post_changed": _(
            "This post was changed in another window meanwhile. Your text is below; nothing was overwritten."
        ),
    }
    return words.get(error.code, _("The post could not be accepted."))


def _composer(actor: Actor, discussion_id: int, form: PostForm) -> str:
    """The page of a refused post: to the same place, with the text as it was typed."""
    session = read_session()
    discussion = get_discussion(session, actor, discussion_id, now=now())
    parent = None
    if form.parent_id.data:
        parent = get_post(session, actor, discussion, form.parent_id.data, need=Permission.READ)
    return _composer_page(actor, discussion, form, parent)


def _composer_page(actor: Actor, discussion: DiscussionView, form: PostForm, parent: PostView | None) -> str:
    is_student = actor.role is Role.STUDENT
    return render_template(
        "posts/reply.html",
        discussion=discussion,
        parent=parent,
        form=form,
        base_url=_base_url(discussion.id),
        progress=get_progress(read_session(), actor, discussion, now=now()) if is_student else None,
    )


def _base_url(discussion_id: int) -> str:
    return url_for("discussions.show", discussion_id=discussion_id)


def _to_post(discussion_id: int, address: str) -> ResponseReturnValue:
    return redirect(url_for("discussions.show", discussion_id=discussion_id, at=address, _anchor=f"p{address}"), 303)
