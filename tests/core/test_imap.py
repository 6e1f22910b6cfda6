"""The IMAP client: limited in time and size, and its failures told apart."""

import socket
import threading
from contextlib import contextmanager

import pytest

from lti_app.core.imap import MOST_SPOKEN, ImapProblem, ImapServer, imap_folder, imap_server_at
from tests.services.imap import imap_sink


@pytest.fixture
def sink():
    with imap_sink() as sink:
        yield sink


def visit(server, seconds):
    with imap_folder(server, seconds=seconds) as folder:
        for uid in folder.list_new(10):
            folder.fetch(uid, 10)


def code_of(server, seconds=5.0):
    with pytest.raises(ImapProblem) as raised:
        visit(server, seconds)
    return raised.value.code


def test_new_mail_is_listed_read_in_part_and_marked(sink):
    for number in range(4):
        sink.put(b"mail %d" % number)
    with imap_folder(sink.server()) as folder:
        assert folder.list_new(3) == ["1", "2", "3"]
        assert folder.fetch("1", 4) == b"mail"
        assert folder.fetch("9", 4) == b""
        folder.delete(["1"])
        folder.mark_read(["2"])
        folder.delete([])
        folder.mark_read([])
        assert folder.list_new(3) == ["3", "4"]
    assert [*sink.mails] == [2, 3, 4]
    assert sink.said[-1] == "LOGOUT"
    assert "UID EXPUNGE 1" in sink.said


def test_a_server_that_cannot_expunge_some_expunges_all_that_is_deleted(sink):
    sink.capabilities = "IMAP4rev1"
    sink.put(b"mail")
    with imap_folder(sink.server()) as folder:
        folder.delete(["1"])
    assert (sink.mails, "EXPUNGE" in sink.said) == ({}, True)


def test_an_empty_folder(sink):
    with imap_folder(sink.server()) as folder:
        assert folder.list_new(3) == []


def test_problems_of_the_account_are_told_apart(sink):
    assert code_of(sink.server(password="wrong")) == "login"
    assert code_of(sink.server(password="wröng")) == "login"
    assert code_of(sink.server(folder='Old "mail"')) == "folder"
    assert code_of(sink.server(tls="starttls")) == "tls"
    assert code_of(sink.server(tls="tls")) == "tls"
    assert not any(said.startswith("LOGIN") for said in sink.said[-2:])


def test_a_server_that_is_not_there():
    assert code_of(ImapServer("127.0.0.1", 1, "none", "u", "p")) == "unreachable"


def test_an_answer_that_announces_too_much_is_not_read(sink):
    sink.put(b"mail")
    huge = b"* 1 FETCH (UID 1 BODY[]<0> {%d}\r\n" % (MOST_SPOKEN + 1)
    sink.at_command = lambda command: huge if "FETCH" in command else None
    assert code_of(sink.server()) == "unreachable"


@pytest.mark.parametrize("odd", [b"TAG BAD no\r\n", b"TAG NO no\r\n"])
def test_a_command_that_the_server_refuses(sink, odd):
    sink.at_command = lambda command: odd if "SEARCH" in command else None
    assert code_of(sink.server()) == "answer"


def test_a_server_that_falls_silent_is_left_in_time(sink):
    sink.at_command = lambda command: b"" if "SEARCH" in command else None
    assert code_of(sink.server(), seconds=0.3) == "timeout"


@contextmanager
def dripping():
    """A server that greets forever, byte by byte."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk():
            connection, _ = listening.accept()
            with connection:
                while not ended.wait(0.02):
                    try:
                        connection.sendall(b"*")
                    except OSError:
                        return

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        try:
            yield ImapServer("127.0.0.1", listening.getsockname()[1], "none", "u", "p")
        finally:
            ended.set()
            thread.join(5)


def test_a_server_that_drips_is_left_in_time():
    with dripping() as server:
        assert code_of(server, seconds=0.3) == "timeout"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("imaps://b@imap.example.edu", ImapServer("imap.example.edu", 993, "tls", "b", "pw")),
        ("imap://b@imap.example.edu/", ImapServer("imap.example.edu", 143, "starttls", "b", "pw")),
        (
            "imaps://b@example.edu@imap.example.edu:1993/Mail%20back/In",
            ImapServer("imap.example.edu", 1993, "tls", "b@example.edu", "pw", "Mail back/In"),
        ),
        ("imaps://b%2B1@[::1]/INBOX", ImapServer("::1", 993, "tls", "b+1", "pw")),
    ],
)
def test_addresses_of_folders(url, server):
    assert imap_server_at(url, "pw") == server
    assert "pw" not in repr(server)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "imap.example.edu",
            "https://b@imap.example.edu",
            "imaps://imap.example.edu",
            "imaps://@imap.example.edu",
        ),
        *("imaps://b@", "imaps://b:pw@imap.example.edu", "imaps://b@imap.example.edu:port", "imaps://b@[::1"),
        *("imaps://b@imap.example.edu/?x=1", "imaps://b@imap.example.edu/#x", "imaps://b@imap.example.edu/a%0D%0Ab"),
        *("imaps://b%20c@imap.example.edu", "imaps://b%22@imap.example.edu", "imaps://b%3Apw@imap.example.edu"),
    ],
)
def test_what_is_no_address_of_a_folder(url):
    with pytest.raises(ValueError, match=r".") as raised:
        imap_server_at(url)
    assert "pw" not in str(raised.value)
