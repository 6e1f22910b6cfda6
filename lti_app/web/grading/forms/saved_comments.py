"""The form of a saved comment."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length, Optional

from lti_app.grading.comments.rules.saved import MAX_LABEL, MAX_SAVED_TEXT, Placeholder
from lti_app.web.forms.fields import LongTextField, PostedForm

PLACEHOLDERS = {
    Placeholder.NAME: _l("the student’s name; their pseudonym while names are hidden from you"),
    Placeholder.POSTS: _l("how many posts they have in the discussion, replies included"),
    Placeholder.REPLIES: _l("how many of these are replies"),
    Placeholder.WORDS: _l("how many words these posts have together"),
    Placeholder.CITATIONS: _l("how many times they cite a reading"),
    Placeholder.CITATION: _l("their first citation, for example Kotter 1990, p. 104"),
}
"""What each placeholder stands for."""


class SavedCommentForm(PostedForm):
    """A comment to use again, and what it is for."""

    text = LongTextField(
        _l("Comment"),
        [
            InputRequired(_l("Write the comment.")),
            Length(max=MAX_SAVED_TEXT, message=_l("A saved comment can have up to %(max)d characters. Shorten it.")),
        ],
    )
    criterion = StringField(_l("Criterion"), [Optional(), Length(max=MAX_LABEL)])
    level = StringField(_l("Level"), [Optional(), Length(max=MAX_LABEL)])
