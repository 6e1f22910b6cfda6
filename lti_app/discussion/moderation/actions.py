"""What is done to posts and threads, and what students report."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, insert, literal, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from lti_app.core.db import Id, UtcDateTime, alias_of, insert_into
from lti_app.core.errors import Forbidden
from lti_app.core.prose import clean_line
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import MAX_TITLE
from lti_app.discussion.moderation.access import PERMISSIONS
from lti_app.discussion.moderation.errors import NoRoomForThread
from lti_app.discussion.moderation.models import ModerationRecord, MovedPost, Report
from lti_app.discussion.moderation.rules import (
    OUTCOMES,
    TIMESTAMP_CHANGES,
    HeldReason,
    ModerationAction,
    ReportReason,
    clean_reason,
)
from lti_app.discussion.posts.access import PostPermission
from lti_app.discussion.posts.actions.create import CreatedPost, create_post
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import get_post, lock_post
from lti_app.discussion.posts.rules.addresses import child_path
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.visibility.queries import not_held_back

_BELOW = alias_of(Post)


def change_post(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    post_id: int,
    action: ModerationAction,
    *,
    reason: str = "",
    now: datetime,
) -> str:
    """Take one of the actions of TIMESTAMP_CHANGES, or DISMISS the reports about a post; returns the post's address.

    Repeating it changes nothing. An action that decides about a post closes the open reports about it. Raises
    ReasonMissing for hiding without a reason, ReasonTooLong, and what the gate raises.
    """
    if action is ModerationAction.DISMISS:
        return _dismiss_reports(session, actor, discussion, post_id, now)
    reason = clean_reason(reason, required=action is ModerationAction.HIDE)
    found = get_post(session, actor, discussion, post_id, need=PERMISSIONS[action])
    post, change = lock_post(session, found), TIMESTAMP_CHANGES[action]
    if action is ModerationAction.HOLD and post.reply_count:  # somebody replied at the same moment
        raise Forbidden
    if (getattr(post, change.column) is not None) != change.sets:
        reason = reason or ", ".join(post.held_reasons)
        setattr(post, change.column, now if change.sets else None)
        _follow(session, actor, post, action, reason)
        _note(session, actor, post, action, reason=reason, now=now)
    _settle(session, actor, post_id, action, now)
    return post.address


def hold_by_rule(session: Session, post: Post, reasons: list[HeldReason], *, now: datetime) -> None:
    """Hold a post for review because it matches a rule."""
    post.held_at, post.held_reasons = now, [reason.value for reason in reasons]
    session.add(
        ModerationRecord(
            discussion_id=post.discussion_id,
            post_id=post.id,
            by_id=None,
            by_staff=False,
            kind=ModerationAction.HOLD,
            reason=", ".join(post.held_reasons),
            at=now,
        )
    )
    session.flush()
    recount_thread(session, post.root_id or post.id)


def note_held(
    session: Session, discussion: DiscussionView, held: Mapping[int, Sequence[HeldReason]], *, now: datetime
) -> None:
    """Note in the history of posts, by id, that a rule held them when they were imported."""
    rows = [
        {
            "discussion_id": discussion.id,
            "post_id": post_id,
            "by_id": None,
            "by_staff": False,
            "kind": ModerationAction.HOLD,
            "reason": ", ".join(reason.value for reason in reasons),
            "at": now,
        }
        for post_id, reasons in held.items()
    ]
    session.execute(insert(ModerationRecord), rows)


def split_thread(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    post_id: int,
    *,
    title: str = "",
    reason: str = "",
    now: datetime,
) -> str:
    """Move a reply, with all replies below it, to a new thread; returns its new address. A first post stays where it
    is.

    For its author it still counts as a reply to the post that it answered. The discussion's counter is raised first, as
    for a new post, so that nobody posts to the thread while it moves. Raises ReasonTooLong, NoRoomForThread, and what
    the gate raises.
    """
    reason = clean_reason(reason, required=False)
    found = get_post(session, actor, discussion, post_id, need=PostPermission.MODERATE)
    if found.parent_id is None and session.scalar(select(Post.split_at).where(Post.id == post_id)):
        return found.address
    found = get_post(session, actor, discussion, post_id, need=PostPermission.SPLIT)
    nth = session.scalars(
        update(Discussion)
        .where(Discussion.id == discussion.id)
        .values(root_count=Discussion.root_count + 1)
        .returning(Discussion.root_count)
    ).one()
    post = lock_post(session, found)
    if post.parent_id is None or post.root_id is None:  # the second of two clicks
        session.execute(
            update(Discussion).where(Discussion.id == discussion.id).values(root_count=Discussion.root_count - 1)
        )
        return post.address
    root_id, answered = post.root_id, post.parent_id
    locked_at = session.scalar(select(Post.locked_at).where(Post.id == root_id))
    _note(session, actor, post, ModerationAction.SPLIT, reason=reason or post.address, now=now)
    _move(session, post, _path_of(nth), str(nth), now)
    session.refresh(post)
    post.parent_id, post.root_id, post.split_from_id, post.split_at = None, None, answered, now
    post.title = clean_line(title, MAX_TITLE)
    post.locked_at, post.accepted_at = locked_at, None
    session.flush()
    recount_thread(session, root_id)
    recount_thread(session, post.id)
    return str(nth)


def reply_privately(
    session: Session, actor: Actor, discussion: DiscussionView, post_id: int, text: str, *, now: datetime
) -> CreatedPost:
    """Reply to a student in a post that only they and staff can see. Raises what create_post raises."""
    created = create_post(session, actor, discussion, PostContent(text), parent_id=post_id, privately=True, now=now)
    post = session.get_one(Post, post_id, populate_existing=True)
    _note(session, actor, post, ModerationAction.REPLY_PRIVATELY, reason="", now=now)
    recount_thread(session, post.root_id or post.id)
    return created


def report_post(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    post_id: int,
    *,
    reason: ReportReason,
    words: str,
    now: datetime,
) -> str:
    """Report a post to the instructors; returns its address. A second report by the same person changes nothing.

    Raises ReasonMissing for OTHER without words, ReasonTooLong, and what the gate raises.
    """
    words = clean_reason(words, required=reason is ReportReason.OTHER)
    post = get_post(session, actor, discussion, post_id, need=PostPermission.REPORT)
    values = {
        "course_id": discussion.course_id,
        "discussion_id": discussion.id,
        "post_id": post_id,
        "reporter_id": actor.person_id,
        "reason": reason,
        "words": words,
        "at": now,
    }
    session.execute(
        insert_into(session, Report).values(**values).on_conflict_do_nothing(index_elements=["post_id", "reporter_id"])
    )
    return post.address


def recount_thread(session: Session, root_id: int) -> None:
    """Recount the posts below a first post, and find the newest of them, among those that the whole class may see."""
    shown = (_BELOW.root_id == root_id, not_held_back(_BELOW))
    newest = select(func.max(_BELOW.placed_at)).where(*shown)
    session.execute(
        update(Post)
        .where(Post.id == root_id)
        .values(
            descendants=select(func.count()).where(*shown).scalar_subquery(),
            latest_number=func.coalesce(select(func.max(_BELOW.number)).where(*shown).scalar_subquery(), Post.number),
            latest_at=func.coalesce(newest.scalar_subquery(), Post.placed_at),
        )
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def _dismiss_reports(session: Session, actor: Actor, discussion: DiscussionView, post_id: int, now: datetime) -> str:
    post = get_post(session, actor, discussion, post_id, need=PERMISSIONS[ModerationAction.DISMISS])
    if _settle(session, actor, post_id, ModerationAction.DISMISS, now):
        _note(session, actor, lock_post(session, post), ModerationAction.DISMISS, reason="", now=now)
    return post.address


def _follow(session: Session, actor: Actor, post: Post, action: ModerationAction, reason: str) -> None:
    """Update what depends on a moderation action besides its time."""
    if action is ModerationAction.HIDE:
        post.hidden_by_id, post.hidden_reason = actor.person_id, reason
    elif action is ModerationAction.RESTORE:
        post.hidden_by_id, post.hidden_reason = None, ""
    elif action is ModerationAction.ACCEPT:  # one answer is the accepted one
        others = (Post.root_id == post.root_id, Post.id != post.id, Post.accepted_at.is_not(None))
        session.execute(update(Post).where(*others).values(accepted_at=None))
    elif action in (ModerationAction.HOLD, ModerationAction.APPROVE):
        post.held_reasons = [HeldReason.INSTRUCTOR.value] if action is ModerationAction.HOLD else []
        session.flush()
        recount_thread(session, post.root_id or post.id)


def _note(session: Session, actor: Actor, post: Post, action: ModerationAction, *, reason: str, now: datetime) -> None:
    session.execute(
        insert(ModerationRecord).values(
            discussion_id=post.discussion_id,
            post_id=post.id,
            by_id=actor.person_id,
            by_staff=actor.is_staff,
            kind=action,
            reason=reason,
            at=now,
        )
    )


def _settle(session: Session, actor: Actor, post_id: int, action: ModerationAction, now: datetime) -> int:
    """Close the open reports of a post if the action decides about them; returns how many there were."""
    if action not in OUTCOMES:
        return 0
    settled = session.execute(
        update(Report)
        .where(Report.post_id == post_id, Report.settled_at.is_(None))
        .values(outcome=OUTCOMES[action], settled_at=now, settled_by_id=actor.person_id)
    )
    return settled.rowcount if isinstance(settled, CursorResult) else 0


def _path_of(nth: int) -> str:
    try:
        return child_path("", nth)
    except ValueError as error:
        raise NoRoomForThread from error


def _move(session: Session, post: Post, path: str, address: str, now: datetime) -> None:
    """Give a post and all replies below it new addresses, and record the old ones."""
    here = or_(Post.path == post.path, Post.path.startswith(f"{post.path}."))
    within = (Post.discussion_id == post.discussion_id, here)
    old = select(Post.discussion_id, Post.address, Post.id, literal(now, UtcDateTime)).where(*within)
    session.execute(insert(MovedPost).from_select(["discussion_id", "old_address", "post_id", "at"], old))
    session.execute(
        update(Post)
        .where(*within)
        .values(
            path=literal(path) + func.substr(Post.path, len(post.path) + 1),
            address=literal(address) + func.substr(Post.address, len(post.address) + 1),
            depth=Post.depth - post.depth,
            root_id=literal(post.id, Id),
        )
        .execution_options(synchronize_session=False)
    )
