"""Let the LMS misbehave on purpose, so that one can see how the tool bears it."""

import threading
from dataclasses import dataclass
from typing import NamedTuple

from lti_app.practice_lms.vocabulary import SCORE_TYPE

SERVICES = {
    "token": "Access tokens",
    "jwks": "Key set",
    "lineitems": "Line items",
    "scores": "Scores",
    "results": "Results",
    "memberships": "Memberships",
}
KINDS = {
    "error": "answer 500 Internal Server Error",
    "html": "answer 200 with an HTML page",
    "refuse": "refuse with a status",
    "hang": "hang, then answer 504",
    "slow": "answer correctly, but slowly",
    "locked": "answer as Moodle does for a locked grade",
    "forget": "accept, and keep nothing (Moodle: grade type None)",
}
REFUSALS = (400, 401, 403, 404, 409, 422, 429, 503)
LONGEST_WAIT = 300.0


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to misbehave. ``seconds`` is for hang and slow; ``times``: how many requests it meets (None: all)."""

    kind: str
    status: int = 403
    seconds: float = 10.0
    times: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if not 0 <= self.seconds <= LONGEST_WAIT:
            raise ValueError(f"seconds must lie between 0 and {LONGEST_WAIT:g}")
        if not 400 <= self.status <= 599:
            raise ValueError("status must lie between 400 and 599")
        if self.times is not None and self.times < 1:
            raise ValueError("times must be at least 1")


class FaultAnswer(NamedTuple):
    """What to answer in place of the service."""

    status: int
    content_type: str
    body: str


class Faults:
    """The faults that are set, by service. Kept in memory only: a start begins well-behaved."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: dict[str, Fault] = {}
        self._released = threading.Event()

    def set(self, service: str, kind: str, *, status: int = 403, seconds: float = 10, times: int | None = None) -> None:
        """Make ``service`` misbehave; raises ValueError for an unknown service or a value out of range."""
        if service not in SERVICES:
            raise ValueError(f"service must be one of {', '.join(SERVICES)}")
        fault = Fault(kind, status, seconds, times)
        with self._lock:
            self._faults[service] = fault

    def reset(self) -> None:
        """Remove all faults now; requests that hang continue."""
        with self._lock:
            self._faults.clear()
            self._released.set()
            self._released = threading.Event()

    def active(self) -> dict[str, Fault]:
        """Return the faults that are set now, by service."""
        with self._lock:
            return dict(self._faults)

    def meet(self, service: str) -> FaultAnswer | None:
        """Count one request to ``service``; wait if a fault says so; return what to answer, or None to go on."""
        with self._lock:
            fault = self._take(service)
            released = self._released
        if fault is None:
            return None
        if fault.kind in {"hang", "slow"}:
            released.wait(fault.seconds)
        return _answer(fault)

    def _take(self, service: str) -> Fault | None:
        fault = self._faults.get(service)
        if fault is not None and fault.times is not None:
            if fault.times == 1:
                del self._faults[service]
            else:
                self._faults[service] = Fault(fault.kind, fault.status, fault.seconds, fault.times - 1)
        return fault


def _answer(fault: Fault) -> FaultAnswer | None:
    html = "<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>"
    answers = {
        "error": FaultAnswer(500, "text/plain", "Internal Server Error (set on the Faults page)"),
        "html": FaultAnswer(200, "text/html", html),
        "refuse": FaultAnswer(fault.status, "application/json", f'{{"status": {fault.status}, "reason": "Refused"}}'),
        "locked": FaultAnswer(500, SCORE_TYPE, "[]"),
        "forget": FaultAnswer(200, SCORE_TYPE, ""),
        "hang": FaultAnswer(504, "text/plain", "Gateway Timeout (set on the Faults page)"),
    }
    return answers.get(fault.kind)
