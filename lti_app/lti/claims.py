"""What a verified launch message says: its claims, checked for type and cleaned. Pure (LTI 1.3 core, 5.3 and 5.4)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import regex

from lti_app.core.json_text import read_json
from lti_app.core.prose import TURNING, cut
from lti_app.course.courses.rules import Role
from lti_app.course.groups.rules import GroupKind
from lti_app.course.people.rules import Names
from lti_app.lti.errors import LaunchRefused, RefusalReason
from lti_app.lti.roles import role_of

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
AGS_CLAIM = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS_CLAIM = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
DEEP_LINKING_CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
VERSION = "1.3.0"

MAX_ID = 255
MAX_TITLE = 500
MAX_TEXT = 2000
MAX_URL = 4000
MAX_ROLES = 1000
MAX_CUSTOM = 200
MAX_GROUPS = 200
SECTIONS, SECTION_NAMES, GROUPS = "section_ids", "section_names", "group_ids"
"""The custom parameters in which an LMS tells sections and groups."""
DISCUSSION = "discussion"
"""That in which our deep links carry which discussion they open. It travels with the link, also where an LMS drops URL
queries."""
HISTORY = {"context_history": "$Context.id.history"}
"""That in which it tells the contexts that this one was copied from."""
CANVAS_GROUPS = {
    SECTIONS: "$Canvas.course.sectionIds",
    SECTION_NAMES: "$com.instructure.User.sectionNames",
    GROUPS: "$Canvas.group.contextIds",
}
MOODLE_GROUPS = {GROUPS: "$Moodle.Person.userGroupIds"}
LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,3}")
_PRIVATE = r"\ue000-\uf8ff\U000f0000-\U0010ffff"
_NOT_SHOWN = regex.compile(rf"[\p{{Cc}}\p{{Cs}}\p{{Noncharacter_Code_Point}}{_PRIVATE}{''.join(sorted(TURNING))}]")
"""What no text of ours keeps: controls (NUL above all), lone surrogates, what is no character, marks that turn all that
follows. The tables of `regex` are those of the newest Unicode: a letter or an emoji newer than Python's is kept.
"""


class MessageType(StrEnum):
    """The messages that we serve."""

    RESOURCE_LINK = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"
    SUBMISSION_REVIEW = "LtiSubmissionReviewRequest"


@dataclass(frozen=True)
class Context:
    """The LMS's course. The id is opaque and unique in its deployment; title and label may be empty."""

    id: str
    title: str
    label: str


@dataclass(frozen=True)
class ResourceLink:
    """The spot on the course page that was opened."""

    id: str
    title: str


@dataclass(frozen=True)
class GradeService:
    """What the launch says of the gradebook (AGS 2.0, 3.1); `lineitem_url` where just one belongs to the link."""

    lineitems_url: str | None
    lineitem_url: str | None
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Message:
    """A verified launch message."""

    type: MessageType
    issuer: str
    client_id: str
    deployment_id: str
    sub: str
    names: Names
    role: Role
    target_link_uri: str
    context: Context | None
    resource_link: ResourceLink | None
    """None in a deep linking request, which may come from an existing link, and where no link was opened: see
    `_is_course`.
    """
    grades: GradeService | None
    memberships_url: str | None
    return_url: str | None
    custom: Mapping[str, str]
    """Custom parameters that have a value: one that the LMS could not substitute is left out."""
    for_user: str | None
    """In a submission review: the `sub` of the student whose work is to be reviewed, where the LMS tells it."""
    deep_linking: Mapping[str, Any]
    """The settings of a deep linking request as sent; else empty."""
    groups: Mapping[GroupKind, Mapping[str, str]] = field(default_factory=dict)
    """The sections and groups that the person is in, names by the LMS's ids; only the kinds of which it tells."""


def read_message(body: Mapping[str, Any]) -> Message:
    """What these claims say; signature, audience, times and state are checked elsewhere.

    Raises LaunchRefused for a claim that is required and missing, or of a wrong type. Optional claims that make no
    sense are taken as absent, and unknown claims are ignored, as the specification demands (core, 4.3).
    """
    if body.get(CLAIM + "version") != VERSION:
        raise LaunchRefused(RefusalReason.VERSION)
    kind = _message_type(body)
    return Message(
        type=kind,
        issuer=opaque(body.get("iss"), RefusalReason.ISSUER),
        client_id=audience(body.get("aud")),
        deployment_id=opaque(body.get(CLAIM + "deployment_id"), RefusalReason.DEPLOYMENT),
        sub=_subject(body),
        names=_names(body),
        role=_role(body),
        target_link_uri=opaque(body.get(CLAIM + "target_link_uri"), RefusalReason.TARGET, MAX_URL),
        context=_context(body, kind),
        resource_link=_resource_link(body, kind),
        grades=_grades(_object(body, AGS_CLAIM)),
        memberships_url=_url(_object(body, NRPS_CLAIM).get("context_memberships_url")),
        return_url=_url(_object(body, CLAIM + "launch_presentation").get("return_url")),
        custom=custom_of(_object(body, CLAIM + "custom")),
        for_user=_for_user(body),
        deep_linking=_deep_linking(body, kind),
        groups=groups_told(custom_of(_object(body, CLAIM + "custom"))),
    )


def groups_told(custom: Mapping[str, str]) -> dict[GroupKind, dict[str, str]]:
    """The sections and groups of one person, from the custom parameters that the LMS has filled in.

    Canvas sends names and ids of sections separately and in no promised order, so only a single section gets its
    name. A parameter that is present but empty means that the person is in none.
    """
    told: dict[GroupKind, dict[str, str]] = {}
    for kind, name in ((GroupKind.LMS_SECTION, SECTIONS), (GroupKind.LMS_GROUP, GROUPS)):
        if name in custom:
            ids = [part.strip()[:MAX_ID] for part in custom[name].split(",")]
            told[kind] = dict.fromkeys([part for part in ids if part][:MAX_GROUPS], "")
    names = _names_listed(custom.get(SECTION_NAMES, ""))
    if len(names) == len(told.get(GroupKind.LMS_SECTION, {})) == 1:
        told[GroupKind.LMS_SECTION] = dict.fromkeys(told[GroupKind.LMS_SECTION], names[0])
    return told


def _names_listed(text: str) -> list[str]:
    try:
        names = read_json(text) if text else []
    except ValueError:
        return []
    return [shown for name in names if (shown := _text(name))] if isinstance(names, list) else []


def _message_type(body: Mapping[str, Any]) -> MessageType:
    told = body.get(CLAIM + "message_type")
    if not isinstance(told, str) or not told:
        raise LaunchRefused(RefusalReason.MESSAGE_TYPE)
    try:
        return MessageType(told)
    except ValueError:
        raise LaunchRefused(RefusalReason.MESSAGE_TYPE_UNKNOWN, message_type=told[:80]) from None


def audience(aud: Any) -> str:
    """The only audience: a second one would be a party that we do not trust (Security Framework 1.0, 5.1.3, 3)."""
    named = aud if isinstance(aud, list) else [aud]
    if not named or any(one != named[0] for one in named):
        raise LaunchRefused(RefusalReason.AUDIENCE)
    return opaque(named[0], RefusalReason.AUDIENCE)


def opaque(value: Any, reason: RefusalReason, limit: int = MAX_ID) -> str:
    """An opaque string as it is: 1 to `limit` characters that any database can keep, else LaunchRefused."""
    if not isinstance(value, str) or not value.strip() or len(value) > limit or value != _kept(value):
        raise LaunchRefused(reason)
    return value


def _subject(body: Mapping[str, Any]) -> str:
    """The person. Without `sub` a launch is anonymous, which a graded discussion cannot be."""
    if body.get("sub") is None:
        raise LaunchRefused(RefusalReason.SUBJECT_MISSING)
    return opaque(body["sub"], RefusalReason.SUBJECT)


def _role(body: Mapping[str, Any]) -> Role:
    roles = body.get(CLAIM + "roles")
    if not isinstance(roles, list):
        raise LaunchRefused(RefusalReason.ROLES)
    words = [role for role in roles if role is not None]
    if not all(isinstance(role, str) for role in words):
        raise LaunchRefused(RefusalReason.ROLES)
    return role_of(words[:MAX_ROLES])


def _context(body: Mapping[str, Any], kind: MessageType) -> Context | None:
    claim = body.get(CLAIM + "context")
    if claim is None:
        if kind is MessageType.DEEP_LINKING:
            raise LaunchRefused(RefusalReason.CONTEXT_MISSING)
        return None
    if not isinstance(claim, dict):
        raise LaunchRefused(RefusalReason.CONTEXT)
    label, title = _text(claim.get("label")), _text(claim.get("title"))
    return Context(id=opaque(claim.get("id"), RefusalReason.CONTEXT), title=title or label, label=label)


def _resource_link(body: Mapping[str, Any], kind: MessageType) -> ResourceLink | None:
    if kind is MessageType.DEEP_LINKING:
        return None
    claim = body.get(CLAIM + "resource_link")
    if not isinstance(claim, dict):
        raise LaunchRefused(RefusalReason.RESOURCE_LINK)
    link = ResourceLink(id=opaque(claim.get("id"), RefusalReason.RESOURCE_LINK), title=_text(claim.get("title")))
    return None if _is_course(body, link) else link


def _is_course(body: Mapping[str, Any], link: ResourceLink) -> bool:
    """Whether the id of the resource link is that of the course: Canvas sends it from the course navigation, and
    wherever else it knows no link.

    Where ids are plain numbers, an activity may have the number of its course by chance: Moodle counts both from 1.
    """
    return link.id == _object(body, CLAIM + "context").get("id") and not link.id.isdecimal()


def _grades(claim: Mapping[str, Any]) -> GradeService | None:
    if not claim:
        return None
    scopes = claim.get("scope")
    told = [_text(scope) for scope in scopes if isinstance(scope, str)] if isinstance(scopes, list) else []
    return GradeService(_url(claim.get("lineitems")), _url(claim.get("lineitem")), tuple(filter(None, told[:20])))


def _deep_linking(body: Mapping[str, Any], kind: MessageType) -> Mapping[str, Any]:
    """The deep linking settings; refused without a return URL or without a content type that we offer (DL 2.0,
    4.4.1).
    """
    if kind is not MessageType.DEEP_LINKING:
        return {}
    settings = _object(body, DEEP_LINKING_CLAIM)
    types = settings.get("accept_types")
    if not _url(settings.get("deep_link_return_url")) or not isinstance(types, list) or "ltiResourceLink" not in types:
        raise LaunchRefused(RefusalReason.DEEP_LINKING)
    return settings


def _for_user(body: Mapping[str, Any]) -> str | None:
    user = _object(body, CLAIM + "for_user").get("user_id")
    return user if isinstance(user, str) and 0 < len(user) <= MAX_ID and user == _kept(user) else None


def _names(body: Mapping[str, Any]) -> Names:
    locale = _text(body.get("locale") or _object(body, CLAIM + "launch_presentation").get("locale"))
    return Names(
        name=_text(body.get("name")),
        given=_text(body.get("given_name")),
        family=_text(body.get("family_name")),
        email=_text(body.get("email")) or None,
        locale=locale if LOCALE.fullmatch(locale) else None,
    )


def custom_of(claim: Mapping[str, Any]) -> dict[str, str]:
    """The custom parameters as text. Old Canvas sent numbers; "$Name" remains of a variable that the LMS does not
    know.
    """
    found = {}
    for key, value in list(claim.items())[:MAX_CUSTOM]:
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            text = _kept(str(value)[:MAX_TEXT]).strip()
            if not text.startswith("$"):
                found[key] = text
    return found


def _object(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    claim = body.get(name)
    return claim if isinstance(claim, dict) else {}


def _text(value: Any) -> str:
    """One line of text to show, cut to a length that no page breaks on; empty for anything that is no string."""
    return cut(" ".join(_kept(value[:MAX_TEXT]).split()), MAX_TITLE) if isinstance(value, str) else ""


def _kept(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    cleaned: str = _NOT_SHOWN.sub(" ", text)
    return cleaned


def _url(value: Any) -> str | None:
    """An http(s) address, else None."""
    if not isinstance(value, str) or len(value) > MAX_URL or value != _kept(value):
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    return value if parts.scheme in ("http", "https") and parts.hostname else None
