"""A launch beside the cryptography that it cannot do without: one verification and one signing by RS256."""

import statistics
import time
from datetime import UTC, datetime

import jwt
from flask import Flask
from werkzeug.test import TestResponse

from lti_app.lti.models import CourseLink, Placement
from lti_app.lti.registrations import add_platform
from lti_app.lti.seeding import find_deployment
from tests.bench.course import BenchCourse
from tests.bench.measure import RUNS, WARM_UP, Meter, Sample, noise_of, sample
from tests.lti.fake_lms import Browser, FakeLms, KeyPair, KeyServer
from tests.statements import count_statements

LAUNCHED = 500
"""The size of the discussion that a launch opens."""


def measure_launch(app: Flask, course: BenchCourse, meter: Meter) -> None:
    """Login, look for the cookie, signed launch, first page: our own time, without the LMS's signing."""
    with KeyServer().running() as server:
        lms = FakeLms(server, KeyPair.make("bench"), lambda: datetime.now(UTC))
        _register(lms, course, meter)
        lms.publish()
        floor = _cryptography(lms.key)
        for name, opens in (("launch alone (3 requests)", False), ("launch to first page (4 requests)", True)):
            _measure(name, Arrivals(Browser(app, lms), opens_page=opens), floor, meter)


class Arrivals:
    """One newcomer after another, with what the LMS's part of each took."""

    def __init__(self, browser: Browser, *, opens_page: bool) -> None:
        self._browser, self._opens_page = browser, opens_page
        self.signing = Sample([], [])

    def __call__(self) -> TestResponse:
        """The next one; answers what their browser shows in the end."""
        begun = self._browser.login()
        wall, cpu = time.perf_counter(), time.thread_time()
        claims = self._browser.lms.claims(begun.nonce, sub=f"newcomer-{self._opens_page}-{len(self.signing.cpu)}")
        token = self._browser.lms.sign(claims)
        self.signing.cpu.append((time.thread_time() - cpu) * 1000)
        self.signing.wall.append((time.perf_counter() - wall) * 1000)
        arrived = self._browser.post(token, begun.state)
        return self._browser.client.get(arrived.headers["Location"]) if self._opens_page else arrived


def _measure(name: str, arrive: Arrivals, floor: Sample, meter: Meter) -> None:
    whole = sample(arrive)
    signing = Sample(arrive.signing.wall[WARM_UP:], arrive.signing.cpu[WARM_UP:])
    own, least = whole.less(signing), statistics.median(floor.cpu)
    with count_statements(meter.store.engine) as sent:
        answer = arrive()
    if answer.status_code not in (200, 303):
        raise RuntimeError(f"a launch ended with {answer.status_code}")
    cpu = statistics.median(own.cpu)
    meter.add(
        name,
        median_ms=statistics.median(own.wall),
        cpu_ms=cpu,
        floor_ms=least,
        ratio=cpu / least,
        statements=len(sent),
        bytes=len(answer.get_data()),
        noise=noise_of(own.cpu) + noise_of(floor.cpu),
    )


def _cryptography(key: KeyPair) -> Sample:
    """One signing and one verification with 2 048 bits, of a message as long as a launch."""
    signer, public, payload = jwt.PyJWS(), key.private.public_key(), b"x" * 1200

    def both() -> None:
        signer.decode(signer.encode(payload, key.private, "RS256"), public, ["RS256"])

    return sample(both, runs=RUNS)


def _register(lms: FakeLms, course: BenchCourse, meter: Meter) -> None:
    """A registered LMS whose link opens one of the benchmark's discussions."""
    now = datetime.now(UTC)
    named = {"issuer": lms.issuer, "client_id": lms.client_id}
    with meter.store.writing() as session:
        add_platform(session, **named, deployment_ids=[lms.deployment_id], now=now, **lms.urls)
        deployment = find_deployment(session, **named, deployment_id=lms.deployment_id)
        session.add(CourseLink(deployment_id=deployment, context_id="course-1", course_id=course.course_id))
        session.add(
            Placement(
                deployment_id=deployment,
                resource_link_id="link-1",
                course_id=course.course_id,
                discussion_id=course.discussion_ids[LAUNCHED],
            )
        )
