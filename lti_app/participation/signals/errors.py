"""What can go wrong with signals."""

from lti_app.core.errors import Conflict, Refused


class InvalidSignalNumber(Refused):
    """A number of a rule is outside its limits."""

    code = "invalid_signal_number"

    def __init__(self, kind: str, number: str) -> None:
        super().__init__()
        self.kind, self.number = kind, number


class SignalRulesChanged(Conflict):
    """Another instructor has changed the rules since they were shown."""

    code = "signal_rules_changed"


class SignalChanged(Conflict):
    """What a signal says has changed since it was shown, or it no longer applies."""

    code = "signal_changed"
