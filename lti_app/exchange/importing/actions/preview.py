"""Previewing an import: the file is read and stored with what was found in it, and nothing is written yet."""

import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lti_app.core.prose import clean_line
from lti_app.course.courses.rules import Actor
from lti_app.course.people.rules import zone
from lti_app.discussion.discussions.access import DiscussionPermission
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.posts.rules.addresses import MAX_DEPTH
from lti_app.exchange.formats.dates import DateReader
from lti_app.exchange.formats.recognize import read_file
from lti_app.exchange.importing.actions.threads import known_origins
from lti_app.exchange.importing.models import Import
from lti_app.exchange.importing.rules.arrange import ArrangedEntry, arrange
from lti_app.exchange.importing.rules.posts import origins, to_post

MAX_NOTES = 500
"""Notes that are stored one by one; beyond them only their number is."""
SHOWN_FIRST = 5


@dataclass(frozen=True)
class ImportFile:
    """A file to import, or pasted text, and how its dates are to be read."""

    content: bytes
    zone: str
    name: str = ""
    day_first: bool | None = None


def preview_import(session: Session, actor: Actor, discussion_id: int, file: ImportFile, *, now: datetime) -> int:
    """Read a file and store it with what was found in it, until the import is run or discarded; returns its id.

    Raises FileRefused, and what the gate to the settings raises. Earlier previews by the same person in this
    discussion are deleted.
    """
    discussion = get_discussion(session, actor, discussion_id, need=DiscussionPermission.EDIT_SETTINGS, now=now)
    parsed = read_file(file.content, DateReader(zone(file.zone)), day_first=file.day_first)
    arranged = arrange(parsed, max_depth=MAX_DEPTH, now=now)
    pending = (Import.discussion_id == discussion.id, Import.person_id == actor.person_id)
    session.execute(delete(Import).where(*pending, Import.imported_at.is_(None)))
    names = origins(parsed.shape, (item.entry for item in arranged.entries))
    given = Import(
        discussion_id=discussion.id,
        person_id=actor.person_id,
        file_name=clean_line(file.name)[-100:],
        content=zlib.compress(file.content),
        zone=file.zone,
        day_first=parsed.day_first,
        shape=parsed.shape,
        encoding=parsed.encoding,
        found=len(arranged.entries),
        authors=len({item.entry.author for item in arranged.entries if item.entry.author}),
        first_posts=sum(item.parent is None for item in arranged.entries),
        known=len(known_origins(session, discussion) & set(names.values())),
        preview=[_sample(discussion, item) for item in arranged.entries[:SHOWN_FIRST]],
        fault_counts={fault.value: count for fault, count in arranged.counts.items()},
        notes=[[note.line, note.fault.value, note.detail[:100]] for note in arranged.notes[:MAX_NOTES]],
        hides_names=False,
        added=0,
        created_at=now,
    )
    session.add(given)
    session.flush()
    return given.id


def _sample(discussion: DiscussionView, item: ArrangedEntry) -> dict[str, Any]:
    entry = item.entry
    html = "" if entry.is_gone else to_post(entry, discussion.readings)[0].html
    return {
        "author": entry.author,
        "at": item.written_at.isoformat(),
        "title": entry.title,
        "html": html[:4000],
        "is_reply": item.parent is not None,
        "is_gone": entry.is_gone,
    }
