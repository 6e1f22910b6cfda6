"""Forms for posts."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import HiddenInput

from lti_app.course.groups.queries import GroupLine
from lti_app.discussion.discussions.rules import Anonymity, Move
from lti_app.discussion.drafts.rules import DraftRef
from lti_app.discussion.posts.rules.compose import MAX_FILES, MAX_TEXT
from lti_app.discussion.posts.rules.formats import Format
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.web.discussion.forms.composing import MOVES, Aids
from lti_app.web.forms.fields import offered
from lti_app.web.forms.rich_text import ComposedField, RichTextForm

MAX_DIGITS = 18
"""Of an id that a form sends."""


class PostForm(RichTextForm):
    """A first post or a reply."""

    text = ComposedField(_l("Your post"), validators=[InputRequired(_l("Write something first."))])
    parent_id = IntegerField(widget=HiddenInput(), validators=[Optional()])
    attached = SelectMultipleField(coerce=int, validate_choice=False)
    """The files that are there already."""
    files = MultipleFileField(_l("Attach files"))
    title = StringField(_l("Topic title"))
    group = StringField(_l("Group"))
    shown_anonymity = StringField()
    """What the page says about names to whoever writes here; empty where it says nothing."""
    announcement = BooleanField(_l("Post as an announcement, above all other threads"))
    """Only staff can post announcements; for others the field is ignored."""
    starts: bool = False
    """Whether it begins a thread."""
    is_titled: bool = False
    """Whether it asks for a title."""
    groups: Sequence[GroupLine] = ()
    """Where groups discuss apart: those to choose from."""
    move = RadioField(_l("Type of reply"), choices=offered(MOVES), default="")
    draft = HiddenField(default="")
    """The version of the draft that this goes on from."""
    draft_writer = HiddenField(default="")
    aids: Aids | None = None
    """What the page tells around it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.attached_files: list[dict[str, Any]] = []
        """What the page tells of them."""

    def validate_text(self, field: ComposedField) -> None:
        """A post is so long at most."""
        if field.is_longer_than(MAX_TEXT):
            raise ValidationError(
                _("A post can have up to %(max)d characters. Shorten it, or make two posts.", max=MAX_TEXT)
            )

    def validate_attached(self, field: Field) -> None:
        """Refuse more than MAX_FILES files."""
        if len(field.data or ()) > MAX_FILES:
            raise ValidationError(_("You can attach up to %(max)d files to a post.", max=MAX_FILES))

    def to_content(self) -> PostContent:
        """The content of the form as an author wrote it."""
        group, anonymity = str(self.group.data or ""), self.shown_anonymity.data
        return PostContent(
            text=self.text.data or "",
            title=self.title.data or "",
            group_id=int(group) if group.isdecimal() and len(group) <= MAX_DIGITS else None,
            format=Format.HTML if self.is_rich else Format.TEXT,
            file_ids=tuple(dict.fromkeys(self.attached.data or ())),
            move=Move(self.move.data) if self.move.data else None,
            announcement=bool(self.announcement.data),
            shown_anonymity=Anonymity(anonymity) if anonymity in list(Anonymity) else None,
        )

    def to_draft(self) -> DraftRef:
        """The draft that the form was begun with."""
        return DraftRef(self.draft.data or "", self.draft_writer.data or "")


class EditForm(PostForm):
    """A post that is being changed."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
