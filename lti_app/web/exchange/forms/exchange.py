"""Forms for bringing posts in, and the words for what was found in a file."""

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, RadioField, SelectField
from wtforms.validators import InputRequired

from lti_app.course.people.rules import ZONES
from lti_app.exchange.formats.entries import Fault, Shape
from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.importing.rules import Way
from lti_app.web.forms.fields import LongTextField, PostedForm, offered

_DAY_FIRST = {"day": True, "month": False}


class GiveForm(PostedForm):
    """A file or pasted text, and what its dates mean."""

    file = FileField(_l("File"))
    text = LongTextField(_l("Or paste it here"))
    time_zone = SelectField(_l("Time zone of dates that name none"), choices=sorted(ZONES))  # type: ignore[arg-type]
    dates = SelectField(
        _l("Dates such as 3/4/2026"),
        choices=offered(
            ("auto", _l("As the file's other dates tell")),
            ("day", _l("3 April: the day comes first")),
            ("month", _l("March 4: the month comes first")),
        ),
        default="auto",
    )

    @property
    def day_first(self) -> bool | None:
        """The choice about dates; None for none."""
        return _DAY_FIRST.get(self.dates.data)


class BringInForm(PostedForm):
    """How the posts of a file come in."""

    way = RadioField(
        _l("How they come in"),
        [InputRequired(_l("Say how they come in."))],
        choices=offered(
            (Way.EXHIBIT.value, _l("As an exhibit: to be read, closed for replies")),
            (Way.LIVE.value, _l("As live posts: the class may reply to them")),
        ),
        default=Way.EXHIBIT.value,
    )
    hide_names = BooleanField(_l("Hide the names: “Author 1”, “Author 2” in their place"))


def file_words(error: FileRefused) -> str:
    """Why nothing of a file can be used, in words for the person who gave it."""
    line, limit = error.data.get("line") or 0, error.data.get("limit") or 0
    words: dict[str, Callable[[], str]] = {
        "too_large": lambda: _(
            "The file is larger than %(limit)s MB. Export it in parts.", limit=int(str(limit)) // 10**6
        ),
        "too_many": lambda: _("There are more than %(limit)s posts in it. Export it in parts.", limit=limit),
        "not_text": lambda: _("This is a spreadsheet, an archive or a PDF. Save it as CSV first, and give that file."),
        "nothing_in_it": lambda: _("There is nothing in it that could be a post."),
        "no_columns": lambda: _(
            "The first line must name the columns: at least “text”, and “author” or “date”. It says: %(found)s",
            found=error.data.get("found", ""),
        ),
        "csv_broken": lambda: _("The quotation marks do not match: look at line %(line)s.", line=line),
        "json_broken": lambda: (
            _("This begins like JSON but cannot be read. Look at line %(line)s.", line=line)
            if line
            else _("This begins like JSON but cannot be read.")
        ),
        "json_unknown": lambda: _("This JSON holds no list of posts that we know."),
        "xml_broken": lambda: _(
            "This begins like XML but cannot be read; look at line %(line)s. Was the export cut short?", line=line
        ),
        "xml_entities": lambda: _(
            "This XML defines entities of its own, as no WordPress export does. It was not read."
        ),
        "not_wordpress": lambda: _("This is XML, but no WordPress export."),
        "missing": lambda: _("Choose a file, or paste its content."),
    }
    said = words.get(error.code)
    return said() if said else _("The file cannot be used.")


def shape_words(shape: Shape) -> str:
    """What a file turned out to be."""
    words = {
        Shape.ROWS: _("a table of posts"),
        Shape.MOODLE: _("a Moodle forum export"),
        Shape.CANVAS: _("a Canvas discussion"),
        Shape.WORDPRESS: _("a WordPress or bbPress export"),
        Shape.COLLOQUY: _("a discussion exported from here"),
    }
    return words[shape]


def fault_words() -> dict[Fault, str]:
    """What was the matter with an entry, and what is done about it."""
    return {
        Fault.EMPTY: _("without text: left out, or kept as an empty place where replies hang on it"),
        Fault.DELETED: _("deleted where it comes from: left out, or kept as an empty place where replies hang on it"),
        Fault.PRIVATE: _("private reply: left out"),
        Fault.UNPUBLISHED: _("draft, hidden, held or spam: left out"),
        Fault.OTHER_KIND: _("no post of a discussion: left out"),
        Fault.DUPLICATE: _("same id as an earlier one: left out"),
        Fault.BROKEN: _("unreadable: left out"),
        Fault.NO_PARENT: _("reply to a post that is not in the file: made a first post"),
        Fault.CYCLE: _("reply to its own replies, in a ring: made a first post"),
        Fault.TOO_DEEP: _("deeper than threads go here: moved up"),
        Fault.NO_DATE: _("no readable date, or one in the future: given the date of the import"),
        Fault.NO_AUTHOR: _("no author named: comes in without a name"),
        Fault.TOO_LONG: _("longer than 100,000 characters: cut there"),
    }
