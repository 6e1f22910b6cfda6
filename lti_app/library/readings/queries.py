"""Readings, passages, and the reading progress of the class."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Select, and_, exists, select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.models import Course, Enrollment
from lti_app.course.courses.queries import IN_CLASS_ORDER, member_name
from lti_app.course.courses.rules import Actor, CitationStyle, Role, reached_through
from lti_app.course.people.models import Person
from lti_app.library.bibliography.rules.records import keys_of
from lti_app.library.files.models import File
from lti_app.library.files.queries import FileView, view_of
from lti_app.library.files.rules import MediaType
from lti_app.library.readings.access import require_edit, require_staff
from lti_app.library.readings.models import Passage, Reading, ReadingPage, ReadingState
from lti_app.library.readings.rules import Excerpt, PassagePlace, ReadingProgress, excerpt_of, labels_of

PROGRESS = (
    ReadingState.opened_at,
    ReadingState.last_opened_at,
    ReadingState.page,
    ReadingState.paragraph,
    ReadingState.stopped_at,
    ReadingState.read_at,
)
"""The columns of ReadingProgress, for queries that join a person's state."""


@dataclass(frozen=True)
class StaleReference:
    """A reference that is not in the citation style of its course."""

    reading_id: int
    version: int
    csl: dict[str, Any]
    style: CitationStyle
    """The style that it should be in."""


@dataclass(frozen=True)
class ReadingLine:
    """A reading in the course's list."""

    id: int
    label: str
    reference_html: str
    url: str | None
    has_file: bool = False
    """Whether it can be read here."""
    progress: ReadingProgress = field(default_factory=ReadingProgress)
    """Of the person who sees the list."""


@dataclass(frozen=True)
class ReadingView:
    """A reading as its page shows it."""

    id: int
    course_id: int
    label: str
    csl: dict[str, Any]
    reference_html: str
    """In the course's style."""
    style: CitationStyle
    url: str | None
    """Its own address."""
    address: str | None
    """Where to read it: its own address, through the library proxy if needed."""
    through_library: bool
    has_library: bool
    """Whether the course has a library proxy."""
    file_id: int | None
    version: int
    is_cited: bool
    """Whether a passage of it exists, so that its label must stay."""
    progress: ReadingProgress


@dataclass(frozen=True)
class StudentProgress:
    """The progress of one student in one reading."""

    person_id: int
    name: str
    progress: ReadingProgress


@dataclass(frozen=True)
class StudentReadings:
    """The progress of one student in several readings."""

    person_id: int
    name: str
    progress: dict[int, ReadingProgress]
    """By the id of the reading; without those that the student has not opened."""


@dataclass(frozen=True)
class PassageView:
    """A passage and its reading."""

    id: int
    reading_id: int
    label: str
    """The reading's."""
    place: PassagePlace


def get_reading(session: Session, actor: Actor, reading_id: int, *, edit: bool = False) -> ReadingView:
    """The gate: one reading of the actor's course. Raises NotFound for any other, Forbidden where one may not edit."""
    cited = exists().where(Passage.reading_id == Reading.id)
    statement = (
        select(Reading, Course.citation_style, Course.library, Course.library_prefix, cited)
        .join(Course, Course.id == Reading.course_id)
        .where(Reading.id == reading_id, Reading.course_id == actor.course_id)
    )
    row = session.execute(with_progress(statement, actor.person_id)).one_or_none()
    if row is None:
        raise NotFound
    if edit:
        require_edit(actor)
    return _view(tuple(row))


@dataclass(frozen=True)
class FiledReading:
    """A reading and its file, if the class can read it here."""

    id: int
    label: str
    reference_html: str
    url: str | None
    first_page: int
    """The number printed on the first page of the file."""
    pages: str
    """The pages in the bibliographic record."""
    file: FileView | None


def get_filed_reading(session: Session, actor: Actor, reading_id: int) -> FiledReading:
    """The gate: one reading of the actor's course, with its file if it has one. Raises NotFound for any other."""
    row = session.execute(
        select(Reading, File)
        .outerjoin(File, (File.id == Reading.file_id) & File.deleted_at.is_(None) & File.key.is_not(None))
        .where(Reading.id == reading_id, Reading.course_id == actor.course_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return _filed(*row)


def get_passage(session: Session, actor: Actor, passage_id: int) -> PassageView:
    """The gate: one passage of a reading of the actor's course. Raises NotFound for any other."""
    row = session.execute(
        select(Passage, Reading.label)
        .join(Reading, Reading.id == Passage.reading_id)
        .where(Passage.id == passage_id, Reading.course_id == actor.course_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    passage, label = row
    return PassageView(passage.id, passage.reading_id, label, place_of(passage))


def read_excerpt(session: Session, actor: Actor, reading_id: int, cited: PassagePlace) -> Excerpt | None:
    """What stands at a place of a reading, as far as the class can read it here; None where nothing is known of it.

    Only pages of the file that the class reads now are shown, never the text that quotations are checked against (one
    statement).
    """
    is_paged = File.media_type == MediaType.PDF if cited.page else File.media_type == MediaType.HTML
    texts = session.scalars(
        select(ReadingPage.text)
        .join(Reading, Reading.id == ReadingPage.reading_id)
        .join(File, and_(File.id == Reading.file_id, File.id == Reading.paged_file_id))
        .where(Reading.id == reading_id, Reading.course_id == actor.course_id)
        .where(File.deleted_at.is_(None), File.key.is_not(None), is_paged)
        .where(ReadingPage.label.in_(labels_of(cited)))
        .order_by(ReadingPage.place)
    ).all()
    return excerpt_of(cited, texts)


def place_of(passage: Passage) -> PassagePlace:
    """The place that a row of the table describes."""
    return PassagePlace(passage.page, passage.paragraph, passage.exact, passage.prefix, passage.suffix)


def list_readings(session: Session, actor: Actor) -> list[ReadingLine]:
    """The readings of the actor's course by label, with the actor's progress."""
    statement = (
        select(Reading.id, Reading.label, Reading.reference_html, Reading.url, Reading.file_id.is_not(None))
        .where(Reading.course_id == actor.course_id)
        .order_by(Reading.label, Reading.id)
    )
    rows = session.execute(with_progress(statement, actor.person_id))
    return [ReadingLine(*fold_progress(row)) for row in rows]


def list_works(session: Session, actor: Actor) -> dict[str, str]:
    """The labels of the course's readings by the keys of the work, to recognize duplicates."""
    require_edit(actor)
    rows = session.execute(select(Reading.csl, Reading.label).where(Reading.course_id == actor.course_id))
    return {key: label for csl, label in rows for key in keys_of(csl)}


def list_progress(session: Session, actor: Actor, reading_id: int) -> list[StudentProgress]:
    """The progress of each active student in a reading of the course, in the order of class lists."""
    students = list_class_progress(session, actor, [reading_id])
    return [
        StudentProgress(each.person_id, each.name, each.progress.get(reading_id, ReadingProgress()))
        for each in students
    ]


def list_class_progress(session: Session, actor: Actor, reading_ids: Collection[int]) -> list[StudentReadings]:
    """The progress of each active student in these readings, in the order of class lists (one statement)."""
    require_staff(actor)
    here = select(Reading.id).where(Reading.id.in_(reading_ids), Reading.course_id == actor.course_id)
    own = and_(ReadingState.person_id == Person.id, ReadingState.reading_id.in_(here))
    rows = session.execute(
        select(Person.id, member_name(), ReadingState.reading_id, *PROGRESS)
        .join(Enrollment, Enrollment.person_id == Person.id)
        .outerjoin(ReadingState, own)
        .where(Enrollment.course_id == actor.course_id, Enrollment.role == Role.STUDENT, Enrollment.active)
        .order_by(*IN_CLASS_ORDER)
    )
    students: dict[int, StudentReadings] = {}
    for person_id, name, reading_id, *columns in rows:
        student = students.setdefault(person_id, StudentReadings(person_id, name, {}))
        if reading_id is not None:
            student.progress[reading_id] = _progress(columns)
    return list(students.values())


def with_progress(statement: Select[*tuple[Any, ...]], person_id: int | BindParameter[int]) -> Select[*tuple[Any, ...]]:
    """Add the person's progress in each reading to a statement: six more columns, which `fold_progress` reads."""
    own = and_(ReadingState.reading_id == Reading.id, ReadingState.person_id == person_id)
    return statement.add_columns(*PROGRESS).outerjoin(ReadingState, own)


def fold_progress(row: Any) -> tuple[Any, ...]:
    """A row of a statement made by `with_progress`, with its last columns as one ReadingProgress."""
    return (*row[: -len(PROGRESS)], _progress(row[-len(PROGRESS) :]))


def _progress(columns: Any) -> ReadingProgress:
    opened, last_opened, page, paragraph, position_saved, read = columns
    return ReadingProgress(opened, last_opened, page or "", paragraph or "", position_saved, read)


def _filed(reading: Reading, file: File | None) -> FiledReading:
    return FiledReading(
        id=reading.id,
        label=reading.label,
        reference_html=reading.reference_html,
        url=reading.url,
        first_page=reading.first_page,
        pages=str(reading.csl.get("page", "")),
        file=view_of(file) if file else None,
    )


def _view(row: Sequence[Any]) -> ReadingView:
    reading, style, library, prefix, is_cited, *columns = row
    through = reading.through_library and reading.url
    return ReadingView(
        id=reading.id,
        course_id=reading.course_id,
        label=reading.label,
        csl=reading.csl,
        reference_html=reading.reference_html,
        style=style,
        url=reading.url,
        address=reached_through(library, prefix, reading.url) if through else reading.url,
        through_library=reading.through_library,
        has_library=bool(prefix),
        file_id=reading.file_id,
        version=reading.version,
        is_cited=is_cited,
        progress=_progress(columns),
    )


def list_unread_files(session: Session, *, after: int, limit: int) -> list[FiledReading]:
    """The first readings, with ids greater than `after`, whose file has not been read page by page yet.

    Of all courses: for the worker, not for a page.
    """
    rows = session.execute(
        select(Reading, File)
        .join(File, File.id == Reading.file_id)
        .where(Reading.id > after, Reading.paged_file_id.is_distinct_from(Reading.file_id))
        .where(File.deleted_at.is_(None), File.key.is_not(None))
        .order_by(Reading.id)
        .limit(limit)
    )
    return [_filed(*row) for row in rows]


def list_stale_references(session: Session, *, after: int, limit: int) -> list[StaleReference]:
    """The first references, of readings whose id is greater than `after`, that are not in the style of their course.

    Of all courses: for the worker, not for a page.
    """
    is_stale = Reading.reference_style.is_distinct_from(Course.citation_style)
    stale = (
        select(Reading.id, Reading.version, Reading.csl, Course.citation_style)
        .join(Course, Course.id == Reading.course_id)
        .where(Reading.id > after, is_stale)
        .order_by(Reading.id)
        .limit(limit)
    )
    return [StaleReference(*row) for row in session.execute(stale)]
