"""Later dates wherever dates decide: the gate, the list, verdicts, what is written and what the LMS is told."""

from datetime import timedelta

import pytest

from lti_app.core.errors import Forbidden, NotFound
from lti_app.course.groups.actions import make_group, place_students
from lti_app.discussion.discussions.actions.extensions import extend, remove_extension
from lti_app.discussion.discussions.errors import NothingExtended, NotLater
from lti_app.discussion.discussions.queries.course import list_discussions
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.queries.extensions import list_extensions
from lti_app.discussion.discussions.rules import Calendar, State
from lti_app.discussion.posts.errors import DiscussionShut
from lti_app.participation.progress.queries import get_participation, requirements_of
from tests.factories.discussions import WEEK, set_up
from tests.factories.posts import write
from tests.statements import count_statements

LONG = "Leaders set a direction and align people."


def later(**days):
    return Calendar(**{name: getattr(WEEK, name) + timedelta(days=by) for name, by in days.items()})


@pytest.fixture
def grant(session, cast, clock, discussion):
    def grant(student=None, *, group=None, note="", **days):
        whom = {"group_id": group} if student is None else {"person_id": student.person_id}
        extend(session, cast.ines, discussion, **whom, dates=later(**days), note=note, now=clock())

    return grant


def seen(session, actor, discussion, clock):
    return get_discussion(session, actor, discussion.id, now=clock())


def test_the_gate_answers_each_persons_own_dates(session, cast, clock, discussion, grant):
    grant(cast.ana, first_post_due=2, closes_at=5)
    ana, ben = seen(session, cast.ana, discussion, clock), seen(session, cast.ben, discussion, clock)
    assert ana.own_dates == {"first_post_due", "closes_at"}
    assert requirements_of(ana).of_first_post.due == WEEK.first_post_due + timedelta(days=2)
    assert ana.class_calendar == ben.calendar == WEEK
    assert not ben.own_dates
    for staff in (cast.ines, cast.tariq):
        assert seen(session, staff, discussion, clock).calendar == WEEK
    clock.move(days=8)
    assert seen(session, cast.ana, discussion, clock).state is State.OPEN
    assert seen(session, cast.ben, discussion, clock).state is State.CLOSED
    assert [line.state for line in list_discussions(session, cast.ana, clock())] == [State.OPEN]
    assert [line.state for line in list_discussions(session, cast.ines, clock())] == [State.CLOSED]


def test_of_person_and_groups_the_latest_holds(session, cast, clock, discussion, grant):
    one, two = make_group(session, cast.ines, "One"), make_group(session, cast.ines, "Two")
    place_students(session, cast.ines, {cast.ana.person_id: one, cast.ben.person_id: two})
    grant(cast.ana, replies_due=1)
    grant(group=one, replies_due=3)
    grant(group=two, closes_at=9)
    assert seen(session, cast.ana, discussion, clock).calendar.replies_due == WEEK.replies_due + timedelta(days=3)
    assert seen(session, cast.ben, discussion, clock).calendar.closes_at == WEEK.closes_at + timedelta(days=9)
    assert seen(session, cast.chi, discussion, clock).calendar == WEEK


def test_only_those_with_later_dates_write_later(session, cast, clock, discussion, grant):
    grant(cast.ana, closes_at=5)
    clock.move(days=9)
    write(session, cast.ana, seen(session, cast.ana, discussion, clock), text=LONG, now=clock())
    with pytest.raises(DiscussionShut):
        write(session, cast.ben, seen(session, cast.ben, discussion, clock), text=LONG, now=clock())


def test_verdicts_go_by_each_students_dates_for_students_and_staff(session, cast, clock, discussion, grant):
    grant(cast.ana, first_post_due=2)
    clock.move(days=4)
    for actor in (cast.ana, cast.ben):
        write(session, actor, seen(session, actor, discussion, clock), text=LONG, now=clock())
    staff = seen(session, cast.tariq, discussion, clock)

    def is_late(student):
        own = get_participation(session, student, seen(session, student, discussion, clock), now=clock()).verdicts
        graded = get_participation(session, cast.tariq, staff, student.person_id, now=clock()).verdicts
        assert own.requirements == graded.requirements
        return own.requirements[0].late

    assert (is_late(cast.ana), is_late(cast.ben)) == (False, True)


def test_what_is_no_extension_is_refused(session, cast, clock, discussion, grant):
    with pytest.raises(NothingExtended):
        grant(cast.ana)
    with pytest.raises(NotLater) as caught:
        grant(cast.ana, first_post_due=2, replies_due=0)
    assert caught.value.data == {"name": "replies_due"}
    with pytest.raises(NotFound):
        grant(cast.stranger, replies_due=1)
    with pytest.raises(NotFound):
        grant(group=99, replies_due=1)
    for actor in (cast.tariq, cast.ana):
        with pytest.raises(Forbidden):
            list_extensions(session, actor, discussion)


def test_given_again_it_replaces_and_can_be_taken_back(session, cast, clock, discussion, grant):
    grant(cast.ana, first_post_due=2, note="Ill")
    grant(cast.ana, closes_at=1, note="Still ill")
    (line,) = list_extensions(session, cast.ines, discussion)
    assert (line.name, line.note, line.granted_by) == ("Ana Brandt", "Still ill", "Ines Navarro")
    assert line.dates == later(closes_at=1)
    remove_extension(session, cast.ines, discussion, line.id)
    remove_extension(session, cast.ines, discussion, line.id)
    assert list_extensions(session, cast.ines, discussion) == []
    assert seen(session, cast.ana, discussion, clock).calendar == WEEK


def test_they_cost_the_gate_no_statement_and_staff_one(session, cast, clock, discussion, grant):
    def costs(actor, person_id=None):
        with count_statements(session.get_bind()) as statements:
            got = seen(session, actor, discussion, clock)
            get_participation(session, actor, got, person_id, now=clock())
        return len(statements)

    ana = cast.ana.person_id
    before = costs(cast.ana), costs(cast.tariq, ana)
    grant(cast.ana, first_post_due=2)
    grant(cast.ben, first_post_due=2)
    assert (costs(cast.ana), costs(cast.tariq, ana)) == (before[0], before[1] + 1)


def test_neither_people_nor_groups_of_another_course_are_extended(session, cast, discussion, grant):
    foreign = make_group(session, cast.elsewhere, "One")
    assert foreign
    with pytest.raises(NotFound):
        grant(group=foreign, replies_due=1)
    with pytest.raises(NotFound):
        grant(cast.stranger, replies_due=1)
    assert list_extensions(session, cast.ines, discussion) == []


def test_an_extension_is_removed_by_its_own_discussion_alone(session, cast, clock, discussion, grant):
    grant(cast.ana, replies_due=1)
    (line,) = list_extensions(session, cast.ines, discussion)
    other_course = set_up(session, cast.elsewhere, clock())
    remove_extension(session, cast.elsewhere, other_course, line.id)
    remove_extension(session, cast.ines, set_up(session, cast.ines, clock()), line.id)
    for actor in (cast.tariq, cast.ana):
        with pytest.raises(Forbidden):
            remove_extension(session, actor, discussion, line.id)
    assert list_extensions(session, cast.ines, discussion) == [line]
