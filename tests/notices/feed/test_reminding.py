"""Reminders go to those who still owe something, by their own dates; the digest counts and names nobody."""

from datetime import timedelta

from lti_app.discussion.discussions.actions.extensions import extend
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import Calendar
from lti_app.notices.feed.actions.reminding import list_digest_courses, list_due_courses, remind, write_digest
from tests.cast import MONDAY
from tests.factories.discussions import WEEK
from tests.factories.notices import kinds, seen_by
from tests.factories.posts import write

FIRST_DUE = WEEK.first_post_due
TEXT = "Leaders set a direction and align people."


def due_words(session, actor, now):
    return [(line.words.text, line.due) for line in seen_by(session, actor, now=now)]


def test_nobody_is_reminded_more_than_a_day_ahead(session, cast, discussion, clock):
    clock.now = FIRST_DUE - timedelta(hours=25)
    assert list_due_courses(session, now=clock()) == []
    assert remind(session, cast.course_id, now=clock()) == 0


def test_who_has_posted_is_not_reminded_and_nobody_twice(session, cast, discussion, clock):
    write(session, cast.ana, discussion, text=TEXT, now=clock())
    clock.now = FIRST_DUE - timedelta(hours=23)
    assert list_due_courses(session, now=clock()) == [cast.course_id]
    assert [remind(session, cast.course_id, now=clock()) for _ in range(2)] == [2, 0]
    assert kinds(session, cast.ana, now=clock()) == []
    assert due_words(session, cast.ben, clock()) == [("Your first post is due %(when)s.", FIRST_DUE)]
    assert kinds(session, cast.olga, now=clock()) == kinds(session, cast.ines, now=clock()) == []


def test_replies_are_reminded_of_while_some_are_missing(session, cast, discussion, clock):
    ana = write(session, cast.ana, discussion, text=TEXT, now=clock())
    ben = write(session, cast.ben, discussion, text=TEXT + " Always.", now=clock())
    chi = write(session, cast.chi, discussion, text=TEXT + " Sometimes.", now=clock())
    for to in (ben, chi):
        write(session, cast.ana, discussion, to=to, text="That is not what Kotter says.", now=clock())
    write(session, cast.ben, discussion, to=ana, text="That is not what Zaleznik says.", now=clock())
    clock.now = WEEK.replies_due - timedelta(hours=1)
    assert remind(session, cast.course_id, now=clock()) == 2
    assert kinds(session, cast.ana, now=clock()) == []


def test_an_extension_moves_the_reminder(session, cast, discussion, clock):
    later = Calendar(first_post_due=FIRST_DUE + timedelta(days=2))
    view = get_discussion(session, cast.ines, discussion.id, now=clock())
    extend(session, cast.ines, view, person_id=cast.ben.person_id, dates=later, note="", now=clock())
    clock.now = FIRST_DUE - timedelta(hours=2)
    remind(session, cast.course_id, now=clock())
    assert kinds(session, cast.ben, now=clock()) == []
    assert kinds(session, cast.ana, now=clock()) == ["due_soon"]
    clock.now = FIRST_DUE + timedelta(days=2, hours=-2)
    remind(session, cast.course_id, now=clock())
    assert due_words(session, cast.ben, clock()) == [
        ("Your first post is due %(when)s.", FIRST_DUE + timedelta(days=2))
    ]


def test_the_digest_counts_the_week_once(session, cast, discussion, clock):
    write(session, cast.ana, discussion, text=TEXT, now=clock.move(days=1))
    assert list_digest_courses(session, now=MONDAY + timedelta(days=3)) == []
    clock.now = MONDAY + timedelta(days=7)
    assert list_digest_courses(session, now=clock()) == [cast.course_id]
    assert write_digest(session, cast.course_id, now=clock()) == 2
    assert list_digest_courses(session, now=clock()) == []
    assert write_digest(session, cast.course_id, now=clock()) == 0
    (line,) = seen_by(session, cast.tariq, now=clock())
    (part,) = line.digest
    words = [each.text if each.num == 1 else each.plural for each in part.lines]
    assert words == ["%(num)s new post", "%(num)s student not graded", "%(num)s students have not posted"]
    assert kinds(session, cast.ana, now=clock()) == []
