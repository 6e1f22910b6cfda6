"""The LMS's key set: kept, asked for again when a key is unknown, and never trusted to be what it should be."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from flask import Flask
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from werkzeug.test import TestResponse

from lti_app.course.courses.rules import Role
from lti_app.lti.platform_keys import ASKED_ANEW, FAILURE_KEPT, MOST_OF_ONE_NAME
from tests.lti.fake_lms import Browser, FakeLms, KeyPair, KeyServer, Served

HTML = {"Content-Type": "text/html"}
UNREACHABLE: dict[str, Served] = {
    "an error": Served(b'{"keys": []}', 500),
    "not found": Served(b"gone", 404),
    "forbidden": Served(b"{}", 403),
    "HTML": Served(b"<!doctype html><title>Sign in</title>", 200, HTML),
    "nothing": Served(b""),
    "half a JSON": Served(b'{"keys": ['),
    "not UTF-8": Served(b"\xff\xfe\x00"),
    "brackets without end": Served(b"[" * 100_000),
    "three megabytes": Served(b" " * 3_000_000),
    "redirect to another host": Served(b"", 302, {"Location": "https://evil.example/jwks"}),
    "redirect to localhost by name": Served(b"", 302, {"Location": "http://localhost:1/jwks"}),
    "redirect to nowhere": Served(b"", 302),
    "redirect to a file": Served(b"", 302, {"Location": "file:///etc/passwd"}),
}
UNUSABLE: dict[str, Any] = {
    "no keys": {"keys": []},
    "a list": [],
    "text": "keys",
    "keys an object": {"keys": {"kid": "key-1"}},
    "keys null": {"keys": None},
    "an error body": {"error": "invalid_request"},
    "keys of the wrong types": {"keys": [None, 5, "x", [], {}, {"kid": 5}, {"kid": "key-1", "kty": "RSA"}]},
    "symmetric": {"keys": [{"kty": "oct", "kid": "key-1", "k": "c2VjcmV0", "alg": "HS256"}]},
    "numbers that are none": {"keys": [{"kty": "RSA", "kid": "key-1", "n": "!", "e": ""}]},
    "zero": {"keys": [{"kty": "RSA", "kid": "key-1", "n": "AA", "e": "AQAB"}]},
}


HANGS = Served(b"", hangs=True)


@pytest.mark.parametrize(
    "served", [*UNREACHABLE.values(), pytest.param(HANGS, marks=pytest.mark.hangs)], ids=[*UNREACHABLE, "hangs"]
)
def test_no_key_set(served: Served, visitor: Browser, refused):
    visitor.lms.serve(served)
    answer = visitor.launch()
    refused(answer, "keys_unreachable", 502)
    assert "could not reach your learning platform" in answer.text


def outcome(answer: TestResponse) -> tuple[int, str]:
    """The status of a launch's answer, and the reason where it was refused."""
    found = re.search(r"keys_unreachable|key_unknown", answer.text)
    return answer.status_code, found[0] if found else ""


def test_a_failure_is_remembered_and_the_key_set_asked_for_again_later(visitor: Browser, clock, key_server: KeyServer):
    visitor.lms.serve(UNREACHABLE["an error"])
    assert outcome(visitor.launch()) == (502, "keys_unreachable")
    visitor.lms.publish()
    assert outcome(visitor.launch()) == (502, "keys_unreachable")
    assert len(key_server.asked) == 1
    clock.advance(FAILURE_KEPT)
    assert outcome(visitor.launch()) == (303, "")


def test_known_keys_count_while_the_key_set_cannot_be_had(visitor: Browser, clock, other_key: KeyPair):
    known = visitor.lms.key
    assert outcome(visitor.launch()) == (303, "")
    visitor.lms.serve(UNREACHABLE["an error"])
    clock.advance(timedelta(hours=2))
    assert outcome(visitor.launch()) == (303, "")
    visitor.lms.key = other_key
    assert outcome(visitor.launch()) == (502, "keys_unreachable")
    visitor.lms.key = known
    clock.advance(timedelta(hours=22))
    assert outcome(visitor.launch()) == (502, "keys_unreachable")


def test_a_key_that_is_no_longer_published_counts_no_more(visitor: Browser, clock, other_key: KeyPair):
    assert outcome(visitor.launch()) == (303, "")
    visitor.lms.publish(other_key.jwk)
    clock.advance(timedelta(hours=2))
    assert outcome(visitor.launch()) == (401, "key_unknown")


@pytest.mark.hangs
def test_a_key_set_that_hangs_holds_one_thread(app: Flask, lms: FakeLms, key_server: KeyServer, refused):
    """The others wait a second at most, and then are told at once."""
    lms.serve(HANGS)
    visitors = [Browser(app, lms) for _ in range(20)]
    with ThreadPoolExecutor(len(visitors)) as pool:
        answers = list(pool.map(lambda visitor: visitor.launch(), visitors))
    for answer in answers:
        refused(answer, "keys_unreachable", 502)
    assert len(key_server.asked) == 1


def test_no_server(visitor: Browser, database, key_server: KeyServer, refused, register):
    key_server.url = "http://127.0.0.1:9"
    register(visitor.lms)
    refused(visitor.launch(), "keys_unreachable", 502)


@pytest.mark.parametrize("name", UNUSABLE)
def test_no_usable_key(name: str, visitor: Browser, refused):
    visitor.lms.serve(Served(json.dumps(UNUSABLE[name]).encode()))
    refused(visitor.launch(), "keys_unusable", 502)


def test_elliptic_key(visitor: Browser, refused):
    elliptic = ec.generate_private_key(ec.SECP256R1()).public_key()
    visitor.lms.publish({**ECAlgorithm.to_jwk(elliptic, as_dict=True), "kid": "key-1"})
    refused(visitor.launch(), "keys_unusable", 502)


@pytest.mark.parametrize("change", [{"use": "enc"}, {"alg": "RS512"}, {"kty": "EC"}])
def test_key_for_something_else(change: dict[str, str], visitor: Browser, refused):
    visitor.lms.publish({**visitor.lms.key.jwk, **change})
    refused(visitor.launch(), "keys_unusable", 502)


def test_short_key(visitor: Browser, refused):
    visitor.lms.publish(KeyPair.make("key-1", bits=1024).jwk)
    refused(visitor.launch(), "keys_unusable", 502)


def wide(bits: int, exponent: int) -> dict[str, str]:
    """A key of so many bits, of which nobody has the other half."""
    public = RSAPublicNumbers(exponent, (1 << bits) - 1).public_key()
    return {**RSAAlgorithm.to_jwk(public, as_dict=True), "kid": "key-1"}


@pytest.mark.parametrize(("bits", "exponent"), [(16_384, 65_537), (1_000_000, 65_537), (3_072, 2**3_000 + 1)])
def test_key_that_takes_long_to_verify_with(bits: int, exponent: int, visitor: Browser, refused):
    visitor.lms.publish(wide(bits, exponent))
    refused(visitor.launch(), "keys_unusable", 502)


def test_more_keys_of_one_name_than_are_tried(visitor: Browser, refused):
    visitor.lms.publish(*[wide(3_072, 65_537)] * MOST_OF_ONE_NAME, visitor.lms.key.jwk)
    refused(visitor.launch(), "signature", 401)


def test_key_without_alg_and_among_others(visitor: Browser, other_key: KeyPair, arrived):
    bare = {name: value for name, value in visitor.lms.key.jwk.items() if name != "alg"}
    visitor.lms.publish({"kty": "oct", "kid": "a", "k": "c2VjcmV0"}, other_key.jwk, bare)
    arrived(visitor.launch(), Role.STUDENT)


def test_private_key_published_by_mistake(visitor: Browser, parts, arrived):
    private = RSAAlgorithm.to_jwk(visitor.lms.key.private, as_dict=True)
    visitor.lms.publish({**private, "kid": "key-1"})
    arrived(visitor.launch(), Role.STUDENT)


def test_two_keys_of_one_name(visitor: Browser, other_key: KeyPair, arrived):
    visitor.lms.publish({**other_key.jwk, "kid": "key-1"}, visitor.lms.key.jwk)
    arrived(visitor.launch(), Role.STUDENT)


def test_redirect_on_the_same_host(visitor: Browser, key_server: KeyServer, arrived):
    key_server.answers["/moved"] = key_server.answers[visitor.lms.jwks_path]
    visitor.lms.serve(Served(b"", 301, {"Location": "/moved"}))
    arrived(visitor.launch(), Role.STUDENT)


def test_redirects_without_end(visitor: Browser, refused):
    visitor.lms.serve(Served(b"", 302, {"Location": visitor.lms.jwks_path}))
    refused(visitor.launch(), "keys_unreachable", 502)


def test_the_key_set_is_kept_an_hour(visitor: Browser, clock, key_server: KeyServer):
    for _ in range(3):
        assert visitor.launch().status_code == 303
    assert len(key_server.asked) == 1
    clock.advance(timedelta(hours=1))
    assert visitor.launch().status_code == 303
    assert len(key_server.asked) == 2


@pytest.mark.parametrize(
    ("told", "kept"),
    [("max-age=600", 600), ("public, MAX-AGE=120", 120), ("max-age=0", 60), ("max-age=99999999", 86_400)],
)
def test_the_key_set_is_kept_as_told(told: str, kept: int, visitor: Browser, clock, key_server: KeyServer):
    visitor.lms.publish(**{"Cache-Control": told})
    visitor.launch()
    clock.advance(timedelta(seconds=kept - 1))
    visitor.launch()
    assert len(key_server.asked) == 1
    clock.advance(timedelta(seconds=1))
    visitor.launch()
    assert len(key_server.asked) == 2


def test_a_rotated_key_gets_in_at_once(visitor: Browser, other_key: KeyPair, key_server: KeyServer):
    assert visitor.launch().status_code == 303
    visitor.lms.key = other_key
    visitor.lms.publish()
    assert visitor.launch().status_code == 303
    assert len(key_server.asked) == 2


def test_a_key_that_changed_and_kept_its_name_gets_in_at_once(
    visitor: Browser, other_key: KeyPair, key_server: KeyServer
):
    assert visitor.launch().status_code == 303
    visitor.lms.key = KeyPair("key-1", other_key.private)
    visitor.lms.publish()
    assert visitor.launch().status_code == 303
    assert visitor.launch().status_code == 303
    assert len(key_server.asked) == 2


def test_launches_that_come_together_after_a_change_ask_once(
    app: Flask, visitor: Browser, other_key: KeyPair, key_server: KeyServer
):
    assert visitor.launch().status_code == 303
    visitor.lms.key = KeyPair("key-1", other_key.private)
    visitor.lms.publish()
    visitors = [Browser(app, visitor.lms) for _ in range(6)]
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda one: one.launch(), visitors))
    assert [answer.status_code for answer in answers] == [303] * 6
    assert len(key_server.asked) == 2


def test_forged_signatures_cannot_flood_the_lms(visitor: Browser, other_key: KeyPair, clock, key_server: KeyServer):
    assert visitor.launch().status_code == 303
    begun = visitor.login()
    forged = visitor.lms.sign(visitor.lms.claims(begun.nonce), key=other_key, kid="key-1")
    for _ in range(5):
        assert visitor.post(forged, begun.state).status_code == 401
    assert len(key_server.asked) == 2
    clock.advance(ASKED_ANEW)
    assert visitor.post(forged, begun.state).status_code == 401
    assert len(key_server.asked) == 3
    assert visitor.post(visitor.lms.sign(visitor.lms.claims(begun.nonce)), begun.state).status_code == 303


@pytest.mark.parametrize("name", ["an error", "half a JSON", "nothing"])
def test_a_forged_signature_while_the_key_set_cannot_be_had_harms_nobody(
    name: str, visitor: Browser, other_key: KeyPair, key_server: KeyServer
):
    assert visitor.launch().status_code == 303
    visitor.lms.serve(UNREACHABLE[name])
    begun = visitor.login()
    forged = visitor.lms.sign(visitor.lms.claims(begun.nonce), key=other_key, kid="key-1")
    for _ in range(3):
        answer = visitor.post(forged, begun.state)
        assert (answer.status_code, "signature" in answer.text) == (401, True)
    assert len(key_server.asked) == 2
    assert visitor.launch().status_code == 303


def test_a_withdrawn_key_is_refused(visitor: Browser, other_key: KeyPair, clock, key_server: KeyServer):
    assert visitor.launch().status_code == 303
    withdrawn = visitor.lms.key
    visitor.lms.key = other_key
    visitor.lms.publish()
    assert visitor.launch().status_code == 303
    visitor.lms.key = withdrawn
    answer = visitor.launch()
    assert (answer.status_code, "key_unknown" in answer.text) == (401, True)


def test_forged_key_names_cannot_flood_the_lms(visitor: Browser, other_key: KeyPair, clock, key_server: KeyServer):
    assert visitor.launch().status_code == 303
    begun = visitor.login()
    for number in range(12):
        token = visitor.lms.sign(visitor.lms.claims(begun.nonce), key=other_key, kid=f"forged-{number}")
        assert visitor.post(token, begun.state).status_code == 401
    assert len(key_server.asked) == 5
    assert visitor.post(visitor.lms.sign(visitor.lms.claims(begun.nonce)), begun.state).status_code == 303


def test_many_first_launches_ask_once(app: Flask, visitor: Browser, key_server: KeyServer):
    visitors = [Browser(app, visitor.lms) for _ in range(6)]
    begun = [one.login() for one in visitors]
    tokens = [visitor.lms.sign(visitor.lms.claims(one.nonce, sub=f"s{n}")) for n, one in enumerate(begun)]
    with ThreadPoolExecutor(6) as threads:
        answers = threads.map(lambda one, token, login: one.post(token, login.state), visitors, tokens, begun)
        assert [answer.status_code for answer in answers] == [303] * 6
    assert len(key_server.asked) == 1
