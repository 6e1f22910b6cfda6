"""Deep Linking 2.0: an instructor adds a discussion to the course page from within the LMS."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import jwt
from sqlalchemy.orm import Session

from lti_app.core.errors import Forbidden
from lti_app.core.key_value import KeyValueStore
from lti_app.course.courses.rules import Role
from lti_app.lti.ags import is_canvas, line_item_body
from lti_app.lti.claims import CANVAS_GROUPS, CLAIM, HISTORY, MOODLE_GROUPS, VERSION, Message
from lti_app.lti.keys import SigningKey, current_key

DL_CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"
DISCUSSION = "discussion"
"""The custom parameter that names our discussion. It travels with the link, also where an LMS drops URL queries."""
KEY = re.compile(r"[A-Za-z0-9_-]{43}")
"""Anything else was not made here, and may hold what a database does not take."""
TIME_TO_CHOOSE = timedelta(hours=2)
RESPONSE_LENGTH = timedelta(minutes=5)
BACKDATED = timedelta(seconds=10)
"""Moodle grants a clock that is behind ours no leeway."""


@dataclass(frozen=True)
class DeepLinkingRequest:
    """What is needed to answer a deep linking request. It is kept in the key-value store, never in a cookie."""

    issuer: str
    client_id: str
    deployment_id: str
    course_id: int
    person_id: int
    return_url: str
    accepts_line_item: bool
    title: str
    """The LMS's proposal for the title; may be empty."""
    data: str | None
    """To be given back unchanged where the LMS sent it."""


@dataclass(frozen=True)
class DeepLinkingResponse:
    """The signed answer, for the browser to post as form field `JWT` to `return_url`."""

    return_url: str
    jwt: str


def store_request(store: KeyValueStore, message: Message, *, course_id: int, person_id: int) -> str:
    """Keep a verified deep linking request until the instructor has chosen; returns the key of its page.

    `read_message` has already refused a request without a return address or that takes no ltiResourceLink. Raises
    Forbidden for anybody but an instructor.
    """
    if message.role is not Role.INSTRUCTOR:
        raise Forbidden("deep_linking_needs_instructor")
    settings = message.deep_linking
    data, title = settings.get("data"), settings.get("title")
    request = DeepLinkingRequest(
        issuer=message.issuer,
        client_id=message.client_id,
        deployment_id=message.deployment_id,
        course_id=course_id,
        person_id=person_id,
        return_url=str(settings["deep_link_return_url"]),
        accepts_line_item=settings.get("accept_lineitem") is not False,
        title=title if isinstance(title, str) else "",
        data=data if isinstance(data, str) else None,
    )
    key = secrets.token_urlsafe(32)
    store.put(_name(key), json.dumps(asdict(request)), TIME_TO_CHOOSE)
    return key


def peek_request(store: KeyValueStore, key: str, *, course_id: int, person_id: int) -> DeepLinkingRequest | None:
    """The request under this key; None if it has expired or belongs to another person."""
    return _theirs(store.get(_name(key)) if KEY.fullmatch(key) else None, course_id, person_id)


def take_request(store: KeyValueStore, key: str, *, course_id: int, person_id: int) -> DeepLinkingRequest | None:
    """Take the request under this key out of the store; None if it has expired or belongs to another person."""
    if peek_request(store, key, course_id=course_id, person_id=person_id) is None:
        return None
    return _theirs(store.take(_name(key)), course_id, person_id)


def content_item(
    discussion_id: int, *, issuer: str, title: str, points: Decimal, launch_url: str, accepts_line_item: bool
) -> dict[str, Any]:
    """The discussion as an ltiResourceLink (Deep Linking 2.0, 3.2), with a line item if the LMS accepts one.

    Its custom parameters ask the LMS to send, with each launch, the person's sections and groups and the courses that
    this one was copied from.
    """
    groups = CANVAS_GROUPS if is_canvas(issuer) else MOODLE_GROUPS
    item: dict[str, Any] = {
        "type": "ltiResourceLink",
        "title": title,
        "url": launch_url,
        "custom": {DISCUSSION: str(discussion_id), **groups, **HISTORY},
    }
    if accepts_line_item:
        item["lineItem"] = line_item_body(discussion_id, label=title, possible=points)
    return item


def respond(
    session: Session, request: DeepLinkingRequest, items: list[dict[str, Any]], *, now: datetime
) -> DeepLinkingResponse:
    """Sign the answer to the request; without items the LMS closes its dialog. The session must be one that writes."""
    return DeepLinkingResponse(
        request.return_url, _signed(response_claims(request, items, now), current_key(session, now))
    )


def response_claims(request: DeepLinkingRequest, items: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    """The claims of an LtiDeepLinkingResponse (Deep Linking 2.0, 4.5); `data` only where it was sent."""
    claims: dict[str, Any] = {
        "iss": request.client_id,
        "aud": [request.issuer],
        "iat": int((now - BACKDATED).timestamp()),
        "exp": int((now + RESPONSE_LENGTH).timestamp()),
        "nonce": secrets.token_urlsafe(24),
        CLAIM + "message_type": "LtiDeepLinkingResponse",
        CLAIM + "version": VERSION,
        CLAIM + "deployment_id": request.deployment_id,
        DL_CLAIM + "content_items": items,
    }
    if request.data is not None:
        claims[DL_CLAIM + "data"] = request.data
    return claims


def _signed(claims: Mapping[str, Any], key: SigningKey) -> str:
    return jwt.encode(dict(claims), key.private_pem, algorithm="RS256", headers={"kid": key.kid})


def _theirs(kept: str | None, course_id: int, person_id: int) -> DeepLinkingRequest | None:
    request = DeepLinkingRequest(**json.loads(kept)) if kept else None
    return request if request and (request.course_id, request.person_id) == (course_id, person_id) else None


def _name(key: str) -> str:
    return f"deep_linking:{key}"
