"""The form for a reading's text."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField
from wtforms.validators import InputRequired, NumberRange, Optional

from lti_app.library.passages.rules import Kept
from lti_app.web.forms.fields import LongTextField, PostedForm, offered


class TextForm(PostedForm):
    """A text that quotations are checked against."""

    text = LongTextField(_l("The text"), validators=[InputRequired(_l("Paste the text here."))])
    first_page = IntegerField(
        _l("Number of its first page"),
        default=1,
        validators=[Optional(), NumberRange(1, 99_999, _l("A page number lies between 1 and 99999."))],
    )
    kept = RadioField(
        _l("What is kept of it"),
        choices=offered(
            (Kept.FINGERPRINTS.value, _l("Only fingerprints of its word runs, from which nobody can read the text")),
            (Kept.TEXT.value, _l("The text, for this check alone; no page ever shows it")),
        ),
        default=Kept.FINGERPRINTS.value,
    )

    def kept_as(self) -> Kept:
        """What the choice means."""
        return Kept(self.kept.data)
