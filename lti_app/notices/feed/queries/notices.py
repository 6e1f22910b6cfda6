"""A person's notices, and how many are unread."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of
from lti_app.core.errors import NotFound
from lti_app.course.courses.queries import name_in_course
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.course import list_views
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.models import Post
from lti_app.discussion.visibility.queries import author_name
from lti_app.notices.feed.models import InstructorMessage, Notice
from lti_app.notices.feed.queries.shown import shown_to
from lti_app.notices.feed.rules.kinds import NoticeKind
from lti_app.notices.feed.rules.lines import DigestPart, NoticeLine, NoticePage
from lti_app.notices.feed.rules.wording import digest_lines, sentence

PAGE_SIZE = 30
_SENDER = alias_of(Person)


def list_notices(session: Session, actor: Actor, *, now: datetime, before: int | None = None) -> NoticePage:
    """The actor's notices in their course (four statements at most). The first page begins with the unread ones.

    Whatever they are about is checked again: a notice of a post that the actor may not read now is left out.
    """
    views = list_views(session, actor, now)
    found = _lines(actor, views).limit(PAGE_SIZE + 1)
    if before is not None:
        found = found.where(Notice.id < before)
    rows = session.execute(found.order_by(Notice.id.desc())).all()
    lines = [_line(row, views) for row in rows[:PAGE_SIZE]]
    count = _count(session, actor, views)
    unread = [line for line in lines if not line.is_read]
    missing = count > len(unread) and before is None
    if missing:
        older = _lines(actor, views).where(Notice.read_at.is_(None)).order_by(Notice.id.desc()).limit(PAGE_SIZE)
        unread = [_line(row, views) for row in session.execute(older)]
    return NoticePage(
        unread=tuple(unread),
        read=tuple(line for line in lines if line.is_read),
        unread_count=count,
        next=lines[-1].id if len(rows) > PAGE_SIZE else None,
    )


def select_notices(session: Session, actor: Actor, notice_ids: Collection[int], *, now: datetime) -> list[NoticeLine]:
    """Those of these notices that the actor may see now, the oldest first (two statements)."""
    views = list_views(session, actor, now)
    rows = session.execute(_lines(actor, views).where(Notice.id.in_(notice_ids)).order_by(Notice.id))
    return [_line(row, views) for row in rows]


def get_notice(session: Session, actor: Actor, notice_id: int, *, now: datetime) -> NoticeLine:
    """One notice of the actor's own; raises NotFound for one of others, or about what they may not see now."""
    found = select_notices(session, actor, [notice_id], now=now)
    if not found:
        raise NotFound
    return found[0]


def count_unread(session: Session, actor: Actor, views: Sequence[DiscussionView]) -> int:
    """How many unread notices the actor may see, about these discussions or none (one statement).

    `views` are those of the page, which the gate has answered with for this actor.
    """
    return _count(session, actor, views)


def _count(session: Session, actor: Actor, views: Sequence[DiscussionView]) -> int:
    counted = select(func.count()).select_from(Notice).outerjoin(Post, Post.id == Notice.post_id)
    return session.scalar(counted.where(shown_to(actor, views), Notice.read_at.is_(None))) or 0


def _lines(actor: Actor, views: Sequence[DiscussionView]) -> Select[*tuple[Any, ...]]:
    name: ColumnElement[str] = author_name(Post, actor, *views)
    return (
        select(
            Notice,
            Discussion.title,
            Post.id,
            Post.root_id,
            Post.address,
            Post.html,
            name,
            InstructorMessage.subject,
            InstructorMessage.text,
            name_in_course(_SENDER, Notice.course_id.expression),
        )
        .outerjoin(Discussion, Discussion.id == Notice.discussion_id)
        .outerjoin(Post, Post.id == Notice.post_id)
        .outerjoin(Person, Person.id == Post.author_id)
        .outerjoin(InstructorMessage, InstructorMessage.id == Notice.message_id)
        .outerjoin(_SENDER, _SENDER.id == InstructorMessage.sender_id)
        .where(shown_to(actor, views))
    )


def _line(row: Any, views: Sequence[DiscussionView]) -> NoticeLine:
    notice, title, post_id, root_id, address, html, author, subject, text, sender = row
    return NoticeLine(
        id=notice.id,
        kind=notice.kind,
        at=notice.at,
        is_read=notice.read_at is not None,
        words=sentence(notice.kind, notice.facts, name=(author if post_id else sender) or ""),
        discussion_id=notice.discussion_id,
        discussion_title=title or "",
        post_id=post_id,
        root_id=root_id,
        address=address or "",
        html=html or "",
        subject=subject or "",
        text=text or "",
        digest=tuple(_digest(notice.facts, views)) if notice.kind is NoticeKind.DIGEST else (),
        due=datetime.fromisoformat(notice.facts["due"]) if notice.kind is NoticeKind.DUE_SOON else None,
    )


def _digest(facts: dict[str, Any], views: Sequence[DiscussionView]) -> list[DigestPart]:
    titles = {view.id: view.title for view in views}
    parts = ((each["id"], digest_lines(each)) for each in facts.get("discussions", ()) if each["id"] in titles)
    return [DigestPart(key, titles[key], tuple(lines)) for key, lines in parts if lines]
