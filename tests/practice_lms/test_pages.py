"""Gradebook, log, faults and the frame around the tool."""

import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from lti_app.practice_lms.grade_messages import LineItemDraft, ScoreMessage
from lti_app.practice_lms.gradebook import LineItem
from lti_app.practice_lms.lms import PracticeLms
from lti_app.practice_lms.vocabulary import AGS_CLAIM, CLAIM, SCOPE_MEMBERSHIP
from tests.practice_lms.fake_tool import FakeTool
from tests.practice_lms.test_launch import auth_params, become, claims_of, hidden_fields


@pytest.fixture
def graded(lms: PracticeLms) -> LineItem:
    """A line item out of 20 in which Amara has 17.5 and Ben a partial score."""
    item = lms.gradebook.create(LineItemDraft(label="Week 3", score_maximum=20, resource_link_id="rl-week-3"))
    for key, progress in (("amara", "FullyGraded"), ("ben", "PendingManual")):
        message = ScoreMessage(
            user_id=lms.person(key).id,
            timestamp=datetime(2026, 11, 23, 10, tzinfo=UTC),
            activity_progress="Completed",
            grading_progress=progress,
            score_given=35,
            score_maximum=40,
            comment=f"For {key} <3",
        )
        lms.gradebook.record(item.id, message)
    return item


def test_the_course_page_offers_the_placements(visitor: FlaskClient) -> None:
    html = visitor.get("/").text
    assert "Week 3: Leaders and managers" in html
    assert "/launch/placements/rl-week-4?target=window" in html
    assert html.count("<option") == 26


def test_a_placement_frames_the_tool(visitor: FlaskClient) -> None:
    assert '<iframe class="tool" src="/launch/placements/rl-week-3"' in visitor.get("/placements/rl-week-3").text
    for missing in ("/placements/none", "/launch/placements/none", "/review/1/none", "/nothing"):
        answer = visitor.get(missing)
        assert answer.status_code == 404
        assert "Back to the course page" in answer.text


def test_an_empty_gradebook_says_so(visitor: FlaskClient) -> None:
    assert "There are no columns yet" in visitor.get("/gradebook").text


def test_the_gradebook_shows_what_arrived(visitor: FlaskClient, graded: LineItem) -> None:
    html = visitor.get("/gradebook").text
    assert "<strong>17.5</strong> / 20" in html
    assert "For amara &lt;3" in html
    assert html.count("not final") == 1
    assert re.search(r'received <time datetime="[^"]+">[^<]+ UTC</time>', html)
    assert html.count('<th scope="row">') == 24


def test_a_student_sees_only_their_own_row(visitor: FlaskClient, graded: LineItem) -> None:
    become(visitor, "amara")
    html = visitor.get("/gradebook").text
    assert html.count('<th scope="row">') == 1
    assert "For amara" in html
    assert "For ben" not in html


def test_a_cell_opens_the_work_behind_it_in_the_tool(
    visitor: FlaskClient, lms: PracticeLms, tool: FakeTool, graded: LineItem
) -> None:
    amara = lms.person("amara").id
    assert f'src="/launch/review/{graded.id}/{amara}"' in visitor.get(f"/review/{graded.id}/{amara}").text
    login = hidden_fields(visitor.get(f"/launch/review/{graded.id}/{amara}").text)
    answer = hidden_fields(visitor.get("/auth", query_string=auth_params(login, tool)).text)
    claims = claims_of(lms, answer["id_token"])
    assert claims[f"{CLAIM}message_type"] == "LtiSubmissionReviewRequest"
    assert claims[f"{CLAIM}for_user"]["user_id"] == amara
    assert claims["sub"] == lms.person("miriam").id
    assert claims[AGS_CLAIM]["lineitem"] == lms.line_item_url(graded.id)
    become(visitor, "ben")
    assert visitor.get(f"/launch/review/{graded.id}/{amara}").status_code == 403
    assert visitor.get(f"/launch/review/{graded.id}/{lms.person('miriam').id}").status_code == 404


def test_the_log_decodes_and_shortens(visitor: FlaskClient, lms: PracticeLms, tool: FakeTool) -> None:
    assert "There are no messages yet" in visitor.get("/log").text
    login = hidden_fields(visitor.get("/launch/placements/rl-week-3").text)
    launch = hidden_fields(visitor.get("/auth", query_string=auth_params(login, tool)).text)
    token = lms.issue_token([SCOPE_MEMBERSHIP])
    address = f"/api/courses/{lms.course.id}/memberships"
    visitor.get(address, headers={"Authorization": f"Bearer {token}"})
    visitor.post("/token", data={"grant_type": "client_credentials", "client_assertion": tool.assertion(lms.config)})
    html = visitor.get("/log").text
    titles = re.findall(r"<strong>([^<]+)</strong>", html)
    assert titles == [
        "Access token",
        "Memberships (NRPS)",
        "Launch message (id_token)",
        "Authentication request",
        "Login initiation",
    ]
    assert "&#34;nonce&#34;: &#34;a nonce&#34;" in html
    assert "id_token: claims" in html
    assert "client_assertion: claims" in html
    assert token not in html
    assert launch["id_token"].rpartition(".")[2] not in html


def test_the_log_is_paged_and_bounded(visitor: FlaskClient, lms: PracticeLms) -> None:
    for number in range(70):
        lms.journal.record("return", f"message {number}.")
    first = visitor.get("/log").text
    older = re.search(r'href="(/log\?before=\d+)">Older', first)
    assert older
    second = visitor.get(older[1]).text
    assert "message 69." in first
    assert "message 20." in first
    assert "message 19." in second
    assert "message 0." in second
    assert ">Older" not in second
    visitor.post("/log/clear")
    assert lms.journal.page() == []


def test_going_back_from_the_tool_shows_its_message(visitor: FlaskClient) -> None:
    html = visitor.get("/return", query_string={"lti_errormsg": "<b>closed</b>", "lti_log": "x"}).text
    assert "&lt;b&gt;closed&lt;/b&gt;" in html
    assert visitor.get("/return").status_code == 200


def test_faults_are_set_and_reset_on_their_page(visitor: FlaskClient, lms: PracticeLms) -> None:
    form = {"service": "scores", "kind": "refuse", "status": "409", "seconds": "10", "times": ""}
    assert visitor.post("/faults", data=form).status_code == 303
    html = visitor.get("/faults").text
    assert "refuse with a status 409, until reset" in html
    assert "1 set" in html
    assert lms.faults.active()["scores"].status == 409
    assert visitor.post("/faults/reset").status_code == 303
    assert "All services answer correctly" in visitor.get("/faults").text


@pytest.mark.parametrize(
    "changes",
    [{"service": "x"}, {"kind": "x"}, {"status": "200"}, {"status": "x"}, {"seconds": "-1"}, {"times": "0"}],
)
def test_a_wrong_fault_is_explained(visitor: FlaskClient, lms: PracticeLms, changes: dict[str, str]) -> None:
    form = {"service": "scores", "kind": "refuse", "status": "409", "seconds": "1", "times": ""} | changes
    answer = visitor.post("/faults", data=form)
    assert answer.status_code == 422
    assert "Fault not added" in answer.text
    assert lms.faults.active() == {}
