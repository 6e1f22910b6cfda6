"""What Assignment and Grade Services 2.0 (AGS) say: addresses, line items, scores. Pure values."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit, urlunsplit

from lti_app.core.http import host_of
from lti_app.grading.passbacks.ports import Score
from lti_app.grading.passbacks.rules.parts import POINTS_PART, GradePart
from lti_app.grading.passbacks.rules.states import Shown

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCORE_SCOPE = SCOPE + "score"
WRITE_SCOPE = SCOPE + "lineitem"
READ_SCOPE = SCOPE + "lineitem.readonly"
RESULT_SCOPE = SCOPE + "result.readonly"
OUR_SCOPES = frozenset({SCORE_SCOPE, WRITE_SCOPE, READ_SCOPE})
"""For columns and scores. Results are read with a token of their own, so that an LMS which refuses one gets scores."""

LINE_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE = "application/vnd.ims.lis.v1.score+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"

TAG = "colloquy"
PART_TAG = "colloquy-part"
POINTS_TAG = "colloquy-points"
CANVAS_SUBMISSION = "https://canvas.instructure.com/lti/submission"
LAUNCH_PATH = "/lti/launch"
SUBMISSION = "submission"
NAMED_SUBMISSION = re.compile(r"(?:^|[?&;])submission=([0-9]{1,18})-([0-9]{1,18})(?![0-9])", re.ASCII)
MAX_LABEL = 255
MAX_DIGITS = 40
MOST_POINTS = 1_000_000
HUNDREDTH = Decimal("0.01")


def resource_id(discussion_id: int | str, part: str = "") -> str:
    """The `resourceId` of our line items, by which we know them again: of the whole grade, or of a part of it. Until a
    discussion has an id, it is made of the key of its choice.
    """
    return f"discussion-{discussion_id}-{part}" if part else f"discussion-{discussion_id}"


def line_item_body(discussion_id: int | str, *, label: str, possible: Decimal) -> dict[str, Any]:
    """A line item of ours, without the link that it belongs to (AGS 3.2; Deep Linking: `lineItem`)."""
    return {
        "label": label.strip()[:MAX_LABEL] or resource_id(discussion_id),
        "scoreMaximum": number(possible),
        "resourceId": resource_id(discussion_id),
        "tag": TAG,
    }


def own_line_item(items: Iterable[dict[str, Any]], resource_link_id: str, discussion_id: int) -> str | None:
    """The address of our line item among `items`, filtered by the platform or not; None when it is not there.

    Of a link's own items the one with our id comes first, then one with our tag (a copied course has the old
    discussion's id), then the only or first one, which the platform made with the link. The columns of parts and of
    points are none of these.
    """
    named = [item for item in _named(items) if item.get("tag") not in (PART_TAG, POINTS_TAG)]
    own_id = resource_id(discussion_id)
    here = [item for item in named if str(item.get("resourceLinkId") or "") == resource_link_id]
    here.sort(key=lambda item: (item.get("resourceId") != own_id, item.get("tag") != TAG))
    free = [item for item in named if not item.get("resourceLinkId") and item.get("resourceId") == own_id]
    return next((str(item["id"]) for item in here + free), None)


def part_line_item_body(discussion_id: int, part: GradePart, *, label: str) -> dict[str, Any]:
    """The line item of a part of the grade, or of points for participation, which belongs to no link."""
    room = MAX_LABEL - len(part.label) - 2
    return {
        "label": f"{label.strip()[: max(room, 0)]}: {part.label}"[:MAX_LABEL],
        "scoreMaximum": number(part.possible),
        "resourceId": resource_id(discussion_id, part.key),
        "tag": POINTS_TAG if part.key == POINTS_PART else PART_TAG,
    }


def part_line_item(items: Iterable[dict[str, Any]], discussion_id: int, part: str) -> str | None:
    """The address of the line item of a part among `items`, filtered by the platform or not; None when it is not
    there.
    """
    wanted = resource_id(discussion_id, part)
    return next((str(item["id"]) for item in _named(items) if item.get("resourceId") == wanted), None)


def _named(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [item for item in items if isinstance(item.get("id"), str) and item["id"]]


def no_score_body(score: Score, *, sub: str) -> dict[str, Any]:
    """What takes an accepted score out of a column again: no score given, and nothing to grade."""
    return {
        "userId": sub,
        "activityProgress": "Initialized",
        "gradingProgress": "NotReady",
        "timestamp": iso_time(score.timestamp),
    }


def score_body(score: Score, *, sub: str, is_canvas: bool, submission_url: str = "") -> dict[str, Any]:
    """The score in the form of AGS 3.4.

    Always Completed and FullyGraded, and with its comment: otherwise Moodle erases the grade or the comment. Canvas
    appends every comment, and opens a new attempt for every score unless `new_submission` is false. With
    `submission_url`, a student who has handed in since the last score gets one, which SpeedGrader opens there.
    """
    body: dict[str, Any] = {
        "userId": sub,
        "scoreGiven": number(score.given),
        "scoreMaximum": number(score.possible),
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": iso_time(score.timestamp),
    }
    if not (is_canvas and (score.comment_is_known or not score.comment)):
        body["comment"] = score.comment
    if score.submitted_at:
        body["submission"] = {"submittedAt": iso_time(score.submitted_at)}
    if is_canvas:
        body[CANVAS_SUBMISSION] = {"new_submission": False}
        if score.is_new_submission and submission_url:
            body[CANVAS_SUBMISSION] = {
                "new_submission": True,
                "submission_type": "basic_lti_launch",
                "submission_data": submission_url,
            }
    return body


def scores_url(lineitem_url: str) -> str:
    """The address for scores: `/scores` after the path, before the query (AGS 3.4.1)."""
    return _below(lineitem_url, "/scores")


def submission_url(base_url: str, discussion_id: int, person_id: int) -> str:
    """The address at which an LMS opens a student's work: a launch that names it. It gives nobody a right."""
    return with_query(base_url + LAUNCH_PATH, {SUBMISSION: f"{discussion_id}-{person_id}"})


def named_submission(target_link_uri: str) -> tuple[int, int] | None:
    """The discussion and the person that an address made by `submission_url` names; None for others.

    Canvas escapes the query twice at times, so that its separators come in another form.
    """
    found = NAMED_SUBMISSION.search(unquote(unquote(urlsplit(target_link_uri).query)))
    return (int(found[1]), int(found[2])) if found else None


def results_url(lineitem_url: str) -> str:
    """The address of results, made in the same way (AGS 3.3.1)."""
    return _below(lineitem_url, "/results")


def _below(lineitem_url: str, name: str) -> str:
    parts = urlsplit(lineitem_url)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + name))


def read_result(entry: object) -> tuple[str, Shown] | None:
    """Whose grade an entry of the results is, and the grade in hundredths; None if it shows none (AGS 3.3.4)."""
    if not isinstance(entry, dict):
        return None
    given, possible = _points(entry.get("resultScore")), _points(entry.get("resultMaximum", 1))
    user_id = entry.get("userId")
    if isinstance(user_id, int) and not isinstance(user_id, bool):
        user_id = str(user_id)
    if not isinstance(user_id, str) or given is None or possible is None or possible < 0:
        return None
    return user_id, Shown(given, possible)


def _points(value: object) -> Decimal | None:
    """A number of a JSON text as points; some LMSs write it in quotes."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > MAX_DIGITS:
        return None
    try:
        points = Decimal(str(value))
    except InvalidOperation:
        return None
    return points.quantize(HUNDREDTH) if points.is_finite() and abs(points) <= MOST_POINTS else None


def with_query(url: str, more: dict[str, str]) -> str:
    """Add these parameters to the end of a URL's query, leaving the existing ones unchanged."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, urlencode(more))))))


def number(points: Decimal) -> int | float:
    """Points as a JSON number."""
    return int(points) if points == int(points) else float(points)


def iso_time(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds: AGS 3.4.9 wants a zone and parts of a second."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_canvas(issuer: str) -> bool:
    """Whether this issuer is a Canvas: its cloud and, by default, a school's own say canvas.instructure.com."""
    host = host_of(issuer)
    return "canvas" in host or host.endswith(".instructure.com")
