"""Advice on a reply: when it comes, and that it stays away otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.participation.forecast.rules import Hint, ReplyTarget, ThreadFacts, hints_before, only_agrees
from tests.participation.requirements.test_participation import ANA, BEN, CHI, INES, post
from tests.participation.requirements.test_participation_properties import posts

QUIET = ThreadFacts(posts=3, own_posts=1, parent_text="")
FILLERS = {"agree", "great", "point", "completely", "you", "with"}
ABOVE = "Kotter says that leaders cope with change, and managers with complexity."


def to(who):
    return ReplyTarget(who, "", is_self=who == ANA, is_staff=who == INES)


ROWS = {
    "the third to one person": ([post(1, (1, 9), to=BEN), post(2, (2, 9), to=BEN)], BEN, True),
    "the second": ([post(1, (1, 9), to=BEN)], BEN, False),
    "somebody else between": (
        [post(1, (1, 9), to=BEN), post(2, (2, 9), to=CHI), post(3, (3, 9), to=BEN)],
        BEN,
        False,
    ),
    "two to another": ([post(1, (1, 9), to=CHI), post(2, (2, 9), to=CHI)], BEN, False),
    "a first post between makes no difference": (
        [post(1, (1, 9), to=BEN), post(2, (2, 9)), post(3, (3, 9), to=BEN)],
        BEN,
        True,
    ),
    "one of them deleted": ([post(1, (1, 9), to=BEN), post(2, (2, 9), to=BEN, deleted=True)], BEN, False),
    "to oneself": ([post(1, (1, 9), to=ANA), post(2, (2, 9), to=ANA)], ANA, False),
    "to an instructor": ([post(1, (1, 9), to=INES), post(2, (2, 9), to=INES)], INES, False),
}


@pytest.mark.parametrize("case", ROWS.values(), ids=ROWS)
def test_in_a_row(case):
    written, who, told = case
    assert hints_before(QUIET, written, to(who)) == ((Hint.IN_A_ROW,) if told else ())


@pytest.mark.parametrize(
    ("size", "own", "told"), [(3, 3, False), (4, 2, False), (4, 3, True), (10, 5, False), (10, 6, True)]
)
def test_most_of_the_thread(size, own, told):
    thread = ThreadFacts(posts=size, own_posts=own, parent_text="")
    assert hints_before(thread, [], to(BEN)) == ((Hint.MOSTLY_OWN,) if told else ())


AGREEING = {
    "I agree completely, great point": True,
    "Kotter says that leaders cope with change. I agree with you": True,
    "I agree. At the clinic Bernadette hung her chart in the corridor": False,
    "I agree, but does he?": False,
    "Great point؟": False,
    "> Zaleznik hangs charts in corridors\n\nI agree": True,
    "Agree. > this is no quotation but words about corridors and charts": False,
    "": False,
    "> only a quotation": False,
    "👍": False,
    "完全同意您的观点但是我认为领导者还需要处理组织内部的复杂关系才能真正推动变革": False,
}


@pytest.mark.parametrize(("text", "told"), AGREEING.items(), ids=AGREEING)
def test_only_agrees(text, told):
    assert only_agrees(text, ABOVE, cites=False, fillers=FILLERS) is told


def test_a_citation_is_a_contribution():
    assert not only_agrees("I agree completely [Kotter 1990, p. 104]", ABOVE, cites=True, fillers=FILLERS)


words = st.lists(st.sampled_from(["agree", "great", "leaders", "change", "ward", "nurse", "chart", "beds"]), max_size=6)


@given(words, words)
def test_who_says_more_never_says_less(said, more):
    before, after = " ".join(said), " ".join([*said, *more])
    if said and not only_agrees(before, ABOVE, cites=False, fillers=FILLERS):
        assert not only_agrees(after, ABOVE, cites=False, fillers=FILLERS)


@given(posts, st.sampled_from([ANA, BEN, CHI, INES]), st.integers(0, 9), st.integers(0, 9))
def test_advice_is_no_part_of_any_count(written, who, size, own):
    """It has but the thread to go by, and comes out the same whatever the order of posts."""
    thread = ThreadFacts(max(size, own), own, "")
    assert hints_before(thread, written, to(who)) == hints_before(thread, list(reversed(written)), to(who))
