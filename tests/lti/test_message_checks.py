"""Every check of a launch message: what the protocol forbids is refused with a page, what it allows gets in."""

import base64
import hmac
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select

from lti_app.core.db import Database
from lti_app.course.courses.models import Course
from lti_app.course.courses.rules import Role
from lti_app.course.people.models import Person
from tests.lti.fake_lms import ABSENT, CLAIM, MEMBERSHIP, TARGET, Browser, KeyPair

EVIL = "https://evil.example/launch"
NOW = 1_795_435_200  # the clock of these tests

REFUSED_CLAIMS: dict[str, tuple[dict[str, Any], str, int]] = {
    # who it is for
    "aud of another client": ({"aud": "somebody-else"}, "audience", 401),
    "two audiences without azp": ({"aud": ["client-1", "other"]}, "audience", 401),
    "two audiences, azp of another": ({"aud": ["client-1", "other"], "azp": "evil"}, "audience", 401),
    "two audiences, ours second, azp ours": ({"aud": ["other", "client-1"], "azp": "client-1"}, "audience", 401),
    "azp of another": ({"azp": "evil"}, "audience", 401),
    "azp a number": ({"azp": 5}, "audience", 401),
    "aud null": ({"aud": None}, "audience", 401),
    "aud absent": ({"aud": ABSENT}, "audience", 401),
    "aud an empty list": ({"aud": []}, "audience", 401),
    "aud a number": ({"aud": 7}, "audience", 401),
    "aud a list of objects": ({"aud": [{}]}, "audience", 401),
    "aud an object": ({"aud": {"a": 1}}, "audience", 401),
    "iss of another": ({"iss": "https://other.example"}, "audience", 401),
    "iss absent": ({"iss": ABSENT}, "issuer", 401),
    "iss with NUL": ({"iss": "https://lms.example\0"}, "issuer", 401),
    # when
    "exp absent": ({"exp": ABSENT}, "time_missing", 401),
    "iat absent": ({"iat": ABSENT}, "time_missing", 401),
    "expired beyond the leeway": ({"exp": NOW - 61}, "time_expired", 401),
    "issued ten days ago": ({"iat": NOW - 864_000, "exp": NOW + 60}, "time_expired", 401),
    "issued beyond the leeway ahead": ({"iat": NOW + 120, "exp": NOW + 180}, "time_future", 401),
    "not before later": ({"nbf": NOW + 3600}, "time_future", 401),
    "exp text": ({"exp": str(NOW + 60)}, "time_malformed", 401),
    "iat text": ({"iat": "now"}, "time_malformed", 401),
    "exp negative": ({"exp": -1}, "time_expired", 401),
    "iat negative": ({"iat": -5.5}, "time_expired", 401),
    "exp 1e20": ({"exp": 1e20}, "time_malformed", 401),
    "exp infinite": ({"exp": float("inf")}, "time_malformed", 401),
    "exp not a number": ({"exp": float("nan")}, "time_malformed", 401),
    "iat of four hundred digits": ({"iat": 10**400}, "time_malformed", 401),
    "exp true": ({"exp": True}, "time_malformed", 401),
    "exp a year ahead": ({"exp": NOW + 31_536_000}, "time_malformed", 401),
    # what it answers
    "nonce absent": ({"nonce": ABSENT}, "nonce", 401),
    "nonce of another login": ({"nonce": "x" * 43}, "nonce", 401),
    "nonce an object": ({"nonce": {}}, "nonce", 401),
    "target absent": ({"target_link_uri": ABSENT}, "target", 400),
    "target evil": ({"target_link_uri": EVIL}, "target", 400),
    "target another page of ours": ({"target_link_uri": TARGET + "/other"}, "target", 400),
    # what it is
    "version 1.1": ({"version": "1.1"}, "version", 400),
    "version a number": ({"version": 1.3}, "version", 400),
    "message type unknown": ({"message_type": "LtiAssetProcessorSettingsRequest"}, "message_type_unknown", 400),
    "message type a number": ({"message_type": 5}, "message_type", 400),
    "deployment unknown": ({"deployment_id": "2"}, "state_mismatch", 401),
    "deployment a number": ({"deployment_id": 1}, "state_mismatch", 401),
    "roles a string": ({"roles": f"{MEMBERSHIP}#Instructor"}, "roles", 400),
    "roles null": ({"roles": None}, "roles", 400),
    "roles of objects": ({"roles": [{}]}, "roles", 400),
    "resource link null": ({"resource_link": None}, "resource_link", 400),
    "resource link text": ({"resource_link": "link-1"}, "resource_link", 400),
    "resource link id empty": ({"resource_link": {"id": ""}}, "resource_link", 400),
    "resource link id a number": ({"resource_link": {"id": 5}}, "resource_link", 400),
    "resource link id of 256": ({"resource_link": {"id": "x" * 256}}, "resource_link", 400),
    "context without id": ({"context": {"title": "Leadership"}}, "context", 400),
    "context a list": ({"context": []}, "context", 400),
    # who
    "sub null": ({"sub": None}, "subject_missing", 400),
    "sub empty": ({"sub": ""}, "subject", 400),
    "sub a number": ({"sub": 5}, "subject", 400),
    "sub of 256": ({"sub": "x" * 256}, "subject", 400),
    "sub with NUL": ({"sub": "a\0b"}, "subject", 400),
    "sub a lone surrogate": ({"sub": "\ud800"}, "subject", 400),
}

ACCEPTED_CLAIMS: dict[str, dict[str, Any]] = {
    "aud a list of one": {"aud": ["client-1"]},
    "aud twice the same, with azp": {"aud": ["client-1", "client-1"], "azp": "client-1"},
    "expired within the leeway": {"exp": NOW - 30},
    "issued 5 s ahead": {"iat": NOW + 5, "exp": NOW + 65},
    "times with a fraction": {"iat": NOW + 0.25, "exp": NOW + 60.75},
    "an hour to live": {"exp": NOW + 3600},
    "roles with null among them": {"roles": [None, f"{MEMBERSHIP}#Learner", None]},
    "a thousand roles": {"roles": [f"{MEMBERSHIP}#Learner", *(f"urn:role:{n}" for n in range(999))]},
    "context null": {"context": None},
    "context title with quotes and markup": {"context": {"id": "c", "title": "\"L\" & <script>alert('x')</script>"}},
    "names dirty": {"name": "\u202eAna\0<script>alert(1)</script>" + "x" * 10_000, "given_name": 5, "email": "\0"},
    "names of lone surrogates": {"name": "\ud800\udfff", "family_name": "\ud800"},
    "names null": {"name": None, "given_name": None, "family_name": None, "email": None, "locale": None},
    "locale nonsense": {"locale": "../../etc/passwd"},
    "sub an emoji": {"sub": "🧑‍🎓"},
    "sub of 255": {"sub": "x" * 255},
    "sub with leading zeros": {"sub": "007"},
    "custom dirty": {CLAIM + "custom": {"discussion": None, "a": 5, "b": ["x"], "c": "$Foo.bar", "d": "\0", "": ""}},
    "custom a list": {CLAIM + "custom": ["x"]},
    "an unknown discussion": {CLAIM + "custom": {"discussion": "9" * 40}},
    "services of the wrong type": {
        "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": {"scope": "all", "lineitems": 5, "lineitem": "x"},
        "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice": "no",
    },
    "unknown claims": {"https://example.org/claim": {"deep": [[[[]]]]}},
}


@pytest.mark.parametrize("name", REFUSED_CLAIMS)
def test_claims_refused(name: str, visitor: Browser, refused):
    changes, reason, status = REFUSED_CLAIMS[name]
    refused(visitor.launch(**changes), reason, status)


def test_names_and_titles_keep_letters_newer_than_the_tables_of_this_python(visitor: Browser, database: Database):
    title, name = "\U0001fadf Week 1", "Ana \U0001fae9 علی‌رضا"
    visitor.launch(name=name, **{CLAIM + "context": {"id": "c", "title": f"{title}\ufffe"}})
    with database.read() as session:
        assert session.scalars(select(Person.name)).one() == name
        assert session.scalars(select(Course.title)).one() == title


@pytest.mark.parametrize("name", ACCEPTED_CLAIMS)
def test_claims_accepted(name: str, visitor: Browser, arrived):
    arrived(visitor.launch(**ACCEPTED_CLAIMS[name]), Role.STUDENT)


def test_the_clock_of_these_tests(clock):
    assert clock().timestamp() == NOW


def test_unknown_deployment_names_the_command(visitor: Browser, refused):
    begun = visitor.login(lti_deployment_id=ABSENT)
    answer = visitor.post(visitor.lms.sign(visitor.lms.claims(begun.nonce, deployment_id="it's new")), begun.state)
    refused(answer, "deployment_unknown", 403)
    command = "colloquy platform add --issuer https://lms.example --client-id client-1 --deployment-id"
    assert command in answer.text
    assert "it&#39;&#34;&#39;&#34;&#39;s new" in answer.text


@pytest.mark.parametrize("deployment", [5, "", None, "x" * 256, ["1"]])
def test_malformed_deployment(deployment: object, visitor: Browser, refused):
    begun = visitor.login(lti_deployment_id=ABSENT)
    token = visitor.lms.sign(visitor.lms.claims(begun.nonce, deployment_id=deployment))
    refused(visitor.post(token, begun.state), "deployment", 400)


def test_a_student_of_the_canvas_login_parameter(visitor: Browser, refused):
    begun = visitor.login(lti_deployment_id=ABSENT, deployment_id="1")
    token = visitor.lms.sign(visitor.lms.claims(begun.nonce, deployment_id="2"))
    refused(visitor.post(token, begun.state), "state_mismatch", 401)


class TestToken:
    def test_wrong_key(self, visitor: Browser, other_key: KeyPair, refused):
        begun = visitor.login()
        token = visitor.lms.sign(visitor.lms.claims(begun.nonce), key=other_key, kid=visitor.lms.key.kid)
        refused(visitor.post(token, begun.state), "signature", 401)

    def test_changed_after_signing(self, visitor: Browser, refused):
        begun = visitor.login()
        head, _, signature = visitor.lms.sign(visitor.lms.claims(begun.nonce)).split(".")
        teacher = visitor.lms.claims(begun.nonce, roles=[f"{MEMBERSHIP}#Instructor"])
        token = f"{head}.{encoded(teacher)}.{signature}"
        refused(visitor.post(token, begun.state), "signature", 401)

    def test_no_signature(self, visitor: Browser, refused):
        begun = visitor.login()
        token = jwt.encode(visitor.lms.claims(begun.nonce), "", algorithm="none", headers={"kid": "key-1"})
        refused(visitor.post(token, begun.state), "token_algorithm", 401)

    def test_hs256_with_the_public_key(self, visitor: Browser, refused):
        begun = visitor.login()
        signed = f"{encoded({'alg': 'HS256', 'kid': 'key-1'})}.{encoded(visitor.lms.claims(begun.nonce))}"
        public = visitor.lms.key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        mac = base64.urlsafe_b64encode(hmac.digest(public, signed.encode(), "sha256")).rstrip(b"=").decode()
        token = f"{signed}.{mac}"
        refused(visitor.post(token, begun.state), "token_algorithm", 401)

    def test_rs512(self, visitor: Browser, refused):
        begun = visitor.login()
        key = visitor.lms.key
        token = jwt.encode(visitor.lms.claims(begun.nonce), key.private, algorithm="RS512", headers={"kid": key.kid})
        refused(visitor.post(token, begun.state), "token_algorithm", 401)

    @pytest.mark.parametrize(
        ("kid", "reason", "status"),
        [
            (5, "token_format", 400),
            ({"a": 1}, "token_format", 400),
            (None, "token_format", 400),
            ("", "token_key_unnamed", 401),
            ("x" * 300, "token_key_unnamed", 401),
            ("a\0b", "token_key_unnamed", 401),
        ],
    )
    def test_kid_malformed(self, kid: object, reason: str, status: int, visitor: Browser, refused):
        begun = visitor.login()
        _, payload, signature = visitor.lms.sign(visitor.lms.claims(begun.nonce)).split(".")
        token = f"{encoded({'alg': 'RS256', 'kid': kid})}.{payload}.{signature}"
        refused(visitor.post(token, begun.state), reason, status)

    @pytest.mark.parametrize("claims", [[], "text", 5, None, [{"iss": "x"}]])
    def test_claims_no_object(self, claims: object, visitor: Browser, refused):
        refused(visitor.post(visitor.lms.sign(claims), visitor.login().state), "token_format", 400)

    @pytest.mark.parametrize(
        "token",
        [
            "two.parts",
            "a.b.c.d",
            "…….….…",
            "!!!.???.***",
            "W10.e30.AA",
            "bm90IGpzb24.e30.AA",
            "[" * 50_000,
            f"{base64.urlsafe_b64encode(b'[' * 60_000).decode()}.e30.AA",
            "\0.\0.\0",
        ],
    )
    def test_no_token_at_all(self, token: str, visitor: Browser, refused):
        refused(visitor.post(token, visitor.login().state), "token_format", 400)

    @pytest.mark.parametrize("depth", range(780, 960, 20))
    def test_claims_as_deep_as_python_can_just_read(self, depth: int, visitor: Browser, refused):
        begun = visitor.login()
        claims = json.dumps({**visitor.lms.claims(begun.nonce), "deep": 5}).replace(
            "5}", "[" * depth + "]" * depth + "}"
        )
        refused(
            visitor.post(f"{encoded({'alg': 'RS256', 'kid': 'key-1'})}.{segment(claims)}.AA", begun.state),
            "token_format",
            400,
        )

    @pytest.mark.parametrize("depth", range(780, 960, 20))
    def test_header_as_deep_as_python_can_just_read(self, depth: int, visitor: Browser, refused):
        header = '{"kid": "key-1", "alg": ' + "[" * depth + "]" * depth + "}"
        refused(visitor.post(f"{segment(header)}.e30.AA", visitor.login().state), "token_format", 400)

    def test_empty(self, visitor: Browser, refused):
        refused(visitor.post("", visitor.login().state), "token_missing", 400)

    def test_absent(self, visitor: Browser, refused):
        refused(visitor.client.post("/lti/launch", data={"state": visitor.login().state}), "token_missing", 400)

    def test_of_one_megabyte(self, visitor: Browser, refused):
        refused(visitor.post("x" * 1_000_000, visitor.login().state), "too_large", 413)

    def test_of_a_quarter_megabyte(self, visitor: Browser, refused):
        refused(visitor.post("x" * 250_000, visitor.login().state), "too_large", 413)


def test_ten_minutes_are_too_late(visitor: Browser, clock, refused):
    begun = visitor.login()
    claims = visitor.lms.claims(begun.nonce, exp=NOW + 3600)
    clock.advance(timedelta(minutes=9, seconds=59))
    other = visitor.login()
    clock.advance(timedelta(minutes=1, seconds=2))
    refused(visitor.post(visitor.lms.sign({**claims, "nonce": other.nonce}), other.state), "time_expired", 401)


def encoded(value: object) -> str:
    return segment(json.dumps(value))


def segment(text: str) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
