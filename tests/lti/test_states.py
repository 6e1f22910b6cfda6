"""A launch answers one login, once, in the browser that began it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from lti_app.course.courses.rules import Role
from tests.lti.fake_lms import Browser, FakeLms, KeyPair, KeyServer


@pytest.fixture
def other_lms(register, key_server: KeyServer, other_key: KeyPair, clock) -> FakeLms:
    """Another tenant."""
    return register(FakeLms(key_server, other_key, clock, issuer="https://other.example", client_id="client-2"))


def test_the_cookie_goes_after_the_launch(visitor: Browser, arrived):
    begun = visitor.login()
    cookie = f"__Host-colloquy-login-{begun.state[:16]}"
    assert visitor.client.get_cookie(cookie)
    arrived(visitor.post(visitor.lms.sign(visitor.lms.claims(begun.nonce)), begun.state), Role.STUDENT)
    assert visitor.client.get_cookie(cookie) is None


def test_the_same_message_again(visitor: Browser, database, arrived):
    begun = visitor.login()
    token = visitor.lms.sign(visitor.lms.claims(begun.nonce))
    arrived(visitor.post(token, begun.state), Role.STUDENT)
    again = visitor.post(token, begun.state)
    assert (again.status_code, "state_unknown" in again.text) == (400, True)
    assert "link has expired" in again.text


def test_the_same_message_again_with_its_cookie_kept(visitor: Browser):
    begun = visitor.login()
    name = f"__Host-colloquy-login-{begun.state[:16]}"
    value = visitor.client.get_cookie(name).value
    token = visitor.lms.sign(visitor.lms.claims(begun.nonce))
    assert visitor.post(token, begun.state).status_code == 303
    visitor.client.set_cookie(name, value)
    again = visitor.post(token, begun.state)
    assert (again.status_code, "state_unknown" in again.text) == (400, True)


def test_an_old_nonce_with_a_new_state(visitor: Browser, refused):
    first, second = visitor.login(), visitor.login()
    refused(visitor.post(visitor.lms.sign(visitor.lms.claims(first.nonce)), second.state), "nonce", 401)


def test_a_refused_message_has_used_up_its_state(visitor: Browser, refused):
    begun = visitor.login()
    wrong = visitor.lms.claims(begun.nonce, version="1.1")
    refused(visitor.post(visitor.lms.sign(wrong), begun.state), "version", 400)
    right = visitor.lms.claims(begun.nonce)
    refused(visitor.post(visitor.lms.sign(right), begun.state), "state_unknown", 400)


def test_a_forged_message_uses_up_nothing(visitor: Browser, other_key: KeyPair, arrived):
    begun = visitor.login()
    claims = visitor.lms.claims(begun.nonce)
    forged = visitor.lms.sign(claims, key=other_key, kid=visitor.lms.key.kid)
    assert visitor.post(forged, begun.state).status_code == 401
    arrived(visitor.post(visitor.lms.sign(claims), begun.state), Role.STUDENT)


def test_another_browser(app: Flask, visitor: Browser, refused, arrived):
    begun = visitor.login()
    token = visitor.lms.sign(visitor.lms.claims(begun.nonce))
    refused(Browser(app, visitor.lms).post(token, begun.state), "cookie_missing", 403)
    arrived(visitor.post(token, begun.state), Role.STUDENT)


def test_another_browser_with_a_cookie_of_its_own(app: Flask, visitor: Browser, refused):
    begun = visitor.login()
    stranger = Browser(app, visitor.lms)
    stranger.client.set_cookie(f"__Host-colloquy-login-{begun.state[:16]}", "x" * 43)
    token = visitor.lms.sign(visitor.lms.claims(begun.nonce))
    refused(stranger.post(token, begun.state), "cookie_wrong", 403)


def test_a_state_that_has_expired(visitor: Browser, clock, refused):
    begun = visitor.login()
    clock.advance(timedelta(minutes=10))
    refused(visitor.post(visitor.lms.sign(visitor.lms.claims(begun.nonce)), begun.state), "state_unknown", 400)


@pytest.mark.parametrize("state", ["", "forged", "x" * 43, "../" * 20, "\0" * 43, "x" * 5000])
def test_a_state_that_never_was(state: str, visitor: Browser, refused):
    begun = visitor.login()
    refused(visitor.post(visitor.lms.sign(visitor.lms.claims(begun.nonce)), state), "state_unknown", 400)


def test_a_state_of_another_tenant(visitor: Browser, other_lms: FakeLms, refused):
    begun = visitor.login()
    token = other_lms.sign(other_lms.claims(begun.nonce))
    refused(visitor.post(token, begun.state), "state_mismatch", 401)


def test_a_key_of_another_tenant(visitor: Browser, other_lms: FakeLms, refused):
    begun = visitor.login()
    token = other_lms.sign(visitor.lms.claims(begun.nonce))
    refused(visitor.post(token, begun.state), "key_unknown", 401)


@pytest.mark.parametrize("field", ["id_token", "state"])
def test_a_field_given_twice(field: str, visitor: Browser, refused):
    begun = visitor.login()
    data = {"id_token": [visitor.lms.sign(visitor.lms.claims(begun.nonce))], "state": [begun.state]}
    data[field] = data[field] * 2
    refused(visitor.client.post("/lti/launch", data=data), "parameter_duplicate", 400)


def test_parameters_in_the_address_do_not_count(visitor: Browser, refused):
    begun = visitor.login()
    token = visitor.lms.sign(visitor.lms.claims(begun.nonce))
    answer = visitor.client.post("/lti/launch", query_string={"id_token": token, "state": begun.state})
    refused(answer, "token_missing", 400)


def test_opening_the_launch_address(visitor: Browser, refused):
    answer = visitor.client.get("/lti/launch")
    refused(answer, "not_posted", 405)
    assert answer.headers["Allow"] == "POST"


def test_the_same_launch_twice_at_once(app: Flask, visitor: Browser, arrived):
    begun = visitor.login()
    name = f"__Host-colloquy-login-{begun.state[:16]}"
    value = visitor.client.get_cookie(name).value
    token = visitor.lms.sign(visitor.lms.claims(begun.nonce))

    def post(_number: int) -> int:
        client = app.test_client()
        client.set_cookie(name, value, domain="localhost")
        return client.post("/lti/launch", data={"id_token": token, "state": begun.state}).status_code

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(post, range(6))) == [303] + [400] * 5


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("login_required", "lms_sign_in"),
        ("launch_no_longer_valid", "lms_expired"),
        ("unauthorized_client", "lms_error"),
        ("invalid_request_object", "lms_error"),
        ("access_denied", "lms_error"),
        ("<script>alert(1)</script>", "lms_error"),
    ],
)
def test_the_lms_answers_with_an_error(error: str, reason: str, visitor: Browser, refused):
    begun = visitor.login()
    data = {"error": error, "error_description": "Ana Abel may not", "state": begun.state}
    answer = visitor.client.post("/lti/launch", data=data)
    refused(answer, reason, 400)
    assert "Ana" not in answer.text
    assert "<script>alert" not in answer.text
