"""The LMS's login request, which anybody can forge."""

from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select

from lti_app.core.db import Database
from lti_app.core.key_value import KeyValue
from lti_app.lti.registrations import add_platform, disable_platform, list_platforms
from tests.lti.fake_lms import ABSENT, BASE_URL, TARGET, Browser, FakeLms

EVIL_TARGETS = [
    "https://evil.example/lti/launch",
    "http://localhost:9001.evil.example/",
    "http://localhost:9001@evil.example/",
    "http://evil@localhost:9001/lti/launch",
    "http://evil.example\\@localhost:9001/",
    "http://localhost:9002/lti/launch",
    "http://localhost/lti/launch",
    "https://localhost:9001/lti/launch",
    "//localhost:9001/lti/launch",
    "/lti/launch",
    "javascript:alert(1)",
    "http://localhost:9001/ a",
    "http://localhost:port/",
    "http://[::1",
    "http://ⅼocalhost:9001/",
]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_the_lms_is_asked(method: str, visitor: Browser):
    params = visitor.lms.login_params()
    given = {"query_string": params} if method == "GET" else {"data": params}
    check = visitor.client.open("/lti/login", method=method, **given)
    assert (check.status_code, urlsplit(check.headers["Location"]).path) == (303, "/lti/login/check")
    sent = visitor.client.get(check.headers["Location"])
    assert sent.headers["Location"].startswith("https://lms.example/auth?")
    asked = visitor.login().params
    assert len(asked["state"]) == len(asked["nonce"]) == 43
    assert asked["state"] != asked["nonce"]
    assert {name: value for name, value in asked.items() if name not in ("state", "nonce")} == {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": "client-1",
        "redirect_uri": TARGET,
        "login_hint": "7",
        "lti_message_hint": '{"cmid":2,"launchid":"x_1"}',
    }


def test_the_state_cookie(visitor: Browser):
    answer = visitor.client.post("/lti/login", data=visitor.lms.login_params())
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-colloquy-login-")
    attributes = {"Secure", "HttpOnly", "Path=/", "SameSite=None", "Partitioned", "Max-Age=600"}
    assert attributes <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_hints_come_back_unchanged(visitor: Browser):
    hints = {"login_hint": "a b&c=ü\0%20", "lti_message_hint": "x" * 5000 + "+/=\r\n"}
    asked = visitor.login(**hints).params
    assert {name: asked[name] for name in hints} == hints


def test_no_message_hint(visitor: Browser):
    assert "lti_message_hint" not in visitor.login(lti_message_hint=ABSENT).params


def test_an_authentication_address_with_a_query(visitor: Browser, database: Database, clock):
    lms = visitor.lms
    with database.writing() as session:
        url = "https://lms.example/auth?tenant=5"
        add_platform(session, issuer=lms.issuer, client_id=lms.client_id, auth_login_url=url, now=clock())
    asked = visitor.login().params
    assert asked["tenant"] == "5"
    assert asked["scope"] == "openid"


@pytest.mark.parametrize("name", ["iss", "login_hint", "target_link_uri"])
@pytest.mark.parametrize("value", [ABSENT, ""])
def test_a_parameter_missing(name: str, value: object, visitor: Browser, refused):
    refused(post(visitor, **{name: value}), "parameter_missing", 400)


@pytest.mark.parametrize("name", ["iss", "client_id", "lti_deployment_id", "target_link_uri"])
def test_a_parameter_that_no_database_keeps(name: str, visitor: Browser, refused):
    for value in ("a\0b", "http://localhost:9001\n.evil.example/"):
        refused(post(visitor, **{name: value}), "parameter_malformed", 400)


@pytest.mark.parametrize("name", ["iss", "client_id", "login_hint", "lti_message_hint", "target_link_uri"])
def test_a_parameter_too_long(name: str, visitor: Browser, refused):
    refused(post(visitor, **{name: "x" * 20_000}), "parameter_too_long", 400)


def test_a_parameter_twice(visitor: Browser, refused):
    refused(post(visitor, iss=["https://lms.example", "https://evil.example"]), "parameter_duplicate", 400)


@pytest.mark.parametrize("target", EVIL_TARGETS)
def test_a_forged_target(target: str, visitor: Browser, refused, database: Database):
    answer = post(visitor, target_link_uri=target)
    refused(answer, "target_foreign", 400)
    assert "Location" not in answer.headers
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(KeyValue)) == 0


@pytest.mark.parametrize("target", [BASE_URL, BASE_URL + "/courses/1?x=y#z", "http://LOCALHOST:9001/lti/launch"])
def test_a_target_of_ours(target: str, visitor: Browser):
    assert visitor.login(target_link_uri=target).state


@pytest.mark.parametrize(
    "iss", ["https://evil.example", "https://lms.example/", "https://LMS.example", "http://lms.example", "'--"]
)
def test_an_unknown_issuer(iss: str, visitor: Browser, refused):
    refused(post(visitor, iss=iss), "platform_unknown", 404)


def test_an_unknown_client(visitor: Browser, refused):
    refused(post(visitor, client_id="client-9"), "platform_unknown", 404)


def test_no_client_where_there_is_one(visitor: Browser):
    assert visitor.login(client_id=ABSENT).params["client_id"] == "client-1"


def test_no_client_where_there_are_two(visitor: Browser, register, refused):
    lms = visitor.lms
    register(FakeLms(lms.server, lms.key, lms.clock, client_id="client-2"))
    refused(post(visitor, client_id=ABSENT), "platform_ambiguous", 400)


def test_a_disabled_platform(visitor: Browser, database: Database, clock, refused):
    begun = visitor.login()
    with database.writing() as session:
        disable_platform(session, list_platforms(session)[0].id, now=clock())
    refused(post(visitor), "platform_disabled", 403)
    token = visitor.lms.sign(visitor.lms.claims(begun.nonce))
    refused(visitor.post(token, begun.state), "platform_disabled", 403)


class TestBrowserWithoutCookies:
    def test_is_offered_a_tab_with_the_hints_unspent(self, app: Flask, visitor: Browser, refused):
        client = app.test_client(use_cookies=False)
        check = client.post("/lti/login", data=visitor.lms.login_params())
        page = client.get(check.headers["Location"])
        assert page.status_code == 200
        assert 'target="_blank"' in page.text
        assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
        assert "<script>" not in page.text

    def test_gets_in_by_the_tab(self, app: Flask, visitor: Browser, arrived):
        frame = app.test_client(use_cookies=False)
        check = frame.post("/lti/login", data=visitor.lms.login_params())
        state = check.headers["Location"].partition("state=")[2]
        again = visitor.client.get(f"/lti/login/tab?state={state}")
        sent = visitor.client.get(again.headers["Location"])
        asked = dict(part.split("=", 1) for part in urlsplit(sent.headers["Location"]).query.split("&"))
        assert asked["login_hint"] == "7"
        assert asked["state"] != state
        token = visitor.lms.sign(visitor.lms.claims(asked["nonce"]))
        assert visitor.post(token, asked["state"]).status_code == 303

    def test_gets_no_second_tab(self, app: Flask, visitor: Browser, refused):
        client = app.test_client(use_cookies=False)
        check = client.post("/lti/login", data=visitor.lms.login_params())
        again = client.get(check.headers["Location"].replace("/check", "/tab"))
        refused(client.get(again.headers["Location"]), "cookies_blocked", 403)

    @pytest.mark.parametrize("page", ["check", "tab"])
    @pytest.mark.parametrize("state", ["", "?state=", "?state=forged", f"?state={'x' * 43}", "?state=a&state=b"])
    def test_needs_a_login(self, page: str, state: str, visitor: Browser, refused):
        answer = visitor.client.get(f"/lti/login/{page}{state}")
        refused(answer, "parameter_duplicate" if "&" in state else "state_unknown", 400)


def post(visitor: Browser, **changes):
    return visitor.client.post("/lti/login", data=visitor.lms.login_params(**changes))
