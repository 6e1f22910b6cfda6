"""The access token endpoint and the key sets on both sides."""

from datetime import UTC, datetime

import jwt
import pytest
from flask import Response
from flask.testing import FlaskClient

from lti_app.practice_lms.config import PracticeConfig
from lti_app.practice_lms.lms import PracticeLms
from lti_app.practice_lms.vocabulary import ASSERTION_TYPE, SCOPE_MEMBERSHIP, SCOPE_SCORE
from tests.practice_lms.fake_tool import KEYS, FakeTool

NOW = int(datetime.now(UTC).timestamp())


def form(assertion: str, **changes: str) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
        "scope": SCOPE_SCORE,
    } | changes


def test_a_signed_assertion_is_worth_a_token(
    visitor: FlaskClient, tool: FakeTool, config: PracticeConfig, lms: PracticeLms
) -> None:
    scope = f"{SCOPE_SCORE} {SCOPE_MEMBERSHIP} https://example.org/unknown"
    answer = visitor.post("/token", data=form(tool.assertion(config), scope=scope))
    body = answer.get_json()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 3600
    assert body["scope"] == f"{SCOPE_SCORE} {SCOPE_MEMBERSHIP}"
    access = lms.find_token(body["access_token"])
    assert access is not None
    assert access.scopes == {SCOPE_SCORE, SCOPE_MEMBERSHIP}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion_type": "other"}, "invalid_request"),
        ({"client_assertion": ""}, "invalid_client"),
        ({"client_assertion": "a.b.c"}, "invalid_client"),
        ({"scope": "https://example.org/unknown"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
    ],
)
def test_a_wrong_request_is_refused(
    visitor: FlaskClient, tool: FakeTool, config: PracticeConfig, changes: dict[str, str], error: str
) -> None:
    answer = visitor.post("/token", data=form(tool.assertion(config), **changes))
    assert answer.status_code == 400
    assert answer.get_json()["error"] == error


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "other"},
        {"sub": "other"},
        {"aud": "http://127.0.0.1:8801"},
        {"exp": NOW - 3600},
        {"exp": None},
        {"iat": NOW - 3600},
        {"iat": NOW + 3600},
        {"iat": None},
        {"jti": None},
        {"jti": ""},
    ],
)
def test_a_wrong_assertion_is_refused(
    visitor: FlaskClient, tool: FakeTool, config: PracticeConfig, changes: dict[str, object]
) -> None:
    answer = visitor.post("/token", data=form(tool.assertion(config, **changes)))
    assert answer.status_code == 400
    assert answer.get_json()["error"] == "invalid_client"


def test_an_assertion_serves_once(visitor: FlaskClient, tool: FakeTool, config: PracticeConfig) -> None:
    assertion = tool.assertion(config)
    assert visitor.post("/token", data=form(assertion)).status_code == 200
    assert visitor.post("/token", data=form(assertion)).get_json()["error"] == "invalid_client"


def test_a_key_that_the_tool_does_not_publish_is_refused(
    visitor: FlaskClient, tool: FakeTool, config: PracticeConfig
) -> None:
    tool.key = KEYS[1]
    assert visitor.post("/token", data=form(tool.assertion(config))).get_json()["error"] == "invalid_client"


def test_a_rotated_key_is_fetched_when_it_first_appears(
    visitor: FlaskClient, tool: FakeTool, config: PracticeConfig
) -> None:
    assert visitor.post("/token", data=form(tool.assertion(config))).status_code == 200
    assert visitor.post("/token", data=form(tool.assertion(config))).status_code == 200
    assert tool.fetches == 1
    tool.key, tool.published = KEYS[1], [KEYS[0], KEYS[1]]
    assert visitor.post("/token", data=form(tool.assertion(config))).status_code == 200
    assert tool.fetches == 2


@pytest.mark.parametrize(
    "answer",
    [Response("<h1>Sorry</h1>", 200), Response("{}", 500), Response('{"keys": 1}'), Response('{"keys": [{}]}')],
)
def test_an_unusable_key_set_of_the_tool_refuses_the_client(
    visitor: FlaskClient, tool: FakeTool, config: PracticeConfig, answer: Response
) -> None:
    tool.broken = answer
    assert visitor.post("/token", data=form(tool.assertion(config))).get_json()["error"] == "invalid_client"


def test_a_get_is_not_allowed(visitor: FlaskClient) -> None:
    answer = visitor.get("/token")
    assert answer.status_code == 405
    assert answer.mimetype == "application/json"


def test_the_key_set_holds_the_public_key_only(visitor: FlaskClient, lms: PracticeLms) -> None:
    (key,) = visitor.get("/jwks").get_json()["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "alg", "use"}
    token = lms.sign({"sub": "somebody"})
    assert jwt.get_unverified_header(token)["kid"] == key["kid"]
    assert jwt.decode(token, jwt.PyJWK(key).key, ["RS256"])["sub"] == "somebody"


def test_a_header_can_be_changed_or_removed_for_forged_messages(lms: PracticeLms) -> None:
    assert "kid" not in jwt.get_unverified_header(lms.sign({}, {"kid": None}))
    assert jwt.get_unverified_header(lms.sign({}, {"kid": "other"}))["kid"] == "other"
