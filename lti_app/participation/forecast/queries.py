"""The feedback of a composer on the post that is being written."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from lti_app.core.db import Id, alias_of
from lti_app.core.statements import fetch_tuples
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import Move
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.referred import compose_written
from lti_app.discussion.posts.queries.views import PostView
from lti_app.discussion.posts.rules.authors import author_key
from lti_app.discussion.posts.rules.compose import Composed
from lti_app.discussion.visibility.queries import (
    READER,
    ViewerKind,
    says_something,
    viewer_kind,
    viewer_values,
    visible_to,
)
from lti_app.participation.forecast.rules import (
    Forecast,
    Hint,
    ReplyTarget,
    ThreadFacts,
    forecast,
    hints_before,
    hypothetical_edit,
    hypothetical_post,
    only_agrees,
)
from lti_app.participation.progress.queries import Participation
from lti_app.participation.requirements.facts import PostFacts, VersionFacts

_PARENT = alias_of(Post)
_NOTHING = Composed("", "", 0, ())


@dataclass(frozen=True)
class Writing:
    """The contents of a composer, and where the post would go."""

    text: str = ""
    is_rich: bool = False
    move: Move | None = None
    parent: PostView | None = None
    """The post that it replies to."""
    edited_id: int | None = None
    """The post that it edits."""


@dataclass(frozen=True)
class Guide:
    """The feedback of a composer."""

    forecast: Forecast | None
    hints: tuple[Hint, ...] = ()


def get_guide(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    participation: Participation,
    writing: Writing,
    *,
    fillers: frozenset[str] = frozenset(),
    now: datetime,
) -> Guide:
    """How the post would count for the actor, whose participation is given, and advice on a reply.

    No statement for a first post, one for a reply, and one for each kind of reference in the text. There is no advice
    on a reply to a post that the actor may not read. `fillers` are the words of agreement in the reader's language.
    """
    composed = _NOTHING
    if writing.text.strip():
        composed = compose_written(session, actor, discussion, writing.text, is_rich=writing.is_rich, now=now)
    version = VersionFacts(now, composed.words, frozenset(composed.reading_ids))
    parent = writing.parent
    answered = _answered(parent)
    hypothetical = _hypothetical(participation, writing, version, answered)
    cited = composed.citations
    told = forecast(
        participation.requirements,
        participation.facts,
        hypothetical,
        now,
        participation.zone,
        activity=participation.activity,
        places=frozenset((one.reading_id, one.page, one.paragraph) for one in cited if one.page or one.paragraph),
    )
    if answered is None or parent is None or not parent.html or writing.edited_id is not None:
        return Guide(told)
    thread = _thread_facts(session, actor, discussion, parent)
    hints = hints_before(thread, participation.facts, answered)
    agrees = only_agrees(composed.text, thread.parent_text, cites=bool(composed.citations), fillers=fillers)
    return Guide(told, (*hints, Hint.ONLY_AGREES) if agrees and not answered.is_staff else hints)


def _answered(parent: PostView | None) -> ReplyTarget | None:
    if parent is None:
        return None
    key = author_key(parent.author_id, parent.author if parent.is_imported else None)
    return ReplyTarget(key, parent.author, parent.is_own, parent.by_staff, thread_id=parent.root_id or parent.id)


def _hypothetical(
    participation: Participation, writing: Writing, version: VersionFacts, answered: ReplyTarget | None
) -> PostFacts:
    changed = next((post for post in participation.facts if post.id == writing.edited_id), None)
    if changed is not None:
        return hypothetical_edit(changed, version, move=writing.move)
    return hypothetical_post(participation.facts, version, move=writing.move, answered=answered)


def _thread_facts(session: Session, actor: Actor, discussion: DiscussionView, parent: PostView) -> ThreadFacts:
    """One statement."""
    values = {**viewer_values(actor, discussion), "root_id": parent.root_id, "parent_id": parent.id}
    [(posts, own, text)] = fetch_tuples(session, _in_thread(viewer_kind(actor, discussion)), values)
    return ThreadFacts(posts, own, text or "")


@cache
def _in_thread(kind: ViewerKind) -> Select[Any]:
    """How many posts a thread has for a viewer of this kind, how many of them are their own, and what one says."""
    root = bindparam("root_id", type_=Id)
    said = select(_PARENT.text).where(_PARENT.id == bindparam("parent_id", type_=Id)).scalar_subquery()
    counts = (func.count(), func.count().filter(Post.author_id == READER), said)
    return select(*counts).where(
        visible_to(Post, kind), or_(Post.id == root, Post.root_id == root), says_something(Post)
    )
