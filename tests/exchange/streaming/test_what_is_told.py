"""Which activities are told, which never, and what stays out of them."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_app.course.courses.models import Course
from lti_app.discussion.discussions.rules import Anonymity, Calendar, Structure
from lti_app.discussion.moderation.actions import hold_by_rule, reply_privately
from lti_app.discussion.moderation.rules import HeldReason, ModerationAction
from lti_app.discussion.posts.models import Post
from lti_app.exchange.streaming.actions.switching import forget_told, turn_off
from lti_app.exchange.streaming.ports import Reply
from lti_app.exchange.streaming.rules.activities import KEPT, LOOK_BACK, ActivityState, StreamFormat
from lti_app.library.readings.actions.progress import record_opening
from tests.cast import MONDAY
from tests.factories.readings import add_readings
from tests.factories.streams import HERE, THERE

ALWAYS_OPEN = Calendar(opens_at=MONDAY - timedelta(days=1))
UNREACHABLE = Reply(0, "unreachable")
WORDS = "Leaders cope with change; see Kotter."


@pytest.fixture
def post(streaming):
    """Ana's, written after the stream was turned on."""
    streaming.turn_on()
    streaming.clock.move(minutes=1)
    return streaming.write(streaming.cast.ana, text=WORDS)


def test_nothing_is_told_unless_a_stream_was_turned_on(streaming, cast):
    streaming.write(cast.ana)
    streaming.tell()
    assert not streaming.store.requests
    assert not streaming.states()


def test_what_happened_before_is_not_told(streaming, cast, clock):
    streaming.write(cast.ana)
    clock.move(minutes=1)
    streaming.turn_on()
    streaming.write(cast.ben)
    streaming.tell()
    assert streaming.store.actions() == ["Posted"]


def test_life_of_a_post(streaming, post, cast):
    reply = streaming.write(cast.ben, to=post)
    streaming.edit(cast.ana, post, f"{WORDS} And again.", 1)
    streaming.edit(cast.ana, post, f"{WORDS} And once more.", 2)
    streaming.like(cast.ben, post, wanted=True)
    streaming.tell()
    streaming.delete(cast.ben, reply)
    streaming.tell()
    assert streaming.store.actions() == ["Posted", "Posted", "Modified", "Modified", "Liked", "Deleted"]
    versions = [each["object"]["version"] for each in streaming.store.all() if each["action"] == "Modified"]
    assert versions == ["2", "3"]
    assert set(streaming.store.deliveries.values()) == {1}


def test_telling_again_sends_nothing_again(streaming, post):
    for _ in range(3):
        streaming.tell(61)
    assert len(streaming.store.requests) == 1


def test_reading_opened_and_passage_cited(streaming, session, cast, clock):
    kotter, zaleznik = add_readings(session, cast.ines, clock())
    assigning = streaming.set_up(reading_ids=(kotter, zaleznik))
    streaming.turn_on()
    record_opening(session, cast.ana, kotter, clock())
    text = "Change is what leaders cope with [Kotter 1990, p. 104]."
    streaming.write(cast.ana, assigning, text=text)
    streaming.tell()
    assert streaming.store.actions() == ["Posted", "Linked", "Viewed"]
    linked = streaming.store.only("Linked")
    assert linked["object"]["id"].endswith(f"/readings/{kotter}")
    assert linked["target"]["id"].startswith(linked["object"]["id"])
    record_opening(session, cast.ana, kotter, clock.move(days=1))
    streaming.tell(61)
    assert len(streaming.store.received) == 3


def test_held_post_is_told_once_it_is_approved(streaming, post, session):
    hold_by_rule(session, session.get_one(Post, post.id), [HeldReason.INSTRUCTOR], now=streaming.clock())
    streaming.tell()
    assert not streaming.store.received
    streaming.moderate(post, ModerationAction.APPROVE)
    streaming.tell()
    assert streaming.store.actions() == ["Posted"]


def test_private_reply_is_never_told(streaming, post, session, cast):
    reply_privately(session, cast.ines, streaming.discussion, post.id, "See me.", now=streaming.clock())
    streaming.tell(61)
    assert streaming.store.actions() == ["Posted"]


def test_discussion_that_is_not_open_yet_is_told_when_it_opens(streaming, cast, clock):
    opens_at = clock() + timedelta(days=2)
    later = streaming.set_up(calendar=Calendar(opens_at=opens_at))
    streaming.turn_on()
    streaming.write(cast.ines, later)
    streaming.tell(61)
    assert not streaming.store.received
    clock.now = opens_at
    streaming.tell(1)
    assert streaming.store.actions() == ["Posted"]
    assert streaming.store.only("Posted")["membership"]["roles"] == ["Instructor"]


def test_post_that_is_hidden_before_its_turn_is_not_told_until_it_is_restored(streaming, post):
    streaming.store.before = lambda: UNREACHABLE
    streaming.tell()
    streaming.moderate(post, ModerationAction.HIDE)
    streaming.store.before = lambda: None
    streaming.tell(61)
    assert not streaming.store.received
    assert streaming.states() == {ActivityState.WITHDRAWN: 1}
    streaming.moderate(post, ModerationAction.RESTORE)
    streaming.tell()
    assert streaming.store.actions() == ["Posted"]


def test_post_that_is_hidden_and_restored_afterwards_is_not_told_again(streaming, post):
    streaming.tell()
    for action in (ModerationAction.HIDE, ModerationAction.RESTORE):
        streaming.moderate(post, action)
        streaming.tell(61)
    assert len(streaming.store.requests) == 1


def test_post_that_was_deleted_unseen_is_not_told_at_all(streaming, post, cast):
    streaming.delete(cast.ana, post)
    streaming.tell(61)
    assert not streaming.store.requests


def test_deletion_is_told_of_a_post_that_may_have_arrived(streaming, post, cast):
    streaming.store.after = lambda: UNREACHABLE
    streaming.tell()
    streaming.store.after = lambda: None
    streaming.delete(cast.ana, post)
    streaming.tell(61)
    assert streaming.store.actions() == ["Posted", "Deleted"]
    assert streaming.store.deliveries[streaming.store.only("Posted")["id"]] == 1


def test_like_that_is_taken_back_before_its_turn_is_not_told(streaming, post, cast):
    streaming.like(cast.ben, post, wanted=True)
    streaming.store.before = lambda: UNREACHABLE
    streaming.tell()
    streaming.like(cast.ben, post, wanted=False)
    streaming.store.before = lambda: None
    streaming.tell(61)
    assert streaming.store.actions() == ["Posted"]


def test_imported_posts_are_not_told(streaming, post, session):
    session.get_one(Post, post.id).origin = "csv:1"
    streaming.tell(61)
    assert not streaming.store.received


@pytest.mark.parametrize("chosen", [False, True])
def test_grades_are_told_only_if_chosen(streaming, cast, chosen):
    streaming.turn_on(tells_grades=chosen)
    streaming.grade(cast.ana, comment="Well argued, Ana.")
    streaming.tell(61)
    assert streaming.store.actions() == (["Graded"] if chosen else [])
    if chosen:
        graded = streaming.store.only("Graded")
        assert graded["generated"]["maxScore"] == 20
        assert graded["generated"]["scoreGiven"] == float(Decimal(20))
        assert "Well argued" not in json.dumps(graded)


def test_grades_of_before_they_were_chosen_are_not_told(streaming, cast, clock):
    streaming.turn_on()
    streaming.grade(cast.ana)
    clock.move(minutes=5)
    streaming.turn_on(tells_grades=True)
    streaming.tell(61)
    assert not streaming.store.received


@pytest.mark.parametrize("kind", StreamFormat)
@pytest.mark.parametrize("named", [False, True])
def test_no_words_and_no_names_leave(streaming, cast, kind, named):
    streaming.turn_on(kind, tells_grades=True, names_lms_users=named)
    post = streaming.write(cast.ana, text=WORDS)
    streaming.write(cast.ben, to=post, text="A case against this, says Chi Nguyen.")
    streaming.grade(cast.ana, comment="Well argued.")
    streaming.tell(61)
    told = json.dumps(streaming.store.all()).casefold()
    for secret in ("leaders", "case against", "well argued", "ana brandt", "nguyen", "navarro", "managers", "leading"):
        assert secret not in told
    assert ("ben-carter" in told) == named
    assert len(streaming.store.received) == 3


def actor_of(activity):
    return activity["actor"]["id"]


def test_people_are_told_apart_and_stay_the_same(streaming, post, cast):
    streaming.write(cast.ben, to=post)
    streaming.write(cast.ana)
    streaming.tell()
    first, reply, second = map(actor_of, streaming.store.all())
    assert first == second != reply
    assert not any(str(person.person_id) == first.rpartition("/")[2] for person in cast.students)


def test_people_are_others_in_another_deployment(streaming, post, cast):
    streaming.tell()
    first = actor_of(streaming.store.all()[0])
    streaming.turn_on(tenant_id=THERE, host="other")
    there = streaming.set_up(cast.elsewhere)
    ana_there = replace(cast.ana, course_id=cast.elsewhere.course_id)
    streaming.write(ana_there, there)
    streaming.tell()
    assert actor_of(streaming.store.all()[1]) != first


@pytest.mark.parametrize("anonymity", [Anonymity.PEERS, Anonymity.BLIND])
def test_where_names_are_hidden_people_have_ids_of_their_own(streaming, post, cast, anonymity):
    streaming.turn_on(names_lms_users=True)
    blind = streaming.set_up(anonymity=anonymity)
    streaming.write(cast.ana, blind)
    streaming.write(cast.ana, blind)
    streaming.tell()
    named, hidden, again = streaming.store.all()
    assert actor_of(named) != actor_of(hidden) == actor_of(again)
    assert "otherIdentifiers" in named["actor"]
    assert "ana-brandt" not in json.dumps([hidden, again])


def test_posts_in_groups_are_told_without_their_group(streaming, cast):
    streaming.turn_on()
    apart = streaming.set_up(structure=Structure.GROUPS)
    streaming.write(cast.ines, apart)
    streaming.tell()
    assert "group_id" not in json.dumps(streaming.store.all())


def test_off_and_on_again(streaming, post, session, cast, clock):
    streaming.tell()
    person = actor_of(streaming.store.all()[0])
    streaming.store.before = lambda: UNREACHABLE
    streaming.write(cast.ben)
    streaming.tell()
    assert turn_off(session, HERE, now=clock.move(minutes=1)) == 1
    streaming.store.before = lambda: None
    streaming.write(cast.chi)
    streaming.tell(61)
    streaming.turn_on()
    streaming.write(cast.ana)
    streaming.tell(61)
    assert streaming.store.actions() == ["Posted", "Posted"]
    assert actor_of(streaming.store.all()[1]) == person


def test_what_is_forgotten_is_not_told_again(streaming, post, session, clock):
    streaming.tell()
    assert forget_told(session, before=clock() - KEPT, limit=10) == 0
    clock.move(days=KEPT.days + 1)
    assert forget_told(session, before=clock() - KEPT, limit=10) == 1
    streaming.tell(61)
    assert len(streaming.store.requests) == 1
    assert LOOK_BACK < KEPT


def test_post_that_is_approved_long_after_it_was_written_is_told_within_the_limit(streaming, post, clock):
    streaming.moderate(post, ModerationAction.HOLD)
    streaming.tell()
    clock.move(days=LOOK_BACK.days - 1)
    streaming.moderate(post, ModerationAction.APPROVE)
    streaming.tell()
    assert streaming.store.actions() == ["Posted"]


def test_no_endpoint_gets_what_happens_in_another_deployment(streaming, cast):
    streaming.turn_on(tells_grades=True)
    streaming.turn_on(tenant_id=THERE, host="other", tells_grades=True)
    there = streaming.set_up(cast.elsewhere)
    here_post = streaming.write(cast.ana)
    there_post = streaming.write(cast.stranger, there)
    streaming.like(cast.ben, here_post, wanted=True)
    streaming.like(cast.elsewhere, there_post, there)
    streaming.tell(61)
    sent = {address: json.dumps(body) for address, _, body in streaming.store.requests}
    assert len(sent) == 2
    for course_id, address in (
        (cast.course_id, "https://lrs.example.edu/in"),
        (there.course_id, "https://other.example.edu/in"),
    ):
        other = {cast.course_id: there.course_id, there.course_id: cast.course_id}[course_id]
        assert f"/courses/{course_id}" in sent[address]
        assert f"/courses/{other}/" not in sent[address]


def test_course_of_no_deployment_is_never_told(streaming, post, session, cast):
    session.get_one(Course, cast.course_id).tenant_id = None
    streaming.tell(61)
    assert not streaming.store.requests
    assert session.scalars(select(Post.id)).all()
