"""The bad payloads of the LTI Advantage Conformance Certification Guide 1.3, 6.1.1, by the names given there."""

from tests.lti.fake_lms import ABSENT, Browser


def test_no_kid_sent_in_jwt_header(visitor: Browser, refused):
    begun = visitor.login()
    token = visitor.lms.sign(visitor.lms.claims(begun.nonce), kid=ABSENT)
    refused(visitor.post(token, begun.state), "token_key_unnamed", 401)


def test_incorrect_kid_in_jwt_header(visitor: Browser, refused):
    begun = visitor.login()
    token = visitor.lms.sign(visitor.lms.claims(begun.nonce), kid="imstester_66067")
    refused(visitor.post(token, begun.state), "key_unknown", 401)


def test_wrong_lti_version(visitor: Browser, refused):
    refused(visitor.launch(version="11.3"), "version", 400)


def test_no_lti_version(visitor: Browser, refused):
    refused(visitor.launch(version=ABSENT), "version", 400)


def test_invalid_lti_message(visitor: Browser, refused):
    begun = visitor.login()
    refused(visitor.post(visitor.lms.sign({"name": "badltilaunch"}), begun.state), "issuer", 401)


def test_missing_lti_claims(visitor: Browser, refused):
    begun = visitor.login()
    claims = visitor.lms.claims(begun.nonce)
    bare = {name: claims[name] for name in ("iss", "aud", "sub", "nonce", "iat", "exp")}
    refused(visitor.post(visitor.lms.sign(bare), begun.state), "version", 400)


def test_timestamps_incorrect(visitor: Browser, refused):
    refused(visitor.launch(iat=11111, exp=22222), "time_expired", 401)


def test_message_type_claim_missing(visitor: Browser, refused):
    refused(visitor.launch(message_type=ABSENT), "message_type", 400)


def test_role_claim_missing(visitor: Browser, refused):
    refused(visitor.launch(roles=ABSENT), "roles", 400)


def test_deployment_id_claim_missing(visitor: Browser, refused):
    begun = visitor.login(lti_deployment_id=ABSENT)
    token = visitor.lms.sign(visitor.lms.claims(begun.nonce, deployment_id=ABSENT))
    refused(visitor.post(token, begun.state), "deployment", 400)


def test_resource_link_id_claim_missing(visitor: Browser, refused):
    refused(visitor.launch(resource_link={"title": "No id"}), "resource_link", 400)


def test_user_claim_missing(visitor: Browser, refused):
    refused(visitor.launch(sub=ABSENT), "subject_missing", 400)
