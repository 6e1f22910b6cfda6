"""A requirement's own date, whether it is optional, its points, and the form in which an earlier release reads them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.discussion.discussions.rules import Calendar
from lti_app.participation.requirements.base import InvalidRequirement
from lti_app.participation.requirements.early import EarlyRule
from lti_app.participation.requirements.points import PointsUse
from lti_app.participation.requirements.registry import (
    KINDS,
    early_from_stored,
    from_stored,
    to_own_terms,
    to_stored,
    use_from_stored,
)
from lti_app.participation.requirements.terms import NO_OWN_TERMS, OwnTerms, Stage, due_at, shifted
from tests.factories.requirements import ask, evaluate
from tests.participation.requirements.test_participation import BEN, CHI, MET, MISSED, SECOND, day, post

WEEK = Calendar(first_post_due=day(3), replies_due=day(6), closes_at=day(10))
LATER = WEEK.extended(Calendar(first_post_due=day(5), replies_due=day(7)))
moments = st.integers(0, 24 * 20).map(lambda hours: day(hours / 24))
own_terms = st.builds(
    OwnTerms,
    due=st.none() | moments,
    is_optional=st.booleans(),
    points=st.decimals(0, 1000, places=2, allow_nan=False),
)
EARLIER_KEYS = {
    "first_post": {"words"},
    "replies": {"people", "words"},
    "move": {"move"},
    "days": {"days"},
    "citation": set(),
    "reviews": {"counted"},
}
"""What the release before could read; it refuses every other key of these kinds."""


@given(st.dictionaries(st.sampled_from([kind.kind for kind in KINDS]), own_terms), st.integers(0, 20))
def test_what_is_stored_is_read_back(own, others):
    stored = to_stored({}, own, EarlyRule(others))
    assert to_own_terms(stored) == {kind.kind: own.get(kind.kind, NO_OWN_TERMS) for kind in KINDS}
    assert early_from_stored(stored) == EarlyRule(others)


@given(st.dictionaries(st.sampled_from([kind.kind for kind in KINDS]), own_terms), st.integers(1, 20))
def test_the_release_before_finds_nothing_that_it_refuses(own, posts):
    stored = to_stored({"first_post_words": 5, "first_posts_wanted": posts}, own, EarlyRule(3))
    for entry in stored:
        known = EARLIER_KEYS.get(entry["kind"])
        assert known is None or entry.keys() - {"kind"} <= known
    assert len({entry["kind"] for entry in stored}) == len(stored)


def test_what_a_newer_release_adds_is_ignored():
    (read, *_) = from_stored(({"kind": "first_post+", "color": "red", "posts": 2},))
    assert read.posts == 2


@pytest.mark.parametrize(
    "wrong",
    [{"due": "soon"}, {"due": "2026-03-01T12:00"}, {"points": "-1"}, {"points": "NaN"}, {"points": "x"}, {"posts": 0}],
    ids=str,
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(InvalidRequirement):
        from_stored(({"kind": "first_post+", **wrong},))


@pytest.mark.parametrize("others", [-1, 21, "3", None, True])
def test_no_such_protection(others):
    with pytest.raises(InvalidRequirement):
        early_from_stored(({"kind": "early_posters", "others": others},))


# stage, a date of its own, the class's dates, the student's | when it is due
DATES = {
    "as for everybody": (Stage.REPLIES, 4, WEEK, WEEK, 4),
    "as far as the replies": (Stage.REPLIES, 4, WEEK, LATER, 5),
    "as far as the first post": (Stage.FIRST_POST, 2, WEEK, LATER, 4),
    "at the start, with the first post": (Stage.START, 2, WEEK, LATER, 4),
    "at the end, with the replies": (Stage.LAST, 9, WEEK, LATER, 10),
    "without that date, as far as the farthest": (
        Stage.REPLIES,
        4,
        Calendar(closes_at=day(10)),
        Calendar(closes_at=day(13)),
        7,
    ),
    "never earlier": (Stage.REPLIES, 4, WEEK, Calendar(replies_due=day(5)), 4),
}


@pytest.mark.parametrize("case", DATES.values(), ids=DATES)
def test_an_extension_moves_every_date(case):
    stage, due, of_class, own, expected = case
    assert shifted(day(due), stage, of_class, own) == day(expected)


@given(moments, st.sampled_from(list(Stage)), st.tuples(*[moments] * 4))
def test_an_extension_takes_no_time_away(due, stage, dates):
    first, replies, later_first, later_replies = dates
    of_class = Calendar(first_post_due=first, replies_due=max(first, replies))
    own = of_class.extended(Calendar(first_post_due=later_first, replies_due=later_replies))
    assert shifted(due, stage, of_class, own) >= due
    assert due_at(stage, own) >= due_at(stage, of_class)


def test_it_is_judged_by_its_own_date():
    asked = ask({"days": OwnTerms(due=day(2))}, calendar=WEEK, days_wanted=1)
    (_, verdict) = evaluate(asked, [], day(2) + timedelta(seconds=1)).requirements
    assert (verdict.standing, verdict.due) == (MISSED, day(2))
    assert asked.asked[1].sentence.values["due"] == day(2)


def test_first_post_and_replies_have_the_dates_of_the_discussion():
    own = {"first_post": OwnTerms(due=day(1)), "replies": OwnTerms(due=day(1))}
    asked = ask(own, calendar=WEEK, first_post_words=5, replies_wanted=1)
    assert [verdict.due for verdict in evaluate(asked, [], day(2)).requirements] == [day(3), day(6)]


def test_optional_is_shown_and_does_not_count():
    asked = ask({"days": OwnTerms(is_optional=True)}, calendar=WEEK, first_post_words=5, days_wanted=3)
    verdicts = evaluate(asked, [post(1, (1, 50))], day(20))
    assert [each.standing for each in verdicts.requirements] == [MET, MISSED]
    assert (verdicts.all_met, verdicts.any_pending, verdicts.completed_at) == (True, False, day(1))


def test_what_is_optional_is_never_late():
    asked = ask({"days": OwnTerms(is_optional=True, due=day(1))}, calendar=WEEK, first_post_words=5, days_wanted=1)
    verdicts = evaluate(asked, [post(1, (1 + SECOND, 50))], day(2))
    assert verdicts.requirements[1].late
    assert not verdicts.any_late


POINTS = {
    "first_post": OwnTerms(points=Decimal(5)),
    "replies": OwnTerms(points=Decimal(4)),
    "days": OwnTerms(points=Decimal(2), is_optional=True),
}
PAID = ask(POINTS, calendar=WEEK, first_post_words=20, replies_wanted=2, days_wanted=2)


@pytest.mark.parametrize(
    ("posts", "points"),
    [
        ([], 0),
        ([post(1, (1, 19))], 0),  # half a first post earns nothing
        ([post(1, (1, 20))], 6),  # one of two optional days earns one point
        ([post(1, (1, 20)), post(2, (1, 9), to=BEN)], 8),
        ([post(1, (1, 20)), post(2, (2, 9), to=BEN)], 9),  # what is optional makes up for what is missing
        ([post(1, (1, 20)), post(2, (2, 9), to=BEN), post(3, (2, 9), to=CHI)], 9),  # and adds nothing on top
    ],
)
def test_points(posts, points):
    verdicts = evaluate(PAID, posts, day(5))
    assert (verdicts.points, verdicts.points_possible) == (points, 9)


USES = (PointsUse(), PointsUse(1), PointsUse(7), PointsUse(column="participation"))


@pytest.mark.parametrize("use", USES, ids=["nothing", "criterion-1", "criterion-7", "column"])
def test_what_points_are_for_is_stored_beside(use):
    stored = to_stored({"first_post_words": 5}, POINTS, use=use)
    assert use_from_stored(stored) == use
    assert from_stored(stored)[0].words == 5
    assert evaluate(replace(PAID, use=use), [], day(5)).use == use


@pytest.mark.parametrize("criterion", ["1", -1, None, True])
def test_points_fill_no_such_criterion(criterion):
    with pytest.raises(InvalidRequirement):
        use_from_stored(({"kind": "points_fill", "criterion": criterion},))


@pytest.mark.parametrize("name", ["", None, 7, "x" * 61], ids=["empty", "none", "number", "long"])
def test_points_have_no_such_column(name):
    with pytest.raises(InvalidRequirement):
        use_from_stored(({"kind": "points_column", "name": name},))


def test_a_column_counts_where_an_earlier_release_has_stored_a_criterion_beside_it():
    stored = ({"kind": "points_fill", "criterion": 7}, {"kind": "points_column", "name": "participation"})
    assert use_from_stored(stored) == PointsUse(column="participation")


def test_the_points_of_all_include_what_is_excused():
    assert evaluate(PAID, [], day(5)).points_of_all == PAID.points
