"""Exporting and erasing what is stored about one person."""

import json
import secrets
import shutil
import zipfile
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import BinaryIO

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.models import Enrollment
from lti_app.course.people.models import Person
from lti_app.discussion.moderation.models import Report
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.rules.formats import Format
from lti_app.discussion.reviewing.models import ReviewAssignment
from lti_app.exchange.personal.queries import PersonData, owned_by, parts_of, with_parts
from lti_app.exchange.personal.rules import ERASED_NAME, Fate, as_text
from lti_app.grading.reviews.models import Review, ReviewMark
from lti_app.library.files.actions import UNATTACHED_FOR
from lti_app.library.files.models import File
from lti_app.library.files.ports import Storage
from lti_app.library.files.rules import Purpose
from lti_app.notices.feed.models import InstructorMessage


def write_export(stream: BinaryIO, data: PersonData, storage: Storage) -> None:
    """Write a ZIP file: `person.json` with all rows by table, and the files below `files/`.

    A file whose bytes are gone is left out. Raises StorageUnavailable.
    """
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        rows = json.dumps(data.rows, default=as_text, ensure_ascii=False, indent=1)
        archive.writestr("person.json", rows)
        for name, key in data.files.items():
            with suppress(FileNotFoundError), storage.open(key) as source, archive.open(f"files/{name}", "w") as target:
                shutil.copyfileobj(source, target)


def preview_erasure(session: Session, person_id: int) -> Mapping[str, int]:
    """By table, how many rows would be deleted or lose their words (a statement for each table). Raises NotFound."""
    if session.get(Person, person_id) is None:
        raise NotFound("unknown_person")
    counts: Counter[str] = Counter()
    for owned in owned_by(person_id, Fate.OWN, Fate.WRITTEN):
        for table, condition in with_parts(*owned):
            counts[table.name] += session.scalar(select(func.count()).select_from(table).where(condition)) or 0
    return +counts


def erase_person(session: Session, person_id: int, *, now: datetime) -> None:
    """Delete what is about a person alone, and the words of what they wrote where the work of others hangs on it.

    Their posts stay as deleted posts without a text, so that the replies of others keep their place. What they did to
    the work of others stays too, and so do reviews that count in the grades of others, without their comments; nothing
    tells who that was. The LMS may name the same user again, who is then somebody new. Raises NotFound.
    """
    person = session.scalar(select(Person).where(Person.id == person_id).with_for_update())
    if person is None:
        raise NotFound("unknown_person")
    _empty_posts(session, person_id, now)
    _empty_reviews(session, person_id)
    session.execute(
        update(InstructorMessage).where(InstructorMessage.sender_id == person_id).values(subject="", text="")
    )
    session.execute(update(Report).where(Report.reporter_id == person_id).values(words=""))
    session.execute(
        update(File)
        .where(File.owner_id == person_id, File.purpose == Purpose.ATTACHMENT)
        .values(name="", deleted_at=now - UNATTACHED_FOR - timedelta(seconds=1))
    )
    for owned in owned_by(person_id, Fate.OWN):
        for table, condition in with_parts(*owned):
            session.execute(delete(table).where(condition))
    session.execute(update(Enrollment).where(Enrollment.person_id == person_id).values(active=False, number=None))
    person.sub, person.name, person.sort_name = f"erased-{secrets.token_hex(16)}", ERASED_NAME, ERASED_NAME.casefold()
    person.email = person.locale = person.time_zone = None
    session.flush()


def _empty_posts(session: Session, person_id: int, now: datetime) -> None:
    """One by one, so that the index of words follows."""
    ((table, written),) = (each for each in owned_by(person_id, Fate.WRITTEN) if each[0].name == "post")
    for post in session.scalars(select(Post).where(written).with_for_update()):
        post.title = post.text = post.html = ""
        post.format, post.words, post.reading_ids, post.move = Format.TEXT, 0, [], None
        post.attachments, post.quotes, post.held_reasons = [], [], []
        post.deleted_at, post.edited_at = post.deleted_at or now, None
    session.flush()
    for part, of_these in parts_of(table, written):
        session.execute(delete(part).where(of_these))


def _empty_reviews(session: Session, person_id: int) -> None:
    own = select(ReviewAssignment.id).where(ReviewAssignment.reviewer_id == person_id)
    reviews = select(Review.id).where(Review.assignment_id.in_(own))
    session.execute(update(ReviewMark).where(ReviewMark.review_id.in_(reviews)).values(comment=""))
    session.execute(update(Review).where(Review.assignment_id.in_(own)).values(comment=""))
