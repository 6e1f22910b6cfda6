"""Forms of what is done to posts, and of reports."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional

from lti_app.discussion.discussions.rules import MAX_TITLE
from lti_app.discussion.moderation.rules import MAX_REASON, ReportReason
from lti_app.discussion.posts.rules.compose import MAX_TEXT
from lti_app.web.forms.fields import LongTextField, PostedForm, offered

_TOO_LONG = Length(max=MAX_REASON, message=_l("A reason can have up to %(max)d characters. Shorten it."))


class HideForm(PostedForm):
    """Why a post is hidden."""

    reason = LongTextField(
        _l("Reason"),
        [InputRequired(_l("Enter a reason. The author sees it.")), _TOO_LONG],
    )


class SplitForm(PostedForm):
    """A title for the new thread, and why."""

    title = StringField(
        _l("Title of the new thread"),
        [Optional(), Length(max=MAX_TITLE, message=_l("A title can have up to %(max)d characters. Shorten it."))],
    )
    reason = LongTextField(_l("Reason"), [Optional(), _TOO_LONG])


class ReportForm(PostedForm):
    """What is the matter with a post."""

    reason = RadioField(
        _l("What is wrong with this post?"),
        choices=offered(
            {
                ReportReason.DISRESPECT: _l("It is disrespectful or hurtful"),
                ReportReason.PRIVACY: _l("It reveals private information about someone"),
                ReportReason.WORRY: _l("I am worried about the person who wrote it"),
                ReportReason.SPAM: _l("It is spam or off topic"),
                ReportReason.COPIED: _l("It seems to be someone else’s work"),
                ReportReason.OTHER: _l("Something else"),
            }
        ),
        validators=[InputRequired(_l("Choose a reason."))],
    )
    words = LongTextField(_l("Details for your instructor"), [Optional(), _TOO_LONG])


class PrivateReplyForm(PostedForm):
    """An answer that only one student and the staff see."""

    text = LongTextField(
        _l("Your private reply"),
        [
            InputRequired(_l("Write something first.")),
            Length(
                max=MAX_TEXT, message=_l("A post can have up to %(max)d characters. Shorten it, or make two posts.")
            ),
        ],
    )
