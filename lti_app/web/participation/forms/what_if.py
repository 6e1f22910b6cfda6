"""The form of a change of the rules: a field for each value of each kind, empty for what stays."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, IntegerField, SelectField
from wtforms.validators import NumberRange, Optional

from lti_app.participation.requirements.base import FormField
from lti_app.participation.requirements.registry import FIELDS
from lti_app.web.forms.fields import PostedForm, offered

UNCHANGED = "unchanged"


class WhatIfForm(PostedForm):
    """Which discussions, and what they would ask for."""

    discussion = SelectField(_l("Discussion"))

    @property
    def values(self) -> list[Field]:
        """The fields of the requirements."""
        return [self[each.input] for each in FIELDS]

    def to_changes(self) -> dict[str, object]:
        """The values that would change, by input; of a form that is valid."""
        given = {each.input: self[each.input].data for each in FIELDS}
        return {name: value for name, value in given.items() if value is not None and value != UNCHANGED}

    @property
    def discussion_id(self) -> int | None:
        """The discussion that it is about; None for all."""
        return int(self.discussion.data) if self.discussion.data else None


def _field(about: FormField) -> Any:
    label: Any = _l(about.label)
    if about.choices:
        choices = {UNCHANGED: _l("unchanged"), **{value: _l(words) for value, words in about.choices}}
        return SelectField(label, choices=offered(choices), default=UNCHANGED)
    return IntegerField(label, [Optional(), NumberRange(min=0, max=about.most)])


for _about in FIELDS:  # WTForms collects the fields of a form from the attributes of its class
    setattr(WhatIfForm, _about.input, _field(_about))
