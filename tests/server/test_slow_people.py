"""Slow people hold no thread, and not for ever: limits are for the whole of a request or an answer."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from lti_app.server.connections import wrapped
from lti_app.server.limits import ConnectionLimits
from tests.resilience.waiting import eventually
from tests.server.serving import LARGEST, Guest, Serving, serving

LIMITS = ConnectionLimits(largest_body=LARGEST)
LARGE = b"x" * 20_000_000
BODY = f"Content-Length: {LARGEST}\r\n"


@pytest.fixture
def served() -> Iterator[Serving]:
    """One thread, so that a single request that is held would hold everybody."""
    with serving(threads=1) as served:
        yield served


def head(guest: Guest) -> None:
    guest.send(b"GET / HTTP/1.1\r\nHost: here\r\nX-Long: a")


def body(guest: Guest) -> None:
    guest.ask(headers=BODY, body=b"a", method="POST")


def nothing(_guest: Guest) -> None:
    """A connection without a byte."""


BEGINNINGS = {"nothing": nothing, "headers": head, "body": body}


@pytest.mark.parametrize("kind", BEGINNINGS)
def test_whoever_has_not_sent_all_holds_no_thread(served: Serving, kind: str):
    for _ in range(10):
        BEGINNINGS[kind](served.guest())
    assert served.guest().ask().answer() == (200, b"0")
    assert len(served.asked) == 1


@pytest.mark.parametrize("kind", ["headers", "body"])
def test_a_byte_a_second_comes_to_an_end(served: Serving, kind: str):
    guest = served.guest()
    BEGINNINGS[kind](guest)
    eventually(lambda: any(each.request for each in served.loop.connections), "the request has begun")
    longest = LIMITS.grace_seconds + LARGEST / LIMITS.least_rate
    for _ in range(int(longest) + 3):
        served.now += 1
        try:
            guest.send(b"a")
        except ConnectionError:
            break
        served.loop.wake()
    assert guest.rest() in (b"", b"(broken off)")
    assert not served.asked


def test_a_connection_without_a_request_comes_to_an_end(served: Serving):
    guest = served.guest()
    eventually(lambda: bool(served.loop.connections), "the connection is taken")
    served.now += LIMITS.head_seconds + 1
    assert guest.rest() == b""


def test_a_body_that_keeps_coming_has_more_time(served: Serving):
    guest = served.guest()
    body(guest)
    pieces = 10
    for _ in range(pieces):
        served.now += LIMITS.grace_seconds / 4
        guest.send(b"a" * (LARGEST // pieces - 1))
    guest.send(b"a" * (pieces - 1))
    assert guest.answer() == (200, str(LARGEST).encode())


def test_a_connection_is_kept_longer_than_proxies_keep_it(served: Serving):
    guest = served.guest()
    assert guest.ask().answer()[0] == 200
    served.now += 125
    served.loop.wake()
    assert guest.ask().answer()[0] == 200
    served.now += LIMITS.idle_seconds + 1
    assert guest.rest() == b""


def test_a_slow_reader_holds_no_thread_and_not_for_ever(served: Serving, tmp_path: Path):
    (tmp_path / "file").write_bytes(LARGE)
    served.answers = {
        "/whole": lambda _: [LARGE],
        "/pieces": lambda _: iter([LARGE[:1_000_000]] * 20),
        "/file": lambda environ: environ["wsgi.file_wrapper"]((tmp_path / "file").open("rb")),
        "/far": lambda environ: environ["wsgi.file_wrapper"](BytesIO(LARGE)),
    }
    readers = [served.guest(narrow=True).ask(path) for path in served.answers for _ in range(3)]
    assert served.guest().ask().answer() == (200, b"0")
    assert len(served.asked) == len(readers) + 1
    served.now += LIMITS.grace_seconds + len(LARGE) / LIMITS.least_rate + 1
    eventually(lambda: not served.loop.connections, "their connections are closed")
    for each in readers:
        assert len(each.rest()) < len(LARGE)


def test_large_answers_arrive_whole(served: Serving, tmp_path: Path):
    (tmp_path / "file").write_bytes(LARGE)
    served.answers["/file"] = lambda environ: environ["wsgi.file_wrapper"]((tmp_path / "file").open("rb"))
    served.answers["/whole"] = lambda _: [LARGE]
    for path in ("/file", "/whole"):
        assert served.guest().ask(path, "Connection: close\r\n").rest().endswith(LARGE)


def test_the_loop_reads_files_of_the_disk_alone(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"here")
    with (tmp_path / "file").open("rb") as file:
        assert hasattr(wrapped(file), "prepare")
    far = wrapped(BytesIO(b"far"))
    assert not hasattr(far, "prepare")
    assert list(far) == [b"far"]


def test_too_many_connections_close_the_one_that_waits_longest():
    with serving(most_connections=3) as served:
        working = served.guest().ask("/held")
        assert served.is_asked.wait(30)
        idle = []
        for number in range(4):
            served.now += 1
            idle.append(served.guest())
            eventually(lambda n=number: len(served.loop.connections) == min(n + 2, 3), "it is taken")
        assert [each.rest() for each in idle[:2]] == [b"", b""]
        served.held.set()
        assert working.answer() == (200, b"at last")
        assert idle[3].ask().answer() == (200, b"0")


def test_a_request_that_never_ends_is_noticed(served: Serving):
    served.guest().ask("/held")
    assert served.is_asked.wait(30)
    served.now += LIMITS.request_seconds
    assert not served.loop.is_stuck()
    served.now += 1
    assert served.loop.is_stuck()


def test_stopping_ends_what_has_begun_and_leaves_new_connections_to_others(served: Serving):
    kept, working = served.guest(), served.guest()
    assert kept.ask().answer()[0] == 200
    working.ask("/held")
    eventually(lambda: len(served.asked) == 2, "it is being answered")
    served.loop.stop_accepting()
    served.now += 60
    assert not served.loop.is_done()
    served.held.set()
    assert working.answer() == (200, b"at last")
    assert kept.ask().rest().startswith(b"HTTP/1.1 200")
    eventually(served.loop.is_done, "nothing is left to do")
