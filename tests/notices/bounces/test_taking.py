"""Reports are taken once, stop an address after the right number, and forged ones do nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from lti_app.course.people.models import Person
from lti_app.notices.bounces.rules.return_paths import ReturnPaths
from lti_app.notices.bounces.rules.verdicts import APART, SEVERAL
from lti_app.notices.outbox.actions.sending import try_address_again
from lti_app.notices.outbox.models import OutgoingMail, RefusedAddress
from lti_app.notices.outbox.rules.retries import MailState
from tests.factories.bounces import ANA, DELAYED, FULL, GONE, SECRET, Returns, out_of_office, receipt, report
from tests.races import at_once
from tests.statements import count_statements


@pytest.fixture
def returns(database, session, cast, clock):
    return Returns(database, session, cast, clock)


def test_one_report_that_there_is_no_such_mailbox_stops_the_address(returns):
    assert returns.take(report(returns.sent(), GONE))
    found = returns.stopped()
    assert (found.is_refused, found.has_bounced, found.status) == (True, True, "5.1.1")
    (mail,) = returns.mails()
    assert (mail.bounce_status, mail.bounced_at, mail.state) == ("5.1.1", returns.clock(), MailState.SENT)


def test_the_address_may_be_told_by_the_mail_server_alone(returns):
    where = returns.sent()
    assert not returns.take(report("undisclosed-recipients:;", GONE))
    assert not returns.stopped().is_refused
    assert returns.take(report("undisclosed-recipients:;", GONE), sent_to=where)
    assert returns.stopped().is_refused


def test_a_report_may_come_before_the_worker_has_recorded_that_the_mail_was_sent(returns):
    returns.take(report(returns.sent(state=MailState.PENDING), GONE))
    assert returns.stopped().is_refused


@pytest.mark.parametrize("raw", [out_of_office, receipt, lambda to: report(to, DELAYED), report])
def test_what_is_no_final_failure_stops_nobody_and_leaves_room_for_one(returns, raw):
    where = returns.sent()
    for _ in range(10):
        assert returns.take(raw(where))
    assert not returns.stopped().is_refused
    returns.take(report(where, GONE))
    assert returns.stopped().is_refused


def test_a_full_mailbox_stops_an_address_only_after_several_mails_over_days(returns):
    for number in range(SEVERAL):
        assert not returns.stopped().is_refused
        returns.take(report(returns.sent(), FULL))
        returns.clock.now += APART / (SEVERAL - 1) if number < SEVERAL - 1 else timedelta()
    assert returns.stopped().status == "5.2.2"


def test_many_mails_in_an_hour_are_no_several_days(returns):
    for _ in range(3 * SEVERAL):
        returns.take(report(returns.sent(), FULL))
    assert not returns.stopped().is_refused


def test_a_mail_that_arrives_in_between_begins_the_row_anew(returns):
    for _ in range(SEVERAL - 1):
        returns.take(report(returns.sent(), FULL))
        returns.clock.now += APART
    returns.sent()
    returns.clock.now += APART
    for _ in range(SEVERAL - 1):
        returns.take(report(returns.sent(), FULL))
        returns.clock.now += APART
    assert not returns.stopped().is_refused
    returns.take(report(returns.sent(), FULL))
    assert returns.stopped().is_refused


def test_mails_that_wait_or_were_dropped_end_no_row(returns):
    for _ in range(SEVERAL):
        returns.sent(state=MailState.PENDING)
        returns.sent(state=MailState.DROPPED)
        returns.take(report(returns.sent(), FULL))
        returns.clock.now += APART
    assert returns.stopped().is_refused


def test_the_same_report_again_has_no_effect(returns):
    said = report(returns.sent(), FULL)
    for _ in range(2 * SEVERAL):
        assert returns.take(said)
        returns.clock.now += APART
    assert not returns.stopped().is_refused


def test_the_same_report_several_times_at_once_is_taken_once(returns):
    where = returns.sent()
    said = report(where, GONE)
    assert at_once([lambda: returns.taker.take(said)] * 4) == [True] * 4
    (mail,) = returns.mails()
    assert (mail.takes_bounce, mail.bounce_status) == (False, "5.1.1")
    assert returns.stopped().is_refused
    try_address_again(returns.session, returns.cast.ana)
    returns.session.commit()
    returns.take(said)
    assert not returns.stopped().is_refused


def test_of_reports_about_different_mails_at_once_each_is_counted(returns):
    returns.take(report(returns.sent(), FULL))
    returns.clock.now += APART
    both = [report(returns.sent(), FULL) for _ in range(2)]
    at_once([lambda said=said: returns.taker.take(said) for said in both])
    assert returns.stopped().is_refused


def forgeries(returns):
    where = returns.sent()
    local, _, domain = where.partition("@")
    yield local[:-1] + ("a" if local[-1] != "a" else "b") + "@" + domain
    yield f"bounces+1-{'a' * 20}@{domain}"
    yield f"bounces+{10**17}-{'a' * 20}@{domain}"
    yield where.replace(domain, "example.org")
    yield ReturnPaths("bounces@example.edu", SECRET[::-1]).make(1, "0" * 32, ANA)
    yield returns.paths.make(1, "1" * 32, ANA)
    yield returns.paths.make(1, "0" * 32, "ben@students.example.edu")


def test_forged_reports_stop_nobody(returns):
    for where in forgeries(returns):
        returns.take(report(where, GONE))
    with returns.database.read() as session:
        assert session.scalars(select(RefusedAddress)).all() == []
    assert [mail.takes_bounce for mail in returns.mails()] == [True]


def test_a_report_about_an_address_that_is_no_longer_the_persons_stops_nothing(returns):
    where = returns.sent()
    returns.session.execute(update(Person).where(Person.email == ANA).values(email="ana@new.example.edu"))
    returns.session.commit()
    returns.take(report(where, GONE))
    assert not returns.stopped().is_refused


def test_after_trying_again_only_mails_of_afterwards_count(returns):
    late, waiting = returns.sent(), returns.sent(state=MailState.PENDING)
    returns.take(report(returns.sent(), GONE))
    try_address_again(returns.session, returns.cast.ana)
    returns.session.commit()
    returns.take(report(late, GONE))
    assert not returns.stopped().is_refused
    returns.take(report(waiting, GONE))
    assert returns.stopped().is_refused


def test_after_trying_again_the_row_begins_anew(returns):
    for _ in range(SEVERAL - 1):
        returns.take(report(returns.sent(), FULL))
        returns.clock.now += APART
    try_address_again(returns.session, returns.cast.ana)
    returns.session.commit()
    returns.take(report(returns.sent(), FULL))
    assert not returns.stopped().is_refused


def test_mail_that_is_forgotten_or_of_an_erased_person_is_passed_over(returns):
    where = returns.sent()
    returns.session.execute(OutgoingMail.__table__.delete())
    returns.session.commit()
    assert returns.take(report(where, GONE))
    assert not returns.stopped().is_refused


def test_a_report_costs_the_same_few_statements_however_much_was_sent(returns):
    def cost():
        said = report(returns.sent(), FULL)
        with count_statements(returns.database.engine) as statements:
            returns.take(said)
        return len(statements)

    few = cost()
    for _ in range(30):
        returns.sent()
    assert cost() == few == 4


def test_a_report_that_is_forged_costs_one_statement_and_any_other_mail_none(returns):
    where = returns.sent()
    costs = []
    for said in (report(f"bounces+1-{'a' * 20}@example.edu", GONE), out_of_office(where), report(where, DELAYED)):
        with count_statements(returns.database.engine) as statements:
            returns.take(said)
        costs.append(len(statements))
    assert costs == [1, 0, 0]


def test_no_log_has_an_address(returns):
    with capture_logs() as logs:
        returns.take(report(returns.sent(), GONE))
        returns.take(out_of_office(returns.sent()))
        returns.take(report("ben@students.example.edu", GONE))
    assert [entry["event"] for entry in logs] == ["mail_bounced", "bounce_ignored", "bounce_ignored"]
    assert "@" not in repr(logs)
