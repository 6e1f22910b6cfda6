"""A person's notices, and how many are unread."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import Session

from lti_app.core.db import Id, alias_of
from lti_app.core.errors import NotFound
from lti_app.core.recent import RecentlyUsed
from lti_app.core.statements import fetch_tuples
from lti_app.course.courses.queries import name_in_course
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.course import list_views
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import State, Structure
from lti_app.discussion.posts.models import Post
from lti_app.discussion.visibility.queries import author_name
from lti_app.notices.feed.models import InstructorMessage, Notice
from lti_app.notices.feed.queries.shown import actor_values, anybody_like, shown_to, unread_count
from lti_app.notices.feed.rules.kinds import NoticeKind
from lti_app.notices.feed.rules.lines import DigestPart, NoticeLine, NoticePage
from lti_app.notices.feed.rules.wording import digest_lines, sentence

PAGE_SIZE = 30
_SENDER = alias_of(Person)
_NEWEST = 2**63 - 1
"""Before it are all."""


def list_notices(session: Session, actor: Actor, *, now: datetime, before: int | None = None) -> NoticePage:
    """The actor's notices in their course (four statements at most). The first page begins with the unread ones.

    Whatever they are about is checked again: a notice of a post that the actor may not read now is left out.
    """
    views = list_views(session, actor, now)
    found = _found(actor, views)
    values = {**actor_values(actor), "before": _NEWEST if before is None else before}
    rows = fetch_tuples(session, found.page, values)
    lines = [_line(row, views) for row in rows[:PAGE_SIZE]]
    count = count_unread(session, actor, views)
    unread = [line for line in lines if not line.is_read]
    missing = count > len(unread) and before is None
    if missing:
        unread = [_line(row, views) for row in fetch_tuples(session, found.unread, actor_values(actor))]
    return NoticePage(
        unread=tuple(unread),
        read=tuple(line for line in lines if line.is_read),
        unread_count=count,
        next=lines[-1].id if len(rows) > PAGE_SIZE else None,
    )


def select_notices(session: Session, actor: Actor, notice_ids: Collection[int], *, now: datetime) -> list[NoticeLine]:
    """Those of these notices that the actor may see now, the oldest first (two statements)."""
    views = list_views(session, actor, now)
    rows = fetch_tuples(session, _found(actor, views).chosen, {**actor_values(actor), "notice_ids": list(notice_ids)})
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
    [(count,)] = fetch_tuples(session, _found(actor, views).count, actor_values(actor))
    return int(count)


class _Statements:
    """Those that read the notices of any actor of one kind, in the discussions of one course; each is made when it is
    needed first.
    """

    def __init__(self, actor: Actor, views: Sequence[DiscussionView]) -> None:
        somebody = anybody_like(actor)
        self._name: ColumnElement[str] = author_name(Post, somebody, *views)
        self._shown = shown_to(somebody, views)

    @cached_property
    def page(self) -> Select[Any]:
        """A page of them before one, the newest first, and one more if there is one."""
        return self._lines.where(Notice.id < bindparam("before", type_=Id)).limit(PAGE_SIZE + 1)

    @cached_property
    def unread(self) -> Select[Any]:
        """A page of the unread ones."""
        return self._lines.where(Notice.read_at.is_(None)).limit(PAGE_SIZE)

    @cached_property
    def chosen(self) -> Select[Any]:
        """Those with given ids, the oldest first."""
        given = Notice.id.in_(bindparam("notice_ids", type_=Id, expanding=True))
        return self._lines.where(given).order_by(None).order_by(Notice.id)

    @cached_property
    def count(self) -> Select[Any]:
        """How many are unread."""
        return unread_count(self._shown)

    @cached_property
    def _lines(self) -> Select[Any]:
        return (
            select(
                *(Notice.id, Notice.kind, Notice.facts, Notice.at, Notice.read_at, Notice.discussion_id),
                Discussion.title,
                *(Post.id, Post.root_id, Post.address, Post.html, self._name),
                *(InstructorMessage.subject, InstructorMessage.text),
                name_in_course(_SENDER, Notice.course_id.expression),
            )
            .outerjoin(Discussion, Discussion.id == Notice.discussion_id)
            .outerjoin(Post, Post.id == Notice.post_id)
            .outerjoin(Person, Person.id == Post.author_id)
            .outerjoin(InstructorMessage, InstructorMessage.id == Notice.message_id)
            .outerjoin(_SENDER, _SENDER.id == InstructorMessage.sender_id)
            .where(self._shown)
            .order_by(Notice.id.desc())
        )


class _Seen(NamedTuple):
    """All that the words of statements depend on in one discussion, for actors of one role."""

    discussion_id: int
    structure: Structure
    state: State
    post_first: bool
    hides_names: bool


_made: RecentlyUsed[tuple[Role, tuple[_Seen, ...]], _Statements] = RecentlyUsed(64)
"""To build one takes longer than to run it."""


def _found(actor: Actor, views: Sequence[DiscussionView]) -> _Statements:
    seen = [_Seen(v.id, v.structure, v.state, v.post_first, v.hides_names_from(actor)) for v in views]
    key = actor.role, tuple(seen)
    statements = _made.get(key)
    if statements is None:
        statements = _Statements(actor, views)
        _made.put(key, statements, 1)
    return statements


def _line(row: Any, views: Sequence[DiscussionView]) -> NoticeLine:
    notice_id, kind, facts, at, read_at, discussion_id, title, post_id, root_id, address, html, author, *message = row
    subject, text, sender = message
    return NoticeLine(
        id=notice_id,
        kind=kind,
        at=at,
        is_read=read_at is not None,
        words=sentence(kind, facts, name=(author if post_id else sender) or ""),
        discussion_id=discussion_id,
        discussion_title=title or "",
        post_id=post_id,
        root_id=root_id,
        address=address or "",
        html=html or "",
        subject=subject or "",
        text=text or "",
        digest=tuple(_digest(facts, views)) if kind is NoticeKind.DIGEST else (),
        due=datetime.fromisoformat(facts["due"]) if kind is NoticeKind.DUE_SOON else None,
    )


def _digest(facts: dict[str, Any], views: Sequence[DiscussionView]) -> list[DigestPart]:
    titles = {view.id: view.title for view in views}
    parts = ((each["id"], digest_lines(each)) for each in facts.get("discussions", ()) if each["id"] in titles)
    return [DigestPart(key, titles[key], tuple(lines)) for key, lines in parts if lines]
