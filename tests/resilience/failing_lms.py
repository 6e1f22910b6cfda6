"""A class whose grades go to an LMS that fails in every way, in one process: no network, and a clock that is moved.

Everything of ours is real: the sender with its lanes, the reader, the LTI edge with tokens, columns and scores.
"""

import json
import random
import threading
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from requests.structures import CaseInsensitiveDict
from sqlalchemy import exists, or_, select

from lti_app.core.db import Database
from lti_app.core.http import Answer, OutgoingTimeout, OutgoingUnreachable
from lti_app.core.key_value import DatabaseStore
from lti_app.grading.passbacks.actions.queueing import request_check, retry_passbacks, send_over
from lti_app.grading.passbacks.queries import report_of
from lti_app.grading.passbacks.rules.reports import PassbackReport
from lti_app.jobs.passbacks import PassbackSender
from lti_app.jobs.read_backs import GradebookReader
from lti_app.lti.ags import OUR_SCOPES, RESULT_SCOPE
from lti_app.lti.gradebook import LtiGradebook
from lti_app.lti.models import Deployment, Placement, Platform
from lti_app.lti.services import LtiServices
from tests.grading.passbacks.passbacks import START, Class, MovableClock
from tests.lti.services.fake_services import FakeResponse, FakeServices, ReceivedRequest
from tests.resilience.words import Passback, PassbackState, ReadBack

HTML = {"Content-Type": "text/html"}
ANSWERS = {
    "409": FakeResponse(409, []),
    "412": FakeResponse(412, {"errors": "no such link"}),
    "422": FakeResponse(422, {"errors": "User not found in course or is not a student"}),
    "429, wait 30 s": FakeResponse(429, "", {"Retry-After": "30"}),
    "429": FakeResponse(429, ""),
    "403 of the throttle": FakeResponse(403, "403 Forbidden (Rate Limit Exceeded)"),
    "500": FakeResponse(500, "Internal Server Error"),
    "503": FakeResponse(503, ""),
    "wrong JSON": FakeResponse(200, {"surprise": [1, 2, 3]}),
    "broken JSON": FakeResponse(200, '{"access_token": "'),
    "garbage": FakeResponse(200, "<!doctype html><title>Maintenance</title>", HTML),
}
DEEDS = (
    "nothing",
    "time-out before",
    "time-out after",
    "unreachable",
    "revoked key",
    "token ends",
    "column deleted",
    "kill before",
    "kill after",
)
FAULTS = (*ANSWERS, *DEEDS)
NUMBERS = count()


class WorkerKilled(BaseException):
    """What `kill -9` looks like from inside: nothing of ours runs any more."""


class FailingLms:
    """Stands where requests go out: hands each one to an LMS, or lets something go wrong with it."""

    def __init__(self, services: FakeServices, faults: Iterator[str]) -> None:
        self.services, self.faults = services, faults
        self.met: set[str] = set()
        self.revoked = 0
        """How many more times the LMS does not accept our key."""
        self.most_under_way = 0
        self._under_way: set[object] = set()
        self._lock = threading.Lock()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: Mapping[str, str] | bytes | None = None,
        **_limits: Any,
    ) -> Answer:
        """As core.http.Outgoing does."""
        parts = urlsplit(url)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        body = data if isinstance(data, bytes) else urlencode(data or {}).encode()
        asked = ReceivedRequest(method, parts.path, query, dict(headers or {}), body)
        with self._lock:
            fault = next(self.faults, "nothing")
            self.met.add(fault)
        self._fail_before(asked, fault)
        answer = ANSWERS.get(fault) or self._answer(asked)
        if fault == "time-out after":
            raise OutgoingTimeout("lms.example did not finish in time")
        if fault == "kill after":
            raise WorkerKilled
        text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        return Answer(answer.status, answer.reason or "", CaseInsensitiveDict(answer.headers), text.encode())

    def _fail_before(self, asked: ReceivedRequest, fault: str) -> None:
        if fault == "time-out before":
            raise OutgoingTimeout("lms.example did not answer in time")
        if fault == "unreachable":
            raise OutgoingUnreachable("lms.example could not be reached")
        if fault == "kill before":
            raise WorkerKilled
        with self._lock:
            if fault == "token ends":
                self.services.tokens.clear()
            if fault == "revoked key":
                self.services.tokens.clear()
                self.revoked = 3
            if fault == "column deleted":
                self.services.items.clear()
                self.services.scores.clear()

    def _answer(self, asked: ReceivedRequest) -> FakeResponse:
        if asked.path == "/token":
            with self._lock:
                self.revoked, is_revoked = max(self.revoked - 1, 0), self.revoked > 0
            if is_revoked:
                return FakeResponse(400, {"error": "invalid_client"})
            return self.services.answer(asked)
        return self._alone(asked) if asked.path.endswith("/scores") else self.services.answer(asked)

    def _alone(self, asked: ReceivedRequest) -> FakeResponse:
        """No two scores of a student may be under way to one column."""
        whose = (asked.path, asked.json["userId"])
        with self._lock:
            assert whose not in self._under_way
            self._under_way.add(whose)
            self.most_under_way = max(self.most_under_way, len(self._under_way))
        try:
            before = self.shown(asked.path).get(asked.json["userId"])
            answer = self.services.answer(asked)
            assert answer.status != 200 or before is None or before["timestamp"] < asked.json["timestamp"]
            return answer
        finally:
            with self._lock:
                self._under_way.discard(whose)

    def shown(self, path: str | None = None) -> dict[str, dict[str, Any]]:
        """The scores in the column of this address, or in the only one there is."""
        wanted = int(path.split("/")[2]) if path else max(self.services.items, default=0)
        return {sub: body for (item, sub), body in dict(self.services.scores).items() if item == wanted}


class FailingClass:
    """A class that is placed in that LMS, and its worker, which may be killed."""

    def __init__(self, database: Database, students: int, faults: Iterator[str]) -> None:
        self.database, self.clock = database, MovableClock()
        self.services = FakeServices()
        self.services.close()  # nobody asks it over the network
        self.services.students = {f"s{number}" for number in range(students)}
        self.lms = FailingLms(self.services, faults)
        self.issuer = f"https://lms{next(NUMBERS)}.example"
        self.school = Class(database, students, issuer=self.issuer)
        self.school.forget_passbacks()
        self._place()
        self.kills = 0
        self.start_worker()

    def start_worker(self) -> None:
        """A new process: it knows nothing of what the last one did."""
        outgoing: Any = self.lms
        store = DatabaseStore(self.database, self.clock)
        services = LtiServices(database=self.database, store=store, outgoing=outgoing, clock=self.clock)
        gradebook = LtiGradebook(database=self.database, services=services)
        self.sender = PassbackSender(self.database, gradebook, self.clock)
        self.reader = GradebookReader(
            self.database, gradebook, self.clock, self.sender.stopping, pauses=self.sender.pauses
        )

    def work(self) -> None:
        """What the worker does when it is woken, killed or not."""
        try:
            self.sender.send_due()
            self.reader.read_due()
        except WorkerKilled:
            self.kills += 1
            self.start_worker()

    def work_until_quiet(self, chance: random.Random, *, rounds: int = 300) -> None:
        """Let time pass until nothing is under way, and everything that was accepted is read back, just now."""
        for _ in range(rounds):
            self.work()
            if not self.is_busy():
                if self.is_checked:
                    return
                self.check()
            self.clock.advance(chance.choice([16, 61, 130, 1300, 3700]))
        states = Counter((report.standing.value, report.error_code) for report in self.reports().values())
        raise AssertionError(f"it does not become quiet: {states}")

    def is_busy(self) -> bool:
        """Whether a score waits to be sent or to be read back for the first time."""
        unread = (Passback.state == PassbackState.SENT) & (Passback.read_back == ReadBack.UNCHECKED)
        with self.database.read() as session:
            return bool(session.scalar(select(exists().where(or_(Passback.state == PassbackState.PENDING, unread)))))

    @property
    def is_checked(self) -> bool:
        """Whether everything was read back since an hour ago, or nothing can be."""
        accepted = [report for report in self.reports().values() if report.is_accepted]
        return all(
            report.checked_at and self.clock() - report.checked_at < timedelta(hours=1)
            for report in accepted
            if report.read_back is not ReadBack.UNREADABLE
        )

    def check(self) -> None:
        """What "Check the gradebook" does."""
        with self.database.writing() as session:
            request_check(session, self.school.grader(), discussion_id=self.school.discussion_id, now=self.clock())

    def resend_failures(self) -> int:
        """What the button of the passback page does."""
        with self.database.writing() as session:
            about = {"discussion_id": self.school.discussion_id, "now": self.clock()}
            return retry_passbacks(session, self.school.grader(), **about)

    def send_over_lost(self) -> int:
        """What selecting everybody whose grade differs in the LMS does there."""
        people = [person for person, report in self.reports().items() if report.can_be_sent_over]
        with self.database.writing() as session:
            about = {"discussion_id": self.school.discussion_id, "person_ids": people, "now": self.clock()}
            return send_over(session, self.school.grader(), **about)

    def reports(self) -> dict[int, PassbackReport]:
        """What became of the scores, by person."""
        with self.database.read() as session:
            return {row.person_id: report_of(row) for row in session.scalars(select(Passback))}

    def shown(self) -> dict[int, Decimal]:
        """What the LMS shows, by person."""
        by_sub = {f"s{number}": person for number, person in enumerate(self.school.students)}
        return {by_sub[sub]: Decimal(str(body["scoreGiven"])) for sub, body in self.lms.shown().items()}

    def _place(self) -> None:
        addresses = {f"auth_{name}_url": f"{self.services.url}/{name}" for name in ("login", "token")}
        with self.database.writing() as session:
            platform = Platform(issuer=self.issuer, client_id="client-1", created_at=START, **addresses)
            platform.jwks_url = f"{self.services.url}/jwks"
            deployment = Deployment(platform=platform, deployment_id="1", created_at=START)
            session.add(deployment)
            session.flush()
            session.add(
                Placement(
                    deployment_id=deployment.id,
                    resource_link_id="link-1",
                    course_id=self.school.course_id,
                    discussion_id=self.school.discussion_id,
                    lineitems_url=self.services.lineitems_url,
                    ags_scopes=sorted({*OUR_SCOPES, RESULT_SCOPE}),
                )
            )


def mixed(chance: random.Random, requests: int, *, share: float, faults: Collection[str] = FAULTS) -> Iterator[str]:
    """So many requests, of which a share goes wrong: each fault comes at least once."""
    bad = list(faults) + [chance.choice(list(faults)) for _ in range(max(0, int(requests * share) - len(faults)))]
    plan = bad + ["nothing"] * (requests - len(bad))
    chance.shuffle(plan)
    return iter(plan)
