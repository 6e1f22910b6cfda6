"""Students who post early: when their replies are due, and when a missed reply is excused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.discussion.discussions.rules import Calendar
from lti_app.participation.requirements.base import Standing
from lti_app.participation.requirements.facts import ActivityFacts, FirstPostDone
from tests.factories.requirements import ask, evaluate
from tests.participation.requirements.test_participation import (
    ANA,
    BEN,
    CHI,
    MET,
    MET_LATE,
    MISSED,
    OPEN,
    SECOND,
    day,
    post,
)

EXCUSED = Standing.EXCUSED
WEEK = Calendar(first_post_due=day(3), replies_due=day(6), closes_at=day(12))
ASKED = ask(calendar=WEEK, early=2, first_post_words=20, replies_wanted=1, likes_wanted=1)
FIRST = post(1, (1, 20))


def others(*days, group=None):
    return ActivityFacts(
        ANA, first_posts=tuple(FirstPostDone(day(at), 10 + n, group) for n, at in enumerate(sorted(days)))
    )


def of_replies(posts, activity, on, asked=ASKED):
    return next(
        each for each in evaluate(asked, posts, day(on), activity=activity).requirements if each.kind == "replies"
    )


# posts, when others finished theirs, the day of the question | standing, the day on which replies are due
CASES = {
    "not early: two were there": ([FIRST], (0.5, 0.8), 6 + SECOND, MISSED, 6),
    "not early: at the same moment": ([FIRST], (0.5, 1), 6 + SECOND, MISSED, 6),
    "early, and the second comes soon": ([FIRST], (0.5, 2), 6 + SECOND, MISSED, 6),
    "early, and the second comes late": ([FIRST], (0.5, 5), 7, OPEN, 8),
    "until the end of the time": ([FIRST], (0.5, 5), 8, OPEN, 8),
    "and not longer": ([FIRST], (0.5, 5), 8 + SECOND, MISSED, 8),
    "on time in that time": ([FIRST, post(2, (7, 9), to=BEN)], (0.5, 5), 9, MET, 8),
    "late after that time": ([FIRST, post(2, (8.5, 9), to=BEN)], (0.5, 5), 9, MET_LATE, 8),
    "early, and the second never comes": ([FIRST], (0.5,), 6 + SECOND, EXCUSED, 6),
    "nothing is excused before it is due": ([FIRST], (0.5,), 6, OPEN, 6),
    "alone": ([FIRST], (), 8, EXCUSED, 6),
    "replied all the same": ([FIRST, post(2, (2, 9), to=BEN)], (0.5,), 8, MET, 6),
    "closed before the time was over": ([FIRST], (0.5, 10), 12 + SECOND, EXCUSED, 13),
    "without a first post": ([], (0.5,), 8, MISSED, 6),
    "with a short first post": ([post(1, (1, 19))], (0.5,), 8, MISSED, 6),
    "with a deleted first post": ([FIRST._replace(deleted=True)], (0.5,), 8, MISSED, 6),
    "since the first post has enough words": ([post(1, (1, 9), (2, 20))], (0.5, 1.5), 8, MISSED, 6),
    "a late first post is protected too": ([post(1, (5, 20))], (0.5,), 8, EXCUSED, 6),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_replies_of_those_who_post_early(case):
    posts, finished, on, standing, due = case
    verdict = of_replies(posts, others(*finished), on)
    assert (verdict.standing, verdict.due) == (standing, day(due))
    assert (verdict.proof is not None) == (standing is EXCUSED or due != 6)


def test_the_proof_says_what_there_was():
    proof = of_replies([FIRST], others(0.5), 7).proof
    assert (proof.posted_at, proof.existed, proof.needed, proof.until) == (day(1), 1, 2, day(7))
    opened = of_replies([FIRST], others(0.5, 5), 7).proof
    assert (opened.existed, opened.until, opened.is_open) == (2, day(5), True)
    for each in (proof, opened):
        assert each.words.plural % {"num": each.needed, **each.words.values}


def test_everything_that_needs_classmates_is_protected_and_nothing_else():
    verdicts = evaluate(ASKED, [FIRST], day(7), activity=others())
    assert {each.kind: each.standing for each in verdicts.requirements} == {
        "first_post": MET,
        "replies": EXCUSED,
        "likes": EXCUSED,
    }
    assert (verdicts.all_met, verdicts.any_excused, verdicts.any_late) == (True, True, False)
    assert verdicts.completed_at == day(1)


def test_off_unless_set_and_without_both_dates():
    off = ask(calendar=WEEK, first_post_words=20, replies_wanted=1)
    assert of_replies([FIRST], others(), 7, off).standing is MISSED
    one_date = ask(calendar=Calendar(replies_due=day(6)), early=2, first_post_words=20, replies_wanted=1)
    assert of_replies([FIRST], others(), 7, one_date).standing is MISSED


def test_only_the_own_group_counts():
    grouped = FIRST._replace(of_group=7)
    assert of_replies([grouped], others(0.1, 0.2, group=8), 7).standing is EXCUSED
    assert of_replies([grouped], others(0.1, 0.2, group=7), 7).standing is MISSED
    assert of_replies([grouped], others(0.1, 0.2), 7).standing is MISSED  # posts for all groups


def test_one_is_not_an_other_of_oneself():
    own = ActivityFacts(ANA, first_posts=(FirstPostDone(day(1), ANA), FirstPostDone(day(2), CHI)))
    assert of_replies([FIRST], own, 7).standing is EXCUSED


def test_an_extension_of_ones_own_keeps_its_dates():
    mine = WEEK.extended(Calendar(first_post_due=day(5), replies_due=day(9)))
    asked = ask(calendar=mine, class_calendar=WEEK, early=2, first_post_words=20, replies_wanted=1)
    assert of_replies([FIRST], others(0.5, 4), 7, asked).due == day(9)
    assert of_replies([FIRST], others(0.5, 8), 9, asked).due == day(12)


moments = st.lists(st.integers(0, 10 * 24).map(lambda hours: hours / 24), max_size=6)


@given(moments, st.integers(0, 11 * 24), st.integers(0, 24 * 9))
def test_nobody_loses_by_it(finished, hours, replied):
    off = ask(calendar=WEEK, first_post_words=20, replies_wanted=1)
    posts = [FIRST, post(2, (1 + replied / 24, 9), to=BEN)] if replied < hours - 24 else [FIRST]
    order = [Standing.MISSED, Standing.OPEN, Standing.MET_LATE, Standing.EXCUSED, Standing.MET]
    now = hours / 24
    seen = others(*(at for at in finished if at <= now))
    with_it, without = of_replies(posts, seen, now), of_replies(posts, seen, now, off)
    assert order.index(with_it.standing) >= order.index(without.standing)
    assert with_it.due >= without.due
