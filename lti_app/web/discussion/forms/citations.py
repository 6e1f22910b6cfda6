"""The form for a reading's text."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField
from wtforms.validators import InputRequired, NumberRange, Optional

from lti_app.library.passages.rules import TextStorage
from lti_app.web.forms.fields import LongTextField, PostedForm, offered


class TextForm(PostedForm):
    """A text that quotations are checked against."""

    text = LongTextField(_l("Text of the reading"), validators=[InputRequired(_l("Paste the text here."))])
    first_page = IntegerField(
        _l("First page number"),
        default=1,
        validators=[Optional(), NumberRange(1, 99_999, _l("Enter a page number between 1 and 99999."))],
    )
    stored_as = RadioField(
        _l("What to store"),
        choices=offered(
            {
                TextStorage.HASHES: _l("Only hashes of word sequences; nobody can read the text from them"),
                TextStorage.TEXT: _l("The text, for this check only; it is never shown"),
            }
        ),
        default=TextStorage.HASHES.value,
    )

    def to_storage(self) -> TextStorage:
        """The chosen kind of storage."""
        return TextStorage(self.stored_as.data)
