"""Rules that an instructor tries, and what a student still owes."""

from datetime import timedelta
from decimal import Decimal

import pytest

from lti_app.discussion.discussions.rules import Calendar
from lti_app.participation.matrix.rules.own import OwnWork, next_due_first
from lti_app.participation.matrix.rules.proposals import RuleProposal
from lti_app.participation.requirements.base import InvalidRequirement
from lti_app.participation.requirements.early import EarlyRule
from lti_app.participation.requirements.points import PointsUse
from lti_app.participation.requirements.registry import (
    early_from_stored,
    to_own_terms,
    to_stored,
    to_values,
    use_from_stored,
)
from lti_app.participation.requirements.terms import OwnTerms
from tests.cast import MONDAY
from tests.factories.requirements import ask_for, evaluate


def test_a_proposal_changes_only_its_fields():
    stored = to_stored({"first_post_words": 5, "replies_wanted": 2})
    values = to_values(RuleProposal({"replies_wanted": 0}).requirements(stored))
    assert (values["first_post_words"], values["replies_wanted"]) == (5, 0)
    assert RuleProposal().requirements(stored) == stored


def test_a_proposal_keeps_own_dates_and_the_protection_of_early_posters():
    own = {"replies": OwnTerms(due=MONDAY, points=Decimal(3))}
    stored = to_stored({"first_post_words": 5, "replies_wanted": 2}, own, EarlyRule(2), PointsUse(7))
    after = RuleProposal({"replies_wanted": 1}).requirements(stored)
    assert to_own_terms(after)["replies"] == own["replies"]
    assert early_from_stored(after) == EarlyRule(2)
    assert use_from_stored(after) == PointsUse(7)
    assert to_values(after)["replies_wanted"] == 1


def test_a_proposal_moves_own_dates_and_takes_them_away():
    own = {"replies": OwnTerms(points=Decimal(3)), "days": OwnTerms(due=MONDAY), "citation": OwnTerms(due=MONDAY)}
    stored = to_stored({"first_post_words": 5, "replies_wanted": 2, "days_wanted": 2}, own)
    later = MONDAY + timedelta(days=1)
    after = to_own_terms(RuleProposal(own_dates={"days": later, "citation": None}).requirements(stored))
    assert (after["days"].due, after["citation"].due, after["replies"]) == (later, None, own["replies"])


@pytest.mark.parametrize("kind", ["first_post", "replies", "nothing"])
def test_what_has_no_own_date_gets_none(kind):
    with pytest.raises(InvalidRequirement):
        RuleProposal(own_dates={kind: MONDAY}).requirements(to_stored({"first_post_words": 5}))


def test_a_digest_stands_for_the_whole_proposal():
    proposals = [
        RuleProposal(),
        RuleProposal({"replies_wanted": 1}),
        RuleProposal({"replies_wanted": 2}),
        RuleProposal(calendar=Calendar()),
        RuleProposal(calendar=Calendar(first_post_due=MONDAY)),
        RuleProposal(own_dates={"days": MONDAY}),
        RuleProposal(own_dates={"days": None}),
    ]
    assert len({each.digest for each in proposals}) == len(proposals)
    assert RuleProposal({"a": 1, "b": 2}).digest == RuleProposal({"b": 2, "a": 1}).digest
    assert [each.is_empty for each in proposals] == [True] + [False] * 6
    assert [each.is_dated for each in proposals] == [False] * 3 + [True] * 4


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
