"""Receiving a deep linking response (LTI Deep Linking 2.0 section 4.5)."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from lti_app.practice_lms.course import Placement
from lti_app.practice_lms.grade_messages import InvalidMessageError, LineItemDraft, read_line_item
from lti_app.practice_lms.keys import UntrustedTokenError
from lti_app.practice_lms.lms import PracticeLms
from lti_app.practice_lms.vocabulary import CLAIM, DEEP_LINKING_RESPONSE, DL_CLAIM, VERSION

LONGEST_TITLE = 255


class DeepLinkError(Exception):
    """A response that the LMS must refuse; the text says why."""


@dataclass(frozen=True, slots=True)
class DeepLinkOutcome:
    """What a response did: the placements it added, what was left out, and what the tool had to say."""

    placements: tuple[Placement, ...]
    ignored: tuple[str, ...]
    message: str | None
    error: str | None


def accept_response(lms: PracticeLms, token: str) -> DeepLinkOutcome:
    """Check a response and add its resource links to the course; raises DeepLinkError, and then adds nothing."""
    claims = _checked_claims(lms, token)
    items = claims.get(f"{DL_CLAIM}content_items", [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise DeepLinkError("content_items must be a list of objects.")
    links = [item for item in items if item.get("type") == "ltiResourceLink"]
    prepared = [_prepare(lms, item) for item in links]
    _spend(lms, claims)
    if (replaced := _chosen_for(lms, claims)) is not None and prepared:
        prepared = [(replace(prepared[0][0], id=replaced), None)]
        lms.placements.replace(prepared[0][0])
    else:
        for placement, draft in prepared:
            lms.placements.add(placement)
            if draft is not None:
                lms.gradebook.create(draft)
    ignored = tuple(str(item.get("type")) for item in items if item.get("type") != "ltiResourceLink")
    message, error = claims.get(f"{DL_CLAIM}msg"), claims.get(f"{DL_CLAIM}errormsg")
    return DeepLinkOutcome(tuple(placement for placement, _ in prepared), ignored, message, error)


def _checked_claims(lms: PracticeLms, token: str) -> dict[str, Any]:
    required = ("iss", "aud", "exp", "iat", "nonce")
    try:
        claims = lms.tool_keys.verify(
            token, audience=lms.config.base_url, issuer=lms.config.client_id, required=required
        )
    except UntrustedTokenError as error:
        raise DeepLinkError(f"The signed response (JWT) is not acceptable: {error}") from error
    expected = {
        "message_type": DEEP_LINKING_RESPONSE,
        "version": VERSION,
        "deployment_id": lms.deployment_id,
    }
    for name, value in expected.items():
        if claims.get(f"{CLAIM}{name}") != value:
            raise DeepLinkError(f"The claim {name} must be {value}.")
    if lms.unsealed("deep_linking", str(claims.get(f"{DL_CLAIM}data", ""))) is None:
        raise DeepLinkError("The claim data does not match what this LMS sent in the last hour.")
    try:
        json.dumps(claims, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise DeepLinkError("The response has characters that are not valid Unicode.") from error
    return claims


def _chosen_for(lms: PracticeLms, claims: Mapping[str, Any]) -> str | None:
    """The placement for which content was chosen again; None where an activity is added."""
    sent = lms.unsealed("deep_linking", str(claims.get(f"{DL_CLAIM}data", "")))
    placement_id = sent.get("placement") if isinstance(sent, dict) else None
    return placement_id if placement_id and lms.placements.is_added(placement_id) else None


def _spend(lms: PracticeLms, claims: Mapping[str, Any]) -> None:
    nonce = claims["nonce"]
    if not isinstance(nonce, str) or not nonce:
        raise DeepLinkError("The claim nonce must be text and not empty.")
    if not lms.use_once("nonce", nonce, lms.lifetime(claims)):
        raise DeepLinkError("This response was already received: its nonce was used before.")


def _prepare(lms: PracticeLms, item: Mapping[str, Any]) -> tuple[Placement, LineItemDraft | None]:
    placement = Placement(
        id=f"rl-{secrets.token_hex(6)}",
        title=_text(item, "title")[:LONGEST_TITLE] or "Untitled activity",
        text=_text(item, "text"),
        url=_url(lms, item),
        custom=_custom(item),
    )
    return placement, _line_item(item, placement)


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name, "")
    if not isinstance(value, str):
        raise DeepLinkError(f"{name} of a content item must be a text.")
    return value


def _url(lms: PracticeLms, item: Mapping[str, Any]) -> str | None:
    url = _text(item, "url")
    if url and urlsplit(url)[:2] != urlsplit(lms.config.tool_launch_url)[:2]:
        raise DeepLinkError(f"{url!r} is not an address of the registered tool.")
    return url or None


def _custom(item: Mapping[str, Any]) -> dict[str, str]:
    custom = item.get("custom", {})
    if not isinstance(custom, dict) or not all(isinstance(value, str) for value in custom.values()):
        raise DeepLinkError("custom must be an object whose values are texts.")
    return custom


def _line_item(item: Mapping[str, Any], placement: Placement) -> LineItemDraft | None:
    definition = item.get("lineItem")
    if definition is None:
        return None
    if not isinstance(definition, dict):
        raise DeepLinkError("lineItem must be an object.")
    label = definition.get("label") or placement.title
    try:
        return read_line_item(definition | {"label": label, "resourceLinkId": placement.id})
    except InvalidMessageError as error:
        raise DeepLinkError(f"lineItem: {error}.") from error
