"""What a composer sends while one is writing."""

from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField

from lti_app.discussion.discussions.rules import Move
from lti_app.discussion.drafts.rules import DraftContent
from lti_app.discussion.posts.rules.formats import Format
from lti_app.web.discussion.forms.composing import MOVES
from lti_app.web.forms.fields import LongTextField, PostedForm, offered


class DraftForm(PostedForm):
    """The fields of a PostForm, none of which need be there yet, and where it would go."""

    place = StringField(default="")
    title = StringField(default="")
    text = LongTextField(default="")
    format = SelectField(choices=offered({kind: kind for kind in Format}), default=Format.TEXT.value)
    attached = SelectMultipleField(coerce=int, validate_choice=False, default=())
    move = RadioField(choices=offered(MOVES), default="")
    draft = HiddenField(default="")
    draft_writer = HiddenField(default="")

    def to_draft_content(self) -> DraftContent:
        """What has been written so far."""
        return DraftContent(
            text=self.text.data or "",
            format=Format(self.format.data),
            move=Move(self.move.data) if self.move.data else None,
            title=self.title.data or "",
            file_ids=tuple(dict.fromkeys(self.attached.data or ())),
        )
