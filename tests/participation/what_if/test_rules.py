"""What another rule would change: two evaluations of the same posts."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from lti_app.participation.progress.rules import WorkStanding
from lti_app.participation.requirements.facts import PostFacts, VersionFacts
from lti_app.participation.what_if.rules import ClassComparison, compare_standings, digest_of
from tests.cast import MONDAY
from tests.factories.requirements import ask_for, evaluate

RULES = st.builds(dict, first_post_words=st.integers(0, 20), replies=st.integers(0, 3), days=st.integers(0, 2))
POSTS = st.lists(st.tuples(st.integers(0, 25), st.booleans(), st.integers(2, 4)), max_size=4)


def facts(posts):
    return [
        PostFacts(
            n,
            f"{n}",
            (VersionFacts(MONDAY + timedelta(hours=20 * n), words, frozenset()),),
            parent_author_id=to if is_reply else None,
        )
        for n, (words, is_reply, to) in enumerate(posts, 1)
    ]


def judged(rule, posts, now=MONDAY + timedelta(days=9)):
    return evaluate(ask_for(**rule), facts(posts), now)


def compared(one, other, posts, now=MONDAY + timedelta(days=9)):
    """What the other rule would change for one student."""
    return compare_standings({1: judged(one, posts, now)}, {1: judged(other, posts, now)}, {1: len(posts)})


@given(RULES, POSTS)
def test_the_same_rule_makes_no_difference(rule, posts):
    assert compared(rule, rule, posts) == []


@given(RULES, RULES, POSTS)
def test_there_and_back_the_standing_is_what_it_was(one, other, posts):
    there, back = compared(one, other, posts), compared(other, one, posts)
    for change, again in zip(there, back, strict=False):
        assert (change.before, change.after) == (again.after, again.before)
        if change.before is not change.after:
            assert change.is_loss != again.is_loss


@given(RULES, POSTS, st.integers(1, 10))
def test_more_words_are_never_a_gain(rule, posts, more):
    stricter = {**rule, "first_post_words": rule["first_post_words"] + more}
    for change in compared(rule, stricter, posts):
        assert not any(verdict.kind == "first_post" for verdict in change.won)


@given(RULES, RULES, st.lists(POSTS, min_size=1, max_size=4))
def test_tallies_count_every_student_once_on_each_side(one, other, works):
    sides = [{n: judged(rule, posts) for n, posts in enumerate(works)} for rule in (one, other)]
    comparison = ClassComparison(*sides, {n: len(posts) for n, posts in enumerate(works)})
    for tally in comparison.tallies:
        for side in zip(*tally.counts.values(), strict=True):
            assert sum(side) in (0, len(works))  # nobody where the rule does not ask for it
        assert tally.is_changed
    same = ClassComparison(sides[0], sides[0], comparison.posts)
    assert (same.tallies, same.changes) == ((), [])


def test_what_is_no_longer_done_is_lost_also_while_it_can_still_be_done():
    (change,) = compared({"first_post_words": 5}, {"first_post_words": 9}, [(7, False, 2)])
    assert (change.before, change.after) == (WorkStanding.COMPLETE, WorkStanding.STARTED)
    assert [verdict.kind for verdict in change.lost] == ["first_post"]
    assert change.is_loss
    (change,) = compared({"first_post_words": 9}, {"first_post_words": 5}, [(7, False, 2)])
    assert [verdict.kind for verdict in change.won] == ["first_post"]
    assert not change.is_loss


def test_a_requirement_that_is_new_is_no_gain():
    due = {"first_post_due": MONDAY + timedelta(days=1), "replies_due": MONDAY + timedelta(days=2)}
    posts = [(7, False, 2), (5, True, 2)]
    one, other = {"first_post_words": 5, **due}, {"first_post_words": 5, "replies": 1, **due}
    assert compared(one, other, posts) == []
    (change,) = compared(one, {**other, "replies": 2}, posts)
    assert [verdict.kind for verdict in change.lost] == ["replies"]


def test_a_digest_stands_for_what_was_shown():
    one = compared({"first_post_words": 5}, {"first_post_words": 9}, [(7, False, 2)])
    other = compared({"first_post_words": 5}, {"first_post_words": 8}, [(7, False, 2)])
    assert digest_of(one) == digest_of(list(one))
    assert digest_of(one) == digest_of(other)  # the same student, the same standings and points
    assert digest_of(one) != digest_of([])
