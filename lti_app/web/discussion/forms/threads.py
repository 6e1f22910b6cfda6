"""Forms of the thread: what has been seen, and in which order it is read."""

from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from lti_app.discussion.read_state.rules import Sort
from lti_app.web.forms.fields import PostedForm, offered


class ReadPostsForm(PostedForm):
    """The numbers of posts, in runs."""

    numbers = StringField(validators=[InputRequired(), Length(max=20_000)])
    quiet = BooleanField()
    """Whether a script has sent it, which needs no page."""


class SortForm(PostedForm):
    """One of the orders."""

    sort = SelectField(choices=offered({sort: sort.name for sort in Sort}))
