"""Posts on different days as a requirement: which posts make a day, and when a day begins."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from lti_app.participation.forecast.rules import ReplyTarget, forecast, hypothetical_post
from lti_app.participation.requirements.facts import PostFacts, VersionFacts
from tests.factories.requirements import ask_for, evaluate
from tests.participation.requirements.test_participation import (
    ANA,
    BEN,
    CHI,
    INES,
    MET,
    MET_LATE,
    MISSED,
    NAMES,
    OPEN,
    PARTLY,
    SECOND,
    day,
    post,
)

TERMS = {"first_post_words": 20, "reply_words": 10, "replies_due": day(6), "days": 2}
TWO_DAYS = ask_for(**TERMS)
NEW_YORK, BERLIN, KOLKATA = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")

# posts, the day of the question | standing, the posts it was counted from, the day since when it is met
CASES = {
    "nothing yet": ([], 1, OPEN, (), None),
    "nothing a second after the date": ([], 6 + SECOND, MISSED, (), None),
    "one day": ([post(1, (1, 20))], 2, PARTLY, ("1",), None),
    "one day when the date is past": ([post(1, (1, 20))], 7, MISSED, ("1",), None),
    "two posts on one day": ([post(1, (1, 20)), post(2, (1.1, 10), to=BEN)], 2, PARTLY, ("1",), None),
    "a first post and a reply": ([post(1, (1, 20)), post(2, (2, 10), to=BEN)], 3, MET, ("1", "5.2"), 2),
    "two replies to one person": ([post(1, (1, 10), to=BEN), post(2, (2, 10), to=BEN)], 3, MET, ("5.1", "5.2"), 2),
    "on the date": ([post(1, (1, 20)), post(2, (6, 10), to=BEN)], 7, MET, ("1", "5.2"), 6),
    "a second late": (
        [post(1, (1, 20)), post(2, (6 + SECOND, 10), to=BEN)],
        7,
        MET_LATE,
        ("1", "5.2"),
        6 + SECOND,
    ),
    "a third day changes nothing": (
        [post(1, (1, 20)), post(2, (2, 10), to=BEN), post(3, (7, 10), to=CHI)],
        8,
        MET,
        ("1", "5.2"),
        2,
    ),
    "too short": ([post(1, (1, 20)), post(2, (2, 9), to=BEN)], 3, PARTLY, ("1",), None),
    "a first post that is too short": ([post(1, (1, 19)), post(2, (2, 10), to=BEN)], 3, PARTLY, ("5.2",), None),
    "a placeholder counts on the day of its edit": (
        [post(1, (1, 20)), post(2, (1.1, 2), (2, 10), to=BEN)],
        3,
        MET,
        ("1", "5.2"),
        2,
    ),
    "an edit of what was long enough makes no day": ([post(1, (1, 20), (2, 30))], 3, PARTLY, ("1",), None),
    "deleted": ([post(1, (1, 20)), post(2, (2, 10), to=BEN, deleted=True)], 3, PARTLY, ("1",), None),
    "to oneself": ([post(1, (1, 20)), post(2, (2, 10), to=ANA)], 3, PARTLY, ("1",), None),
    "to staff": ([post(1, (1, 20)), post(2, (2, 10), to=INES)], 3, PARTLY, ("1",), None),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_posts_on_different_days(case):
    posts, asked_on, standing, addresses, since = case
    verdict = evaluate(TWO_DAYS, posts, day(asked_on)).requirements[-1]
    assert (verdict.kind, verdict.standing, verdict.want) == ("days", standing, 2)
    assert (verdict.addresses, verdict.have) == (addresses, len(addresses))
    assert verdict.met_at == (None if since is None else day(since))
    assert verdict.late == (standing is MET_LATE)


def test_without_a_date_for_replies_it_is_due_with_the_first_post():
    asked = ask_for(first_post_due=day(3), days=1)
    assert [evaluate(asked, [], day(on)).requirements[-1].standing for on in (3, 4)] == [OPEN, MISSED]


def test_without_any_date_it_is_never_missed():
    assert evaluate(ask_for(days=1), [], day(400)).requirements[-1].standing is OPEN


def at(number, moment):
    return PostFacts(number, str(number), (VersionFacts(moment, 99, frozenset()),))


def utc(month, day_of_month, hour, minute=0):
    return datetime(2026, month, day_of_month, hour, minute, tzinfo=UTC)


EVERYWHERE = {"UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata"}
# two moments, and in which zones they are on different days
MIDNIGHTS = {
    "before and after midnight in UTC": (utc(3, 4, 23, 59), utc(3, 5, 0, 0), {"UTC"}),
    "before and after midnight in New York": (utc(1, 15, 4, 59), utc(1, 15, 5, 0), {"America/New_York"}),
    "the same an hour earlier in summer": (utc(7, 15, 3, 59), utc(7, 15, 4, 0), {"America/New_York"}),
    "before and after midnight in Berlin": (utc(1, 14, 22, 59), utc(1, 14, 23, 0), {"Europe/Berlin"}),
    "half an hour of India": (utc(1, 14, 18, 29), utc(1, 14, 18, 30), {"Asia/Kolkata"}),
    "the hour that New York has twice": (utc(11, 1, 5, 30), utc(11, 1, 6, 30), set()),
    "a day of 25 hours": (utc(11, 1, 4, 0), utc(11, 2, 4, 59), EVERYWHERE - {"America/New_York"}),
    "a day of 23 hours": (
        utc(3, 8, 5, 0),
        utc(3, 9, 4, 0),
        EVERYWHERE,
    ),
    "the last minute of a day of 23 hours": (
        utc(3, 8, 5, 0),
        utc(3, 9, 3, 59),
        EVERYWHERE - {"America/New_York"},
    ),
    "the hour that Berlin skips": (utc(3, 29, 0, 59), utc(3, 29, 1, 0), set()),
    "24 hours apart": (utc(5, 4, 12), utc(5, 5, 12), EVERYWHERE),
}


@pytest.mark.parametrize(("one", "other", "zones"), MIDNIGHTS.values(), ids=MIDNIGHTS)
def test_a_day_begins_at_midnight_in_the_time_zone_of_the_course(one, other, zones):
    posts = [at(1, one), at(2, other)]
    for zone in (ZoneInfo("UTC"), NEW_YORK, BERLIN, KOLKATA):
        verdict = evaluate(ask_for(days=2), posts, utc(12, 31, 0), zone).requirements[-1]
        assert (verdict.standing is MET) == (zone.key in zones), zone.key


def said(posts, words, *, to=0, on=2.5, zone=NEW_YORK):
    answered = ReplyTarget(to, NAMES[to], is_self=to == ANA, is_staff=to == INES) if to else None
    written = hypothetical_post(posts, VersionFacts(day(on), words, frozenset()), move=None, answered=answered)
    notes = forecast(ask_for(**TERMS), posts, written, day(on), zone).notes
    return [(note.words.text if not note.words.plural else note.words.plural, note.is_gain) for note in notes]


MORE, COUNTS = "Still required: posts on %(num)s more days.", "Would count as day %(number)s of %(of)s."


@pytest.mark.parametrize(
    ("posts", "words", "to", "told"),
    [
        ([], 5, 0, [(MORE, False)]),
        ([], 20, 0, [(COUNTS, True)]),
        ([post(1, (2.4, 20))], 10, BEN, [(MORE, False)]),  # on the day that counts already
        ([post(1, (1, 20))], 10, BEN, [(COUNTS, True)]),
        ([post(1, (1, 20))], 10, INES, [(MORE, False)]),
        ([post(1, (0, 20)), post(2, (1, 10), to=BEN)], 10, CHI, []),
    ],
)
def test_the_composer_says_which_day_a_post_would_be(posts, words, to, told):
    assert said(posts, words, to=to) == told


def test_the_note_says_which_day_and_how_many_are_missing():
    written = hypothetical_post([], VersionFacts(day(1), 20, frozenset()), move=None, answered=None)
    (note,) = forecast(TWO_DAYS, [], written, day(1), NEW_YORK).notes
    assert note.words.values == {"number": 1, "of": 2}
    short = hypothetical_post([], VersionFacts(day(1), 2, frozenset()), move=None, answered=None)
    (note,) = forecast(TWO_DAYS, [], short, day(1), NEW_YORK).notes
    assert note.words.num == 2


def test_a_split_or_imported_parent_changes_nothing():
    """The evaluator sees a reply; whose post it answers is decided before."""
    reply = post(2, (2, 10), to=BEN)._replace(parent_author_id=-7)
    assert evaluate(TWO_DAYS, [post(1, (1, 20)), reply], day(3)).requirements[-1].standing is MET
