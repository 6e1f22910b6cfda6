"""Forms for bringing posts in, and the words for what was found in a file."""

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, RadioField, SelectField
from wtforms.validators import InputRequired

from lti_app.exchange.formats.encodings import CODECS
from lti_app.exchange.formats.entries import Fault, Shape
from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.importing.queries import ImportView
from lti_app.exchange.importing.rules.posts import ImportMode
from lti_app.web.forms.fields import LongTextField, PostedForm, ZoneField, offered

_DAY_FIRST = {"day": True, "month": False}
SHAPES = {
    Shape.ROWS: _l("a table of posts"),
    Shape.MOODLE: _l("a Moodle forum export"),
    Shape.CANVAS: _l("a Canvas discussion"),
    Shape.WORDPRESS: _l("a WordPress or bbPress export"),
    Shape.COLLOQUY: _l("a discussion exported from Colloquy"),
}
"""What a file turned out to be."""
FAULTS = {
    Fault.EMPTY: _l("no text: skipped, or kept as an empty post if it has replies"),
    Fault.DELETED: _l("deleted in the source: skipped, or kept as an empty post if it has replies"),
    Fault.PRIVATE: _l("private: skipped, with the replies to it"),
    Fault.PROTECTED: _l("protected by a password: skipped, with the replies to it"),
    Fault.DRAFT: _l("draft: skipped, with the replies to it"),
    Fault.SCHEDULED: _l("scheduled for later: skipped, with the replies to it"),
    Fault.UNPUBLISHED: _l("not published: skipped, with the replies to it"),
    Fault.HIDDEN: _l("hidden in the source: skipped, or kept as an empty post if it has replies"),
    Fault.PENDING: _l("waiting for approval in the source: skipped, or kept as an empty post if it has replies"),
    Fault.HELD: _l("held for review in the source: skipped, or kept as an empty post if it has replies"),
    Fault.SPAM: _l("spam: skipped, or kept as an empty post if it has replies"),
    Fault.OTHER_KIND: _l("not a discussion post: skipped"),
    Fault.DUPLICATE: _l("same ID as an earlier post: skipped"),
    Fault.BROKEN: _l("unreadable: skipped"),
    Fault.NO_PARENT: _l("reply to a post that is not in the file: imported as a first post"),
    Fault.CYCLE: _l("replies that answer each other in a loop: imported as first posts"),
    Fault.TOO_DEEP: _l("nested too deeply: moved up"),
    Fault.NO_DATE: _l("no readable date, or a date in the future: imported without a date"),
    Fault.NO_AUTHOR: _l("no author: imported without a name"),
    Fault.TOO_LONG: _l("longer than 100,000 characters: shortened"),
    Fault.TOO_COMPLEX: _l("formatting nested too deeply: imported as plain text"),
    Fault.MORE_REPLIES: _l("has more replies than the file: the missing replies cannot be imported"),
    Fault.BAD_BYTES: _l("characters that cannot be read in this encoding: shown as �"),
    Fault.CUT: _l("cut off by a spreadsheet: imported as far as it goes, without formatting"),
    Fault.PICTURE: _l("picture not in the file: its description is shown instead"),
    Fault.VIDEO: _l("video not in the file: its name is shown instead"),
    Fault.AUDIO: _l("audio not in the file: its name is shown instead"),
    Fault.EQUATION: _l("equation: its source is shown instead"),
    Fault.FILE: _l("attachment not in the file: its name is shown instead"),
    Fault.EMBEDDED: _l("embedded content not in the file: its name is shown instead"),
    Fault.REVIEW: _l("may be an advertisement for essays or mostly links: held for review"),
}
"""What was the matter with an entry, and what is done about it."""


LOST_WORDS = {
    Fault.PICTURE: _l("Picture"),
    Fault.VIDEO: _l("Video"),
    Fault.AUDIO: _l("Audio"),
    Fault.EQUATION: _l("Equation"),
    Fault.FILE: _l("File"),
    Fault.EMBEDDED: _l("Embedded content"),
}
"""What stands in a post before the name of something that cannot come along."""


class ReadingForm(PostedForm):
    """How the characters and the dates of a file are read."""

    encoding = SelectField(
        _l("Character encoding"),
        choices=offered({"": _l("Detect automatically"), **{name: name for name in CODECS}}),
        default="",
    )
    time_zone = ZoneField(_l("Time zone for dates without one"))
    dates = SelectField(
        _l("Dates such as 3/4/2026"),
        choices=offered(
            {
                "auto": _l("Detect from the other dates"),
                "day": _l("April 3 (day first)"),
                "month": _l("March 4 (month first)"),
            }
        ),
        default="auto",
    )

    @property
    def day_first(self) -> bool | None:
        """The choice about dates; None for none."""
        return _DAY_FIRST.get(self.dates.data)


class ImportForm(ReadingForm):
    """A file or pasted text, and how it is read."""

    file = FileField(_l("File"))
    text = LongTextField(_l("Or paste the text here"))


class ImportChoiceForm(PostedForm):
    """How the posts of a file come in."""

    mode = RadioField(
        _l("Import as"),
        [InputRequired(_l("Choose how to import the posts."))],
        choices=offered(
            {
                ImportMode.READ_ONLY: _l("Read-only: the class can read the posts but not reply"),
                ImportMode.OPEN: _l("Open for replies: the class can reply to the posts"),
            }
        ),
        default=ImportMode.READ_ONLY.value,
    )
    hide_names = BooleanField(_l("Hide names: show “Author 1”, “Author 2” instead"))


def file_words(error: FileRefused) -> str:
    """Why nothing of a file can be used, in words for the person who gave it."""
    line, limit = error.data.get("line") or 0, error.data.get("limit") or 0
    words: dict[str, Callable[[], str]] = {
        "too_large": lambda: _(
            "This file is larger than %(limit)s MB. Export it in parts.", limit=int(str(limit)) // 10**6
        ),
        "too_many": lambda: _("This file has more than %(limit)s posts. Export it in parts.", limit=limit),
        "not_text": lambda: _("This is a spreadsheet, an archive or a PDF. Save it as CSV, then upload that file."),
        "nothing_in_it": lambda: _("We found no posts in this file. Check that it is the right export."),
        "no_columns": lambda: _(
            "The first line must name the columns: at least “text”, and “author” or “date”. It reads: %(found)s",
            found=error.data.get("found", ""),
        ),
        "too_wide": lambda: _(
            "Line %(line)s has too many columns. A file of posts can have up to %(limit)s; remove the others.",
            line=line,
            limit=limit,
        ),
        "csv_broken": lambda: _("The quotation marks do not match. Check line %(line)s.", line=line),
        "json_broken": lambda: (
            _("This looks like JSON but can’t be read. Check line %(line)s.", line=line)
            if line
            else _("This looks like JSON but can’t be read. Export it again.")
        ),
        "json_unknown": lambda: _("This JSON has no list of posts that we recognize."),
        "xml_broken": lambda: _(
            "This looks like XML but can’t be read. Check line %(line)s; the export may be incomplete.", line=line
        ),
        "xml_entities": lambda: _(
            "This XML defines its own entities, which WordPress exports never do, so it was not read."
        ),
        "not_wordpress": lambda: _("This is XML but not a WordPress export."),
        "missing": lambda: _("Choose a file, or paste its content."),
    }
    said = words.get(error.code)
    return said() if said else _("This file can’t be used.")


def lost_words() -> dict[Fault, str]:
    """LOST_WORDS in the language of whoever imports."""
    return {fault: str(word) for fault, word in LOST_WORDS.items()}


def reading_of(found: ImportView) -> dict[str, str]:
    """How a file was read, as the fields of a ReadingForm."""
    dates = {True: "day", False: "month", None: "auto"}[found.day_first]
    return {"encoding": found.encoding, "time_zone": found.zone, "dates": dates}
