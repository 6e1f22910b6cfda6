"""From the course page to the id_token, by the way a browser goes."""

import re
from html import unescape

import jwt
import pytest
from flask.testing import FlaskClient

from lti_app.practice_lms.lms import PracticeLms
from lti_app.practice_lms.vocabulary import AGS_CLAIM, CLAIM, DL_CLAIM, NRPS_CLAIM
from tests.practice_lms.fake_tool import FakeTool


def hidden_fields(html: str) -> dict[str, str]:
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html)
    return {name: unescape(value) for name, value in pairs}


def action(html: str) -> str:
    found = re.search(r'<form method="post" action="([^"]+)"', html)
    assert found
    return unescape(found[1])


def become(visitor: FlaskClient, key: str) -> None:
    assert visitor.post("/person", data={"person": key, "next": "/"}).status_code == 303


def auth_params(login: dict[str, str], tool: FakeTool, **changes: str | None) -> dict[str, str]:
    params: dict[str, str | None] = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": login["client_id"],
        "redirect_uri": f"{tool.url}/lti/launch",
        "login_hint": login["login_hint"],
        "lti_message_hint": login["lti_message_hint"],
        "state": "a state",
        "nonce": "a nonce",
    }
    return {name: value for name, value in (params | changes).items() if value is not None}


def claims_of(lms: PracticeLms, id_token: str) -> dict:
    key = jwt.PyJWK(lms.key.key_set()["keys"][0]).key
    return jwt.decode(id_token, key, ["RS256"], audience=lms.config.client_id, issuer=lms.config.base_url)


def test_login_initiation_is_posted_to_the_tool(visitor: FlaskClient, tool: FakeTool, lms: PracticeLms) -> None:
    become(visitor, "amara")
    html = visitor.get("/launch/placements/rl-week-3").text
    login = hidden_fields(html)
    assert action(html) == f"{tool.url}/lti/login"
    assert login["iss"] == "http://127.0.0.1:8801"
    assert login["login_hint"] == lms.person("amara").id
    assert login["target_link_uri"] == f"{tool.url}/lti/launch"
    assert login["client_id"] == "practice-client"
    assert login["lti_deployment_id"] == "practice-1"
    assert "data-submit-now" in html
    assert "<button" in html


@pytest.mark.parametrize("method", ["get", "post"])
def test_authentication_answers_with_a_signed_launch(
    visitor: FlaskClient, tool: FakeTool, lms: PracticeLms, method: str
) -> None:
    become(visitor, "amara")
    login = hidden_fields(visitor.get("/launch/placements/rl-week-3").text)
    params = auth_params(login, tool)
    stranger = visitor.application.test_client()  # the cookie of the LMS is not sent here in life
    html = (stranger.get("/auth", query_string=params) if method == "get" else stranger.post("/auth", data=params)).text
    answer = hidden_fields(html)
    claims = claims_of(lms, answer["id_token"])
    assert action(html) == f"{tool.url}/lti/launch"
    assert answer["state"] == "a state"
    assert claims["nonce"] == "a nonce"
    assert claims["sub"] == lms.person("amara").id
    assert claims["exp"] > claims["iat"]
    assert claims[f"{CLAIM}message_type"] == "LtiResourceLinkRequest"
    assert claims[f"{CLAIM}resource_link"]["id"] == "rl-week-3"
    assert claims[f"{CLAIM}context"]["id"] == lms.course.id
    assert "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner" in claims[f"{CLAIM}roles"]
    assert "lineitem" not in claims[AGS_CLAIM]
    assert claims[NRPS_CLAIM]["service_versions"] == ["2.0"]
    assert jwt.get_unverified_header(answer["id_token"])["kid"] == lms.key.kid


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": "profile"}, "invalid_scope"),
        ({"response_type": "code"}, "unsupported_response_type"),
        ({"response_mode": "query"}, "invalid_request"),
        ({"prompt": "login"}, "invalid_request"),
        ({"prompt": None}, "invalid_request"),
        ({"nonce": None}, "invalid_request"),
        ({"login_hint": None}, "invalid_request"),
        ({"login_hint": "somebody else"}, "login_required"),
        ({"lti_message_hint": None}, "invalid_request"),
        ({"lti_message_hint": "forged"}, "invalid_request"),
    ],
)
def test_a_wrong_authentication_request_is_refused_by_a_post_to_the_tool(
    lms: PracticeLms, visitor: FlaskClient, tool: FakeTool, changes: dict[str, str | None], error: str
) -> None:
    login = lms.login_fields(lms.launch("amara", "rl-week-3"))
    html = visitor.get("/auth", query_string=auth_params(login, tool, **changes)).text
    answer = hidden_fields(html)
    assert action(html) == f"{tool.url}/lti/launch"
    assert answer["error"] == error
    assert answer["error_description"]
    assert answer["state"] == "a state"
    assert "id_token" not in answer


@pytest.mark.parametrize(
    "changes",
    [{"client_id": "other"}, {"redirect_uri": "http://evil.example/"}, {"redirect_uri": None}, {"client_id": None}],
)
def test_without_a_registered_client_and_redirect_uri_nothing_leaves_the_lms(
    lms: PracticeLms, visitor: FlaskClient, tool: FakeTool, changes: dict[str, str | None]
) -> None:
    login = lms.login_fields(lms.launch("amara", "rl-week-3"))
    answer = visitor.get("/auth", query_string=auth_params(login, tool, **changes))
    assert answer.status_code == 400
    assert "<form" not in answer.text


def test_a_parameter_given_twice_is_refused(lms: PracticeLms, visitor: FlaskClient, tool: FakeTool) -> None:
    params = auth_params(lms.login_fields(lms.launch("amara", "rl-week-3")), tool)
    html = visitor.get("/auth", query_string=[*params.items(), ("nonce", "another")]).text
    assert hidden_fields(html)["error"] == "invalid_request"


def test_a_launch_without_state_is_answered_without_state(
    lms: PracticeLms, visitor: FlaskClient, tool: FakeTool
) -> None:
    login = lms.login_fields(lms.launch("amara", "rl-week-3"))
    answer = hidden_fields(visitor.get("/auth", query_string=auth_params(login, tool, state=None)).text)
    assert "state" not in answer
    assert "id_token" in answer


def test_a_deep_linking_launch_carries_its_settings(lms: PracticeLms, visitor: FlaskClient, tool: FakeTool) -> None:
    become(visitor, "miriam")
    login = hidden_fields(visitor.get("/launch/deep-linking").text)
    answer = hidden_fields(visitor.get("/auth", query_string=auth_params(login, tool)).text)
    claims = claims_of(lms, answer["id_token"])
    settings = claims[f"{DL_CLAIM}deep_linking_settings"]
    assert claims[f"{CLAIM}message_type"] == "LtiDeepLinkingRequest"
    assert settings["accept_types"] == ["ltiResourceLink"]
    assert settings["deep_link_return_url"] == "http://127.0.0.1:8801/deep-linking/return"
    assert settings["data"]
    assert f"{CLAIM}resource_link" not in claims


def test_a_student_cannot_add_activities(visitor: FlaskClient) -> None:
    become(visitor, "amara")
    assert visitor.get("/add").status_code == 403
    assert visitor.get("/launch/deep-linking").status_code == 403
    assert "Add an activity" not in visitor.get("/").text


def test_the_session_cookie_and_headers_protect_the_pages(visitor: FlaskClient, tool: FakeTool) -> None:
    answer = visitor.post("/person", data={"person": "amara"})
    assert "practice_lms=" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
    policy = visitor.get("/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert f"form-action 'self' {tool.url}" in policy
    assert "unsafe-inline" not in policy


def test_a_form_from_another_site_is_refused(visitor: FlaskClient) -> None:
    foreign = {"Origin": "http://evil.example"}
    assert visitor.post("/person", data={"person": "amara"}, headers=foreign).status_code == 403


@pytest.mark.parametrize("target", ["//evil.example/", "http://evil.example/", "/\\evil.example"])
def test_switching_person_never_leaves_the_lms(visitor: FlaskClient, target: str) -> None:
    assert visitor.post("/person", data={"person": "amara", "next": target}).headers["Location"] == "/"
