"""Forms for posts."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from lti_app.posts.rules import MAX_TEXT
from lti_app.web.forms.fields import LongTextField, PostedForm


class PostForm(PostedForm):
    """A first post or a reply."""

    text = LongTextField(
        _l("Your post"),
        validators=[
            InputRequired(_l("Write something first.")),
            Length(max=MAX_TEXT, message=_l("A post has at most %(max)d characters. Shorten it, or make two.")),
        ],
    )
    parent_id = IntegerField(widget=HiddenInput(), validators=[Optional()])


class EditForm(PostForm):
    """A post that is being changed."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class ConfirmForm(PostedForm):
    """Nothing but the protection against forged requests."""

    confirmed = HiddenField(default="1")
