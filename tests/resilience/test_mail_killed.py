"""A worker that is killed while it sends mail: nothing is lost, and what comes twice is the same mail."""

import signal
import subprocess
import sys
from collections import Counter

import pytest

from lti_app.core.clock import system_clock
from lti_app.discussion.discussions.rules import Calendar
from lti_app.notices.preferences.rules import Frequency
from tests.cast import gather_cast
from tests.factories.discussions import set_up
from tests.factories.notices import give_addresses, want
from tests.factories.posts import write
from tests.services.smtp import mail_sink

ANSWERS = 5
KILLED_AT = (1, 3, 2)
"""At which mails the worker dies: the server has the mail, and the worker never hears of it."""


@pytest.fixture
def answered(database):
    """Ana has answers from Ben, and wants mail at once."""
    now = system_clock()
    with database.writing() as session:
        cast = gather_cast(session, now)
        give_addresses(session, cast)
        want(session, cast.ana, Frequency.AT_ONCE, now=now)
        discussion = set_up(session, cast.ines, now, calendar=Calendar())
        first = write(session, cast.ana, discussion, now=now)
        write(session, cast.ben, discussion, now=now)
        for number in range(ANSWERS):
            write(session, cast.ben, discussion, to=first, text=f"Answer number {number}.", now=now)


def start(database_url, port, hours):
    program = [sys.executable, "-m", "tests.resilience.sending_mail", database_url, str(port), str(hours)]
    return subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.mark.programs
def test_a_killed_worker_loses_no_mail_and_repeats_only_the_same(database_url, answered):
    with mail_sink() as sink:
        for hours, dies_at in enumerate(KILLED_AT):
            worker = start(database_url, sink.port, hours)
            sink.at_mail = lambda number, worker=worker, dies_at=dies_at: number == dies_at and worker.kill()
            sink.count = 0
            assert worker.wait(60) == -signal.SIGKILL
        sink.at_mail = None
        assert start(database_url, sink.port, len(KILLED_AT)).wait(60) == 0
        assert start(database_url, sink.port, len(KILLED_AT)).wait(60) == 0
    said = Counter(mail.get_body(("plain",)).get_content() for mail in sink.received)
    ids = {mail["Message-ID"] for mail in sink.received}
    assert len(ids) == len(said) == ANSWERS
    assert len(sink.received) <= ANSWERS + len(KILLED_AT)
