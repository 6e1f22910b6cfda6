"""Late rules: what lateness takes off a grade.

Whether something is late, since when, and by which date is decided by the evaluation of the requirements alone; here it
is only turned into points. Everything is exact decimals; each reduction is rounded to hundredths, halves up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Self
from zoneinfo import ZoneInfo

from lti_app.grading.rubrics.rules.points import rounded
from lti_app.participation.requirements.base import Verdict
from lti_app.participation.requirements.evaluation import Verdicts

MAX_RATE = Decimal(1000)
MAX_GRACE_MINUTES = 7 * 24 * 60
"""A week."""
FULL = Decimal(100)


class InvalidLateRule(ValueError):
    """A stored or sent late rule is malformed; `field` names what is wrong with it."""

    def __init__(self, field: str) -> None:
        super().__init__(f"a late rule cannot have this {field}")
        self.field = field


class LateUnit(StrEnum):
    """What a late rule takes off."""

    OF_EARNED = "of_earned"
    """Percent of the points that the work earned."""
    OF_POSSIBLE = "of_possible"
    """Percent of the points that the work could have earned."""
    POINTS = "points"
    """Points of the rubric."""


class LateStep(StrEnum):
    """How often a late rule takes it off."""

    DAY_BEGUN = "day_begun"
    """Once for each day that has begun: one minute late is one day."""
    FULL_DAY = "full_day"
    """Once for each day that is over: one minute less than a day is none."""
    ONCE = "once"


class WorkPart(StrEnum):
    """What a reduction is for."""

    WORK = "work"
    """The whole work, by whatever came latest."""
    FIRST_POST = "first_post"
    REPLIES = "replies"
    """The replies, and everything else that is required besides the first post."""


@dataclass(frozen=True)
class LateRule:
    """How late work loses points. A day ends at the time of day of the due date, in the course's time zone."""

    unit: LateUnit
    rate: Decimal
    step: LateStep = LateStep.DAY_BEGUN
    most: Decimal | None = None
    """The most that is taken off, in percent or points as the rate is; part by part where the grade has parts."""
    grace_minutes: int = 0
    """Work counts as on time for so long. Later work is late since the due date, not since the end of this time."""
    first_share: int | None = None
    """The percentage of the grade that the first post stands for; the replies have the rest. None: no parts."""

    def __post_init__(self) -> None:
        self._check("rate", 0 < self.rate <= self.limit)
        self._check("most", self.most is None or self.rate <= self.most <= self.limit)
        self._check("grace_minutes", 0 <= self.grace_minutes <= MAX_GRACE_MINUTES)
        self._check("first_share", self.first_share is None or 0 < self.first_share < FULL)

    @property
    def limit(self) -> Decimal:
        """The most that a rate can be."""
        return MAX_RATE if self.unit is LateUnit.POINTS else FULL

    @property
    def is_percent(self) -> bool:
        """Whether the rate is a percentage."""
        return self.unit is not LateUnit.POINTS

    @property
    def replies_share(self) -> int | None:
        """The percentage of the grade that the replies stand for; None without parts."""
        return None if self.first_share is None else 100 - self.first_share

    @property
    def grace(self) -> tuple[int, int]:
        """The grace period in hours and minutes."""
        return divmod(self.grace_minutes, 60)

    def to_stored(self) -> dict[str, Any]:
        """The form in which a discussion stores it."""
        stored = {each.name: getattr(self, each.name) for each in fields(self)}
        return {key: str(value) if isinstance(value, Decimal) else value for key, value in stored.items()}

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `to_stored` wrote; raises InvalidLateRule for anything else."""
        try:
            most = stored.get("most")
            return cls(
                unit=LateUnit(stored["unit"]),
                rate=Decimal(stored["rate"]),
                step=LateStep(stored["step"]),
                most=None if most is None else Decimal(most),
                grace_minutes=int(stored["grace_minutes"]),
                first_share=stored.get("first_share"),
            )
        except InvalidLateRule:
            raise
        except (KeyError, TypeError, ValueError, InvalidOperation) as error:
            raise InvalidLateRule("form") from error

    def _check(self, name: str, fits: bool) -> None:
        if not fits:
            raise InvalidLateRule(name)


@dataclass(frozen=True)
class LatePart:
    """What the lateness of one part takes off, and what it was counted from."""

    part: WorkPart
    due: datetime
    at: datetime
    """When the last of what counts was done."""
    days: int
    """How often the rate is taken off; 0 within the grace period, or before the first full day is over."""
    taken: Decimal
    """The percentage or the points that are taken off."""
    base: Decimal
    """The points of which a percentage is taken."""
    amount: Decimal
    """The points that it takes off."""
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class LateLine:
    """What lateness takes off a grade, as a line below the rubric total."""

    unit: LateUnit
    parts: tuple[LatePart, ...]
    is_waived: bool = False

    @property
    def due_amount(self) -> Decimal:
        """What it takes off unless it is waived."""
        return sum((each.amount for each in self.parts), Decimal(0))

    @property
    def amount(self) -> Decimal:
        """The points of the rubric that it takes off."""
        return Decimal(0) if self.is_waived else self.due_amount

    @property
    def is_percent(self) -> bool:
        """Whether a percentage is taken off."""
        return self.unit is not LateUnit.POINTS


def late_line(
    rule: LateRule, verdicts: Verdicts, *, total: Decimal, maximum: Decimal, zone: ZoneInfo, is_waived: bool = False
) -> LateLine | None:
    """What the rule takes off a total of rubric points; None for work of which nothing is late.

    Only what is required and was done can be late: of unfinished work it is what counts so far. The dates are the
    student's own, as the verdicts have them. Together the parts never take off more than there is.
    """
    shares = {WorkPart.FIRST_POST: rule.first_share, WorkPart.REPLIES: rule.replies_share}
    if rule.first_share is None:
        shares = {WorkPart.WORK: 100}
    left, parts = total, list[LatePart]()
    for part, share in shares.items():
        worst = _worst(rule, _of_part(part, verdicts.required), zone)
        if worst is not None and share is not None:
            earned, possible = total * share / FULL, maximum * share / FULL
            parts.append(_reduced(rule, part, worst, earned=earned, possible=possible, left=left))
            left -= parts[-1].amount
    return LateLine(rule.unit, tuple(parts), is_waived) if parts else None


def days_late(rule: LateRule, due: datetime, at: datetime, zone: ZoneInfo) -> int:
    """How often the rule takes off its rate for something that was due then and done at another moment."""
    if at <= due + timedelta(minutes=rule.grace_minutes):
        return 0
    if rule.step is LateStep.ONCE:
        return 1
    over = max(0, (at - due).days - 1)  # a change of the clocks makes a day an hour longer or shorter
    while _days_after(due, over + 1, zone) <= at:
        over += 1
    if rule.step is LateStep.FULL_DAY:
        return over
    return over if at == _days_after(due, over, zone) else over + 1


def _days_after(due: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same time of day, so many days later."""
    return (due.astimezone(zone) + timedelta(days=days)).astimezone(UTC)


def _of_part(part: WorkPart, verdicts: Iterable[Verdict]) -> list[Verdict]:
    if part is WorkPart.WORK:
        return list(verdicts)
    is_first = part is WorkPart.FIRST_POST
    return [each for each in verdicts if (each.kind == "first_post") is is_first]


@dataclass(frozen=True)
class _Delay:
    """Something that was done after its due date."""

    due: datetime
    at: datetime
    days: int
    addresses: tuple[str, ...]


def _worst(rule: LateRule, verdicts: Iterable[Verdict], zone: ZoneInfo) -> _Delay | None:
    """What is latest, each by its own due date."""
    late = [
        _Delay(each.due, each.counted_at, days_late(rule, each.due, each.counted_at, zone), each.addresses)
        for each in verdicts
        if each.late and each.due and each.counted_at
    ]
    return max(late, key=lambda each: (each.days, each.at - each.due), default=None)


def _reduced(
    rule: LateRule, part: WorkPart, delay: _Delay, *, earned: Decimal, possible: Decimal, left: Decimal
) -> LatePart:
    taken = min(rule.rate * delay.days, rule.limit if rule.most is None else rule.most)
    base = possible if rule.unit is LateUnit.OF_POSSIBLE else earned
    amount = rounded(base * taken / FULL if rule.is_percent else taken)
    return LatePart(
        part=part,
        due=delay.due,
        at=delay.at,
        days=delay.days,
        taken=taken,
        base=base,
        amount=max(Decimal(0), min(amount, rounded(earned), left)),
        addresses=delay.addresses,
    )
