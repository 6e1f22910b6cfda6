"""The tables behind the pictures, and the signals, as files."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from babel import Locale
from babel.dates import get_day_names
from flask import get_template_attribute
from flask_babel import get_locale
from flask_babel import gettext as _

from lti_app.exchange.exporting.rules.tables import Cell, ExportedTable
from lti_app.participation.activity.queries.pictures import ActivityPictures
from lti_app.participation.signals.queries import SignalView
from lti_app.web.templating import say

Rows = list[Sequence[Cell]]


def signals_table(signals: Iterable[SignalView], titles: Mapping[str, str]) -> ExportedTable:
    """Signals with the titles of their rules, those that were dismissed with when and by whom."""
    head = [
        _("Rule"),
        _("Student"),
        _("Discussion"),
        _("What happened"),
        _("Evidence"),
        _("Dismissed"),
        _("Dismissed by"),
    ]
    untitled, nameless = _("Untitled"), _("Name not available")
    rows: Rows = [
        [
            titles.get(each.kind, each.kind),
            each.name or ("" if each.reading_id else nameless),
            (each.discussion_title or untitled) if each.discussion_id else "",
            say(each.says).striptags(),
            " ".join(post.address for post in each.evidence),
            each.dismissed_at,
            each.dismissed_by,
        ]
        for each in signals
    ]
    return ExportedTable(_("Signals"), head, rows)


def picture_table(name: str, pictures: ActivityPictures, *, of_course: bool) -> ExportedTable:
    """One of `TABLES`."""
    return _MAKERS[name](pictures, of_course)


def week_of(pictures: ActivityPictures) -> list[tuple[str, tuple[int, ...]]]:
    """The days of the week as the language begins it, each with the posts of its hours."""
    locale = get_locale() or Locale("en")
    names = get_day_names("abbreviated", locale=locale)
    days = [(locale.first_week_day + nth) % 7 for nth in range(7)]
    return [(names[day], pictures.heat.counts[day]) for day in days]


def _hours(pictures: ActivityPictures, _of_course: bool) -> ExportedTable:
    rows: Rows = [[day, *posts] for day, posts in week_of(pictures)]
    return ExportedTable(_("Days and hours"), [_("Day"), *map(str, range(24))], rows)


def _posts(pictures: ActivityPictures, of_course: bool) -> ExportedTable:
    line, untitled = pictures.timeline, _("Untitled")

    def due(each: Any) -> str:
        words = _words("due_words", each)
        return f"{words} ({each.title or untitled})" if of_course else words

    head = [
        _("Week of") if line.in_weeks else _("Day"),
        _("First posts"),
        _("Replies"),
        _("Instructors’ posts"),
        _("Due"),
    ]
    rows: Rows = [
        [each.begins.isoformat(), each.first_posts, each.replies, each.by_staff, "; ".join(map(due, each.due))]
        for each in line.periods
    ]
    return ExportedTable(_("Posts over time"), head, rows)


def _network(pictures: ActivityPictures, _of_course: bool) -> ExportedTable:
    head = [
        *(_("Student"), _("Connection"), _("Replies written"), _("to classmates")),
        *(_("Replies received"), _("from classmates"), _("both ways")),
    ]
    nameless = _("Name not available")
    rows: Rows = [
        [
            each.student.name or nameless,
            _words("kind_words", each.kind.value),
            *(each.sent, each.sent_to, each.received, each.received_from, each.mutual),
        ]
        for each in pictures.network.students
    ]
    return ExportedTable(_("Who replies to whom"), head, rows)


def _readings(pictures: ActivityPictures, _of_course: bool) -> ExportedTable:
    rows: Rows = [[each.label, each.citations, each.passages] for each in pictures.cited.readings]
    return ExportedTable(_("Readings by citations"), [_("Reading"), _("Citations"), _("Passages")], rows)


def _passages(pictures: ActivityPictures, _of_course: bool) -> ExportedTable:
    rows: Rows = [
        [_words("place_words", each), each.place.exact or "", each.citations] for each in pictures.cited.passages
    ]
    return ExportedTable(_("Passages by citations"), [_("Passage"), _("Words"), _("Citations")], rows)


def _positions(pictures: ActivityPictures, _of_course: bool) -> ExportedTable:
    untitled = _("Untitled")
    rows: Rows = [
        [poll.title or untitled, poll.question.text, place, before, after]
        for poll in pictures.polls
        for place, (before, after) in enumerate(zip(poll.shift.before, poll.shift.after, strict=True), 1)
    ]
    head = [_("Discussion"), _("Question"), _("Position"), _("Before"), _("After")]
    return ExportedTable(_("Positions before and after"), head, rows)


def _spread(pictures: ActivityPictures, _of_course: bool) -> ExportedTable:
    head = [_("Replies"), _("Students who received so many"), _("Students who wrote so many")]
    rows: Rows = [[_words("step_words", each), each.received, each.written] for each in pictures.spread.steps]
    return ExportedTable(_("How replies are spread"), head, rows)


def _words(macro: str, of: object) -> str:
    """What the page says of it, without markup."""
    told: Any = get_template_attribute("participation/_pictures.html", macro)(of)
    return str(told.striptags())


_MAKERS: Mapping[str, Callable[[ActivityPictures, bool], ExportedTable]] = {
    "posts": _posts,
    "network": _network,
    "readings": _readings,
    "passages": _passages,
    "positions": _positions,
    "spread": _spread,
    "hours": _hours,
}
TABLES = tuple(_MAKERS)
"""The names of the tables, as they are in addresses."""
