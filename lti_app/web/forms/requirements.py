"""The fields of every kind of requirement, built from the plain data with which each kind describes its own."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from lti_app.discussion.discussions.rules import StoredRequirements
from lti_app.participation.requirements.base import FormField
from lti_app.participation.requirements.registry import FIELDS, to_stored, to_values
from lti_app.web.forms.fields import offered


class RequirementsForm(Form):
    """What an instructor asks a class for: part of a form, with a field for each value of each kind."""

    @property
    def numbers(self) -> list[Field]:
        """The counts: words, people, days."""
        return [self[each.input] for each in FIELDS if not each.choices]

    @property
    def choices(self) -> list[Field]:
        """What is chosen from a list."""
        return [self[each.input] for each in FIELDS if each.choices]

    def to_stored_requirements(self) -> StoredRequirements:
        """What was asked for, as a discussion stores it; of a form that is valid."""
        return to_stored({each.input: self[each.input].data or each.nothing for each in FIELDS})


def begun_requirements(stored: StoredRequirements, *, is_new: bool) -> dict[str, object]:
    """What the fields begin with: what the discussion asks for, or what a new one is offered."""
    return {each.input: each.begins_with for each in FIELDS} if is_new else to_values(stored)


def _field(about: FormField) -> Any:
    label: Any = _l(about.label)
    if about.choices:
        choices = offered({value: _l(words) for value, words in about.choices})
        return SelectField(label, choices=choices)
    filled = Optional() if about.is_optional else InputRequired()
    return IntegerField(label, [filled, NumberRange(min=about.least, max=about.most)])


for _about in FIELDS:  # WTForms collects the fields of a form from the attributes of its class
    setattr(RequirementsForm, _about.input, _field(_about))
