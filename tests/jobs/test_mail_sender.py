"""Notices leave by mail: once, in time, to those who want them, with what they may see."""

import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lti_app.core.mail import SmtpConnection
from lti_app.course.courses.actions import deactivate_others
from lti_app.course.people.models import Person
from lti_app.discussion.moderation.actions import change_post
from lti_app.discussion.moderation.rules import ModerationAction
from lti_app.jobs.bounces import BounceTaker
from lti_app.jobs.notices import LEASE, MailSender, NoticeGatherer, SmtpPostman
from lti_app.notices.bounces.rules.return_paths import ReturnPaths
from lti_app.notices.outbox.actions.sending import claim_mails, forget_mails, try_address_again
from lti_app.notices.outbox.models import OutgoingMail, RefusedAddress
from lti_app.notices.outbox.rules.retries import AT_ONCE_IN_AN_HOUR, GIVE_UP_AFTER, MailState
from lti_app.notices.preferences.rules import Frequency, MailSubscription
from lti_app.web.notices.mail_writer import MailWriter, UnsubscribeTokens
from tests.cast import FrozenClock
from tests.factories.bounces import GONE, report
from tests.factories.discussions import set_up
from tests.factories.notices import give_addresses, want
from tests.factories.posts import write
from tests.services.smtp import mail_sink

TOKENS = UnsubscribeTokens("a secret of at least 32 characters")
BASE_URL = "https://tool.example.edu"


class Office:
    """Everything that mails need, with a server that keeps them."""

    def __init__(self, session, cast, discussion, clock, *, database, sink):
        self.database, self.session, self.cast, self.clock, self.sink = database, session, cast, clock, sink
        self.discussion = discussion
        give_addresses(session, cast)
        self.post = write(session, cast.ana, discussion, now=clock())
        write(session, cast.ben, discussion, now=clock())
        for person in (cast.ana, cast.ben, cast.chi):
            want(session, person, Frequency.AT_ONCE, now=clock())
        session.commit()
        self.stopping = threading.Event()
        self.gatherer = NoticeGatherer(database, clock, self.stopping)
        self.sender = self.make_sender()

    def make_sender(self, *, quotes_posts=True, per_minute=120):
        writer = MailWriter(base_url=BASE_URL, tokens=TOKENS, quotes_posts=quotes_posts)
        postman = SmtpPostman(
            writer, SmtpConnection(self.sink.server), "Colloquy <colloquy@tool.example.edu>", self.clock
        )
        return MailSender(self.database, postman, self.clock, self.stopping, "tool.example.edu", per_minute=per_minute)

    def answer(self, text="", author=None):
        answer = write(
            self.session, author or self.cast.ben, self.discussion, to=self.post, text=text, now=self.clock()
        )
        self.session.commit()
        return answer

    def send(self):
        self.gatherer.gather_new()
        return self.sender.send_due()

    def mails(self):
        with self.database.read() as session:
            return session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()


@pytest.fixture
def clock():
    return FrozenClock()


@pytest.fixture
def sink():
    with mail_sink() as sink:
        yield sink


@pytest.fixture
def servers(database, sink):
    return {"database": database, "sink": sink}


@pytest.fixture
def office(session, cast, discussion, clock, servers):
    return Office(session, cast, discussion, clock, **servers)


def body(mail, kind="plain"):
    return mail.get_body((kind,)).get_content()


def test_an_answer_arrives_with_the_heads_that_mail_programs_need(office):
    office.answer("Because <b>leaders</b> & managers differ.")
    assert office.send() == 1
    (mail,) = office.sink.received
    assert office.sink.to == ["ana@students.example.edu"]
    assert (mail["From"], mail["To"]) == ("Colloquy <colloquy@tool.example.edu>", "ana@students.example.edu")
    assert mail["Subject"] == "Re: Managers and leaders"
    assert mail["In-Reply-To"] == mail["References"] != mail["Message-ID"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = mail["List-Unsubscribe"].removeprefix(f"<{BASE_URL}/notices/unsubscribe/").removesuffix(">")
    assert TOKENS.read(token) == MailSubscription(office.cast.course_id, office.cast.ana.person_id)
    assert "Ben Carter replied to you." in body(mail)
    assert "> Because <b>leaders</b> & managers differ." in body(mail)
    assert "&lt;b&gt;leaders&lt;/b&gt;" in body(mail, "html")
    assert f"{BASE_URL}/courses/{office.cast.course_id}/discussions/{office.discussion.id}?at=1.1#p1.1" in body(mail)


def test_mails_about_one_thread_are_grouped_and_each_has_its_own_id(office):
    for text in ("One thing.", "Another thing."):
        office.answer(text)
        office.send()
    one, two = office.sink.received
    assert one["References"] == two["References"]
    assert one["Subject"] == two["Subject"]
    assert one["Message-ID"] != two["Message-ID"]


def test_nothing_is_sent_twice(office):
    office.answer()
    assert [office.send(), office.send(), office.make_sender().send_due()] == [1, 0, 0]
    assert [mail.state for mail in office.mails()] == [MailState.SENT]


def test_no_post_text_where_the_institution_says_so(office):
    office.answer("A sentence that stays inside.")
    office.sender = office.make_sender(quotes_posts=False)
    office.send()
    assert "stays inside" not in str(office.sink.received[0])
    assert "Ben Carter replied to you." in body(office.sink.received[0])


def test_a_daily_mail_comes_at_eight_and_tells_everything(office):
    want(office.session, office.cast.ana, Frequency.DAILY, now=office.clock())
    office.answer("One thing.")
    assert office.send() == 0
    office.answer("Another thing.")
    office.clock.now = office.clock.now.replace(hour=6, minute=59) + timedelta(days=1)  # Berlin, in winter
    assert office.send() == 0
    office.clock.move(minutes=1)
    assert office.send() == 1
    (mail,) = office.sink.received
    assert mail["Subject"] == "New in Leading Change"
    assert body(mail).count("Ben Carter replied to you.") == 2
    assert mail["References"] is None


def test_quiet_hours_are_kept_and_end(office):
    want(office.session, office.cast.ana, Frequency.AT_ONCE, now=office.clock(), quiet=(22, 7))
    office.clock.now = office.clock.now.replace(hour=22)  # 23:00 in Berlin
    office.answer()
    assert office.send() == 0
    office.clock.now += timedelta(hours=8)
    assert office.send() == 1


def test_who_turned_mail_off_or_left_gets_none(office):
    want(office.session, office.cast.ana, Frequency.OFF, now=office.clock())
    office.answer()
    assert office.send() == 0
    assert office.mails() == []
    want(office.session, office.cast.ana, Frequency.AT_ONCE, now=office.clock())
    office.answer("Another thing.")
    office.gatherer.gather_new()
    office.sender._plan()
    with office.database.writing() as session:
        deactivate_others(
            session, office.cast.course_id, {office.cast.ben.person_id}, office.clock() + timedelta(days=1)
        )
    assert office.sender.send_due() == 0
    assert [mail.state for mail in office.mails()] == [MailState.DROPPED]


@pytest.mark.parametrize("address", ["", "ana", "ana@x.edu\r\nBcc: all@x.edu", "ana@x.edu, ben@x.edu"])
def test_no_mail_to_what_is_no_address(office, address):
    office.session.execute(update(Person).where(Person.id == office.cast.ana.person_id).values(email=address))
    office.answer()
    assert office.send() == 0
    assert office.mails() == []


def test_a_held_answer_is_mailed_once_it_is_approved(office):
    answer = office.answer()
    change = {"reason": "", "now": office.clock()}
    change_post(office.session, office.cast.ines, office.discussion, answer.id, action=ModerationAction.HOLD, **change)
    office.session.commit()
    assert office.send() == 1  # that Ben's post is held
    assert office.sink.to == ["ben@students.example.edu"]
    change_post(
        office.session, office.cast.ines, office.discussion, answer.id, action=ModerationAction.APPROVE, **change
    )
    office.session.commit()
    office.clock.move(hours=1)
    office.send()
    assert sorted(office.sink.to[1:]) == ["ana@students.example.edu", "ben@students.example.edu"]


def test_what_was_hidden_after_it_was_planned_is_not_sent(office):
    answer = office.answer("Rude words.")
    office.gatherer.gather_new()
    office.sender._plan()
    change = {"reason": "Rude", "now": office.clock()}
    change_post(office.session, office.cast.ines, office.discussion, answer.id, action=ModerationAction.HIDE, **change)
    office.session.commit()
    office.send()
    assert not any("Rude words" in str(mail) and "ana@" in mail["To"] for mail in office.sink.received)


def test_names_are_pseudonyms_where_the_discussion_hides_them(office):
    from lti_app.discussion.discussions.rules import Anonymity

    office.discussion = set_up(office.session, office.cast.ines, office.clock(), anonymity=Anonymity.PEERS)
    office.post = write(office.session, office.cast.ana, office.discussion, now=office.clock())
    write(office.session, office.cast.ben, office.discussion, now=office.clock())
    office.answer()
    office.send()
    (mail,) = office.sink.received
    assert "Ben" not in str(mail)
    assert re.search(r"\w+ \w+ replied to you", body(mail))


def test_a_refused_address_gets_nothing_more_until_it_changes_or_is_tried_again(office):
    office.sink.says_to_address["ana@students.example.edu"] = "550 no such user"
    office.answer()
    office.send()
    (mail,) = office.mails()
    assert (mail.state, mail.error_code, mail.error_detail) == (MailState.REFUSED, "address", "550")
    office.sink.says_to_address.clear()
    office.answer("More.")
    assert office.send() == 0
    try_address_again(office.session, office.cast.ana)
    office.answer("Even more.")
    assert office.send() == 1
    assert office.session.scalars(select(RefusedAddress)).all() == []


def test_mail_comes_back_to_its_sender_unless_an_address_is_set_for_that(office):
    office.answer("One thing.")
    office.send()
    office.sender.return_paths = paths = ReturnPaths("bounces@example.edu", "a secret of at least 32 characters")
    office.answer("Another thing.")
    office.send()
    plain, signed = office.sink.came_from
    assert plain == "colloquy@tool.example.edu"
    (path,) = paths.find([signed])
    mail = office.mails()[1]
    assert path.mail_id == mail.id
    assert paths.is_genuine(path, mail.token, "ana@students.example.edu")
    assert [str(mail["From"]) for mail in office.sink.received] == ["Colloquy <colloquy@tool.example.edu>"] * 2
    assert not any("bounces+" in str(mail) for mail in office.sink.received)


def test_after_a_report_nothing_more_is_sent_until_the_reader_tries_again(office):
    office.sender.return_paths = paths = ReturnPaths("bounces@example.edu", "a secret of at least 32 characters")
    taker = BounceTaker(office.database, paths, office.clock)
    office.answer("One thing.")
    assert office.send() == 1
    taker.take(report(office.sink.came_from[0], GONE))
    office.answer("Another thing.")
    assert office.send() == 0
    try_address_again(office.session, office.cast.ana)
    office.answer("A third thing.")
    assert office.send() == 1
    taker.take(report(office.sink.came_from[0], GONE))  # once more, from before
    office.answer("A fourth thing.")
    assert office.send() == 1


def test_a_new_address_of_the_lms_is_tried(office):
    office.sink.says_to_address["ana@students.example.edu"] = "550 no such user"
    office.answer()
    office.send()
    office.session.execute(
        update(Person).where(Person.id == office.cast.ana.person_id).values(email="ana@new.example.edu")
    )
    office.answer("More.")
    assert office.send() == 1


def test_a_rejected_mail_stops_neither_the_address_nor_the_others(office):
    office.sink.says_to_mail = "554 looks like spam"
    office.answer()
    assert office.send() == 0
    assert [mail.error_code for mail in office.mails()] == ["content"]
    office.sink.says_to_mail = "250 OK"
    office.answer("More.")
    assert office.send() == 1


def test_a_busy_server_is_tried_again_and_in_the_end_given_up(office):
    office.sink.says_to_address["ana@students.example.edu"] = "451 greylisted"
    office.answer()
    assert office.send() == 0
    (mail,) = office.mails()
    assert (mail.state, mail.error_code, mail.attempts) == (MailState.PENDING, "busy", 1)
    assert office.clock() < mail.due_at <= office.clock() + timedelta(minutes=1)
    office.clock.now += GIVE_UP_AFTER
    office.send()
    assert office.mails()[0].state is MailState.REFUSED


def test_a_server_that_is_away_delays_all_and_loses_nothing(office):
    port, office.sink.port = office.sink.port, 1
    office.sender = office.make_sender()
    office.answer(author=office.cast.ben)
    office.answer(author=office.cast.ben, text="More.")
    assert office.send() == 0
    assert {mail.state for mail in office.mails()} == {MailState.PENDING}
    office.sink.port = port
    office.sender = office.make_sender()
    office.clock.move(minutes=3)
    assert office.send() == 2


def test_a_sender_that_the_server_does_not_accept_is_no_fault_of_the_reader(office):
    office.sink.says_to_sender = "550 who are you"
    office.answer()
    office.send()
    (mail,) = office.mails()
    assert (mail.state, mail.error_code) == (MailState.PENDING, "sender")


def test_many_answers_in_an_hour_come_in_one_mail(office):
    for number in range(AT_ONCE_IN_AN_HOUR + 3):
        office.answer(f"Thing number {number}.")
        office.send()
    assert len(office.sink.received) == AT_ONCE_IN_AN_HOUR
    office.clock.move(hours=1, minutes=1)
    assert office.send() == 1
    assert body(office.sink.received[-1]).count("Ben Carter replied to you.") == 3


def test_no_more_mails_a_minute_than_the_server_takes(office):
    for number in range(4):
        office.answer(f"Thing number {number}.")
    office.sender = office.make_sender(per_minute=3)
    assert [office.send(), office.send()] == [3, 0]
    office.clock.move(minutes=1, seconds=1)
    assert office.send() == 1


def test_a_worker_that_dies_after_the_server_accepted_repeats_the_same_message_id(office, monkeypatch):
    office.answer()
    office.gatherer.gather_new()
    monkeypatch.setattr("lti_app.jobs.notices.finish_mail", _die)
    with pytest.raises(KeyboardInterrupt):
        office.sender.send_due()
    monkeypatch.undo()
    again = office.make_sender()
    assert again.send_due() == 0  # the lease of the dead worker still runs
    office.clock.now += LEASE
    assert again.send_due() == 1
    one, two = office.sink.received
    assert one["Message-ID"] == two["Message-ID"]
    assert body(one) == body(two)
    assert [mail.state for mail in office.mails()] == [MailState.SENT]


def _die(*_arguments, **_options):
    raise KeyboardInterrupt


def test_a_worker_that_dies_before_it_spoke_to_the_server_loses_nothing(office):
    office.answer()
    office.gatherer.gather_new()
    office.sender._plan()
    with office.database.writing() as session:
        assert len(claim_mails(session, office.clock(), limit=5, lease=LEASE)) == 1
        assert claim_mails(session, office.clock(), limit=5, lease=LEASE) == []
    office.clock.now += LEASE
    assert office.send() == 1
    assert len(office.sink.received) == 1


def test_old_mails_and_notices_are_forgotten(office):
    office.answer()
    office.send()
    office.clock.move(days=200)
    office.gatherer.forget_old()
    assert office.mails() == []
    with office.database.writing() as session:
        assert forget_mails(session, before=office.clock()) == 0
