"""What can be done with a review."""

from enum import StrEnum

MAX_REVIEW_COMMENT = 4000
MAX_REVIEW_REASON = 2000


class ReviewEventKind(StrEnum):
    """What can be done with a review."""

    SUBMITTED = "submitted"
    CHANGED = "changed"
    """By its reviewer, after it was submitted."""
    EXCLUDED = "excluded"
    INCLUDED = "included"
    """It counts again."""
    REPORTED = "reported"
    DISMISSED = "dismissed"
    """A report was read, and nothing done."""
