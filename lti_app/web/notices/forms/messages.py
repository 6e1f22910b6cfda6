"""A message to students."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from lti_app.notices.messages.rules import MAX_SUBJECT, MAX_TEXT, MessageContent
from lti_app.web.forms.fields import LongTextField, PostedForm


class MessageForm(PostedForm):
    """What is written to one student, or to each of several."""

    subject = StringField(_l("Subject"), [Length(max=MAX_SUBJECT)])
    text = LongTextField(_l("Message"), [InputRequired(_l("Write a message.")), Length(max=MAX_TEXT)])

    def to_content(self) -> MessageContent:
        """What was written."""
        return MessageContent(self.subject.data or "", self.text.data or "")
