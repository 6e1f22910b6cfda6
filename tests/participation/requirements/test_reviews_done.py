"""Reviews as participation: how many of those that are assigned, until when, and who is told."""

from datetime import timedelta

import pytest

from lti_app.discussion.discussions.actions.extensions import extend
from lti_app.discussion.discussions.rules import Calendar
from lti_app.participation.progress.queries import collect_class_verdicts, get_participation, requirements_of
from lti_app.participation.requirements.base import Standing
from tests.cast import MONDAY
from tests.factories.discussions import set_up
from tests.factories.posts import write
from tests.factories.reviews import DUE, again, assign, plan_reviews, review


@pytest.fixture
def counted(session, cast, clock):
    """A discussion in which reviews count, and three students who have posted."""
    discussion = set_up(session, cast.ines, clock(), reviews_counted="yes", replies_wanted=0)
    for student in cast.students:
        write(session, student, discussion, now=clock())
    return plan_reviews(session, cast.ines, discussion)


def verdict(session, student, discussion, now):
    here = again(session, student, discussion, now=now)
    verdicts = get_participation(session, student, here, now=now).verdicts.requirements
    return next(each for each in verdicts if each.kind == "reviews")


def test_from_nothing_to_done(session, cast, counted, clock):
    assert (verdict(session, cast.ana, counted, clock()).have, verdict(session, cast.ana, counted, clock()).want) == (
        0,
        2,
    )
    assign(session, cast.ines, counted, now=clock())
    assert verdict(session, cast.ana, counted, clock()).standing is Standing.OPEN
    review(session, cast.ana, counted, cast.ben, now=clock())
    assert verdict(session, cast.ana, counted, clock()).standing is Standing.PARTLY
    review(session, cast.ana, counted, cast.chi, now=clock(), submit=False)
    assert verdict(session, cast.ana, counted, clock()).have == 1  # a draft does not count
    review(session, cast.ana, counted, cast.chi, now=clock.move(hours=1))
    told = verdict(session, cast.ana, counted, clock())
    assert (told.standing, told.met_at, told.due) == (Standing.MET, clock(), DUE)


def test_late_reviews_count_and_are_marked_late(session, cast, counted, clock):
    assign(session, cast.ines, counted, now=clock())
    late = DUE + timedelta(minutes=1)
    assert verdict(session, cast.ana, counted, late).standing is Standing.MISSED
    for author in (cast.ben, cast.chi):
        review(session, cast.ana, counted, author, now=late)
    assert verdict(session, cast.ana, counted, late).standing is Standing.MET_LATE


def test_an_extension_moves_the_date_by_as_much(session, cast, counted, clock):
    assign(session, cast.ines, counted, now=clock())
    later = Calendar(first_post_due=counted.class_calendar.first_post_due + timedelta(days=2))
    extend(session, cast.ines, counted, person_id=cast.ana.person_id, dates=later, note="", now=clock())
    assert verdict(session, cast.ana, counted, clock()).due == DUE + timedelta(days=2)
    assert verdict(session, cast.ben, counted, clock()).due == DUE


def test_who_is_assigned_fewer_owes_only_those(session, cast, counted, clock):
    discussion = plan_reviews(session, cast.ines, counted, peers=5)
    assign(session, cast.ines, discussion, now=clock())
    assert verdict(session, cast.ana, discussion, clock()).want == 2


def test_staff_see_the_same_of_everybody(session, cast, counted, clock):
    assign(session, cast.ines, counted, now=clock())
    review(session, cast.ana, counted, cast.ben, now=clock())
    here = again(session, cast.tariq, counted, now=clock())
    of = collect_class_verdicts(session, cast.tariq, here, now=clock())
    assert of(cast.ana.person_id).requirements[-1] == verdict(session, cast.ana, counted, clock())
    assert of(cast.chi.person_id).requirements[-1].have == 0


def test_nothing_is_required_without_reviews(session, cast, counted, clock):
    discussion = plan_reviews(session, cast.ines, counted, peers=0)
    assert not [each for each in requirements_of(discussion).asked if each.kind == "reviews"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"peers": 2}, "Review the posts of %(num)s classmates by %(due)s."),
        ({"peers": 1, "self_review": True}, "Review the posts of %(num)s classmates and your own by %(due)s."),
        ({"peers": 0, "self_review": True}, ""),
    ],
)
def test_the_sentence_says_how_many_and_whose(session, cast, counted, changes, told):
    requirement = requirements_of(plan_reviews(session, cast.ines, counted, **changes)).asked[-1]
    assert requirement.sentence.plural == told
    assert requirement.sentence.values["due"] == DUE
    assert MONDAY < DUE
