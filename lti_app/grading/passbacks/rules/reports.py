"""What graders are told of a score."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from lti_app.grading.passbacks.rules.parts import GradePart, shown_within
from lti_app.grading.passbacks.rules.states import (
    IN_ORDER,
    TO_SEND_OVER,
    GradebookStanding,
    InColumn,
    PassbackState,
    ReadBack,
    Shown,
)


@dataclass(frozen=True)
class PassbackReport:
    """The state of one person's newest score."""

    state: PassbackState
    read_back: ReadBack
    given: Decimal
    possible: Decimal
    shown: Shown | None
    """What the LMS showed when the score was last read back."""
    error_code: str | None
    """Why the newest attempt failed (codes: passbacks.ports, and `unreachable_too_long`); also set while pending."""
    error_detail: str
    attempts: int
    """Attempts so far for this score."""
    due_at: datetime
    """When the next attempt is due, while pending."""
    queued_at: datetime
    sent_at: datetime | None
    """When the LMS last accepted a score of this person, possibly an earlier one."""
    checked_at: datetime | None
    """When the score was last read back."""
    columns: tuple[InColumn, ...] = ()
    """What each column shows, where the LMS has several for the discussion; then `shown` is that of the worst."""
    accepted: Shown | None = None
    """What the LMS accepted last, possibly an earlier score; None before the first."""
    version: int = 1
    """Counts the releases of this person's grade."""
    parts: tuple[GradePart, ...] = ()
    """The parts that go to columns of their own; none where one column has the whole grade."""

    @property
    def told(self) -> tuple[object, ...]:
        """What the words about it depend on: two reports that say the same of two students have the same."""
        return (
            *(self.state, self.read_back, self.given, self.possible, self.shown),
            *(self.error_code, self.error_detail, self.columns, self.parts),
        )

    @property
    def fingerprint(self) -> str:
        """Differs as soon as our grade, or what the LMS shows in its place, is not what an instructor looked at."""
        seen = [self.version, self.state.value, self.read_back.value, _text(self.shown)]
        seen += [f"{each.key} {each.read_back.value} {_text(each.shown)}" for each in self.columns]
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]

    @property
    def has_failed(self) -> bool:
        """Whether the newest attempt failed, for good or for now: it can be sent again."""
        return self.state is PassbackState.REFUSED or (self.state is PassbackState.PENDING and bool(self.error_code))

    @property
    def standing(self) -> GradebookStanding:
        """What to say of it."""
        if self.state is PassbackState.HELD and self.read_back is ReadBack.KEPT:
            return GradebookStanding.KEPT
        if self.state is not PassbackState.SENT:
            return GradebookStanding(self.state.value)
        return (
            GradebookStanding.SENT if self.read_back is ReadBack.UNCHECKED else GradebookStanding(self.read_back.value)
        )

    def seen_in(self, column: InColumn) -> "PassbackReport":
        """What is to be said of the score in one of several columns."""
        ours = shown_within(self.parts, column.part, Shown(self.given, self.possible))
        return replace(
            self,
            read_back=column.read_back,
            shown=column.shown,
            given=ours.given,
            possible=ours.possible,
            columns=(),
            parts=(),
        )

    @property
    def by_part(self) -> tuple["PassbackReport", ...]:
        """The same for each column that has a part of the grade and was read."""
        return tuple(self.seen_in(each) for each in self.columns if each.part)

    @property
    def where(self) -> str:
        """The name of the column that is told, where several do not show the same; else empty."""
        told = [
            each.name
            for each in self.columns
            if each.read_back is self.read_back and (each.part or each.shown == self.shown)
        ]
        return told[0] if told and len(told) < len(self.columns) else ""

    @property
    def is_accepted(self) -> bool:
        """Whether the LMS has accepted the newest score, so that it can be read back."""
        return self.state is PassbackState.SENT

    @property
    def can_be_sent_over(self) -> bool:
        """Whether an instructor may have our grade sent in place of what the LMS shows."""
        return self.state is PassbackState.HELD or (self.is_accepted and self.read_back in TO_SEND_OVER)

    @property
    def can_be_kept(self) -> bool:
        """Whether an instructor may let the grade count that the LMS shows instead."""
        differs = self.standing in (GradebookStanding.HELD, GradebookStanding.CHANGED, GradebookStanding.DIFFERENT)
        return differs and self.shown is not None

    @property
    def needs_attention(self) -> bool:
        """Whether an instructor should do something."""
        return self.standing not in IN_ORDER

    @property
    def is_full(self) -> bool:
        """Whether the gradebook shows full points."""
        return self.shown is not None and 0 < self.shown.possible <= self.shown.given

    @property
    def is_complete(self) -> bool:
        """Whether a confirmed score is shown with full points because its column says only complete or incomplete."""
        if self.by_part:
            return any(each.is_complete for each in self.by_part)
        if self.standing is not GradebookStanding.CONFIRMED or self.shown is None or not self.is_full:
            return False
        return self.shown.possible - self.given * self.shown.possible / self.possible > Decimal("0.5")

    @property
    def is_rounded(self) -> bool:
        """Whether a confirmed score is not shown to the last digit."""
        if self.by_part:
            return any(each.is_rounded for each in self.by_part)
        shown = self.shown
        return shown is not None and shown.given * self.possible != self.given * shown.possible


def _text(shown: Shown | None) -> str:
    return f"{shown.given.normalize():f}/{shown.possible.normalize():f}" if shown else ""
