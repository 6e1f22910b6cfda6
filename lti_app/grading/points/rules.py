"""The points of participation requirements as a gradebook column of their own gets them.

When they are sent: the first time with the release of the student's grade, or as soon as a grader chooses to send them.
What changes later (an edit, an extension, another rule, another release of the grade) changes nothing in the gradebook:
it is told as a difference, and sent when a grader chooses to send it again.
"""

from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from lti_app.grading.passbacks.rules.reports import PassbackReport
from lti_app.participation.requirements.evaluation import Verdicts

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class CountedPoints:
    """The points of one student at one moment, and the score that a gradebook column gets for them.

    All students of a class have the same maximum in a column. Where something is excused a student can have fewer
    points, and the score has the same share of the maximum: 3 of 4 becomes 3.75 of 5.
    """

    earned: Decimal
    countable: Decimal
    """The points that the student can have: those of all that is required and not excused."""
    given: Decimal
    possible: Decimal
    rule_version: int
    is_open: bool = False
    """Whether more can still be earned on time."""

    @property
    def is_scaled(self) -> bool:
        """Whether the score is not the points as they were counted."""
        return self.countable != self.possible


def counted_points(verdicts: Verdicts, possible: Decimal) -> CountedPoints | None:
    """The points of a student where `possible` are those of all requirements; None where nothing has points, or
    everything that has is excused: then there is nothing that a score could say.
    """
    countable = verdicts.points_possible
    if not possible or not countable:
        return None
    earned = verdicts.points
    return CountedPoints(
        earned.quantize(HUNDREDTH),
        countable,
        (earned * possible / countable).quantize(HUNDREDTH),
        possible,
        verdicts.version,
        verdicts.any_pending,
    )


@dataclass(frozen=True)
class SentPoints:
    """The points of one student that were released to the gradebook last, and what became of them."""

    report: PassbackReport
    earned: Decimal
    countable: Decimal
    rule_version: int
    """The version of the rule that counted them; 0 before the first was recorded."""

    @property
    def is_scaled(self) -> bool:
        """Whether the score is not the points as they were counted."""
        return self.countable != self.report.possible


@dataclass(frozen=True)
class PointsLine:
    """The points of one student, now and as they were sent."""

    now: CountedPoints | None
    """None where there is nothing to send."""
    sent: SentPoints | None
    """None before the first time."""
    is_excused: bool = False
    """Whether the student need not be graded here, so that nothing is sent."""

    @property
    def differs(self) -> bool:
        """Whether the gradebook would get another score now than it was sent."""
        return self.now is not None and self.sent is not None and not is_same_score(self.now, self.sent.report)

    @property
    def can_be_sent(self) -> bool:
        """Whether there are points that were not sent yet, or that the gradebook shows other points in place of."""
        if self.now is None or self.is_excused:
            return False
        return self.sent is None or self.differs or self.sent.report.can_be_sent_over

    @property
    def is_ready(self) -> bool:
        """Whether they are to be sent for the first time and nothing can be earned on time any more."""
        return self.can_be_sent and self.sent is None and self.now is not None and not self.now.is_open

    @property
    def fingerprint(self) -> str:
        """Differs as soon as the points, or what became of them, are not what a grader looked at."""
        score = f"{self.now.given} {self.now.possible}" if self.now else ""
        seen = (score, self.is_excused, self.sent.report.fingerprint if self.sent else "")
        return sha256(repr(seen).encode()).hexdigest()[:16]


def is_same_score(now: CountedPoints, sent: PassbackReport) -> bool:
    """Whether a column that was sent one score would show the same for the other.

    Where the points of the rule have changed, the same share of other points is the same, but for the rounding of both.
    """
    if not sent.possible:
        return False
    share = sent.possible / now.possible
    tolerance = HUNDREDTH / 2 * (1 + share) if now.possible != sent.possible else 0
    return abs(now.given * share - sent.given) <= tolerance
