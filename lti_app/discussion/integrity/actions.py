"""Looking a new post over before others see it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import BindParameter, Select, bindparam, delete, func, insert, select, text, union_all
from sqlalchemy.orm import Session

from lti_app.core.db import Id
from lti_app.core.statements import fetch_tuples
from lti_app.course.courses.models import EarlierCourse
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.integrity.models import Finding, SignatureBand
from lti_app.discussion.integrity.rules.content import (
    ALIKE,
    BANDS,
    OF_NEWCOMERS,
    OwnContent,
    asked_by,
    bands_of,
    compared_runs,
    own_content_of,
    share_of,
    shingles_of,
    suspicions,
)
from lti_app.discussion.moderation.actions import hold_by_rule, note_held, recount_thread
from lti_app.discussion.moderation.rules import HeldReason
from lti_app.discussion.posts.models import Post
from lti_app.discussion.visibility.rules import status_of

_CANDIDATES = 5
"""The posts with most bands in common that are compared word for word."""


_ROWS_AT_ONCE = 50_000
"""Bands in one statement: a whole forum has a million."""
_SIGN = "INSERT INTO signature_band (course_id, post_id, band) SELECT :course_id, :post_id, {bands}"
_SIGN_ON_SQLITE = text(_SIGN.format(bands="value FROM json_each(:bands)"))
_SIGN_ON_POSTGRESQL = text(_SIGN.format(bands="value::bigint FROM json_array_elements_text(CAST(:bands AS json))"))
"""One statement for all bands of a post: a driver would send one for each."""


_BAND_NAMES = tuple(f"band_{n}" for n in range(BANDS))
"""Each of them by itself: of a list of any length the words of the statement would be made anew for each post."""


def _sharing() -> Select[int, str]:
    """The posts that share most bands with a new one."""
    # The one place where anything is read of another course: those that this one was copied from, as the LMS tells.
    # Nobody is shown what stands there, only how much of it this post shares (see list_similar_posts).
    here: BindParameter[int] = bindparam("course_id", type_=Id)
    earlier = select(EarlierCourse.earlier_id).where(EarlierCourse.course_id == here)
    courses = union_all(select(here), earlier)
    shared = (
        select(SignatureBand.post_id, func.count().label("bands"))
        .where(SignatureBand.course_id.in_(courses), SignatureBand.band.in_([bindparam(name) for name in _BAND_NAMES]))
        .group_by(SignatureBand.post_id)
        .subquery()
    )
    return (
        select(Post.id, Post.html)
        .join(shared, shared.c.post_id == Post.id)
        .where(Post.author_id != bindparam("author_id", type_=Id))
        .order_by(shared.c.bands.desc(), Post.id)
        .limit(_CANDIDATES)
    )


_SHARING = _sharing()
"""Made once: every post begins with it."""


@dataclass(frozen=True)
class _SimilarPost:
    """A post that is nearly the same."""

    post_id: int
    share: int
    """In per cent."""


def screen(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    post_id: int,
    *,
    sellers: frozenset[str],
    edited: bool = False,
    now: datetime,
) -> list[HeldReason]:
    """Look a post over in the transaction that writes it; why it now waits for an instructor, if it does.

    A post of staff is only remembered, a private one neither compared nor remembered. No post is held twice for the
    same, nor one that has been answered: its place would be missing under the answers. At most two statements for a
    post that is not held; one more where it is mostly links, or was edited.
    """
    post = session.get_one(Post, post_id)
    if status_of(post).is_private:
        recount_thread(session, post.root_id or post.id)
        return []
    own_content = own_content_of(post.html)
    similar = _compare(session, discussion, post, own_content, edited=edited)
    if actor.writes_as_staff or (edited and post.reply_count):
        return []
    found = _reasons(session, actor, post, own_content, sellers)
    if similar is not None:
        found.append(HeldReason.SIMILAR)
    known = set(session.scalars(select(Finding.reason).where(Finding.post_id == post_id))) if found and edited else ()
    if fresh := [reason for reason in found if reason not in known]:
        _remember(session, post, fresh, similar, now)
        hold_by_rule(session, post, fresh, now=now)
    return fresh


def store_signatures(session: Session, discussion: DiscussionView, posts: Iterable[tuple[int, Iterable[int]]]) -> None:
    """Remember new posts, by id and signature, so that later ones can be compared with them. They are not screened."""
    rows = (row for post_id, bands in posts for row in _bands(discussion.course_id, post_id, bands))
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        session.connection().execute(insert(SignatureBand.__table__), some)  # type: ignore[arg-type]  # a Table it is


def remember_held(
    session: Session, discussion: DiscussionView, held: Mapping[int, Sequence[HeldReason]], *, now: datetime
) -> None:
    """Note why imported posts, by id, are held for review (two statements)."""
    if held:
        findings = [
            {"post_id": post_id, "reason": reason, "at": now} for post_id, found in held.items() for reason in found
        ]
        session.execute(insert(Finding), findings)
        note_held(session, discussion, held, now=now)


def _bands(course_id: int, post_id: int, bands: Iterable[int]) -> list[dict[str, int]]:
    return [{"course_id": course_id, "post_id": post_id, "band": band} for band in {*bands}]


def _reasons(
    session: Session, actor: Actor, post: Post, own_content: OwnContent, sellers: frozenset[str]
) -> list[HeldReason]:
    found = suspicions(own_content, sellers)
    if OF_NEWCOMERS.isdisjoint(found) or _is_newcomer(session, actor, post):
        return found
    return [reason for reason in found if reason not in OF_NEWCOMERS]


def _is_newcomer(session: Session, actor: Actor, post: Post) -> bool:
    """Whether this is the author's first post in the course."""
    here = select(Discussion.id).where(Discussion.course_id == post.course_id)
    earlier = (Post.discussion_id.in_(here), Post.author_id == actor.person_id, Post.id != post.id)
    return session.scalar(select(Post.id).where(*earlier).limit(1)) is None


def _compare(
    session: Session, discussion: DiscussionView, post: Post, own_content: OwnContent, *, edited: bool
) -> _SimilarPost | None:
    """Find the most similar post by another person, if one is nearly the same, and store the signature of this one.

    The search covers the course and the courses that it was copied from.
    """
    if edited:
        session.execute(delete(SignatureBand).where(SignatureBand.post_id == post.id))
    own = compared_runs(own_content.words, asked_by(discussion.prompt))
    if not own:
        return None
    bands = bands_of(own)
    found_similar = [
        _SimilarPost(post_id, round(share * 100))
        for post_id, html in _candidates(session, post, bands)
        if (share := share_of(own, shingles_of(own_content_of(html).words))) >= ALIKE
    ]
    sign = _SIGN_ON_SQLITE if session.get_bind().dialect.name == "sqlite" else _SIGN_ON_POSTGRESQL
    session.connection().execute(
        sign, {"course_id": post.course_id, "post_id": post.id, "bands": json.dumps([*{*bands}])}
    )
    return max(found_similar, key=lambda similar: similar.share, default=None)


def _candidates(session: Session, post: Post, bands: list[int]) -> list[tuple[int, str]]:
    values = {"course_id": post.course_id, "author_id": post.author_id, **dict(zip(_BAND_NAMES, bands, strict=True))}
    return list(fetch_tuples(session, _SHARING, values))


def _remember(
    session: Session, post: Post, reasons: list[HeldReason], similar: _SimilarPost | None, now: datetime
) -> None:
    for reason in reasons:
        by = similar if reason is HeldReason.SIMILAR else None
        session.add(
            Finding(
                post_id=post.id,
                reason=reason,
                like_id=by.post_id if by else None,
                share=by.share if by else None,
                at=now,
            )
        )
