"""All kinds of signals, and the rules of a course: which are on, with which numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lti_app.core.wording import Phrase
from lti_app.participation.signals.errors import InvalidSignalNumber
from lti_app.participation.signals.rules.base import FiredSignal, SignalFacts, SignalKind
from lti_app.participation.signals.rules.dominating import Dominating
from lti_app.participation.signals.rules.not_opened import NotOpened
from lti_app.participation.signals.rules.silent import Silent
from lti_app.participation.signals.rules.unanswered import Unanswered
from lti_app.participation.signals.rules.uncited import Uncited

KINDS: tuple[SignalKind, ...] = (NotOpened(), Silent(), Unanswered(), Dominating(), Uncited())
"""In the order of pages."""
KIND_OF: Mapping[str, SignalKind] = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True)
class SignalRule:
    """A kind with the numbers of a course. Raises InvalidSignalNumber for one outside its limits."""

    kind: SignalKind
    is_on: bool
    numbers: Mapping[str, int]

    def __post_init__(self) -> None:
        for number in self.kind.numbers:
            if not number.lowest <= self.numbers[number.name] <= number.highest:
                raise InvalidSignalNumber(self.kind.name, number.name)

    @property
    def sentence(self) -> Phrase:
        """The rule in words."""
        return self.kind.rule(self.numbers)


def default_rule(kind: SignalKind) -> SignalRule:
    """What applies in a course that has changed nothing."""
    return SignalRule(kind, is_on=True, numbers={number.name: number.default for number in kind.numbers})


def rules_from_stored(stored: Mapping[str, Any]) -> tuple[SignalRule, ...]:
    """The rules of a course, one for each kind; a kind or a number that is not stored has its default."""
    return tuple(_from_stored(kind, stored.get(kind.name, {})) for kind in KINDS)


def rules_to_stored(rules: tuple[SignalRule, ...]) -> dict[str, Any]:
    """The stored form."""
    return {rule.kind.name: {"is_on": rule.is_on, "numbers": dict(rule.numbers)} for rule in rules}


def find_signals(facts: SignalFacts, rules: tuple[SignalRule, ...]) -> Iterator[FiredSignal]:
    """The signals that these rules give, in the order of kinds."""
    for rule in rules:
        if rule.is_on:
            yield from rule.kind.find(facts, rule.numbers)


def find_of_each(facts: SignalFacts, rules: tuple[SignalRule, ...]) -> dict[str, list[FiredSignal]]:
    """The signals that these rules give, by kind, and those that rules which are off would give."""
    return {rule.kind.name: list(rule.kind.find(facts, rule.numbers)) for rule in rules}


def _from_stored(kind: SignalKind, stored: Mapping[str, Any]) -> SignalRule:
    numbers = {**default_rule(kind).numbers, **stored.get("numbers", {})}
    known = {number.name: numbers[number.name] for number in kind.numbers}
    return SignalRule(kind, is_on=bool(stored.get("is_on", True)), numbers=known)
