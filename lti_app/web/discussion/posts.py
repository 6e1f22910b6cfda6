"""Writing: first posts, replies, edits and deletions. A post that is refused comes back with its text."""

from collections.abc import Callable, Collection
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.core.errors import Conflict, Refused
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.discussions.rules import Anonymity
from lti_app.discussion.drafts.queries import DraftView, get_draft
from lti_app.discussion.drafts.rules import FIRST_POST, place_of
from lti_app.discussion.moderation.rules import HeldReason
from lti_app.discussion.posts.access import PostPermission, require
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.errors import AlreadyPosted
from lti_app.discussion.posts.queries.gate import PostText, circumstances_of, get_post, get_text
from lti_app.discussion.posts.queries.referred import find_attachable, offer_people
from lti_app.discussion.posts.queries.replies import count_replies
from lti_app.discussion.posts.queries.views import PostView
from lti_app.discussion.posts.rules.compose import MAX_FILES
from lti_app.discussion.posts.rules.formats import Format
from lti_app.discussion.posts.rules.starting import is_titled
from lti_app.discussion.publishing.actions.publish import Published, publish
from lti_app.discussion.publishing.actions.revise import revise
from lti_app.library.files.access import may_send
from lti_app.library.files.rules import Purpose
from lti_app.web.discussion.forms.drafting import (
    aids_to,
    begun_again,
    begun_with,
    own_participation,
    save_as_draft,
)
from lti_app.web.discussion.forms.posts import EditForm, PostForm
from lti_app.web.discussion.forms.quoting import passage_asked_for, quotation_asked_for
from lti_app.web.discussion.forms.starting import groups_of, narrowed, offer_start
from lti_app.web.discussion.placing import placed
from lti_app.web.discussion.screening import essay_sellers
from lti_app.web.errors import error_page, status_of
from lti_app.web.forms.fields import ConfirmForm
from lti_app.web.library.forms.files import file_refusal
from lti_app.web.library.uploads import limits, store_attachment
from lti_app.web.session import current_actor, get_visitor
from lti_app.web.transactions import now, read_session, ring_notices, writing

FILES_AT_ONCE = 3
"""Of the largest size; more where they are smaller."""

WITH_FILES = ("posts.create", "posts.create_in_place", "posts.edit", "posts.edit_in_place")

blueprint = Blueprint("posts", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/posts")


@blueprint.url_value_preprocessor
def allow_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let as much in as a few files have, before the body is read, and only from those who may send some."""
    actor = current_actor() if request.mimetype == "multipart/form-data" else None
    if endpoint in WITH_FILES and actor and may_send(actor, Purpose.ATTACHMENT):
        request.max_content_length = FILES_AT_ONCE * limits().attachment


@blueprint.post("")
def create(discussion_id: int) -> ResponseReturnValue:
    """Post a first post, or a reply when the form names what it answers."""
    return _create(discussion_id, _announced)


@blueprint.post("/part")
def create_in_place(discussion_id: int) -> ResponseReturnValue:
    """The same for a script, which gets the post alone and what it changes on the page."""
    return _create(discussion_id, _in_place)


@blueprint.get("/new")
def new(discussion_id: int) -> ResponseReturnValue:
    """The page to start a thread; scripts show its form on the page of the discussion."""
    actor, session = get_visitor(), read_session()
    discussion = get_discussion(session, actor, discussion_id, now=now())
    require(actor, PostPermission.START, circumstances_of(session, actor, discussion))
    draft = get_draft(session, actor, discussion, FIRST_POST)
    form = PostForm(formdata=None, **begun_with(draft, passage_asked_for(session, actor, discussion)))
    return _composer_page(actor, discussion, form, None, draft=draft)


@blueprint.get("/<int:post_id>/reply")
def reply(discussion_id: int, post_id: int) -> ResponseReturnValue:
    """The page to answer a post."""
    actor = get_visitor()
    discussion = get_discussion(read_session(), actor, discussion_id, now=now())
    parent = get_post(read_session(), actor, discussion, post_id, need=PostPermission.REPLY)
    begun = quotation_asked_for(parent, _base_url(discussion_id))
    begun = begun or passage_asked_for(read_session(), actor, discussion)
    draft = get_draft(read_session(), actor, discussion, place_of(post_id))
    form = PostForm(formdata=None, parent_id=post_id, **begun_with(draft, begun))
    return _composer_page(actor, discussion, form, parent, draft=draft)


@blueprint.route("/<int:post_id>/edit", methods=["GET", "POST"])
def edit(discussion_id: int, post_id: int) -> ResponseReturnValue:
    """Change one's own post; what it said before is kept."""
    actor = get_visitor()
    if request.method == "POST":
        return _edit(discussion_id, post_id, _announced)
    discussion = get_discussion(read_session(), actor, discussion_id, now=now())
    post = get_text(read_session(), actor, discussion, post_id)
    draft = get_draft(read_session(), actor, discussion, place_of(None, post_id))
    return _edit_page(actor, discussion, EditForm(data=begun_again(_as_written(post), draft)), post, draft=draft)


@blueprint.post("/<int:post_id>/edit/part")
def edit_in_place(discussion_id: int, post_id: int) -> ResponseReturnValue:
    """The same for a script, which gets the changed post alone and what it changes on the page."""
    return _edit(discussion_id, post_id, _in_place)


@blueprint.get("/people")
def people(discussion_id: int) -> ResponseReturnValue:
    """Who can be mentioned here, of those whose names begin as the query says; for the editor."""
    actor = get_visitor()
    discussion = get_discussion(read_session(), actor, discussion_id, now=now())
    found = offer_people(read_session(), actor, discussion, request.args.get("q", ""))
    return jsonify([{"id": person_id, "name": name} for person_id, name in found])


@blueprint.route("/<int:post_id>/delete", methods=["GET", "POST"])
def delete(discussion_id: int, post_id: int) -> ResponseReturnValue:
    """Ask, then leave a tombstone in the post's place."""
    actor = get_visitor()
    discussion = get_discussion(read_session(), actor, discussion_id, now=now())
    post = get_post(read_session(), actor, discussion, post_id, need=PostPermission.DELETE)
    form = ConfirmForm()
    if form.validate_on_submit():
        with writing() as session:
            address = delete_post(session, actor, discussion, post_id, now=now())
        flash(_("Post deleted."))
        return _to_post(discussion_id, address)
    return render_template(
        "discussion/posts/delete.html",
        form=form,
        post=post,
        replies=count_replies(read_session(), actor, discussion, post),
        discussion=discussion,
        base_url=_base_url(discussion_id),
    )


@blueprint.errorhandler(Refused)
def refused(error: Refused) -> ResponseReturnValue:
    """Where there is no page to come back to: why not, and the text that was sent."""
    return error_page(status_of(error), error.code, refusal_words(error))


def refusal_words(error: Refused | Conflict) -> str:
    """Why a post was not accepted, in words for the person who wrote it."""
    shut = {
        "closed": _("The discussion has closed, so your post was not saved. Copy your text if you want to keep it."),
        "scheduled": _("The discussion is not open yet."),
    }
    words = {
        "post_empty": _("Write something first."),
        "post_too_long": _("A post can have up to 20,000 characters. Shorten it, or make two posts."),
        "post_too_complex": _(
            "The formatting is nested too deeply. Your words are below; format them again where needed."
        ),
        "discussion_shut": shut.get(str(error.data.get("state")), _("This discussion is not open for posting.")),
        "post_first": _("Write your own first post before you reply."),
        "parent_gone": _("The post you are replying to has been deleted."),
        "thread_locked": _("Your instructor has closed this thread. Copy your text if you want to keep it."),
        "group_left": _(
            "You are no longer in the group this thread belongs to. Copy your text if you want to keep it."
        ),
        "post_hidden": _("Your instructor has hidden this post, so you can’t edit it."),
        "editing_over": _("The time to edit this post has run out. Copy your text if you want to keep it."),
        "title_missing": _("Enter a title for your topic."),
        "no_group": _("You are not in a group yet, so you can’t post. Ask your instructor to add you to one."),
        "which_group": _("Choose the group to post in. Your group may have changed."),
        "names_changed": _("This discussion now shows names, so everyone here will see yours. Post again if you agree.")
        if error.data.get("anonymity") == Anonymity.NAMED
        else _(
            "Who sees your name here has changed since you started writing. Read the note above your text, and "
            "post again if you agree."
        ),
        "file_names_author": _(
            "Names are hidden in this discussion, and “%(name)s” may contain the name of its author. Deselect it, and "
            "paste its text or attach a picture of it instead.",
            name=error.data.get("name", ""),
        ),
        "post_held": _("The post you are replying to is held for review. Copy your text if you want to keep it."),
        "too_deep": _("Replies can’t be nested any deeper here. Reply to a post further up."),
        "post_changed": _("This post was changed in another window. Your text is below; nothing was overwritten."),
    }
    return words.get(error.code, _("Your post could not be saved. Check it and try again."))


Shown = Callable[[Actor, int, str, Collection[HeldReason], bool], ResponseReturnValue]
"""Answers with a post that was written: its address, what it is held for, whether it was there before."""


def _create(discussion_id: int, shown: Shown) -> ResponseReturnValue:
    actor, form = get_visitor(), PostForm()
    if not (form.validate() & _take_files(actor, form)):
        return _composer(actor, discussion_id, form), 422
    try:
        posted = _publish(actor, discussion_id, form)
    except AlreadyPosted as error:
        return shown(actor, discussion_id, str(error.data["address"]), (), False)
    except Refused as error:
        form.text.errors = [refusal_words(error)]
        save_as_draft(actor, discussion_id, form, place_of(form.parent_id.data))
        return _composer(actor, discussion_id, form), status_of(error)
    return shown(actor, discussion_id, posted.address, posted.held_for, False)


def _edit(discussion_id: int, post_id: int, shown: Shown) -> ResponseReturnValue:
    actor = get_visitor()
    discussion = get_discussion(read_session(), actor, discussion_id, now=now())
    post, form = get_text(read_session(), actor, discussion, post_id), EditForm()
    if not (form.validate() & _take_files(actor, form)):
        return _edit_page(actor, discussion, form, post), 422
    try:
        posted = _revise(actor, discussion_id, post_id, form)
    except (Refused, Conflict) as error:
        form.text.errors = [refusal_words(error)]
        save_as_draft(actor, discussion_id, form, place_of(None, post_id))
        return _edit_page(actor, discussion, form, post), status_of(error)
    return shown(actor, discussion_id, posted.address, posted.held_for, True)


def _announced(
    _actor: Actor, discussion_id: int, address: str, held_for: Collection[HeldReason], is_edit: bool
) -> ResponseReturnValue:
    """The page of the post. Of an edit there is nothing to say but that it is held."""
    if held_for or not is_edit:
        flash(*_message(held_for))
    return _to_post(discussion_id, address)


def _in_place(
    actor: Actor, discussion_id: int, address: str, held_for: Collection[HeldReason], is_edit: bool
) -> ResponseReturnValue:
    message = _("Changes saved.") if is_edit and not held_for else _message(held_for)[0]
    return placed(actor, discussion_id, address, message=message, is_held=bool(held_for))


def _publish(actor: Actor, discussion_id: int, form: PostForm) -> Published:
    with writing() as session:
        published = publish(
            session,
            actor,
            get_discussion(session, actor, discussion_id, now=now()),
            form.to_content(),
            parent_id=form.parent_id.data,
            draft=form.to_draft(),
            sellers=essay_sellers(),
            now=now(),
        )
    ring_notices()
    return published


def _revise(actor: Actor, discussion_id: int, post_id: int, form: EditForm) -> Published:
    with writing() as session:
        revised = revise(
            session,
            actor,
            get_discussion(session, actor, discussion_id, now=now()),
            post_id,
            form.to_content(),
            version=form.version.data or 0,
            draft=form.to_draft(),
            sellers=essay_sellers(),
            now=now(),
        )
    ring_notices()
    return revised


def _message(held_for: Collection[HeldReason]) -> tuple[str, str]:
    """That the post is in the discussion, or that it is held for review; and of which kind this message is."""
    if not held_for:
        return _("Posted."), "message"
    words = _(
        "Your post is saved and held for review. Your instructor will review it before others see it; the "
        "reason is shown with the post."
    )
    return words, "warning"


def _composer(actor: Actor, discussion_id: int, form: PostForm) -> str:
    """The page of a refused post: to the same place, with the text as it was typed."""
    session = read_session()
    discussion = get_discussion(session, actor, discussion_id, now=now())
    parent = None
    if form.parent_id.data:
        parent = get_post(session, actor, discussion, form.parent_id.data, need=PostPermission.READ)
    return _composer_page(actor, discussion, form, parent)


def _as_written(post: PostText) -> dict[str, object]:
    """A post in its author's own format."""
    text = post.html if post.format is Format.HTML else post.text
    attached = [file["id"] for file in post.attachments]
    move = post.move.value if post.move else ""
    source = {"text": text, "format": post.format.value, "version": post.version, "title": post.title}
    return source | {"attached": attached, "move": move}


def _take_files(actor: Actor, form: PostForm) -> bool:
    """Keep the files that came with a form, so that they are still there if it is refused; whether all are taken."""
    form.attached.data = form.attached.data or []
    try:
        for sent in request.files.getlist("files"):
            if sent.filename and len(form.attached.data) < MAX_FILES:
                with writing() as session:
                    form.attached.data.append(store_attachment(session, actor, sent).id)
    except Refused as error:
        form.files.errors = [file_refusal(error)]
        return False
    return True


def _attached(actor: Actor, form: PostForm) -> list[dict[str, object]]:
    """What the page tells of the files that a form has."""
    found = find_attachable(read_session(), actor, form.attached.data or ())
    return [found[file_id].shown for file_id in form.attached.data or () if file_id in found]


def _composer_page(
    actor: Actor,
    discussion: DiscussionView,
    form: PostForm,
    parent: PostView | None,
    *,
    draft: DraftView | None = None,
) -> str:
    form.attached_files = _attached(actor, form)
    if parent is None:
        groups = groups_of(read_session(), actor, discussion)
        offer_start(form, groups, narrowed(discussion, groups, request.args.get("group")))
    participation, place = own_participation(actor, discussion), place_of(parent.id if parent else None)
    form.aids = aids_to(actor, discussion, form, place, participation=participation, parent=parent, draft=draft)
    return render_template(
        "discussion/posts/reply.html",
        discussion=discussion,
        parent=parent,
        form=form,
        base_url=_base_url(discussion.id),
        progress=participation.verdicts if participation else None,
        points=None,  # they stand on the page of the discussion
        rubric=None,
    )


def _edit_page(
    actor: Actor, discussion: DiscussionView, form: EditForm, post: PostText, *, draft: DraftView | None = None
) -> str:
    form.attached_files = _attached(actor, form)
    form.is_titled = is_titled(discussion.structure, post.address, post.title)
    participation, place = own_participation(actor, discussion), place_of(None, post.id)
    form.aids = aids_to(
        actor, discussion, form, place, participation=participation, draft=draft, is_reply="." in post.address
    )
    base_url = _base_url(discussion.id)
    return render_template("discussion/posts/edit.html", form=form, post=post, discussion=discussion, base_url=base_url)


def _base_url(discussion_id: int) -> str:
    return url_for("discussions.show", discussion_id=discussion_id)


def _to_post(discussion_id: int, address: str) -> ResponseReturnValue:
    return redirect(url_for("discussions.show", discussion_id=discussion_id, at=address, _anchor=f"p{address}"), 303)
