"""Forms for what changes grades besides marks: late rules and curves."""

from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import NumberRange, Optional, StopValidation

from lti_app.grading.adjustments.rules.curves import MAX_VALUE, CurveKind
from lti_app.grading.adjustments.rules.late import (
    MAX_GRACE_MINUTES,
    InvalidLateRule,
    LateRule,
    LateStep,
    LateUnit,
)
from lti_app.grading.assessments.actions.curving import CurveRequest
from lti_app.web.forms.fields import PostedForm, offered
from lti_app.web.grading.forms.desk import parsed_points

MINUTES, HOURS = "minutes", "hours"


class NumberField(StringField):
    """A number as people type it, with a dot or a comma; `number` is None for an empty field."""

    number: Decimal | None = None

    def pre_validate(self, _form: object) -> None:
        """Refuse what is no number."""
        text = (self.data or "").strip()
        self.number = parsed_points(text)
        if text and self.number is None:
            raise StopValidation(_("Enter a number, such as 10 or 2.5."))


class LateRuleForm(PostedForm):
    """What late work loses. Without a unit, nothing."""

    unit = SelectField(
        _l("Late work loses"),
        choices=offered(
            {
                "": _l("nothing"),
                LateUnit.OF_EARNED: _l("a percentage of the points earned"),
                LateUnit.OF_POSSIBLE: _l("a percentage of the possible points"),
                LateUnit.POINTS: _l("points of the rubric"),
            }
        ),
    )
    rate = NumberField(_l("How much"))
    step = SelectField(
        _l("How often"),
        choices=offered(
            {
                LateStep.DAY_BEGUN: _l("for each day or part of a day"),
                LateStep.FULL_DAY: _l("for each full day"),
                LateStep.ONCE: _l("once, however late it is"),
            }
        ),
    )
    most = NumberField(_l("At most"))
    grace = IntegerField(_l("Grace period"), [Optional(), NumberRange(min=0, max=MAX_GRACE_MINUTES)])
    grace_unit = SelectField(
        _l("Unit of the grace period"), choices=offered({MINUTES: _l("minutes"), HOURS: _l("hours")})
    )
    first_share = IntegerField(
        _l("Share of the first post in the grade, in percent"), [Optional(), NumberRange(min=1, max=99)]
    )

    def to_rule(self) -> LateRule | None:
        """The rule as entered; None for no rule. Raises InvalidLateRule, whose field it marks."""
        if not self.unit.data:
            return None
        try:
            return LateRule(
                unit=LateUnit(self.unit.data),
                rate=self.rate.number or Decimal(0),
                step=LateStep(self.step.data),
                most=self.most.number,
                grace_minutes=(self.grace.data or 0) * (60 if self.grace_unit.data == HOURS else 1),
                first_share=self.first_share.data,
            )
        except InvalidLateRule as problem:
            self._mark(problem.field)
            raise

    def _mark(self, name: str) -> None:
        if name == "rate":
            self.rate.errors = [_("Enter more than 0; a percentage can be up to 100.")]
        elif name == "most":
            self.most.errors = [_("Enter at least as much as for one day; a percentage can be up to 100.")]
        else:
            self.grace.errors = [_("A grace period can be up to 7 days.")]


def begun_late_rule(rule: LateRule | None) -> dict[str, object]:
    """The initial values of the form."""
    if rule is None:
        return {"unit": "", "rate": "10", "step": LateStep.DAY_BEGUN.value, "grace_unit": MINUTES}
    in_hours = rule.grace_minutes > 0 and rule.grace_minutes % 60 == 0
    return {
        "unit": rule.unit.value,
        "rate": _plain(rule.rate),
        "step": rule.step.value,
        "most": "" if rule.most is None else _plain(rule.most),
        "grace": rule.grace_minutes // (60 if in_hours else 1) or None,
        "grace_unit": HOURS if in_hours else MINUTES,
        "first_share": rule.first_share,
    }


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


class CurveForm(PostedForm):
    """How grades are curved. Points are those of the gradebook."""

    kind = SelectField(
        _l("Rule"),
        choices=offered(
            {
                CurveKind.ADD: _l("Add points to every grade"),
                CurveKind.HIGHEST: _l("Scale so that the highest grade becomes full marks"),
                CurveKind.MULTIPLY: _l("Multiply every grade"),
                CurveKind.SQUARE_ROOT: _l("Square root: 64% becomes 80%"),
                CurveKind.MEAN: _l("Add the same to every grade to reach a mean"),
                CurveKind.MINIMUM: _l("Raise every grade to at least a number"),
            }
        ),
    )
    value = StringField(_l("Points or factor"))
    is_capped = BooleanField(_l("No grade becomes more than full marks"), default=True)

    def to_request(self) -> CurveRequest | None:
        """What is asked for; None, with the field marked, where the number is missing or no number."""
        kind, text = CurveKind(self.kind.data), (self.value.data or "").strip().replace("−", "-")
        number = parsed_points(text.removeprefix("-"))
        if number is not None and text.startswith("-"):
            number = -number
        if kind.needs_value and (number is None or abs(number) > MAX_VALUE):
            self.mark_invalid()
            return None
        return CurveRequest(kind, number if kind.needs_value else None, is_capped=self.is_capped.data)

    def mark_invalid(self) -> None:
        """Say beside the number what is wrong with it."""
        self.value.errors = [_("Enter a number, such as 2 or 1.1. Only points that are added can be less than 0.")]
