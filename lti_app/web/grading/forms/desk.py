"""Forms of the grading desk."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, IntegerField
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import HiddenInput

from lti_app.grading.assessments.rules import MAX_COMMENT, MAX_CRITERION_COMMENT, MAX_NOTE
from lti_app.grading.comments.rules.saved import placeholders_in
from lti_app.grading.rubrics.rules.criteria import CriterionMark, CriterionView, LevelView, RubricView
from lti_app.web.forms.fields import LongTextField, PostedForm

CRITERION = "criterion-"
POINTS = "points-"
COMMENT = "comment-"
PREVIEW, RESULT = "preview", "result"
"""Buttons of the desk: the one that shows the comments as students read them, and what scripts send as one types."""
TYPED_POINTS = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,2})?", re.ASCII)


def left_words(text: str) -> str:
    """What to do about the placeholders that a comment to a student still has; empty if it has none."""
    names = ", ".join(f"{{{name}}}" for name in placeholders_in(text))
    return _("Replace %(names)s. The student would read it as it is.", names=names) if names else ""


def _nothing_left(_form: Form, field: Field) -> None:
    if words := left_words(field.data or ""):
        raise ValidationError(words)


class AssessmentForm(PostedForm):
    """Comment and versions; the levels are radio buttons named by their criterion, by keys that are the same in every
    version of a rubric, so that what was chosen stays when the rubric changes meanwhile.
    """

    comment = LongTextField(
        _l("Comment to the student"),
        [
            Optional(),
            Length(max=MAX_COMMENT, message=_l("A comment can have up to %(max)d characters. Shorten it.")),
            _nothing_left,
        ],
    )
    note = LongTextField(
        _l("Note for graders"),
        [Optional(), Length(max=MAX_NOTE, message=_l("A note can have up to %(max)d characters. Shorten it."))],
    )
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    marked_with = IntegerField(widget=HiddenInput(), validators=[Optional()])


@dataclass(frozen=True)
class RubricRow:
    """A criterion on the desk."""

    criterion: CriterionView
    mark: CriterionMark
    suggested: LevelView | None

    @property
    def is_preselected(self) -> bool:
        """Whether the desk has chosen the suggested level: nothing is marked yet, and the rubric asks for it."""
        return self.criterion.preselects and self.suggested is not None and self.mark.is_empty

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing of one student in it."""
        return self.suggested is None and self.mark.is_empty

    @property
    def has_long_comment(self) -> bool:
        """Whether the comment was refused for its length."""
        return len(self.mark.comment) > MAX_CRITERION_COMMENT

    @property
    def left_words(self) -> str:
        """What to do about the placeholders that the comment still has; empty if it has none."""
        return left_words(self.mark.comment)

    @property
    def chosen_level_id(self) -> int | None:
        """The level that is shown as chosen."""
        return self.suggested.id if self.suggested and self.is_preselected else self.mark.level_id


def chosen_marks(rubric: RubricView, form: Mapping[str, str]) -> dict[int, CriterionMark]:
    """What was chosen and written for each criterion, by its id; what cannot be read as its level or points is
    ignored.
    """
    return {criterion.id: _mark(criterion, form) for criterion in rubric.criteria}


def _mark(criterion: CriterionView, form: Mapping[str, str]) -> CriterionMark:
    value = form.get(f"{CRITERION}{criterion.key}", "")
    level = next((each for each in criterion.levels if str(each.key) == value), None)
    return CriterionMark(
        level_id=level.id if level else None,
        points=parsed_points(form.get(f"{POINTS}{criterion.key}", "")) if criterion.uses_range else None,
        comment=form.get(f"{COMMENT}{criterion.key}", ""),
    )


def parsed_points(text: str) -> Decimal | None:
    """Points as people type them, with a dot or a comma and two decimal places at most; None for anything else."""
    match = TYPED_POINTS.fullmatch(text.strip())
    return Decimal(match[0].replace(",", ".")) if match else None
