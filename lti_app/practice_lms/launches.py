"""What a person is about to open, and the claims of the message that says so to the tool."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lti_app.practice_lms.config import PracticeConfig
from lti_app.practice_lms.course import Course, Person, Placement
from lti_app.practice_lms.vocabulary import (
    AGS_CLAIM,
    AGS_SCOPES,
    CLAIM,
    COURSE_OFFERING,
    DEEP_LINKING,
    DL_CLAIM,
    NRPS_CLAIM,
    RESOURCE_LINK,
    SUBMISSION_REVIEW,
    VERSION,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """One opening of the tool; travels through the browser as the signed ``lti_message_hint``."""

    person_id: str
    message_type: str = RESOURCE_LINK
    placement_id: str | None = None
    line_item_id: int | None = None
    for_user_id: str | None = None
    document_target: str = "iframe"

    def to_json(self) -> dict[str, Any]:
        """Return the values that differ from nothing, for signing."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchFacts:
    """Everything that the claims of one launch are made of. ``line_item_urls`` are those of the placement."""

    launch: Launch
    person: Person
    placement: Placement | None
    for_user: Person | None
    line_item_urls: Sequence[str]
    target_url: str
    deep_linking_data: str = ""


def launch_claims(config: PracticeConfig, course: Course, facts: LaunchFacts, nonce: str) -> dict[str, Any]:
    """Return the claims of the id_token (LTI Core 1.3 section 5, AGS 2.0 section 3.1, NRPS 2.0, Deep Linking 2.0)."""
    claims = _security_claims(config, facts.person, nonce)
    claims |= _message_claims(config, course, facts)
    claims |= _service_claims(config, course, facts)
    if facts.placement is not None:
        claims[f"{CLAIM}resource_link"] = _resource_link(facts.placement)
        claims[f"{CLAIM}custom"] = substituted(facts.placement.custom, course, facts.person, facts.placement)
    if facts.launch.message_type == DEEP_LINKING:
        claims[f"{DL_CLAIM}deep_linking_settings"] = _deep_linking_settings(config, facts.deep_linking_data)
    if facts.for_user is not None and facts.launch.message_type == SUBMISSION_REVIEW:
        claims[f"{CLAIM}for_user"] = _for_user(facts.for_user)
    return claims


def _security_claims(config: PracticeConfig, person: Person, nonce: str) -> dict[str, Any]:
    now = int(config.clock().timestamp())
    return {
        "iss": config.base_url,
        "aud": config.client_id,
        "azp": config.client_id,
        "sub": person.id,
        "iat": now,
        "exp": now + config.id_token_seconds,
        "nonce": nonce,
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
        "locale": config.locale,
    }


def _message_claims(config: PracticeConfig, course: Course, facts: LaunchFacts) -> dict[str, Any]:
    return {
        f"{CLAIM}message_type": facts.launch.message_type,
        f"{CLAIM}version": VERSION,
        f"{CLAIM}deployment_id": config.deployment_id,
        f"{CLAIM}target_link_uri": facts.target_url,
        f"{CLAIM}roles": list(facts.person.roles),
        f"{CLAIM}context": {
            "id": course.id,
            "label": course.label,
            "title": course.title,
            "type": [COURSE_OFFERING],
        },
        f"{CLAIM}tool_platform": {
            "guid": f"practice-lms.{config.deployment_id}",
            "name": course.institution,
            "product_family_code": "colloquy-practice-lms",
            "version": "1",
            "url": config.base_url,
        },
        f"{CLAIM}launch_presentation": {
            "document_target": facts.launch.document_target,
            "locale": config.locale,
            "return_url": f"{config.base_url}/return",
        },
    }


def _service_claims(config: PracticeConfig, course: Course, facts: LaunchFacts) -> dict[str, Any]:
    endpoint: dict[str, Any] = {"scope": list(AGS_SCOPES), "lineitems": line_items_url(config, course)}
    if len(facts.line_item_urls) == 1:
        endpoint["lineitem"] = facts.line_item_urls[0]
    return {
        AGS_CLAIM: endpoint,
        NRPS_CLAIM: {"context_memberships_url": memberships_url(config, course), "service_versions": ["2.0"]},
    }


def _resource_link(placement: Placement) -> dict[str, str]:
    link = {"id": placement.id, "title": placement.title}
    return link | {"description": placement.text} if placement.text else link


def _deep_linking_settings(config: PracticeConfig, data: str) -> dict[str, Any]:
    return {
        "deep_link_return_url": f"{config.base_url}/deep-linking/return",
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe", "window"],
        "accept_multiple": True,
        "accept_lineitem": True,
        "auto_create": True,
        "title": "Add an activity",
        "text": "",
        "data": data,
    }


def _for_user(person: Person) -> dict[str, Any]:
    return {
        "user_id": person.id,
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
        "roles": list(person.roles),
    }


def substituted(custom: Mapping[str, str], course: Course, person: Person, placement: Placement) -> dict[str, str]:
    """Return custom parameters with the variables of LTI Core appendix B that this LMS knows filled in."""
    known = {
        "$User.id": person.id,
        "$Person.name.full": person.name,
        "$Person.name.given": person.given_name,
        "$Person.name.family": person.family_name,
        "$Person.email.primary": person.email,
        "$Context.id": course.id,
        "$Context.id.history": ",".join(course.earlier),
        "$Context.label": course.label,
        "$Context.title": course.title,
        "$ResourceLink.id": placement.id,
        "$ResourceLink.title": placement.title,
        "$Membership.role": ",".join(person.roles),
    }
    return {name: known.get(value, value) for name, value in custom.items()}


def line_items_url(config: PracticeConfig, course: Course) -> str:
    """Address of the line item container of the course; its query names the registration, as real LMSs do."""
    return f"{config.base_url}/api/courses/{course.id}/lineitems?registration={config.client_id}"


def line_item_url(config: PracticeConfig, course: Course, line_item_id: int) -> str:
    """Address and id of one line item; /scores and /results are appended to its path, before the query."""
    return f"{config.base_url}/api/courses/{course.id}/lineitems/{line_item_id}?registration={config.client_id}"


def memberships_url(config: PracticeConfig, course: Course) -> str:
    """Address of the membership service of the course."""
    return f"{config.base_url}/api/courses/{course.id}/memberships"


def new_nonce() -> str:
    """Return a value that no other message carries."""
    return secrets.token_urlsafe(24)
