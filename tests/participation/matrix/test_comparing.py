"""What another rule would change: two evaluations of the same posts."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lti_app.discussion.discussions.rules import Calendar
from lti_app.participation.matrix.rules.comparing import compare_verdicts
from lti_app.participation.matrix.rules.own import OwnWork, next_due_first
from lti_app.participation.matrix.rules.proposals import proposed
from lti_app.participation.requirements.early import EarlyRule
from lti_app.participation.requirements.facts import PostFacts, VersionFacts
from lti_app.participation.requirements.registry import (
    early_from_stored,
    fills_from_stored,
    to_own_terms,
    to_stored,
    to_values,
)
from lti_app.participation.requirements.terms import OwnTerms
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


@given(RULES, POSTS)
def test_the_same_rule_makes_no_difference(rule, posts):
    verdicts = {1: judged(rule, posts)}
    assert compare_verdicts(verdicts, dict(verdicts)) == []


@given(RULES, RULES, POSTS)
def test_there_and_back_gains_what_was_lost(one, other, posts):
    before, after = {1: judged(one, posts)}, {1: judged(other, posts)}
    there, back = compare_verdicts(before, after), compare_verdicts(after, before)
    assert len(there) == len(back)
    for change, again in zip(there, back, strict=True):
        assert (change.before, change.after) == (again.after, again.before)
        assert len(change.gained) == len(again.lost)
        assert change.is_better == again.is_worse


@given(RULES, POSTS, st.integers(1, 10))
def test_more_words_are_never_a_gain(rule, posts, more):
    stricter = {**rule, "first_post_words": rule["first_post_words"] + more}
    for change in compare_verdicts({1: judged(rule, posts)}, {1: judged(stricter, posts)}):
        assert not any(verdict.kind == "first_post" for verdict in change.gained)


def test_those_who_lose_come_first():
    rule, stricter = {"first_post_words": 5, "replies": 1}, {"first_post_words": 9, "replies": 0}
    loses, gains = [(7, False, 2), (5, True, 2)], [(9, False, 2)]
    changes = compare_verdicts(
        {1: judged(rule, gains), 2: judged(rule, loses)}, {1: judged(stricter, gains), 2: judged(stricter, loses)}
    )
    assert [(change.person_id, change.is_worse, change.is_better) for change in changes] == [
        (2, True, False),
        (1, False, True),
    ]


def test_a_proposal_changes_only_its_fields():
    stored = to_stored({"first_post_words": 5, "replies_wanted": 2})
    values = to_values(proposed(stored, {"replies_wanted": 0}))
    assert (values["first_post_words"], values["replies_wanted"]) == (5, 0)
    assert proposed(stored, {}) == stored


def test_a_proposal_keeps_own_dates_and_the_protection_of_early_posters():
    own = {"replies": OwnTerms(due=MONDAY, points=Decimal(3))}
    stored = to_stored({"first_post_words": 5, "replies_wanted": 2}, own, EarlyRule(2), 7)
    after = proposed(stored, {"replies_wanted": 1})
    assert to_own_terms(after)["replies"] == own["replies"]
    assert early_from_stored(after) == EarlyRule(2)
    assert fills_from_stored(after) == 7
    assert to_values(after)["replies_wanted"] == 1


def test_what_is_owed_comes_with_the_next_due_first_and_what_is_overdue_last():
    def work(number, first, replies, now=MONDAY):
        dates = Calendar(first_post_due=first and MONDAY + first, replies_due=replies and MONDAY + replies)
        rule = ask_for(
            first_post_words=5, first_post_due=dates.first_post_due, replies=1, replies_due=dates.replies_due
        )
        return OwnWork(number, "", True, evaluate(rule, (), now))

    day = timedelta(days=1)
    works = [work(1, None, None), work(2, -2 * day, -day), work(3, 3 * day, 4 * day), work(4, -day, 2 * day)]
    assert [each.discussion_id for each in next_due_first(works)] == [4, 3, 1, 2]
    assert [verdict.kind for verdict in works[3].owed] == ["replies", "first_post"]
    assert works[3].next_due == MONDAY + 2 * day
    assert works[1].is_overdue
    assert works[1].next_due is None
    closed = OwnWork(1, "", False, works[0].verdicts)
    assert next_due_first([closed, OwnWork(2, "", True, works[0].verdicts, is_excused=True)]) == []
