"""Previewing an import: the file is stored with what was found in it, and no post is written yet."""

import zlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lti_app.core.prose import clean_line
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.posts.rules.compose import plain_of
from lti_app.exchange.formats.bodies import MAX_LOST_NAME
from lti_app.exchange.formats.entries import LOST, Fault, Note
from lti_app.exchange.importing.actions.threads import known_authors, known_origins
from lti_app.exchange.importing.models import Import
from lti_app.exchange.importing.rules.arrange import ArrangedEntry
from lti_app.exchange.importing.rules.posts import origins
from lti_app.exchange.importing.rules.prepare import PreparedImport
from lti_app.exchange.importing.rules.screening import held_entries

MAX_NOTES = 2_000
"""Notes that are stored one by one; beyond them only their number is."""
MAX_DETAIL = MAX_LOST_NAME
SHOWN_FIRST = 5
TOLD_FIRST = frozenset({*LOST, Fault.REVIEW})


def preview_import(
    session: Session,
    actor: Actor,
    discussion_id: int,
    prepared: PreparedImport,
    *,
    sellers: frozenset[str] = frozenset(),
    now: datetime,
) -> int:
    """Store a file with what was found in it, until the import is run or discarded; returns its id.

    Raises what the gate to the settings raises. Earlier previews by the same person in this
    discussion are deleted.
    """
    discussion = get_discussion(session, actor, discussion_id, need=DiscussionPermission.EDIT_SETTINGS, now=now)
    file, parsed, arranged = prepared.file, prepared.parsed, prepared.arranged
    html = [composed.html for composed, _format in prepared.posts_citing(discussion.readings)]
    pending = (Import.discussion_id == discussion.id, Import.person_id == actor.person_id)
    session.execute(delete(Import).where(*pending, Import.imported_at.is_(None)))
    names = origins(parsed.shape, (item.entry for item in arranged.entries))
    known = known_origins(session, discussion)
    authors = known_authors(session, discussion)
    held = held_entries(arranged, html, sellers, authors)
    to_review = [arranged.entries[place] for place in held if names[arranged.entries[place].entry.key] not in known]
    notes = [*arranged.notes, *map(_review_note, to_review)]
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
        known=len(known & set(names.values())),
        preview=[_sample(*each) for each in zip(arranged.entries[:SHOWN_FIRST], html, strict=False)],
        fault_counts={fault.value: count for fault, count in Counter(note.fault for note in notes).items()},
        notes=[[note.line, note.fault.value, note.detail[:MAX_DETAIL], note.author] for note in _first(notes)],
        hides_names=False,
        added=0,
        created_at=now,
    )
    session.add(given)
    session.flush()
    return given.id


def _review_note(item: ArrangedEntry) -> Note:
    """A new post that will be held for review, with its first words."""
    return Note(item.entry.line, Fault.REVIEW, clean_line(plain_of(item.body.text), 100), item.entry.author)


def _first(notes: Sequence[Note]) -> list[Note]:
    """The notes that are told one by one: of those that would be too many, what is lost and held comes first."""
    kept = (
        notes if len(notes) <= MAX_NOTES else sorted(notes, key=lambda note: note.fault not in TOLD_FIRST)[:MAX_NOTES]
    )
    return sorted(kept, key=lambda note: (note.line, note.fault))


def _sample(item: ArrangedEntry, html: str) -> dict[str, Any]:
    entry = item.entry
    return {
        "author": entry.author,
        "at": item.written_at.isoformat() if item.written_at else None,
        "title": entry.title,
        "html": html[:4000],
        "is_reply": item.parent is not None,
        "is_gone": entry.is_gone,
    }
