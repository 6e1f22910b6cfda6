"""The list of notices, unread first, and following discussions and threads."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_app.notices.feed.actions.writing import mark_read
from lti_app.notices.feed.queries.notices import get_notice, list_notices
from lti_app.notices.feed.rules.kinds import NoticeKind
from lti_app.notices.feed.rules.lines import NoticeLine
from lti_app.notices.following.actions import follow, unfollow
from lti_app.notices.following.queries import list_followed
from lti_app.notices.outbox.queries import is_mail_stopped
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, write_aside, writing

blueprint = Blueprint("notices", __name__, url_prefix="/courses/<int:course_id>")


@blueprint.get("/notices")
def show() -> ResponseReturnValue:
    """The reader's notices in this course, and what they follow."""
    actor, session = get_visitor(), read_session()
    return render_template(
        "notices/list.html",
        page=list_notices(session, actor, now=now(), before=request.args.get("before", type=int)),
        is_first=not request.args.get("before"),
        followed=list_followed(session, actor),
        is_staff=actor.is_staff,
        is_mail_stopped=is_mail_stopped(session, actor),
    )


@blueprint.get("/notices/<int:notice_id>")
def open_notice(notice_id: int) -> ResponseReturnValue:
    """Mark a notice as read and go to what it is about."""
    actor = get_visitor()
    line = get_notice(read_session(), actor, notice_id, now=now())
    at = now()
    if not line.is_read:
        write_aside(lambda session: mark_read(session, actor, [notice_id], now=at))
    return redirect(_target(line), 303)


@blueprint.post("/notices/read")
def read() -> ResponseReturnValue:
    """Mark all notices as read, or the ones that the form names."""
    actor = get_visitor()
    named = request.form.getlist("notice", type=int)
    with writing() as session:
        mark_read(session, actor, named or None, now=now())
    return redirect(url_for(".show"), 303)


@blueprint.post("/discussions/<int:discussion_id>/follow")
def change_following(discussion_id: int) -> ResponseReturnValue:
    """Follow the discussion or, with `thread`, one of its threads; or follow it no longer."""
    actor, root_id = get_visitor(), request.args.get("thread", type=int)
    with writing() as session:
        if request.form.get("do") == "unfollow":
            unfollow(session, actor, discussion_id, root_id)
        else:
            follow(session, actor, discussion_id, root_id, now=now())
    if request.form.get("back") == "notices":
        return redirect(url_for(".show", _anchor="followed"), 303)
    return redirect(url_for("discussions.show", discussion_id=discussion_id), 303)


def _target(line: NoticeLine) -> str:
    """Where a notice leads."""
    if line.discussion_id is None:
        return url_for(".show", _anchor=f"n{line.id}")
    if line.kind is NoticeKind.TO_REVIEW:
        return url_for("moderation.queue", discussion_id=line.discussion_id)
    if line.address:
        at = line.address
        return url_for("discussions.show", discussion_id=line.discussion_id, at=at, _anchor=f"p{at}")
    return url_for("discussions.show", discussion_id=line.discussion_id)
