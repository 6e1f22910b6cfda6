"""Forms of the grading desk."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from lti_app.grading.assessments.rules import MAX_COMMENT
from lti_app.grading.rubrics.rules import RubricView
from lti_app.web.forms.fields import LongTextField, PostedForm

CRITERION = "criterion-"
MAX_DIGITS = 18
"""More than any id has; Python refuses to read numbers of some thousand digits."""


class AssessmentForm(PostedForm):
    """Comment and version; the levels are radio buttons named by their criterion."""

    comment = LongTextField(
        _l("Comment to the student"),
        [Optional(), Length(max=MAX_COMMENT, message=_l("A comment can have up to %(max)d characters. Shorten it."))],
    )
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


def chosen_levels(rubric: RubricView, form: Mapping[str, str]) -> dict[int, int]:
    """The chosen level ids by criterion id; values that are not levels of the rubric are ignored."""
    chosen: dict[int, int] = {}
    for criterion in rubric.criteria:
        value = form.get(f"{CRITERION}{criterion.id}", "")
        is_number = value.isascii() and value.isdigit() and len(value) <= MAX_DIGITS
        if is_number and criterion.level(int(value)):
            chosen[criterion.id] = int(value)
    return chosen
