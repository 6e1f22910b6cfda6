"""Comparing what an LMS shows with what it was sent, and when to look."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from lti_app.grading.passbacks.rules.columns import settled
from lti_app.grading.passbacks.rules.parts import GradePart, shown_within
from lti_app.grading.passbacks.rules.states import InColumn, ReadBack, Shown

CHECK_AFTER = (
    timedelta(seconds=15),
    timedelta(minutes=2),
    timedelta(minutes=20),
    timedelta(hours=3),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
)
"""When to read a score back after it was sent, and after each reading: seven times at most."""
CHECKS_OF_CONFIRMED = 4
"""A score that the LMS shows need not be looked at before the next day: where in CHECK_AFTER that begins."""
MOST_RESENDS = 3
"""How often one score is sent again because the column lost it; each must be confirmed before the next."""
MOST_DECIMALS = 4
EXACT = Decimal("0.000001")


@dataclass(frozen=True)
class ColumnFacts:
    """What the results of a whole column say together."""

    decimals: int
    """The most decimal places of any of its scores: an LMS may round them."""
    is_empty: bool
    """Whether it shows no score of those that were sent to it."""
    was_filled: bool
    """Whether it has shown any of them before."""
    is_pass_fail: bool = False
    """Whether it keeps no more of a score than whether it is above zero: complete or incomplete, pass or fail."""


@dataclass(frozen=True)
class Known:
    """What we know of one score: what the LMS accepted, and what it showed last."""

    sent: Shown
    read_back: ReadBack
    shown: Shown | None
    resends: int
    columns: tuple[InColumn, ...] = ()
    """What each column showed, if the LMS has several for it."""
    parts: tuple[GradePart, ...] = ()
    """The parts of it that the LMS accepted, if each has a column of its own."""

    def within(self, key: str, part: str = "") -> "Known":
        """What we know of it in one of its columns, which has the whole grade or a part of it."""
        sent = shown_within(self.parts, part, self.sent)
        if not self.columns:
            return replace(self, sent=sent)
        own = next((each for each in settled(self.columns, self.read_back) if each.key == key), None)
        read_back, shown = (own.read_back, own.shown) if own else (ReadBack.UNCHECKED, None)
        return replace(self, sent=sent, read_back=read_back, shown=shown, columns=())


@dataclass(frozen=True)
class ReadBackVerdict:
    """What a reading means for one score."""

    read_back: ReadBack
    send_again: bool = False
    """Whether the column has lost it: it was made anew, emptied, or given another maximum."""


def column_facts(scores: Collection[tuple[Known, Shown | None]]) -> ColumnFacts:
    """The facts of a column from its accepted scores, each with what it shows of it."""
    shown = [(known, each) for known, each in scores if each is not None]
    return ColumnFacts(
        decimals=max((_decimals(each.given) for _, each in shown), default=0),
        is_empty=bool(scores) and not shown,
        was_filled=any(known.read_back is ReadBack.CONFIRMED for known, _ in scores),
        is_pass_fail=_is_pass_fail(shown),
    )


def _is_pass_fail(scores: Collection[tuple[Known, Shown]]) -> bool:
    """Whether every score above zero is shown with full points, and every other with none.

    Different scores must tell: a single one may as well have been changed to full points by hand, and a column that has
    shown one in part keeps points.
    """
    told = {known.sent for known, _ in scores if 0 < known.sent.given < known.sent.possible}
    has_kept_points = any(
        known.read_back is ReadBack.CONFIRMED and known.shown and not _is_all_or_nothing(known.shown)
        for known, _ in scores
    )
    return len(told) > 1 and not has_kept_points and all(_passes(known.sent, shown) for known, shown in scores)


def _passes(sent: Shown, shown: Shown) -> bool:
    return _is_all_or_nothing(shown) and (shown.given > 0) == (sent.given > 0)


def _is_all_or_nothing(shown: Shown) -> bool:
    return shown.possible > 0 and shown.given in (0, shown.possible)


def judge(known: Known, shown: Shown | None, column: ColumnFacts) -> ReadBackVerdict:
    """What the gradebook says of one score that it has accepted."""
    may_resend = known.resends < MOST_RESENDS
    if shown is None:
        if not column.is_empty:
            return ReadBackVerdict(ReadBack.MISSING)
        return ReadBackVerdict(ReadBack.NO_POINTS, send_again=column.was_filled and may_resend)
    if not shown.possible and not shown.given and known.sent.given:
        return ReadBackVerdict(ReadBack.NO_POINTS)
    if is_same(known.sent, shown, decimals=column.decimals) or (column.is_pass_fail and _passes(known.sent, shown)):
        return ReadBackVerdict(ReadBack.CONFIRMED)
    return _judge_other(known, shown, may_resend=may_resend)


def _judge_other(known: Known, shown: Shown, *, may_resend: bool) -> ReadBackVerdict:
    """What it means that the gradebook shows another grade than ours."""
    if known.read_back is ReadBack.CONFIRMED and known.shown is not None:
        is_new_maximum = shown.possible != known.shown.possible and shown.given == known.shown.given
        return ReadBackVerdict(ReadBack.CHANGED, send_again=is_new_maximum and may_resend)
    if known.read_back is ReadBack.KEPT and shown == known.shown:
        return ReadBackVerdict(ReadBack.KEPT)
    was_told = known.read_back in (ReadBack.CHANGED, ReadBack.KEPT)
    return ReadBackVerdict(ReadBack.CHANGED if was_told else ReadBack.DIFFERENT)


def is_same(sent: Shown, shown: Shown, *, decimals: int) -> bool:
    """Whether an LMS that was sent one score may show it as the other.

    Its column may have another maximum, cut what is above it, and round to `decimals` places, or cut the rest off. A
    scale of words has a maximum of its own too, and no place below 1.
    """
    expected = sent.given if not shown.possible or not sent.possible else sent.given * shown.possible / sent.possible
    if shown.given >= shown.possible > 0 and expected >= shown.possible:
        return True
    if shown.given == 1 and expected < 1 and not decimals and 1 < shown.possible < sent.possible:
        return True
    places = min(decimals, MOST_DECIMALS)
    difference = abs(expected - shown.given)
    return difference <= EXACT + (Decimal("0.5") if not places else Decimal(1).scaleb(-places))


def may_be_ours(known: Known, shown: Shown | None, wanted: Shown, *, others: Collection[Shown] = ()) -> bool:
    """Whether a newer score may take the place of what the LMS shows: nothing, our earlier score, or already this one.

    Asked before a score is sent again, so that nobody's change in the LMS is undone unasked. A score that was sent just
    now and never read may be shown as complete or incomplete, unless the column keeps points: `others` are grades that
    it shows.
    """
    if shown is None or shown == known.shown:
        return True
    if known.read_back is ReadBack.UNCHECKED and _passes(known.sent, shown):
        seen = (*others, known.shown) if known.shown else others
        return all(_is_all_or_nothing(each) for each in seen)
    decimals = _decimals(shown.given)
    return any(is_same(each, shown, decimals=decimals) for each in (known.sent, wanted))


def next_check(checks: int, read_back: ReadBack, now: datetime) -> datetime | None:
    """When to read a score back that has been read `checks` times; None for never."""
    if read_back is ReadBack.UNREADABLE or checks >= len(CHECK_AFTER):
        return None
    return now + CHECK_AFTER[checks]


def checks_so_far(checks: int, read_back: ReadBack) -> int:
    """The number of this reading, counted so that what is confirmed is not looked at again the same day."""
    return max(checks + 1, CHECKS_OF_CONFIRMED) if read_back is ReadBack.CONFIRMED else checks + 1


def _decimals(points: Decimal) -> int:
    exponent = points.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
