"""Forms for the stance question."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional

from lti_app.core.errors import Refused
from lti_app.discussion.stances.rules import SCALE
from lti_app.web.forms.fields import PostedForm, offered


class StanceForm(PostedForm):
    """A place on the scale, and the post that moved."""

    value = RadioField(
        _l("Your position"),
        [InputRequired(_l("Choose a point on the scale."))],
        choices=offered({place: str(place) for place in SCALE}),
    )
    moved = StringField(_l("Post that changed your mind"), [Optional(), Length(max=400)])
    again = HiddenField(default="")


def mark_refused(form: StanceForm, error: Refused) -> None:
    """Say beside the field what was the matter."""
    if error.code == "no_such_post":
        form.moved.errors = [_("We found no post by a classmate at this address. Enter an address like 2.3.1.")]
    else:
        form.value.errors = [_("Choose a point on the scale.")]
