"""The kinds of requirement that count things, as a table: what was done when, and how it stands on the eighth day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lti_app.discussion.discussions.rules import Calendar, Move
from lti_app.discussion.posts.rules.authors import NAMELESS
from lti_app.participation.requirements.facts import ActivityFacts
from tests.factories.requirements import Reasons, ask, evaluate
from tests.participation.requirements.test_participation import (
    ANA,
    BEN,
    CHI,
    INES,
    KOTTER,
    MET,
    MET_LATE,
    MISSED,
    OPEN,
    PARTLY,
    SECOND,
    ZALEZNIK,
    day,
    post,
)

WEEK = Calendar(first_post_due=day(3), replies_due=day(6))
BACKGROUND = replace(ZALEZNIK, required=False)


def reply(number, at=1.0, words=50, *, to=BEN, thread=90, move=None, **changes):
    return post(number, (at, words), to=to)._replace(thread_id=thread, move=move, **changes)


def did(**done):
    return ActivityFacts(ANA, **done)


THREADS = ask(calendar=WEEK, threads_wanted=2, reply_words=20)
TYPES = ask(calendar=WEEK, types_wanted=2, reply_words=20)
QUESTIONS = ask(calendar=WEEK, questions_wanted=2, reply_words=20)
IN_Q_AND_A = ask(calendar=WEEK, questions_wanted=2, reply_words=20, first_post_words=100, is_q_and_a=True)
PASSAGES = ask(calendar=WEEK, passages_wanted=2)
LIKES = ask(calendar=WEEK, likes_wanted=2)
READ_REQUIRED = ask(calendar=WEEK, reading_wanted="required", readings=(KOTTER, BACKGROUND))
READ_ALL = ask(calendar=WEEK, reading_wanted="all", readings=(KOTTER, BACKGROUND))
ONCE = ask(calendar=WEEK, position_wanted="once", has_poll=True)
TWICE = ask(calendar=WEEK, position_wanted="twice", has_poll=True)
THREE_POSTS = ask(calendar=WEEK, first_posts_wanted=3, first_post_words=100)
CITING = post(1, (1, 50, {1}))._replace(id=1)
TWO_PLACES = frozenset({(1, "104", ""), (1, "", "3")})

# requirements, posts, what else was done, the day of the question | standing, how many, since which day
CASES = {
    "threads: none": (THREADS, [], did(), 2, OPEN, 0, None),
    "threads: one": (THREADS, [reply(1)], did(), 2, PARTLY, 1, None),
    "threads: two replies in one": (THREADS, [reply(1), reply(2, to=CHI)], did(), 2, PARTLY, 1, None),
    "threads: two": (THREADS, [reply(1), reply(2, 2, thread=91)], did(), 3, MET, 2, 2),
    "threads: own ones do not count": (
        THREADS,
        [post(5, (1, 50)), reply(1, thread=5), reply(2, thread=91)],
        did(),
        3,
        PARTLY,
        1,
        None,
    ),
    "threads: nor do deleted own ones": (
        THREADS,
        [post(5, (1, 50), deleted=True), reply(1, thread=5)],
        did(),
        3,
        OPEN,
        0,
        None,
    ),
    "threads: to staff": (THREADS, [reply(1, to=INES), reply(2, thread=91)], did(), 3, PARTLY, 1, None),
    "threads: too short": (THREADS, [reply(1, words=19), reply(2, thread=91)], did(), 3, PARTLY, 1, None),
    "threads: to an imported post": (
        THREADS,
        [reply(1, to=NAMELESS), reply(2, 2, thread=91)],
        did(),
        3,
        MET,
        2,
        2,
    ),
    "threads: late": (THREADS, [reply(1), reply(2, 6 + SECOND, thread=91)], did(), 7, MET_LATE, 2, 6 + SECOND),
    "threads: hidden": (THREADS, [reply(1, aside=Reasons.HIDDEN)], did(), 7, MISSED, 0, None),
    "threads: more than wanted": (THREADS, [reply(n, n, thread=90 + n) for n in (1, 2, 3)], did(), 7, MET, 2, 2),
    "types: the same twice": (TYPES, [reply(n, move=Move.COUNTER) for n in (1, 2)], did(), 2, PARTLY, 1, None),
    "types: two": (TYPES, [reply(1, move=Move.COUNTER), reply(2, 2, move=Move.EXAMPLE)], did(), 3, MET, 2, 2),
    "types: none named": (TYPES, [reply(1), reply(2)], did(), 2, OPEN, 0, None),
    "questions: by their type": (
        QUESTIONS,
        [reply(1, move=Move.QUESTION), reply(2, 2, move=Move.QUESTION)],
        did(),
        3,
        MET,
        2,
        2,
    ),
    "questions: to oneself": (QUESTIONS, [reply(1, to=ANA, move=Move.QUESTION)], did(), 3, OPEN, 0, None),
    "questions: a first post is none": (QUESTIONS, [post(1, (1, 500))], did(), 3, OPEN, 0, None),
    "questions: a first post in a Q&A": (
        IN_Q_AND_A,
        [post(1, (1, 100)), reply(2, 2, move=Move.QUESTION)],
        did(),
        3,
        MET,
        2,
        2,
    ),
    "questions: a short first post in a Q&A": (IN_Q_AND_A, [post(1, (1, 99))], did(), 3, OPEN, 0, None),
    "passages: two places": (PASSAGES, [CITING], did(places={1: TWO_PLACES}), 3, MET, 2, 1),
    "passages: one place twice": (
        PASSAGES,
        [CITING, CITING._replace(id=2, address="2")],
        did(places={1: frozenset({(1, "104", "")}), 2: frozenset({(1, "104", "")})}),
        3,
        PARTLY,
        1,
        None,
    ),
    "passages: since the reading is cited": (
        PASSAGES,
        [post(1, (1, 50), (2, 50, {1}), (6.5, 50, {1}))],
        did(places={1: TWO_PLACES}),
        7,
        MET,
        2,
        2,
    ),
    "passages: a deleted post": (
        PASSAGES,
        [CITING._replace(deleted=True)],
        did(places={1: TWO_PLACES}),
        3,
        OPEN,
        0,
        None,
    ),
    "likes: one": (LIKES, [], did(likes=(day(1),)), 3, PARTLY, 1, None),
    "likes: the earliest": (LIKES, [], did(likes=(day(5), day(1), day(2))), 7, MET, 2, 2),
    "likes: late": (LIKES, [], did(likes=(day(1), day(7))), 7.5, MET_LATE, 2, 7),
    "reading: the required one": (READ_REQUIRED, [], did(read_at={1: day(1)}), 2, MET, 1, 1),
    "reading: another one": (READ_REQUIRED, [], did(read_at={2: day(1)}), 2, OPEN, 0, None),
    "reading: all": (READ_ALL, [], did(read_at={1: day(1), 2: day(2)}), 3, MET, 2, 2),
    "reading: with the first post": (READ_ALL, [], did(read_at={1: day(1)}), 3 + SECOND, MISSED, 1, None),
    "position: none": (ONCE, [], did(), 1, OPEN, 0, None),
    "position: once": (ONCE, [], did(positions=(day(1), None)), 2, MET, 1, 1),
    "position: once is not twice": (TWICE, [], did(positions=(day(1), None)), 2, PARTLY, 1, None),
    "position: twice": (TWICE, [], did(positions=(day(1), day(6))), 7, MET, 2, 6),
    "first posts: two of three": (THREE_POSTS, [post(1, (1, 100)), post(2, (2, 100))], did(), 2, PARTLY, 2, None),
    "first posts: the earliest three": (
        THREE_POSTS,
        [post(1, (1, 100)), post(2, (2, 99)), post(3, (2, 100)), post(4, (2.5, 100)), post(5, (9, 100))],
        did(),
        3,
        MET,
        3,
        2.5,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_counted(name):
    asked, posts, activity, on, standing, have, since = CASES[name]
    kind = name.split(":")[0].replace("first posts", "first_post")
    (verdict,) = [each for each in evaluate(asked, posts, day(on), activity=activity).requirements if each.kind == kind]
    met_at = None if since is None else day(since)
    assert (verdict.standing, verdict.have, verdict.met_at) == (standing, have, met_at)


def test_several_first_posts_are_numbered():
    posts = [post(1, (1, 100)), post(2, (2, 100)), post(3, (2, 99)), post(4, (4, 100)), post(5, (5, 100))]
    verdicts = evaluate(THREE_POSTS, posts, day(6))
    told = {number: (each.reason, each.number, each.late) for number, each in verdicts.posts.items()}
    assert told == {
        1: (Reasons.FIRST_POSTS, 1, False),
        2: (Reasons.FIRST_POSTS, 2, False),
        3: (Reasons.TOO_SHORT, 1, False),
        4: (Reasons.FIRST_POSTS, 3, True),
        5: (Reasons.BEYOND, 0, False),
    }
    assert verdicts.requirements[0].addresses == ("1", "2", "4")


def test_what_a_discussion_does_not_have_is_not_required():
    asked = ask(calendar=WEEK, position_wanted="twice", reading_wanted="required", readings=(BACKGROUND,))
    assert [each.kind for each in asked.asked] == ["first_post"]  # by its date alone


@pytest.mark.parametrize("asked", [THREADS, TYPES, QUESTIONS, PASSAGES, LIKES, READ_ALL, ONCE, TWICE, THREE_POSTS])
@pytest.mark.parametrize("calendar", [WEEK, Calendar()])
def test_every_kind_says_what_it_wants(asked, calendar):
    verdicts = evaluate(asked, [], day(0) + timedelta(hours=1))
    for verdict in verdicts.requirements:
        requirement = replace(verdict.requirement, terms=replace(verdict.requirement.terms, calendar=calendar))
        if requirement.is_asked:
            said = (requirement.sentence, *requirement.explanation, requirement.describe(verdict), requirement.heading)
            for each in said:
                assert each.text % {"num": 0, **each.values}
                assert not each.plural or each.plural % {"num": 0, **each.values}
