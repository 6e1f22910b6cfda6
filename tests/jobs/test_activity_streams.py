"""Telling activity streams: never twice, never not at all, whatever the receiver does and whenever the worker dies."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_app.core.db import Database
from lti_app.core.http import Outgoing, OutgoingForbidden, OutgoingTimeout, OutgoingUnreachable
from lti_app.discussion.posts.models import Post
from lti_app.exchange.streaming.actions.sending import claim_batch, finish_batch
from lti_app.exchange.streaming.actions.storing import store_untold
from lti_app.exchange.streaming.actions.switching import retry, turn_off
from lti_app.exchange.streaming.models import ActivityStream
from lti_app.exchange.streaming.ports import Reply
from lti_app.exchange.streaming.queries import finding
from lti_app.exchange.streaming.queries.finding import find_untold
from lti_app.exchange.streaming.queries.streams import list_running
from lti_app.exchange.streaming.rules.activities import ActivityKind, ActivityState, StreamFormat
from lti_app.exchange.streaming.rules.endpoints import BatchVerdict
from lti_app.exchange.streaming.rules.turns import DOUBTED_AFTER, DOUBTED_FOR, MAX_BATCH, after_refusal, is_meant
from lti_app.jobs import streams
from lti_app.jobs.streams import LEASE, HttpEndpoint
from tests.cast import MONDAY, Cast, FrozenClock
from tests.factories.streams import HERE, ProcessDied, Streaming
from tests.races import at_once


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def streaming(database: Database, session, cast: Cast, clock: FrozenClock) -> Streaming:
    """On, with nothing to tell yet."""
    made = Streaming(database, session, cast, clock)
    made.turn_on(StreamFormat.XAPI)
    return made


def write(streaming: Streaming, count: int) -> None:
    for number in range(count):
        streaming.write(streaming.cast.students[number % 3], text=f"Thought number {number} on what leaders do.")


def is_of(number: int):
    return lambda activity: activity["object"]["id"].endswith(f"/posts/{number}")


def die() -> None:
    raise ProcessDied


def test_many_go_in_batches(streaming):
    write(streaming, MAX_BATCH + 5)
    streaming.tell()
    assert [len(sent) for _, _, sent in streaming.store.requests] == [MAX_BATCH, 5]
    assert streaming.states() == {ActivityState.SENT: MAX_BATCH + 5}


def test_more_than_are_found_at_a_time(streaming, monkeypatch):
    monkeypatch.setattr(finding, "AT_ONCE", 4)
    monkeypatch.setattr(streams, "AT_ONCE", 4)
    write(streaming, 13)
    streaming.tell()
    assert len(streaming.store.received) == 13


def test_row_that_is_committed_after_a_later_one_is_told(streaming, session, cast):
    """What is found goes by no mark: here the second post is told before the first is there."""
    write(streaming, 2)
    first = session.scalars(select(Post).order_by(Post.id)).first()
    first.origin = "not there yet"
    streaming.tell()
    assert len(streaming.store.received) == 1
    first.origin = None
    streaming.tell()
    assert len(streaming.store.received) == 2


def test_what_the_newest_rows_miss_is_found_within_the_hour(streaming, session, monkeypatch):
    streaming.tell()
    monkeypatch.setattr(finding, "NEWEST", 1)
    narrowed = {**finding._NEWEST_OF, ActivityKind.POSTED: [finding._newest(Post.id)]}
    monkeypatch.setattr(finding, "_NEWEST_OF", narrowed)
    write(streaming, 3)
    streaming.tell()
    assert len(streaming.store.received) == 1
    streaming.tell(60)
    assert len(streaming.store.received) == 3


@pytest.mark.parametrize("is_strict", [False, True])
@pytest.mark.parametrize("kind", StreamFormat)
def test_death_between_the_answer_and_our_commit_doubles_nothing(streaming, is_strict, kind):
    streaming.turn_on(kind)
    streaming.store.is_strict = is_strict
    streaming.store.after = die
    write(streaming, 7)
    with pytest.raises(ProcessDied):
        streaming.tell()
    streaming.store.after = lambda: None
    streaming.tell(0.5)
    assert len(streaming.store.requests) == 1, "the lease has not ended"
    streaming.tell_all()
    assert streaming.states() == {ActivityState.SENT: 7}
    assert len(streaming.store.received) == 7
    assert set(streaming.store.deliveries.values()) <= ({1} if is_strict else {1, 2})


def test_death_before_the_request_loses_nothing(streaming):
    streaming.store.before = die
    write(streaming, 3)
    with pytest.raises(ProcessDied):
        streaming.tell()
    streaming.store.before = lambda: None
    streaming.tell_all()
    assert set(streaming.store.deliveries.values()) == {1}
    assert len(streaming.store.received) == 3


def test_no_transaction_is_open_while_a_request_is_under_way(streaming, database):
    """On SQLite a second writer would wait for the first one to end."""
    written = []

    def write_meanwhile():
        with database.writing() as other:
            other.execute(select(ActivityStream).with_for_update(nowait=True)).all()
            written.append(True)

    streaming.store.before = write_meanwhile
    write(streaming, 1)
    streaming.tell()
    assert written == [True]


def test_receiver_that_is_down_is_asked_less_and_less_often(streaming):
    streaming.store.before = lambda: Reply(503)
    write(streaming, 1)
    streaming.tell()
    pauses = []
    for _ in range(12):
        asked_at = streaming.clock()
        streaming.clock.now = streaming.status().due_at
        pauses.append(streaming.clock() - asked_at)
        streaming.tell(0)
    assert len(streaming.store.requests) == 13
    assert pauses[0] < pauses[5] < pauses[11] <= timedelta(hours=1)
    assert streaming.waiting() == 1
    assert "internal error" in " ".join(streaming.status().lines())
    streaming.store.before = lambda: None
    streaming.tell_all()
    assert streaming.status().error_code is None


def test_retry_after_is_heeded(streaming):
    streaming.store.before = lambda: Reply(429, retry_after=1800)
    write(streaming, 1)
    streaming.tell()
    streaming.tell(29)
    assert len(streaming.store.requests) == 1
    streaming.tell(2)
    assert len(streaming.store.requests) == 2


def test_one_activity_that_is_refused_keeps_no_other_back(streaming):
    write(streaming, 20)
    streaming.store.refuses = is_of(7)
    streaming.tell()
    assert streaming.states() == {ActivityState.SENT: 19, ActivityState.REFUSED: 1}
    assert len(streaming.store.requests) < 20
    assert streaming.status().refusals == ("status_400",)
    assert "the endpoint refused it with the status 400" in " ".join(streaming.status().lines())


def test_refused_activity_is_sent_again_if_the_operator_says_so(streaming, session):
    write(streaming, 2)
    streaming.store.refuses = is_of(1)
    streaming.tell()
    streaming.store.refuses = lambda _activity: False
    streaming.tell(61)
    assert len(streaming.store.received) == 1
    assert retry(session, HERE, now=streaming.clock()) == 1
    streaming.tell()
    assert set(streaming.store.deliveries.values()) == {1}
    assert len(streaming.store.received) == 2


def test_receiver_that_refuses_everything_is_doubted_before_the_activities(streaming):
    write(streaming, 40)
    streaming.store.refuses = lambda _activity: True
    for _ in range(5):
        streaming.tell(61)
    states = streaming.states()
    assert states[ActivityState.REFUSED] < DOUBTED_AFTER
    assert states[ActivityState.PENDING] > 20
    assert len(streaming.store.requests) < DOUBTED_AFTER + 10
    streaming.store.refuses = lambda _activity: False
    retry(streaming.session, HERE, now=streaming.clock())
    streaming.tell_all()
    assert streaming.states() == {ActivityState.SENT: 40}


def test_whether_a_refusal_means_the_activity():
    assert is_meant(DOUBTED_AFTER - 1, MONDAY, MONDAY)
    assert not is_meant(DOUBTED_AFTER, MONDAY, MONDAY + DOUBTED_FOR - timedelta(seconds=1))
    assert is_meant(DOUBTED_AFTER, MONDAY, MONDAY + DOUBTED_FOR)
    sizes = [MAX_BATCH]
    while sizes[-1] > 1:
        sizes.append(after_refusal(sizes[-1]))
    assert len(sizes) < DOUBTED_AFTER / 2


def test_fault_of_ours_in_one_activity_keeps_no_other_back(streaming, monkeypatch):
    write(streaming, 5)
    real = streams.Naming.event

    def broken(naming, activity):
        if activity.post_id == 3:
            raise KeyError("a fault of ours")
        return real(naming, activity)

    monkeypatch.setattr(streams.Naming, "event", broken)
    streaming.tell()
    assert streaming.states() == {ActivityState.SENT: 4, ActivityState.REFUSED: 1}
    assert streaming.status().refusals == ("internal_error",)


def test_streams_take_turns_and_one_that_is_down_keeps_no_other_back(streaming):
    streaming.turn_on(StreamFormat.XAPI, tenant_id=72, host="other")
    there = streaming.set_up(streaming.cast.elsewhere)
    streaming.write(streaming.cast.stranger, there)
    write(streaming, 2)

    def down():
        return Reply(0, "timeout") if "lrs" in streaming.store.requests[-1][0] else None

    streaming.store.before = down
    streaming.tell()
    assert len(streaming.store.received) == 1
    assert streaming.waiting() == 2


def test_result_for_a_stream_that_was_turned_off_does_not_count(streaming, session, database):
    write(streaming, 2)

    def off():
        with database.writing() as other:
            turn_off(other, HERE, now=streaming.clock())

    streaming.store.before = off
    streaming.tell()
    assert not streaming.states()
    assert "off since" in " ".join(streaming.status().lines())


def test_what_was_found_before_a_stream_was_turned_off_and_on_is_not_stored(streaming, session, database):
    write(streaming, 2)
    session.commit()
    with database.read() as reader:
        (running,) = list_running(reader)
        found = find_untold(reader, running, ActivityKind.POSTED, now=streaming.clock(), thoroughly=True)
    assert len(found) == 2
    turn_off(session, HERE, now=streaming.clock.move(minutes=1))
    assert store_untold(session, running, found) == 0
    streaming.clock.move(minutes=1)
    streaming.turn_on()
    assert store_untold(session, running, found) == 0


def test_worker_that_has_lost_its_lease_records_nothing(streaming, session, database):
    write(streaming, 2)
    session.commit()
    teller = streaming.teller()
    with database.read() as reader:
        (running,) = list_running(reader)
    teller.find(running)
    with database.writing() as one:
        first = claim_batch(one, streaming.clock(), lease=LEASE)
    later = streaming.clock.move(minutes=3)
    with database.writing() as two:
        second = claim_batch(two, later, lease=LEASE)
        assert claim_batch(two, later, lease=LEASE) is None
    with database.writing() as one:
        finish_batch(one, first, BatchVerdict.ACCEPTED, now=later)
    assert streaming.waiting() == 2
    with database.writing() as two:
        finish_batch(two, second, BatchVerdict.ACCEPTED, now=later)
    assert streaming.waiting() == 0
    assert first.activities == second.activities


def test_two_workers_at_once_tell_everything_once(streaming, session):
    write(streaming, 30)
    session.commit()
    streaming.clock.move(minutes=1)
    errors = at_once([streaming.teller().tell for _ in range(3)])
    assert errors == [None, None, None]
    streaming.tell_all()
    assert set(streaming.store.deliveries.values()) == {1}
    assert len(streaming.store.received) == 30


def test_worker_that_stops_leaves_the_rest(streaming):
    write(streaming, MAX_BATCH + 1)
    streaming.store.before = streaming.stopping.set
    streaming.tell()
    assert streaming.states() == {ActivityState.SENT: MAX_BATCH, ActivityState.PENDING: 1}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OutgoingTimeout("x"), "timeout"),
        (OutgoingUnreachable("x"), "unreachable"),
        (OutgoingForbidden("x"), "redirected"),
    ],
)
def test_request_without_an_answer(clock, error, code):
    class Failing:
        def request(self, *_arguments, **_options):
            raise error

    reply = HttpEndpoint(clock, Failing()).post("https://a.example", headers={}, body=b"[]", host="a.example")
    assert reply == Reply(0, code)


def test_request_goes_to_the_named_host_alone(clock):
    reply = HttpEndpoint(clock, Outgoing()).post("https://b.example/in", headers={}, body=b"[]", host="a.example")
    assert reply == Reply(0, "redirected")
