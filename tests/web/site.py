"""The application over one database with a cast of people, and shorthands for what a test starts from."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.db import Database
from lti_app.course.courses.actions import deactivate_others, open_visit
from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions.actions.reserve import reserve_discussion
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.queries.views import PostView
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.grading.assessments.actions.grading import assess, release
from lti_app.grading.passbacks.actions.sending import claim_due, finish_failed, finish_sent
from lti_app.grading.passbacks.rules.reports import PassbackReport
from lti_app.grading.passbacks.rules.states import PassbackState
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionMark, RubricView
from lti_app.jobs.references import ReferenceRenderer
from lti_app.library.files.actions import attach_files, store_file
from lti_app.library.files.models import File
from lti_app.library.files.queries import FileView
from lti_app.library.files.rules import Purpose
from lti_app.library.readings.actions.records import add_reading
from lti_app.library.readings.rules import ReadingEntry, to_csl
from lti_app.web.library.uploads import STORAGE
from lti_app.web.transactions import BELL
from tests.cast import FRAME, Cast, FrozenClock
from tests.factories.discussions import set_up
from tests.factories.files import png
from tests.factories.passbacks import count_passbacks, passback_states
from tests.factories.posts import write
from tests.factories.readings import add_readings
from tests.statements import count_statements
from tests.web.browser import Browser


class RecordingBell:
    """Notes at each ring which scores are committed by then, as the worker that it wakes would find them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.rings: list[int] = []
        self.checks = self.told = 0

    def ring(self) -> None:
        with self.database.read() as session:
            self.rings.append(count_passbacks(session).get(PassbackState.PENDING, 0))

    def ring_check(self) -> None:
        self.checks += 1

    def ring_notices(self) -> None:
        self.told += 1

    def ring_references(self) -> None:
        ReferenceRenderer(self.database, Event()).render_stale()


class Site:
    """What every test of the web works with."""

    def __init__(self, app: Flask, database: Database, clock: FrozenClock, cast: Cast) -> None:
        self.app, self.database, self.clock, self.cast = app, database, clock, cast
        self.bell = app.extensions[BELL] = RecordingBell(database)

    def browser(self, actor: Actor, role: Role | None = None) -> Browser:
        """A new browser in which this person has just arrived, in their own role unless another is named."""
        return self.arrive(Browser(self.app), actor, role)

    def arrive(self, browser: Browser, actor: Actor, role: Role | None = None) -> Browser:
        """The same in a browser that is there already."""
        with self.database.writing() as session:
            token = open_visit(
                session,
                course_id=actor.course_id,
                person_id=actor.person_id,
                role=role or actor.role,
                frame_origins=FRAME,
                now=self.clock(),
            )
        return browser.remember(actor.course_id, token)

    def actor(self, person: Actor, course_id: int, role: Role) -> Actor:
        """The same person in another course."""
        return replace(person, course_id=course_id, role=role)

    def stranger(self) -> Browser:
        """A browser without any visit."""
        return Browser(self.app)

    def readings(self) -> tuple[int, int]:
        """Kotter and Zaleznik in the course."""
        with self.database.writing() as session:
            return add_readings(session, self.cast.ines, self.clock())

    def discussion(self, instructor: Actor | None = None, **changes: Any) -> DiscussionView:
        """A discussion that is open now, unless the changes say otherwise."""
        with self.database.writing() as session:
            return set_up(session, instructor or self.cast.ines, self.clock(), **changes)

    def reading(self, entry: ReadingEntry) -> int:
        """One reading more."""
        with self.database.writing() as session:
            return add_reading(session, self.cast.ines, to_csl(entry), self.clock())

    def reserve(self, instructor: Actor | None = None) -> int:
        """A discussion that nobody has set up; its id."""
        course_id = (instructor or self.cast.ines).course_id
        with self.database.writing() as session:
            return reserve_discussion(session, course_id=course_id, title="Week 1", now=self.clock())

    def write(self, author: Actor, discussion: DiscussionView, text: str = "", to: PostView | None = None) -> PostView:
        """A post, now."""
        with self.database.writing() as session:
            return write(session, author, discussion, now=self.clock(), text=text, to=to)

    def mark(
        self,
        discussion: DiscussionView,
        student: Actor,
        *,
        version: int = 0,
        comment: str = "",
        criteria: int | None = None,
        lowest: bool = False,
        level: int = 0,
    ) -> None:
        """Marks by the assistant, a draft: the same level of every criterion, or of the first so many; 0 is the top."""
        with self.database.writing() as session:
            chosen = get_rubric(session, discussion).criteria[:criteria]
            marks = {each.id: CriterionMark(each.levels[-1 if lowest else level].id) for each in chosen}
            about = {"marks": marks, "comment": comment, "version": version, "now": self.clock()}
            assess(session, self.cast.tariq, discussion, student.person_id, **about)

    def release(self, discussion: DiscussionView, *students: Actor) -> None:
        """What is marked is told to these students."""
        with self.database.writing() as session:
            for student in students:
                release(session, self.cast.tariq, discussion, student.person_id, now=self.clock())

    def rubric(self, discussion: DiscussionView) -> RubricView:
        """The discussion's own."""
        with self.database.read() as session:
            return get_rubric(session, discussion)

    def passbacks(self, discussion: DiscussionView) -> dict[int, PassbackReport]:
        """What the LMS is to learn, by person."""
        with self.database.read() as session:
            return passback_states(session, discussion.id)

    def lms_answers(self, refusal: str = "", detail: str = "") -> None:
        """The LMS takes every score that waits, or refuses it with this code."""
        now = self.clock()
        with self.database.writing() as session:
            for claimed in claim_due(session, now, limit=1000, lease=timedelta(minutes=1)):
                if refusal:
                    finish_failed(session, claimed, code=refusal, detail=detail, refused=True, now=now)
                else:
                    finish_sent(session, claimed, now=now)

    def remove(self, student: Actor) -> None:
        """A roster that comes after all visits have ended names everybody but this student."""
        others = {other.person_id for other in (*self.cast.students, self.cast.stranger)} - {student.person_id}
        with self.database.writing() as session:
            deactivate_others(session, student.course_id, others, self.clock() + timedelta(days=1))

    def files(self) -> list[File]:
        """All that are kept."""
        with self.read() as session:
            return list(session.scalars(select(File).order_by(File.id)))

    def attached(self, owner: Actor) -> FileView:
        """A picture that something refers to."""
        storage = self.app.extensions[STORAGE]
        picture = {"name": "chart.png", "purpose": Purpose.ATTACHMENT, "now": self.clock()}
        with self.database.writing() as session:
            file = store_file(session, owner, storage, io.BytesIO(png()), **picture)
            attach_files(session, owner, [file.id], purpose=Purpose.ATTACHMENT, now=self.clock())
        return file

    def attach_all(self, owner: Actor) -> None:
        """A post of theirs shows all files of this person."""
        discussion = self.discussion(post_first=False)
        with self.database.writing() as session:
            ids = tuple(session.scalars(select(File.id).where(File.owner_id == owner.person_id)))
            written = PostContent("All below.", file_ids=ids)
            create_post(session, owner, discussion, written, parent_id=None, now=self.clock())

    def read(self) -> Session:
        """A session to look at what was stored."""
        return self.database.read()

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """What the block asks of the database."""
        with count_statements(self.database.engine) as sent:
            yield sent


def address(discussion: DiscussionView, *more: object) -> str:
    """The address of a discussion, or of something below it."""
    return "/".join(map(str, ["", "courses", discussion.course_id, "discussions", discussion.id, *more]))
