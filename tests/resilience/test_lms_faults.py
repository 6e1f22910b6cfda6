"""An LMS that fails in every way: people are told, everybody else is served, and in the end every grade arrives."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from tests.resilience.halves import READ_SECONDS, Campus, Halves, running_halves
from tests.resilience.words import PassbackState

TRIES = 5


@pytest.fixture
def two(database_url: str, tmp_path: Path) -> Iterator[Halves]:
    """Two LMSs at one tool, and in each course the instructor has been there."""
    with running_halves(database_url, tmp_path, campuses=2) as halves:
        for campus in halves.campuses:
            halves.enter(campus, "miriam").close()
        yield halves


class Answering:
    """In front of an LMS: answers requests to one service itself, as long as it is told to."""

    def __init__(self, campus: Campus, service: str, status: int, headers: dict[str, str], body: str) -> None:
        self._behind, self._app = campus.lms, campus.served.app
        self._wrapped = self._app.wsgi_app
        self._service, self._answer = service, (status, headers, body)
        self.asked = 0
        self._app.wsgi_app = self  # type: ignore[method-assign]

    def stop(self) -> None:
        self._app.wsgi_app = self._wrapped  # type: ignore[method-assign]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if Request(environ).path.rstrip("/").endswith(f"/{self._service}"):
            self.asked += 1
            status, headers, body = self._answer
            return Response(body, status, headers=headers)(environ, start_response)
        return self._wrapped(environ, start_response)


def set_fault(service: str, kind: str) -> Callable[[Campus], Callable[[], None]]:
    def break_it(campus: Campus) -> Callable[[], None]:
        campus.lms.faults.set(service, kind, seconds=READ_SECONDS * 3)
        return campus.lms.faults.reset

    return break_it


def answer(service: str, status: int, body: str, **headers: str) -> Callable[[Campus], Callable[[], None]]:
    return lambda campus: Answering(campus, service, status, headers, body).stop


def be_gone(campus: Campus) -> Callable[[], None]:
    campus.served.go()
    return campus.served.come


BROKEN = '{"access_token": '
SERVER_ERROR, NONSENSE = "The LMS reported an internal error.", "The LMS sent an unexpected response."
SLOW, DOWN, WAIT = "The LMS took too long to answer.", "The LMS could not be reached.", "The LMS asked us to wait."

FAULTS = {
    "scores 500": (set_fault("scores", "error"), SERVER_ERROR),
    "scores HTML with 200": (set_fault("scores", "html"), NONSENSE),
    "scores hang": (set_fault("scores", "hang"), SLOW),
    "scores 503": (answer("scores", 503, "down"), DOWN),
    "scores 429": (answer("scores", 429, "", **{"Retry-After": "900"}), WAIT),
    "scores redirect to a sign-in page": (answer("scores", 302, "", Location="/login"), NONSENSE),
    "columns 500": (set_fault("lineitems", "error"), SERVER_ERROR),
    "columns HTML with 200": (set_fault("lineitems", "html"), NONSENSE),
    "columns hang": (set_fault("lineitems", "hang"), SLOW),
    "columns broken JSON": (answer("lineitems", 200, BROKEN, **{"Content-Type": "application/json"}), NONSENSE),
    "token 500": (set_fault("token", "error"), SERVER_ERROR),
    "token HTML with 200": (set_fault("token", "html"), NONSENSE),
    "token hang": (set_fault("token", "hang"), SLOW),
    "token broken JSON": (answer("token", 200, BROKEN, **{"Content-Type": "application/json"}), NONSENSE),
    "connection refused": (be_gone, DOWN),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_lms_keeps_nobody_else_back_and_gets_all_in_the_end(two: Halves, fault: str):
    broken, well = two.campuses
    break_it, words = FAULTS[fault]
    teacher = two.enter(broken, "miriam")
    mend = break_it(broken)
    two.release(broken, "first", list(broken.students.values())[:3])
    two.release(well, "first", list(well.students.values())[:3])
    two.send_due()
    send_until_all_is_sent(two, well, minutes=1)
    assert two.states(broken) == {PassbackState.PENDING: 3}
    status, desk = teacher.page(f"{two.tool_url}{broken.path}/grading")
    assert (status, words in desk.text) == (200, True), desk.one("main").text[-600:]
    teacher.close()
    mend()
    send_until_all_is_sent(two, broken, hours=1)
    assert {score.comment for score in broken.lms.gradebook.scores()} == {"first"}
    assert len(broken.lms.gradebook.scores()) == 3
    assert len(broken.lms.gradebook.line_items()) == 1


def send_until_all_is_sent(two: Halves, campus: Campus, **between: float) -> None:
    """Mostly at once; a busy machine may need a second try."""
    for _ in range(TRIES):
        if two.states(campus).keys() == {PassbackState.SENT}:
            return
        two.let_pass(**between)
        two.send_due()
    raise AssertionError(f"{two.states(campus)} {two.codes(campus)}")


def test_lms_that_asks_to_wait_is_left_alone_so_long(two: Halves):
    campus = two.campuses[0]
    throttle = Answering(campus, "scores", 429, {"Retry-After": "900"}, "")
    two.release(campus, "first", list(campus.students.values())[:1])
    two.send_due()
    two.let_pass(minutes=14)
    two.send_due()
    assert throttle.asked == 1
    throttle.stop()
    send_until_all_is_sent(two, campus, minutes=2)


KEY_FAULTS = {
    "500": set_fault("jwks", "error"),
    "HTML with 200": set_fault("jwks", "html"),
    "hang": set_fault("jwks", "hang"),
    "broken JSON": answer("jwks", 200, BROKEN, **{"Content-Type": "application/json"}),
}


@pytest.mark.parametrize("fault", KEY_FAULTS)
def test_launch_while_the_keys_of_the_lms_cannot_be_had(sqlite_url: str, tmp_path: Path, fault: str):
    with running_halves(sqlite_url, tmp_path) as halves:
        (campus,) = halves.campuses
        visitor = halves.visitor(campus, "dana")
        mend = KEY_FAULTS[fault](campus)
        refused = visitor.launch()
        assert refused.status_code == 502
        assert "We could not reach your learning platform" in refused.text
        assert "colloquy=" not in str(refused.headers.get("Set-Cookie", "")).replace("colloquy-login", "")
        mend()
        halves.let_pass(seconds=21)  # so long the failure is remembered
        assert visitor.launch().status_code == 303
        visitor.close()
