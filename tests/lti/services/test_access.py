"""Access tokens, and what surrounds every request to a service."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import jwt
import pytest

from lti_app.core.http import Answer
from lti_app.lti.ags import SCORE_SCOPE, WRITE_SCOPE
from lti_app.lti.models import Platform
from lti_app.lti.services import (
    Registration,
    ServiceDelayed,
    ServiceDenied,
    _token_key,
    next_page,
    retry_after_seconds,
)
from tests.lti.services.fake_services import LINE_ITEMS, FakeResponse


@pytest.fixture
def registration(placed, database) -> Registration:
    with database.read() as session:
        return Registration.of(session.get_one(Platform, placed.platform_id))


@pytest.fixture
def ask(services, registration, lms):
    def ask(*, scopes=(SCORE_SCOPE,), of=registration, url=lms.lineitems_url):
        headers = {"Accept": LINE_ITEMS}
        return services.call(of, "GET", url, scopes=scopes, hosts=of.hosts, headers=headers)

    return ask


def test_assertion_is_what_the_security_framework_wants(ask, lms, clock, other_key):
    ask()
    form = lms.asked["token"][0].form
    assertion = form["client_assertion"]
    claims = jwt.decode(
        assertion,
        other_key.private.public_key(),
        ["RS256"],
        audience=f"{lms.url}/token",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert form["grant_type"] == "client_credentials"
    assert form["scope"] == SCORE_SCOPE
    assert jwt.get_unverified_header(assertion)["kid"] == "tool-key"
    assert claims["iss"] == claims["sub"] == "client-1"
    assert claims["iat"] == int(clock().timestamp()) - 10
    assert claims["exp"] - claims["iat"] <= 600
    assert len(claims["jti"]) >= 20


def test_audience_follows_the_registration(ask, lms, registration):
    ask(of=replace(registration, audience="https://auth.example/api"))
    assertion = lms.asked["token"][0].form["client_assertion"]
    assert jwt.decode(assertion, options={"verify_signature": False})["aud"] == "https://auth.example/api"


def test_token_is_kept_until_a_minute_before_its_end(ask, lms, clock):
    ask()
    clock.advance(timedelta(seconds=3539))
    ask()
    assert len(lms.tokens) == 1
    clock.advance(timedelta(seconds=1))
    ask()
    assert len(lms.tokens) == 2


def test_token_at_hand_is_looked_for_again_after_half_a_minute(ask, services, clock):
    ask()
    ask()
    asked: list[str] = []
    services.store = SimpleNamespace(get=asked.append, put=services.store.put, take=services.store.take)
    clock.advance(timedelta(seconds=29))
    ask()
    assert not asked
    clock.advance(timedelta(seconds=1))
    ask()
    assert len(asked) == 1


def test_token_that_an_earlier_release_stored_is_used(ask, services, lms, registration):
    ask()
    key = _token_key(registration, (SCORE_SCOPE,))
    token, granted, _ends = services.store.get(key).split("\n")
    services.store.put(key, f"{token}\n{granted}", timedelta(hours=1))
    services._at_hand.clear()
    ask()
    assert len(lms.tokens) == 1


def test_token_that_lives_a_moment_is_not_kept(ask, lms):
    lms.token_answer["expires_in"] = 60
    ask()
    ask()
    assert len(lms.tokens) == 2


@pytest.mark.parametrize("life", ["3600", None, "soon", -5, 1e400, 10**400])
def test_odd_life_of_a_token_does_no_harm(ask, lms, life):
    lms.token_answer["expires_in"] = life
    assert ask().status == 200


def test_tokens_are_kept_apart(ask, lms, registration):
    """Every Canvas cloud customer shares one issuer and token address."""
    ask()
    ask(of=replace(registration, client_id="client-2"))
    ask(scopes=[WRITE_SCOPE, SCORE_SCOPE])
    ask(scopes=[SCORE_SCOPE, WRITE_SCOPE])
    assert len(lms.tokens) == 3


def test_kept_token_that_is_no_longer_accepted_is_replaced_once(ask, lms):
    ask()
    lms.tokens.clear()
    assert ask().status == 200
    assert len(lms.asked["token"]) == 2


def test_fresh_token_that_is_not_accepted_is_a_denial(ask, lms):
    lms.always["lineitems"] = FakeResponse(401)
    with pytest.raises(ServiceDenied, match="unauthorized"):
        ask()
    assert len(lms.asked["lineitems"]) == 1
    with pytest.raises(ServiceDenied, match="unauthorized"):
        ask()
    assert len(lms.asked["lineitems"]) == 3


@pytest.mark.parametrize(
    ("answer", "code", "detail"),
    [
        (FakeResponse(400, {"error": "invalid_scope"}), "no_scope", "score"),
        (FakeResponse(400, {"error": "invalid_client"}), "unauthorized", "token: invalid_client"),
        (FakeResponse(400, '{"error" : ""kid" invalid, unable to lookup"}'), "unauthorized", "token: kid"),
        (FakeResponse(401, "<html>no</html>"), "unauthorized", "token: HTTP 401"),
    ],
)
def test_refused_token(ask, lms, answer, code, detail):
    lms.instead["token"].append(answer)
    with pytest.raises(ServiceDenied) as denial:
        ask()
    assert (denial.value.code, denial.value.detail) == (code, detail)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (FakeResponse(500), "server_error"),
        (FakeResponse(504), "unreachable"),
        (FakeResponse(429), "throttled"),
        (FakeResponse(200, "<html>back soon</html>"), "bad_answer"),
        (FakeResponse(200, []), "bad_answer"),
        (FakeResponse(200, {"access_token": None}), "bad_answer"),
        (FakeResponse(200, {"access_token": "a\nb"}), "bad_answer"),
        pytest.param(FakeResponse(200, hangs=True), "timeout", marks=pytest.mark.hangs),
    ],
)
def test_no_token_for_now(ask, lms, answer, code):
    lms.instead["token"].append(answer)
    with pytest.raises(ServiceDelayed) as delay:
        ask()
    assert delay.value.code == code
    assert ask().status == 200


def test_token_goes_to_no_other_host(ask, lms):
    with pytest.raises(ServiceDenied, match="rejected"):
        ask(url="http://localhost:1/lineitems")


def test_pages_that_go_in_a_circle_end(services, registration, lms):
    circle = FakeResponse(200, [], {"Link": f"<{lms.lineitems_url}>; rel=next"})
    lms.always["lineitems"] = circle
    pages = services.pages(
        registration, lms.lineitems_url, scopes=[SCORE_SCOPE], hosts=registration.hosts, accept=LINE_ITEMS
    )
    with pytest.raises(ServiceDelayed, match="bad_answer"):
        list(pages)


@pytest.mark.parametrize(
    ("header", "url"),
    [
        ("", None),
        ('<https://l/x?page=2>; rel="next"', "https://l/x?page=2"),
        ("<https://l/x?page=2>; rel=next", "https://l/x?page=2"),
        ('<https://l/X?cursor=AbC>; title="a"; rel="next last"', "https://l/X?cursor=AbC"),
        ('<https://l/1>; rel="prev", <https://l/3>; rel="next", <https://l/9>; rel="last"', "https://l/3"),
        ("<https://l/x?a=1&amp;from=3>; rel=“next”".encode().decode("latin-1"), "https://l/x?a=1&from=3"),
        ("</relative?page=2>; REL=NEXT", "https://l/relative?page=2"),
        ('<https://l/x>; rel="nextish"', None),
        ("garbage; rel=next", None),
    ],
)
def test_next_page(header, url):
    answer = Answer(200, "OK", {"Link": header} if header else {}, b"")
    assert next_page("https://l/x?page=1", answer) == url


@pytest.mark.parametrize("address", ["https://l/x?a=&#" + "9" * 5_000 + ";", "http://["])
def test_a_next_page_without_an_address_is_a_bad_answer(address):
    with pytest.raises(ServiceDelayed, match="bad_answer"):
        next_page("https://l/x", Answer(200, "OK", {"Link": f"<{address}>; rel=next"}, b""))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("30", 30),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0),
        ("soon", None),
        ("-3", None),
        ("²", None),
        ("٣", None),
        ("Wed, 21 Oct 99999 07:28:00 GMT", None),
    ],
)
def test_retry_after(value, seconds, clock):
    assert retry_after_seconds(value, clock()) == seconds
