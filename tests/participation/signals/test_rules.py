"""Which signals fire for which facts, and when a fact is another one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lti_app.discussion.discussions.rules import Calendar
from lti_app.library.readings.rules import PassagePlace
from lti_app.participation.activity.rules.facts import ActivityPost, Participant, PassageUse, ReadingPages
from lti_app.participation.signals.errors import InvalidSignalNumber
from lti_app.participation.signals.rules.base import DiscussionFacts, SignalFacts
from lti_app.participation.signals.rules.registry import (
    KIND_OF,
    KINDS,
    SignalRule,
    default_rule,
    find_signals,
    rules_from_stored,
    rules_to_stored,
)
from tests.cast import MONDAY

DUE = MONDAY + timedelta(days=3)
WEEK = DiscussionFacts(
    7, "Week 1", Calendar(first_post_due=DUE, replies_due=DUE + timedelta(days=3)), is_current=True, hides_names=False
)
ANA, BEN, CHI = (Participant(n, name, str(n), MONDAY - timedelta(days=60)) for n, name in enumerate("ABC", 1))
STAFF = 90


def post(author, at=0.0, to=None, *, by_staff=False, discussion=7):
    """A post so many days after Monday; a reply if it is to somebody."""
    post.number = getattr(post, "number", 0) + 1
    return ActivityPost(
        id=post.number,
        discussion_id=discussion,
        address=str(post.number),
        author_id=author,
        by_staff=by_staff,
        is_reply=to is not None,
        answered_id=to,
        answers_staff=to == STAFF,
        at=MONDAY + timedelta(days=at),
        is_private=False,
    )


def facts(*posts, days=0.0, **changes):
    """What is known so many days after Monday."""
    found = SignalFacts(
        now=MONDAY + timedelta(days=days), discussions=(WEEK,), students=(ANA, BEN, CHI), posts=tuple(posts)
    )
    return replace(found, **changes)


def fired(kind, known, **numbers):
    rule = default_rule(KIND_OF[kind])
    return list(rule.kind.find(known, {**rule.numbers, **numbers}))


def whom(signals):
    return [each.person_id for each in signals]


def test_not_opened_counts_from_the_students_own_date():
    assert fired("not_opened", facts(days=1.9)) == []
    assert whom(fired("not_opened", facts(days=2))) == [1, 2, 3]
    assert whom(fired("not_opened", facts(days=1.9), hours=48)) == [1, 2, 3]
    later = {(7, 2): replace(WEEK.calendar, first_post_due=DUE + timedelta(days=2))}
    assert whom(fired("not_opened", facts(days=2, calendars=later))) == [1, 3]


def test_whoever_has_opened_it_or_written_in_it_has_opened_it():
    assert whom(fired("not_opened", facts(post(1), days=2, opened=frozenset({(7, 2), (8, 3)})))) == [3]


def test_past_the_date_it_says_so():
    (signal, *_) = fired("not_opened", facts(days=4))
    assert "was due" in signal.says.text
    assert "is due" in fired("not_opened", facts(days=2))[0].says.text


def test_a_date_of_ones_own_is_not_told_where_names_are_hidden():
    blind = replace(WEEK, hides_names=True)
    later = {(7, 2): replace(WEEK.calendar, first_post_due=DUE + timedelta(hours=1))}
    signals = fired("not_opened", facts(days=3, discussions=(blind,), calendars=later))
    assert [bool(each.says.values) for each in signals] == [True, False, True]


def test_nothing_fires_in_a_discussion_of_the_past_or_without_dates():
    past = replace(WEEK, is_current=False)
    posts = [post(1, -9), *(post(2, -8, to=1) for _ in range(20))]
    reading = (ReadingPages(7, 5, "Kotter 1990", required=True, pages="103-111"),)
    known = facts(*posts, days=5, discussions=(past,), readings=reading)
    assert {each.kind for each in find_signals(known, rules_from_stored({}))} == {"silent"}  # that is over the course
    undated = replace(WEEK, calendar=Calendar())
    assert fired("not_opened", facts(days=50, discussions=(undated,))) == []


def test_silent_while_classmates_reply():
    assert fired("silent", facts(post(1), days=20)) == []
    signals = fired("silent", facts(post(1), post(3, 1, to=1), post(2, 10, to=1), days=20))
    assert whom(signals) == [1, 3]
    assert [each.state for each in signals] == ["", (MONDAY + timedelta(days=1)).isoformat()]
    assert [len(each.evidence) for each in signals] == [0, 1]


def test_nobody_is_silent_before_there_was_something_to_reply_to():
    assert fired("silent", facts(post(1, 7), post(2, 10, to=1), days=20)) == []


def test_replies_to_oneself_are_to_no_one():
    assert whom(fired("silent", facts(post(1), post(1, 15, to=1), post(2, 15, to=1), days=20))) == [1, 3]


def test_newcomers_are_not_silent_yet():
    joined = replace(ANA, since=MONDAY + timedelta(days=10))
    assert whom(fired("silent", facts(post(3), post(2, 15, to=3), days=20, students=(joined, BEN, CHI)))) == [3]


def test_what_is_written_where_names_are_hidden_tells_nothing_of_a_named_student():
    blind = replace(WEEK, id=8, hides_names=True)
    known = facts(post(1), post(2, 15, to=1), post(3, 15, to=1, discussion=8), days=20, discussions=(WEEK, blind))
    assert whom(fired("silent", known)) == [1, 3]


def test_unanswered_after_some_days_by_anybody():
    known = facts(post(1), post(2), post(3, 1), post(STAFF, 1, to=2, by_staff=True), days=2)
    assert whom(fired("unanswered", known)) == [1]
    assert whom(fired("unanswered", known, days=1)) == [1, 3]
    assert fired("unanswered", facts(post(1), post(1, 0.5, to=1), days=2))[0].state == "2"


def test_one_student_with_a_large_share():
    replies = [post(author, to=2 if author == 1 else 1) for author in (1, 1, 1, 1, 2, 2, 2, 3, 3, 3)]
    assert whom(fired("dominating", facts(*replies))) == [1]
    assert fired("dominating", facts(*replies), replies=11) == []
    assert fired("dominating", facts(*replies), percent=41) == []
    assert fired("dominating", facts(*replies, post(STAFF, to=1, by_staff=True)))[0].says.values["all"] == 10


def test_a_share_is_another_fact_when_it_has_grown_by_a_tenth():
    replies = [*(post(1, to=2) for _ in range(5)), *(post(2, to=1) for _ in range(5))]
    first, more = (fired("dominating", facts(*each))[0].state for each in (replies, [*replies, post(1, to=2)]))
    assert first == more
    assert fired("dominating", facts(*replies, *(post(1, to=2) for _ in range(3))))[0].state != first


READING = ReadingPages(7, 5, "Kotter 1990", required=True, pages="103-111")


@pytest.mark.parametrize(
    ("pages", "says"),
    [
        (("104", "106"), {"reading": "Kotter 1990", "page": 107}),
        ((), {"reading": "Kotter 1990"}),
        (("105-109",), None),
        (("110",), None),
        (("",), None),  # the reading as a whole
        (("12",), None),  # a page that it does not have
    ],
)
def test_pages_at_the_end_that_nobody_cites(pages, says):
    used = tuple(PassageUse(7, 5, n, PassagePlace(page=page), 1) for n, page in enumerate(pages))
    signals = fired("uncited", facts(post(1), days=4, readings=(READING,), cited=used))
    assert [each.says.values for each in signals] == ([says] if says else [])


def test_pages_are_not_missed_before_first_posts_were_due_nor_of_optional_readings():
    assert fired("uncited", facts(post(1), days=2, readings=(READING,))) == []
    assert fired("uncited", facts(post(1), days=4, readings=(replace(READING, required=False),))) == []
    assert fired("uncited", facts(days=4, readings=(READING,))) == []  # nobody has written yet


def test_rules_are_stored_and_read_again():
    rules = tuple(
        SignalRule(kind, is_on=nth % 2 == 0, numbers={number.name: number.highest for number in kind.numbers})
        for nth, kind in enumerate(KINDS)
    )
    assert rules_from_stored(rules_to_stored(rules)) == rules
    assert rules_from_stored({"gone": {}, "silent": {"numbers": {"old": 1}}}) == tuple(map(default_rule, KINDS))


def test_a_rule_that_is_off_finds_nothing():
    rules = rules_from_stored({kind.name: {"is_on": False} for kind in KINDS})
    assert list(find_signals(facts(post(1), days=30), rules)) == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_numbers_have_limits(kind):
    for number in kind.numbers:
        for value in (number.lowest - 1, number.highest + 1):
            with pytest.raises(InvalidSignalNumber):
                SignalRule(kind, is_on=True, numbers={**default_rule(kind).numbers, number.name: value})
