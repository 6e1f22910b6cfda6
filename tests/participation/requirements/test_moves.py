"""A reply of a kind as a requirement: what was written when, and how it stands at a moment."""

import pytest

from lti_app.discussion.discussions.rules import Move
from tests.factories.requirements import Kinds, ask_for, evaluate
from tests.participation.requirements.test_participation import (
    BEN,
    CHI,
    INES,
    MET,
    MET_LATE,
    MISSED,
    OPEN,
    SECOND,
    day,
    post,
)

ANA = 1
TERMS = {"reply_words": 50, "replies_due": day(6), "move": Move.COUNTER}
COUNTER = ask_for(**TERMS)


def reply(number, *versions, to=BEN, move=Move.COUNTER, deleted=False):
    return post(number, *versions, to=to, deleted=deleted)._replace(move=move)


# posts, the day of the question | standing, the posts it was counted from, the day since when it is met
CASES = {
    "none yet": ([], 1, OPEN, (), None),
    "nothing at the moment it is due": ([], 6, OPEN, (), None),
    "nothing a second later": ([], 6 + SECOND, MISSED, (), None),
    "made": ([reply(1, (2, 50))], 3, MET, ("5.1",), 2),
    "made at the moment it is due": ([reply(1, (6, 50))], 7, MET, ("5.1",), 6),
    "made late": ([reply(1, (6 + SECOND, 50))], 7, MET_LATE, ("5.1",), 6 + SECOND),
    "another move": ([reply(1, (2, 50), move=Move.EXTEND)], 3, OPEN, (), None),
    "no move named": ([reply(1, (2, 50), move=None)], 3, OPEN, (), None),
    "too short": ([reply(1, (2, 49))], 3, OPEN, (), None),
    "filled in later": ([reply(1, (2, 9), (4, 60))], 5, MET, ("5.1",), 4),
    "deleted": ([reply(1, (2, 50), deleted=True)], 3, OPEN, (), None),
    "to oneself": ([reply(1, (2, 50), to=ANA)], 3, OPEN, (), None),
    "to staff": ([reply(1, (2, 50), to=INES)], 3, OPEN, (), None),
    "to somebody answered before": (
        [reply(1, (1, 50), move=None), reply(2, (2, 50))],
        3,
        MET,
        ("5.2",),
        2,
    ),
    "made twice: the earlier counts": ([reply(1, (3, 50)), reply(2, (2, 50), to=CHI)], 4, MET, ("5.2", "5.1"), 2),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_reply_of_a_kind(case):
    posts, asked_on, standing, addresses, since = case
    (verdict,) = evaluate(COUNTER, posts, day(asked_on)).requirements
    assert (verdict.kind, verdict.requirement.move, verdict.standing, verdict.want) == (
        Kinds.MOVE,
        Move.COUNTER,
        standing,
        1,
    )
    assert (verdict.addresses, verdict.have) == (addresses, int(bool(addresses)))
    assert verdict.met_at == (None if since is None else day(since))
    assert verdict.late == (standing is MET_LATE)


def test_it_stands_between_the_replies_and_the_readings():
    asked = ask_for(**TERMS, first_post_words=9, replies=1)
    assert [v.kind for v in evaluate(asked, [], day(1)).requirements] == [
        Kinds.FIRST_POST,
        Kinds.REPLIES,
        Kinds.MOVE,
    ]


def test_one_reply_can_be_both():
    asked = ask_for(**TERMS, replies=1)
    assert evaluate(asked, [reply(1, (2, 50))], day(3)).all_met
