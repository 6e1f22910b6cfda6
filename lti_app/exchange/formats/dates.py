"""Dates as other programs write them: ISO, seconds since 1970, a mail's, 23/11/2026 3:04 pm, Nov 23, 2026.

Two libraries were tried in its place. dateutil, told that days come first, reads 2025-03-04 as the 3rd of April, and
takes "May" and "10" for dates. dateparser takes "yesterday" and 2025-13-01 for dates, and needs 200 seconds for 50 000
rows that take 1 second here.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime

_YEARS = range(1970, 2200)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_CLOCK = re.compile(
    r"(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?(?:[.,]\d+)?\s*([ap])?\.?(?:m\b\.?)?|\b(\d{1,2})\s*([ap])m\b", re.I
)
_NUMERIC = re.compile(r"^\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4}|\d{2})\b[,.]?")
_YEAR_FIRST = re.compile(r"^\s*(\d{4})[/.](\d{1,2})[/.](\d{1,2})\b[,.]?")
_NAMED = re.compile(
    r"\b(?:(?P<d1>\d{1,2})(?:st|nd|rd|th|\.)?\s+(?P<m1>[a-z]{3,9})\.?|(?P<m2>[a-z]{3,9})\.?\s+(?P<d2>\d{1,2})(?:st|nd|rd|th)?),?\s+"
    r"(?P<year>\d{4})\b",
    re.I,
)
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})$|\b(UTC|GMT|Z)$", re.I)
_SPREADSHEET_DAYS = range(25_569, 80_000)
_SPREADSHEET_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 -- of no zone until the reader's is known


@dataclass(frozen=True)
class DateReader:
    """How dates of one file are read: those without a zone are of this one, and 3/4 is March or April throughout."""

    zone: tzinfo
    day_first: bool = True

    def read(self, text: object) -> datetime | None:
        """The moment in UTC; None if the text is not a date, or is outside the accepted years."""
        raw = str(text).strip() if text is not None else ""
        if not raw or len(raw) > 100:
            return None
        try:
            found = self._number(raw) or _iso(raw) or self._numeric(raw) or _named(raw) or _of_mail(raw)
            if found is None:
                return None
            aware = found if found.tzinfo else found.replace(tzinfo=self.zone)
            return aware.astimezone(UTC) if aware.year in _YEARS else None
        except (ValueError, OverflowError, TypeError):
            return None

    def _number(self, raw: str) -> datetime | None:
        if not _NUMBER.fullmatch(raw):
            return None
        number = float(raw)
        if int(number) in _SPREADSHEET_DAYS:
            return _SPREADSHEET_EPOCH + timedelta(seconds=round(number % 1 * 86_400), days=int(number))
        if number > 100_000_000_000:  # milliseconds
            number /= 1000
        return datetime.fromtimestamp(number, UTC) if number >= 10_000_000 else None

    def _numeric(self, raw: str) -> datetime | None:
        if match := _YEAR_FIRST.match(raw):
            return _at(int(match[1]), int(match[2]), int(match[3]), raw[match.end() :])
        match = _NUMERIC.match(raw)
        if not match:
            return None
        day, month = int(match[1]), int(match[2])
        if month > 12 or (day <= 12 and not self.day_first):
            day, month = month, day
        year = int(match[3])
        return _at(year + 2000 if year < 100 else year, month, day, raw[match.end() :])


def day_comes_first(texts: Iterable[object]) -> bool | None:
    """Whether dates like 3/4/2026 begin with the day, judged by the dates that can be read in one way only.

    None if no date decides it.
    """
    for text in texts:
        if match := _NUMERIC.match(str(text)):
            if int(match[1]) > 12:
                return True
            if int(match[2]) > 12:
                return False
    return None


def can_be_read_two_ways(texts: Iterable[object]) -> bool:
    """Whether there are dates like 3/4/2026 among these."""
    return any((match := _NUMERIC.match(str(text))) and match[1] != match[2] for text in texts)


def _iso(raw: str) -> datetime | None:
    try:
        return datetime.fromisoformat(re.sub(r"(?<!\s)\s*(?:UTC|GMT)$", "Z", raw))
    except ValueError:
        return None


def _of_mail(raw: str) -> datetime | None:
    try:
        return parsedate_to_datetime(raw)
    except (ValueError, TypeError, IndexError):
        return None


def _named(raw: str) -> datetime | None:
    match = _NAMED.search(raw)
    if not match:
        return None
    name = (match["m1"] or match["m2"]).lower()
    month = next((n for n, full in enumerate(_MONTHS, 1) if full.startswith(name)), 0)
    if not month:
        return None
    return _at(int(match["year"]), month, int(match["d1"] or match["d2"]), raw[match.end() :])


def _at(year: int, month: int, day: int, rest: str) -> datetime:
    """A day, with the time of day and the zone that the rest of the text contains."""
    hour = minute = second = 0
    if match := _CLOCK.search(rest):
        hour, minute, second = int(match[1] or match[5]), int(match[2] or 0), int(match[3] or 0)
        if half := (match[4] or match[6] or "").lower():
            hour = hour % 12 + (12 if half == "p" else 0)
    moment = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 -- the zone follows
    offset = _OFFSET.search(rest)
    if not offset:
        return moment
    ahead = timedelta(hours=int(offset[2] or 0), minutes=int(offset[3] or 0))
    return moment.replace(tzinfo=UTC) - (-ahead if offset[1] == "-" else ahead)
