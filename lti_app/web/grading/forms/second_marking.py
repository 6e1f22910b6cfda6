"""The settings of second marking."""

from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, StringField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from lti_app.grading.graders.rules.blind import Agreement, SecondMarkingMode, SecondMarkingPlan
from lti_app.web.forms.fields import PostedForm, offered
from lti_app.web.grading.forms.desk import parsed_points

MODES = {
    SecondMarkingMode.OFF: _l("Nobody’s"),
    SecondMarkingMode.SAMPLE: _l("A random sample of the class"),
    SecondMarkingMode.EVERYBODY: _l("Everybody’s"),
}
AGREEMENTS = {
    Agreement.PERSON: _l("A person always decides"),
    Agreement.AVERAGE: _l("The average counts if they are close enough"),
    Agreement.FIRST: _l("The first marker’s marks count if they are close enough"),
}


class SecondMarkingForm(PostedForm):
    """Whose work two graders mark, and what becomes of marks that are close to one another."""

    mode = RadioField(_l("Whose work do two graders mark?"), choices=offered(MODES))
    percent = IntegerField(
        _l("Size of the sample"),
        [
            InputRequired(_l("Enter a percentage from 1 to 100.")),
            NumberRange(min=1, max=100, message=_l("Enter a percentage from 1 to 100.")),
        ],
    )
    agreement = RadioField(_l("When both have submitted their marks"), choices=offered(AGREEMENTS))
    tolerance = StringField(
        _l("Close enough: up to this many rubric points apart"), [InputRequired(_l("Enter a number of points."))]
    )

    def validate_tolerance(self, field: StringField) -> None:
        """Refuse what is no number of points."""
        if parsed_points(field.data or "") is None:
            raise ValidationError(_("Enter a number of points."))

    @property
    def plan(self) -> SecondMarkingPlan:
        """What was entered."""
        return SecondMarkingPlan(
            SecondMarkingMode(self.mode.data),
            self.percent.data or 0,
            Agreement(self.agreement.data),
            parsed_points(self.tolerance.data or "") or Decimal(0),
        )
