"""How a stream is doing, in the words that operators read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from lti_app.exchange.streaming.rules.activities import ActivityState, StreamFormat

WORDS = {
    "timeout": "the endpoint did not answer in time",
    "unreachable": "the endpoint could not be reached; check the address and its certificate",
    "busy": "the endpoint was not asked, because it did not answer a moment ago",
    "redirected": "the address is not allowed",
    "bad_answer": "the endpoint sent an unexpected response",
    "throttled": "the endpoint asks Colloquy to wait (429)",
    "unauthorized": "the endpoint does not accept the token (401)",
    "forbidden": "the token does not permit sending activities (403)",
    "not_found": "there is no endpoint at this address (404 or 410)",
    "server_error": "the endpoint reported an internal error",
    "internal_error": "Colloquy had an internal error; see its log",
}
TIME = "%Y-%m-%d %H:%M UTC"


@dataclass(frozen=True)
class StreamStatus:
    """A stream as operators see it; without its token."""

    tenant_id: int
    format: StreamFormat
    address: str
    tells_grades: bool
    names_lms_users: bool
    started_at: datetime
    stopped_at: datetime | None
    error_code: str | None
    """What was wrong with the newest request; None if it was accepted, or before the first."""
    failing_since: datetime | None
    due_at: datetime
    counts: Mapping[ActivityState, int]
    waiting_since: datetime | None
    """When the oldest activity that waits happened."""
    sent_at: datetime | None
    """When activities were accepted last."""
    refusals: tuple[str, ...]
    """The errors with which single activities were refused."""

    def lines(self) -> Iterator[str]:
        """What to tell the operator, the most important first."""
        if self.stopped_at:
            yield f"off since {self.stopped_at.strftime(TIME)}"
        else:
            people = "LMS user ids" if self.names_lms_users else "pseudonyms"
            grades = "with grades" if self.tells_grades else "without grades"
            yield f"on since {self.started_at.strftime(TIME)}: {self.format} to {self.address}, {people}, {grades}"
        if self.error_code and self.failing_since:
            yield f"failing since {self.failing_since.strftime(TIME)}: {words_for(self.error_code)}"
            yield f"next attempt after {self.due_at.strftime(TIME)}; to send now, run `colloquy activity-stream retry`"
        waiting = f"{self.counts[ActivityState.PENDING]} waiting"
        if self.waiting_since:
            waiting += f" (the oldest from {self.waiting_since.strftime(TIME)})"
        yield f"{waiting}, {self.counts[ActivityState.SENT]} sent, {self.counts[ActivityState.REFUSED]} refused"
        for code in self.refusals:
            yield f"refused: {words_for(code)}"
        if self.sent_at:
            yield f"last accepted at {self.sent_at.strftime(TIME)}"


def words_for(code: str) -> str:
    """A sentence for an error code of `endpoints.code_of`."""
    return WORDS.get(code, f"the endpoint refused it with the status {code.removeprefix('status_')}")
