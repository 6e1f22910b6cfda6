"""The LMS misbehaves as it is told."""

import threading
import time

import pytest
import requests
from flask.testing import FlaskClient

from lti_app.practice_lms.config import PracticeConfig
from lti_app.practice_lms.lms import PracticeLms
from lti_app.practice_lms.server import running
from lti_app.practice_lms.vocabulary import SCOPE_MEMBERSHIP


@pytest.fixture
def members(lms: PracticeLms) -> dict:
    token = lms.issue_token([SCOPE_MEMBERSHIP])
    return {"path": f"/api/courses/{lms.course.id}/memberships", "headers": {"Authorization": f"Bearer {token}"}}


@pytest.mark.parametrize(
    ("fault", "answered"),
    [
        ({"kind": "error"}, (500, "text/plain")),
        ({"kind": "html"}, (200, "text/html")),
        ({"kind": "refuse", "status": 404}, (404, "application/json")),
        ({"kind": "hang", "seconds": 0}, (504, "text/plain")),
    ],
)
def test_a_service_misbehaves_until_reset(
    visitor: FlaskClient, lms: PracticeLms, members: dict, fault: dict, answered: tuple[int, str]
) -> None:
    lms.faults.set("memberships", **fault)
    for _ in range(2):
        answer = visitor.get(**members)
        assert (answer.status_code, answer.mimetype) == answered
    assert visitor.get("/jwks").status_code == 200
    lms.faults.reset()
    assert visitor.get(**members).status_code == 200


def test_a_fault_can_be_limited_to_some_requests(visitor: FlaskClient, lms: PracticeLms, members: dict) -> None:
    lms.faults.set("memberships", "error", times=2)
    assert [visitor.get(**members).status_code for _ in range(3)] == [500, 500, 200]
    assert lms.faults.active() == {}


def test_slow_answers_are_correct(visitor: FlaskClient, lms: PracticeLms, members: dict) -> None:
    asked_at_ease = visitor.get(**members)
    lms.faults.set("memberships", "slow", seconds=0.2)
    began = time.monotonic()
    answer = visitor.get(**members)
    assert time.monotonic() - began >= 0.2
    assert answer.status_code == 200
    assert answer.json["members"]
    assert (answer.json, answer.mimetype) == (asked_at_ease.json, asked_at_ease.mimetype)


def test_what_a_fault_answered_is_in_the_log(visitor: FlaskClient, lms: PracticeLms, members: dict) -> None:
    lms.faults.set("memberships", "error")
    visitor.get(**members)
    assert lms.journal.page()[0].status == 500


def test_a_reset_lets_hanging_requests_go(config: PracticeConfig) -> None:
    with running(config) as app:
        lms: PracticeLms = app.extensions["practice_lms"]
        lms.faults.set("jwks", "hang", seconds=60)
        statuses: list[int] = []
        url = f"{lms.config.base_url}/jwks"
        waiting = threading.Thread(target=lambda: statuses.append(requests.get(url, timeout=20).status_code))
        with pytest.raises(requests.Timeout):
            requests.get(url, timeout=0.05)
        waiting.start()
        waiting.join(0.05)
        lms.faults.reset()
        waiting.join(10)
        assert statuses in ([504], [200])  # 200: the request came only after the reset
