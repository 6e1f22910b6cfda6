"""Our own keys: made, published, rotated."""

import base64
import hashlib
import json
from datetime import timedelta

import jwt
from jwt.algorithms import RSAAlgorithm

from lti_app.core.db import Database
from lti_app.lti.keys import PUBLISHED_FIRST, STAYS_PUBLISHED, current_key, list_keys, public_jwks, rotate
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
