"""Registrations as the operator keeps them."""

from datetime import timedelta

import pytest

from lti_app.core.db import Database
from lti_app.core.errors import NotFound
from lti_app.lti.errors import RegistrationRefused
from lti_app.lti.registrations import (
    add_platform,
    disable_platform,
    enable_platform,
    list_platforms,
    show_platform,
    tool_addresses,
)
from tests.lti.fake_lms import BASE_URL, TestClock

LMS = {
    "issuer": "https://lms.example",
    "client_id": "c1",
    "auth_login_url": "https://lms.example/auth",
    "auth_token_url": "https://lms.example/token",
    "jwks_url": "https://lms.example/jwks",
}


def test_add_list_and_show(database: Database, clock: TestClock):
    with database.writing() as session:
        info = add_platform(session, **LMS, deployment_ids=["1", "2", "1"], now=clock())
        assert {name: getattr(info, name) for name in LMS} == LMS
        assert info.deployment_ids == ("1", "2")
        assert (info.auth_audience, info.disabled_at, info.created_at) == (None, None, clock())
        assert list_platforms(session) == [info]
        assert show_platform(session, info.id) == info


def test_adding_again_changes_what_is_given(database: Database, clock: TestClock):
    with database.writing() as session:
        first = add_platform(session, **LMS, deployment_ids=["1"], now=clock())
        clock.advance(timedelta(days=1))
        assert add_platform(session, **LMS, deployment_ids=["1"], now=clock()) == first
        changed = {"jwks_url": "https://lms.example/new", "auth_audience": "https://lms.example/aud"}
        second = add_platform(session, **{**LMS, **changed}, deployment_ids=["2"], now=clock())
        assert (second.id, second.deployment_ids) == (first.id, ("1", "2"))
        assert (second.jwks_url, second.auth_audience) == tuple(changed.values())
        third = add_platform(session, issuer=LMS["issuer"], client_id="c1", deployment_ids=["3"], now=clock())
        assert (third.jwks_url, third.auth_audience) == tuple(changed.values())
        assert third.deployment_ids == ("1", "2", "3")
        assert len(list_platforms(session)) == 1


def test_clients_of_one_issuer_are_different_registrations(database: Database, clock: TestClock):
    with database.writing() as session:
        for client_id in ("c1", "c2"):
            add_platform(session, **{**LMS, "client_id": client_id}, deployment_ids=[client_id], now=clock())
        assert [(info.client_id, info.deployment_ids) for info in list_platforms(session)] == [
            ("c1", ("c1",)),
            ("c2", ("c2",)),
        ]


@pytest.mark.parametrize("name", ["issuer", "auth_login_url", "auth_token_url", "jwks_url"])
@pytest.mark.parametrize(
    "url",
    [
        "http://lms.example",
        "lms.example",
        "ftp://lms.example/",
        "https://",
        "https://user:secret@lms.example/",
        "https://lms.example/a b",
        "https://lms.example/\n",
        "https://lms.example:port/",
        "https://lms.example/" + "x" * 2000,
        "http://localhost.evil.example/",
    ],
)
def test_addresses_that_cannot_be_right(name: str, url: str, database: Database, clock: TestClock):
    with database.write() as session, pytest.raises(RegistrationRefused) as refusal:
        add_platform(session, **{**LMS, name: url}, now=clock())
    assert str(refusal.value).startswith(name)


@pytest.mark.parametrize("host", ["localhost:8081", "127.0.0.1:8081", "lms.localhost", "[::1]:80"])
def test_this_machine_needs_no_encryption(host: str, database: Database, clock: TestClock):
    with database.writing() as session:
        add_platform(session, **{**LMS, "issuer": f"http://{host}", "jwks_url": f"http://{host}/jwks"}, now=clock())


@pytest.mark.parametrize("value", ["", " c1", "c\n1", "x" * 256])
@pytest.mark.parametrize("name", ["client_id", "deployment_id"])
def test_ids_that_cannot_be_right(name: str, value: str, database: Database, clock: TestClock):
    changes = {"client_id": value} if name == "client_id" else {"deployment_ids": [value]}
    with database.write() as session, pytest.raises(RegistrationRefused):
        add_platform(session, **{**LMS, **changes}, now=clock())


def test_a_new_registration_needs_its_addresses(database: Database, clock: TestClock):
    with database.write() as session, pytest.raises(RegistrationRefused) as refusal:
        add_platform(session, issuer=LMS["issuer"], client_id="c1", jwks_url=LMS["jwks_url"], now=clock())
    assert str(refusal.value) == "a new registration needs auth_login_url, auth_token_url"


def test_disable_and_enable(database: Database, clock: TestClock):
    with database.writing() as session:
        number = add_platform(session, **LMS, now=clock()).id
        disabled_at = clock()
        disable_platform(session, number, now=clock())
        clock.advance(timedelta(days=1))
        disable_platform(session, number, now=clock())
        assert show_platform(session, number).disabled_at == disabled_at
        enable_platform(session, number)
        assert show_platform(session, number).disabled_at is None


def test_a_registration_that_is_not_there(database: Database, clock: TestClock):
    with database.write() as session:
        for call in (show_platform, enable_platform):
            with pytest.raises(NotFound):
                call(session, 99)
        with pytest.raises(NotFound):
            disable_platform(session, 99, now=clock())


def test_what_to_enter_in_the_lms():
    addresses = tool_addresses(BASE_URL)
    assert addresses["Domain"] == "localhost:9001"
    assert {f"{BASE_URL}/lti/{name}" for name in ("launch", "login", "jwks")} < set(addresses.values())
