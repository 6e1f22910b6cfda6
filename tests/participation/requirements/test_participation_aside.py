"""Posts that are hidden, held or private do not count while they are; shown again they count from their own time."""

from datetime import timedelta

import pytest

from lti_app.participation.requirements.base import Standing
from lti_app.participation.requirements.facts import PostFacts, VersionFacts
from tests.cast import MONDAY
from tests.factories.readings import assigned
from tests.factories.requirements import Reasons, ask_for, evaluate

KOTTER = assigned(1, "Kotter 1990")
DUE = MONDAY + timedelta(days=3)
ASKED = ask_for(first_post_words=5, first_post_due=DUE, replies=1, reply_words=3, readings=(KOTTER,))
FIRST = PostFacts(1, "1", (VersionFacts(MONDAY, 9, frozenset({1})),))
REPLY = PostFacts(2, "2.1", (VersionFacts(MONDAY, 9, frozenset()),), parent_author_id=7, parent_author="Ben")
AFTER = DUE + timedelta(days=1)


@pytest.mark.parametrize("reason", [Reasons.HIDDEN, Reasons.HELD, Reasons.PRIVATE])
def test_what_is_set_aside_counts_for_nothing(reason):
    verdicts = evaluate(ASKED, [FIRST._replace(aside=reason), REPLY._replace(aside=reason)], AFTER)
    standings = [verdict.standing for verdict in verdicts.requirements]
    assert standings == [Standing.MISSED, Standing.OPEN, Standing.MISSED]
    assert {(verdict.reason, verdict.counts) for verdict in verdicts.posts.values()} == {(reason, False)}
    assert verdicts.has_started  # who has written may read


def test_shown_again_it_counts_from_when_it_was_written():
    verdicts = evaluate(ASKED, [FIRST, REPLY], AFTER)
    assert [verdict.standing for verdict in verdicts.requirements] == [Standing.MET] * 3
    assert {verdict.met_at for verdict in verdicts.requirements} == {MONDAY}


@pytest.mark.parametrize("reason", [Reasons.HIDDEN, Reasons.HELD, Reasons.PRIVATE])
def test_another_post_counts_in_its_place(reason):
    second = FIRST._replace(id=3, address="3", versions=(VersionFacts(MONDAY + timedelta(days=1), 6, frozenset({1})),))
    verdicts = evaluate(ASKED, [FIRST._replace(aside=reason), second], AFTER)
    assert (verdicts.posts[3].reason, verdicts.requirements[0].addresses) == (Reasons.FIRST_POST, ("3",))


def test_deleted_is_deleted_whatever_else_it_is():
    verdicts = evaluate(ASKED, [FIRST._replace(deleted=True, aside=Reasons.HIDDEN)], MONDAY)
    assert verdicts.posts[1].reason is Reasons.DELETED
    assert not verdicts.has_started
