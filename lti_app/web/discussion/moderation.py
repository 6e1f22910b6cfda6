"""Moderation: what instructors do with posts and threads, and what students report and like."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound, Refused
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.integrity.queries import list_similar_posts
from lti_app.discussion.moderation.actions import change_post, reply_privately, report_post, split_thread
from lti_app.discussion.moderation.queries import list_history, list_own_reports, read_queue
from lti_app.discussion.moderation.rules import ONE_CLICK_ACTIONS, ModerationAction, ReportReason
from lti_app.discussion.posts.access import PostPermission
from lti_app.discussion.posts.errors import AlreadyPosted
from lti_app.discussion.posts.queries.gate import get_post
from lti_app.discussion.posts.queries.views import PostView
from lti_app.discussion.reactions.actions import set_like
from lti_app.discussion.reactions.queries import liked_posts
from lti_app.web.discussion.forms.moderation import HideForm, PrivateReplyForm, ReportForm, SplitForm
from lti_app.web.errors import error_page, status_of
from lti_app.web.forms.fields import PostedForm
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, ring_notices, writing

blueprint = Blueprint(
    "moderation", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/moderation"
)
BACK_TO_QUEUE = "queue"
DONE = {
    ModerationAction.PIN: _l("Thread pinned. It now appears first."),
    ModerationAction.UNPIN: _l("Thread unpinned."),
    ModerationAction.MARK: _l("Post marked as exemplary."),
    ModerationAction.UNMARK: _l("Post no longer marked as exemplary."),
    ModerationAction.CLOSE: _l("Thread closed. Students can read it but not post in it."),
    ModerationAction.REOPEN: _l("Thread reopened."),
    ModerationAction.HIDE: _l("Post hidden. Its author and instructors still see it, with your reason."),
    ModerationAction.RESTORE: _l("Post shown again."),
    ModerationAction.HOLD: _l("Post held for review. Only its author and instructors can see it."),
    ModerationAction.APPROVE: _l("Post approved. Everyone can see it, and it counts from the time it was written."),
    ModerationAction.ACCEPT: _l("Answer accepted."),
    ModerationAction.UNACCEPT: _l("Answer no longer accepted."),
    ModerationAction.SPLIT: _l("The reply is now a thread. Old links still lead to it."),
    ModerationAction.DISMISS: _l("Reports dismissed. The post stays as it is."),
}
"""What is told after each action."""
Work = Callable[[Session, DiscussionView], str]


@blueprint.get("")
def queue(discussion_id: int) -> ResponseReturnValue:
    """The posts that need review, and the latest moderation actions."""
    actor, session = get_visitor(), read_session()
    discussion = get_discussion(session, actor, discussion_id, now=now())
    found = read_queue(session, actor, discussion, before=request.args.get("before", type=int))
    return render_template(
        "discussion/moderation/queue.html",
        discussion=discussion,
        queue=found,
        similar_posts=list_similar_posts(session, actor, [item.post.id for item in found.items]),
        base_url=_base_url(discussion_id),
    )


@blueprint.post("/posts/<int:post_id>/<action>")
def act(discussion_id: int, post_id: int, action: str) -> ResponseReturnValue:
    """Take one of the actions that need no further input."""
    actor = get_visitor()
    if action not in ONE_CLICK_ACTIONS:
        raise NotFound
    chosen = ModerationAction(action)
    address = _write(
        actor,
        discussion_id,
        lambda session, found: change_post(session, actor, found, post_id, chosen, now=now()),
    )
    flash(str(DONE[chosen]))
    return _back(discussion_id, address)


@blueprint.route("/posts/<int:post_id>/hide", methods=["GET", "POST"])
def hide(discussion_id: int, post_id: int) -> ResponseReturnValue:
    """Hide a post, with a reason that is shown in its place."""
    actor, form = get_visitor(), HideForm()
    discussion, post = _enter(actor, discussion_id, post_id, PostPermission.HIDE)
    return _answer(
        form,
        lambda: _page("hide", discussion, post, form),
        lambda: _write(
            actor,
            discussion_id,
            lambda session, found: change_post(
                session, actor, found, post_id, ModerationAction.HIDE, reason=form.reason.data or "", now=now()
            ),
        ),
        DONE[ModerationAction.HIDE],
        discussion_id,
    )


@blueprint.route("/posts/<int:post_id>/split", methods=["GET", "POST"])
def split(discussion_id: int, post_id: int) -> ResponseReturnValue:
    """Make a reply a thread of its own."""
    actor, form = get_visitor(), SplitForm()
    need = PostPermission.SPLIT if request.method == "GET" else PostPermission.MODERATE  # a second click finds it moved
    discussion, post = _enter(actor, discussion_id, post_id, need)
    about = {"title": form.title.data or "", "reason": form.reason.data or ""}
    return _answer(
        form,
        lambda: _page("split", discussion, post, form),
        lambda: _write(
            actor,
            discussion_id,
            lambda session, found: split_thread(session, actor, found, post_id, **about, now=now()),
        ),
        DONE[ModerationAction.SPLIT],
        discussion_id,
    )


@blueprint.route("/posts/<int:post_id>/report", methods=["GET", "POST"])
def report(discussion_id: int, post_id: int) -> ResponseReturnValue:
    """Ask the staff to look at a post."""
    actor, form = get_visitor(), ReportForm()
    discussion, post = _enter(actor, discussion_id, post_id, PostPermission.REPORT)

    def work(session: Session, found: DiscussionView) -> str:
        reason, words = ReportReason(form.reason.data), form.words.data or ""
        return report_post(session, actor, found, post_id, reason=reason, words=words, now=now())

    return _answer(
        form,
        lambda: _page("report", discussion, post, form),
        lambda: _write(actor, discussion_id, work),
        _("Thank you. Your instructor will review your report; nobody else sees it."),
        discussion_id,
    )


@blueprint.route("/posts/<int:post_id>/private-reply", methods=["GET", "POST"])
def private_reply(discussion_id: int, post_id: int) -> ResponseReturnValue:
    """Answer a student so that nobody else sees it."""
    actor, form = get_visitor(), PrivateReplyForm()
    discussion, post = _enter(actor, discussion_id, post_id, PostPermission.REPLY_PRIVATELY)

    def work(session: Session, found: DiscussionView) -> str:
        try:
            return reply_privately(session, actor, found, post_id, form.text.data or "", now=now()).address
        except AlreadyPosted as again:
            session.rollback()
            return str(again.data["address"])

    return _answer(
        form,
        lambda: _page("private_reply", discussion, post, form),
        lambda: _write(actor, discussion_id, work),
        _("Reply sent. Only the recipient and instructors can see it."),
        discussion_id,
    )


@blueprint.get("/posts/<int:post_id>/history")
def history(discussion_id: int, post_id: int) -> ResponseReturnValue:
    """What was done to a post, for staff."""
    actor = get_visitor()
    discussion, post = _enter(actor, discussion_id, post_id, PostPermission.MODERATE)
    lines = list_history(read_session(), actor, discussion, post_id)
    similar_posts = list_similar_posts(read_session(), actor, [post_id])
    return _page("history", discussion, post, history=lines, similar_post=similar_posts.get(post_id))


@blueprint.post("/posts/<int:post_id>/like")
def like(discussion_id: int, post_id: int) -> ResponseReturnValue:
    """Like a post (`wanted=1`), or remove the like (`wanted=0`)."""
    return _back(discussion_id, _like(get_visitor(), discussion_id, post_id))


@blueprint.post("/posts/<int:post_id>/like/part")
def like_in_place(discussion_id: int, post_id: int) -> ResponseReturnValue:
    """The same for a script, which gets the button alone."""
    actor = get_visitor()
    _like(actor, discussion_id, post_id)
    _discussion, post = _enter(actor, discussion_id, post_id, PostPermission.READ)
    told = {"post": post, "liked": liked_posts(read_session(), actor, [post_id])}
    return render_template("discussion/reactions/liked.html", **told, base_url=_base_url(discussion_id))


@blueprint.get("/reports")
def own_reports(discussion_id: int) -> ResponseReturnValue:
    """What the reader has reported, and what became of it."""
    actor, session = get_visitor(), read_session()
    discussion = get_discussion(session, actor, discussion_id, now=now())
    return render_template(
        "discussion/moderation/own_reports.html",
        discussion=discussion,
        reports=list_own_reports(session, actor, now()),
        base_url=_base_url(discussion_id),
    )


@blueprint.errorhandler(Refused)
def refused(error: Refused) -> ResponseReturnValue:
    """Where there is no page to come back to."""
    return error_page(status_of(error), error.code, _refusal(error))


def _enter(actor: Actor, discussion_id: int, post_id: int, need: PostPermission) -> tuple[DiscussionView, PostView]:
    discussion = get_discussion(read_session(), actor, discussion_id, now=now())
    return discussion, get_post(read_session(), actor, discussion, post_id, need=need)


def _write(actor: Actor, discussion_id: int, work: Work) -> str:
    """Do something in a transaction of its own, in which the gate is passed anew; answers the post's address."""
    with writing() as session:
        address = work(session, get_discussion(session, actor, discussion_id, now=now()))
    ring_notices()
    return address


def _like(actor: Actor, discussion_id: int, post_id: int) -> str:
    """What the pressed button says; answers the post's address."""
    wanted = request.form.get("wanted", "1") != "0"
    return _write(
        actor, discussion_id, lambda session, found: set_like(session, actor, found, post_id, wanted=wanted, now=now())
    )


def _answer(
    form: PostedForm, page: Callable[[], str], work: Callable[[], str], done: str, discussion_id: int
) -> ResponseReturnValue:
    """The page of a form; once it is filled in, the work, and back to the post."""
    if not form.validate_on_submit():
        return page(), 200 if request.method == "GET" else 422
    try:
        address = work()
    except Refused as error:
        field = form["text" if "text" in form else "words" if "words" in form else "reason"]
        field.errors = [_refusal(error)]
        return page(), status_of(error)
    flash(str(done))
    return _back(discussion_id, address)


def _page(name: str, discussion: DiscussionView, post: PostView, form: PostedForm | None = None, **more: object) -> str:
    return render_template(
        f"discussion/moderation/{name}.html",
        discussion=discussion,
        post=post,
        form=form,
        to_queue=_to_queue(),
        base_url=_base_url(discussion.id),
        **more,
    )


def _to_queue() -> bool:
    """Whether one came from the page of what waits, and is to go back there."""
    return BACK_TO_QUEUE in (request.args.get("back"), request.form.get("back"))


def _base_url(discussion_id: int) -> str:
    return url_for("discussions.show", discussion_id=discussion_id)


def _back(discussion_id: int, address: str) -> ResponseReturnValue:
    if _to_queue():
        return redirect(url_for(".queue", discussion_id=discussion_id), 303)
    return redirect(url_for("discussions.show", discussion_id=discussion_id, at=address, _anchor=f"p{address}"), 303)


def _refusal(error: Refused) -> str:
    words = {
        "reason_missing": _("Enter a reason in a few words."),
        "reason_too_long": _("This is too long. Use up to %(limit)s characters.", limit=error.data.get("limit", "")),
        "parent_gone": _("This post has since been deleted or hidden."),
        "post_held": _("This post is held for review."),
        "post_first": _("Write your own first post before you do this."),
        "post_empty": _("Write something first."),
        "thread_locked": _("This thread is closed."),
        "too_deep": _("Replies can’t be nested any deeper in this thread."),
        "no_room_for_thread": _("This discussion has reached its limit of threads."),
    }
    return words.get(error.code, _("This discussion is not open for that."))
