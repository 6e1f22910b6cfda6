"""Moments in words: short dates in the reader's zone and language, fast enough for every post of a page.

Babel knows the names and the plurals of each language but takes a tenth of a millisecond for one date; the names are
fetched from it once per language, and the order of the parts is a translated pattern.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cached_property, lru_cache
from math import inf
from typing import Any

from babel import Locale
from babel.dates import TIMEDELTA_UNITS, format_timedelta, get_timezone_location
from flask_babel import gettext

NO_TIME = timedelta(0)
JUST_NOW = timedelta(seconds=45)
SAME_MOMENT = timedelta(seconds=2)
"""By how much another machine's clock may be ahead before what it wrote is told as something to come."""


@dataclass(frozen=True)
class Language:
    """What dates need of one language; patterns are named as in gettext."""

    locale: Locale
    days: tuple[str, ...]
    """Monday first."""
    months: tuple[str, ...]
    """January first."""
    this_year: str
    other_year: str
    halves: tuple[str, str] | None
    """AM and PM, in a language whose clocks have twelve hours."""

    def clock(self, local: datetime) -> str:
        """11:59 PM in English, 23:59 in German."""
        if self.halves is None:
            return f"{local.hour:02}:{local.minute:02}"
        return f"{local.hour % 12 or 12}:{local.minute:02} {self.halves[local.hour >= 12]}"


@dataclass(frozen=True)
class Reader:
    """For whom a page is written: their zone, their language, and the moment at which they ask."""

    zone: tzinfo
    zone_id: str
    language: Language
    now: datetime

    @cached_property
    def zone_name(self) -> str:
        """The zone as people say it: London, New York, UTC."""
        return name_of_zone(self.zone_id, self.language)

    @cached_property
    def year(self) -> int:
        """The year it is for the reader."""
        return self.now.astimezone(self.zone).year

    @cached_property
    def way(self) -> tuple[str, str, int]:
        """What moments look like to the reader, apart from how long ago they are: by language, zone and year."""
        return str(self.language.locale), self.zone_id, self.year

    def moment(self, moment: datetime, *, always_year: bool = False) -> str:
        """Wed, Nov 25, 11:59 PM; with the year if it is not the current one, or if the text is read in other years."""
        local = moment.astimezone(self.zone)
        language = self.language
        pattern = language.this_year if local.year == self.year and not always_year else language.other_year
        return pattern % {
            "weekday": language.days[local.weekday()],
            "day": local.day,
            "month": language.months[local.month - 1],
            "year": local.year,
            "time": language.clock(local),
        }

    def clock_time(self, moment: datetime) -> str:
        """11:59 PM; with the day where it is another one."""
        local = moment.astimezone(self.zone)
        same_day = local.date() == self.now.astimezone(self.zone).date()
        return self.language.clock(local) if same_day else self.moment(moment)

    def due_soon(self, moment: datetime) -> str:
        """Due today; Due tomorrow; empty for what has passed and what is later."""
        today = self.now.astimezone(self.zone).date()
        days = (moment.astimezone(self.zone).date() - today).days
        if moment < self.now or days > 1:
            return ""
        return str(gettext("Due tomorrow") if days else gettext("Due today"))

    def relative(self, moment: datetime) -> str:
        """12 minutes ago; in 46 hours, since what is due tomorrow is not due in 2 days; in 2 days."""
        away = moment - self.now
        if abs(away) < JUST_NOW:
            return str(gettext("in a moment") if away > SAME_MOMENT else gettext("just now"))
        threshold = 2 if timedelta(days=1) < abs(away) < timedelta(days=2) else _threshold(away)
        unit, count = _in_one_unit(away, threshold)
        return _length(unit, count if away >= NO_TIME else -count, self.language, has_direction=True)

    def span(self, span: timedelta) -> str:
        """The length of a span in its greatest unit: 2 days, 3 hours."""
        return _length(*_in_one_unit(abs(span), _threshold(span)), self.language, has_direction=False)

    def delay(self, span: timedelta) -> str:
        """The length of a span in its two greatest units, the second rounded down: 1 day 3 hours."""
        minutes = int(abs(span).total_seconds()) // 60
        days, hours = divmod(minutes // 60, 24)
        if days:
            parts = [timedelta(days=days), timedelta(hours=hours)]
        else:
            parts = [timedelta(hours=hours), timedelta(minutes=minutes % 60)]
        return " ".join(self.span(part) for part in parts if part) or self.span(span)


def _in_one_unit(span: timedelta, threshold: float) -> tuple[str, int]:
    """The greatest unit of which a span has `threshold` or more, and how many of it, as Babel counts them."""
    seconds = abs(span.days * 86_400 + span.seconds)
    for unit, length in TIMEDELTA_UNITS:
        if (count := seconds / length) >= threshold:
            return unit, round(count)
    return "second", seconds


@lru_cache(maxsize=2048)
def _length(unit: str, count: int, language: Language, *, has_direction: bool) -> str:
    """A number of units in words. A page tells the ages of dozens of posts, and few of them differ."""
    span = timedelta(seconds=count * dict(TIMEDELTA_UNITS)[unit])
    kind: Any = unit
    return format_timedelta(span, kind, threshold=inf, add_direction=has_direction, locale=language.locale)


def _threshold(span: timedelta) -> float:
    """The smallest count for which Babel uses a unit, chosen so that up to two months are given in days, not weeks."""
    days = int(abs(span).total_seconds()) / 86_400
    return days if 1 <= days < 60 else 1


@lru_cache(maxsize=32)
def language_of(locale: Locale) -> Language:
    """The names and patterns of a language. Called inside a request of that language, whose translations it uses."""
    days, months = locale.days["format"]["abbreviated"], locale.months["format"]["abbreviated"]
    halves = locale.day_periods["format"]["abbreviated"]
    return Language(
        locale=locale,
        days=tuple(days[number] for number in range(7)),
        months=tuple(months[number] for number in range(1, 13)),
        this_year=gettext("%(weekday)s, %(month)s %(day)s, %(time)s"),
        other_year=gettext("%(weekday)s, %(month)s %(day)s, %(year)s, %(time)s"),
        halves=(halves["am"], halves["pm"]) if "a" in locale.time_formats["short"].pattern else None,
    )


def name_of_zone(zone_id: str, language: Language) -> str:
    """A zone as people say it."""
    return _zone_name(zone_id, str(language.locale))


@lru_cache(maxsize=1024)
def _zone_name(zone_id: str, locale: str) -> str:
    if "/" not in zone_id or zone_id.startswith("Etc/"):
        return zone_id.removeprefix("Etc/")
    return get_timezone_location(zone_id, locale=locale, return_city=True)
