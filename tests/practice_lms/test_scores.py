"""Scores and results of AGS 2.0."""

import pytest
from flask.testing import FlaskClient

from lti_app.practice_lms.grade_messages import LineItemDraft
from lti_app.practice_lms.lms import PracticeLms
from lti_app.practice_lms.vocabulary import RESULTS_TYPE, SCOPE_LINE_ITEM, SCOPE_RESULT_READ, SCOPE_SCORE, SCORE_TYPE


class Peer:
    """The tool's side of one line item out of 20 points."""

    def __init__(self, visitor: FlaskClient, lms: PracticeLms) -> None:
        self.visitor, self.lms = visitor, lms
        item = lms.gradebook.create(LineItemDraft(label="Week 3", score_maximum=20))
        path, _, query = lms.line_item_url(item.id).partition("?")
        self.item = item
        self.scores, self.results = f"{path}/scores?{query}", f"{path}/results?{query}"
        self.headers = {"Authorization": f"Bearer {lms.issue_token([SCOPE_SCORE, SCOPE_RESULT_READ])}"}

    def post(self, *, second: int = 0, **changes: object) -> int:
        body = {
            "userId": self.lms.person("amara").id,
            "timestamp": f"2026-11-23T10:00:{second:02}.500+00:00",
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "scoreGiven": 15,
            "scoreMaximum": 20,
            "comment": "Well argued.",
        }
        sent = {name: value for name, value in (body | changes).items() if value is not ...}
        return self.visitor.post(self.scores, json=sent, headers=self.headers, content_type=SCORE_TYPE).status_code

    def read(self, query: str = "") -> list[dict]:
        return self.visitor.get(f"{self.results}{query}", headers=self.headers).get_json(force=True)


@pytest.fixture
def peer(visitor: FlaskClient, lms: PracticeLms) -> Peer:
    return Peer(visitor, lms)


def test_a_score_becomes_a_result(peer: Peer, lms: PracticeLms) -> None:
    assert peer.post(scoreGiven=1, scoreMaximum=3, scoringUserId=lms.person("miriam").id) == 204
    (result,) = peer.read()
    assert result["resultScore"] == pytest.approx(6.6667)
    assert result["resultMaximum"] == 20
    assert result["comment"] == "Well argued."
    assert result["scoreOf"] == lms.line_item_url(peer.item.id)
    assert result["scoringUserId"] == lms.person("miriam").id
    assert result["userId"] == lms.person("amara").id


@pytest.mark.parametrize(
    "changes",
    [
        {"userId": ...},
        {"userId": 7},
        {"userId": "amara"},
        {"userId": "nobody"},
        {"timestamp": ...},
        {"timestamp": "2026-11-23T10:00:00Z"},
        {"timestamp": "2026-11-23T10:00:00.5"},
        {"timestamp": 1764000000},
        {"activityProgress": "completed"},
        {"activityProgress": ...},
        {"gradingProgress": "Graded"},
        {"gradingProgress": ...},
        {"scoreGiven": -1},
        {"scoreGiven": "15"},
        {"scoreGiven": True},
        {"scoreMaximum": ...},
        {"scoreMaximum": 0},
        {"comment": 5},
        {"scoringUserId": None},
        {"submission": "x"},
        {"submission": {"submittedAt": "yesterday"}},
        {"submission": {"startedAt": "2026-11-23T10:00:00.5Z", "submittedAt": "2026-11-23T09:00:00.5Z"}},
    ],
)
def test_a_wrong_score_is_refused_and_changes_nothing(peer: Peer, changes: dict[str, object]) -> None:
    assert peer.post() == 204
    assert peer.post(second=5, **changes) == 422
    assert peer.read()[0]["resultScore"] == 15


def test_people_who_cannot_be_graded_are_refused(peer: Peer, lms: PracticeLms) -> None:
    for key in ("miriam", "tomas"):
        assert peer.post(userId=lms.person(key).id) == 422


@pytest.mark.parametrize(
    "timestamp", ["2026-11-23T10:00:01.5Z", "2026-11-23T11:00:01.5+01", "2026-11-23T11:00:01.5+01:00"]
)
def test_only_a_newer_score_is_applied(peer: Peer, timestamp: str) -> None:
    assert peer.post(second=1) == 204
    assert peer.post(timestamp=timestamp, scoreGiven=1) == 409
    assert peer.post(second=0, scoreGiven=2) == 409
    assert peer.post(second=2, scoreGiven=3) == 204
    assert peer.read()[0]["resultScore"] == 3


def test_a_score_above_the_maximum_is_kept(peer: Peer) -> None:
    assert peer.post(scoreGiven=22) == 204
    assert peer.read()[0]["resultScore"] == 22


@pytest.mark.parametrize("given", [..., None])
def test_a_missing_score_clears_the_last_one_and_the_comment_with_it(peer: Peer, given: object) -> None:
    peer.post()
    assert peer.post(second=1, scoreGiven=given, comment=...) == 204
    assert peer.read() == []
    (score,) = peer.lms.gradebook.scores()
    assert score.score_given is None
    assert score.comment == ""


def test_a_partial_score_is_kept_but_is_no_result(peer: Peer) -> None:
    assert peer.post(gradingProgress="PendingManual") == 204
    assert peer.read() == []
    assert peer.lms.gradebook.scores()[0].score_given == 15


def test_times_of_work_are_kept_and_derived(peer: Peer) -> None:
    def times() -> tuple[object, object]:
        (score,) = peer.lms.gradebook.scores()
        return (score.started_at and score.started_at.second, score.submitted_at and score.submitted_at.second)

    peer.post(second=1, activityProgress="Started", scoreGiven=...)
    assert times() == (1, None)
    peer.post(second=2, activityProgress="Submitted")
    assert times() == (1, 2)
    peer.post(second=3, activityProgress="Completed")
    assert times() == (1, 2)
    peer.post(second=4, submission={"startedAt": "2026-11-22T10:00:07.0Z", "submittedAt": "2026-11-22T10:00:08.0Z"})
    assert times() == (7, 8)
    peer.post(second=5, activityProgress="Initialized")
    assert times() == (None, None)


def test_results_follow_a_changed_maximum_filter_and_page(peer: Peer, lms: PracticeLms) -> None:
    for student in lms.course.students[:12]:
        assert peer.post(userId=student.id) == 204
    lms.gradebook.replace(peer.item.id, LineItemDraft(label="Week 3", score_maximum=10))
    answer = peer.visitor.get(peer.results, headers=peer.headers)
    assert answer.mimetype == RESULTS_TYPE
    assert len(answer.get_json(force=True)) == 10
    rest = answer.headers["Link"].partition(">")[0][1:]
    assert len(peer.visitor.get(rest, headers=peer.headers).get_json(force=True)) == 2
    (only,) = peer.read(f"&user_id={lms.course.students[3].id}")
    assert only["resultScore"] == 7.5
    assert peer.read("&user_id=nobody") == []


def test_scopes_methods_and_types(peer: Peer, lms: PracticeLms) -> None:
    other = {"Authorization": f"Bearer {lms.issue_token([SCOPE_LINE_ITEM])}"}
    assert peer.visitor.post(peer.scores, json={}, headers=other, content_type=SCORE_TYPE).status_code == 403
    assert peer.visitor.get(peer.results, headers=other).status_code == 403
    assert peer.visitor.get(peer.scores, headers=peer.headers).status_code == 405
    assert peer.visitor.post(peer.results, headers=peer.headers).status_code == 405
    assert peer.visitor.post(peer.scores, json={}, headers=peer.headers).status_code == 415
    assert peer.visitor.get(peer.results, headers=peer.headers | {"Accept": "text/html"}).status_code == 406
    lms.gradebook.delete(peer.item.id)
    assert peer.post() == 404


@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"comment": "\\ud800"}', b"\xff", b"NaN"])
def test_a_body_that_is_no_text_is_refused_and_logged(peer: Peer, body: bytes) -> None:
    answer = peer.visitor.post(peer.scores, data=body, headers=peer.headers, content_type=SCORE_TYPE)
    assert answer.status_code == 400
    assert peer.visitor.get("/log").status_code == 200


def test_numbers_out_of_range_are_refused(peer: Peer) -> None:
    body = b'{"scoreGiven": NaN, "scoreMaximum": 1e400}'
    answer = peer.visitor.post(peer.scores, data=body, headers=peer.headers, content_type=SCORE_TYPE)
    assert answer.status_code == 422
    huge = peer.results.replace(f"/lineitems/{peer.item.id}/", f"/lineitems/{10**30}/")
    assert peer.visitor.get(huge, headers=peer.headers).status_code == 404
    assert peer.visitor.get(f"{peer.results}&limit={'9' * 5000}", headers=peer.headers).status_code == 400
    assert peer.visitor.get(f"/log?before={10**30}").status_code == 200
