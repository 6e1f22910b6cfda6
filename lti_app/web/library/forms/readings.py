"""Forms for readings: the record, the paste box, and how far one has got."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import URL, DataRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from lti_app.library.bibliography.rules.records import MAX_CHARACTERS, doi_of
from lti_app.library.readings.queries import ReadingView
from lti_app.library.readings.rules import MAX_LOCATOR, ReadingEntry, entry_of
from lti_app.web.forms.fields import LongTextField, PostedForm, ShortEnough, offered

KINDS = offered(
    {
        "article-journal": _l("Journal article"),
        "article-magazine": _l("Magazine article"),
        "article-newspaper": _l("Newspaper article"),
        "book": _l("Book"),
        "chapter": _l("Book chapter"),
        "paper-conference": _l("Conference paper"),
        "report": _l("Report"),
        "thesis": _l("Thesis"),
        "webpage": _l("Web page"),
        "motion_picture": _l("Film or video"),
        "speech": _l("Talk"),
        "document": _l("Something else"),
    }
)
ENTRY_FIELDS = tuple(ReadingEntry.__dataclass_fields__)


def _is_doi(_form: Any, field: StringField) -> None:
    if doi_of(field.data or "") == "":
        raise ValidationError(_("Enter a DOI like 10.1000/182."))


class RecordForm(PostedForm):
    """A reading's record, to be written by hand or changed."""

    kind = SelectField(_l("Type"), choices=KINDS, default="article-journal")
    authors = StringField(_l("Authors"), [Optional(), Length(max=2000)])
    year = IntegerField(_l("Year"), [Optional(), NumberRange(min=-3000, max=2200)])
    title = StringField(_l("Title"), [DataRequired(_l("Enter the title of the reading.")), Length(max=500)])
    container = StringField(_l("Journal, newspaper, website or book title"), [Optional(), Length(max=300)])
    volume = StringField(_l("Volume"), [Optional(), Length(max=20)])
    issue = StringField(_l("Issue"), [Optional(), Length(max=20)])
    pages = StringField(_l("Pages"), [Optional(), Length(max=40)])
    edition = StringField(_l("Edition"), [Optional(), Length(max=40)])
    editors = StringField(_l("Editors"), [Optional(), Length(max=1000)])
    publisher = StringField(_l("Publisher"), [Optional(), Length(max=200)])
    place = StringField(_l("Place of publication"), [Optional(), Length(max=200)])
    url = StringField(
        _l("Link"),
        [Optional(), ShortEnough(max=1000), URL(message=_l("Enter a full address that starts with https://."))],
    )
    doi = StringField(_l("DOI"), [Optional(), ShortEnough(max=200), _is_doi])
    through_library = BooleanField(_l("Students get it through the library"), default=True)
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def __init__(self, *args: Any, kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind and all(
            kind != known.value for known in KINDS
        ):  # a type that only imports bring, which an edit must not lose
            self.kind.choices = [*KINDS, *offered({kind: kind.replace("-", " ").replace("_", " ")})]

    def to_entry(self) -> ReadingEntry:
        """The reading as its rules want it."""
        words = {name: (self[name].data or "").strip() for name in ENTRY_FIELDS if name != "year"}
        return ReadingEntry(year=self.year.data, **{**words, "doi": doi_of(words["doi"])})


class PasteForm(PostedForm):
    """References pasted from a reference manager, a library catalog or a journal page."""

    source = LongTextField(
        _l("DOI, BibTeX, RIS or CSL-JSON"),
        [
            DataRequired(_l("Paste a DOI or a record first.")),
            Length(max=MAX_CHARACTERS, message=_l("This has more than a million characters. Paste it in parts.")),
        ],
    )


class PositionForm(PostedForm):
    """Where a student stopped reading."""

    page = StringField(_l("Page"), [Optional(), Length(max=MAX_LOCATOR)])
    paragraph = StringField(_l("Paragraph"), [Optional(), Length(max=MAX_LOCATOR)])


def prefilled(reading: ReadingView) -> dict[str, Any]:
    """The form's content for a reading."""
    entry = entry_of(reading.csl)
    fields = {name: getattr(entry, name) for name in ENTRY_FIELDS}
    return {**fields, "through_library": reading.through_library, "version": reading.version}
