"""The posts of an export, in order: two statements for each batch of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of
from lti_app.core.errors import Forbidden
from lti_app.core.rich_reader import read
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import DiscussionReading, Pseudonym
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts import access as posts_access
from lti_app.discussion.posts.models import Attachment, Citation, Post
from lti_app.discussion.posts.queries.gate import circumstances_of
from lti_app.discussion.posts.queries.views import COLUMNS
from lti_app.discussion.posts.rules.attached import shown_files
from lti_app.discussion.posts.rules.compose import pictures_in
from lti_app.discussion.visibility.queries import (
    author_name,
    public,
    readable_in,
    says_something,
    visible,
    written_by,
)
from lti_app.discussion.visibility.rules import status_of
from lti_app.exchange.exporting.access import ExportPermission, require_export
from lti_app.exchange.exporting.rules.data import (
    CitedPlace,
    ExportedFile,
    ExportedPost,
    ExportFormat,
    ReadingRecord,
    Scope,
)
from lti_app.library.files.models import File
from lti_app.library.files.queries import FileView, view_of
from lti_app.library.files.rules import MediaType
from lti_app.library.readings.models import Passage, Reading

BATCH = 500
_BEHIND = alias_of(Pseudonym)


@dataclass(frozen=True)
class Selection:
    """The posts that an export contains, and for whom. Only `select_for_export` creates one."""

    actor: Actor
    discussion: DiscussionView
    scope: Scope
    person_id: int | None = None
    """The author, for Scope.ONE."""


@dataclass(frozen=True)
class ExportAuthor:
    """An author in a discussion, as the actor sees them."""

    key: str
    """The person's id; where names are hidden, the id of the pseudonym with a b before it."""
    name: str


def select_for_export(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    *,
    scope: Scope,
    kind: ExportFormat,
    person_id: int | None = None,
) -> Selection:
    """The gate to an export; raises Forbidden, and what the READ permission raises.

    Students may always export their own posts, even if they must still post first.
    """
    if scope is Scope.ONE:
        whose = actor.person_id if person_id is None else person_id
        is_own = whose == actor.person_id
        require_export(actor, ExportPermission.EXPORT_OWN if is_own else ExportPermission.EXPORT_CLASS)
        return Selection(actor, discussion, scope, whose)
    if person_id is not None:
        raise Forbidden
    is_readable = scope is Scope.READABLE and not kind.is_data
    require_export(actor, ExportPermission.EXPORT_READABLE if is_readable else ExportPermission.EXPORT_CLASS)
    posts_access.require(actor, posts_access.PostPermission.READ, circumstances_of(session, actor, discussion))
    return Selection(actor, discussion, scope)


def export_posts(session: Session, selection: Selection) -> Iterator[ExportedPost]:
    """The posts in thread order."""
    author = author_name(Post, _reader(selection), selection.discussion).label("author")
    condition = _condition(selection)
    last = ""
    while True:
        rows = session.execute(
            select(*COLUMNS, Post.text, author)
            .join(Person, Person.id == Post.author_id)
            .where(condition, Post.path > last)
            .order_by(Post.path)
            .limit(BATCH)
        ).all()
        if rows:
            cited = _cited(session, and_(condition, Post.path > last, Post.path <= rows[-1].path))
            yield from (_exported(row, selection, cited.get(row.id, ())) for row in rows)
        if len(rows) < BATCH:
            return
        last = rows[-1].path


def list_authors(session: Session, actor: Actor, discussion: DiscussionView) -> list[ExportAuthor]:
    """All authors by the name that the actor sees, without the authors of imported posts.

    If names are hidden, only students: the ids of instructors must not be revealed.
    """
    is_hidden = discussion.hides_names_from(actor)
    author = author_name(Post, actor, discussion).label("author")
    rows = session.execute(
        select(_BEHIND.id if is_hidden else Post.author_id, author)
        .select_from(Post)
        .join(Person, Person.id == Post.author_id)
        .outerjoin(_BEHIND, and_(_BEHIND.discussion_id == discussion.id, _BEHIND.person_id == Post.author_id))
        .where(
            visible(Post, actor, discussion), Post.byline.is_(None), *([Post.by_staff.is_(False)] if is_hidden else [])
        )
        .distinct()
        .order_by(author)
    )
    return [ExportAuthor(f"{'b' if is_hidden else ''}{key}", name) for key, name in rows if key is not None]


def list_pictures(session: Session, selection: Selection) -> dict[int, FileView]:
    """The pictures in the prompt and in those of these posts whose text the export contains, by id."""
    kinds, discussion = [kind for kind in MediaType if kind.is_picture], selection.discussion
    in_prompt = pictures_in(read(discussion.prompt_html), discussion.course_id).keys()
    shown = select(Attachment.file_id).join(Post, Post.id == Attachment.post_id).where(_said(selection))
    files = select(File).where(
        or_(File.id.in_(shown), File.id.in_(in_prompt)),
        File.course_id == discussion.course_id,
        File.media_type.in_(kinds),
        File.deleted_at.is_(None),
        File.key.is_not(None),
    )
    return {row.id: view_of(row) for row in session.scalars(files)}


def list_records(session: Session, discussion: DiscussionView) -> list[ReadingRecord]:
    """The readings of the discussion with their full records; none that the view of the discussion does not have."""
    told = [reading.id for reading in discussion.readings]
    rows = session.execute(
        select(Reading.id, Reading.label, Reading.reference_html, Reading.url, DiscussionReading.required, Reading.csl)
        .join(DiscussionReading, DiscussionReading.reading_id == Reading.id)
        .where(DiscussionReading.discussion_id == discussion.id, Reading.id.in_(told))
        .order_by(DiscussionReading.position)
    )
    return [ReadingRecord(*row) for row in rows]


def _reader(selection: Selection) -> Actor:
    """The reader whose view of names applies: an export for the whole class has the names that the class sees."""
    return replace(selection.actor, role=Role.STUDENT) if selection.scope is Scope.PUBLIC else selection.actor


def _condition(selection: Selection) -> ColumnElement[bool]:
    conditions = [visible(Post, selection.actor, selection.discussion)]
    if selection.scope is Scope.PUBLIC:
        conditions.append(public(Post, selection.discussion))
    if selection.scope is Scope.ONE:
        conditions.append(written_by(Post, selection.person_id or 0))
    return and_(*conditions)


def _said(selection: Selection) -> ColumnElement[bool]:
    """Which posts the export contains with their text, as `_exported` decides for each."""
    if selection.scope is Scope.PUBLIC:
        return and_(_condition(selection), says_something(Post))
    return and_(_condition(selection), readable_in(Post, selection.actor, [selection.discussion]))


def _cited(session: Session, condition: ColumnElement[bool]) -> dict[int, tuple[CitedPlace, ...]]:
    rows = session.execute(
        select(Citation.post_id, Reading.id, Reading.label, Passage.page, Passage.paragraph, Passage.exact)
        .join(Post, Post.id == Citation.post_id)
        .join(Passage, Passage.id == Citation.passage_id)
        .join(Reading, Reading.id == Passage.reading_id)
        .where(condition)
        .order_by(Citation.id)
    )
    found: dict[int, tuple[CitedPlace, ...]] = {}
    for post_id, reading_id, label, page, paragraph, exact in rows:
        found[post_id] = (*found.get(post_id, ()), CitedPlace(reading_id, label, page, paragraph, exact))
    return found


def _exported(row: Row[*tuple[Any, ...]], selection: Selection, cited: tuple[CitedPlace, ...]) -> ExportedPost:
    status, for_all = status_of(row), selection.scope is Scope.PUBLIC
    is_author = not for_all and row.author_id == selection.actor.person_id
    hides_author = selection.discussion.hides_author_from(
        _reader(selection), by_staff=row.by_staff, is_author=is_author
    )
    is_shown = status.is_readable(
        is_author=is_author,
        is_staff=not for_all and selection.actor.is_staff,
    )
    return ExportedPost(
        id=row.id,
        parent_id=row.parent_id,
        path=row.path,
        address=row.address,
        depth=row.depth,
        title=row.title if is_shown else "",
        author=row.author,
        by_staff=row.by_staff and not status.is_imported,
        is_imported=status.is_imported,
        format=row.format,
        text=row.text if is_shown else "",
        html=row.html if is_shown else "",
        words=row.words if is_shown else 0,
        created_at=None if row.undated else row.placed_at,
        edited_at=row.edited_at,
        is_deleted=status.is_deleted,
        is_hidden=status.is_hidden,
        is_held=status.is_held,
        is_private=status.is_private,
        cited=cited if is_shown else (),
        attached=_files(shown_files(row.attachments, hides_author=hides_author)) if is_shown else (),
        kind=row.move.value if row.move and is_shown else "",
    )


def _files(shown: Iterable[Mapping[str, Any]]) -> tuple[ExportedFile, ...]:
    offered = (file for file in shown if not file["is_withheld"])
    return tuple(ExportedFile(file["id"], file["name"], file["size"], file["slug"], file["number"]) for file in offered)
