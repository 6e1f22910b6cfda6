"""The form that chooses the columns of the gradebook."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.validators import Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from lti_app.core.prose import clean_line
from lti_app.grading.passbacks.rules.parts import ColumnPlan, GradeColumns
from lti_app.grading.rubrics.rules.criteria import CriterionView, Evidence
from lti_app.web.forms.fields import PostedForm, offered

MAX_NAME = 60


class ColumnsForm(PostedForm):
    """Which columns, and which criteria are about the replies. The criteria are named by the keys that are the same in
    every version of a rubric.
    """

    columns = RadioField(
        _l("Columns"),
        choices=offered(
            {
                GradeColumns.ONE: _l("One column for the discussion"),
                GradeColumns.STAGES: _l("Separate columns for the first post and the replies"),
                GradeColumns.CRITERIA: _l("One column for each criterion"),
            }
        ),
    )
    replies = SelectMultipleField(
        _l("Criteria about the replies"), coerce=int, option_widget=CheckboxInput(), widget=ListWidget()
    )
    first_name = StringField(_l("Name of the first column"), [Length(max=MAX_NAME)])
    replies_name = StringField(_l("Name of the second column"), [Length(max=MAX_NAME)])

    def show(self, plan: ColumnPlan, criteria: Sequence[CriterionView]) -> None:
        """Fill in the plan: for one that says nothing of replies, the criteria whose evidence is replies."""
        about_replies = [each.key for each in criteria if each.evidence is Evidence.REPLIES]
        chosen = plan.columns is GradeColumns.STAGES
        self.columns.data = plan.columns.value
        self.replies.data = (
            [each.key for each in criteria if each.key in plan.reply_criteria] if chosen else about_replies
        )
        self.first_name.data = plan.names[0] or _("First post")
        self.replies_name.data = plan.names[1] or _("Replies")

    def offer(self, criteria: Sequence[CriterionView]) -> None:
        """Offer the criteria that count."""
        self.replies.choices = offered({each.key: each.title for each in criteria})

    def plan(self) -> ColumnPlan:
        """What was chosen."""
        columns = GradeColumns(self.columns.data)
        if columns is not GradeColumns.STAGES:
            return ColumnPlan(columns)
        first_post = clean_line(self.first_name.data or "") or _("First post")
        replies = clean_line(self.replies_name.data or "") or _("Replies")
        return ColumnPlan(columns, frozenset(self.replies.data or ()), (first_post, replies))

    def validate_replies(self, field: SelectMultipleField) -> None:
        """Each of two columns has a criterion."""
        if self.columns.data == GradeColumns.STAGES and not 0 < len(field.data or ()) < len(field.choices or ()):
            raise ValidationError(_("Each column needs a criterion. Select at least one, and leave at least one out."))

    def validate_replies_name(self, _field: StringField) -> None:
        """Two columns have two names."""
        if self.columns.data == GradeColumns.STAGES:
            first_post, replies = self.plan().names
            if first_post.casefold() == replies.casefold():
                raise ValidationError(_("Both columns have the same name. Change one of them."))
