"""Mail that came back is read from a mailbox: each report takes effect once, whatever happens in between."""

import io
import threading
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from lti_app.core.db import Database
from lti_app.core.imap import ImapFolder
from lti_app.core.settings import load_settings
from lti_app.jobs import bounces
from lti_app.jobs.bounces import (
    READ_AT_ONCE,
    BounceReader,
    make_bounce_reader,
    make_bounce_taker,
    make_return_paths,
    read_bounded,
)
from lti_app.notices.bounces.rules.reports import MOST_BYTES
from tests.cast import FrozenClock
from tests.factories.bounces import GONE, Returns, out_of_office, report
from tests.races import at_once
from tests.services.imap import PASSWORD, imap_sink


@pytest.fixture
def sink():
    with imap_sink() as sink:
        yield sink


@pytest.fixture
def clock():
    return FrozenClock()


@pytest.fixture
def returns(database, session, cast, clock):
    return Returns(database, session, cast, clock)


@pytest.fixture
def reader(returns, sink):
    return BounceReader(returns.taker, sink.server(), threading.Event())


def test_reports_are_deleted_once_they_are_recorded_and_other_mail_is_left(returns, reader, sink):
    sink.put(report(returns.sent(), GONE))
    sink.put(out_of_office(returns.sent()))
    person = sink.put(b"To: bounces@example.edu\r\nSubject: Hello\r\n\r\nIs anybody there?\r\n")
    odd = sink.put(b"Content-Type: message/rfc822\r\n\r\n" * 10_000)
    assert reader.read_new() == 4
    assert returns.stopped().is_refused
    assert {uid: mail.flags for uid, mail in sink.mails.items()} == {person: {r"\Seen"}, odd: {r"\Seen"}}
    assert reader.read_new() == 0


def test_of_a_large_mail_only_the_beginning_is_fetched(returns, reader, sink):
    sink.put(report(returns.sent(), GONE) + b"x" * 5_000_000)
    assert reader.read_new() == 1
    assert returns.stopped().is_refused
    assert any(f"<0.{MOST_BYTES}>" in said for said in sink.said)


def test_no_transaction_is_open_while_the_server_is_spoken_to(returns, reader, sink, monkeypatch):
    open_now, seen = [], []
    writing = Database.writing

    def watched(database):
        class Watch:
            def __enter__(self):
                open_now.append(1)
                self.inner = writing(database)
                return self.inner.__enter__()

            def __exit__(self, *error):
                ended = self.inner.__exit__(*error)
                open_now.pop()
                return ended

        return Watch()

    for _ in range(3):
        sink.put(report(returns.sent(), GONE))
    monkeypatch.setattr(Database, "writing", watched)
    sink.at_command = lambda command: seen.append((command.split()[0], len(open_now)))
    reader.read_new()
    assert len(seen) > 6
    assert {count for _, count in seen} == {0}


def test_a_crash_between_recording_and_deleting_reads_them_again_without_effect(returns, reader, sink, monkeypatch):
    sink.put(report(returns.sent(), GONE))
    monkeypatch.setattr(ImapFolder, "delete", _die)
    with pytest.raises(KeyboardInterrupt):
        reader.read_new()
    monkeypatch.undo()
    before = returns.mails()[0].bounced_at
    assert returns.stopped().is_refused
    assert [mail.flags for mail in sink.mails.values()] == [set()]
    returns.clock.move(minutes=5)
    assert reader.read_new() == 1
    assert (returns.mails()[0].bounced_at, sink.mails) == (before, {})


def _die(*_arguments):
    raise KeyboardInterrupt


def test_while_the_database_is_away_everything_stays_in_the_folder(returns, reader, sink, monkeypatch):
    sink.put(report(returns.sent(), GONE))

    def away(_database):
        raise OperationalError("", {}, Exception("away"))

    with monkeypatch.context() as patch:
        patch.setattr(Database, "writing", away)
        with pytest.raises(OperationalError):
            reader.read_new()
    assert [mail.flags for mail in sink.mails.values()] == [set()]
    assert reader.read_new() == 1
    assert returns.stopped().is_refused


def test_two_readers_at_once_take_each_report_once(returns, reader, sink):
    for _ in range(READ_AT_ONCE + 5):
        sink.put(report(returns.sent(), GONE))
    other = BounceReader(returns.taker, sink.server(), threading.Event())
    answers = at_once([reader.read_new, other.read_new])
    assert all(isinstance(count, int) for count in answers), answers
    reader.read_new()
    assert sink.mails == {}
    assert all(not mail.takes_bounce for mail in returns.mails())


def test_a_worker_that_is_to_stop_reads_no_further(returns, reader, sink):
    for _ in range(READ_AT_ONCE + 5):
        sink.put(report(returns.sent(), GONE))
    sink.at_command = lambda command: reader.stopping.set() if "STORE" in command else None
    assert reader.read_new() == READ_AT_ONCE
    assert len(sink.mails) == 5


def test_a_server_that_breaks_off_loses_nothing(returns, reader, sink):
    sink.put(report(returns.sent(), GONE))
    sink.at_command = lambda command: b"TAG BAD no\r\n" if "STORE" in command else None
    with capture_logs() as logs:
        assert reader.read_new() == 0
    assert logs[-1] == {"event": "bounces_not_read", "code": "answer", "log_level": "warning"}
    sink.at_command = lambda _command: None
    assert reader.read_new() == 1


def test_an_account_that_cannot_log_in_is_left_alone_for_an_hour(returns, sink):
    reader = BounceReader(returns.taker, sink.server(password="wrong"), threading.Event())
    for _ in range(3):
        assert reader.read_new() == 0
    assert sum(said.startswith("LOGIN") for said in sink.said) == 1
    returns.clock.now += timedelta(hours=1)
    reader.read_new()
    assert sum(said.startswith("LOGIN") for said in sink.said) == 2


def test_a_fault_in_reading_one_message_stops_no_other(returns, reader, sink, monkeypatch):
    sink.put(b"To: odd\r\n\r\n")
    sink.put(report(returns.sent(), GONE))
    read = bounces.read_returned
    monkeypatch.setattr(
        bounces, "read_returned", lambda raw: read(raw) if b"GONE" in raw or b"DAEMON" in raw else 1 / 0
    )
    assert reader.read_new() == 2
    assert returns.stopped().is_refused
    assert [mail.flags for mail in sink.mails.values()] == [{r"\Seen"}]


def test_standard_input_is_read_to_its_end_and_its_beginning_kept():
    stream = io.BytesIO(b"x" * (3 * MOST_BYTES))
    assert len(read_bounded(stream)) == MOST_BYTES
    assert stream.read() == b""


SETTINGS = {"COLLOQUY_SECRET_KEY": "a secret of at least 32 characters"}
RETURNS = {**SETTINGS, "COLLOQUY_MAIL_BOUNCES": "bounces@example.edu"}


def test_what_is_not_set_is_off():
    options = {"database": None, "clock": None}
    assert make_return_paths(load_settings(SETTINGS)) is None
    assert make_bounce_taker(load_settings(SETTINGS), **options) is None
    assert make_bounce_taker(load_settings(RETURNS), **options) is not None
    assert make_bounce_reader(load_settings(RETURNS), **options, stopping=threading.Event()) is None


def test_a_mailbox_is_read_with_its_password():
    settings = load_settings(
        {**RETURNS, "COLLOQUY_BOUNCES_IMAP_URL": "imaps://b@imap", "COLLOQUY_BOUNCES_IMAP_PASSWORD": PASSWORD}
    )
    reader = make_bounce_reader(settings, database=None, clock=None, stopping=threading.Event())
    assert (reader.server.host, reader.server.password) == ("imap", PASSWORD)
