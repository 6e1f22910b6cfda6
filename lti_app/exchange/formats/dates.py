"""Dates as other programs write them: ISO, seconds since 1970, a mail's, 23/11/2026 3:04 pm, Nov 23, 2026, 20261123.

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
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[T ]?(\d\d)(\d\d)(\d\d)?)?(?:[.,]0+)?(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)
_CLOCK = re.compile(
    r"(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?(?:[.,]\d+)?\s*([ap])?\.?\s?(?:m\b\.?)?|\b(\d{1,2})\s*([ap])\.?m\b", re.I
)
_NUMERIC = re.compile(r"^\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4}|\d{2})\b[,.]?")
_YEAR_FIRST = re.compile(r"^\s*(\d{4})\s?[/.年년-]\s?(\d{1,2})\s?[/.月월-]\s?(\d{1,2})(?:日|일|\b)[,.]?")
_BETWEEN = r"[\s,./-]{1,3}"
_NAMED = re.compile(
    rf"\b(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?{_BETWEEN}(?:of\s)?(?P<m1>[a-z]{{3,9}})"
    rf"|(?P<m2>[a-z]{{3,9}}){_BETWEEN}(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)"
    rf"{_BETWEEN}(?P<year>\d{{4}}|'?\d\d)\b",
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
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})$|(?:UTC|GMT)([+-])(\d{1,2})$|\b(UTC|GMT|Z)$", re.I)
_ABBREVIATION = re.compile(r"\b[A-Z]{3,4}$")
_ZONES = {
    "WET": 0,
    "WEST": 1,
    "BST": 1,
    "CET": 1,
    "MEZ": 1,
    "CEST": 2,
    "MESZ": 2,
    "EET": 2,
    "EEST": 3,
    "MSK": 3,
    "JST": 9,
    "KST": 9,
    "AEST": 10,
    "AEDT": 11,
    "NZST": 12,
    "NZDT": 13,
    "AST": -4,
    "EDT": -4,
    "EST": -5,
    "CDT": -5,
    "CST": -6,
    "MDT": -6,
    "MST": -7,
    "PDT": -7,
    "PST": -8,
    "AKDT": -8,
    "AKST": -9,
    "HST": -10,
}
"""Hours ahead of UTC, of the abbreviations that mean one thing in what programs write."""
_ASIDE = re.compile(r"\s?\([^()]{0,60}\)$")
_DIRECTIONS = str.maketrans("", "", "\u200e\u200f\u202a\u202c")
"""What browsers put between the parts of a date."""
_SPREADSHEET_DAYS = range(25_569, 80_000)
_SPREADSHEET_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 -- of no zone until the reader's is known
_FIRST_SECOND = 100_000_000
"""Of 1973; smaller numbers are dates that do not exist, such as 20241332, or no dates at all."""
_MILLISECOND = 100_000_000_000
"""The first number that is too large for seconds; a thousand times it is too large for milliseconds, and so on."""


@dataclass(frozen=True)
class DateReader:
    """How dates of one file are read: those without a zone are of this one, and 3/4 is March or April throughout."""

    zone: tzinfo
    day_first: bool = True

    def read(self, text: object) -> datetime | None:
        """The moment in UTC; None if the text is not a date, or is outside the accepted years."""
        raw = plain_date(text)
        if not raw or len(raw) > 100:
            return None
        try:
            found = _compact(raw) or self._number(raw) or _iso(raw) or self._numeric(raw) or _named(raw) or _mail(raw)
            if found is None:
                return None
            aware = found if found.tzinfo else found.replace(tzinfo=self.zone)
            return aware.astimezone(UTC) if aware.year in _YEARS else None
        except (ValueError, OverflowError, TypeError):
            return None

    def _number(self, raw: str) -> datetime | None:
        if not _NUMBER.fullmatch(raw):
            return None
        number = float(raw.replace(",", "."))
        if int(number) in _SPREADSHEET_DAYS:
            return _SPREADSHEET_EPOCH + timedelta(seconds=round(number % 1 * 86_400), days=int(number))
        while number > _MILLISECOND:
            number /= 1000
        return datetime.fromtimestamp(number, UTC) if number >= _FIRST_SECOND else None

    def _numeric(self, raw: str) -> datetime | None:
        if match := _YEAR_FIRST.match(raw):
            return _at(int(match[1]), int(match[2]), int(match[3]), raw[match.end() :])
        match = _NUMERIC.match(raw)
        if not match:
            return None
        day, month = int(match[1]), int(match[2])
        if month > 12 or (day <= 12 and not self.day_first):
            day, month = month, day
        return _at(_full_year(match[3]), month, day, raw[match.end() :])


def plain_date(text: object) -> str:
    """A date as it was written, without what spreadsheets and browsers put around and between its parts."""
    raw = "" if text is None else str(text).translate(_DIRECTIONS)
    return _ASIDE.sub("", " ".join(raw[:300].split()).removeprefix("'"))


def day_comes_first(texts: Iterable[object]) -> bool | None:
    """Whether dates like 3/4/2026 begin with the day, judged by the dates that can be read in one way only.

    If some of them begin with the day and others with the month, the more frequent order counts. None if no date
    decides it.
    """
    votes = 0
    for text in texts:
        if match := _NUMERIC.match(plain_date(text)):
            votes += (int(match[1]) > 12) - (int(match[2]) > 12)
    return votes > 0 if votes else None


def can_be_read_two_ways(texts: Iterable[object]) -> bool:
    """Whether there are dates like 3/4/2026 among these."""
    return any((match := _NUMERIC.match(plain_date(text))) and match[1] != match[2] for text in texts)


def _compact(raw: str) -> datetime | None:
    """20261123, 202611231504 or 20261123T150405Z, where such a day exists; otherwise it is some other number."""
    match = _COMPACT.fullmatch(raw)
    if not match or int(match[1]) not in _YEARS:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        moment = _without_zone((year, month, day), (hour, minute, second))
    except ValueError:
        return None
    return _with_offset(moment, match[7] or "")


def _iso(raw: str) -> datetime | None:
    try:
        return datetime.fromisoformat(re.sub(r"(?<!\s)\s*(?:UTC|GMT)$", "Z", raw))
    except ValueError:
        return None


def _mail(raw: str) -> datetime | None:
    try:
        return parsedate_to_datetime(raw)
    except (ValueError, TypeError, IndexError):
        return None


def _named(raw: str) -> datetime | None:
    for match in _NAMED.finditer(raw):
        name = (match["m1"] or match["m2"]).lower()
        month = next((n for n, full in enumerate(_MONTHS, 1) if full.startswith(name)), 0)
        if month:
            return _at(_full_year(match["year"]), month, int(match["d1"] or match["d2"]), raw[match.end() :])
    return None


def _full_year(written: str) -> int:
    year = int(written.removeprefix("'"))
    return year + 2000 if year < 100 else year


def _at(year: int, month: int, day: int, rest: str) -> datetime:
    """A day, with the time of day and the zone that the rest of the text contains."""
    hour = minute = second = 0
    if match := _CLOCK.search(rest):
        hour, minute, second = int(match[1] or match[5]), int(match[2] or 0), int(match[3] or 0)
        if half := (match[4] or match[6] or "").lower():
            hour = hour % 12 + (12 if half == "p" else 0)
    return _with_offset(_without_zone((year, month, day), (hour, minute, second)), rest)


def _without_zone(day: tuple[int, int, int], clock: tuple[int, int, int]) -> datetime:
    return datetime(*day, *clock)  # noqa: DTZ001 -- its zone is found out, or the reader's


def _with_offset(moment: datetime, rest: str) -> datetime:
    """The moment in UTC where the rest of the text names a zone; else as it is."""
    if named := _ABBREVIATION.search(rest):
        hours = _ZONES.get(named[0])
        if hours is not None:
            return moment.replace(tzinfo=UTC) - timedelta(hours=hours)
    offset = _OFFSET.search(rest)
    if not offset:
        return moment
    ahead = timedelta(hours=int(offset[2] or offset[5] or 0), minutes=int(offset[3] or 0))
    return moment.replace(tzinfo=UTC) - (-ahead if (offset[1] or offset[4]) == "-" else ahead)
