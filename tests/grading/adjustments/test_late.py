"""Late rules as tables: when something was due and done, and what that takes off."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from lti_app.grading.adjustments.rules.late import (
    InvalidLateRule,
    LateLine,
    LateRule,
    LateStep,
    LateUnit,
    WorkPart,
    days_late,
    late_line,
)
from lti_app.participation.requirements.facts import PostFacts, VersionFacts
from tests.cast import MONDAY
from tests.factories.requirements import ask_for, evaluate

BERLIN, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
TEN = LateRule(LateUnit.OF_EARNED, Decimal(10))
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
FULL_DAYS, ONCE = replace(TEN, step=LateStep.FULL_DAY), replace(TEN, step=LateStep.ONCE)
HALF_HOUR = replace(TEN, grace_minutes=30)
# rule, how long after noon | how often the rate is taken off
DELAYS = {
    "on time to the second": (TEN, timedelta(), 0),
    "a second late": (TEN, timedelta(seconds=1), 1),
    "a day late to the second": (TEN, timedelta(days=1), 1),
    "a day and a second": (TEN, timedelta(days=1, seconds=1), 2),
    "less than a full day": (FULL_DAYS, timedelta(hours=23, minutes=59), 0),
    "a full day": (FULL_DAYS, timedelta(days=1), 1),
    "almost three full days": (FULL_DAYS, timedelta(days=3, seconds=-1), 2),
    "once, a second": (ONCE, timedelta(seconds=1), 1),
    "once, a month": (ONCE, timedelta(days=31), 1),
    "the last second of grace": (HALF_HOUR, timedelta(minutes=30), 0),
    "a second after grace, counted from the due date": (HALF_HOUR, timedelta(minutes=30, seconds=1), 1),
    "grace makes no day shorter": (HALF_HOUR, timedelta(days=1), 1),
    "grace makes no day longer": (HALF_HOUR, timedelta(days=1, minutes=10), 2),
    "grace once": (replace(ONCE, grace_minutes=30), timedelta(minutes=31), 1),
}


@pytest.mark.parametrize(("rule", "delay", "days"), DELAYS.values(), ids=DELAYS)
def test_days_begin_at_the_due_time(rule, delay, days):
    assert days_late(rule, NOON, NOON + delay, UTC_ZONE) == days


def berlin(*moment):
    return datetime(*moment, tzinfo=BERLIN).astimezone(UTC)


# due and done in Berlin, where clocks go forward on March 29 and back on October 25, 2026 | days begun, full days
CLOCKS = {
    "a day of 23 hours": (berlin(2026, 3, 28, 23, 59), berlin(2026, 3, 29, 23, 59), 1, 1),
    "a minute after a day of 23 hours": (berlin(2026, 3, 28, 23, 59), berlin(2026, 3, 30, 0, 0), 2, 1),
    "a minute before a day of 25 hours is over": (berlin(2026, 10, 24, 23, 59), berlin(2026, 10, 25, 23, 58), 1, 0),
    "a day of 25 hours": (berlin(2026, 10, 24, 23, 59), berlin(2026, 10, 25, 23, 59), 1, 1),
    "a week with a change": (berlin(2026, 3, 25, 12, 0), berlin(2026, 4, 1, 12, 0), 7, 7),
}


@pytest.mark.parametrize(("due", "done", "begun", "full"), CLOCKS.values(), ids=CLOCKS)
def test_a_day_ends_at_the_same_time_of_day_where_the_course_is(due, done, begun, full):
    assert days_late(TEN, due, done, BERLIN) == begun
    assert days_late(FULL_DAYS, due, done, BERLIN) == full


FIRST_DUE, REPLIES_DUE = MONDAY + timedelta(days=3), MONDAY + timedelta(days=6)
ASKED = ask_for(first_post_words=5, first_post_due=FIRST_DUE, replies=2, reply_words=3, replies_due=REPLIES_DUE)


def post(number, *versions, to=None):
    """A post whose versions are (moment, words)."""
    facts = tuple(VersionFacts(at, words, frozenset()) for at, words in versions)
    return PostFacts(number, f"{number}", facts, parent_author_id=to)


def line(rule, *posts, total="20", maximum="20", asked=ASKED, waived=False) -> LateLine | None:
    verdicts = evaluate(asked, posts, MONDAY + timedelta(days=30))
    about = {"total": Decimal(total), "maximum": Decimal(maximum), "zone": UTC_ZONE, "is_waived": waived}
    return late_line(rule, verdicts, **about)


def first(**late):
    return post(1, (FIRST_DUE + timedelta(**late), 50))


def reply(number, **late):
    return post(number, (REPLIES_DUE + timedelta(**late), 50), to=number)


ON_TIME = (first(hours=-1), reply(2, hours=-2), reply(3, hours=-1))
SHARED = replace(TEN, first_share=60)
POINTS = LateRule(LateUnit.POINTS, Decimal("1.5"))
POSSIBLE = replace(TEN, unit=LateUnit.OF_POSSIBLE)
# rule, posts, total of 20 | what each part takes off
LINES = {
    "all on time": (TEN, ON_TIME, "20", None),
    "a day and 3 hours": (TEN, (first(days=1, hours=3), *ON_TIME[1:]), "20", {WorkPart.WORK: "4.00"}),
    "the latest part counts": (TEN, (first(days=2), reply(2, days=1), ON_TIME[2]), "20", {WorkPart.WORK: "4.00"}),
    "of the earned points": (TEN, (first(hours=1), *ON_TIME[1:]), "12", {WorkPart.WORK: "1.20"}),
    "of the possible points": (POSSIBLE, (first(hours=1), *ON_TIME[1:]), "12", {WorkPart.WORK: "2.00"}),
    "points": (POINTS, (first(days=2), *ON_TIME[1:]), "20", {WorkPart.WORK: "3.00"}),
    "halves are rounded up": (replace(TEN, rate=Decimal("2.5")), (first(hours=1),), "1.80", {WorkPart.WORK: "0.05"}),
    "up to a maximum": (replace(TEN, most=Decimal(25)), (first(days=9),), "20", {WorkPart.WORK: "5.00"}),
    "points up to a maximum": (replace(POINTS, most=Decimal(4)), (first(days=9),), "20", {WorkPart.WORK: "4.00"}),
    "never more than all": (TEN, (first(days=30),), "20", {WorkPart.WORK: "20.00"}),
    "points never below zero": (POINTS, (first(days=9),), "2", {WorkPart.WORK: "2.00"}),
    "possible points never below zero": (POSSIBLE, (first(days=9),), "1", {WorkPart.WORK: "1.00"}),
    "nothing earned": (TEN, (first(days=9),), "0", {WorkPart.WORK: "0.00"}),
    "the first post alone": (SHARED, (first(hours=27), *ON_TIME[1:]), "20", {WorkPart.FIRST_POST: "2.40"}),
    "the replies alone": (SHARED, (*ON_TIME[:2], reply(3, hours=1)), "20", {WorkPart.REPLIES: "0.80"}),
    "each part by its own lateness": (
        SHARED,
        (first(days=3), reply(2, hours=1), ON_TIME[2]),
        "20",
        {WorkPart.FIRST_POST: "3.60", WorkPart.REPLIES: "0.80"},
    ),
    "each part up to its own maximum": (
        replace(SHARED, most=Decimal(20)),
        (first(days=5), reply(2, days=9), ON_TIME[2]),
        "20",
        {WorkPart.FIRST_POST: "2.40", WorkPart.REPLIES: "1.60"},
    ),
    "points of a part never below zero": (
        replace(POINTS, first_share=60),
        (first(days=9), reply(2, days=9), ON_TIME[2]),
        "2",
        {WorkPart.FIRST_POST: "1.20", WorkPart.REPLIES: "0.80"},
    ),
    "within grace": (HALF_HOUR, (first(minutes=20), *ON_TIME[1:]), "20", {WorkPart.WORK: "0.00"}),
    "unfinished work, as far as it counts": (TEN, (ON_TIME[0], reply(2, days=2)), "20", {WorkPart.WORK: "4.00"}),
    "nothing posted": (TEN, (), "20", None),
    "too short to count": (TEN, (post(1, (FIRST_DUE + timedelta(days=1), 2)),), "20", None),
    "a late reply beyond what is required": (TEN, (*ON_TIME, reply(4, days=3)), "20", None),
    "a late edit of work that was long enough": (
        TEN,
        (post(1, (FIRST_DUE - timedelta(hours=1), 9), (FIRST_DUE + timedelta(days=4), 12)), *ON_TIME[1:]),
        "20",
        None,
    ),
    "a placeholder that is filled in late": (
        TEN,
        (post(1, (FIRST_DUE - timedelta(hours=1), 1), (FIRST_DUE + timedelta(hours=4), 12)), *ON_TIME[1:]),
        "20",
        {WorkPart.WORK: "2.00"},
    ),
}


@pytest.mark.parametrize(("rule", "posts", "total", "amounts"), LINES.values(), ids=LINES)
def test_what_lateness_takes_off(rule, posts, total, amounts):
    found = line(rule, *posts, total=total)
    if amounts is None:
        assert found is None
    else:
        assert found
        assert {each.part: each.amount for each in found.parts} == {key: Decimal(v) for key, v in amounts.items()}
        assert found.amount == sum(map(Decimal, amounts.values())) <= Decimal(total)


def test_the_line_says_what_it_was_counted_from():
    (part,) = line(SHARED, first(days=1, hours=3), *ON_TIME[1:]).parts
    assert (part.due, part.at, part.days) == (FIRST_DUE, FIRST_DUE + timedelta(days=1, hours=3), 2)
    assert (part.taken, part.base, part.addresses) == (20, 12, ("1",))


def test_without_due_dates_nothing_is_late():
    undated = ask_for(first_post_words=5, replies=2, reply_words=3)
    assert line(TEN, first(days=20), asked=undated) is None


def test_with_an_extension_the_own_dates_count():
    own = ask_for(first_post_words=5, first_post_due=FIRST_DUE + timedelta(days=2))
    assert line(TEN, first(days=2), asked=own) is None
    assert line(TEN, first(days=3), asked=own).amount == 2


def test_a_waived_line_says_what_it_would_be_and_takes_nothing():
    found = line(TEN, first(days=1), waived=True)
    assert (found.amount, found.due_amount) == (0, 2)


@pytest.mark.parametrize("rule", [TEN, SHARED, POINTS, replace(HALF_HOUR, most=Decimal("12.5"), step=LateStep.ONCE)])
def test_a_rule_is_read_as_it_was_stored(rule):
    assert LateRule.from_stored(rule.to_stored()) == rule


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rate": Decimal(0)}, "rate"),
        ({"rate": Decimal(101)}, "rate"),
        ({"most": Decimal(5)}, "most"),
        ({"most": Decimal(101)}, "most"),
        ({"grace_minutes": -1}, "grace_minutes"),
        ({"grace_minutes": 10_081}, "grace_minutes"),
        ({"first_share": 0}, "first_share"),
        ({"first_share": 100}, "first_share"),
    ],
)
def test_what_makes_no_sense_is_refused(changes, field):
    with pytest.raises(InvalidLateRule) as refused:
        replace(TEN, **changes)
    assert refused.value.field == field


@pytest.mark.parametrize("stored", [{}, {**TEN.to_stored(), "rate": "x"}, {**TEN.to_stored(), "unit": "x"}])
def test_what_no_rule_wrote_is_refused(stored):
    with pytest.raises(InvalidLateRule):
        LateRule.from_stored(stored)
