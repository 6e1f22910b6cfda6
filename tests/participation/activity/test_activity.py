"""What students do besides posting, in the database: counted alike for the student, the class and the term."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lti_app.course.courses.rules import Role
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.queries.course import list_views, with_readings
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import StanceQuestion
from lti_app.discussion.moderation.actions import split_thread
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.reactions.actions import set_like
from lti_app.discussion.stances.actions import answer_stance
from lti_app.library.readings.actions.progress import mark_read
from lti_app.participation.progress.queries import (
    collect_class_verdicts,
    collect_class_work,
    collect_term_verdicts,
    get_participation,
)
from lti_app.participation.requirements.base import Standing
from lti_app.participation.requirements.early import EarlyRule
from lti_app.participation.requirements.registry import to_stored
from tests.factories.discussions import WEEK, plan, set_up
from tests.factories.posts import write
from tests.factories.readings import add_readings
from tests.statements import count_statements

ALL = {
    "first_post_words": 5,
    "replies_wanted": 1,
    "reply_words": 3,
    "threads_wanted": 1,
    "passages_wanted": 2,
    "reading_wanted": "all",
    "likes_wanted": 1,
    "position_wanted": "once",
}
CITING = "Leaders align people [Kotter 1990, p. 104] and set a direction [Kotter 1990, p. 107]."
QUESTION = StanceQuestion("Are they different?", "no", "yes")


@pytest.fixture
def asked(session, cast, clock):
    """A discussion that requires something of every kind, and protects those who post early."""
    kotter, _ = add_readings(session, cast.ines, clock())
    discussion = set_up(session, cast.ines, clock(), reading_ids=(kotter,), stance=QUESTION)
    settings = plan(reading_ids=(kotter,), stance=QUESTION)
    stored = to_stored(ALL, None, EarlyRule(1))
    return save_settings(
        session, cast.ines, discussion.id, settings=replace(settings, requirements=stored), version=1, now=clock()
    )


def seen(session, student, discussion, clock):
    """The student's own view, which everything else has to agree with."""
    here = get_discussion(session, student, discussion.id, now=clock())
    return get_participation(session, student, here, now=clock()).verdicts


def standings(verdicts):
    return {each.kind: (each.standing, each.have) for each in verdicts.requirements}


def agree(session, cast, discussion, clock):
    """The same result on the checklist, for the class and over the term."""
    for_staff = get_discussion(session, cast.ines, discussion.id, now=clock())
    of = collect_class_verdicts(session, cast.ines, for_staff, now=clock())
    for student in cast.students:
        own = seen(session, student, discussion, clock)
        views = with_readings(session, list_views(session, student, clock()))
        term = collect_term_verdicts(session, student, views, student.person_id, now=clock())
        assert standings(of(student.person_id)) == standings(own) == standings(term[discussion.id])
        assert [each.due for each in of(student.person_id).requirements] == [each.due for each in own.requirements]


def test_everything_that_is_done_counts(session, cast, asked, clock):
    assert {standing for standing, _ in standings(seen(session, cast.ana, asked, clock)).values()} == {Standing.OPEN}
    agree(session, cast, asked, clock)
    write(session, cast.ana, asked, text=CITING, now=clock.move(hours=1))
    bens = write(session, cast.ben, asked, now=clock.move(hours=1))
    write(session, cast.ana, asked, to=bens, now=clock.move(hours=1))
    set_like(session, cast.ana, asked, bens.id, wanted=True, now=clock.move(hours=1))
    mark_read(session, cast.ana, asked.readings[0].id, clock(), read=True)
    here = get_discussion(session, cast.ana, asked.id, now=clock())
    answer_stance(session, cast.ana, here, 2, again=False, now=clock())
    verdicts = seen(session, cast.ana, asked, clock)
    assert {each.kind: each.standing for each in verdicts.requirements} == dict.fromkeys(
        ("first_post", "replies", "threads", "passages", "reading", "likes", "position"), Standing.MET
    )
    agree(session, cast, asked, clock)
    set_like(session, cast.ana, asked, bens.id, wanted=False, now=clock())
    mark_read(session, cast.ana, asked.readings[0].id, clock(), read=False)
    left = {each.kind for each in seen(session, cast.ana, asked, clock).requirements if not each.is_met}
    assert left == {"likes", "reading"}
    agree(session, cast, asked, clock)


def test_likes_of_instructors_do_not_count_and_of_deleted_posts_do(session, cast, asked, clock):
    write(session, cast.ana, asked, now=clock())
    staff, bens = write(session, cast.ines, asked, now=clock()), write(session, cast.ben, asked, now=clock())
    set_like(session, cast.ana, asked, staff.id, wanted=True, now=clock())
    assert standings(seen(session, cast.ana, asked, clock))["likes"] == (Standing.OPEN, 0)
    set_like(session, cast.ana, asked, bens.id, wanted=True, now=clock())
    delete_post(session, cast.ben, asked, bens.id, now=clock())
    assert standings(seen(session, cast.ana, asked, clock))["likes"] == (Standing.MET, 1)


def test_a_reply_that_is_split_off_counts_for_its_first_thread(session, cast, asked, clock):
    bens = write(session, cast.ben, asked, now=clock())
    write(session, cast.ana, asked, now=clock())
    reply = write(session, cast.ana, asked, to=bens, now=clock())
    split_thread(session, cast.ines, asked, reply.id, now=clock())
    assert standings(seen(session, cast.ana, asked, clock))["threads"] == (Standing.MET, 1)
    agree(session, cast, asked, clock)


def test_early_posters_wait_for_others(session, cast, asked, clock):
    write(session, cast.ana, asked, now=clock())
    write(session, cast.ines, asked, now=clock.move(hours=1))  # staff are nobody to reply to
    clock.now = WEEK.replies_due + timedelta(minutes=1)
    verdicts = seen(session, cast.ana, asked, clock)
    assert standings(verdicts)["replies"] == (Standing.EXCUSED, 0)
    agree(session, cast, asked, clock)
    write(session, cast.ben, asked, now=clock())
    (replies,) = [each for each in seen(session, cast.ana, asked, clock).requirements if each.kind == "replies"]
    assert (replies.standing, replies.due) == (Standing.OPEN, clock() + timedelta(days=3))
    assert standings(seen(session, cast.ben, asked, clock))["replies"] == (Standing.MISSED, 0)
    agree(session, cast, asked, clock)


def test_each_kind_of_fact_costs_one_statement_and_none_unless_it_is_asked(request, session, cast, asked, clock):
    database, discussion = request.getfixturevalue("database"), request.getfixturevalue("discussion")
    for view, expected in ((asked, 6), (discussion, 1)):
        staff = get_discussion(session, cast.ines, view.id, now=clock())
        with count_statements(database.engine) as counted:
            collect_class_work(session, cast.ines, staff)
        assert len(counted) == expected


def test_an_observer_and_a_previewing_instructor_count_for_nobody(session, cast, asked, clock):
    assert cast.olga.role is Role.OBSERVER
    write(session, cast.ana, asked, now=clock())
    bens = write(session, cast.ben, asked, now=clock())
    set_like(session, cast.ines, asked, bens.id, wanted=True, now=clock())
    assert standings(seen(session, cast.ana, asked, clock))["likes"] == (Standing.OPEN, 0)
