"""Deep Linking 2.0: an instructor adds a discussion to the course page from within the LMS."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from lti_app.core.errors import Forbidden
from lti_app.core.json_text import is_deep
from lti_app.core.key_value import KeyValueStore
from lti_app.course.courses.rules import Role
from lti_app.lti.ags import is_canvas, line_item_body
from lti_app.lti.claims import (
    CANVAS_GROUPS,
    CLAIM,
    DISCUSSION,
    HISTORY,
    MOODLE_GROUPS,
    VERSION,
    GradeService,
    Message,
)
from lti_app.lti.errors import LaunchRefused, RefusalReason
from lti_app.lti.keys import SigningKey
from lti_app.lti.message import Launch

DL_CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"
KEY = re.compile(r"[A-Za-z0-9_-]{43}")
"""Anything else was not made here, and may hold what a database does not take."""
TIME_TO_CHOOSE = timedelta(hours=2)
RESPONSE_LENGTH = timedelta(minutes=5)
BACKDATED = timedelta(seconds=10)
"""Moodle grants a clock that is behind ours no leeway."""
MAX_DEPTH = 99
"""Objects and lists within one another in `data`."""
CANVAS_CLOUD = "instructure.com"


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
    data: tuple[Any, ...]
    """What the LMS sent as `data`, of any type, to be given back unchanged; empty where it sent none."""
    creates_at_once: bool
    """Whether the LMS adds what is chosen without asking again (`auto_create`)."""
    only_window: bool
    """Whether the LMS opens links in windows, never in frames (`accept_presentation_document_targets`)."""


@dataclass(frozen=True)
class DeepLinkingResponse:
    """The signed answer, for the browser to post as form field `JWT` to `return_url`."""

    return_url: str
    jwt: str


def require_answerable(launch: Launch) -> None:
    """Raise LaunchRefused for a deep linking request that is not an instructor's, or that we could not answer.

    `read_message` has already refused one without a return address or that takes no ltiResourceLink.
    """
    message = launch.message
    if message.role is not Role.INSTRUCTOR:
        raise LaunchRefused(RefusalReason.DEEP_LINKING_ROLE)
    if not _is_the_platforms(str(message.deep_linking["deep_link_return_url"]), launch):
        raise LaunchRefused(RefusalReason.DEEP_LINKING_RETURN, issuer=message.issuer)
    try:
        json.dumps(message.deep_linking.get("data"), allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise LaunchRefused(RefusalReason.DEEP_LINKING_DATA) from error
    if is_deep(message.deep_linking.get("data"), MAX_DEPTH):
        raise LaunchRefused(RefusalReason.DEEP_LINKING_DATA)


def store_request(store: KeyValueStore, message: Message, *, course_id: int, person_id: int) -> str:
    """Keep a verified deep linking request until the instructor has chosen; returns the key of its page.

    Raises Forbidden for anybody but an instructor.
    """
    if message.role is not Role.INSTRUCTOR:
        raise Forbidden("deep_linking_needs_instructor")
    settings = message.deep_linking
    title, targets = settings.get("title"), settings.get("accept_presentation_document_targets")
    request = DeepLinkingRequest(
        issuer=message.issuer,
        client_id=message.client_id,
        deployment_id=message.deployment_id,
        course_id=course_id,
        person_id=person_id,
        return_url=str(settings["deep_link_return_url"]),
        accepts_line_item=settings.get("accept_lineitem") is not False,
        title=title if isinstance(title, str) else "",
        data=(settings["data"],) if "data" in settings else (),
        creates_at_once=settings.get("auto_create") is True,
        only_window=isinstance(targets, list)
        and "window" in targets
        and not {"iframe", "frame"} & set(_texts(targets)),
    )
    key = secrets.token_urlsafe(32)
    store.put(_name(key), json.dumps(vars(request)), TIME_TO_CHOOSE)
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
    selection: str | int,
    *,
    issuer: str,
    title: str,
    points: Decimal,
    launch_url: str,
    accepts_line_item: bool,
    only_window: bool = False,
) -> dict[str, Any]:
    """A discussion as an ltiResourceLink (Deep Linking 2.0, 3.2), with a line item if the LMS accepts one.

    It is created when the link is first opened, from what the link's custom parameters and title then say.
    Its custom parameters ask the LMS to send, with each launch, the person's sections and groups and the courses that
    this one was copied from.
    """
    groups = CANVAS_GROUPS if is_canvas(issuer) else MOODLE_GROUPS
    item: dict[str, Any] = {
        "type": "ltiResourceLink",
        "title": title,
        "url": launch_url,
        "custom": {DISCUSSION: str(selection), **groups, **HISTORY},
    }
    if only_window:
        item["window"] = {"targetName": "_blank"}
    if accepts_line_item:
        item["lineItem"] = line_item_body(selection, label=title, possible=points)
    return item


def respond(
    key: SigningKey, request: DeepLinkingRequest, items: list[dict[str, Any]], *, now: datetime
) -> DeepLinkingResponse:
    """Sign the answer to the request; without items the LMS closes its dialog."""
    return DeepLinkingResponse(request.return_url, _signed(response_claims(request, items, now), key))


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
    for data in request.data:
        claims[DL_CLAIM + "data"] = data
    return claims


def _is_the_platforms(url: str, launch: Launch) -> bool:
    """Whether the address is the platform's: on a host of its registration or of another address in the same message,
    or below one. A school of Canvas's cloud has a host of its own.

    A platform that is registered with https is answered over https.
    """
    message, registration = launch.message, launch.registration
    grades = message.grades or GradeService(None, None, ())
    named = (
        registration.issuer,
        registration.auth_login_url,
        registration.get_auth_token_url(),
        registration.jwks_url,
        message.return_url,
        message.memberships_url,
        grades.lineitems_url,
        grades.lineitem_url,
    )
    hosts = {host for each in named if each and (host := urlsplit(each).hostname)}
    if is_canvas(registration.issuer):
        hosts.add(CANVAS_CLOUD)
    parts = urlsplit(url)
    is_private = parts.scheme == "https" or not registration.issuer.startswith("https:")
    return is_private and any(f".{parts.hostname}".endswith(f".{host}") for host in hosts)


def _texts(values: list[Any]) -> list[str]:
    return [value for value in values if isinstance(value, str)]


def _signed(claims: Mapping[str, Any], key: SigningKey) -> str:
    return key.sign(claims)


def _theirs(kept: str | None, course_id: int, person_id: int) -> DeepLinkingRequest | None:
    values = json.loads(kept) if kept else None
    request = DeepLinkingRequest(**{**values, "data": tuple(values["data"])}) if values else None
    return request if request and (request.course_id, request.person_id) == (course_id, person_id) else None


def _name(key: str) -> str:
    return f"deep_linking:{key}"
