"""Unanswered posts: which they are, who has reserved them, and for how long."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from lti_app.core.errors import NotFound
from lti_app.discussion.answers.actions import claim_answer, release_answer
from lti_app.discussion.answers.models import AnswerClaim
from lti_app.discussion.answers.queries import list_unanswered
from lti_app.discussion.discussions.rules import Anonymity
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.errors import PostFirst
from lti_app.discussion.threads.queries import get_overview
from tests.factories.discussions import set_up
from tests.factories.posts import write
from tests.races import at_once
from tests.statements import count_statements


@pytest.fixture
def discussion(session, cast, clock):
    return set_up(session, cast.ines, clock(), post_first=False)


@pytest.fixture
def unanswered(session, cast, discussion, clock):
    """Who waits, by address, as somebody sees it, with who is at it."""

    def unanswered(actor=cast.chi):
        listed = list_unanswered(session, actor, discussion, now=clock())
        return {one.address: (one.author, one.reserved_by, one.reserved_until) for one in listed}

    return unanswered


def counted(session, cast, discussion):
    activity = get_overview(session, cast.ines, discussion).activity
    return activity.answered, activity.asking


def test_a_first_post_waits_until_another_student_answers(session, cast, discussion, clock, unanswered):
    first = write(session, cast.ana, discussion, now=clock())
    write(session, cast.ines, discussion, now=clock())
    assert unanswered() == {"1": ("Ana Brandt", None, None)}
    assert counted(session, cast, discussion) == (0, 1)
    write(session, cast.ana, discussion, to=first, now=clock())
    teacher = write(session, cast.ines, discussion, to=first, now=clock())
    write(session, cast.ben, discussion, to=teacher, now=clock())
    assert unanswered() == {"1": ("Ana Brandt", None, None)}
    answer = write(session, cast.ben, discussion, to=first, now=clock())
    assert unanswered() == {}
    assert counted(session, cast, discussion) == (1, 1)
    delete_post(session, cast.ben, discussion, answer.id, now=clock())
    assert list(unanswered()) == ["1"]
    delete_post(session, cast.ana, discussion, first.id, now=clock())
    assert unanswered() == {}
    assert counted(session, cast, discussion) == (0, 0)


def test_ones_own_post_waits_for_others(session, cast, discussion, clock, unanswered):
    write(session, cast.chi, discussion, now=clock())
    assert unanswered() == {}
    assert list(unanswered(cast.ben)) == ["1"]


def test_nothing_is_listed_for_those_who_may_not_read_the_posts(session, cast, clock):
    discussion = set_up(session, cast.ines, clock(), post_first=True)
    write(session, cast.ana, discussion, now=clock())

    def listed(actor):
        return [one.address for one in list_unanswered(session, actor, discussion, now=clock())]

    assert (listed(cast.ben), listed(cast.olga), listed(cast.ines)) == ([], [], ["1"])
    write(session, cast.ben, discussion, now=clock())
    assert listed(cast.ben) == ["1"]


def test_a_claim_is_told_to_others_for_half_an_hour(session, cast, discussion, clock, unanswered):
    first = write(session, cast.ana, discussion, now=clock())
    claim_answer(session, cast.ben, discussion, first.id, now=clock())
    until = clock() + timedelta(minutes=30)
    assert unanswered() == {"1": ("Ana Brandt", "Ben Carter", None)}
    assert unanswered(cast.ben) == {"1": ("Ana Brandt", None, until)}
    clock.move(minutes=29, seconds=59)
    assert unanswered()["1"][1] == "Ben Carter"
    clock.move(seconds=1)
    assert unanswered()["1"][1] is None


def test_a_claim_holds_nobody_off_and_is_renewed(session, cast, discussion, clock, unanswered):
    first = write(session, cast.ana, discussion, now=clock())
    claim_answer(session, cast.ben, discussion, first.id, now=clock())
    claim_answer(session, cast.chi, discussion, first.id, now=clock.move(minutes=20))
    assert unanswered()["1"][1] == "Ben Carter"
    assert unanswered(cast.ben)["1"][1] == "Chi Nguyen"
    claim_answer(session, cast.ben, discussion, first.id, now=clock.move(minutes=20))
    assert unanswered()["1"][1] == "Ben Carter"
    assert session.scalar(select(func.count()).select_from(AnswerClaim)) == 2


def test_a_claim_can_be_given_back(session, cast, discussion, clock, unanswered):
    first = write(session, cast.ana, discussion, now=clock())
    claim_answer(session, cast.ben, discussion, first.id, now=clock())
    release_answer(session, cast.chi, first.id)
    assert unanswered()["1"][1] == "Ben Carter"
    release_answer(session, cast.ben, first.id)
    assert unanswered()["1"][1] is None
    release_answer(session, cast.ben, first.id)


def test_those_whom_nobody_is_at_come_first_then_the_oldest(session, cast, discussion, clock, unanswered):
    posts = [write(session, author, discussion, now=clock()) for author in (cast.ana, cast.ben, cast.ana, cast.ben)]
    claim_answer(session, cast.ines, discussion, posts[0].id, now=clock())
    assert list(unanswered()) == ["2", "3", "4", "1"]
    claim_answer(session, cast.chi, discussion, posts[2].id, now=clock())
    assert list(unanswered()) == ["3", "2", "4", "1"]
    listed = list_unanswered(session, cast.chi, discussion, first_id=posts[3].id, most=2, now=clock())
    assert [one.address for one in listed] == ["4", "3"]


def test_where_names_are_hidden_a_claim_names_nobody(session, cast, clock):
    hidden = set_up(session, cast.ines, clock(), post_first=False, anonymity=Anonymity.PEERS)
    first = write(session, cast.ana, hidden, now=clock())
    claim_answer(session, cast.ben, hidden, first.id, now=clock())
    (seen,) = list_unanswered(session, cast.chi, hidden, now=clock())
    assert seen.reserved_by == ""
    assert "Ana" not in seen.author
    (seen,) = list_unanswered(session, cast.ines, hidden, now=clock())
    assert (seen.author, seen.reserved_by) == ("Ana Brandt", "Ben Carter")


def test_only_who_may_answer_can_claim(session, cast, clock):
    gated = set_up(session, cast.ines, clock(), post_first=True)
    first = write(session, cast.ana, gated, now=clock())
    for who in (cast.ben, cast.olga):
        with pytest.raises((NotFound, PostFirst)):
            claim_answer(session, who, gated, first.id, now=clock())
    assert session.scalar(select(func.count()).select_from(AnswerClaim)) == 0


def test_many_claims_at_once(database, session, cast, discussion, clock):
    first = write(session, cast.ana, discussion, now=clock())
    session.commit()

    def claim(who):
        with database.writing() as own:
            claim_answer(own, who, discussion, first.id, now=clock())

    assert at_once([partial(claim, who) for who in (cast.ben, cast.chi) * 3]) == [None] * 6
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(AnswerClaim)) == 2


def test_the_list_is_one_statement_whatever_waits(database, session, cast, discussion, clock):
    counts = []
    for _ in range(2):
        for author in cast.students:
            claim_answer(
                session, cast.ines, discussion, write(session, author, discussion, now=clock()).id, now=clock()
            )
        with count_statements(database.engine) as sent:
            list_unanswered(session, cast.ana, discussion, now=clock())
        counts.append(len(sent))
    assert counts == [1, 1]
