"""What the tool hands over by deep linking."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_app.practice_lms.lms import PracticeLms
from lti_app.practice_lms.vocabulary import CLAIM, DEEP_LINKING, DL_CLAIM, RESOURCE_LINK
from tests.practice_lms.fake_tool import KEYS, FakeTool


def now() -> int:
    """Asked anew by each test: a run of all tests takes longer than a token lives."""
    return int(datetime.now(UTC).timestamp())


def response(lms: PracticeLms, items: object, **changes: object) -> dict[str, Any]:
    request = lms.launch_claims("miriam", None, message_type=DEEP_LINKING)
    claims = {
        "iss": "practice-client",
        "aud": lms.config.base_url,
        "iat": now(),
        "exp": now() + 60,
        "nonce": uuid.uuid4().hex,
        f"{CLAIM}message_type": "LtiDeepLinkingResponse",
        f"{CLAIM}version": "1.3.0",
        f"{CLAIM}deployment_id": "practice-1",
        f"{DL_CLAIM}data": request[f"{DL_CLAIM}deep_linking_settings"]["data"],
        f"{DL_CLAIM}content_items": items,
    }
    return claims | changes


def send(visitor: FlaskClient, token: str) -> TestResponse:
    # As in life: posted by a page of the tool, without the cookie of the LMS.
    foreign = {"Origin": "http://localhost:8800"}
    return visitor.application.test_client().post("/deep-linking/return", data={"JWT": token}, headers=foreign)


def link(lms: PracticeLms, **more: object) -> dict[str, Any]:
    return {"type": "ltiResourceLink", "title": "Week 5", "custom": {"discussion": "d-5"}} | more


def test_a_link_becomes_a_placement_with_its_line_item(visitor: FlaskClient, lms: PracticeLms, tool: FakeTool) -> None:
    item = link(lms, text="Power", url=f"{tool.url}/lti/launch?d=5", lineItem={"scoreMaximum": 20, "tag": "grade"})
    answer = send(visitor, tool.sign(response(lms, [item])))
    assert answer.status_code == 200
    assert "Week 5" in answer.text
    placement = lms.placements.all()[-1]
    (line_item,) = lms.gradebook.line_items(resource_link_id=placement.id)
    assert (line_item.label, line_item.score_maximum, line_item.tag) == ("Week 5", 20, "grade")
    claims = lms.launch_claims("amara", placement)
    assert claims[f"{CLAIM}message_type"] == RESOURCE_LINK
    assert claims[f"{CLAIM}target_link_uri"] == f"{tool.url}/lti/launch?d=5"
    assert claims[f"{CLAIM}custom"] == {"discussion": "d-5"}
    assert lms.login_fields(lms.launch("amara", placement))["target_link_uri"] == f"{tool.url}/lti/launch?d=5"
    assert "Week 5" in visitor.get("/").text
    assert visitor.post(f"/placements/{placement.id}/remove").status_code == 303
    assert "Week 5" not in visitor.get("/").text


def test_messages_of_the_tool_are_shown_and_other_items_left_out(
    visitor: FlaskClient, lms: PracticeLms, tool: FakeTool
) -> None:
    claims = response(lms, [{"type": "html"}], **{f"{DL_CLAIM}msg": "Saved <b>", f"{DL_CLAIM}errormsg": "Too late"})
    html = send(visitor, tool.sign(claims)).text
    assert "Saved &lt;b&gt;" in html
    assert "Too late" in html
    assert "Left out" in html
    assert "The choice may have been canceled" in send(visitor, tool.sign(response(lms, []))).text


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "other"},
        {"aud": "other"},
        {"exp": now() - 3600},
        {"exp": None},
        {"iat": None},
        {"nonce": None},
        {"nonce": ""},
        {f"{CLAIM}message_type": "LtiResourceLinkRequest"},
        {f"{CLAIM}version": "1.2"},
        {f"{CLAIM}deployment_id": "other"},
        {f"{DL_CLAIM}data": None},
        {f"{DL_CLAIM}data": "forged"},
        {f"{DL_CLAIM}content_items": "x"},
        {f"{DL_CLAIM}content_items": ["x"]},
    ],
)
def test_a_wrong_response_adds_nothing(
    visitor: FlaskClient, lms: PracticeLms, tool: FakeTool, changes: dict[str, object]
) -> None:
    before = lms.placements.all()
    answer = send(visitor, tool.sign(response(lms, [link(lms)]) | changes))
    assert answer.status_code == 400
    assert "No activity was added" in answer.text
    assert lms.placements.all() == before


@pytest.mark.parametrize(
    "item",
    [
        {"url": "http://evil.example/"},
        {"custom": {"a": None}},
        {"custom": "x"},
        {"title": 5},
        {"title": "\ud800"},
        {"lineItem": {"scoreMaximum": 0}},
        {"lineItem": "x"},
    ],
)
def test_one_wrong_link_refuses_the_whole_response(
    visitor: FlaskClient, lms: PracticeLms, tool: FakeTool, item: dict[str, object]
) -> None:
    before = lms.placements.all()
    assert send(visitor, tool.sign(response(lms, [link(lms), link(lms, **item)]))).status_code == 400
    assert lms.placements.all() == before
    assert lms.gradebook.line_items() == []


def test_a_response_serves_once_and_must_be_signed_by_the_tool(
    visitor: FlaskClient, lms: PracticeLms, tool: FakeTool
) -> None:
    token = tool.sign(response(lms, [link(lms)]))
    assert send(visitor, token).status_code == 200
    assert send(visitor, token).status_code == 400
    tool.key = KEYS[1]
    assert send(visitor, tool.sign(response(lms, [link(lms)]))).status_code == 400
    assert send(visitor, "").status_code == 400
    assert send(visitor, "no.jwt.here").status_code == 400


def test_content_chosen_again_keeps_the_link_and_its_column(
    visitor: FlaskClient, lms: PracticeLms, tool: FakeTool
) -> None:
    send(visitor, tool.sign(response(lms, [link(lms, lineItem={"scoreMaximum": 20})])))
    before, columns = lms.placements.all()[-1], lms.gradebook.line_items()
    request = lms.launch_claims("miriam", before, message_type=DEEP_LINKING)
    assert request[f"{CLAIM}resource_link"]["id"] == before.id
    data = {f"{DL_CLAIM}data": request[f"{DL_CLAIM}deep_linking_settings"]["data"]}
    item = link(lms, custom={"discussion": "d-6"}, lineItem={"scoreMaximum": 5})
    assert send(visitor, tool.sign(response(lms, [item], **data))).status_code == 200
    after = lms.placements.all()[-1]
    assert (after.id, after.custom) == (before.id, {"discussion": "d-6"})
    assert lms.gradebook.line_items() == columns


def test_a_duplicated_activity_names_the_same_content_in_another_column(
    visitor: FlaskClient, lms: PracticeLms, tool: FakeTool
) -> None:
    send(visitor, tool.sign(response(lms, [link(lms, lineItem={"scoreMaximum": 20})])))
    first = lms.placements.all()[-1]
    visitor.post("/person", data={"person": "miriam"})
    assert visitor.post(f"/placements/{first.id}/duplicate").status_code == 303
    copy = lms.placements.all()[-1]
    assert (copy.title, copy.custom) == ("Week 5 (copy)", first.custom)
    assert copy.id != first.id
    columns = [lms.gradebook.line_items(resource_link_id=each.id) for each in (first, copy)]
    assert [[item.score_maximum for item in items] for items in columns] == [[20], [20]]
    assert "Choose content again" in visitor.get("/").text
    assert visitor.post("/placements/nothing/duplicate").status_code == 404
    visitor.post("/person", data={"person": "amara"})
    assert visitor.post(f"/placements/{first.id}/duplicate").status_code == 403
