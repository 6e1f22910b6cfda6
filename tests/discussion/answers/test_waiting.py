"""Somebody who comes while another has begun and not finished: they wait, and then see what the other has done."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread, get_ident

import pytest
from sqlalchemy import event, func, select

from lti_app.core.db import Database
from lti_app.core.errors import Forbidden, NotFound
from lti_app.course.courses.actions import enroll
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.rules import Role
from lti_app.course.people.actions import record_person
from lti_app.course.people.models import Person
from lti_app.course.people.rules import Identity, Names
from lti_app.discussion.moderation.actions import change_post
from lti_app.discussion.moderation.rules import ModerationAction
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.errors import ParentGone, PostChanged, PostHeld
from lti_app.discussion.posts.models import Post, Revision
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.grading.assessments.actions.grading import release, release_all
from lti_app.grading.assessments.errors import AssessmentChanged
from lti_app.grading.assessments.models import Release
from lti_app.grading.assessments.queries.grades import get_assessment
from tests.cast import CLIENT_ID, ISSUER
from tests.factories.grades import mark
from tests.factories.posts import write

PATIENCE = 30
MAY_WAIT = re.compile(r"\b(UPDATE|INSERT|DELETE|BEGIN IMMEDIATE)\b")
"""Statements that wait for a lock that another transaction holds; FOR UPDATE among them."""


@contextmanager
def sends_what_may_wait(database: Database) -> Iterator[Event]:
    """An event that is set once another thread sends a statement that may have to wait."""
    here, sent = get_ident(), Event()

    def note(_connection, _cursor, statement, *_others):
        if get_ident() != here and MAY_WAIT.search(statement):
            sent.set()

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


@pytest.fixture
def overtake(database, session):
    """Runs `first` up to its commit, then `second` until it has to wait, then the commit; answers second's end."""

    def run(first, second):
        session.commit()
        ends = []

        def come_second():
            try:
                with database.writing() as own:
                    ends.append(second(own))
            except Exception as error:
                ends.append(error)

        with sends_what_may_wait(database) as sent, database.writing() as own:
            first(own)
            own.flush()
            thread = Thread(target=come_second, daemon=True)
            thread.start()
            assert sent.wait(PATIENCE)
        thread.join(PATIENCE)
        (end,) = ends
        return end

    return run


def test_a_new_person_is_recorded_once(overtake, session, clock):
    def record(own):
        return record_person(own, Identity(ISSUER, CLIENT_ID, "new"), Names("Nina New"), clock())

    person_id = overtake(record, record)
    assert session.scalars(select(Person.id).where(Person.sub == "new")).all() == [person_id]


@pytest.mark.parametrize("before", [None, Role.OBSERVER])
def test_a_lesser_role_that_comes_later_takes_nothing_away(overtake, session, cast, clock, before):
    person_id = record_person(session, Identity(ISSUER, CLIENT_ID, "new"), Names("Nina New"), clock())

    def launch(role, own):
        enroll(own, course_id=cast.course_id, person_id=person_id, role=role, now=clock())

    if before:
        launch(before, session)
    end = overtake(partial(launch, Role.INSTRUCTOR), partial(launch, Role.ASSISTANT))
    assert end is None
    assert session.scalar(select(Enrollment.role).where(Enrollment.person_id == person_id)) is Role.INSTRUCTOR


def test_the_second_grader_is_told(overtake, session, cast, discussion, clock):
    def save(step, version, own):
        mark(own, cast.tariq, discussion, cast.ana, *[step] * 5, version=version, now=clock())

    for version in (0, 1):  # the first marks of a student, and later ones
        end = overtake(partial(save, 1 - version, version), partial(save, 2, version))
        assert isinstance(end, AssessmentChanged)
        assert get_assessment(session, cast.ines, discussion, cast.ana.person_id).version == version + 1
    assert get_assessment(session, cast.ines, discussion, cast.ana.person_id).total == 20


def test_the_second_release_finds_nothing_to_release(overtake, session, cast, discussion, clock):
    for student in (cast.ana, cast.ben):
        mark(session, cast.ines, discussion, student, now=clock())

    def publish_all(own):
        return release_all(own, cast.ines, discussion, now=clock())

    def publish(own):
        get_assessment(own, cast.ines, discussion, cast.ana.person_id)  # a page that has read it before
        release(own, cast.ines, discussion, cast.ana.person_id, now=clock())

    assert overtake(publish, publish) is None
    assert overtake(publish_all, publish_all) == 0
    assert overtake(publish_all, publish) is None
    assert session.scalar(select(func.count()).select_from(Release)) == 2


def test_an_edit_of_what_was_deleted_meanwhile_is_refused(overtake, session, cast, discussion, clock):
    post = write(session, cast.ana, discussion, text="As it was.", now=clock())
    session.commit()

    def edit(own):
        edit_post(own, cast.ana, discussion, post.id, PostContent("As it is."), version=1, now=clock())

    end = overtake(lambda own: delete_post(own, cast.ines, discussion, post.id, now=clock()), edit)
    assert isinstance(end, PostChanged) or type(end).__name__ == "Forbidden"  # SQLite lets one begin only afterwards
    assert session.scalars(select(Post.text)).one() == "As it was."
    assert session.scalars(select(Revision)).all() == []


def test_on_postgresql_the_edit_has_waited_for_the_deletion(database, overtake, session, cast, discussion, *, clock):
    post = write(session, cast.ana, discussion, text="As it was.", now=clock())
    edit = {"version": 1, "now": clock()}
    end = overtake(
        lambda own: delete_post(own, cast.ines, discussion, post.id, now=clock()),
        lambda own: edit_post(own, cast.ana, discussion, post.id, PostContent("As it is."), **edit),
    )
    assert type(end).__name__ == ("PostChanged" if database.engine.dialect.name == "postgresql" else "Forbidden")


def test_the_second_deletion_changes_nothing(overtake, session, cast, discussion, clock):
    post = write(session, cast.ana, discussion, now=clock())
    end = overtake(
        lambda own: delete_post(own, cast.ines, discussion, post.id, now=clock()),
        lambda own: delete_post(own, cast.ana, discussion, post.id, now=clock.move(minutes=1)),
    )
    assert end == "1" or type(end).__name__ == "Forbidden"  # SQLite lets one begin only afterwards
    assert session.scalar(select(Post.deleted_by_id)) == cast.ines.person_id


@pytest.mark.parametrize(
    ("action", "refusal"),
    [("delete", ParentGone), (ModerationAction.HIDE, ParentGone), (ModerationAction.HOLD, PostHeld)],
)
def test_nobody_answers_what_was_taken_away_meanwhile(overtake, session, cast, discussion, *, clock, action, refusal):
    post = write(session, cast.ana, discussion, now=clock())
    write(session, cast.ben, discussion, now=clock())

    def take_away(own):
        if action == "delete":
            return delete_post(own, cast.ines, discussion, post.id, now=clock())
        return change_post(own, cast.ines, discussion, post.id, action, reason="Rude.", now=clock())

    def answer(own):
        return create_post(own, cast.ben, discussion, PostContent("Yes."), parent_id=post.id, now=clock())

    end = overtake(take_away, answer)
    assert isinstance(end, refusal | NotFound)  # on SQLite the gate says so, to which a held post does not exist
    assert session.scalar(select(func.count()).select_from(Post)) == 2
    assert session.scalar(select(Post.reply_count).where(Post.id == post.id)) == 0


def test_nobody_holds_what_was_answered_meanwhile(overtake, session, cast, discussion, clock):
    post = write(session, cast.ana, discussion, now=clock())
    write(session, cast.ben, discussion, now=clock())
    end = overtake(
        lambda own: create_post(own, cast.ben, discussion, PostContent("Yes."), parent_id=post.id, now=clock()),
        lambda own: change_post(own, cast.ines, discussion, post.id, ModerationAction.HOLD, now=clock()),
    )
    assert isinstance(end, Forbidden)
    assert session.scalar(select(Post.held_at).where(Post.id == post.id)) is None
