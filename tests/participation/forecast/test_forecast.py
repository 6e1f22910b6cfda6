"""What a composer says before: as tables, and that it never says anything else than the count does afterwards."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.discussion.discussions.rules import Move
from lti_app.participation.forecast.rules import ReplyTarget, forecast, hypothetical_edit, hypothetical_post
from lti_app.participation.requirements.facts import VersionFacts
from tests.cast import MONDAY
from tests.factories.requirements import UTC, Reasons, ask_for, evaluate
from tests.participation.requirements.test_participation import ANA, BEN, CHI, INES, KOTTER, NAMES, ZALEZNIK, day, post
from tests.participation.requirements.test_participation_properties import facts, hours, requirements

TERMS = {
    "first_post_words": 200,
    "first_post_due": day(3),
    "replies": 2,
    "reply_words": 50,
    "replies_due": day(6),
    "readings": (KOTTER, ZALEZNIK),
}
ASKED = ask_for(**TERMS)
FIRST, REPLIED = post(1, (1, 210, {1})), post(2, (2, 60), to=BEN)


def answered(who):
    return ReplyTarget(who, NAMES[who], is_self=who == ANA, is_staff=who == INES) if who else None


def told(written, words, *, to=0, on=2.5, cites=(), move=None, asked=ASKED):
    version = VersionFacts(day(on), words, frozenset(cites))
    hypothetical = hypothetical_post(written, version, move=move, answered=answered(to))
    return forecast(asked, written, hypothetical, day(on), UTC)


def readings(said, *, gained):
    """The labels of the readings that the post would be the first to cite, or that would still be missing."""
    notes = [note for note in said.notes if note.is_gain is gained and "readings" in note.words.values]
    return notes[0].words.values["readings"] if notes else ()


def move(said, *, gained):
    """The move that the post would be the first to make, or that would still be missing."""
    notes = [note for note in said.notes if note.is_gain is gained and "one" in note.words.values]
    return Move(notes[0].key) if notes else None


# posts there, words, to whom, on which day | what it is now, what it can be, as which reply, words short, late
CASES = {
    "an empty first post": ([], 0, 0, 1, Reasons.TOO_SHORT, Reasons.FIRST_POST, 0, 200, False),
    "a first post of enough words": ([], 200, 0, 1, Reasons.FIRST_POST, Reasons.FIRST_POST, 0, 0, False),
    "a late first post": ([], 200, 0, 4, Reasons.FIRST_POST, Reasons.FIRST_POST, 0, 0, True),
    "a late first post that is too short": (
        [],
        150,
        0,
        4,
        Reasons.TOO_SHORT,
        Reasons.FIRST_POST,
        0,
        50,
        True,
    ),
    "another first post": ([FIRST], 300, 0, 2, Reasons.BEYOND, Reasons.BEYOND, 0, 0, False),
    "a reply to a new person": ([FIRST, REPLIED], 16, CHI, 3, Reasons.TOO_SHORT, Reasons.REPLY, 2, 34, False),
    "a reply that counts": ([FIRST, REPLIED], 50, CHI, 3, Reasons.REPLY, Reasons.REPLY, 2, 0, False),
    "a late reply": ([FIRST, REPLIED], 50, CHI, 6.1, Reasons.REPLY, Reasons.REPLY, 2, 0, True),
    "the same person": ([FIRST, REPLIED], 50, BEN, 3, Reasons.SAME_PERSON, Reasons.SAME_PERSON, 0, 0, False),
    "the same person, too short": (
        [FIRST, REPLIED],
        5,
        BEN,
        3,
        Reasons.TOO_SHORT,
        Reasons.SAME_PERSON,
        0,
        45,
        False,
    ),
    "oneself": ([FIRST], 50, ANA, 2, Reasons.TO_SELF, Reasons.TO_SELF, 0, 0, False),
    "an instructor": ([FIRST], 5, INES, 2, Reasons.TO_STAFF, Reasons.TO_STAFF, 0, 0, False),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_how_it_would_count(case):
    written, words, to, on, now_is, can_be, nth, short, late = case
    said = told(written, words, to=to, on=on)
    assert (said.verdict.reason, said.best.reason) == (now_is, can_be)
    assert (said.best.number if can_be is Reasons.REPLY else 0) == nth
    assert (said.short, said.is_late) == (short, late)
    assert said.due == (day(6) if to else day(3))
    assert said.answered == NAMES.get(to, "")


def test_what_is_still_to_be_cited():
    said = told([FIRST], 9, to=BEN)
    assert (readings(said, gained=False), readings(said, gained=True)) == ((ZALEZNIK.label,), ())
    said = told([FIRST], 9, to=BEN, cites={2})
    assert (readings(said, gained=False), readings(said, gained=True)) == ((), (ZALEZNIK.label,))
    said = told([], 9, cites={1})
    assert (readings(said, gained=False), readings(said, gained=True)) == ((ZALEZNIK.label,), (KOTTER.label,))


def test_the_kind_of_reply_that_is_asked_for():
    asked = ask_for(**TERMS, move=Move.COUNTER)
    assert move(told([], 9, asked=asked), gained=False) is None  # a first post is none
    short, plain = told([FIRST], 9, to=BEN, move=Move.COUNTER, asked=asked), told([FIRST], 60, to=BEN, asked=asked)
    assert (
        (move(short, gained=False), move(short, gained=True))
        == (move(plain, gained=False), move(plain, gained=True))
        == (Move.COUNTER, None)
    )
    made = told([FIRST], 60, to=BEN, move=Move.COUNTER, asked=asked)
    assert (move(made, gained=False), move(made, gained=True)) == (None, Move.COUNTER)
    again = told([FIRST, REPLIED._replace(move=Move.COUNTER)], 60, to=CHI, move=Move.COUNTER, asked=asked)
    assert (move(again, gained=False), move(again, gained=True)) == (None, None)


def test_nothing_is_said_where_nothing_is_asked_for():
    assert told([], 9, asked=ask_for()) is None
    assert told([FIRST], 9, to=BEN, asked=ask_for(first_post_words=5)) is None
    assert told([], 9, asked=ask_for(replies=2)) is None


def test_a_word_more_is_nothing_new_to_say():
    keys = [told([FIRST, REPLIED], words, to=CHI).key for words in (0, 16, 49, 50, 51)]
    assert keys[0] == keys[1] == keys[2] != keys[3] == keys[4]


def test_an_edit_is_told_as_what_the_post_becomes():
    short = post(1, (1, 20))
    longer = hypothetical_edit(short, VersionFacts(day(2), 210, frozenset()), move=None)
    said = forecast(ASKED, [short], longer, day(2), UTC)
    assert (said.verdict.reason, said.verdict.late) == (Reasons.FIRST_POST, False)
    shorter = hypothetical_edit(FIRST, VersionFacts(day(2), 150, frozenset()), move=None)
    assert forecast(ASKED, [FIRST], shorter, day(2), UTC).short == 50


people = st.none() | st.sampled_from([1, 2, 3, 4, 9])
written = st.integers(0, 6).flatmap(lambda size: st.tuples(*(facts(number) for number in range(1, size + 1))).map(list))


versions = st.builds(VersionFacts, at=hours, words=st.integers(0, 60), reading_ids=st.frozensets(st.integers(1, 2)))


@given(requirements, written, people, versions)
def test_it_says_what_the_count_says_once_it_is_posted(asked, there, to, version):
    """The real post has another number and an address; both come after all others."""
    who = ReplyTarget(to, "", is_self=to == 1, is_staff=to == 9) if to else None
    hypothetical = hypothetical_post(there, version, move=None, answered=who)
    said, now = forecast(asked, there, hypothetical, version.at, UTC), version.at
    real = hypothetical._replace(id=hypothetical.id + 5, address="7.1")
    after = evaluate(asked, [*there, real], now)
    if said is not None:
        assert said.verdict == after.posts[real.id]
        unmet = [verdict.reading for verdict in after.requirements if verdict.reading and not verdict.is_met]
        assert list(readings(said, gained=False)) == [reading.label for reading in unmet]
        assert said.short == max(0, said.short)
        if said.best.counts:
            want = (asked.of_reply if to else asked.of_first_post).words
            longer = real._replace(versions=(version._replace(words=max(version.words, want)),))
            assert evaluate(asked, [*there, longer], now).posts[real.id] == said.best


@given(requirements, written, st.data(), st.integers(0, 60), hours)
def test_it_says_what_the_count_says_once_an_edit_is_saved(asked, there, data, words, later):
    standing = [fact for fact in there if not fact.deleted]
    if not standing:
        return
    edited = data.draw(st.sampled_from(standing))
    now = max(edited.versions[-1].at, later) + timedelta(minutes=1)
    changed = hypothetical_edit(edited, VersionFacts(now, words, frozenset()), move=None)
    said = forecast(asked, there, changed, now, UTC)
    after = evaluate(asked, [changed if fact.id == edited.id else fact for fact in there], now)
    if said is not None:
        assert said.verdict == after.posts[edited.id]


def test_hypothetical_posts_come_after_all_others():
    version = VersionFacts(MONDAY, 0, frozenset())
    assert hypothetical_post([post(7, (1, 1)), FIRST], version, move=None, answered=None).id == 8
