"""The SMTP client: limited in time, and its failures told apart."""

import socket
import threading
from contextlib import contextmanager
from email.message import EmailMessage

import pytest

from lti_app.core.mail import MailServer, SmtpConnection, SmtpProblem, is_mail_sender
from tests.services.smtp import mail_sink


def message():
    mail = EmailMessage()
    mail["Subject"] = "Hello"
    mail.set_content("Hello.")
    return mail


def send(connection):
    connection.send(message(), sender="colloquy@example.edu", recipient="ana@example.edu")


@contextmanager
def server(says):
    """A server that greets so, piece by piece, and then is silent."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk():
            connection, _ = listening.accept()
            with connection:
                for piece in says(ended):
                    try:
                        connection.sendall(piece)
                    except OSError:
                        return

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        try:
            yield MailServer("127.0.0.1", listening.getsockname()[1], "none")
        finally:
            ended.set()
            thread.join(5)


def drip(ended):
    while not ended.wait(0.02):
        yield b"2"


def silence(ended):
    ended.wait(10)
    yield b""


@pytest.mark.parametrize("says", [drip, silence])
def test_a_server_that_drips_or_is_silent_is_left_in_time(says):
    with server(says) as found, pytest.raises(SmtpProblem) as raised:
        send(SmtpConnection(found, mail_seconds=0.3))
    assert (raised.value.code, raised.value.is_general, raised.value.is_final) == ("timeout", True, False)


def test_a_server_that_is_not_there():
    with pytest.raises(SmtpProblem) as raised:
        send(SmtpConnection(MailServer("127.0.0.1", 1, "none")))
    assert (raised.value.code, raised.value.is_general) == ("unreachable", True)


def test_a_server_without_tls_gets_no_mail_where_tls_is_wanted():
    with mail_sink() as sink:
        with pytest.raises(SmtpProblem) as raised:
            send(SmtpConnection(MailServer("127.0.0.1", sink.port, "starttls", "user", "password")))
        assert (raised.value.code, sink.received) == ("tls", [])
        with pytest.raises(SmtpProblem) as raised:
            send(SmtpConnection(MailServer("127.0.0.1", sink.port, "none", "user", "password")))
        assert (raised.value.code, sink.received) == ("login", [])


def test_one_connection_takes_several_mails_also_after_a_refusal():
    with mail_sink() as sink:
        connection = SmtpConnection(sink.server)
        send(connection)
        sink.says_to_mail = "554 no"
        with pytest.raises(SmtpProblem) as raised:
            send(connection)
        assert (raised.value.code, raised.value.status, raised.value.is_final) == ("content", "554", True)
        sink.says_to_mail = "250 OK"
        send(connection)
        connection.close()
        connection.close()
        assert len(sink.received) == 2


@pytest.mark.parametrize(
    ("text", "is_good"),
    [
        ("colloquy@example.edu", True),
        ("Colloquy <colloquy@example.edu>", True),
        ("colloquy", False),
        ("a@example.edu, b@example.edu", False),
        ("Colloquy\r\nBcc: x <colloquy@example.edu>", False),
    ],
)
def test_senders(text, is_good):
    assert is_mail_sender(text) is is_good
