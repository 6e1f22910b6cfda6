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
            (Right.OWN_WORK.value, _l("I wrote it, or hold its rights")),
            (Right.OPEN_LICENCE.value, _l("It is open access, or under an open licence")),
            (Right.LIBRARY_LICENCE.value, _l("My library's licence allows it")),
            (Right.PERMISSION.value, _l("The holder of its rights has allowed it")),
            (Right.PUBLIC_DOMAIN.value, _l("It is in the public domain")),
            (Right.EXCEPTION.value, _l("Fair use, fair dealing or another exception for teaching")),
        ),
        validators=[InputRequired(_l("Say why this text may be shared with the class."))],
        validate_choice=True,
    )
    note = StringField(
        _l("In your words"),
        validators=[Length(max=MAX_RIGHTS, message=_l("Say it in at most %(max)d characters."))],
    )
    first_page = IntegerField(
        _l("Number printed on its first page"),
        default=1,
        validators=[Optional(), NumberRange(1, 99_999, _l("A page number lies between 1 and 99999."))],
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

    page = StringField(
        _l("Page"), validators=[Length(max=MAX_LOCATOR, message=_l("That is too long for a page number."))]
    )
    paragraph = StringField(
        _l("Paragraph"),
        validators=[Length(max=MAX_LOCATOR, message=_l("That is too long for a paragraph's number."))],
    )
    exact = LongTextField(
        _l("Words that you quote"),
        validators=[Length(max=MAX_EXACT, message=_l("Quote at most %(max)d characters."))],
    )
    prefix = HiddenField(validators=[Length(max=1000)])
    suffix = HiddenField(validators=[Length(max=1000)])


def file_refusal(error: Refused) -> str:
    """Why a file was not taken, in words for the person who sent it."""
    limit = error.data.get("limit", 0)
    words = {
        "file_empty": _("Choose a file; the one that arrived is empty."),
        "file_too_large": _("The file is too large: at most %(size)s MB are taken.", size=int(str(limit)) // 1_000_000),
        "file_type": _(
            "This kind of file is not taken. What is in the file decides, not its name. Taken are: %(kinds)s.",
            kinds=kinds_in_words(error.data.get("kinds")),
        ),
        "file_broken": _("The file is damaged, or is not what its beginning says. Save it again and send that."),
        "picture_too_large": _(
            "The picture has too many pixels: at most %(limit)s million. Make it smaller and send that.", limit=limit
        ),
        "archive_too_large": _("The document would unpack to far more than its size. Save it as a PDF and send that."),
        "rights_missing": _("Say why this text may be shared with the class."),
        "too_many_files": _("Too many of your files are waiting for a post. Send the post, or try again tomorrow."),
    }
    return words.get(error.code, _("The file could not be taken."))


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
