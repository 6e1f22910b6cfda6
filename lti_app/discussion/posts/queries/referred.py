"""What a text may refer to: people by the name that the discussion knows them by, passages, files."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import islice

from sqlalchemy import ColumnElement, Select, case, or_, select
from sqlalchemy.orm import Session

from lti_app.core.errors import Forbidden
from lti_app.core.folding import fold
from lti_app.core.rich_reader import read
from lti_app.core.rich_text import Element, to_text
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.queries import member_name
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Pseudonym
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import Anonymity
from lti_app.discussion.posts.queries.files import list_shown_files
from lti_app.discussion.posts.rules.citing import Cited
from lti_app.discussion.posts.rules.compose import (
    Attachable,
    Composed,
    Referred,
    candidate_names,
    compose,
    compose_html,
    numbers_in,
    pictures_in,
)
from lti_app.library.files.queries import list_files
from lti_app.library.files.rules import Purpose
from lti_app.library.readings.models import Passage

MOST_OFFERED = 8
"""People offered at once to whoever types a name."""
_PARTED = re.compile(r"[-'’ʼ]")
MAX_NAME = 200
"""Letters of a name that are compared."""
ALIASES = 10**15
"""Where names are hidden, students have ids from here on: their own would tell who is behind a pseudonym."""


def offer_people(session: Session, actor: Actor, discussion: DiscussionView, begins: str) -> list[tuple[int, str]]:
    """The first people, by id and name, of whose names a word begins so: those whom the actor may mention.

    Raises Forbidden for observers, who do not write.
    """
    if actor.role is Role.OBSERVER:
        raise Forbidden
    known, shown, people = _people(actor, discussion)
    wanted = _name_form(begins)
    everybody = people.where(Person.id != actor.person_id).order_by(shown, known)
    if not wanted.strip():
        everybody = everybody.limit(MOST_OFFERED)
    rows = session.execute(everybody).all()
    offered = ((known_id, name) for known_id, name, _person_id in rows if wanted in _name_form(name))
    return list(islice(offered, MOST_OFFERED))


def _name_form(name: str) -> str:
    """A name as it is compared: each of its words after one space, without case, accents and the like."""
    return " " + " ".join(_PARTED.sub(" ", fold(name[:MAX_NAME])).split())


def find_people(
    session: Session, actor: Actor, discussion: DiscussionView, *, ids: Collection[int], names: Collection[str]
) -> tuple[dict[int, str], dict[int, int]]:
    """The names by id of people whom the actor may mention, found by id or by full name; and their person ids.

    A name that two people share finds neither of them.
    """
    if not ids and not names:
        return {}, {}
    known, shown, people = _people(actor, discussion)
    rows = session.execute(people.where(or_(known.in_(ids), shown.in_(names)))).all()
    found = [name for _, name, _ in rows]
    meant = [row for row in rows if row[0] in ids or found.count(row[1]) == 1]
    return {row[0]: row[1] for row in meant}, {row[0]: row[2] for row in meant}


def _people(
    actor: Actor, discussion: DiscussionView
) -> tuple[ColumnElement[int], ColumnElement[str], Select[int, str, int]]:
    """The columns for the id and the name by which a discussion knows a person, and a query for people with both.

    Observers are not offered to students, nor, where names are hidden, students who have no pseudonym yet.
    """
    known: ColumnElement[int] = Person.id.expression
    shown = member_name()
    if discussion.anonymity is not Anonymity.NAMED:
        is_staff = Enrollment.role.in_([role for role in Role if role.is_staff])
        known = case((is_staff, Person.id), else_=ALIASES + Pseudonym.id)
        shown = case((is_staff, member_name()), else_=Pseudonym.name)
    seen = list(Role) if actor.is_staff else [role for role in Role if role is not Role.OBSERVER]
    people = (
        select(known, shown, Person.id)
        .join(Enrollment, Enrollment.person_id == Person.id)
        .outerjoin(Pseudonym, (Pseudonym.person_id == Person.id) & (Pseudonym.discussion_id == discussion.id))
        .where(Enrollment.course_id == actor.course_id, Enrollment.active, Enrollment.role.in_(seen), shown != "")
    )
    return known, shown, people


def compose_written(
    session: Session, actor: Actor, discussion: DiscussionView, text: str, *, is_rich: bool, now: datetime
) -> Composed:
    """The stored form of a text from the composer; one statement for each kind of thing that it names, and four more
    at most for pictures of others."""
    if is_rich:
        blocks = read(text)
        return compose_html(
            blocks, discussion.readings, _find_referred(session, actor, discussion, "", blocks, now=now)
        )
    return compose(text, discussion.readings, _find_referred(session, actor, discussion, text, [], now=now))


def compose_prompt(session: Session, actor: Actor, discussion: DiscussionView, html: str, *, now: datetime) -> Composed:
    """The stored form of a prompt from the editor. It may cite and show pictures like a post, but mentions nobody."""
    blocks = read(html)
    passages = _find_passages(session, numbers_in(blocks, "cited", "data-passage"))
    pictures = _find_pictures(session, actor, pictures_in(blocks, discussion.course_id), now)
    return compose_html(
        blocks, discussion.readings, Referred(passages=passages, files=pictures, course_id=discussion.course_id)
    )


def _find_referred(
    session: Session, actor: Actor, discussion: DiscussionView, text: str, blocks: list[Element], *, now: datetime
) -> Referred:
    names = candidate_names(text or to_text(blocks))
    people, behind = find_people(session, actor, discussion, ids=numbers_in(blocks, "mention", "data-id"), names=names)
    passage_ids = numbers_in(blocks, "cited", "data-passage")
    pictures = _find_pictures(session, actor, pictures_in(blocks, discussion.course_id), now)
    passages = _find_passages(session, passage_ids)
    return Referred(people, behind, passages=passages, files=pictures, course_id=discussion.course_id)


def find_attachable(session: Session, actor: Actor, file_ids: Collection[int]) -> dict[int, Attachable]:
    """Those of these files that the actor has sent in for posts, by id."""
    found = list_files(session, actor, file_ids)
    return {
        file.id: Attachable(
            file.id,
            {"id": file.id, "name": file.name, "type": file.media_type, "size": file.size, "slug": file.slug},
        )
        for file in found.values()
        if file.purpose is Purpose.ATTACHMENT and file.owner_id == actor.person_id
    }


def _find_pictures(session: Session, actor: Actor, pictures: Mapping[int, str], now: datetime) -> set[int]:
    """The pictures that the actor's text may show, including those of posts that the actor may read now and quotes.

    The last part of the address must match, which only people who have seen the picture know: ids could be guessed.
    """
    found = list_shown_files(session, actor, pictures.keys(), now=now)
    return {file.id for file in found if file.purpose is Purpose.ATTACHMENT and file.is_at(pictures[file.id])}


def _find_passages(session: Session, passage_ids: Collection[int]) -> dict[int, Cited]:
    if not passage_ids:
        return {}
    columns = (Passage.reading_id, Passage.page, Passage.paragraph, Passage.id)
    rows = session.execute(select(*columns).where(Passage.id.in_(passage_ids)))
    return {row[3]: Cited(*row) for row in rows}
