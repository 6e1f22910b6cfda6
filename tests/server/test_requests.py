"""What the web server refuses, and what of it the application finds words for."""

import os
from collections.abc import Iterator

import pytest

from tests.server.serving import LARGEST, Serving, serving

CHUNKS = b"5\r\nabcde\r\n0\r\n\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: here\r\n\r\n"
REFUSED = {
    "chunks": (411, b"POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS),
    "two lengths": (
        411,
        b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    ),
    "chunks in HTTP/1.0": (
        411,
        b"POST / HTTP/1.0\r\nHost: here\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    ),
    "another encoding": (501, b"POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: gzip, chunked\r\n\r\n" + CHUNKS),
    "a veiled encoding": (400, b"POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: \x0bchunked\r\n\r\n" + CHUNKS),
    "lengths that differ": (
        400,
        b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
    ),
    "a length with a sign": (400, b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: +5\r\n\r\nabcde"),
    "no host": (400, b"GET / HTTP/1.1\r\n\r\n"),
    "two hosts": (400, b"GET / HTTP/1.1\r\nHost: here\r\nHost: there\r\n\r\n"),
    "a newer version": (400, b"GET / HTTP/3.0\r\nHost: here\r\n\r\n"),
    "a space before the colon": (400, b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length : 5\r\n\r\nabcde"),
    "a bare line feed": (400, b"GET / HTTP/1.1\r\nHost: here\r\nX: a\nY: b\r\n\r\n"),
    "a long address": (431, b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: here\r\n\r\n"),
    "headers without end": (431, b"GET / HTTP/1.1\r\nHost: here\r\n" + b"X: aaaaaaaaaaaaaaaaaaaaa\r\n" * 2_000),
}


@pytest.fixture
def served() -> Iterator[Serving]:
    with serving() as served:
        yield served


@pytest.mark.parametrize("kind", REFUSED)
def test_what_proxies_might_read_otherwise_is_refused_and_ends_the_connection(served: Serving, kind: str):
    status, sent = REFUSED[kind]
    answers = served.guest().send(sent + SMUGGLED).rest()
    assert int(answers.split()[1]) == status
    assert answers.count(b"HTTP/1.") == 1
    assert not served.asked


def test_requests_one_after_another_on_a_line(served: Serving):
    guest = served.guest().send(SMUGGLED * 3)
    assert [guest.answer()[0] for _ in range(3)] == [200, 200, 200]


def test_a_body_that_is_too_large_is_refused_by_the_application_and_its_sender_reads_why(served: Serving):
    guest = served.guest().ask(headers="Content-Length: 9000000\r\n", method="POST")
    for _ in range(90):
        guest.send(b"a" * 100_000)
    answer = guest.rest()
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"connection: close" in answer.lower()
    assert answer.endswith(b"\r\n\r\n0")
    assert served.asked[0]["CONTENT_LENGTH"] == "9000000"


def test_the_largest_body_arrives_whole_and_nobody_else_can_read_it_meanwhile(served: Serving):
    seen = []

    def look(environ: dict) -> list[bytes]:
        seen.append(os.fstat(environ["wsgi.input"].fileno()))
        return [str(len(environ["wsgi.input"].read())).encode()]

    served.answers["/"] = look
    before = os.umask(0)
    try:
        guest = served.guest().ask(headers=f"Content-Length: {LARGEST}\r\n", body=b"a" * LARGEST, method="POST")
        assert guest.answer() == (200, str(LARGEST).encode())
    finally:
        os.umask(before)
    assert seen[0].st_mode & 0o077 == 0
    assert seen[0].st_nlink == 0


def test_bodies_that_have_no_room_are_refused_in_words_and_others_are_served():
    with serving(bodies_at_once=0) as served:
        guest = served.guest().ask(headers=f"Content-Length: {LARGEST}\r\n", body=b"a" * LARGEST, method="POST")
        assert guest.answer()[0] == 507
        assert served.guest().ask(headers="Content-Length: 5\r\n", body=b"abcde", method="POST").answer() == (200, b"5")


def test_a_sender_who_asks_first_is_told_to_go_on(served: Serving):
    guest = served.guest().ask(headers="Content-Length: 5\r\nExpect: 100-continue\r\n", method="POST")
    assert guest.socket.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert guest.send(b"abcde").answer() == (200, b"5")


def test_the_application_sees_what_proxies_say(served: Serving):
    served.guest().ask(headers="X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n").answer()
    (environ,) = served.asked
    assert (environ["HTTP_X_FORWARDED_FOR"], environ["HTTP_X_FORWARDED_PROTO"]) == ("192.0.2.1", "https")
    assert environ["wsgi.url_scheme"] == "http"
