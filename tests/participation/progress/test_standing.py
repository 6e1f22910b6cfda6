"""How far a student's work is, in one word: a table of what was done and when the question is asked."""

import pytest

from lti_app.discussion.discussions.rules import Calendar
from lti_app.participation.progress.rules import WorkStanding, standing_of
from lti_app.participation.requirements.evaluation import Requirements
from lti_app.participation.requirements.facts import NO_ACTIVITY, ActivityFacts, FirstPostDone
from lti_app.participation.requirements.terms import OwnTerms
from tests.factories.requirements import ask, ask_for, evaluate
from tests.participation.requirements.test_participation import BEN, CHI, SECOND, day, post

NOTHING, ABSENT, STARTED = WorkStanding.NOTHING, WorkStanding.ABSENT, WorkStanding.STARTED
MISSING, COMPLETE, LATE = WorkStanding.MISSING, WorkStanding.COMPLETE, WorkStanding.LATE
FIRST, REPLY, AGAIN = post(1, (1, 20)), post(2, (4, 10), to=BEN), post(3, (5, 10), to=CHI)
SHORT, LATER, LATEST = post(1, (1, 19)), post(1, (3.5, 20)), post(3, (7, 10), to=CHI)
WEEK = ask_for(first_post_words=20, first_post_due=day(3), replies=2, reply_words=10, replies_due=day(6))

# posts, the day of the question | the standing
CASES = {
    "nothing is due yet": ([], 3, NOTHING),
    "the first post was due, replies are not": ([], 3 + SECOND, MISSING),
    "everything was due": ([], 9, ABSENT),
    "a first post": ([FIRST], 3 + SECOND, STARTED),
    "a first post that is too short, in time": ([SHORT], 3, STARTED),
    "a first post that is too short, and replies that can still be written": ([SHORT], 4, MISSING),
    "replies alone, when the first post was due": ([REPLY, AGAIN], 5.5, MISSING),
    "one reply is missing": ([FIRST, REPLY], 6 + SECOND, MISSING),
    "all in time": ([FIRST, REPLY, AGAIN], 9, COMPLETE),
    "all in time, before the last date": ([FIRST, REPLY, AGAIN], 5.5, COMPLETE),
    "a late first post, replies can still be written": ([LATER], 4, STARTED),
    "all, the first post late": ([LATER, REPLY, AGAIN], 5.5, LATE),
    "all, a reply late": ([FIRST, REPLY, LATEST], 9, LATE),
}


def standing(requirements: Requirements, posts, at, activity=NO_ACTIVITY):
    return standing_of(evaluate(requirements, posts, day(at), activity=activity), posts=len(posts))


@pytest.mark.parametrize(("posts", "at", "expected"), CASES.values(), ids=CASES)
def test_what_is_overdue_comes_before_what_can_still_be_done(posts, at, expected):
    assert standing(WEEK, posts, at) is expected


def test_without_dates_nothing_is_ever_missing():
    asked = ask_for(first_post_words=20, replies=1)
    assert [standing(asked, posts, 900) for posts in ([], [SHORT], [FIRST, REPLY])] == [NOTHING, STARTED, COMPLETE]


def test_without_requirements_a_post_is_all():
    assert [standing(ask(), posts, 1) for posts in ([], [SHORT])] == [NOTHING, COMPLETE]


def test_what_is_optional_or_excused_is_not_missing():
    dates = Calendar(first_post_due=day(3), replies_due=day(6))
    asked = {"calendar": dates, "first_post_words": 20, "replies_wanted": 2, "reply_words": 10}
    optional = ask({"replies": OwnTerms(is_optional=True)}, **asked)
    assert standing(optional, [FIRST], 9) is COMPLETE
    nobody_to_answer = ActivityFacts(1, first_posts=(FirstPostDone(day(1), 1),))
    assert standing(ask(early=1, **asked), [FIRST], 9, nobody_to_answer) is COMPLETE
    assert standing(ask(early=1, **asked), [], 9, ActivityFacts(1)) is ABSENT
