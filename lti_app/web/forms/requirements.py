"""The fields of every kind of requirement, built from the plain data with which each kind describes its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from lti_app.discussion.discussions.rules import StoredRequirements
from lti_app.participation.requirements.base import FormField, Requirement
from lti_app.participation.requirements.early import MAX_OTHERS, EarlyRule
from lti_app.participation.requirements.presets import PRESETS, Preset
from lti_app.participation.requirements.registry import (
    FIELDS,
    KINDS,
    early_from_stored,
    fills_from_stored,
    to_own_terms,
    to_stored,
    to_values,
)
from lti_app.participation.requirements.terms import OwnTerms
from lti_app.web.forms.dates import DatesForm
from lti_app.web.forms.fields import DateField, OptionalPointsField, local_minute, offered
from lti_app.web.forms.sentences import SettingSentence, sentence_of

_DATE_OF_CLASS = {"first_post": "first_post_due", "replies": "replies_due"}
"""The kinds whose date is a date of the discussion, with the name of its field."""
EARLY = "early_others"


@dataclass(frozen=True)
class TermsLine:
    """Whether one kind of requirement is optional, and its points."""

    title: str
    optional: Field
    points: Field


class RequirementsForm(DatesForm):
    """What an instructor asks a class for, with the dates of the discussion: part of a form."""

    early_others = IntegerField(
        _l("First posts of others that open the time to reply"),
        [Optional(), NumberRange(min=0, max=MAX_OTHERS)],
    )

    _criteria: frozenset[int] = frozenset()
    points_fill = SelectField(_l("Points fill"), coerce=int, validate_choice=False)
    as_default = BooleanField(_l("Begin new discussions in this course with these requirements, without their dates"))

    @property
    def basic_sentences(self) -> list[SettingSentence]:
        """The sentences of what most discussions require."""
        return [self._sentence(kind) for kind in KINDS if kind.is_basic]

    @property
    def more_sentences(self) -> list[SettingSentence]:
        """The sentences of everything else."""
        return [self._sentence(kind) for kind in KINDS if not kind.is_basic]

    @property
    def has_more(self) -> bool:
        """Whether anything else is set."""
        return any(sentence.is_set for sentence in self.more_sentences) or bool(
            self.early_others.data or self.early_others.errors
        )

    @property
    def terms_lines(self) -> list[TermsLine]:
        """What can be optional or have points."""
        return [TermsLine(_(kind.title), self[f"{kind.kind}_optional"], self[f"{kind.kind}_points"]) for kind in KINDS]

    @property
    def has_terms(self) -> bool:
        """Whether anything is optional, has points, or is wrong with them."""
        return any(line.optional.data or line.points.data or line.points.errors for line in self.terms_lines)

    def to_stored_requirements(self) -> StoredRequirements:
        """What was asked for, as a discussion stores it; of a form that is valid."""
        values = {each.input: self[each.input].data or each.nothing for each in FIELDS}
        own = {kind.kind: self._own_terms(kind) for kind in KINDS}
        return to_stored(values, own, EarlyRule(self.early_others.data or 0), self._fills())

    def use_preset(self, key: str) -> None:
        """Fill in the requirements of a preset, and leave everything else as it is; an unknown one changes nothing."""
        for preset in PRESETS:
            if preset.key == key:
                self._fill({**{each.input: each.nothing for each in FIELDS}, **preset.values, EARLY: preset.early})

    def offer_criteria(self, titles: Mapping[int, str]) -> None:
        """Offer the criteria of the rubric, by key, to be filled by the points of requirements."""
        self._criteria = frozenset(titles)
        self.points_fill.choices = list({0: _("nothing"), **titles}.items())

    def _fills(self) -> int:
        fills = self.points_fill.data or 0
        return fills if fills in self._criteria else 0

    def _own_terms(self, kind: type[Requirement]) -> OwnTerms:
        due = self.to_moment(f"{kind.kind}_due") if kind.has_own_date else None
        points = (self[f"{kind.kind}_points"].data or Decimal(0)).quantize(Decimal("0.01"))
        return OwnTerms(due, self[f"{kind.kind}_optional"].data, points)

    def _fill(self, values: dict[str, object]) -> None:
        for name, value in values.items():
            field = self[name]
            field.data, field.raw_data, field.errors, field.process_errors = value, [str(value)], (), []

    def _sentence(self, kind: type[Requirement]) -> SettingSentence:
        names = {each.name: each.input for each in kind.fields}
        names["due"] = _DATE_OF_CLASS.get(kind.kind, f"{kind.kind}_due")
        return sentence_of(
            kind.kind, _(kind.setting), {place: self[name] for place, name in names.items() if name in self}
        )


def offered_presets() -> list[Preset]:
    """The presets, with their names in the reader's language."""
    return [Preset(each.key, _(each.name)) for each in PRESETS]


def begun_requirements(stored: StoredRequirements | None, time_zone: str) -> dict[str, object]:
    """What the fields begin with: what is required, or what new discussions are offered where that is None."""
    if stored is None:
        return {each.input: each.begins_with for each in FIELDS}
    begun: dict[str, object] = {**to_values(stored), EARLY: early_from_stored(stored).others or None}
    begun["points_fill"] = fills_from_stored(stored)
    for kind, own in to_own_terms(stored).items():
        begun[f"{kind}_optional"] = own.is_optional
        begun[f"{kind}_points"] = own.points or None
        if own.due is not None:
            begun[f"{kind}_due"] = local_minute(own.due, time_zone)
    return begun


def _field(about: FormField) -> Any:
    label: Any = _l(about.label)
    if about.choices:
        choices = offered({value: _l(words) for value, words in about.choices})
        return SelectField(label, choices=choices)
    filled = Optional() if about.is_optional else InputRequired()
    return IntegerField(label, [filled, NumberRange(min=about.least, max=about.most)])


def _terms_fields(kind: type[Requirement]) -> dict[str, Any]:
    heading: Any = _l(kind.title)
    fields: dict[str, Any] = {
        f"{kind.kind}_optional": BooleanField(_l("%(requirement)s: optional", requirement=heading)),
        f"{kind.kind}_points": OptionalPointsField(_l("%(requirement)s: points", requirement=heading)),
    }
    return fields | own_date_field(kind)


def own_date_field(kind: type[Requirement]) -> dict[str, DateField]:
    """The field for the own date of a kind, by name, if it can have one."""
    heading: Any = _l(kind.title)
    return {f"{kind.kind}_due": DateField(_l("%(requirement)s: due", requirement=heading))} if kind.has_own_date else {}


for _about in FIELDS:  # WTForms collects the fields of a form from the attributes of its class
    setattr(RequirementsForm, _about.input, _field(_about))
for _kind in KINDS:
    for _name, _terms_field in _terms_fields(_kind).items():
        setattr(RequirementsForm, _name, _terms_field)

RULE_FIELDS = frozenset(
    {EARLY, *(each.input for each in FIELDS), *(name for each in KINDS for name in _terms_fields(each))}
)
"""The names of all fields of RequirementsForm."""
