"""The form with the rules for early signals: for each kind, whether it is on, and its numbers."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField
from wtforms.validators import InputRequired, NumberRange

from lti_app.participation.signals.queries import SignalRulesView
from lti_app.participation.signals.rules.registry import KINDS, SignalRule
from lti_app.web.forms.fields import PostedForm


class SignalRulesForm(PostedForm):
    """All rules of a course. The fields of the kinds are added below."""

    version = HiddenField()

    def to_rules(self) -> tuple[SignalRule, ...]:
        """The rules of a valid form."""
        return tuple(
            SignalRule(
                kind,
                is_on=self[f"{kind.name}_on"].data,
                numbers={number.name: self[f"{kind.name}_{number.name}"].data for number in kind.numbers},
            )
            for kind in KINDS
        )


def begun_rules(view: SignalRulesView) -> dict[str, object]:
    """The initial values of the form."""
    found: dict[str, object] = {"version": str(view.version)}
    for rule in view.rules:
        found[f"{rule.kind.name}_on"] = rule.is_on
        found |= {f"{rule.kind.name}_{name}": value for name, value in rule.numbers.items()}
    return found


def _within(form: object, field: IntegerField) -> None:
    lowest, highest = field.render_kw["min"], field.render_kw["max"]
    message = _("Enter a whole number from %(lowest)s to %(highest)s.", lowest=lowest, highest=highest)
    NumberRange(min=lowest, max=highest, message=message)(form, field)  # type: ignore[arg-type] # old stubs


def _add_fields() -> None:
    for kind in KINDS:
        setattr(SignalRulesForm, f"{kind.name}_on", BooleanField(_l(kind.title)))
        for number in kind.numbers:
            field = IntegerField(
                _l(number.label),
                [InputRequired(_l("Enter a whole number.")), _within],
                render_kw={"min": number.lowest, "max": number.highest},
            )
            setattr(SignalRulesForm, f"{kind.name}_{number.name}", field)


_add_fields()
