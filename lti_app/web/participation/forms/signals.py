"""The form with the rules for early signals: for each kind, whether it is on, and its numbers."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, IntegerField
from wtforms.validators import InputRequired, NumberRange

from lti_app.participation.signals.queries import SignalRulesView
from lti_app.participation.signals.rules.base import SignalKind
from lti_app.participation.signals.rules.registry import KINDS, SignalRule
from lti_app.web.forms.fields import PostedForm
from lti_app.web.forms.sentences import SettingSentence, sentence_of


@dataclass(frozen=True)
class RuleLine:
    """A rule on its page."""

    title: str
    """Marked for translation."""
    switch: Field
    sentence: SettingSentence


class SignalRulesForm(PostedForm):
    """All rules of a course. The fields of the kinds are added below."""

    version = HiddenField()

    @property
    def lines(self) -> list[RuleLine]:
        """The rules as sentences with their numbers to fill in."""
        return [
            RuleLine(kind.title, self[f"{kind.name}_on"], sentence_of(kind.name, _(kind.setting), self._numbers(kind)))
            for kind in KINDS
        ]

    def to_rules(self) -> tuple[SignalRule, ...]:
        """The rules of a valid form."""
        return tuple(self._rule(kind) for kind in KINDS)

    def to_sound_rules(self) -> tuple[SignalRule, ...]:
        """The rules whose numbers are sound."""
        return tuple(
            self._rule(kind) for kind in KINDS if not any(each.errors for each in self._numbers(kind).values())
        )

    def _rule(self, kind: SignalKind) -> SignalRule:
        numbers = {name: each.data for name, each in self._numbers(kind).items()}
        return SignalRule(kind, is_on=self[f"{kind.name}_on"].data, numbers=numbers)

    def _numbers(self, kind: SignalKind) -> dict[str, Field]:
        return {number.name: self[f"{kind.name}_{number.name}"] for number in kind.numbers}


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
