"""The bad payloads of the LTI Advantage Conformance Certification Guide 1.3, 6.1.1, by the names given there."""

from tests.lti.fake_lms import ABSENT, Browser


def test_no_kid_sent_in_jwt_header(browser: Browser, refused):
    begun = browser.login()
    token = browser.lms.sign(browser.lms.claims(begun.nonce), kid=ABSENT)
    refused(browser.post(token, begun.state), "token_key_unnamed", 401)


def test_incorrect_kid_in_jwt_header(browser: Browser, refused):
    begun = browser.login()
    token = browser.lms.sign(browser.lms.claims(begun.nonce), kid="imstester_66067")
    refused(browser.post(token, begun.state), "key_unknown", 401)


def test_wrong_lti_version(browser: Browser, refused):
    refused(browser.launch(version="11.3"), "version", 400)


def test_no_lti_version(browser: Browser, refused):
    refused(browser.launch(version=ABSENT), "version", 400)


def test_invalid_lti_message(browser: Browser, refused):
    begun = browser.login()
    refused(browser.post(browser.lms.sign({"name": "badltilaunch"}), begun.state), "issuer", 401)


def test_missing_lti_claims(browser: Browser, refused):
    begun = browser.login()
    claims = browser.lms.claims(begun.nonce)
    bare = {name: claims[name] for name in ("iss", "aud", "sub", "nonce", "iat", "exp")}
    refused(browser.post(browser.lms.sign(bare), begun.state), "version", 400)


def test_timestamps_incorrect(browser: Browser, refused):
    refused(browser.launch(iat=11111, exp=22222), "time_expired", 401)


def test_message_type_claim_missing(browser: Browser, refused):
    refused(browser.launch(message_type=ABSENT), "message_type", 400)


def test_role_claim_missing(browser: Browser, refused):
    refused(browser.launch(roles=ABSENT), "roles", 400)


def test_deployment_id_claim_missing(browser: Browser, refused):
    begun = browser.login(lti_deployment_id=ABSENT)
    token = browser.lms.sign(browser.lms.claims(begun.nonce, deployment_id=ABSENT))
    refused(browser.post(token, begun.state), "deployment", 400)


def test_resource_link_id_claim_missing(browser: Browser, refused):
    refused(browser.launch(resource_link={"title": "No id"}), "resource_link", 400)


def test_user_claim_missing(browser: Browser, refused):
    refused(browser.launch(sub=ABSENT), "subject_missing", 400)
