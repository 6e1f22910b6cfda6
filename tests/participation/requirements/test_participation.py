"""The rule of participation as tables: what was written when, and how it stands at a moment."""

from datetime import datetime, timedelta

import pytest

from lti_app.discussion.posts.rules.authors import NAMELESS
from lti_app.participation.requirements.base import Standing
from lti_app.participation.requirements.evaluation import Verdicts
from lti_app.participation.requirements.facts import PostFacts, PostVerdict, VersionFacts
from tests.cast import MONDAY
from tests.factories.readings import assigned
from tests.factories.requirements import Kinds, Reasons, ask_for, evaluate

KOTTER, ZALEZNIK = assigned(1, "Kotter 1990"), assigned(2, "Zaleznik 1977")
ANA, BEN, CHI, INES = 1, 2, 3, 9
NAMES = {ANA: "Ana", BEN: "Ben", CHI: "Chi", INES: "Ines"}
SECOND = 1 / 86_400
OPEN, PARTLY, MET, MET_LATE, MISSED = (
    Standing.OPEN,
    Standing.PARTLY,
    Standing.MET,
    Standing.MET_LATE,
    Standing.MISSED,
)


def day(number: float) -> datetime:
    return MONDAY + timedelta(days=number)


def post(
    number: int,
    *versions: tuple[float, int] | tuple[float, int, set[int]],
    to: int | None = None,
    deleted: bool = False,
) -> PostFacts:
    """One of Ana's posts: its versions as (day, words) or (day, words, readings); `to` somebody, else a first post."""
    return PostFacts(
        id=number,
        address=f"{number}" if to is None else f"5.{number}",
        versions=tuple(VersionFacts(day(at), words, frozenset(*cited)) for at, words, *cited in versions),
        parent_author_id=to,
        parent_author=NAMES.get(to or 0, ""),
        answers_self=to == ANA,
        answers_staff=to == INES,
        deleted=deleted,
    )


def reasons(verdicts: Verdicts) -> dict[int, tuple[Reasons, bool]]:
    return {number: (verdict.reason, verdict.late) for number, verdict in verdicts.posts.items()}


FIRST_POST = ask_for(first_post_words=200, first_post_due=day(3))
# posts, the day of the question | standing, words, the day since when it is met, why each post counts or not (late?)
FIRST_POSTS = {
    "none yet": ([], 1, OPEN, 0, None, {}),
    "nothing at the moment it is due": ([], 3, OPEN, 0, None, {}),
    "nothing a second later": ([], 3 + SECOND, MISSED, 0, None, {}),
    "too short": ([post(1, (1, 199))], 2, PARTLY, 199, None, {1: (Reasons.TOO_SHORT, False)}),
    "too short when it is due": ([post(1, (1, 199))], 4, MISSED, 199, None, {1: (Reasons.TOO_SHORT, False)}),
    "just enough": ([post(1, (1, 200))], 2, MET, 200, 1, {1: (Reasons.FIRST_POST, False)}),
    "at the moment it is due": ([post(1, (3, 200))], 4, MET, 200, 3, {1: (Reasons.FIRST_POST, False)}),
    "a second late": (
        [post(1, (3 + SECOND, 200))],
        4,
        MET_LATE,
        200,
        3 + SECOND,
        {1: (Reasons.FIRST_POST, True)},
    ),
    "a placeholder filled in time": (
        [post(1, (1, 2), (2, 250))],
        4,
        MET,
        250,
        2,
        {1: (Reasons.FIRST_POST, False)},
    ),
    "a placeholder filled late": (
        [post(1, (1, 2), (4, 250))],
        5,
        MET_LATE,
        250,
        4,
        {1: (Reasons.FIRST_POST, True)},
    ),
    "a late correction of what was long enough": (
        [post(1, (1, 220), (5, 230))],
        6,
        MET,
        230,
        1,
        {1: (Reasons.FIRST_POST, False)},
    ),
    "words lost by an edit": ([post(1, (1, 250), (2, 90))], 2, PARTLY, 90, None, {1: (Reasons.TOO_SHORT, False)}),
    "words lost and won back late": (
        [post(1, (1, 250), (2, 90), (4, 260))],
        5,
        MET_LATE,
        260,
        4,
        {1: (Reasons.FIRST_POST, True)},
    ),
    "deleted": ([post(1, (1, 250), deleted=True)], 2, OPEN, 0, None, {1: (Reasons.DELETED, False)}),
    "deleted, another written late": (
        [post(1, (1, 250), deleted=True), post(2, (4, 210))],
        5,
        MET_LATE,
        210,
        4,
        {1: (Reasons.DELETED, False), 2: (Reasons.FIRST_POST, True)},
    ),
    "two, the short one first": (
        [post(1, (1, 20)), post(2, (2, 210))],
        5,
        MET,
        210,
        2,
        {1: (Reasons.TOO_SHORT, False), 2: (Reasons.FIRST_POST, False)},
    ),
    "two long enough: the earlier counts, though the later is longer": (
        [post(1, (1, 210)), post(2, (2, 900))],
        5,
        MET,
        210,
        1,
        {1: (Reasons.FIRST_POST, False), 2: (Reasons.BEYOND, False)},
    ),
    "two too short: the longer one is shown": (
        [post(1, (1, 20)), post(2, (2, 80))],
        2,
        PARTLY,
        80,
        None,
        {1: (Reasons.TOO_SHORT, False), 2: (Reasons.TOO_SHORT, False)},
    ),
    "the later post was long enough earlier": (
        [post(1, (1, 20), (5, 210)), post(2, (2, 205))],
        6,
        MET,
        205,
        2,
        {1: (Reasons.BEYOND, False), 2: (Reasons.FIRST_POST, False)},
    ),
    "a reply is no first post": ([post(1, (1, 300), to=BEN)], 2, OPEN, 0, None, {1: (Reasons.BEYOND, False)}),
}


@pytest.mark.parametrize("case", FIRST_POSTS.values(), ids=FIRST_POSTS)
def test_first_post(case):
    posts, asked_on, standing, words, since, why = case
    verdicts = evaluate(FIRST_POST, posts, day(asked_on))
    (verdict,) = verdicts.requirements
    assert (verdict.kind, verdict.standing, verdict.have, verdict.want) == (
        Kinds.FIRST_POST,
        standing,
        words,
        200,
    )
    assert verdict.met_at == (None if since is None else day(since))
    assert verdict.late == (standing is MET_LATE)
    assert reasons(verdicts) == why


REPLIES = ask_for(replies=2, reply_words=50, replies_due=day(6))
REPLY_CASES = {
    "none yet": ([], 1, OPEN, [], None, {}),
    "one of two": ([post(1, (1, 60), to=BEN)], 2, PARTLY, [1], None, {1: (Reasons.REPLY, False)}),
    "one of two when they are due": (
        [post(1, (1, 60), to=BEN)],
        7,
        MISSED,
        [1],
        None,
        {1: (Reasons.REPLY, False)},
    ),
    "two people": (
        [post(1, (1, 50), to=BEN), post(2, (6, 50), to=CHI)],
        7,
        MET,
        [1, 2],
        6,
        {1: (Reasons.REPLY, False), 2: (Reasons.REPLY, False)},
    ),
    "the second one late": (
        [post(1, (1, 50), to=BEN), post(2, (6 + SECOND, 50), to=CHI)],
        7,
        MET_LATE,
        [1, 2],
        6 + SECOND,
        {1: (Reasons.REPLY, False), 2: (Reasons.REPLY, True)},
    ),
    "the same person twice": (
        [post(1, (1, 50), to=BEN), post(2, (2, 50), to=BEN)],
        3,
        PARTLY,
        [1],
        None,
        {1: (Reasons.REPLY, False), 2: (Reasons.SAME_PERSON, False)},
    ),
    "the first to that person is too short, the second counts": (
        [post(1, (1, 9), to=BEN), post(2, (2, 50), to=BEN)],
        3,
        PARTLY,
        [2],
        None,
        {1: (Reasons.TOO_SHORT, False), 2: (Reasons.REPLY, False)},
    ),
    "to oneself": ([post(1, (1, 50), to=ANA)], 2, OPEN, [], None, {1: (Reasons.TO_SELF, False)}),
    "to staff": ([post(1, (1, 50), to=INES)], 2, OPEN, [], None, {1: (Reasons.TO_STAFF, False)}),
    "to nobody knows whom": (
        [post(1, (1, 50), to=NAMELESS), post(2, (1, 9), to=NAMELESS), post(3, (2, 50), to=BEN)],
        3,
        PARTLY,
        [3],
        None,
        {1: (Reasons.TO_NAMELESS, False), 2: (Reasons.TO_NAMELESS, False), 3: (Reasons.REPLY, False)},
    ),
    "short and to oneself: length would not help": (
        [post(1, (1, 5), to=ANA)],
        2,
        OPEN,
        [],
        None,
        {1: (Reasons.TO_SELF, False)},
    ),
    "too short": ([post(1, (1, 49), to=BEN)], 2, OPEN, [], None, {1: (Reasons.TOO_SHORT, False)}),
    "more than required": (
        [post(1, (1, 50), to=BEN), post(2, (2, 50), to=CHI), post(3, (7, 50), to=4)],
        8,
        MET,
        [1, 2],
        2,
        {1: (Reasons.REPLY, False), 2: (Reasons.REPLY, False), 3: (Reasons.BEYOND, False)},
    ),
    "a late one takes the place of a deleted one": (
        [post(1, (1, 50), to=BEN), post(2, (2, 50), to=CHI, deleted=True), post(3, (7, 50), to=4)],
        8,
        MET_LATE,
        [1, 3],
        7,
        {1: (Reasons.REPLY, False), 2: (Reasons.DELETED, False), 3: (Reasons.REPLY, True)},
    ),
    "a placeholder filled after the others": (
        [post(1, (1, 5), (5, 50), to=BEN), post(2, (2, 50), to=CHI)],
        8,
        MET,
        [2, 1],
        5,
        {1: (Reasons.REPLY, False), 2: (Reasons.REPLY, False)},
    ),
    "words lost by an edit": (
        [post(1, (1, 50), to=BEN), post(2, (2, 50), (3, 10), to=CHI)],
        4,
        PARTLY,
        [1],
        None,
        {1: (Reasons.REPLY, False), 2: (Reasons.TOO_SHORT, False)},
    ),
    "a first post is no reply": ([post(1, (1, 300))], 2, OPEN, [], None, {1: (Reasons.FIRST_POST, False)}),
}


@pytest.mark.parametrize("case", REPLY_CASES.values(), ids=REPLY_CASES)
def test_replies(case):
    posts, asked_on, standing, counted, since, why = case
    verdicts = evaluate(REPLIES, posts, day(asked_on))
    (verdict,) = verdicts.requirements
    assert (verdict.kind, verdict.standing, verdict.have, verdict.want) == (
        Kinds.REPLIES,
        standing,
        len(counted),
        2,
    )
    assert verdict.addresses == tuple(f"5.{number}" for number in counted)
    assert verdict.met_at == (None if since is None else day(since))
    assert reasons(verdicts) == why


READING = ask_for(first_post_due=day(3), replies_due=day(6), readings=(KOTTER,))
READING_CASES = {
    "not cited": ([post(1, (1, 9))], 2, OPEN, (), None),
    "not cited when it is due": ([post(1, (1, 9))], 7, MISSED, (), None),
    "cited in a first post": ([post(1, (1, 9, {1}))], 2, MET, ("1",), 1),
    "another reading cited": ([post(1, (1, 9, {2}))], 2, OPEN, (), None),
    "cited in a reply": ([post(1, (5, 9, {1, 2}), to=BEN)], 6, MET, ("5.1",), 5),
    "cited in a reply to oneself": ([post(1, (5, 9, {1}), to=ANA)], 6, MET, ("5.1",), 5),
    "cited at the moment it is due": ([post(1, (6, 9, {1}))], 7, MET, ("1",), 6),
    "cited late": ([post(1, (6 + SECOND, 9, {1}))], 7, MET_LATE, ("1",), 6 + SECOND),
    "added by an edit": ([post(1, (1, 9), (2, 9, {1}))], 3, MET, ("1",), 2),
    "removed by an edit": ([post(1, (1, 9, {1}), (2, 9))], 3, OPEN, (), None),
    "removed and put back late": ([post(1, (1, 9, {1}), (2, 9), (7, 9, {1}))], 8, MET_LATE, ("1",), 7),
    "kept through an edit": ([post(1, (1, 9, {1}), (7, 19, {1, 2}))], 8, MET, ("1",), 1),
    "cited in a deleted post": ([post(1, (1, 9, {1}), deleted=True)], 2, OPEN, (), None),
    "cited twice": ([post(1, (2, 9, {1})), post(2, (1, 9, {1}), to=BEN)], 3, MET, ("5.2", "1"), 1),
}


@pytest.mark.parametrize(
    ("posts", "asked_on", "standing", "addresses", "since"), READING_CASES.values(), ids=READING_CASES
)
def test_required_reading(posts, asked_on, standing, addresses, since):
    verdict = evaluate(READING, posts, day(asked_on)).requirements[-1]
    assert (verdict.kind, verdict.reading, verdict.due) == (Kinds.READING, KOTTER, day(6))
    assert (verdict.standing, verdict.have, verdict.addresses) == (standing, int(bool(addresses)), addresses)
    assert verdict.met_at == (None if since is None else day(since))


def test_a_reading_is_due_with_the_first_post_where_no_date_for_replies_is_set():
    asked = ask_for(first_post_due=day(3), readings=(KOTTER,))
    assert evaluate(asked, [], day(4)).requirements[-1].standing is MISSED


def test_a_reading_without_any_date_is_never_missed():
    asked = ask_for(readings=(KOTTER,))
    (verdict,) = evaluate(asked, [], day(400)).requirements
    assert (verdict.standing, verdict.due) == (OPEN, None)


def test_nothing_asked_for_is_nothing_to_judge():
    verdicts = evaluate(ask_for(), [post(1, (1, 9)), post(2, (1, 0), to=BEN)], day(2))
    assert verdicts.requirements == ()
    assert verdicts.all_met
    assert not verdicts.any_late
    assert verdicts.completed_at is None
    assert reasons(verdicts) == {1: (Reasons.FIRST_POST, False), 2: (Reasons.BEYOND, False)}


def test_a_date_alone_asks_for_a_first_post_of_any_length():
    asked = ask_for(first_post_due=day(3))
    assert [v.standing for v in evaluate(asked, [], day(1)).requirements] == [OPEN]
    assert [v.standing for v in evaluate(asked, [post(1, (1, 0))], day(1)).requirements] == [MET]


def test_the_whole_answer_is_complete_when_the_last_requirement_is_met():
    asked = ask_for(
        first_post_words=200,
        first_post_due=day(3),
        replies=2,
        reply_words=50,
        replies_due=day(6),
        readings=(KOTTER, ZALEZNIK),
    )
    posts = [post(1, (1, 250, {1})), post(2, (2, 60), to=BEN), post(3, (5, 60, {2}), to=CHI)]
    done = evaluate(asked, posts, day(6))
    assert [verdict.standing for verdict in done.requirements] == [MET, MET, MET, MET]
    assert (done.all_met, done.any_late, done.completed_at) == (True, False, day(5))
    undone = evaluate(asked, posts[:2], day(6))
    assert (undone.all_met, undone.completed_at) == (False, None)


def test_what_a_post_needs_is_told_in_numbers():
    verdicts = evaluate(REPLIES, [post(1, (1, 50), to=BEN), post(2, (2, 30), to=CHI)], day(3))
    assert verdicts.posts[1] == PostVerdict(Reasons.REPLY, counts=True, due=day(6), number=1, of=2)
    assert verdicts.posts[2] == PostVerdict(Reasons.TOO_SHORT, counts=False, number=20)
    assert verdicts.requirements[0].people == ("Ben",)
