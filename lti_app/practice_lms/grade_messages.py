"""Reading what a tool sends to Assignment and Grade Services 2.0: pure checks, values in and values out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lti_app.practice_lms.vocabulary import ACTIVITY_PROGRESS, GRADING_PROGRESS

SUB_SECOND = re.compile(r"T\d\d:\d\d:\d\d[.,]\d+")


class InvalidMessageError(ValueError):
    """A message body that violates the specification; the text says how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItemDraft:
    """A line item as a tool defines it (AGS 2.0 section 3.2)."""

    label: str
    score_maximum: float
    resource_link_id: str | None = None
    resource_id: str | None = None
    tag: str | None = None
    start_date_time: str | None = None
    end_date_time: str | None = None
    grades_released: bool | None = None
    submission_review: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreMessage:
    """A score as a tool reports it (AGS 2.0 section 3.4). ``score_given`` None means that there is no score."""

    user_id: str
    timestamp: datetime
    activity_progress: str
    grading_progress: str
    score_given: float | None = None
    score_maximum: float | None = None
    comment: str = ""
    scoring_user_id: str | None = None
    started_at: datetime | None = None
    submitted_at: datetime | None = None


def read_line_item(body: Mapping[str, Any]) -> LineItemDraft:
    """Check a line item; raises InvalidMessageError."""
    label = body.get("label")
    if not isinstance(label, str) or not label.strip():
        raise InvalidMessageError("label must be a text that is not blank")
    maximum = _number(body, "scoreMaximum")
    if maximum is None or maximum <= 0:
        raise InvalidMessageError("scoreMaximum must be a number greater than 0")
    for name in ("startDateTime", "endDateTime"):
        _time(body, name, sub_second=False)
    return LineItemDraft(
        label=label,
        score_maximum=maximum,
        resource_link_id=_text(body, "resourceLinkId"),
        resource_id=_text(body, "resourceId"),
        tag=_text(body, "tag"),
        start_date_time=_text(body, "startDateTime"),
        end_date_time=_text(body, "endDateTime"),
        grades_released=_optional(body, "gradesReleased", bool),
        submission_review=_optional(body, "submissionReview", dict),
    )


def read_score(body: Mapping[str, Any]) -> ScoreMessage:
    """Check a score; raises InvalidMessageError."""
    given, maximum = _score_numbers(body)
    submission = _optional(body, "submission", dict) or {}
    started = _time(submission, "startedAt")
    submitted = _time(submission, "submittedAt")
    if started and submitted and submitted < started:
        raise InvalidMessageError("submission.submittedAt must not be before submission.startedAt")
    timestamp = _time(body, "timestamp")
    if timestamp is None:
        raise InvalidMessageError("timestamp is required")
    if "scoringUserId" in body and not _text(body, "scoringUserId"):
        raise InvalidMessageError("scoringUserId must be a user id where it is present")
    return ScoreMessage(
        user_id=_required_text(body, "userId"),
        timestamp=timestamp,
        activity_progress=_one_of(body, "activityProgress", ACTIVITY_PROGRESS),
        grading_progress=_one_of(body, "gradingProgress", GRADING_PROGRESS),
        score_given=given,
        score_maximum=maximum,
        comment=_text(body, "comment") or "",
        scoring_user_id=_text(body, "scoringUserId"),
        started_at=started,
        submitted_at=submitted,
    )


def _score_numbers(body: Mapping[str, Any]) -> tuple[float | None, float | None]:
    given, maximum = _number(body, "scoreGiven"), _number(body, "scoreMaximum")
    if given is not None and given < 0:
        raise InvalidMessageError("scoreGiven must not be negative")
    if given is not None and maximum is None:
        raise InvalidMessageError("scoreMaximum is required where scoreGiven is present")
    if maximum is not None and maximum <= 0:
        raise InvalidMessageError("scoreMaximum must be greater than 0")
    return given, maximum


def parse_time(value: str, *, sub_second: bool = True) -> datetime:
    """Read an ISO 8601 time with zone, with a fraction of a second if ``sub_second``; raises InvalidMessageError."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise InvalidMessageError(f"{value!r} is not an ISO 8601 date and time") from error
    if moment.tzinfo is None:
        raise InvalidMessageError(f"{value!r} names no time zone")
    if sub_second and not SUB_SECOND.search(value):
        raise InvalidMessageError(f"{value!r} must be given with a fraction of a second")
    return moment.astimezone(UTC)


def _time(body: Mapping[str, Any], name: str, *, sub_second: bool = True) -> datetime | None:
    text = _text(body, name)
    if not text:
        return None
    try:
        return parse_time(text, sub_second=sub_second)
    except InvalidMessageError as error:
        raise InvalidMessageError(f"{name}: {error}") from error


def _number(body: Mapping[str, Any], name: str) -> float | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
        raise InvalidMessageError(f"{name} must be a number")
    return float(value)


def _optional(body: Mapping[str, Any], name: str, kind: type) -> Any:
    value = body.get(name)
    if value is not None and not isinstance(value, kind):
        raise InvalidMessageError(f"{name} must be of type {kind.__name__}")
    return value


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value: str | None = _optional(body, name, str)
    return value


def _required_text(body: Mapping[str, Any], name: str) -> str:
    value = _text(body, name)
    if not value:
        raise InvalidMessageError(f"{name} is required")
    return value


def _one_of(body: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = _required_text(body, name)
    if value not in allowed:
        raise InvalidMessageError(f"{name} must be one of {', '.join(allowed)}")
    return value
