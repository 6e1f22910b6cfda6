"""Bringing posts in: a file is looked at first, and comes in as a whole or not at all."""

import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, undefer

from lti_app.core.errors import NotFound
from lti_app.core.prose import clean_line
from lti_app.course.courses.rules import Actor
from lti_app.course.people.rules import zone
from lti_app.discussion.discussions.access import Permission
from lti_app.discussion.discussions.queries import DiscussionView, get_discussion
from lti_app.discussion.posts.rules.addresses import MAX_DEPTH
from lti_app.exchange.formats.dates import DateReader
from lti_app.exchange.formats.entries import Placed, arrange
from lti_app.exchange.formats.recognize import read_file
from lti_app.exchange.importing.actions.threads import known_origins, write_threads
from lti_app.exchange.importing.models import Import
from lti_app.exchange.importing.rules import Way, origins, to_post

MAX_NOTES = 500
"""Notes that are kept one by one; beyond them only their number is."""
SHOWN_FIRST = 5


@dataclass(frozen=True)
class Upload:
    """A file, or what was pasted, with what the reader must be told about its dates."""

    content: bytes
    zone: str
    name: str = ""
    day_first: bool | None = None


def look_at_file(session: Session, actor: Actor, discussion_id: int, upload: Upload, *, now: datetime) -> int:
    """Read a file and keep it with what was found in it, until an instructor says how it is to come in.

    Returns the import's id. Raises FileRefused, and what the gate to the set-up raises. Files that the same person
    gave before for this discussion, and left, are forgotten.
    """
    discussion = get_discussion(session, actor, discussion_id, need=Permission.SET_UP, now=now)
    parsed = read_file(upload.content, DateReader(zone(upload.zone)), day_first=upload.day_first)
    arranged = arrange(parsed, max_depth=MAX_DEPTH, now=now)
    waiting = (Import.discussion_id == discussion.id, Import.person_id == actor.person_id)
    session.execute(delete(Import).where(*waiting, Import.brought_in_at.is_(None)))
    names = origins(parsed.shape, (placed.entry for placed in arranged.placed))
    given = Import(
        discussion_id=discussion.id,
        person_id=actor.person_id,
        file_name=clean_line(upload.name)[-100:],
        content=zlib.compress(upload.content),
        zone=upload.zone,
        day_first=parsed.day_first,
        shape=parsed.shape,
        encoding=parsed.encoding,
        found=len(arranged.placed),
        voices=len({placed.entry.author for placed in arranged.placed if placed.entry.author}),
        first_posts=sum(placed.parent is None for placed in arranged.placed),
        known=len(known_origins(session, discussion) & set(names.values())),
        preview=[_preview(discussion, placed) for placed in arranged.placed[:SHOWN_FIRST]],
        fault_counts={fault.value: count for fault, count in arranged.counts.items()},
        notes=[[note.line, note.fault.value, note.detail[:100]] for note in arranged.notes[:MAX_NOTES]],
        hides_names=False,
        added=0,
        created_at=now,
    )
    session.add(given)
    session.flush()
    return given.id


def bring_in(
    session: Session, actor: Actor, discussion_id: int, import_id: int, *, way: Way, placeholder: str, now: datetime
) -> int:
    """Put the posts of a file that was looked at into the discussion; returns how many were new.

    `placeholder` is what stands for names ("Author {}"), empty to show them. Posts that an earlier import has brought
    are left as they are, and replies to them that are new go below them. The second of two clicks adds nothing.
    """
    discussion = get_discussion(session, actor, discussion_id, need=Permission.SET_UP, now=now)
    given = session.scalar(
        select(Import)
        .where(Import.id == import_id, Import.discussion_id == discussion.id)
        .options(undefer(Import.content))
        .with_for_update()
    )
    if given is None:
        raise NotFound
    if given.content is None:
        return 0
    dates = DateReader(zone(given.zone))
    parsed = read_file(zlib.decompress(given.content), dates, day_first=given.day_first)
    arranged = arrange(parsed, max_depth=MAX_DEPTH, now=given.created_at)
    added = write_threads(session, actor, discussion, arranged, parsed.shape, way=way, placeholder=placeholder, now=now)
    given.added, given.known = added, given.found - added
    given.way, given.hides_names = way, bool(placeholder)
    given.content, given.preview, given.brought_in_at = None, [], now
    session.flush()
    return added


def drop_import(session: Session, actor: Actor, discussion_id: int, import_id: int, *, now: datetime) -> None:
    """Forget a file that was looked at and not brought in."""
    discussion = get_discussion(session, actor, discussion_id, need=Permission.SET_UP, now=now)
    waiting = (Import.discussion_id == discussion.id, Import.brought_in_at.is_(None))
    session.execute(delete(Import).where(Import.id == import_id, *waiting))


def _preview(discussion: DiscussionView, placed: Placed) -> dict[str, Any]:
    entry = placed.entry
    html = "" if entry.is_gone else to_post(entry, discussion.readings)[0].html
    return {
        "author": entry.author,
        "at": placed.written_at.isoformat(),
        "title": entry.title,
        "html": html[:4000],
        "is_reply": placed.parent is not None,
        "is_gone": entry.is_gone,
    }
