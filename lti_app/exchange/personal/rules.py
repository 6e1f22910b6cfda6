"""What becomes of each row that names a person when their data is exported or erased."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum, StrEnum

ERASED_NAME = "Deleted user"
"""The name beside what an erased person wrote, whose words are gone."""


class Fate(StrEnum):
    """How a row belongs to the person that one of its columns names."""

    OWN = "own"
    """It is about the person alone: exported, and deleted with what hangs on it."""
    WRITTEN = "written"
    """The person wrote it and others build on it: exported; its words are erased and the row stays."""
    ACTED = "acted"
    """It is about others or the course and says who did it: not exported, and stays. After an erasure nothing tells
    who that was.
    """


FATES: Mapping[str, Fate] = {
    "answer_claim.person_id": Fate.OWN,
    "appreciation.person_id": Fate.ACTED,
    "assessment.assessed_by_id": Fate.ACTED,
    "assessment.person_id": Fate.OWN,
    "blind_marking.person_id": Fate.OWN,
    "blind_marking.settled_by_id": Fate.ACTED,
    "calendar_address.person_id": Fate.OWN,
    "course_requirements.saved_by_id": Fate.ACTED,
    "draft.person_id": Fate.OWN,
    "enrollment.person_id": Fate.WRITTEN,
    "extension.granted_by_id": Fate.ACTED,
    "extension.person_id": Fate.OWN,
    "file.owner_id": Fate.WRITTEN,
    "follow.person_id": Fate.OWN,
    "grade_event.by_id": Fate.ACTED,
    "grader_assignment.grader_id": Fate.OWN,
    "grader_assignment.person_id": Fate.OWN,
    "group_member.person_id": Fate.OWN,
    "import.person_id": Fate.ACTED,
    "instructor_message.sender_id": Fate.WRITTEN,
    "marking.grader_id": Fate.ACTED,
    "mention.person_id": Fate.OWN,
    "moderation_act.by_id": Fate.ACTED,
    "notice.person_id": Fate.OWN,
    "notice_preference.person_id": Fate.OWN,
    "outgoing_mail.person_id": Fate.OWN,
    "passback.person_id": Fate.OWN,
    "points_passback.person_id": Fate.OWN,
    "post.author_id": Fate.WRITTEN,
    "post.deleted_by_id": Fate.ACTED,
    "post.hidden_by_id": Fate.ACTED,
    "post.private_to_id": Fate.WRITTEN,
    "post_comment.by_id": Fate.ACTED,
    "pseudonym.person_id": Fate.ACTED,
    "reading_state.person_id": Fate.OWN,
    "reading_text.given_by_id": Fate.ACTED,
    "refused_address.person_id": Fate.OWN,
    "release.released_by_id": Fate.ACTED,
    "report.reporter_id": Fate.WRITTEN,
    "report.settled_by_id": Fate.ACTED,
    "requirement_version.made_by_id": Fate.ACTED,
    "review.excluded_by_id": Fate.ACTED,
    "review_assignment.author_id": Fate.OWN,
    "review_assignment.reviewer_id": Fate.WRITTEN,
    "review_event.by_id": Fate.ACTED,
    "saved_comment.person_id": Fate.OWN,
    "second_look.answered_by_id": Fate.ACTED,
    "seen.person_id": Fate.OWN,
    "signal_dismissal.dismissed_by_id": Fate.ACTED,
    "stance.person_id": Fate.OWN,
    "visit.person_id": Fate.OWN,
}
"""By `table.column`, for every column that refers to a person."""

PARTS: Mapping[str, tuple[str, ...]] = {
    "assessment": (
        "mark.assessment_id",
        "grade_event.assessment_id",
        "post_comment.assessment_id",
        "release.assessment_id",
        "second_look.assessment_id",
    ),
    "blind_marking": ("marking.blind_marking_id",),
    "notice": ("mailed_notice.notice_id",),
    "outgoing_mail": ("mailed_notice.mail_id",),
    "post": (
        "revision.post_id",
        "citation.post_id",
        "mention.post_id",
        "attachment.post_id",
        "finding.post_id",
        "finding.like_id",
        "signature_band.post_id",
    ),
    "review": ("review_mark.review_id", "review_event.review_id"),
    "review_assignment": ("review.assignment_id",),
}
"""By table, the columns of other tables whose rows are part of a row of it."""

SECRETS = frozenset(
    {
        "calendar_address.serial",
        "file.key",
        "outgoing_mail.lease_token",
        "outgoing_mail.token",
        "review_assignment.author_key",
        "review_assignment.key",
        "signature_band.band",
        "visit.token_hash",
    }
)
"""Columns that open something, or tell about others, which are not exported."""


def as_text(value: object) -> str:
    """What JSON has no form for: a moment in ISO 8601, an exact number, bytes as hexadecimal digits."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value.value if isinstance(value, Enum) else value)
