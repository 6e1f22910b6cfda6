"""Forms for files."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lti_app.core.errors import Refused
from lti_app.library.files.rules import MAX_RIGHTS, MediaType, Right, Rights
from lti_app.library.readings.rules import MAX_EXACT, MAX_LOCATOR
from lti_app.web.forms.fields import LongTextField, PostedForm, offered


class AttachmentForm(PostedForm):
    """A file for a post; the file itself is read where it is taken."""


class ReadingFileForm(PostedForm):
    """A file for the class to read, and why it may be shared; the file itself is read where it is taken."""

    ground = RadioField(
        _l("Why may you share it with this class?"),
        choices=offered(
            {
                Right.OWN_WORK: _l("I wrote it, or I own the rights"),
                Right.OPEN_LICENCE: _l("It is open access or has an open license"),
                Right.LIBRARY_LICENCE: _l("My library’s license allows it"),
                Right.PERMISSION: _l("The copyright holder has given permission"),
                Right.PUBLIC_DOMAIN: _l("It is in the public domain"),
                Right.EXCEPTION: _l("Fair use, fair dealing or another exception for education"),
            }
        ),
        validators=[InputRequired(_l("Choose why you may share this text with the class."))],
        validate_choice=True,
    )
    note = StringField(
        _l("Details"),
        validators=[Length(max=MAX_RIGHTS, message=_l("Use up to %(max)d characters."))],
    )
    first_page = IntegerField(
        _l("Page number printed on its first page"),
        default=1,
        validators=[Optional(), NumberRange(1, 99_999, _l("Enter a page number between 1 and 99999."))],
    )

    @property
    def rights(self) -> Rights:
        """What the form states."""
        return Rights(Right(self.ground.data), self.note.data or "")


class PlaceForm(PostedForm):
    """The last page that a person has reached in a reading."""

    page = StringField(validators=[Length(max=MAX_LOCATOR)])
    paragraph = StringField(validators=[Length(max=MAX_LOCATOR)])


class PassageForm(PostedForm):
    """A passage of a reading: its place and, if words were selected, the words and their context."""

    page = StringField(_l("Page"), validators=[Length(max=MAX_LOCATOR, message=_l("This page number is too long."))])
    paragraph = StringField(
        _l("Paragraph"),
        validators=[Length(max=MAX_LOCATOR, message=_l("This paragraph number is too long."))],
    )
    exact = LongTextField(
        _l("Words to quote"),
        validators=[Length(max=MAX_EXACT, message=_l("A quotation can have up to %(max)d characters."))],
    )
    prefix = HiddenField(validators=[Length(max=1000)])
    suffix = HiddenField(validators=[Length(max=1000)])


def file_refusal(error: Refused) -> str:
    """Why a file was not taken, in words for the person who sent it."""
    limit = error.data.get("limit", 0)
    words = {
        "file_empty": _("This file is empty. Choose another file."),
        "file_too_large": _(
            "This file is too large. Choose a file of up to %(size)s MB.", size=int(str(limit)) // 1_000_000
        ),
        "file_type": _(
            "We can’t accept this type of file, which we detect from its content, not its name. Accepted types: "
            "%(kinds)s.",
            kinds=kinds_in_words(error.data.get("kinds")),
        ),
        "file_broken": _(
            "This file is damaged or is not the type it seems to be. Save it again and upload the new copy."
        ),
        "file_locked": _(
            "This PDF opens only with a password, so your class couldn’t read it here. Save a copy without the "
            "password and upload that."
        ),
        "file_reading_busy": _("Other files are being read right now. Try again in a minute."),
        "picture_too_large": _(
            "This picture is too large. Make it smaller, up to %(limit)s million pixels, and upload it again.",
            limit=limit,
        ),
        "file_too_complex": _("This web page is nested too deeply to be shown here. Save it as a PDF and upload that."),
        "archive_too_large": _("This document unpacks to far more than its size. Save it as a PDF and upload that."),
        "rights_missing": _("Choose why you may share this text with the class."),
        "too_many_files": _(
            "You have too many files that are not in a post yet. Post your text first, or try again tomorrow."
        ),
    }
    return words.get(error.code, _("The file could not be uploaded. Try again."))


def kinds_in_words(kinds: object) -> str:
    """PDF, JPEG, PNG …"""
    names = {
        MediaType.PDF: "PDF",
        MediaType.HTML: "HTML",
        MediaType.PNG: "PNG",
        MediaType.JPEG: "JPEG",
        MediaType.GIF: "GIF",
        MediaType.WEBP: "WebP",
        MediaType.TEXT: _("plain text (UTF-8)"),
        MediaType.DOCX: "Word (docx)",
        MediaType.ODT: "OpenDocument (odt)",
    }
    wanted = set(kinds) if isinstance(kinds, list) else set()
    return _(", ").join(name for kind, name in names.items() if kind in wanted)
