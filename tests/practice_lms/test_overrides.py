"""What an instructor may do in the gradebook of the LMS, and the answers of Moodle that grades can meet."""

import pytest
from flask.testing import FlaskClient

from lti_app.practice_lms.lms import PracticeLms
from lti_app.practice_lms.vocabulary import SCORE_TYPE
from tests.practice_lms.test_scores import Peer


@pytest.fixture
def peer(visitor: FlaskClient, lms: PracticeLms) -> Peer:
    return Peer(visitor, lms)


def change(peer: Peer, points: str) -> int:
    student = peer.lms.person("amara").id
    return peer.visitor.post(f"/gradebook/{peer.item.id}/{student}", data={"points": points}).status_code


def shown(peer: Peer) -> list[float]:
    return [result["resultScore"] for result in peer.read()]


def test_changed_grade_counts_whatever_the_tool_sends(peer: Peer) -> None:
    assert peer.post() == 204
    assert change(peer, "7.5") == 303
    assert shown(peer) == [7.5]
    assert peer.post(second=1, scoreGiven=18) == 204
    assert shown(peer) == [7.5]
    assert "changed here: 7.5" in peer.visitor.get("/gradebook").text.replace("<strong>", "")
    assert change(peer, "") == 303
    assert shown(peer) == [18]


@pytest.mark.parametrize("points", ["-1", "nan", "inf", "1e9"])
def test_grade_out_of_range_is_refused(peer: Peer, points: str) -> None:
    peer.post()
    assert change(peer, points) == 422
    assert shown(peer) == [15]


def test_students_change_nothing(peer: Peer) -> None:
    peer.post()
    peer.visitor.post("/person", data={"person": peer.lms.person("amara").id})
    assert change(peer, "20") == 403
    assert peer.visitor.post(f"/gradebook/{peer.item.id}/delete").status_code == 403
    assert "Delete column" not in peer.visitor.get("/gradebook").text


def test_deleted_column_is_gone(peer: Peer) -> None:
    peer.post()
    assert peer.visitor.post(f"/gradebook/{peer.item.id}/delete").status_code == 303
    assert peer.visitor.get(peer.results, headers=peer.headers).status_code == 404


def test_locked_grade_is_answered_as_by_moodle(peer: Peer) -> None:
    peer.lms.faults.set("scores", "locked")
    answer = peer.visitor.post(peer.scores, json={}, headers=peer.headers, content_type=SCORE_TYPE)
    assert (answer.status_code, answer.mimetype, answer.text) == (500, SCORE_TYPE, "[]")


def test_forgotten_grade_is_accepted_and_not_kept(peer: Peer) -> None:
    peer.lms.faults.set("scores", "forget")
    assert peer.post() == 200
    assert peer.read() == []
