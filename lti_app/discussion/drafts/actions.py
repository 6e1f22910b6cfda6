"""What changes drafts."""

import secrets
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.drafts.access import require_saving
from lti_app.discussion.drafts.errors import DraftElsewhere, DraftTooLong, DraftTooSoon
from lti_app.discussion.drafts.models import Draft
from lti_app.discussion.drafts.rules import MAX_WRITER, NO_DRAFT, PAUSE, DraftContent, DraftPlace, DraftRef, storable

_KNOWN = (Draft.id, Draft.discussion_id, Draft.place, Draft.version, Draft.writer, Draft.saved_at)


def save_draft(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    place: DraftPlace,
    drafted: DraftContent,
    *,
    base: str = "",
    writer: str = "",
    now: datetime,
) -> str:
    """Save what the actor has written so far; returns the draft's version, empty if there is nothing to save.

    `base` is the version that the window had before, empty for none. A window that names itself as `writer` may save
    over its own last save without knowing whether that one arrived. Raises DraftElsewhere if another window has saved
    since then, DraftTooSoon, DraftTooLong, and what the gate raises.
    """
    require_saving(session, actor, discussion, place)
    if drafted.is_too_large:
        raise DraftTooLong
    known = _known(session, actor, discussion, place, now)
    if any(row.saved_at > now - PAUSE for row in known):
        raise DraftTooSoon
    return _replace(
        session,
        actor,
        discussion,
        place,
        drafted,
        known=_here(known, discussion, place),
        base=base,
        writer=storable(writer)[:MAX_WRITER],
        now=now,
    )


def save_refused_as_draft(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    place: DraftPlace,
    drafted: DraftContent,
    *,
    now: datetime,
) -> str:
    """Save a refused post as a draft, replacing an earlier draft; returns its version.

    A text that is too long for a draft is not saved; the page still shows it.
    """
    require_saving(session, actor, discussion, place)
    if drafted.is_too_large or drafted.is_empty:
        return ""
    known = _here(_known(session, actor, discussion, place, now), discussion, place)
    base = known.version if known else ""
    return _replace(session, actor, discussion, place, drafted, known=known, base=base, writer="", now=now)


def delete_posted_draft(session: Session, actor: Actor, discussion_id: int, place: DraftPlace, draft: DraftRef) -> None:
    """Delete the draft that has become a post (one statement; none if the composer had no draft).

    A draft that another window has saved at the same place since then stays.
    """
    if draft != NO_DRAFT:
        known_as = storable(draft.writer)[:MAX_WRITER]
        same = or_(Draft.version == storable(draft.version), and_(Draft.writer != "", Draft.writer == known_as))
        session.execute(delete(Draft).where(_at(actor, discussion_id, place), same))


def discard_draft(session: Session, actor: Actor, discussion_id: int, place: DraftPlace) -> None:
    """Throw away what the actor has at a place (one statement)."""
    session.execute(delete(Draft).where(_at(actor, discussion_id, place)))


def _at(actor: Actor, discussion_id: int, place: DraftPlace) -> ColumnElement[bool]:
    """Condition for the actor's own draft at this place; drafts of others are never selected."""
    mine = Draft.person_id == actor.person_id
    return and_(mine, Draft.discussion_id == discussion_id, Draft.place == place.key)


def _known(
    session: Session, actor: Actor, discussion: DiscussionView, place: DraftPlace, now: datetime
) -> list[Row[Any]]:
    """The draft at this place, and what the person has saved anywhere in the last moment."""
    here = and_(Draft.discussion_id == discussion.id, Draft.place == place.key)
    mine = Draft.person_id == actor.person_id
    return list(session.execute(select(*_KNOWN).where(mine, or_(here, Draft.saved_at > now - PAUSE))))


def _here(known: list[Row[Any]], discussion: DiscussionView, place: DraftPlace) -> Row[Any] | None:
    return next((row for row in known if (row.discussion_id, row.place) == (discussion.id, place.key)), None)


def _replace(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    place: DraftPlace,
    drafted: DraftContent,
    *,
    known: Row[Any] | None,
    base: str,
    writer: str,
    now: datetime,
) -> str:
    found = known.version if known else ""
    if found != base and not (known and writer and known.writer == writer):
        raise DraftElsewhere(version=found)
    if known is None:
        return "" if drafted.is_empty else _insert(session, actor, discussion, place, drafted, writer=writer, now=now)
    unchanged = and_(Draft.id == known.id, Draft.version == known.version)
    version = "" if drafted.is_empty else _new_version()
    change = update(Draft).values(**_values(drafted), version=version, writer=writer, saved_at=now)
    written = session.execute((change if version else delete(Draft)).where(unchanged).returning(Draft.id)).first()
    if written is None:
        raise DraftElsewhere(version="")
    return version


def _insert(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    place: DraftPlace,
    drafted: DraftContent,
    *,
    writer: str,
    now: datetime,
) -> str:
    version = _new_version()
    row = insert_into(session, Draft).values(
        course_id=discussion.course_id,
        discussion_id=discussion.id,
        person_id=actor.person_id,
        place=place.key,
        post_id=place.post_id,
        **_values(drafted),
        version=version,
        writer=writer,
        saved_at=now,
    )
    if session.execute(row.on_conflict_do_nothing().returning(Draft.id)).first() is None:
        raise DraftElsewhere(version="")
    return version


def _values(drafted: DraftContent) -> dict[str, Any]:
    title, text = storable(drafted.title), storable(drafted.text)
    return asdict(drafted) | {"title": title, "text": text, "file_ids": list(drafted.file_ids)}


def _new_version() -> str:
    return secrets.token_hex(8)
