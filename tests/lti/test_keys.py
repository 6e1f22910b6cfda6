"""Our own keys: made, published, rotated."""

import base64
import hashlib
import json
from datetime import timedelta
from typing import NoReturn

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import RSAAlgorithm

from lti_app.core.db import Database
from lti_app.lti import keys
from lti_app.lti.keys import PUBLISHED_FIRST, STAYS_PUBLISHED, current_key, list_keys, public_jwks, rotate, signing_key
from tests.lti.fake_lms import Browser, TestClock


def test_the_first_key_is_made_once(database: Database, clock: TestClock):
    with database.writing() as session:
        assert public_jwks(session, clock()) == {"keys": []}
        key = current_key(session, clock())
        assert current_key(session, clock()) == key
        (published,) = public_jwks(session, clock())["keys"]
    assert published.keys() == {"kty", "n", "e", "kid", "alg", "use"}
    members = json.dumps({name: published[name] for name in ("e", "kty", "n")}, separators=(",", ":"))
    thumbprint = base64.urlsafe_b64encode(hashlib.sha256(members.encode()).digest()).rstrip(b"=").decode()
    assert key.kid == published["kid"] == thumbprint
    token = jwt.encode({"a": 1}, key.private_pem, algorithm="RS256")
    assert jwt.decode(token, RSAAlgorithm.from_jwk(published), algorithms=["RS256"]) == {"a": 1}


def refuse_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if somebody else was writing for longer than anybody waits."""

    def wait(_database: Database) -> NoReturn:
        raise TimeoutError("waits for those who write")

    monkeypatch.setattr(Database, "writing", wait)


def test_key_that_exists_is_read_without_waiting_for_writers(
    database: Database, clock: TestClock, visitor: Browser, monkeypatch: pytest.MonkeyPatch
):
    key = signing_key(database, clock())
    refuse_writes(monkeypatch)
    assert signing_key(database, clock()) == key
    assert [each["kid"] for each in visitor.client.get("/lti/jwks").get_json()["keys"]] == [key.kid]


def test_a_new_key_is_published_before_it_signs(database: Database, clock: TestClock):
    with database.writing() as session:
        first = current_key(session, clock())
        clock.advance(timedelta(days=30))
        second = rotate(session, clock())
        assert published(session, clock) == [second.kid, first.kid]
        assert current_key(session, clock()).kid == first.kid
        assert [(key.kid, key.signs) for key in list_keys(session, clock())] == [(second.kid, False), (first.kid, True)]
        clock.advance(PUBLISHED_FIRST)
        assert current_key(session, clock()).kid == second.kid
        clock.advance(STAYS_PUBLISHED)
        assert published(session, clock) == [second.kid]


def test_rotating_again_does_not_prolong_an_older_key(database: Database, clock: TestClock):
    with database.writing() as session:
        first = current_key(session, clock())
        rotate(session, clock())
        clock.advance(STAYS_PUBLISHED - timedelta(days=1))
        rotate(session, clock())
        assert first.kid in published(session, clock)
        clock.advance(timedelta(days=1))
        assert first.kid not in published(session, clock)
        assert len(published(session, clock)) == 2


def test_a_key_that_has_become_known_is_withdrawn_at_once(database: Database, clock: TestClock):
    with database.writing() as session:
        current_key(session, clock())
        clock.advance(timedelta(days=1))
        new = rotate(session, clock(), at_once=True)
        assert published(session, clock) == [new.kid]
        assert current_key(session, clock()).kid == new.kid


def test_the_published_address(visitor: Browser):
    first = visitor.client.get("/lti/jwks")
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert first.headers["Content-Type"] == "application/json"
    assert len(first.json["keys"]) == 1
    assert "d" not in first.json["keys"][0]
    assert visitor.client.get("/lti/jwks").json == first.json


def published(session, clock: TestClock) -> list[str]:
    return [key["kid"] for key in public_jwks(session, clock())["keys"]]


def test_keys_are_read_once_however_often_they_are_needed(database: Database, clock: TestClock, monkeypatch):
    """Reading one holds up all threads for as long as ten pages take, and anybody may ask for the key set."""
    read: list[str] = []

    class CountingKey(keys.JWK):
        @classmethod
        def from_pem(cls, *about):
            read.append("public")
            return super().from_pem(*about)

    def load(*about, **more):
        read.append("private")
        return load_pem_private_key(*about, **more)

    with database.writing() as session:
        key = current_key(session, clock())
        monkeypatch.setattr(keys, "JWK", CountingKey)
        monkeypatch.setattr(keys, "load_pem_private_key", load)
        for _ in range(5):
            token = key.sign({"a": 1})
            (published,) = public_jwks(session, clock())["keys"]
    assert jwt.decode(token, RSAAlgorithm.from_jwk(published), algorithms=["RS256"]) == {"a": 1}
    assert sorted(read) == ["private", "public"]
