"""The base classes of all errors; web/errors.py turns them into pages."""

from collections.abc import Mapping


class ColloquyError(Exception):
    """The base of all our errors. `code` is stable and selects the message; `data` has the values in it."""

    code = "error"

    def __init__(self, code: str = "", **data: object) -> None:
        self.code = code or type(self).code
        self.data = data
        super().__init__(self.code)


class NotFound(ColloquyError):
    """The object does not exist, or the actor may not know that it does (404)."""

    code = "not_found"


class Forbidden(ColloquyError):
    """The actor may see the object but not do this with it (403)."""

    code = "forbidden"


class Conflict(ColloquyError):
    """Somebody else has changed the object since the actor opened it (409)."""

    code = "conflict"


class Refused(ColloquyError):
    """A rule refuses the request; `code` says which (422). The page must return what the actor wrote."""

    code = "refused"


class SettingsError(ColloquyError):
    """Settings are missing or wrong; `reasons` says what is wrong with each, by its environment variable."""

    code = "settings"

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self.reasons = dict(sorted(reasons.items()))
        super().__init__(names=list(self.reasons))

    def __str__(self) -> str:
        """A line for each setting, which begins with its name."""
        return "\n".join(f"{name} {reason}" for name, reason in self.reasons.items())
